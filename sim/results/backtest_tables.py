"""The tables of a back-test: the model against forecasts that need none, on what it was not fitted to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.naive import Control, Forecast, forecasts
from sim.results.scores import Mask, Score, Shape, alone, coverage, score_of, shape_of
from sim.results.sightings import Sighting
from sim.results.table import Cell, Column, Table

MODEL: Final = "model"
TIE: Final = 0.005
"""Errors nearer than this, a two-hundredth of usual, are one."""


@dataclass(frozen=True)
class Trial:
    """One series of one episode: the model and every naive forecast, scored."""

    episode: str
    """Name of the scenario."""
    sighting: Sighting
    """The replications that forecast: those kept by the fit, or all."""
    nearest: Array
    """The single replication nearest to the fitted periods, shape (period,); all nan if nothing was fitted."""
    control: Control | None

    @cached_property
    def scored(self) -> Mask:
        """Which periods count."""
        return self.sighting.seen.within(self.sighting.seen.entry.score)

    @cached_property
    def naive(self) -> list[Forecast]:
        """The forecasts that say something about a scored period."""
        found = forecasts(self.sighting.seen, self.control)
        return [one for one in found if np.any(np.isfinite(one.shares[self.scored]))]

    def score(self, shares: Array) -> Score:
        """The score of a forecast of all periods."""
        return score_of(shares[self.scored], self.sighting.seen.shares[self.scored])

    @cached_property
    def of_model(self) -> Score:
        """The score of the model's median."""
        return self.score(self.sighting.median)

    @cached_property
    def of_naive(self) -> dict[str, Score]:
        """The score of each naive forecast, by name."""
        return {one.name: self.score(one.shares) for one in self.naive}

    @cached_property
    def coverage(self) -> float:
        """Share of scored periods inside the 80 % band."""
        return coverage(self.sighting, self.scored)

    @cached_property
    def alone(self) -> float:
        """Mean absolute error of one replication."""
        return alone(self.sighting, self.scored)

    @cached_property
    def unbeaten(self) -> list[str]:
        """Naive forecasts that are no worse than the model, over the periods they speak of."""
        return [one.name for one in self.naive if self._error_beside(one) > self.of_naive[one.name].error - TIE]

    def _error_beside(self, one: Forecast) -> float:
        """The model's error over the scored periods of which a naive forecast speaks."""
        known = self.scored & np.isfinite(one.shares)
        return float(np.mean(np.abs(self.sighting.median - self.sighting.seen.shares)[known]))

    @cached_property
    def shapes(self) -> tuple[Shape, Shape]:
        """Trough and return, of the model and as seen, over fitted and scored periods."""
        seen = self.sighting.seen
        counted = self.scored | seen.within(seen.entry.fit)
        periods = tuple(p for p, said in zip(seen.periods, counted, strict=True) if said)
        return shape_of(self.sighting.median[counted], periods), shape_of(seen.shares[counted], periods)


_BACKTEST: Final = (
    Column("episode", "episode"),
    Column("observed", "series"),
    Column("periods", "n", meaning="periods that are scored"),
    Column("model", "model", meaning="mean absolute error of the median, as a share of usual"),
    Column("single", "one run", meaning="the same of a single replication, mean over all that are kept"),
    Column("nearest", "nearest run", meaning="the same of the replication nearest to the fitted periods", shown=False),
    Column("no_change", "no change", meaning="error if nothing had happened"),
    Column("stop", "stop", meaning="error of a total stop for the statutory review, then back"),
    Column("rush", "rush, stop", meaning="error of three times the usual before it takes effect, then that stop"),
    Column("last_year", "last year", meaning="error of the same period a year before"),
    Column("last_value", "last value", meaning="error of the last fitted period, unchanged", shown=False),
    Column("bias", "bias", meaning="mean of model less seen, as a share of usual"),
    Column("rank", "rank", meaning="rank correlation of model and seen"),
    Column("total", "sum", "%", "sum of the model over sum seen, less 1"),
    Column("coverage", "in band", "%", "scored periods inside the 80 % band"),
    Column("not_beaten", "not beaten", meaning="naive forecasts that are no worse than the model"),
)
_SHAPES: Final = (
    Column("episode", "episode"),
    Column("observed", "series"),
    Column("trough_seen", "trough seen", "%"),
    Column("trough_model", "model", "%"),
    Column("trough_in_seen", "in"),
    Column("trough_in_model", "model"),
    Column("back_seen", "back above 80 %", meaning="first period after the trough; empty if none is"),
    Column("back_model", "model"),
)


def backtest_table(trials: Sequence[Trial]) -> Table:
    """A row for each series that is scored."""
    return Table("backtest", _BACKTEST, tuple(_row(trial) for trial in trials))


def _row(trial: Trial) -> tuple[Cell, ...]:
    own, naive = trial.of_model, trial.of_naive
    errors = [_rounded(naive[name].error) if name in naive else None for name in NAMES]
    ends = (_rounded(own.bias), _rounded(own.rank), _rounded(own.total), trial.coverage)
    first = (trial.episode, trial.sighting.seen.name, own.periods)
    words = ", ".join(TITLES[name] for name in trial.unbeaten)
    nearest = _rounded(trial.score(trial.nearest).error)
    return (*first, _rounded(own.error), _rounded(trial.alone), nearest, *errors, *ends, words)


NAMES: Final = ("no_change", "stop", "rush", "last_year", "last_value")
TITLES: Final = {column.name: column.title for column in _BACKTEST}


def shapes_table(trials: Sequence[Trial]) -> Table:
    """Depth and month of the trough, and when four fifths are back."""
    rows = []
    for trial in trials:
        model, seen = trial.shapes
        depths = (_rounded(seen.trough), _rounded(model.trough), seen.trough_in, model.trough_in)
        rows.append((trial.episode, trial.sighting.seen.name, *depths, seen.back_in, model.back_in))
    return Table("shapes", _SHAPES, tuple(rows))


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(np.round(value, 3))
