"""How well demand is met: metrics of one market, one value per replication each."""

from dataclasses import dataclass

import numpy as np

from sim.engine import tally
from sim.engine.records import Array
from sim.results.curves import Counted, Curve, demand_of, lost_of, unmet_of, waiting_of
from sim.results.losses import count, share_of
from sim.results.outcome import Outcome


@dataclass(frozen=True)
class Service:
    """The demand of a market, with the shocks and without."""

    name: str
    unit: str
    asked: Counted
    unmet: Counted
    """Of the day's demand, not met on the day."""
    lost: Counted
    """Given up on the day."""
    waiting: Counted
    """At the end of the day."""


def service_of(outcome: Outcome, market: str) -> Service:
    """How a market was served in a run."""
    unit = outcome.scenario.commodities[outcome.markets[market][1]].unit
    return Service(market, unit, *(of(outcome, market) for of in (demand_of, unmet_of, lost_of, waiting_of)))


def lost_demand(service: Service) -> Array:
    """Demand given up because of the shocks, in units: lost with them less lost without. *Lost demand*."""
    return 0.0 - count(service.lost, tally.NET)


def delayed_demand(service: Service) -> Array:
    """Demand met, but not on its day, because of the shocks: unmet - lost - still waiting, less the same without."""
    unmet, lost = count(service.unmet, tally.NET), count(service.lost, tally.NET)
    waiting = count(service.waiting, tally.CALM_LAST) - count(service.waiting, tally.STRUCK_LAST)
    return 0.0 - (unmet - lost - waiting)


def still_waiting(service: Service) -> Array:
    """Demand that waits when the run ends, in units: neither met nor lost yet."""
    return count(service.waiting, tally.STRUCK_LAST)


def fill_rate(service: Service) -> Array:
    """Share of demand met on the day it was asked for, from 0 to 1; 1 if nothing was asked. *Fill rate*, type 2."""
    return 1.0 - share_of(count(service.unmet, tally.STRUCK), count(service.asked, tally.STRUCK))


def lost_rate(service: Service) -> Array:
    """Share of demand given up instead of waiting, from 0 to 1; 0 if nothing was asked."""
    return share_of(count(service.lost, tally.STRUCK), count(service.asked, tally.STRUCK))


def baseline_fill_rate(service: Service) -> Array:
    """The fill rate without the shocks."""
    return 1.0 - share_of(count(service.unmet, tally.CALM), count(service.asked, tally.CALM))


def time_to_survive(service: Service) -> Array:
    """Days from the first shock during which no more demand is missed than without it; inf to the end of the run.

    *Time to survive*, as observed: it says what these shocks did, not how long the market could stand any.
    """
    missed = count(service.unmet, tally.FIRST_ABOVE) - service.unmet.first
    return np.where(np.isnan(missed), np.inf, missed)


def unmet_share(asked: Curve, unmet: Curve) -> Array:
    """Share of the day's demand that is not met on the day; shape (day, replication)."""
    return share_of(unmet.shocked, asked.shocked)
