"""What the shocks take from a curve, counted day by day: histories reduced as they are made.

A *gauge* is an amount that is watched: what one place makes or sells in a day, or a weighted sum over several. Each
case with shocks is held against its baseline, the case without them that has the same luck and the same numbers
otherwise; several may share one. `note` is the one home of what a day below baseline is: runs that keep their history
ask it afterwards, studies every night.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine.compiled import compiled, inner
from sim.engine.recorder import rows_of, sources_of

if TYPE_CHECKING:
    from sim.engine.world import World

Array = NDArray[np.float64]

TOLERANCE: Final = 1e-9
"""Differences below this share of baseline or plan are rounding, not loss."""

(
    CALM,  # sum of what the baseline has
    STRUCK,  # sum of what there is with the shocks
    NET,  # sum of baseline - shocked
    BELOW,  # sum of max(0, baseline - shocked)
    ABOVE,  # sum of max(0, shocked - baseline)
    AREA,  # sum of the daily loss, each day as a share of its baseline
    PEAK,  # largest daily loss, as a share
    PEAK_DAY,  # first day with it; nan if there is none
    FIRST_BELOW,  # first day below baseline; nan if there is none
    LAST_BELOW,  # last day below baseline; nan if there is none
    FIRST_ABOVE,  # first day above baseline; nan if there is none
    CALM_BEFORE,  # sum of the baseline before the first shock
    BELOW_BEFORE,  # sum of max(0, baseline - shocked) before the first shock
    CALM_DURING,  # sum of the baseline from the first shock to the last day below baseline
    BELOW_DURING,  # sum of max(0, baseline - shocked) on the same days
    CALM_LAST,  # what the baseline has on the last day
    STRUCK_LAST,  # what there is on the last day with the shocks
) = range(17)
FIELDS = 17
DAYS = (PEAK_DAY, FIRST_BELOW, LAST_BELOW, FIRST_ABOVE)


@compiled
def missing_share(calm: float, struck: float, plan: float) -> float:
    """Share of the day's baseline that is missing, 0 where it is no more than rounding beside baseline or plan."""
    missing = calm - struck
    return missing / calm if missing > TOLERANCE * max(calm, plan) else 0.0


@inner
def note(day: int, last: int, calm: Array, struck: Array, plan: Array, first: Array, counts: Array) -> None:
    """Add a day to the counts, shape (field, pair), of one gauge; `first` is the review of the first shock."""
    for k in range(len(first)):
        if first[k] == day:
            counts[CALM_BEFORE, k], counts[BELOW_BEFORE, k] = counts[CALM, k], counts[BELOW, k]
    for k in range(len(calm)):
        counts[CALM, k] += calm[k]
    for k in range(len(calm)):
        counts[STRUCK, k] += struck[k]
    if differ(calm, struck):
        note_difference(day, calm, struck, plan, first, counts)
    if day == last:
        for k in range(len(calm)):
            counts[CALM_LAST, k], counts[STRUCK_LAST, k] = calm[k], struck[k]


@inner
def differ(calm: Array, struck: Array) -> bool:
    """Whether any pair is not the same; until a shock strikes, none is."""
    k = 0
    while k < len(calm) and calm[k] == struck[k]:
        k += 1
    return k < len(calm)


@inner
def note_difference(day: int, calm: Array, struck: Array, plan: Array, first: Array, counts: Array) -> None:
    """What of a day is counted only where the shocks have changed it."""
    for k in range(len(calm)):
        missing = calm[k] - struck[k]
        if missing == 0.0:
            continue
        counts[NET, k] += missing
        if missing < 0.0:
            counts[ABOVE, k] -= missing
            if -missing > TOLERANCE * max(calm[k], plan[k]) and not counts[FIRST_ABOVE, k] <= day:
                counts[FIRST_ABOVE, k] = day
            continue
        counts[BELOW, k] += missing
        share = missing_share(calm[k], struck[k], plan[k])
        if share > 0.0:
            note_below(day, k, share, first[k], counts)


@inner
def note_below(day: int, k: int, share: float, first: float, counts: Array) -> None:
    """A day on which a share of the baseline is missing."""
    counts[AREA, k] += share
    if share > counts[PEAK, k]:
        counts[PEAK, k], counts[PEAK_DAY, k] = share, day
    if not counts[FIRST_BELOW, k] <= day:
        counts[FIRST_BELOW, k] = day
    counts[LAST_BELOW, k] = day
    if day >= first:
        counts[CALM_DURING, k] = counts[CALM, k] - counts[CALM_BEFORE, k]
        counts[BELOW_DURING, k] = counts[BELOW, k] - counts[BELOW_BEFORE, k]


@compiled
def note_all(calm: Array, struck: Array, plan: Array, first: Array, counts: Array) -> None:
    """Count a whole history, shape (day, pair)."""
    for day in range(len(calm)):
        note(day, len(calm) - 1, calm[day], struck[day], plan, first, counts)


@compiled
def missing_shares(calm: Array, struck: Array, plan: Array, shares: Array) -> None:
    """Write the share missing of each day, shape (day, pair)."""
    for day in range(len(calm)):
        for k in range(calm.shape[1]):
            shares[day, k] = missing_share(calm[day, k], struck[day, k], plan[k])


def empty(*shape: int) -> Array:
    """Counts before the first day, with more axes before (field, pair)."""
    counts = np.zeros(shape)
    counts[..., DAYS, :] = np.nan
    return counts


def counts_of(calm: Array, struck: Array, plan: float, first: float) -> Array:
    """The counts of a history, shape (field, pair), from amounts of shape (day, pair)."""
    pairs, begun = calm.shape[1], np.inf if np.isnan(first) else float(first)
    counts = empty(FIELDS, pairs)
    note_all(_side_by_side(calm), _side_by_side(struck), np.full(pairs, float(plan)), np.full(pairs, begun), counts)
    return counts


def daily_loss_of(calm: Array, struck: Array, plan: float) -> Array:
    """Share of each day's baseline that is missing, shape (day, pair)."""
    shares = np.empty(calm.shape)
    missing_shares(_side_by_side(calm), _side_by_side(struck), np.full(calm.shape[1], float(plan)), shares)
    return shares


def _side_by_side(amounts: Array) -> Array:
    """In one piece, whatever history it is a part of: what is compiled is compiled for one layout only."""
    return np.ascontiguousarray(amounts)


@dataclass(frozen=True)
class Gauges:
    """What is watched in a batch, and who is held against whom."""

    rows: Sequence[Sequence[tuple[str, str]]]
    """By gauge: the recorded quantities and places it adds up."""
    weights: Array
    """One for each of those, gauge after gauge, and case; shape (term, case)."""
    plan: Array
    """Planned amount in a day, shape (gauge, pair)."""
    first: Array
    """Review at which the first shock takes effect, by pair; inf if none does."""
    calm: NDArray[np.int64]
    """By pair: the case that is its baseline. The cases with shocks stand at the end of the batch, in this order."""


class Tallying:
    """Watches the gauges of a world."""

    def __init__(self, world: "World", gauges: Gauges):
        recorded = rows_of(world.cases.first.names, daily=True)
        sources = dict(zip([row[:2] for row in recorded], sources_of(world, recorded), strict=True))
        self.gauges = gauges
        self.terms = np.array([sources[key] for keys in gauges.rows for key in keys], np.int64)
        self.ends = np.cumsum([len(keys) for keys in gauges.rows]).astype(np.int64)
        self.scratch = np.empty((2, world.cases.size))
        self.counts = empty(len(gauges.rows), FIELDS, len(gauges.calm))


def live(world: "World", watching: Tallying) -> Generator[simpy.Event, None, None]:
    """Every night, count the day."""
    clock, gauges = world.clock, watching.gauges
    while True:
        yield clock.night
        count_day(
            *(clock.today, world.cases.first.days - 1, world.state, watching.terms, watching.ends, gauges.weights),
            *(gauges.calm, gauges.plan, gauges.first, watching.scratch, watching.counts),
        )


@compiled
def count_day(
    day: int,
    last: int,
    state: Array,
    terms: NDArray[np.int64],
    ends: NDArray[np.int64],
    weights: Array,
    calm: NDArray[np.int64],
    plan: Array,
    first: Array,
    scratch: Array,
    counts: Array,
) -> None:
    """Add a day to the counts of all gauges, shape (gauge, field, pair)."""
    pairs = len(calm)
    amount, before, after = scratch[0], scratch[1, :pairs], scratch[0, scratch.shape[1] - pairs :]
    start = 0
    for g in range(len(ends)):
        amount[:] = 0.0
        for i in range(start, ends[g]):
            recorded, weight = state[terms[i]], weights[i]
            for k in range(len(amount)):
                amount[k] += weight[k] * recorded[k]
        for k in range(pairs):
            before[k] = amount[calm[k]]
        note(day, last, before, after, plan[g], first, counts[g])
        start = ends[g]
