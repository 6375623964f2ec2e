"""Daily amounts with and without the shocks, of one place or of several added up.

Amounts of different commodities are never added as they are: only by value, where every one of them has a price in one
currency, or else as shares of plan, where each place counts alike. `unit` says which it is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Protocol

import numpy as np

from sim.engine import tally
from sim.engine.records import Array
from sim.results.outcome import Outcome

PLAN_DAYS = "planned days"
"""The unit of amounts counted in days of each place's own plan."""

What = Literal["output", "sales", "shipments", "demand", "unmet", "lost", "waiting"]


@dataclass(frozen=True)
class Curve:
    """Daily amounts, with the shocks and without."""

    name: str
    """Place as in the records, or name of a group."""
    node: str
    """Facility, market, or seller of the link; empty for a group."""
    commodity: str
    """What is counted; empty once several are together."""
    unit: str
    """Unit of the amounts: that of the commodity, a currency, or `planned days`."""
    baseline: Array
    """Shape (day, replication)."""
    shocked: Array
    """Shape (day, replication)."""
    plan: float
    """Planned amount in a day."""
    price: float
    """Value of one unit; nan if not known, 1 if the amounts are values."""
    currency: str
    """Of the price; empty if not known."""
    first: float
    """Review at which the first shock takes effect; nan without shocks."""
    over: float
    """First review at which no shock holds any more; inf if it never comes."""

    @cached_property
    def counts(self) -> Array:
        """What the shocks take from it, shape (field, replication); see engine/tally.py for the fields."""
        return tally.counts_of(self.baseline, self.shocked, self.plan, self.first)

    @cached_property
    def daily_loss(self) -> Array:
        """Share of the day's baseline that is missing, 0 where nothing is; shape (day, replication)."""
        return tally.daily_loss_of(self.baseline, self.shocked, self.plan)

    @property
    def days(self) -> int:
        return len(self.baseline)


class Counted(Protocol):
    """What metrics ask of a curve. A study has it without any history, and plan, price and first by replication."""

    @property
    def counts(self) -> Array:
        """What the shocks take, shape (field, replication); see engine/tally.py for the fields."""

    @property
    def plan(self) -> float | Array:
        """Planned amount in a day."""

    @property
    def price(self) -> float | Array:
        """Value of one unit; nan if not known."""

    @property
    def first(self) -> float | Array:
        """Review at which the first shock takes effect; nan without shocks."""

    @property
    def days(self) -> int:
        """Days of the run."""


def output_of(outcome: Outcome, place: str) -> Curve:
    """Output of one product of a facility, named `facility: product`."""
    node, commodity = outcome.facilities[place]
    return _curve(outcome, "output", place, node.name, commodity, outcome.facts.output[place])


def sales_of(outcome: Outcome, market: str) -> Curve:
    """What a market is sold, on time or late."""
    return _of_market(outcome, "sales", market)


def demand_of(outcome: Outcome, market: str) -> Curve:
    """What a market asks for."""
    return _of_market(outcome, "demand", market)


def unmet_of(outcome: Outcome, market: str) -> Curve:
    """What a market asks for on a day and does not get on that day."""
    return _of_market(outcome, "unmet", market)


def lost_of(outcome: Outcome, market: str) -> Curve:
    """What a market gives up on a day."""
    return _of_market(outcome, "lost", market)


def waiting_of(outcome: Outcome, market: str) -> Curve:
    """What a market still waits for at the end of a day."""
    return _of_market(outcome, "waiting", market)


def shipments_of(outcome: Outcome, link: str) -> Curve:
    """What is released on a link."""
    lane = outcome.links[link]
    return _curve(outcome, "shipments", link, lane.seller.name, lane.commodity, outcome.facts.flow[link])


def outputs(outcome: Outcome) -> dict[str, Curve]:
    """The output of every product of every facility, by place."""
    return {place: output_of(outcome, place) for place in outcome.facilities}


def sales(outcome: Outcome) -> dict[str, Curve]:
    """The sales to every market."""
    return {market: sales_of(outcome, market) for market in outcome.markets}


def by_commodity(outcome: Outcome, curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """The curves added up by commodity, in its own unit."""
    return _grouped(curves, {name: curve.commodity for name, curve in curves.items()})


def by_country(outcome: Outcome, curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """The curves put together by country: by value where prices allow, see `together`."""
    nodes = outcome.scenario.network.nodes
    return _grouped(curves, {name: nodes[curve.node].country for name, curve in curves.items()})


def by_stage(outcome: Outcome, curves: Mapping[str, Curve]) -> dict[int, Curve]:
    """The curves put together by stage along the chain, first stage first."""
    stages = {name: outcome.facts.stage[curve.node] for name, curve in curves.items()}
    return {
        stage: together([c for n, c in curves.items() if stages[n] == stage], f"stage {stage}")
        for stage in sorted(set(stages.values()))
    }


def together(curves: Sequence[Curve], name: str) -> Curve:
    """The curves as one: added if of one commodity, else by value if all have prices, else as days of plan.

    Days of plan: each curve is divided by its own plan, so every place counts alike, whatever it makes, and one that
    is planned to make nothing counts nothing.
    """
    if not curves:
        raise ValueError(f"nothing to put together for {name}")
    if len({(curve.commodity, curve.unit) for curve in curves}) == 1:
        return added(curves, name)
    if len({curve.currency for curve in curves}) == 1 and all(math.isfinite(curve.price) for curve in curves):
        return added([valued(curve) for curve in curves], name)
    return added([_in_plan_days(curve) for curve in curves], name)


def added(curves: Sequence[Curve], name: str) -> Curve:
    """The sum of curves of one commodity and unit; ValueError if they are of several."""
    first = curves[0]
    kinds = sorted({f"{curve.commodity} in {curve.unit}" for curve in curves})
    if len(kinds) > 1:
        raise ValueError(f"amounts of {' and '.join(kinds[:3])} cannot be added")
    baseline = _sum(curve.baseline for curve in curves)
    shocked = _sum(curve.shocked for curve in curves)
    plan = math.fsum(curve.plan for curve in curves)
    return replace(first, name=name, node="", baseline=baseline, shocked=shocked, plan=plan)


def valued(curve: Curve) -> Curve:
    """The same in money; everything is nan without a price."""
    baseline, shocked, plan = curve.baseline * curve.price, curve.shocked * curve.price, curve.plan * curve.price
    unit = curve.currency or "value"
    return replace(curve, commodity="", unit=unit, baseline=baseline, shocked=shocked, plan=plan, price=1.0)


def _in_plan_days(curve: Curve) -> Curve:
    scale, plan = (1.0 / curve.plan, 1.0) if curve.plan > 0.0 else (0.0, 0.0)
    baseline, shocked = curve.baseline * scale, curve.shocked * scale
    known = replace(curve, commodity="", unit=PLAN_DAYS, price=math.nan, currency="")
    return replace(known, baseline=baseline, shocked=shocked, plan=plan)


def _of_market(outcome: Outcome, what: What, market: str) -> Curve:
    commodity = outcome.markets[market][1]
    return _curve(outcome, what, market, market, commodity, outcome.facts.usage[f"{market}: {commodity}"])


def _curve(outcome: Outcome, what: What, where: str, node: str, commodity: str, plan: float) -> Curve:
    record = outcome.scenario.commodities[commodity]
    price, currency = (record.price.value, record.price.currency) if record.price else (math.nan, "")
    baseline, shocked = outcome.baseline[what, where], outcome.shocked[what, where]
    when = outcome.first_day, outcome.over_day
    return Curve(where, node, commodity, record.base, baseline, shocked, plan, price, currency, *when)


def _grouped(curves: Mapping[str, Curve], group_of: Mapping[str, str]) -> dict[str, Curve]:
    groups = sorted(set(group_of.values()))
    return {g: together([c for n, c in curves.items() if group_of[n] == g], g) for g in groups}


def _sum(arrays: Iterable[Array]) -> Array:
    """Added one after the other in the order given, so that the last bits never depend on the machine."""
    first, *others = arrays
    total = np.array(first)
    for other in others:
        total += other
    return total
