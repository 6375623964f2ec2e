"""Which draws of what is not known agree with what was seen, and what that tells of each of them.

Approximate Bayesian computation by rejection (Tavaré and others 1997; Beaumont 2010): every replication is a draw from
the ranges stated before, with luck of its own; those nearest to what was seen are kept, and go on to forecast.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results.sightings import ROUNDING, Sighting

TELLING, SAYING = 0.5, 0.8
"""Widths of what is kept, as a share of the width before: below the first the data fix a number, above the second they
say nothing about it."""
TENTHS = 10


@dataclass(frozen=True)
class Fit:
    """The replications kept, nearest first, and how near each of all was."""

    kept: NDArray[np.intp]
    distance: Array
    """Root mean square of the difference of shares over the fitted periods, shape (replication,)."""

    @property
    def nearest(self) -> int:
        """The replication that is nearest."""
        return int(self.kept[0])

    @property
    def reach(self) -> float:
        """Distance of the farthest that is kept."""
        return float(self.distance[self.kept[-1]])


def fit_to(sightings: list[Sighting], share: float) -> Fit:
    """Keep this share of all replications, those nearest to the fitted periods of all series together."""
    squares = [_squares(sighting) for sighting in sightings]
    distance = np.sqrt(np.mean(np.concatenate(squares), axis=0))
    count = max(1, math.ceil(share * distance.size - ROUNDING))
    order = np.argsort(distance, kind="stable")
    return Fit(order[:count], distance)


def _squares(sighting: Sighting) -> Array:
    """Squared difference of each fitted period and replication."""
    fitted = sighting.seen.within(sighting.seen.entry.fit)
    return np.asarray((sighting.modelled[fitted] - sighting.seen.shares[fitted, None]) ** 2)


@dataclass(frozen=True)
class Told:
    """What the data tell of one number that was not known."""

    name: str
    before: tuple[float, float]
    """80 % of all draws."""
    middle: float
    """Median of those kept."""
    after: tuple[float, float]
    """80 % of those kept."""
    width: float
    """Of what is kept, as a share of the width before."""
    profile: Array
    """Least distance in each tenth of all draws, from the smallest values to the largest."""
    partner: str
    """The other number it moves with most among those kept; empty if it is alone."""
    correlation: float

    @property
    def words(self) -> str:
        """What the data say of it."""
        if self.width <= TELLING:
            return "fixed by the data"
        return "narrowed" if self.width < SAYING else "the data say nothing"


def told_of(fit: Fit, draws: Mapping[str, Array]) -> list[Told]:
    """What the fit tells of each number drawn; values by name, shape (replication,)."""
    return [_told(name, fit, draws) for name in draws]


def _told(name: str, fit: Fit, draws: Mapping[str, Array]) -> Told:
    values = draws[name]
    (low, high), (least, middle, most) = np.quantile(values, (0.1, 0.9)), np.quantile(values[fit.kept], (0.1, 0.5, 0.9))
    width = (most - least) / (high - low) if high > low else math.nan
    others = {other: _correlation(values[fit.kept], draws[other][fit.kept]) for other in draws if other != name}
    partner = max(others, key=lambda other: abs(others[other]), default="")
    tenths = np.array_split(np.argsort(values, kind="stable"), TENTHS)
    profile = np.array([np.min(fit.distance[tenth]) if tenth.size else math.nan for tenth in tenths])
    return Told(
        name=name,
        before=(float(low), float(high)),
        middle=float(middle),
        after=(float(least), float(most)),
        width=float(width),
        profile=profile,
        partner=partner,
        correlation=others.get(partner, 0.0),
    )


def _correlation(one: Array, other: Array) -> float:
    """Of ranks (Spearman); 0 where one of them does not move."""
    if one.size < 3 or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return 0.0
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)
