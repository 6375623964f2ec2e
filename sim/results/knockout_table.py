"""The tables of a stress test: what each outage does, the worst first, and which markets feel it when."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.knockout import KINDS, Knockout
from sim.results.statistics import TOO_FEW, Summary, summarize
from sim.results.table import Cell, Column, Estimate, Table

FELT: Final = 1e-9
"""Share of sales below which nothing is lost."""


@dataclass(frozen=True)
class Harm:
    """What an outage of some length does: one value for each replication that could be run, if any."""

    lost_share: Array
    lost: Array
    peak: Array
    recovery: Array
    missed: Mapping[str, Array]
    """By market: days from its beginning until demand is missed that is met without it; inf if none is."""
    shares: Mapping[str, Array]
    """By market: share of its sales lost."""

    @cached_property
    def first(self) -> Array:
        """Days until any market misses demand."""
        return np.asarray(np.min([*self.missed.values()], axis=0))

    @property
    def is_felt(self) -> bool:
        """Whether any market misses demand in any replication."""
        return bool(np.any(np.isfinite(self.first)))


@dataclass(frozen=True)
class Tested:
    """One object, knocked out for good and for each length of time."""

    knockout: Knockout
    survives: float
    """*Time to survive*: the longest outage, in whole days, with all demand met in every replication; inf if none is
    felt before the run ends, nan if it could not be run."""
    for_good: Harm
    """An outage to the end of the run."""
    harms: Mapping[float, Harm]
    """By length of the outage in days."""

    def loss(self, days: float) -> float:
        """Mean share lost when it is out for so long; nothing where more is sold, or where it could not be run."""
        mean = _mean(self.harms[days].lost_share)
        return mean if mean > FELT else 0.0


_STRESS: Final = (
    Column("rank", "#", meaning="by what is lost on average if out for so long; one and the same outage has one rank"),
    Column("object", "knocked out"),
    Column("kind", "kind", meaning="facility, link, country or commodity"),
    Column("what", "what", shown=False),
    Column("same_as", "same as", meaning="an object further up that is one and the same outage", shown=False),
    Column("ttr_days", "out for", "days", "time to recover: how long it is out"),
    Column("tts_days", "survives", "days", "time to survive: longest outage with all demand met in every replication"),
    Column("missed_days", "missed after", "days", "until demand is first missed if out for good", shown=False),
    Column("missed_first", "missed first by", meaning="the market that misses demand first then", shown=False),
    Column("lost_share", "lost", "%", "of sales over the whole run; mean with 95 % interval", True),
    Column("lost", "lost", "", "performance impact: sales lost; mean with 95 % interval", True, shown=False),
    Column("unit", "unit", meaning="of sales lost", shown=False),
    Column(
        "index", "index", "", "risk exposure index: mean lost, over the most that any object loses if out for so long"
    ),
    Column("peak_share", "worst day", "%", "largest loss of a day; mean", shown=False),
    Column("recovery_days", "back after", "days", "from its beginning until sales are back for good; median"),
    Column("worst", "hit hardest", meaning="the market that loses the largest share of its sales"),
    Column("worst_share", "loses", "%", "share of that market's sales lost; mean"),
    Column("chance", "chance", "%", "share of replications with a loss", shown=False),
    Column("n", "n", meaning="replications that could be run", shown=False),
    Column("note", "note", shown=False),
)
_REACH: Final = (
    Column("object", "knocked out"),
    Column("kind", "kind"),
    Column("market", "market", meaning="one that misses demand or loses sales"),
    Column("missed_days", "missed after", "days", "until it misses demand if the object is out for good; mean"),
    Column("ttr_days", "out for", "days"),
    Column("lost_share", "lost", "%", "of its sales if the object is out for so long; mean with 95 % interval", True),
)


def in_order(tested: Iterable[Tested]) -> list[Tested]:
    """The worst first; of what is survived, what is survived the shortest."""

    def key(one: Tested) -> tuple[float, float, int, str]:
        survives = math.inf if math.isnan(one.survives) else one.survives
        return -max(map(one.loss, one.harms)), survives, KINDS.index(one.knockout.kind), one.knockout.name

    return sorted(tested, key=key)


def stress_table(tested: Sequence[Tested], of: str, unit: str, is_random: bool) -> Table:
    """A row for each object and length of its outage, the worst object first; `of` says whose sales are lost."""
    rows = list[tuple[Cell, ...]]()
    ranked = {days: _ranks(tested, days) for days in tested[0].harms}
    for one in in_order(tested):
        rows += [_row(one, days, unit, is_random, *ranked[days](one)) for days in one.harms]
    return Table("stress", _STRESS, tuple(rows), (f"lost, worst day, back after: of {of}",))


def _ranks(tested: Sequence[Tested], days: float) -> Callable[[Tested], tuple[int | None, float]]:
    """Rank of an object among outages of this length, None where nothing is lost, and its risk exposure index."""
    losses = {one.knockout.what_is_out: one.loss(days) for one in tested}
    ordered, most = sorted(losses.values(), reverse=True), max(losses.values())

    def of(one: Tested) -> tuple[int | None, float]:
        loss = one.loss(days)
        return (ordered.index(loss) + 1, loss / most) if loss > 0.0 else (None, 0.0)

    return of


def _row(one: Tested, days: float, unit: str, is_random: bool, rank: int | None, index: float) -> tuple[Cell, ...]:
    harm, knockout = one.harms[days], one.knockout
    share, lost = (summarize(values, 0.0, is_random) for values in (harm.lost_share, harm.lost))
    worst, worst_share = _worst(harm)
    return (
        *(rank, knockout.name, knockout.kind, knockout.what, knockout.same_as or None),
        *(_whole(days), _whole(one.survives), *_missed_first(one.for_good)),
        *(_estimate(share), _estimate(lost), unit, index, _mean(harm.peak), _median(harm.recovery)),
        *(worst, worst_share, share.chance, share.n, share.note or None),
    )


def reach_table(tested: Sequence[Tested], is_random: bool) -> Table:
    """A row for each object, market that feels it, and length of the outage; the worst object first."""
    rows = [row for one in in_order(tested) for row in _felt(one, is_random)]
    return Table("reach", _REACH, tuple(rows))


def _felt(one: Tested, is_random: bool) -> Iterator[tuple[Cell, ...]]:
    for market, missed in one.for_good.missed.items():
        lost = {days: harm.shares[market] for days, harm in one.harms.items()}
        if np.any(np.isfinite(missed)) or any(np.any(np.abs(shares) > FELT) for shares in lost.values()):
            for days, shares in lost.items():
                said = (one.knockout.name, one.knockout.kind, market, _mean_of_finite(missed), _whole(days))
                yield (*said, _estimate(summarize(shares, 0.0, is_random)))


def _missed_first(harm: Harm) -> tuple[float, str | None]:
    """Days until demand is first missed, on average where it is at all, and by whom; inf if nowhere."""
    if not harm.is_felt:
        return _mean_of_finite(harm.first), None
    means = {market: _mean_of_finite(missed) for market, missed in harm.missed.items()}
    return _mean_of_finite(harm.first), min(means, key=lambda market: means[market])


def _worst(harm: Harm) -> tuple[str | None, float | None]:
    means = {market: _mean(shares) for market, shares in harm.shares.items()}
    worst = max(means, key=lambda market: means[market])
    return (worst, means[worst]) if means[worst] > FELT else (None, None)


def _estimate(summary: Summary) -> Estimate:
    if summary.note.startswith(TOO_FEW):
        return Estimate(summary.mean)
    return Estimate(summary.mean, summary.low, summary.high)


def _whole(days: float) -> float:
    """As a whole number where it is one, to be written in full."""
    return int(days) if days.is_integer() else days


def _mean(values: Array) -> float:
    return float(np.mean(values)) if values.size else math.nan


def _mean_of_finite(values: Array) -> float:
    """The mean of what is finite; inf where nothing is."""
    finite = values[np.isfinite(values)]
    return float(np.mean(finite)) if finite.size else math.inf if values.size else math.nan


def _median(values: Array) -> float:
    """The median of what is due, the lower of two in the middle; inf counts, nan where nothing is due."""
    due = np.sort(values[~np.isnan(values)])
    return float(due[(due.size - 1) // 2]) if due.size else math.nan
