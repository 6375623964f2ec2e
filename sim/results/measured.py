"""What losses are counted of: each place, each end product over its markets, all sales and all output."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.results.curves import PLAN_DAYS, Curve, output_of, sales_of
from sim.results.outcome import Outcome

ALL_SALES = "all sales"
ALL_OUTPUT = "all output"


@dataclass(frozen=True)
class Measured:
    """A place or a group, as a weighted sum of the amounts of places."""

    name: str
    commodity: str
    """Empty where several are together."""
    unit: str
    weights: Mapping[str, float]

    @property
    def is_group(self) -> bool:
        return self.name not in self.weights


def measured(outcome: Outcome) -> list[Measured]:
    """Totals first, then end products sold to several markets, then every place, the end of the chain first.

    Amounts of different commodities are added by value where each has a price in one currency, else in days of each
    place's own plan, as everywhere.
    """
    makers = {place: commodity for place, (_, commodity) in outcome.facilities.items()}
    wants = {market: commodity for market, (_, commodity) in outcome.markets.items()}
    found = [_together(outcome, name, some) for name, some in ((ALL_SALES, wants), (ALL_OUTPUT, makers)) if some]
    for commodity in sorted(set(wants.values())):
        markets = {market: wanted for market, wanted in wants.items() if wanted == commodity}
        if len(markets) > 1:
            found.append(_together(outcome, f"all {commodity} sold", markets))
    stage = outcome.facts.stage
    places = sorted({**makers, **wants}, key=lambda place: (-stage[place.split(": ")[0]], place))
    return found + [_single(outcome, place, {**makers, **wants}[place]) for place in places]


def _single(outcome: Outcome, place: str, commodity: str) -> Measured:
    return Measured(place, commodity, outcome.scenario.commodities[commodity].base, {place: 1.0})


def _together(outcome: Outcome, name: str, places: Mapping[str, str]) -> Measured:
    commodities = sorted(set(places.values()))
    if len(commodities) == 1:
        unit = outcome.scenario.commodities[commodities[0]].base
        return Measured(name, commodities[0], unit, dict.fromkeys(places, 1.0))
    prices = {commodity: outcome.scenario.commodities[commodity].price for commodity in commodities}
    known = {c: price for c, price in prices.items() if price is not None}
    if len(known) == len(prices) and len({price.currency for price in known.values()}) == 1:
        weights = {place: known[commodity].value for place, commodity in places.items()}
        return Measured(name, "", known[commodities[0]].currency or "value", weights)
    return Measured(name, "", PLAN_DAYS, {place: _per_plan(outcome, place) for place in places})


def _per_plan(outcome: Outcome, place: str) -> float:
    plan = plan_of(outcome, place)
    return 1.0 / plan if plan > 0.0 else 0.0


def plan_of(outcome: Outcome, place: str) -> float:
    """Planned output or demand of a place in a day."""
    if place in outcome.markets:
        return outcome.facts.usage[f"{place}: {outcome.markets[place][1]}"]
    return outcome.facts.output[place]


def plan_of_group(outcome: Outcome, what: Measured) -> float:
    """Planned amount in a day, in the unit of the group."""
    return math.fsum(weight * plan_of(outcome, place) for place, weight in what.weights.items())


def curve_at(outcome: Outcome, place: str) -> Curve:
    """Output of `facility: product`, or sales of a market."""
    return sales_of(outcome, place) if place in outcome.markets else output_of(outcome, place)


def curve_of_group(outcome: Outcome, what: Measured) -> Curve:
    """What is made or sold in all places of it, in its unit."""
    shape = (outcome.days, outcome.shocked.size)
    baseline, shocked = np.zeros(shape), np.zeros(shape)
    for place, weight in what.weights.items():
        curve = curve_at(outcome, place)
        baseline += weight * curve.baseline
        shocked += weight * curve.shocked
    plan, when = plan_of_group(outcome, what), (outcome.first_day, outcome.over_day)
    return Curve(what.name, "", what.commodity, what.unit, baseline, shocked, plan, math.nan, "", *when)


def place_of(outcome: Outcome, said: str) -> Sequence[str]:
    """The places a word stands for: a market, `facility: product`, or every product of a facility."""
    if said in outcome.markets or said in outcome.facilities:
        return [said]
    return [place for place, (node, _) in outcome.facilities.items() if node.name == said]


def asked_about(outcome: Outcome) -> set[str]:
    """Markets, facilities that sell to them, and facilities whose output a claim is about."""
    network = outcome.scenario.network
    asked = {node.name for node in network.nodes.values() if node.kind == "market"}
    asked |= {lane.seller.name for lane in network.lanes if lane.buyer.kind == "market"}
    return asked | claimed_about(outcome)


def claimed_about(outcome: Outcome) -> set[str]:
    """Facilities whose output a claim is about."""
    claims = [claim.measure for claim in outcome.scenario.claims.values() if claim.measure.quantity == "output"]
    return {n.name for m in claims for n in outcome.scenario.network.places(m.where) if n.kind != "market"}
