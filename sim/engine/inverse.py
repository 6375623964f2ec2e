"""Inverse cumulative tables: from a uniform number to a variate with one look-up.

A table is one row of floats, for one shape; a scale is multiplied afterwards, so that cases share rows. Rows are padded
and stacked by `stack_tables`, because compiled rules take all tables as one array.

A *smooth* row (gamma) holds cubics on dyadic cells that get finer towards both ends: the leading bits of a uniform
number are the cell, so nothing is searched, and the last cells are as accurate as the first. A *stepped* row (Poisson,
empirical) holds the exact steps and a guide that says where to start looking (Chen & Asau 1974).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import compiled

Row = NDArray[np.float64]
Rows = NDArray[np.float64]

OCTAVES = 52
"""Of each tail: from 2^-53, the smallest uniform number, to a half."""
TINY = 2.0**-53
MANTISSA = 52
FIRST = 970
"""The exponent field of 2^-53."""


def gamma_table(shape: float) -> Row:
    """Smooth row of the standard gamma; quantiles to 1e-6 of their size for shapes from 0.2 to 200 and beyond.

    Below 0.2 the quantile is a high power of u, and cells are made smaller to follow it.
    """
    from scipy.special import gammainccinv, gammaincinv, gammaln

    fineness = min(10, 5 + max(0, int(np.ceil(np.log2(0.2 / shape)))))
    v = _dyadic(fineness)
    tails = []
    for quantile, sign in ((gammaincinv, 1.0), (gammainccinv, -1.0)):
        q = quantile(shape, v)
        with np.errstate(divide="ignore"):  # the smallest quantiles may be 0
            slope = sign * np.exp(q + gammaln(shape) - (shape - 1) * np.log(q))
        tails.append(_cubics(v, q, slope))
    return np.concatenate([[float(fineness)], *tails])


def poisson_table(mean: float) -> Row:
    """Stepped row of counts with this mean; exact, whatever the mean."""
    from scipy.special import pdtr, pdtrc, pdtrik

    low = max(0, int(pdtrik(TINY / 2, mean)) - 2) if mean > 0 else 0
    high = int(mean + 10 * np.sqrt(mean) + 40)
    counts = np.arange(low, high + 1)
    beyond = pdtrc(counts, mean)
    cumulative = np.where(counts < mean, pdtr(counts, mean), 1 - beyond)  # the smaller tail has the digits
    needed = int(np.argmax(beyond < TINY / 2)) + 1
    return _stepped(cumulative[:needed], counts[:needed])


def empirical_table(values: Sequence[float], weights: Sequence[float] | None = None) -> Row:
    """Stepped row of the values as they are, each as often as its weight says (all alike without weights)."""
    order = np.argsort(values, kind="stable")
    sizes = np.asarray(weights if weights is not None else np.ones(len(values)), dtype=float)[order]
    total = np.cumsum(sizes)
    return _stepped(total / total[-1], np.asarray(values, dtype=float)[order])


def stack_tables(rows: Sequence[Row]) -> Rows:
    """All rows as one array, padded with zeros to the longest; one row of one zero if there are none."""
    stacked = np.zeros((max(1, len(rows)), max((row.size for row in rows), default=1)))
    for i, row in enumerate(rows):
        stacked[i, : row.size] = row
    return stacked


@compiled
def smooth(tables: Rows, table: int, u: float) -> float:
    """Quantile at u from a smooth row; below 2^-53 of either end it stays at that end."""
    fineness = int(tables[table, 0])
    upper = u >= 0.5
    v = max(1.0 - u if upper else u, TINY)
    below = MANTISSA - fineness  # bits that say where in its cell v lies
    bits = np.float64(v).view(np.int64)
    x = float(bits & ((1 << below) - 1)) / float(1 << below)
    cell = (bits >> below) - (FIRST << fineness)
    if upper:
        cell += (OCTAVES << fineness) + 1
    i = 1 + 4 * cell
    return float(((tables[table, i + 3] * x + tables[table, i + 2]) * x + tables[table, i + 1]) * x + tables[table, i])


@compiled
def stepped(tables: Rows, table: int, u: float) -> float:
    """Quantile at u from a stepped row: the smallest value whose cumulative probability is at least u."""
    steps = int(tables[table, 0])
    cells = int(tables[table, 1])
    i = 2 + cells + int(tables[table, 2 + min(int(u * cells), cells - 1)])
    while tables[table, i] < u:
        i += 1
    return float(tables[table, i + steps])


def _dyadic(fineness: int) -> Row:
    """The left ends of all cells of a tail, and the end of the last: equal cells between two powers of a half."""
    cells = 1 << fineness
    octaves = np.repeat(2.0 ** np.arange(-OCTAVES - 1, 0), cells)
    within = np.tile(1 + np.arange(cells) / cells, OCTAVES + 1)
    return (octaves * within)[: (OCTAVES << fineness) + 2]


def _cubics(v: Row, q: Row, slope: Row) -> Row:
    """Hermite cubic of each cell, constant term first, in the share of the cell that is passed."""
    width = np.diff(v)
    start, end = slope[:-1] * width, slope[1:] * width
    rise = np.diff(q)
    return np.stack([q[:-1], start, 3 * rise - 2 * start - end, start + end - 2 * rise], axis=1).ravel()


def _stepped(cumulative: Row, values: NDArray[np.generic]) -> Row:
    """Row of: number of steps, number of guide cells, first step of each cell, cumulative probabilities, values."""
    cells = 1 << int(np.ceil(np.log2(max(2, values.size))))
    cumulative = np.append(cumulative[:-1], 1.0)
    guide = np.searchsorted(cumulative, np.arange(cells) / cells)
    return np.concatenate([[values.size, cells], guide, cumulative, values]).astype(float)
