"""What a stress test knocks out: every facility, link, country and commodity in turn, each by a shock of its own.

The shocks stand in one scenario, of which each case is struck by one, so that all outages share runs and baselines.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.engine.flows import Flows
from sim.errors import ScenarioError, suggest
from sim.results.knockout import COMMODITY, COUNTRY, FACILITY, KINDS, LINK, Knockout
from sim.scenario.cues import Point, Reaction
from sim.scenario.document import Tree, split_dotted
from sim.scenario.durations import Duration
from sim.scenario.moments import write_moment
from sim.scenario.network import Lane, Network, Node
from sim.scenario.scenario import Scenario

MOST_NAME = 100
"""Characters of the name of a shock."""
_TAKEN_OUT = ("shocks", "claims", "observed", "question", "believe")
"""What is about the scenario's own shocks."""


@dataclass(frozen=True)
class Outage:
    """Something is out for a while."""

    of: Knockout
    duration: Duration | None
    """None to the end of the run."""

    @property
    def name(self) -> str:
        """Of its shock."""
        whole = f"{self.of.kind} {self.of.name}, {self.duration or 'for good'}"
        if len(whole) <= MOST_NAME:
            return whole
        from hashlib import blake2b

        return f"{whole[:70]}… {blake2b(whole.encode(), digest_size=8).hexdigest()}"

    def shock(self, effective: object) -> dict[str, Tree]:
        """What the file would say of it."""
        ends = {"duration": str(self.duration)} if self.duration else {}
        when: dict[str, Tree] = {"effective": write_moment(effective), **ends, "source": "a stress test"}
        if self.of.link:
            seller, buyer, commodity = self.of.link
            links: dict[str, Tree] = {"seller": seller, "buyer": buyer, "commodity": commodity}
            return {"kind": "lane_closure", "links": links, **when}
        return {"kind": "capacity_loss", "where": {"id": [*self.of.facilities]}, "size": "100 %", **when}


def knockouts(network: Network, flows: Flows, kinds: Sequence[str] = KINDS) -> tuple[Knockout, ...]:
    """Everything of these kinds that can be out, in order of kind and name.

    A facility that is out makes nothing; it goes on selling its finished stock, and buying. A link that is shut carries
    nothing; what is under way arrives, and the seller goes on. A country that is out is all its facilities, and a
    commodity all facilities that make it, with whatever else they make; markets go on asking, and stockpiles selling.
    """
    known = {FACILITY: _facilities, LINK: _links, COUNTRY: _countries, COMMODITY: _commodities}
    for kind in kinds:
        if kind not in known:
            raise ScenarioError(f"no kind '{kind[:40]}'.{suggest(kind, KINDS)} There are {', '.join(KINDS)}")
    found = [one for kind in KINDS if kind in kinds for one in known[kind](network, flows)]
    if not found:
        raise ScenarioError(f"there is nothing to knock out: no {' and no '.join(kinds or KINDS)}")
    first: dict[object, Knockout] = {}
    return tuple(one.like(first.setdefault(one.what_is_out, one)) for one in found)


def calm(scenario: Scenario) -> Scenario:
    """The scenario without its own shocks and claims, and without what waits for these shocks."""
    data = {key: value for key, value in scenario.document.data.items() if key not in _TAKEN_OUT}
    gone = {name for name, response in scenario.responses.items() if _waits_for_a_shock(response)}
    for section, left in (
        ("responses", _without(data, "responses", gone)),
        ("uncertain", _still_uncertain(data, gone)),
    ):
        data = {key: value for key, value in data.items() if key != section} | ({section: left} if left else {})
    return scenario.rewritten(data)


def left_out(scenario: Scenario) -> list[str]:
    """Responses that `calm` leaves out, in order of their names."""
    return sorted(name for name, response in scenario.responses.items() if _waits_for_a_shock(response))


def struck_by(scenario: Scenario, outages: Sequence[Outage], effective: object) -> Scenario:
    """A calm scenario with a shock for each outage."""
    shocks: dict[str, Tree] = {outage.name: outage.shock(effective) for outage in outages}
    return scenario.rewritten({**scenario.document.data, "shocks": shocks})


def _facilities(network: Network, flows: Flows) -> Iterator[Knockout]:
    for node in _makers(network):
        yield Knockout(FACILITY, node.name, f"{node.kind} in {node.country}", facilities=(node.name,))


def _links(network: Network, flows: Flows) -> Iterator[Knockout]:
    for lane in sorted(network.lanes, key=lambda lane: lane.name):
        standby = ", standing by" if not flows.link[lane.name] else ""
        what = f"{lane.seller.country} to {lane.buyer.country}{standby}"
        yield Knockout(LINK, lane.name, what, link=_ends(lane))


def _countries(network: Network, flows: Flows) -> Iterator[Knockout]:
    yield from _groups(network, COUNTRY, lambda node: (node.country,), "in it")


def _commodities(network: Network, flows: Flows) -> Iterator[Knockout]:
    yield from _groups(network, COMMODITY, lambda node: node.commodities, "that make it")


def _groups(network: Network, kind: str, of: Callable[[Node], Sequence[str]], words: str) -> Iterator[Knockout]:
    found: dict[str, list[str]] = {}
    for node in _makers(network):
        for name in of(node):
            found.setdefault(name, []).append(node.name)
    for name in sorted(found):
        many = len(found[name])
        what = f"{many} facilities {words}" if many > 1 else f"1 facility {words.replace('make', 'makes')}"
        yield Knockout(kind, name, what, facilities=tuple(found[name]))


def _makers(network: Network) -> list[Node]:
    """Facilities that make something, in order of their names."""
    return [network.nodes[n] for n in sorted(network.nodes) if network.nodes[n].kind not in ("market", "stockpile")]


def _ends(lane: Lane) -> tuple[str, str, str]:
    return lane.seller.name, lane.buyer.name, lane.commodity


def _waits_for_a_shock(response: Reaction) -> bool:
    return hasattr(response, "before") or any(isinstance(day, Point) for day in (response.begins(), response.ends()))


def _without(data: Mapping[str, Tree], section: str, names: set[str]) -> dict[str, Tree]:
    entries = data.get(section)
    return {name: entry for name, entry in entries.items() if name not in names} if isinstance(entries, dict) else {}


def _still_uncertain(data: Mapping[str, Tree], gone: set[str]) -> dict[str, Tree]:
    """Uncertain inputs as far as they are about what is left."""
    found: dict[str, Tree] = {}
    for name, entry in _without(data, "uncertain", set()).items():
        assert isinstance(entry, dict)
        said = entry.get("paths", name)
        paths = [path for path in (said if isinstance(said, list) else [said]) if _is_left(str(path), gone)]
        if paths:
            found[name] = {**entry, "paths": paths} if "paths" in entry else entry
    return found


def _is_left(path: str, gone: set[str]) -> bool:
    keys = split_dotted(path) or ("",)
    return keys[0] not in _TAKEN_OUT and not (keys[0] == "responses" and len(keys) > 1 and keys[1] in gone)
