"""Which links need whose licence, and when: exports of what is controlled, and goods made abroad by their content."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sim.errors import Problem
from sim.scenario.content import Content, content, dates, is_above, periods, share_of
from sim.scenario.controls import Licensing
from sim.scenario.document import dotted
from sim.scenario.effects import Lever
from sim.scenario.network import Lane
from sim.scenario.scenario import Scenario

Problems = Iterator[Problem]


@dataclass(frozen=True)
class Tracing:
    """Whether one link of a foreign-made good needs a licence under one rule, over days on which nothing changes."""

    authority: str
    rule: str
    """The shock of kind licensing; empty for a regime in force from the beginning, or for none at all."""
    in_force: bool
    """Whether the rule holds at some time of the run."""
    first: float
    last: float
    """Days after the start of the run; infinite where there is no beginning or end."""
    lane: Lane
    worth: float
    """Content in money, per unit of the good."""
    share: float
    """Content as a share of its price."""
    threshold: float
    within: bool
    """Whether the link is within the scope of the rule."""
    inputs: tuple[tuple[str, float], ...]
    """Controlled commodities inside, with the share of the content each brings; most first."""
    path: tuple[Lane, ...]
    """The chain of links that brings most, from the controlled goods to the seller."""
    path_share: float

    @property
    def caught(self) -> bool:
        return self.in_force and self.within and is_above(self.share, self.threshold)


def needed_from_the_beginning(scenario: Scenario, authority: str) -> set[str]:
    """Links whose goods are held on day 0, look-alikes included, without any shock: by the plan's own shares."""
    regime, network = scenario.licences[authority], scenario.network
    if not regime.in_force:
        return set()
    found = {lane.name for lane in (*network.controlled(regime), *network.look_alikes(regime))}
    if regime.foreign_made:
        plain = replace(network, moves=())
        found |= {lane.name for lane, _, _ in periods(plain, regime, regime.foreign_made.content, 0.0, math.inf)}
    return found


def ever_needed(scenario: Scenario, authority: str) -> set[str]:
    """Links whose goods the authority may hold at some time."""
    found = needed_from_the_beginning(scenario, authority)
    for shock in _impositions(scenario, authority).values():
        effects = shock.effects(scenario.network)
        found |= {effect.target for effect in effects if effect.lever is Lever.LICENSED}
    return found


def _impositions(scenario: Scenario, authority: str) -> dict[str, Licensing]:
    shocks = {name: scenario.shocks[name] for name in sorted(scenario.shocks)}
    return {name: s for name, s in shocks.items() if isinstance(s, Licensing) and s.authority == authority}


def tracings(scenario: Scenario, authority: str) -> Iterator[Tracing]:
    """Every link of foreign-made goods that the authority may reach, under each of its rules in turn.

    An authority that is never in force has its own threshold held against the plan.
    """
    regime, network = scenario.licences[authority], scenario.network
    shocks = _impositions(scenario, authority)
    if regime.foreign_made is None:
        return
    if regime.in_force or not shocks:
        inside = content(network, regime)
        for lane in network.made_abroad(regime):
            window = (regime.in_force, -math.inf, math.inf)
            yield _tracing(authority, "", window, lane, inside, scenario, regime.foreign_made.content, True)
    for name, shock in shocks.items():
        yield from _under(scenario, authority, name, shock)


def _under(scenario: Scenario, authority: str, name: str, shock: Licensing) -> Iterator[Tracing]:
    network, threshold = scenario.network, shock.threshold(scenario.network)
    first, last = shock.window(scenario.start)
    if threshold is None or last <= first:
        return
    starts = dates(network, first, last)
    insides = [content(network, scenario.licences[authority], day) for day in starts]
    for lane in network.made_abroad(scenario.licences[authority]):
        found: list[Tracing] = []
        for start, end, inside in zip(starts, [*starts[1:], last], insides, strict=True):
            window, admits = (True, start, end), shock.links.admits(lane)
            tracing = _tracing(authority, name, window, lane, inside, scenario, threshold, admits)
            if found and _is_same(found[-1], tracing):
                tracing = replace(tracing, first=found.pop().first)
            found.append(tracing)
        yield from found


def _is_same(one: Tracing, other: Tracing) -> bool:
    return replace(one, first=0.0, last=0.0) == replace(other, first=0.0, last=0.0)


def _tracing(
    authority: str,
    rule: str,
    window: tuple[bool, float, float],
    lane: Lane,
    inside: Content,
    scenario: Scenario,
    threshold: float,
    within: bool,
) -> Tracing:
    key = (lane.seller.name, lane.commodity)
    worth = inside.worth.get(key, 0.0)
    parts = [(name, worths.get(key, 0.0) / worth) for name, worths in sorted(inside.of.items())] if worth else []
    path, path_share = inside.paths.get(lane.seller.name, ((), 0.0)) if worth else ((), 0.0)
    share = share_of(worth, scenario.network.prices.get(lane.commodity)) if worth else 0.0
    brought = sorted((part for part in parts if part[1] > 0.0), key=lambda part: -part[1])
    return Tracing(authority, rule, *window, lane, worth, share, threshold, within, tuple(brought), path, path_share)


# What is checked


def content_can_be_traced(scenario: Scenario) -> Problems:
    """Prices are there where the content of goods under a regime that comes into force hangs on them."""
    for name, regime in scenario.licences.items():
        if regime.foreign_made and (regime.in_force or _impositions(scenario, name)):
            yield from untraced(scenario, name)


def untraced(scenario: Scenario, authority: str) -> Problems:
    """What keeps the content of goods under a regime from being traced, on any day."""
    told: set[str] = set()
    days = [-math.inf, *dates(scenario.network, -math.inf, math.inf)]
    for inside in (content(scenario.network, scenario.licences[authority], day) for day in days):
        for commodity, reason in inside.unpriced.items():
            if commodity not in told:
                says = f"licences.{authority} traces content, and needs its price: {reason}; say a price above 0"
                yield scenario.problem(dotted(("commodities", commodity)), says)
            told.add(commodity)
        for facility in inside.endless:
            if facility not in told:
                says = "controlled content grows without end in the loop it stands in: lower an amount or a share"
                yield scenario.problem(dotted(("facilities", facility, "recipe")), says)
            told.add(facility)


def thresholds_have_goods(scenario: Scenario) -> Problems:
    """A threshold of content needs an authority that says which goods it reaches."""
    for name, shock in scenario.shocks.items():
        if not isinstance(shock, Licensing) or shock.content is None:
            continue
        if scenario.licences[shock.authority].foreign_made is None:
            says = f"'{shock.authority}' reaches no goods made abroad: say which, under its `foreign_made`"
            yield scenario.problem(dotted(("shocks", name, "content")), says)
