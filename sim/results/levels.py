"""What stands and waits: orders in a book, days of cover; daily levels and one value per replication each."""

import math
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results.outcome import Outcome


@dataclass(frozen=True)
class Level:
    """Something that is counted at the end of each day, with the shocks and without."""

    name: str
    unit: str
    baseline: Array
    """Shape (day, replication)."""
    shocked: Array
    """Shape (day, replication)."""
    first: float
    """Review at which the first shock takes effect; nan without shocks."""


def backlog_of(outcome: Outcome, place: str) -> Level:
    """Orders in the book of a facility for one product, named `facility: product`."""
    unit = outcome.scenario.commodities[outcome.facilities[place][1]].base
    return _level(outcome, "backlog", place, unit)


def waiting_of(outcome: Outcome, market: str) -> Level:
    """Demand of a market that waits."""
    unit = outcome.scenario.commodities[outcome.markets[market][1]].base
    return _level(outcome, "waiting", market, unit)


def cover_of(outcome: Outcome, place: str) -> Level:
    """*Days of cover* of an input, named `buyer: commodity`: stock at the end of the day / planned use in a day."""
    usage = outcome.facts.usage[place]
    stock = _level(outcome, "stock", place, "days")
    with np.errstate(divide="ignore", invalid="ignore"):
        baseline, shocked = stock.baseline / usage, stock.shocked / usage
    return Level(place, "days", baseline, shocked, stock.first)


def backlog_mean(level: Level) -> Array:
    """Mean over all days of what waits at the end of the day, in units. *Backlog*."""
    return np.asarray(np.mean(level.shocked, axis=0))


def backlog_peak(level: Level) -> Array:
    """Most that waits at the end of any day, in units."""
    return np.asarray(np.max(level.shocked, axis=0))


def lowest_cover(level: Level) -> Array:
    """Fewest days of cover at the end of any day from the first shock on (of all days without shocks)."""
    start = 0 if math.isnan(level.first) else int(level.first)
    return np.asarray(np.min(level.shocked[start:], axis=0))


def _level(outcome: Outcome, what: str, where: str, unit: str) -> Level:
    return Level(where, unit, outcome.baseline[what, where], outcome.shocked[what, where], outcome.first_day)
