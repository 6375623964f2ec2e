"""Many settings of a scenario side by side: every combination of some levels, or the points of a design."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.engine.feasible import examine
from sim.errors import Problem, ScenarioError, suggest
from sim.results.measured import ALL_OUTPUT, asked_about, claimed_about, measured
from sim.results.point_table import Summary, points_table, summary_of
from sim.results.provenance import Provenance, gather
from sim.results.readings import reading_of, usual_readings
from sim.results.table import Table
from sim.scenario.load import resolved
from sim.scenario.scenario import Scenario
from sim.scenario.settings import Settings
from sim.studies.conduct import LEAST, Conducted, Help, Progress, conduct
from sim.studies.designs import DESIGNS
from sim.studies.factors import factors_of
from sim.studies.points import Grid, Listed, Points, Sampled
from sim.studies.run import Work, asked
from sim.studies.space import Space
from sim.studies.study import Study, without_history
from sim.studies.values import at_value, values_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

GRID = "grid"
SIZE = 64
"""Points of a design, unless said."""
CHECKED = 200
"""Levels of all paths that are read before the first run; of more, the ends of each path."""
MOST_ROWS = 20_000
"""Rows of a table that is shown or written as text; a larger one is Parquet alone."""
LOSS = "loss_share"
MOST_SHOWN = 6
"""Readings shown unless they are named: as many as a picture can tell apart."""
_SETTLED = ("seed", "replications")
"""Paths that all points of a study have in common."""
Vary = Mapping[str, str | Sequence[object]] | Sequence[str]


@dataclass(frozen=True)
class Swept:
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
        """`points`, a row for each point and reading; only of what is shown where all would be too long."""
        names = self.study.names if self.study.points.count * len(self.study.names) <= MOST_ROWS else self.shown
        return {"points": self.points_table(names)}

    @property
    def headline(self) -> Table:
        """The rows of what is shown."""
        return self.points_table(self.shown)

    def points_table(self, names: Sequence[str]) -> Table:
        """A row for each point and each of these readings."""
        points = self.study.points
        summaries = [self.summary(name) for name in names]
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

    def plot(self) -> "Figure":
        """Loss against what is varied: a line, a map of two paths, or a panel for each of several."""
        from sim.results.plots.sweep import sweep

        points = self.study.points
        return sweep(self.headline, points.paths, self.scenario.title, self.provenance())

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        replications = tuple(range(1, self.conducted.replications + 1))
        return gather(without_history(self.scenario, self.study.work.plan, self.study.seed, replications), command)


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
    lines = _lines(vary)
    points = _points(work.scenario, lines, design, size, work.seed)
    names, shown = readings_of(work, readings)
    wish = None if precision is None else (checked_share(precision), shown[0])
    count = work.replications if wish is None else max(work.replications, _least(work))
    study = Study("sweep", resolved(work.scenario), points, count, work.seed, names, wish)
    study.check_size()
    return study, work.scenario, shown


def prepare_base(
    scenario: Scenario | str | Path, replications: int | None, seed: int | None, sets: tuple[str, ...], strict: bool
) -> Work:
    """The scenario a study starts from, with its seed drawn if none is said, and its plan made."""
    work = asked(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    work.check_firms()
    return work


def _least(work: Work) -> int:
    """Replications to begin with where a precision is asked for: an interval takes two, one to believe in 20."""
    return LEAST if without_history(work.scenario, work.plan, work.seed).is_random else 2


def readings_of(work: Work, said: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The readings to keep, and those to show: what is said, or the share lost of all sales and each end product."""
    origin = without_history(work.scenario, work.plan, work.seed)
    if said:
        chosen = tuple(dict.fromkeys(reading_of(text, origin).name for text in said))
        return chosen, chosen
    wanted, found = asked_about(origin), measured(origin)
    places = [what.name for what in found if what.is_group or what.name.partition(": ")[0] in wanted]
    claimed = claimed_about(origin)
    shown = [what.name for what in found if what.is_group and what.name != ALL_OUTPUT]
    shown += [what.name for what in found if what.name.partition(": ")[0] in claimed]
    shown = shown or [what.name for what in found if what.name == ALL_OUTPUT]
    kept = usual_readings(origin, places)
    return tuple(reading.name for reading in kept), tuple(f"{LOSS}.{place}" for place in shown[:MOST_SHOWN])


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


def _lines(vary: Vary) -> list[str | tuple[str, Sequence[object]]]:
    """`path=values` lines, or pairs of a path and listed values."""
    if isinstance(vary, str):
        return [vary]
    if not isinstance(vary, Mapping):
        return list(vary)
    return [f"{path}={values}" if isinstance(values, str) else (path, values) for path, values in vary.items()]


def _points(
    scenario: Scenario, lines: Sequence[str | tuple[str, Sequence[object]]], design: str, size: int | None, seed: int
) -> Points:
    if design != GRID and design not in DESIGNS:
        known = [GRID, *DESIGNS]
        raise ScenarioError(f"no design '{design[:40]}'.{suggest(design, known)} There are {', '.join(known)}")
    if design == GRID and size is not None:
        raise ScenarioError(
            "a grid has as many points as its levels make: leave out the size, or choose another design"
        )
    if not lines:
        return Listed((), ((),))
    if design == GRID:
        return _grid(scenario, lines)
    said = [line if isinstance(line, str) else f"{line[0]}={','.join(map(str, line[1]))}" for line in lines]
    return Sampled(Space(scenario, factors_of(said, scenario)), design, SIZE if size is None else size, seed)


def _grid(scenario: Scenario, lines: Sequence[str | tuple[str, Sequence[object]]]) -> Grid:
    """Every combination, each level of each path read by itself first."""
    found: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for line in lines:
        try:
            path, values = _levels(line)
            if path in found:
                raise ScenarioError(f"--vary {path} is said twice: give all of its values in one")
            found[path] = values
        except ScenarioError as error:
            problems += error.problems
    many = sum(map(len, found.values())) > CHECKED
    for path, values in found.items():
        problems += refused(scenario, path, (values[0], values[-1]) if many else values)
    if problems:
        raise ScenarioError(problems)
    return Grid(tuple(found), tuple(found.values()))


def _levels(line: str | tuple[str, Sequence[object]]) -> tuple[str, tuple[str, ...]]:
    if not isinstance(line, str):
        path, values = line[0], tuple(map(str, line[1]))
    else:
        said, equals, text = line.partition("=")
        if not equals:
            raise ScenarioError(f"--vary {line}: there is no '='; write it as shocks.ban.duration=10:90:10 days")
        path, values = said.strip(), values_of(text)
    if path in _SETTLED:
        raise ScenarioError(f"--vary {path}: all points have the same {path}; use --{path}")
    if not values:
        raise ScenarioError(f"--vary {path}: there is no value")
    return path, values


def refused(scenario: Scenario, path: str, values: Sequence[str]) -> list[Problem]:
    """What is wrong at some value of a path, each problem once and with the value."""
    found: dict[str, Problem] = {}
    for value in dict.fromkeys(values):
        try:
            examine(scenario.change(path, value))
        except ScenarioError as error:
            for problem in error.problems:
                found.setdefault(problem.says, at_value(value, problem))
    return [*found.values()]


def checked_share(precision: float) -> float:
    """A precision that can be asked for. Raises ScenarioError for others."""
    if not 0.0 < precision < 1.0:
        raise ScenarioError(f"a precision of {precision:g}: give a share of the mean between 0 and 1, such as 5 %")
    return precision
