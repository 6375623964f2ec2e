"""What a reading comes to where one factor at a time is at the ends of its range: the bars of a tornado."""

from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results.statistics import mean_interval

ALONE = "one replication: an interval needs at least 2"
Ends = tuple[Array, Array, Array]
"""Mean, and both ends of its 95 % interval."""


@dataclass(frozen=True)
class Swings:
    """Of one reading. Changes are paired by replication, so luck that is the same at all points cancels."""

    base: tuple[float, float, float]
    low: Ends
    """Change from the base where a factor is at its low end; each shape (factor,)."""
    high: Ends
    width: Array
    """From the least to the most of low, base and high, by factor."""
    note: str
    """What must be said with them; empty if nothing."""


def swings_of(values: Array) -> Swings:
    """From values of one reading, shape (1 + 2 x factor, replication): the base, then low and high of each factor.

    Intervals are Student's, and nan for a single replication.
    """
    changes = values[1:] - values[0]
    low, high = (_intervals(changes[end::2]) for end in (0, 1))
    means = np.stack([low[0], high[0], np.zeros_like(low[0])])
    note = ALONE if values.shape[1] < 2 else ""
    return Swings(mean_interval(values[0]), low, high, np.ptp(means, axis=0), note)


def _intervals(changes: Array) -> Ends:
    mean, low, high = np.array([mean_interval(one) for one in changes]).T
    return mean, low, high
