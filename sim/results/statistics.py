"""What replications say together: means with intervals, quantiles, chances, and the words that must go with them.

Student's interval covers a rare loss badly (5 % chance of loss: 36 % of the time at 10 replications, 81 % at 100), so
below 20 losses the chance of loss is given with its exact interval, and the mean given loss.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.records import Array

CONFIDENCE: Final = 0.95
ENOUGH_EVENTS: Final = 20
TOO_FEW: Final = "too few loss events"
NO_VALUE: Final = "no value in any replication"
ONE_RUN: Final = "one replication: an interval needs at least 2"


@dataclass(frozen=True)
class Summary:
    """A figure over replications. Intervals are 95 % and nan where none can be given."""

    n: int
    """Replications with a finite value, which mean and quantiles are of."""
    missing: int
    """Replications without one."""
    mean: float
    low: float
    high: float
    p5: float
    p50: float
    p95: float
    events: int
    """Replications with a loss."""
    chance: float
    """Share of replications with a loss."""
    chance_low: float
    chance_high: float
    mean_given: float
    """Mean of the replications with a loss; nan if there is none."""
    note: str
    """What must be said with it; empty if nothing."""

    @property
    def has_interval(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    def worded(self, number: Callable[[float], str]) -> str:
        """The summary in words, each number written by `number`; never a mean without n."""
        if self.n == 0:
            return NO_VALUE
        if self.note.startswith(TOO_FEW):
            chance = f"{100 * self.chance:.3g} % (95 %: {100 * self.chance_low:.3g} to {100 * self.chance_high:.3g} %)"
            return f"loss in {self.events} of {self.n}: {chance}, {number(self.mean_given)} given loss; {TOO_FEW}"
        if self.has_interval:
            note = f"; {self.note}" if self.note else ""
            return f"{number(self.mean)} (95 %: {number(self.low)} to {number(self.high)}, n = {self.n}{note})"
        return f"{number(self.mean)} (n = {self.n}; {self.note})"


def summarize(values: Array, smallest: float = 0.0, random: bool = True) -> Summary:
    """The summary of one value per replication; what is above `smallest` counts as a loss.

    Infinite and missing values are counted and left out. Where nothing is `random`, replications are repetitions:
    no event is rare and no bound is due.
    """
    finite = values[np.isfinite(values)]
    n = int(finite.size)
    if n == 0:
        return _nothing(int(values.size))
    losses = finite[finite > smallest]
    mean, low, high = mean_interval(finite)
    p5, p50, p95 = (float(q) for q in np.quantile(finite, (0.05, 0.5, 0.95)))
    chance_low, chance_high = chance_interval(losses.size, n)
    given = float(np.mean(losses)) if losses.size else math.nan
    note = note_on(int(losses.size), n, bool(np.all(np.abs(finite) <= smallest)), random)
    chance = (losses.size / n, chance_low, chance_high)
    return Summary(n, int(values.size) - n, mean, low, high, p5, p50, p95, int(losses.size), *chance, given, note)


def mean_interval(values: Array) -> tuple[float, float, float]:
    """Mean with its 95 % Student interval; the interval is nan for a single value."""
    mean = float(np.mean(values))
    if values.size < 2:
        return mean, math.nan, math.nan
    from scipy.special import stdtrit  # scipy.stats has the same under another name, and takes a second to import

    spread = float(np.std(values, ddof=1)) / math.sqrt(values.size)
    half = float(stdtrit(values.size - 1, 0.5 + CONFIDENCE / 2)) * spread if spread > 0.0 else 0.0
    return mean, mean - half, mean + half


def chance_interval(events: int, n: int) -> tuple[float, float]:
    """Exact 95 % interval of a chance seen `events` times in n (Clopper & Pearson 1934)."""
    from scipy.special import betaincinv

    tail = (1.0 - CONFIDENCE) / 2
    low = float(betaincinv(events, n - events + 1, tail)) if events > 0 else 0.0
    high = float(betaincinv(events + 1, n - events, 1.0 - tail)) if events < n else 1.0
    return low, high


@dataclass(frozen=True)
class TimeSummary:
    """A time over replications, where it may not happen at all (nan) or not before the run ends (inf)."""

    n: int
    due: int
    """Replications in which it is due: not nan."""
    happened: int
    """Replications in which it happened: finite."""
    share: float
    """Happened / due; nan if it was never due."""
    share_low: float
    share_high: float
    median: float
    """Among those in which it happened, as p5 and p95; nan if there are none."""
    p5: float
    p95: float


def summarize_times(values: Array) -> TimeSummary:
    """The summary of one time per replication, such as recovery: share that recover, and the median among them."""
    due = values[~np.isnan(values)]
    finite = due[np.isfinite(due)]
    low, high = chance_interval(finite.size, due.size) if due.size else (math.nan, math.nan)
    share = finite.size / due.size if due.size else math.nan
    p5, median, p95 = (float(q) for q in np.quantile(finite, (0.05, 0.5, 0.95))) if finite.size else [math.nan] * 3
    return TimeSummary(int(values.size), int(due.size), int(finite.size), share, low, high, median, p5, p95)


def bands(daily: Array, levels: tuple[float, ...] = (0.05, 0.5, 0.95)) -> Array:
    """Quantiles over replications for each day; shape (level, day)."""
    return np.asarray(np.quantile(daily, levels, axis=-1))


def _nothing(missing: int) -> Summary:
    none = math.nan
    return Summary(0, missing, none, none, none, none, none, none, 0, none, none, none, none, NO_VALUE)


def note_on(events: int, n: int, all_zero: bool, random: bool) -> str:
    """What must be said with a mean of n replications, in `events` of which something is lost."""
    if n < 2:
        return ONE_RUN
    if not random:
        return ""
    if all_zero:
        return f"no loss in {n} replications: the chance is below {min(100.0, 300.0 / n):.3g} % (3/n)"
    return f"{TOO_FEW} ({events} of {n})" if 0 < events < ENOUGH_EVENTS else ""
