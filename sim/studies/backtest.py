"""Episodes held against history: fitted to one window, scored on another that the fit never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import ScenarioError
from sim.results.backtest_tables import Trial, backtest_table, shapes_table
from sim.results.claims import Verdict, verdicts
from sim.results.naive import control_of
from sim.results.sighted_tables import periods_table
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.scenario.load import load
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.calibrate import DRAWS, KEPT, Calibrated, carry_out
from sim.studies.observe import Sighted, seen_in, sightings_of
from sim.studies.run import Progress, Work, asked, prepare
from sim.studies.run import carry_out as live

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

WITHOUT_FIT = 400
"""Replications of an episode to which nothing is fitted."""
OF_CLAIMS = 200
"""Replications in which its claims are judged."""


@dataclass(frozen=True)
class Episode:
    """One scenario held against history."""

    name: str
    """Of its file."""
    sighted: Sighted
    """Every replication, and the fit if there is one."""
    verdicts: tuple[Verdict, ...]
    """What was dated rather than counted by period."""

    @property
    def scenario(self) -> Scenario:
        return self.sighted.scenario

    @cached_property
    def trials(self) -> list[Trial]:
        """The series that are scored."""
        control = control_of(self.scenario)
        found = []
        for name, sighting in self.sighted.sightings.items():
            nearest = np.full(len(sighting.seen.periods), np.nan)
            kept = sighting
            if isinstance(self.sighted, Calibrated):
                kept = self.sighted.kept[name]
                nearest = sighting.modelled[:, self.sighted.fit.nearest]
            if sighting.seen.entry.score is not None:
                found.append(Trial(self.name, kept, nearest, control))
        return found

    def plot(self) -> "Figure":
        """What was seen beside the model, a panel for each series."""
        return self.sighted.plot()


@dataclass(frozen=True)
class Backtested(Displayed):
    """Every episode, and one table for all."""

    episodes: tuple[Episode, ...]

    @cached_property
    def trials(self) -> list[Trial]:
        """The scored series of all episodes."""
        return [trial for episode in self.episodes for trial in episode.trials]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`backtest`: errors; `shapes`: trough and return; `periods`: every period."""
        sightings = [trial.sighting for trial in self.trials]
        return {
            "backtest": backtest_table(self.trials),
            "shapes": shapes_table(self.trials),
            "periods": periods_table(sightings),
        }

    def table(self, name: str = "backtest") -> "pandas.DataFrame":
        """A table as a pandas frame."""
        return self.tables[name].table()

    def card(self) -> Card:
        """In Jupyter: the errors."""
        return card_of("Held against history", self.tables["backtest"], "errors are shares of the usual level")


def backtest(
    scenarios: Sequence[Scenario | str | Path] | Scenario | str | Path,
    *,
    draws: int = DRAWS,
    keep: float = KEPT,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Backtested:
    """Fit each scenario on the `fit` windows of its observed series, and score it on their `score` windows.

    A scenario without a `fit` window is scored as it stands. Raises ScenarioError for one that has nothing to score.
    """
    some = [scenarios] if isinstance(scenarios, Scenario | str | Path) else list(scenarios)
    if not some:
        raise ScenarioError("no scenario: name those that are to be held against history")
    named = [(f"scenario {i + 1}", s) if isinstance(s, Scenario) else (Path(s).stem, load(s)) for i, s in enumerate(some)]
    for name, scenario in named:
        if not any(entry.score for entry in scenario.observed.values()) and not scenario.claims:
            raise ScenarioError(f"{name}: nothing to score: no entry of `observed` says a `score` window")
    return Backtested(tuple(_episode(name, scenario, draws, keep, seed, progress) for name, scenario in named))


def _episode(
    name: str, scenario: Scenario, draws: int, keep: float, seed: int | None, progress: Progress | None
) -> Episode:
    fitted = any(entry.fit for entry in scenario.observed.values()) and scenario.uncertain
    work = asked(scenario, replications=draws if fitted else WITHOUT_FIT, seed=seed)
    sighted: Sighted
    if fitted:
        sighted = carry_out(work, (), keep, progress)
    else:
        sighted = Sighted(work, sightings_of(work, seen_in(scenario), progress) if scenario.observed else {})
    judged = verdicts(live(prepare(scenario, replications=OF_CLAIMS, seed=work.seed)).outcome) if scenario.claims else []
    return Episode(name, sighted, tuple(judged))
