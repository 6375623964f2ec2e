"""What contracts on a seller's output mean for its buyers: amounts a day as shares of what they need as planned."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sim.engine.flows import Flows
from sim.errors import Problem
from sim.scenario.document import dotted
from sim.scenario.effects import Effect, Lever
from sim.scenario.network import Lane, Network
from sim.scenario.scenario import Scenario

CLOSE = 1e-9
"""Shares may miss 1 by this much, as where a scenario states them."""

Contract = tuple[str, Effect]
"""A share that is set, under the name of its shock."""


def as_share(effect: Effect, network: Network, flows: Flows) -> Effect:
    """An amount a day as a share of the buyer's planned need; any other effect as it is."""
    if effect.lever is not Lever.TAKE:
        return effect
    lane = next(lane for lane in network.lanes if lane.name == effect.target)
    need = flows.usage[lane.buyer.name, lane.commodity]
    return replace(effect, lever=Lever.SHARE, size=effect.size / need if need > 0.0 else math.inf)


def unfit(scenario: Scenario, flows: Flows) -> Iterator[Problem]:
    """Shares that shocks set, where at some time they come to more than a buyer's need, or leave a gap."""
    by_need: dict[tuple[str, str], list[Lane]] = {}
    for lane in scenario.network.lanes:
        by_need.setdefault((lane.buyer.name, lane.commodity), []).append(lane)
    found: dict[str, list[Contract]] = {}
    for name in sorted(scenario.shocks):
        for effect in scenario.shocks[name].effects(scenario.network):
            if effect.lever in (Lever.SHARE, Lever.TAKE) and effect.end > effect.start:
                found.setdefault(effect.target, []).append((name, as_share(effect, scenario.network, flows)))
    for lanes in by_need.values():
        held = {lane.name: found[lane.name] for lane in lanes if lane.name in found}
        moments = sorted({effect.start for effects in held.values() for _, effect in effects})
        told: set[str] = set()
        for moment in moments:
            contracts = _holding(held, moment)
            problem = _problem(scenario, lanes, contracts)
            latest = max(contracts.values(), key=lambda one: (one[1].start, one[0]))[0]
            if problem and latest not in told:
                told.add(latest)
                yield scenario.problem(dotted(("shocks", latest)), problem)


def _holding(held: dict[str, list[Contract]], moment: float) -> dict[str, Contract]:
    """By link, what is set at a moment: of several the latest to start."""
    now = {link: [one for one in effects if one[1].start <= moment < one[1].end] for link, effects in held.items()}
    return {link: max(effects, key=lambda one: one[1].start) for link, effects in now.items() if effects}


def _problem(scenario: Scenario, lanes: Iterable[Lane], contracts: dict[str, Contract]) -> str:
    """What is wrong with the shares of one need; empty if nothing is."""
    lanes = list(lanes)
    total = math.fsum(effect.size for _, effect in contracts.values())
    rest = math.fsum(lane.share for lane in lanes if lane.name not in contracts)
    need = f"{lanes[0].commodity} of {lanes[0].buyer.name}"
    if total > 1.0 + CLOSE:
        return f"shares of {need} would sum to {100 * total:.9g} %; let them sum to 100 %, or give it less"
    if total < 1.0 - CLOSE and rest == 0.0:
        return (
            f"shares of {need} would sum to {100 * total:.9g} %, and it has no other link to fill up the rest; let "
            "them sum to 100 %, or give it another seller"
        )
    return ""
