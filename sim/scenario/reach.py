"""What scopes, shocks and licences reach in the network, and where they collide."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from sim.errors import Problem
from sim.scenario.caught import ever_needed
from sim.scenario.changes import Change
from sim.scenario.controls import Licensing
from sim.scenario.distributions import in_working_days
from sim.scenario.document import Path, dotted
from sim.scenario.effects import SUDDEN, Effect, How, Lever
from sim.scenario.network import Lane
from sim.scenario.offtakes import Offtake
from sim.scenario.rulings import Ruling, fitting
from sim.scenario.scenario import Scenario
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.tree import walk
from sim.scenario.words import said

Problems = Iterator[Problem]

USUAL_CALENDARS = ("AU", "BR", "CA", "CL", "CN", "DE", "FR", "GB", "ID", "IN", "JP", "KR", "NL", "TW", "US")
"""Countries known to have a calendar: to look one up takes longer than all the rest of a check."""


def _effects(scenario: Scenario) -> dict[str, list[Effect]]:
    return {name: list(scenario.shocks[name].effects(scenario.network)) for name in sorted(scenario.shocks)}


def _woken(scenario: Scenario, shocks: Mapping[str, Sequence[Effect]]) -> set[str]:
    """Links whose share some shock or response changes."""
    moved = [effect for effects in shocks.values() for effect in effects]
    for response in scenario.responses.values():
        moved += response.effects(scenario.network, scenario.shocks)
    return {effect.target for effect in moved if effect.lever is Lever.SHARE}


def shocks_reach_something(scenario: Scenario) -> Problems:
    shocks = _effects(scenario)
    unused = {lane.name for lane in scenario.network.lanes if lane.share == 0.0} - _woken(scenario, shocks)
    for name, effects in shocks.items():
        at = dotted(("shocks", name))
        if not effects:
            says = "it matches nothing, so it changes nothing: no facility, market or link fits its scope"
            yield scenario.problem(at, says, warning=True)
        elif all(effect.target in unused for effect in effects):
            says = "it hits only links with a share of 0 %, on which nothing flows: it changes nothing"
            yield scenario.problem(at, says, warning=True)
        elif all(_is_nothing(effect) for effect in effects):
            yield scenario.problem(at, "its size is zero, so it changes nothing", warning=True)


def _is_nothing(effect: Effect) -> bool:
    nothing = {How.TIMES: 1.0, How.PLUS: 0.0, How.GROW: 0.0}.get(effect.how)
    is_part = effect.lever in (Lever.INPUT_LOSS, Lever.FINISHED_LOSS, Lever.RECALL, Lever.SEIZURE)
    return effect.size == (0.0 if is_part else nothing)


def set_values_do_not_tie(scenario: Scenario) -> Problems:
    """Of two values set on one lever the latest to start wins; two that start together leave it open."""
    first: dict[tuple[Lever, str, float], str] = {}
    starts = {name: shock.window(scenario.start)[0] for name, shock in scenario.shocks.items()}
    told: set[tuple[str, str]] = set()
    for name, effects in _effects(scenario).items():
        for effect in effects:
            moved = effect.lever is Lever.LICENSED and effect.start != starts[name]  # both want the same
            loose = effect.lever in SUDDEN or effect.luck is not None or moved
            if effect.how is not How.SET or effect.end <= effect.start or loose:
                continue
            other = first.setdefault((effect.lever, effect.target, effect.start), name)
            if other != name and (other, name) not in told:
                told.add((other, name))
                what = f"the {effect.lever.value} of {said(effect.target)}"
                says = f"sets {what} on the same day as shocks.{other}: let one start on another day, or join them"
                yield scenario.problem(dotted(("shocks", name)), says)


def moved_shares_are_no_more_than_all(scenario: Scenario) -> Problems:
    """Of one shock; whether all shocks together leave room and no gap is asked when flows are solved."""
    for name, shock in scenario.shocks.items():
        if not isinstance(shock, Change) or shock.what != "share":
            continue
        chosen = {lane.name for lane in scenario.network.links(shock.links)}
        for lanes in _by_need(scenario):
            total = shock.target() * sum(lane.name in chosen for lane in lanes)
            if total > 1 + 1e-9:
                need = f"{lanes[0].commodity} of {lanes[0].buyer.name}"
                says = f"shares of {need} would sum to {100 * total:.9g} %; let them sum to 100 %"
                yield scenario.problem(dotted(("shocks", name, "to")), says)


def contracts_can_be_kept(scenario: Scenario) -> Problems:
    """An offtake has a product, an output, and a link to everyone named."""
    for name, shock in scenario.shocks.items():
        if not isinstance(shock, Offtake):
            continue
        path: Path = ("shocks", name)
        product = shock.product(scenario.network)
        if not product:
            made = ", ".join(scenario.network.nodes[shock.seller].commodities)
            says = f"which product of {said(shock.seller)} is divided? Say `commodity:`, one of {made}"
            yield scenario.problem(dotted((*path, "commodity")), says)
            continue
        if shock.divided(scenario.network) is None:
            says = f"the capacity of {said(shock.seller)} is random: say how much is divided, `amount: 500 t/year`"
            yield scenario.problem(dotted((*path, "amount")), says)
        served = {lane.buyer.name for lane in shock.lanes(scenario.network)}
        for buyer in shock.to:
            if buyer not in served:
                says = f"{said(buyer)} has no link from {said(shock.seller)}: add one, with `share: 0 %` until then"
                yield scenario.problem(dotted((*path, "to", buyer)), says)


def _by_need(scenario: Scenario) -> list[list[Lane]]:
    """Links grouped by buyer and commodity."""
    groups: dict[tuple[str, str], list[Lane]] = {}
    for lane in scenario.network.lanes:
        groups.setdefault((lane.buyer.name, lane.commodity), []).append(lane)
    return list(groups.values())


def words_of_scopes_are_used(scenario: Scenario) -> Problems:
    """A scope by an end use or a tag that nothing carries selects nothing."""
    lanes, nodes = scenario.network.lanes, scenario.network.nodes.values()
    carried = {lane.end_use for lane in lanes}
    on_links = {tag for lane in lanes for tag in (*lane.tags, *lane.buyer.tags)}
    wanted, on_nodes = {node.end_use for node in nodes}, {tag for node in nodes for tag in node.tags}
    for path, record in walk(scenario):
        if isinstance(record, LinkScope | Ruling):
            yield from _unused(scenario, (*path, "end_use"), record.end_use, carried, "link carries the end use")
        if isinstance(record, LinkScope):
            yield from _unused(scenario, (*path, "tag"), record.tag, on_links, "link or its buyer has the tag")
        if isinstance(record, Scope):
            yield from _unused(scenario, (*path, "end_use"), record.end_use, wanted, "market has the end use")
            yield from _unused(scenario, (*path, "tag"), record.tag, on_nodes, "facility or market has the tag")


def _unused(scenario: Scenario, path: Path, wanted: Sequence[str], known: set[str], who: str) -> Problems:
    for word in wanted:
        plain = word.removeprefix("not ").strip()
        if plain not in known:
            shown = ", ".join(sorted(word for word in known if word)) or "none"
            yield scenario.problem(dotted(path), f"no {who} {said(plain)}; known: {shown}", warning=True)


def regimes_reach_something(scenario: Scenario) -> Problems:
    for name, regime in scenario.licences.items():
        if not any(scenario.network.overseen(regime)):
            goods = ", ".join(regime.controls)
            says = f"it controls no link: none within its scope carries {goods} out of {regime.country}"
            yield scenario.problem(dotted(("licences", name)), says, warning=True)


def one_regime_for_each_link(scenario: Scenario) -> Problems:
    imposed = {shock.authority for shock in scenario.shocks.values() if isinstance(shock, Licensing)}
    active = [name for name in sorted(scenario.licences) if scenario.licences[name].in_force or name in imposed]
    needed = {name: ever_needed(scenario, name) for name in active}
    for one, other in combinations(active, 2):
        both = sorted(needed[one] & needed[other])
        if both:
            says = f"{said(both[0])} needs a licence of {one} too: narrow one scope, for a link has one authority"
            yield scenario.problem(dotted(("licences", other)), says)


def rulings_are_clear(scenario: Scenario) -> Problems:
    """Of the rules that fit a link one holds: the one with most conditions, then the latest."""
    for name, regime in scenario.licences.items():
        sections: dict[str, Mapping[str, Ruling]] = {
            "approval": regime.approval,
            "barred": regime.barred,
            "general_share": regime.general_share,
            "classes": regime.classes,
        }
        for section, rulings in sections.items():
            yield from _section_is_clear(scenario, (name, section), rulings)


def _section_is_clear(scenario: Scenario, where: tuple[str, str], rulings: Mapping[str, Ruling]) -> Problems:
    told: set[str] = set()
    authority, section = where
    for lane in scenario.network.overseen(scenario.licences[authority]):
        rules = dict(fitting(rulings, lane))
        for which, says in _unclear(lane, rules, needed=section == "approval"):
            if which not in told:
                told.add(which)
                yield scenario.problem(dotted(("licences", *where)), says, warning=not rules)


def _unclear(lane: Lane, rules: Mapping[str, Ruling], needed: bool) -> Iterator[tuple[str, str]]:
    """What is unclear, in a word and in a sentence."""
    if not rules and needed:
        says = f"no rule fits {said(lane.name)} ({lane.end_use}), so all is approved: say `all: 100 %` if you mean it"
        yield lane.end_use, says
    for one, other in combinations(sorted(rules), 2):
        a, b = rules[one], rules[other]
        if (a.conditions, getattr(a, "from_", None)) == (b.conditions, getattr(b, "from_", None)):
            says = f"'{one}' and '{other}' fit {said(lane.name)} with as many conditions each: let one state more"
            yield f"{one}, {other}", says


def working_days_are_known(scenario: Scenario) -> Problems:
    from sim.scenario.calendar import working_days

    for name, regime in scenario.licences.items():
        if regime.country in USUAL_CALENDARS or not in_working_days(regime.review):
            continue
        try:
            working_days(regime.country, scenario.start, scenario.start)
        except ValueError as error:
            yield scenario.problem(dotted(("licences", name, "country")), str(error))


def somebody_buys(scenario: Scenario) -> Problems:
    sellers = {lane.seller.name for lane in scenario.network.lanes}
    for name in scenario.facilities:
        if name not in sellers:
            says = "nobody buys from it, so it makes nothing: name it under `from` of a facility or market"
            yield scenario.problem(dotted(("facilities", name)), says, warning=True)


def commodities_are_used(scenario: Scenario) -> Problems:
    nodes = scenario.network.nodes.values()
    used = {commodity for node in nodes for commodity in (*node.commodities, *node.buys)}
    for name in scenario.commodities:
        if name not in used:
            says = "nobody makes or buys it: remove it, or name it in makes, recipe or wants"
            yield scenario.problem(dotted(("commodities", name)), says, warning=True)
