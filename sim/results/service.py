"""How well demand is met: metrics of one market or of several for one commodity, one value per replication each."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array, Records
from sim.results.losses import TOLERANCE, share_of
from sim.results.outcome import Outcome


@dataclass(frozen=True)
class Demand:
    """Daily amounts of a market, in the commodity's unit; shape (day, replication)."""

    asked: Array
    unmet: Array
    """Of the day's demand, not met on the day."""
    lost: Array
    """Given up on the day."""
    waiting: Array
    """At the end of the day."""


@dataclass(frozen=True)
class Service:
    """The demand of a market with the shocks and without."""

    name: str
    unit: str
    baseline: Demand
    shocked: Demand
    plan: float
    """Planned demand in a day."""
    first: float
    """Review at which the first shock takes effect; nan without shocks."""


def service_of(outcome: Outcome, markets: Sequence[str], name: str) -> Service:
    """Markets for one commodity as one; ValueError if they are for several."""
    wanted = sorted({outcome.markets[market][1] for market in markets})
    if len(wanted) != 1:
        raise ValueError(f"markets for one commodity are needed, and these are for {', '.join(wanted) or 'none'}")
    plan = math.fsum(outcome.facts.usage[f"{market}: {wanted[0]}"] for market in markets)
    before, after = _demand(outcome.baseline, markets), _demand(outcome.shocked, markets)
    return Service(name, outcome.scenario.commodities[wanted[0]].unit, before, after, plan, outcome.first_day)


def lost_demand(service: Service) -> Array:
    """Demand given up because of the shocks, in units: lost with them less lost without. *Lost demand*."""
    return _total(service.shocked.lost) - _total(service.baseline.lost)


def delayed_demand(service: Service) -> Array:
    """Demand met, but not on its day, because of the shocks: unmet - lost - still waiting, less the same without."""
    return _delayed(service.shocked) - _delayed(service.baseline)


def still_waiting(service: Service) -> Array:
    """Demand that waits when the run ends, in units: neither met nor lost yet."""
    return np.asarray(service.shocked.waiting[-1])


def fill_rate(service: Service) -> Array:
    """Share of demand met on the day it was asked for, from 0 to 1; 1 if nothing was asked. *Fill rate*, type 2."""
    return 1.0 - share_of(_total(service.shocked.unmet), _total(service.shocked.asked))


def baseline_fill_rate(service: Service) -> Array:
    """The fill rate without the shocks."""
    return 1.0 - share_of(_total(service.baseline.unmet), _total(service.baseline.asked))


def time_to_survive(service: Service) -> Array:
    """Days from the first shock during which no more demand is missed than without it; inf to the end of the run.

    *Time to survive*, as observed: it says what these shocks did, not how long the market could stand any.
    """
    more = service.shocked.unmet - service.baseline.unmet
    missed = more > TOLERANCE * np.maximum(service.shocked.asked, service.plan)
    return np.where(np.any(missed, axis=0), np.argmax(missed, axis=0) - service.first, np.inf)


def unmet_share(service: Service) -> Array:
    """Share of the day's demand that is not met on the day; shape (day, replication)."""
    return share_of(service.shocked.unmet, service.shocked.asked)


def _delayed(demand: Demand) -> Array:
    return np.asarray(_total(demand.unmet) - _total(demand.lost) - demand.waiting[-1])


def _demand(records: Records, markets: Sequence[str]) -> Demand:
    whats = ("demand", "unmet", "lost", "waiting")
    return Demand(*(_sum(records[what, market] for market in markets) for what in whats))


def _sum(arrays: Iterable[Array]) -> Array:
    """Added one after the other; of a single one, that one itself."""
    first, *others = arrays
    total = np.array(first) if others else first
    for other in others:
        total += other
    return total


def _total(daily: Array) -> Array:
    return np.asarray(np.sum(daily, axis=0))
