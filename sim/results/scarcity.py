"""An indicative scarcity price: what a commodity would cost if price alone had to clear the month's shortage.

Demand that falls with price as x^-εd and supply that rises as x^εs meet where supply · x^εs = demand · x^-εd, so that
x = (demand / supply)^(1 / (εd + εs)). It is a label on a shortage, not a forecast: stocks, contracts and controls keep
prices elsewhere, elasticities are short-run guesses, and nothing in the model answers to it.
"""

from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results.outcome import Outcome
from sim.results.prices import known_worlds


@dataclass(frozen=True)
class Scarcity:
    """Indicative price of one commodity in one month, relative to its usual price."""

    commodity: str
    month: str
    """`2025-05`."""
    factor: Array
    """Price over usual price, at least 1, one per replication; inf where nothing is supplied."""
    price: Array
    """Money per unit; nan without a price."""


def clearing_factor(demand: Array, supply: Array, of_demand: Array, of_supply: Array) -> Array:
    """Price over usual price that clears a shortage: (demand / supply)^(1 / (εd + εs)), and 1 without a shortage.

    Amounts of the same period in the same unit; elasticities per cent of quantity for one per cent of price.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        short = np.where(demand > supply, demand / supply, 1.0)
        return np.asarray(np.power(short, 1.0 / (of_demand + of_supply)))


def scarcities(outcome: Outcome) -> list[Scarcity]:
    """Every commodity that states elasticities, month by month.

    Demand is what is released on all its links without the shocks, supply what is released with them.
    """
    worlds = known_worlds(outcome)
    found = []
    for commodity, record in sorted(outcome.scenario.commodities.items()):
        links = [link for link, lane in outcome.links.items() if lane.commodity == commodity]
        if record.elasticity is None or not links:
            continue
        goods = [world.commodities[commodity] for world in worlds]
        answers = [good.elasticity or record.elasticity for good in goods]
        of_demand, of_supply = (np.array([getattr(a, side) for a in answers]) for side in ("demand", "supply"))
        usual = np.array([good.price.value if good.price else np.nan for good in goods])
        demand, supply = (
            sum((records["shipments", link] for link in links), np.zeros(()))
            for records in (outcome.baseline, outcome.shocked)
        )
        for month, days in _months(outcome).items():
            factor = clearing_factor(demand[days].sum(axis=0), supply[days].sum(axis=0), of_demand, of_supply)
            found.append(Scarcity(commodity, month, factor, usual * factor))
    return found


def _months(outcome: Outcome) -> dict[str, slice]:
    """The days of each calendar month of the run; the first and the last may be parts."""
    first: dict[str, slice] = {}
    for day in range(outcome.days):
        month = outcome.date(day).strftime("%Y-%m")
        first[month] = slice(first[month].start if month in first else day, day + 1)
    return first
