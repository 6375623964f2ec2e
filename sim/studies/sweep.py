"""Many settings of a scenario side by side: every combination of some levels, or the points of a design."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import suggest
from sim.results.plots.sheet import sheet_of
from sim.results.point_table import Summary, extremes, in_percent, points_table, summary_of, thinned
from sim.results.provenance import Provenance, gather
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.scenario.load import resolved
from sim.scenario.rich_display import MOST_LINES, Card, Displayed
from sim.scenario.scenario import Scenario
from sim.scenario.settings import Settings
from sim.studies.asking import checked_share, prepare_base, readings_of
from sim.studies.conduct import LEAST, Conducted, Help, Progress, conduct
from sim.studies.points import Grid, Points, Sampled
from sim.studies.run import Work
from sim.studies.study import Study, without_history
from sim.studies.variants import GRID, Vary, points_for

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 20_000
"""Rows of a table that is kept beside the cases."""
MOST_DRAWN = 10_000
"""Points in a picture; of more, every second, third, …"""


@dataclass(frozen=True)
class Swept(Displayed):
    """What became of every point."""

    scenario: Scenario
    conducted: Conducted
    shown: tuple[str, ...]
    """Readings that are shown on the screen and in the picture."""

    @property
    def study(self) -> Study:
        return self.conducted.study

    @cached_property
    def reference(self) -> int | None:
        """The point the others are held against: what the file states, or else the first; none of a design."""
        points = self.study.points
        return None if isinstance(points, Sampled) else stated_in(self.scenario, points)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`points`, a row for each point and reading; of what is shown where all are more rows than anybody reads.

        Where even these are, of as many points as can be, those with the least and the largest means; the cases have
        all, by `sim results` and `sim export`.
        """
        count = self.study.points.count
        names = self.study.names if count * len(self.study.names) <= MOST_ROWS else self.shown
        most = MOST_ROWS // len(names)
        return {"points": self.points_table([extremes(self.summary(name), most) for name in names])}

    def headline(self, most: int) -> Table:
        """The rows of what is shown; of more points than `most`, those with the least and the largest means."""
        return self.points_table([extremes(self.summary(name), most) for name in self.shown])

    def points_table(self, summaries: Sequence[Summary]) -> Table:
        """A row for each point and each of these readings."""
        points = self.study.points
        return points_table(points.paths, points.values, summaries, self.reference, self.study.origin.is_random)

    def summary(self, name: str) -> Summary:
        """What a reading comes to at every point."""
        reading = next((one for one in self.study.readings if one.name == name), None)
        if reading is None:
            raise ValueError(f"no reading '{name}'.{suggest(name, self.study.names)}")
        kept = self.conducted.read([name])
        return summary_of(reading, kept.point, kept.replication, kept.values[name], self.reference)

    def table(self, name: str = "points") -> "pandas.DataFrame":
        """`points`, a row for each point and reading, as a pandas frame; or `cases`, a row for each case."""
        if name == "cases":
            return self.conducted.frame()
        if name not in self.tables:
            raise ValueError(f"no table '{name}'.{suggest(name, ('points', 'cases'))} There are points, cases")
        return self.tables[name].table()

    def plot(self, axes: "Axes | Sequence[Axes] | None" = None, width: str = "wide") -> "Figure":
        """Loss against what is varied: a line, a map of two paths, or a panel for each of several.

        Axes of your own are one, or one for each of several paths; `width` is `wide` or `narrow`.
        """
        from sim.results.plots.sweep import sweep

        paths = self.study.points.paths
        table = self.points_table([thinned(self.summary(name), MOST_DRAWN) for name in self.shown])
        return sweep(table, paths, self.scenario.title, self.provenance(), axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: the first reading at every point; of many points, at those with the least and the most."""
        first = self.points_table([extremes(self.summary(self.shown[0]), MOST_LINES)])
        count = self.study.points.count
        says = f"{count:,} points × {self.conducted.replications:,} replications, seed {self.study.seed}"
        fewer = [f"the {MOST_LINES} of {count:,} points with the least and the largest means"] * (count > MOST_LINES)
        others = [f"also shown in the picture: {', '.join(self.shown[1:])}"] * (len(self.shown) > 1)
        return card_of(self.scenario.title, in_percent(first), says, [*fewer, *others])

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        return self.conducted.provenance(self.scenario, command)


def sweep(
    scenario: Scenario | str | Path,
    vary: Vary = (),
    *,
    design: str = GRID,
    size: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    readings: Sequence[str] = (),
    precision: float | None = None,
    folder: str | Path | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Swept:
    """Run a scenario at many settings of some paths, each replication with the same luck at all of them.

    `vary` says what each path takes, `{"facilities.maker.buys.ore.cover": "10:90:10 days"}`; with a design other than
    `grid` each is a factor, `10:90 days`, and `size` points are tried. `readings` are named `metric.place`. With a
    `folder` the study is kept there, and the same call goes on where it stopped. `precision`, a share of the mean,
    doubles replications, 20 at least where they may differ, until the intervals of the first reading are as narrow.
    """
    study, base, shown = prepare_sweep(
        scenario,
        vary,
        design=design,
        size=size,
        replications=replications,
        seed=seed,
        readings=readings,
        precision=precision,
        sets=sets,
        strict=strict,
    )
    help = Help(Path(folder) if folder else None, overwrite, workers, scheduler)
    return carry_out(study, base, shown, help, progress)


def carry_out(
    study: Study,
    scenario: Scenario,
    shown: Sequence[str],
    help: Help,
    progress: Progress | None = None,
    command: Sequence[str] = (),
) -> Swept:
    """Carry a prepared sweep through."""
    provenance = gather(study.origin, command).data()
    return Swept(scenario, conduct(study, provenance, help, progress), tuple(shown))


def prepare_sweep(
    scenario: Scenario | str | Path,
    vary: Vary = (),
    *,
    design: str = GRID,
    size: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    readings: Sequence[str] = (),
    precision: float | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> tuple[Study, Scenario, tuple[str, ...]]:
    """The study, the scenario and the readings to show. Raises ScenarioError with all that is wrong."""
    work = prepare_base(scenario, replications, seed, sets, strict)
    points = points_for(work.scenario, vary, design, size, work.seed)
    names, shown = readings_of(work, readings)
    wish = None if precision is None else (checked_share(precision), shown[0])
    count = work.replications if wish is None else max(work.replications, _least(work))
    study = Study("sweep", resolved(work.scenario), points, count, work.seed, names, wish)
    study.check_size()
    return study, work.scenario, shown


def _least(work: Work) -> int:
    """Replications to begin with where a precision is asked for: an interval takes two, one to believe in 20."""
    return LEAST if without_history(work.scenario, work.plan, work.seed).is_random else 2


def stated_in(scenario: Scenario, points: Points) -> int:
    """The number of the point at which everything is as the scenario states it; 0 where there is none."""
    if not isinstance(points, Grid):
        return 0
    number = 0
    for path, levels in zip(points.paths, points.levels, strict=True):
        at = Settings(scenario, [path]).at
        stated = next((i for i, level in enumerate(levels) if at([level]) == scenario), None)
        if stated is None:
            return 0
        number = number * len(levels) + stated
    return number
