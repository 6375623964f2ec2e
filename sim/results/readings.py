"""What a study keeps of each case: one number for each metric of each place that is asked about.

A *reading* is named `metric.place`, as in `output_loss.eu_cars`. It is read off gauges, which count day by day what the
shocks take, so that no history is kept.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.errors import ScenarioError, suggest
from sim.results import losses, metrics
from sim.results.curves import Counted
from sim.results.measured import Measured, measured, place_of, plan_of_group
from sim.results.metrics import OWN_UNIT, Metric
from sim.results.outcome import Outcome
from sim.results.service import Service

OF_PLACES: Final[Mapping[str, Metric[Counted]]] = {metric.name: metric for metric in metrics.OF_CURVES}
"""Metrics of what a place, or several together, make or sell."""
OF_MARKETS: Final[Mapping[str, Metric[Service]]] = {metric.name: metric for metric in metrics.OF_SERVICE}
"""Metrics of how a market is served."""
KEPT: Final = ("output_loss", "loss_days", "loss_share", "peak_loss", "time_to_impact", "recovery_time")
"""Metrics kept of every place worth showing, unless others are asked for."""
AMOUNTS: Final = ("output_loss", "loss_days", "loss_share", "loss_value")
"""Metrics that are 0 where the loss is no more than rounding."""
SERVED: Final = ("demand", "unmet", "lost", "waiting")
EXAMPLE: Final = "write it as output_loss.eu_cars"

GaugeKey = tuple[str, str]
"""Name of what is measured, or quantity and market."""


@dataclass(frozen=True)
class Reading:
    """One metric of one place."""

    metric: str
    place: str
    unit: str
    """Of the value: that of what is measured, days, share, day, a currency."""

    @property
    def name(self) -> str:
        return f"{self.metric}.{self.place}"

    @property
    def is_of_market(self) -> bool:
        return self.metric in OF_MARKETS


@dataclass(frozen=True)
class Mark:
    """What readings of one point are measured against: numbers of each gauge."""

    weights: tuple[float, ...]
    """One for each term, gauge after gauge."""
    plan: tuple[float, ...]
    price: tuple[float, ...]
    first: float
    """Review at which the first shock takes effect; nan without shocks."""


@dataclass(frozen=True)
class _Read:
    """What a gauge says of some pairs; see `Counted`. Plan, price and first are arrays with a value for each pair."""

    counts: Array
    plan: Array
    price: Array
    first: Array
    days: int


def reading_of(text: str, outcome: Outcome) -> Reading:
    """The reading a text names. Raises ScenarioError with what was meant where there is no such metric or place."""
    metric, dot, place = text.strip().partition(".")
    known = [*OF_PLACES, *OF_MARKETS]
    if not dot or metric not in known:
        raise ScenarioError(
            f"'{text[:80]}' is no reading: {EXAMPLE}.{suggest(metric, known)} Metrics are {', '.join(known)}"
        )
    if metric in OF_MARKETS:
        if place not in outcome.markets:
            raise ScenarioError(f"{text[:80]}: no market '{place[:60]}'.{suggest(place, outcome.markets)}")
        return Reading(
            metric, place, _unit(OF_MARKETS[metric], outcome.scenario.commodities[outcome.markets[place][1]].unit)
        )
    found = _measured_by_name(outcome)
    named = place if place in found else next(iter(place_of(outcome, place)), "")
    if not named:
        raise ScenarioError(f"{text[:80]}: no facility, market or total '{place[:60]}'.{suggest(place, found)}")
    return _of_place(OF_PLACES[metric], found[named], outcome)


def usual_readings(outcome: Outcome, places: Sequence[str]) -> list[Reading]:
    """The metrics of `KEPT` for these places, and the fill rate of the markets among them."""
    found = _measured_by_name(outcome)
    kept = [_of_place(OF_PLACES[metric], found[place], outcome) for place in places for metric in KEPT]
    return kept + [reading_of(f"fill_rate.{place}", outcome) for place in places if place in outcome.markets]


def _measured_by_name(outcome: Outcome) -> dict[str, Measured]:
    return {what.name: what for what in measured(outcome)}


def _of_place(metric: Metric[Counted], what: Measured, outcome: Outcome) -> Reading:
    commodity = outcome.scenario.commodities.get(what.commodity)
    currency = commodity.price.currency if commodity and commodity.price else ""
    return Reading(metric.name, what.name, _unit(metric, what.unit, currency or "no price"))


def _unit(metric: Metric[Counted] | Metric[Service], own: str, currency: str = "") -> str:
    return {OWN_UNIT: own, "currency": currency}.get(metric.unit, metric.unit)


class Instrument:
    """The gauges that some readings need, and what is read off them."""

    def __init__(self, readings: Sequence[Reading], origin: Outcome):
        self.readings = tuple(readings)
        self.days = origin.scenario.days
        keys: dict[GaugeKey, None] = {}
        for reading in readings:
            keys |= dict.fromkeys((what, reading.place) for what in (SERVED if reading.is_of_market else ("",)))
        self.keys = tuple(keys)
        found = _measured_by_name(origin)
        self.rows = tuple(_rows(key, found, origin) for key in self.keys)

    def mark(self, outcome: Outcome) -> Mark:
        """The numbers of one point; `outcome` needs no history."""
        found = _measured_by_name(outcome)
        weights, plan, price = list[float](), list[float](), list[float]()
        for key in self.keys:
            what = found[key[1]]
            weights += what.weights.values()
            plan.append(plan_of_group(outcome, what))
            price.append(_price(outcome, what))
        return Mark(tuple(weights), tuple(plan), tuple(price), outcome.first_day)

    def read(self, marks: Sequence[Mark], counts: Array) -> dict[str, Array]:
        """Each reading of each pair, from counts of shape (gauge, field, pair) and the mark of each pair's point."""
        first = np.array([mark.first for mark in marks])
        plan, price = np.array([mark.plan for mark in marks]).T, np.array([mark.price for mark in marks]).T
        gauges = {key: _Read(counts[g], plan[g], price[g], first, self.days) for g, key in enumerate(self.keys)}
        return {reading.name: _value(reading, gauges) for reading in self.readings}


def _rows(key: GaugeKey, found: Mapping[str, Measured], outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """What is recorded of a gauge."""
    quantity, name = key
    if quantity:
        return ((quantity, name),)
    return tuple(("sales" if place in outcome.markets else "output", place) for place in found[name].weights)


def _price(outcome: Outcome, what: Measured) -> float:
    if not what.commodity:
        return 1.0
    price = outcome.scenario.commodities[what.commodity].price
    return price.value if price else math.nan


def _value(reading: Reading, gauges: Mapping[GaugeKey, _Read]) -> Array:
    if reading.is_of_market:
        served = (gauges[what, reading.place] for what in SERVED)
        return OF_MARKETS[reading.metric].function(Service(reading.place, reading.unit, *served))
    gauge = gauges["", reading.place]
    value = OF_PLACES[reading.metric].function(gauge)
    return np.where(losses.settled_loss(gauge) == 0.0, 0.0, value) if reading.metric in AMOUNTS else value
