"""Episodes held against history: fitted to one window, scored on another that the fit never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import OutputError, ScenarioError
from sim.results.backtest_tables import Trial, backtest_table, shapes_table
from sim.results.claims import Verdict, verdicts
from sim.results.history import claims_table, episode_page, index_page
from sim.results.naive import control_of
from sim.results.provenance import Provenance
from sim.results.sighted_tables import periods_table
from sim.results.table import Table, write_aside
from sim.results.table_card import card_of
from sim.scenario.load import load
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.calibrate import DRAWS, KEPT, Calibrated, carry_out, enough
from sim.studies.observe import Sighted, save_all, sightings_of
from sim.studies.run import Progress, asked, carried_out, prepare
from sim.studies.run import carry_out as live
from sim.studies.seen import seen_in

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WITHOUT_FIT = 400
"""Replications of an episode to which nothing is fitted."""
OF_CLAIMS = 200
"""Replications in which claims are judged where nothing was fitted."""


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

    def plot(self, axes: "Sequence[Axes] | None" = None, width: str = "wide") -> "Figure":
        """What was seen beside the model, a panel for each series."""
        return self.sighted.plot(axes, width)


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
        """`backtest`: errors; `shapes`: trough and return; `claims`: what was dated; `periods`: every period."""
        sightings = [trial.sighting for trial in self.trials]
        return {
            "backtest": backtest_table(self.trials),
            "shapes": shapes_table(self.trials),
            "claims": claims_table([(e.name, verdict) for e in self.episodes for verdict in e.verdicts]),
            "periods": periods_table(sightings),
        }

    def table(self, name: str = "backtest") -> "pandas.DataFrame":
        """A table as a pandas frame."""
        return self.tables[name].table()

    def save(self, folder: str | Path, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Write every table, and a picture of each episode that has a series, into a folder, whole or not at all."""
        first = self.episodes[0].sighted
        pictures = {episode.name: episode.plot() for episode in self.episodes if episode.sighted.sightings}
        return save_all(folder, self.tables, pictures, first.provenance(command), overwrite)

    def save_pages(self, folder: str | Path) -> list[Path]:
        """Write what is found as Markdown: `index.md` with one table for all, and a page and a picture an episode.

        Files of these names are replaced. Raises OutputError if the folder cannot be written.
        """
        from sim.results.plots.style import save

        target = Path(folder)
        written = {"index.md": index_page(self.episodes, self.tables)}
        written |= {f"{episode.name}.md": episode_page(episode) for episode in self.episodes}
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
        for name, text in written.items():
            write_aside(target / name, partial(Path.write_text, data=text, encoding="utf-8"))
        for episode in self.episodes:
            if episode.sighted.sightings:
                save(episode.plot(), target / f"{episode.name}.png", overwrite=True)
        return [target / name for name in written]

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get the first episode again; the others differ in their scenario."""
        return self.episodes[0].sighted.provenance(command)

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
    named = [_named(one, f"scenario {i}") for i, one in enumerate(some, 1)]
    names = [name for name, _ in named]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ScenarioError(f"two scenarios are named '{twice[0]}', and each needs a page of its own: rename one file")
    for name, scenario in named:
        if not any(entry.score for entry in scenario.observed.values()) and not scenario.claims:
            raise ScenarioError(f"{name}: nothing to score: no entry of `observed` says a `score` window")
    return Backtested(tuple(_episode(name, scenario, draws, keep, seed, progress) for name, scenario in named))


def _named(one: Scenario | str | Path, otherwise: str) -> tuple[str, Scenario]:
    """The scenario, and the name of its file if it has one."""
    return (otherwise, one) if isinstance(one, Scenario) else (Path(one).stem, load(one))


def _episode(
    name: str, scenario: Scenario, draws: int, keep: float, seed: int | None, progress: Progress | None
) -> Episode:
    fitted = any(entry.fit for entry in scenario.observed.values()) and scenario.uncertain
    work = asked(scenario, replications=enough(draws, keep) if fitted else WITHOUT_FIT, seed=seed)
    sighted: Sighted
    if fitted:
        sighted = carry_out(work, (), keep, progress)
    else:
        sighted = Sighted(work, sightings_of(work, seen_in(scenario), progress) if scenario.observed else {})
    return Episode(name, sighted, _judged(sighted))


def _judged(sighted: Sighted) -> tuple[Verdict, ...]:
    """What becomes of its claims: in the replications that a fit kept, or in the first if nothing was fitted."""
    work = sighted.work
    if not work.scenario.claims:
        return ()
    if isinstance(sighted, Calibrated):
        return tuple(verdicts(carried_out(work, np.sort(sighted.fit.kept) + 1)))
    return tuple(verdicts(live(prepare(work.scenario, replications=OF_CLAIMS, seed=work.seed)).outcome))
