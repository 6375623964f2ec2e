"""How far a forecast was from what was seen, over the periods that are scored."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results.sightings import ROUNDING, Sighting
from sim.scenario.series import Period

Mask = NDArray[np.bool_]

BACK = 0.8
"""Share of usual from which on a flow counts as back."""


@dataclass(frozen=True)
class Score:
    """A forecast against what was seen; shares of the usual level."""

    error: float
    """Mean absolute error."""
    bias: float
    """Mean of forecast less seen."""
    rank: float
    """Spearman's rank correlation; nan where one of them does not move, or fewer than three periods are known."""
    total: float
    """Sum forecast over sum seen, less 1; nan if nothing was seen."""
    periods: int
    """Periods with both."""


def score_of(forecast: Array, seen: Array) -> Score:
    """The score over periods where both are known; all nan if there is none."""
    known = np.isfinite(forecast) & np.isfinite(seen)
    said, found = forecast[known], seen[known]
    if not said.size:
        return Score(math.nan, math.nan, math.nan, math.nan, 0)
    total = float(np.sum(said) / np.sum(found) - 1.0) if np.sum(found) > 0.0 else math.nan
    error, bias = float(np.mean(np.abs(said - found))), float(np.mean(said - found))
    return Score(error, bias, _rank(said, found), total, int(said.size))


def _rank(one: Array, other: Array) -> float:
    if one.size < 3 or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return math.nan
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)


def coverage(sighting: Sighting, scored: Mask) -> float:
    """Share of the scored periods whose figure lies in the 80 % band; nan if there is none."""
    return float(np.mean(sighting.covered[scored])) if np.any(scored) else math.nan


def alone(sighting: Sighting, scored: Mask) -> float:
    """Mean absolute error of a single replication, mean over all; nan if no period is scored."""
    if not np.any(scored):
        return math.nan
    return float(np.mean(np.abs(sighting.modelled[scored] - sighting.seen.shares[scored, None])))


@dataclass(frozen=True)
class Shape:
    """The trough, and when it is over."""

    trough: float
    """Least share."""
    trough_in: str
    """Period of it, the first if several are as low."""
    back_in: str
    """First period after it with four fifths of usual; empty if none is."""


def shape_of(shares: Array, periods: tuple[Period, ...]) -> Shape:
    """The shape of a curve over the periods."""
    at = int(np.argmax(shares <= np.min(shares) + ROUNDING))
    back = [periods[i].name for i in range(at, len(periods)) if shares[i] >= BACK - ROUNDING]
    return Shape(float(shares[at]), periods[at].name, back[0] if back else "")
