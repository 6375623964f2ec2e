"""One value of a scenario at several settings, with the same luck: what is lost at each, and how much less."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine import run as engine
from sim.engine.cases import Cases, stack
from sim.engine.records import Records
from sim.engine.size import MEMORY_LIMIT
from sim.errors import Problem, ScenarioError, suggest
from sim.results.draws_table import uncertain_table
from sim.results.folder import keep
from sim.results.outcome import Outcome
from sim.results.pictures import keep_picture
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import Provenance, gather
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.results.variation import Point, claims_table, losses_table, point_of, worth_showing
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.run import TOGETHER, Progress, Work, prepare
from sim.studies.run import carry_out as carry_out_one
from sim.studies.values import at_value, values_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TABLES = {"losses": losses_table, "claims": claims_table}
PICTURE = "vary"


@dataclass(frozen=True)
class Points:
    """A study that is ready to start."""

    scenario: Scenario
    """As the file says it."""
    path: str
    values: tuple[str, ...]
    works: tuple[Work, ...]
    """One for each value, all with one seed."""

    @property
    def reference(self) -> int:
        """Which value the others are held against: the one the file states, or else the first."""
        stated = [i for i, work in enumerate(self.works) if work.scenario == self.scenario]
        return stated[0] if stated else 0

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful about any of them; each is said once."""
        return tuple(dict.fromkeys(problem for work in self.works for problem in work.scenario.warnings))


@dataclass(frozen=True)
class Variation(Displayed):
    """What became of each value."""

    path: str
    values: tuple[str, ...]
    reference: int
    points: tuple[Point, ...]
    origin: Outcome
    """Scenario, seed and replications; without any history."""
    drawn: Table
    """What uncertain inputs are in each replication, the same for all values; no rows where there are none."""

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables that have something to say: losses, claims, uncertain."""
        made = {name: make(self.path, self.values, self.points, self.reference) for name, make in TABLES.items()}
        return {name: table for name, table in (made | {"uncertain": self.drawn}).items() if table.rows}

    @property
    def headline(self) -> Table:
        """The losses of markets, of who sells to them, and of what claims are about, where anything is lost at all."""
        return worth_showing(self.tables["losses"], self.origin)

    def card(self) -> Card:
        """In Jupyter: the losses worth showing, at each value."""
        return card_of(self.origin.scenario.title, self.headline, f"{self.path}, {len(self.values):,} values")

    def table(self, name: str = "losses") -> "pandas.DataFrame":
        """A table as a pandas frame: `losses`, a row for each place and value, `claims` or `uncertain`."""
        if name == "uncertain":
            return self.drawn.table()
        if name not in TABLES:
            raise ValueError(f"no table '{name}'.{suggest(name, TABLES)} There are {', '.join(TABLES)}")
        return TABLES[name](self.path, self.values, self.points, self.reference).table()

    def plot(self, axes: "Axes | None" = None, width: str = "wide") -> "Figure":
        """Loss against value, a line for each place worth showing; `width` is `wide` or `narrow`."""
        from sim.results.plots.variation import variation

        return variation(self.path, self.headline, self.origin.scenario.title, self.provenance(), axes, sheet_of(width))

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        return gather(self.origin, command)

    def save(self, folder: str | Path, *, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Tables (CSV, JSON, Parquet), picture (PNG, SVG) and the scenario in one folder, whole or not at all."""
        provenance = self.provenance(command)
        leftover = [
            f"{name}.{ending}"
            for name in (*TABLES, "uncertain")
            for ending in ("csv", "json", "parquet", "provenance.json")
        ]
        return keep(folder, lambda aside: self._write(aside, provenance), overwrite, leftover)

    def _write(self, folder: Path, provenance: Provenance) -> None:
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", provenance)
            table.to_json(folder / f"{name}.json", provenance)
            table.to_parquet(folder / f"{name}.parquet", provenance)
        (folder / "scenario.yaml").write_text(provenance.resolved, encoding="utf-8")
        keep_picture(lambda width: self.plot(width=width), folder, PICTURE)


def vary(
    scenario: Scenario | str | Path,
    path: str,
    values: str | Sequence[object],
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    audit: bool = False,
    progress: Progress | None = None,
) -> Variation:
    """Run a scenario once for each value at a dotted path, with the same luck.

    Values are a list, or a text such as `10:90:10 days` or `10 days, 20 days`. Raises ScenarioError with what is wrong
    at any of them before the first is run.
    """
    points = prepare_points(scenario, path, values, replications=replications, seed=seed, sets=sets, strict=strict)
    return carry_out(points, audit=audit, progress=progress)


def prepare_points(
    scenario: Scenario | str | Path,
    path: str,
    values: str | Sequence[object],
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> Points:
    """Every value read and its plan made. Raises ScenarioError with everything that is wrong, each problem once."""
    said = values_of(values) if isinstance(values, str) else tuple(map(str, values))
    base = prepare(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    works: list[Work] = []
    problems: dict[str, Problem] = {}
    for value in said:
        try:
            changed = base.scenario.change(path, value)
            own = changed.seed if seed is None else seed  # it may be the seed that is varied
            works.append(prepare(changed, replications=replications, seed=base.seed if own is None else own))
        except ScenarioError as error:
            for problem in error.problems:
                problems.setdefault(problem.says, at_value(value, problem))
    if problems:
        raise ScenarioError(problems.values())
    return Points(base.scenario, path, said, tuple(works))


def carry_out(points: Points, *, audit: bool = False, progress: Progress | None = None) -> Variation:
    """Do the work, as many values at a time as may share a batch. `progress` counts replications of all values."""
    done, total = 0, sum(work.replications for work in points.works)
    found: list[Point] = []
    origin: Outcome | None = None
    drawn: Table | None = None
    for group in _groups(points.works):
        outcomes = [carry_out_one(group[0], audit=audit).outcome] if len(group) == 1 else _outcomes(group, audit)
        for outcome in outcomes:
            found.append(point_of(outcome))
            if origin is None:
                origin, drawn = _without_history(outcome, points.scenario), uncertain_table(outcome)
            done += len(outcome.replications)
            if progress:
                progress(done, total)
    assert origin is not None and drawn is not None
    return Variation(points.path, points.values, points.reference, tuple(found), origin, drawn)


def _groups(works: Sequence[Work]) -> Iterator[Sequence[Work]]:
    """Works that fit one batch and one memory, in their order."""
    first = works[0]
    if any(work.scenario.uncertain for work in works):  # each has many plans of its own
        yield from ([work] for work in works)
        return
    size = max(1, min(TOGETHER // first.replications, MEMORY_LIMIT // max(1, first.memory)))
    for start in range(0, len(works), size):
        group = works[start : start + size]
        try:
            stack([work.plan for work in group])
        except ValueError:  # they differ in more than numbers
            yield from ([work] for work in group)
        else:
            alike = len({(work.seed, work.replications) for work in group}) == 1
            yield from [group] if alike else ([work] for work in group)


def _outcomes(works: Sequence[Work], audit: bool) -> Iterator[Outcome]:
    """The outcome of each work, lived through in the same batches."""
    together = max(1, TOGETHER // len(works))
    numbers = np.arange(1, works[0].replications + 1)
    batches = [numbers[first : first + together] for first in range(0, len(numbers), together)]
    with ThreadPoolExecutor(min(len(batches), os.cpu_count() or 1)) as pool:
        parts = list(pool.map(lambda some: engine.run(_side_by_side(works, some), audit=audit), batches))
    for i, work in enumerate(works):
        own = [part.cases(_share_of(part, i, len(works))) for part in parts]
        yield Outcome(
            scenario=work.scenario,
            facts=work.plan.facts,
            baseline=_joined([part.cases(slice(0, part.size // 2)) for part in own]),
            shocked=_joined([part.cases(slice(part.size // 2, part.size)) for part in own]),
            replications=tuple(int(n) for n in numbers),
            seed=work.seed,
        )


def _share_of(records: Records, i: int, count: int) -> slice:
    """The cases of the i-th of `count` works."""
    size = records.size // count
    return slice(i * size, (i + 1) * size)


def _side_by_side(works: Sequence[Work], some: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Cases:
    """For each work its replications without and then with the shocks."""
    struck = np.tile(np.repeat([False, True], len(some)), len(works))
    return Cases(
        plans=stack([work.plan for work in works]),
        point=np.repeat(np.arange(len(works)), 2 * len(some)),
        replication=np.tile(some, 2 * len(works)),
        struck={name: struck for name in works[0].plan.shocks},
        seed=works[0].seed,
    )


def _joined(parts: Sequence[Records]) -> Records:
    return Records(parts[0].rows, np.concatenate([part.history for part in parts], axis=2))


def _without_history(outcome: Outcome, scenario: Scenario) -> Outcome:
    nothing = Records({}, np.empty((0, 0, 0)))
    return replace(outcome, scenario=scenario, baseline=nothing, shocked=nothing)
