"""Whether a condition holds at a point with the stated confidence, from one value for each replication.

The condition is about the mean over replications, and holds where the one-sided bound of the mean does. Where nothing
is random the bound is the value itself. Where at least 20 replications differ from the usual value, it is Student's.

Below that Student's bound covers badly: rare losses are mostly not seen, and ten replications without one say nothing
of how large it would be. What is then asked is whether a mean beyond the limit is refuted whatever the distribution:
every value lies between nothing and all there is to lose, and a bet that would break even at such a mean has won 20
times its stake (at 95 %; Waudby-Smith & Ramdas 2024, with a mixture of stakes, so that the order of replications does
not count). Without any loss in n replications the bound is about 3.7/n of all there is to lose.

Settings have the same luck. One that is nowhere worse than another, in no replication, is not worse on average either:
it takes over the other's Student bound where its own is wider for want of events.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.condition import Condition
from sim.results.statistics import ENOUGH_EVENTS, NO_VALUE, mean_interval

STAKES: Final = (1.0, 1.0, 0.5, 0.25)
"""Of the most that can be staked; half of the money on all of it, which is best where nothing is lost."""
HALVINGS: Final = 60
IF_NEVER: Final = {
    "recovery_time": 0.0,
    "time_to_impact": math.inf,
    "time_to_survive": math.inf,
    "peak_loss_day": math.inf,
}
"""What a time counts as where it never is due: no recovery is needed, no impact comes."""
FEW: Final = "too few replications differ for Student's bound: this one holds whatever the distribution"
TAKEN: Final = (
    "too few replications differ for Student's bound: it takes that of a setting which is better in none of them"
)
UNENDING: Final = "not over when the run ends"


@dataclass(frozen=True)
class Range:
    """What a reading may be at most, and when the run is over."""

    whole: float
    """The value where all is lost, or nothing: 1 of a share, all days, planned days times plan."""
    end: float
    """Days from the first shock to the end of the run: the least that a time is which the run does not see."""


@dataclass(frozen=True)
class Verdict:
    """What the replications of a point say of a condition."""

    n: int
    mean: float
    low: float
    """Ends of the 95 % interval of the mean; nan where none can be given."""
    high: float
    bound: float
    """The one-sided bound of the mean that is held against the limit."""
    holds: bool
    missing: float
    """How far the bound is on the wrong side of the limit; negative where it holds, inf where there is no bound."""
    note: str = ""

    @property
    def is_students(self) -> bool:
        """Whether the bound is Student's."""
        return not self.note and self.bound != self.mean


def verdict_of(
    condition: Condition, values: Array, asked: int, confidence: float, is_random: bool, span: Range
) -> Verdict:
    """The verdict from the values of the replications that could be run, of so many that were asked for."""
    known = counted(condition, values, span)
    if known.size < asked or np.any(np.isnan(known)):
        return _unknown(known, f"{NO_VALUE}" if not known.size else f"no value in {_lacking(known, asked)} of {asked}")
    if np.any(np.isinf(known)):
        return _unknown(known, f"{UNENDING} in {int(np.sum(np.isinf(known)))} of {asked}", math.inf)
    mean, low, high = mean_interval(known)
    note, bound = "", mean
    if is_random or np.ptp(known) > 0.0:
        few = _unusual(known) < ENOUGH_EVENTS
        bound = bet(condition, known, confidence, span.whole) if few else student(condition, known, confidence)
        low, high, note = (math.nan, math.nan, FEW) if few else (low, high, "")
    return Verdict(known.size, mean, low, high, bound, condition.met_by(bound), condition.missing(bound), note)


def taken_over(condition: Condition, verdicts: Sequence[Verdict], values: Sequence[Array]) -> list[Verdict]:
    """The verdicts, with the bounds that settings take over from others; `values` as `counted`, by replication."""
    givers = [i for i, verdict in enumerate(verdicts) if verdict.is_students]
    given = [values[i] if condition.wants_less else -values[i] for i in givers]
    found = []
    for verdict, own in zip(verdicts, values, strict=True):
        if verdict.note == FEW and givers:
            better = np.all((own if condition.wants_less else -own) <= np.array(given), axis=1)
            bounds = [verdicts[i].bound for i, is_better in zip(givers, better, strict=True) if is_better]
            best = min(bounds, key=condition.missing, default=verdict.bound)
            if condition.missing(best) < verdict.missing:
                missing = condition.missing(best)
                verdict = replace(verdict, bound=best, holds=condition.met_by(best), missing=missing, note=TAKEN)
        found.append(verdict)
    return found


def enough(limit: float, whole: float, confidence: float) -> int:
    """How many replications without a loss show that the mean is below a limit; 0 where none do."""
    share = limit / whole if whole > 0.0 else 0.0
    stakes = len(STAKES) / STAKES.count(1.0)
    return math.ceil((math.log(stakes) - math.log1p(-confidence)) / -math.log1p(-share)) if 0.0 < share < 1.0 else 0


def student(condition: Condition, values: Array, confidence: float) -> float:
    """The one-sided Student bound of the mean: above it where less is wanted, else below."""
    from scipy.special import stdtrit

    spread = float(np.std(values, ddof=1)) / math.sqrt(values.size)
    away = float(stdtrit(values.size - 1, confidence)) * spread
    return float(np.mean(values)) + (away if condition.wants_less else -away)


def bet(condition: Condition, values: Array, confidence: float, whole: float) -> float:
    """The bound that holds for any distribution between 0 and `whole`; see above."""
    most = max(whole, float(np.max(values)), 1e-300)
    shares = np.clip(values / most, 0.0, 1.0)
    if condition.wants_less:
        return most * _highest_mean(shares, confidence)
    return most * (1.0 - _highest_mean(1.0 - shares, confidence))


def _highest_mean(shares: Array, confidence: float) -> float:
    """The largest mean that is not refuted, of values from 0 to 1."""
    low, high = float(np.mean(shares)), 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _winnings(shares, middle) >= -math.log1p(-confidence) else (middle, high)
    return high


def _winnings(shares: Array, mean: float) -> float:
    """The logarithm of what a stake of 1 has become, betting that the mean is below `mean`."""
    if mean >= 1.0:
        return math.inf
    with np.errstate(divide="ignore"):
        each = [float(np.sum(np.log1p(part / (1.0 - mean) * (mean - shares)))) for part in STAKES]
    top = max(each)
    return top if top == -math.inf else top + math.log(math.fsum(math.exp(one - top) for one in each) / len(each))


def counted(condition: Condition, values: Array, span: Range) -> Array:
    """The values, with what a time counts as that never is due, or is not seen before the run ends."""
    never = IF_NEVER.get(condition.reading.metric, math.nan)
    known = np.where(np.isnan(values), never, values)
    return known if condition.wants_less else np.where(np.isposinf(known), span.end, known)


def _unusual(values: Array) -> int:
    """Replications that differ from the value most of them have."""
    return values.size - int(np.max(np.unique(values, return_counts=True)[1]))


def _lacking(values: Array, asked: int) -> int:
    return asked - values.size + int(np.sum(np.isnan(values)))


def _unknown(values: Array, note: str, mean: float = math.nan) -> Verdict:
    return Verdict(int(np.sum(np.isfinite(values))), mean, math.nan, math.nan, math.nan, False, math.inf, note)
