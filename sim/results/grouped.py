"""Summaries of many points at once: one value for each case, cases in order of their points.

What each says is told in statistics.py; here it is worked out for all points together.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results.statistics import CONFIDENCE

Points = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Summaries by point; arrays with one value for each, in order of their numbers."""

    point: Points
    n: NDArray[np.int64]
    """Replications with a finite value, which mean and quantiles are of."""
    mean: Array
    low: Array
    """End of the 95 % Student interval; nan for a single value."""
    high: Array
    p5: Array
    p50: Array
    p95: Array
    events: NDArray[np.int64]
    """Replications with a loss, that is with a value above 0."""
    chance_low: Array
    """End of the exact 95 % interval of the chance of a loss."""
    chance_high: Array
    mean_given: Array
    """Mean of the replications with a loss; nan if there is none."""


def grouped(point: Points, values: Array) -> Groups:
    """The summary of each point; its cases stand side by side. Infinite and missing values are left out."""
    numbers, first = np.unique(point, return_index=True)
    finite = np.isfinite(values)
    n = _sums(finite.astype(float), first)
    mean, half = group_intervals(point, values)
    p5, p50, p95 = _quantiles(point, values, first, n, (0.05, 0.5, 0.95))
    hit = finite & (values > 0.0)
    events = _sums(hit.astype(float), first)
    with np.errstate(invalid="ignore", divide="ignore"):
        given = np.where(events > 0, _sums(np.where(hit, values, 0.0), first) / events, math.nan)
    low, high = chance_intervals(events, n)
    counts = n.astype(np.int64), events.astype(np.int64)
    return Groups(numbers, counts[0], mean, mean - half, mean + half, p5, p50, p95, counts[1], low, high, given)


def group_intervals(point: Points, values: Array) -> tuple[Array, Array]:
    """Mean of each point and half the width of its 95 % Student interval, nan for fewer than two values."""
    from scipy.special import stdtrit

    _, first = np.unique(point, return_index=True)
    finite = np.isfinite(values)
    n = _sums(finite.astype(float), first)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = _sums(np.where(finite, values, 0.0), first) / n
        apart = np.where(finite, values - np.repeat(mean, _sizes(first, len(values))), 0.0)
        spread = np.sqrt(_sums(apart**2, first) / (n - 1.0) / n)
        half = np.where(n < 2, math.nan, stdtrit(np.maximum(n - 1.0, 1.0), 0.5 + CONFIDENCE / 2) * spread)
    return mean, half


def chance_intervals(events: Array, n: Array) -> tuple[Array, Array]:
    """Exact 95 % intervals of chances seen `events` times in n (Clopper & Pearson 1934)."""
    from scipy.special import betaincinv

    tail = (1.0 - CONFIDENCE) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(events > 0, betaincinv(np.maximum(events, 1.0), n - events + 1, tail), 0.0)
        high = np.where(events < n, betaincinv(events + 1, np.maximum(n - events, 1.0), 1.0 - tail), 1.0)
    return np.asarray(low), np.asarray(high)


def _sums(values: Array, first: NDArray[np.intp]) -> Array:
    return np.asarray(np.add.reduceat(values, first)) if len(first) else np.empty(0)


def _sizes(first: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    return np.diff(np.append(first, count))


def _quantiles(
    point: Points, values: Array, first: NDArray[np.intp], n: Array, levels: tuple[float, ...]
) -> list[Array]:
    """Linear between order statistics, as numpy has them; nan where there is no value."""
    known = np.where(np.isfinite(values), values, np.inf)  # they stand behind the others of their point
    ordered = np.append(known[np.lexsort((known, point))], math.nan)
    ordered[np.isinf(ordered)] = math.nan
    found = []
    for level in levels:
        rank = level * np.maximum(n - 1.0, 0.0)
        below, part = np.floor(rank), rank - np.floor(rank)
        start = (first + below).astype(np.intp)
        lower = ordered[start]
        upper = np.where(part > 0.0, ordered[np.minimum(start + 1, len(ordered) - 1)], lower)
        found.append(np.where(n > 0, lower + part * (upper - lower), math.nan))
    return found
