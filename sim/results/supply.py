"""Who makes a commodity by plan, how much more they could, and what is left of supply without one of them.

Plan flows are those of a world in which nothing is wrong; random values count at their mean.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sim.engine.flows import Flows
from sim.engine.means import law_of, mean
from sim.scenario.facilities import Stockpile
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Node
from sim.scenario.scenario import Scenario

SMALL = 1e-12


@dataclass(frozen=True)
class Supply:
    """One commodity; amounts per day in its base unit."""

    commodity: str
    made: Mapping[str, float]
    """Plan output by facility."""
    most: Mapping[str, float]
    """Output by facility with all of its capacity."""
    need: Mapping[str, float]
    """Plan use by buyer."""
    country: Mapping[str, str]
    """Of each facility."""
    lanes: tuple[Lane, ...]


def supplies(scenario: Scenario, flows: Flows) -> list[Supply]:
    """Every commodity that someone makes, in sorted order."""
    nodes = scenario.network.nodes.values()
    plants = [node for node in nodes if not isinstance(node.record, Market | Stockpile)]  # a stock is no output
    return [
        Supply(
            commodity,
            {n.name: _made(n, commodity, flows) for n in plants if commodity in n.commodities},
            {n.name: _most(n, commodity, flows) for n in plants if commodity in n.commodities},
            {n.name: flows.usage[n.name, commodity] for n in nodes if commodity in n.buys},
            {n.name: n.country for n in plants if commodity in n.commodities},
            tuple(lane for lane in scenario.network.lanes if lane.commodity == commodity),
        )
        for commodity in sorted({c for n in plants for c in n.commodities})
    ]


def _made(node: Node, commodity: str, flows: Flows) -> float:
    assert not isinstance(node.record, Market)
    return flows.output(node.name, node.record.makes[commodity])


def _most(node: Node, commodity: str, flows: Flows) -> float:
    """With all of its capacity; what runs flat, and a by-product, which its host paces, cannot be raised."""
    record = node.record
    assert not isinstance(record, Market)
    product = record.makes[commodity]
    if record.run == "flat" or not product.paces:
        return flows.output(node.name, product)
    most = mean(law_of(record.capacity)) * product.amount.value
    return most if product.capacity is None else min(most, product.capacity.value)


def herfindahl(amounts: Iterable[float]) -> float:
    """Sum of squared shares, from 1/n where n are alike to 1 where one has all; nan if there is nothing.

    *Herfindahl index*; times 10,000 it is as competition authorities write it.
    """
    parts = list(amounts)
    total = math.fsum(parts)
    return math.fsum((part / total) ** 2 for part in parts) if total > 0.0 else math.nan


def by_country(supply: Supply) -> dict[str, float]:
    """Plan output by country."""
    found: dict[str, float] = {}
    for facility, amount in supply.made.items():
        found[supply.country[facility]] = found.get(supply.country[facility], 0.0) + amount
    return dict(sorted(found.items()))


def largest(amounts: Mapping[str, float]) -> str:
    """Who has most; of equals the first by name, and nobody if there is nothing."""
    some = {name: amount for name, amount in sorted(amounts.items()) if amount > 0.0}
    return max(some, key=lambda name: some[name]) if some else ""


def met_by_anyone(supply: Supply, out: Callable[[str], bool]) -> float:
    """Share of plan need that the capacity of those not out covers, if every maker could serve every buyer."""
    need = math.fsum(supply.need.values())
    left = math.fsum(amount for name, amount in supply.most.items() if not out(name))
    return min(1.0, left / need) if need > 0.0 else math.nan


def met_over_links(supply: Supply, out: Callable[[str], bool]) -> float:
    """The same over the links there are, those standing by included, within what each lane carries: a largest flow."""
    need = math.fsum(supply.need.values())
    if need <= 0.0:
        return math.nan
    room = {("", name): amount for name, amount in supply.most.items() if not out(name)}
    for lane in supply.lanes:
        if not out(lane.seller.name):
            limit = math.inf if lane.record.capacity is None else lane.record.capacity.value
            room[lane.seller.name, f"> {lane.buyer.name}"] = limit
    room |= {(f"> {name}", ">"): amount for name, amount in supply.need.items()}
    return min(1.0, _largest_flow(room, need) / need)


def _largest_flow(room: dict[tuple[str, str], float], scale: float) -> float:
    """From "" to ">" along the shortest ways that still have room (Edmonds and Karp)."""
    after: dict[str, set[str]] = {}
    for here, there in list(room):
        after.setdefault(here, set()).add(there)
        after.setdefault(there, set()).add(here)
        room.setdefault((there, here), 0.0)
    total = 0.0
    while way := _way(room, after, SMALL * scale):
        amount = min(room[step] for step in way)
        for here, there in way:
            room[here, there] -= amount
            room[there, here] += amount
        total += amount
    return total


def _way(room: Mapping[tuple[str, str], float], after: Mapping[str, set[str]], least: float) -> list[tuple[str, str]]:
    before: dict[str, str] = {"": ""}
    waiting = deque([""])
    while waiting and ">" not in before:
        here = waiting.popleft()
        for there in sorted(after.get(here, ())):
            if there not in before and room[here, there] > least:
                before[there] = here
                waiting.append(there)
    way, at = [], ">"
    while at in before and at:
        way.append((before[at], at))
        at = before[at]
    return way
