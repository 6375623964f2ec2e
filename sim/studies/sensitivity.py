"""Which of the things that are not known the loss hangs on: Sobol' indices, or a screening by elementary effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.records import Array
from sim.errors import ScenarioError, suggest
from sim.results.indices import morris_of, sobol_of
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import Provenance, gather
from sim.results.sensitivity_table import effects_table, indices_table, swings_table
from sim.results.swings import swings_of
from sim.results.table import Estimate, Table
from sim.results.table_card import card_of
from sim.scenario.load import resolved
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.asking import prepare_base, readings_of
from sim.studies.conduct import Conducted, Help, Progress, conduct
from sim.studies.designs import POINTS, REPLICATES, blocks, morris
from sim.studies.factors import Range, factors_of
from sim.studies.one_at_a_time import ONE_AT_A_TIME, OneAtATime, ends_of
from sim.studies.points import Sampled
from sim.studies.space import Space
from sim.studies.study import Study, without_history
from sim.studies.values import rounded

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SOBOL, MORRIS, OAT = "sobol", "morris", ONE_AT_A_TIME
METHODS: Mapping[str, str] = {SOBOL: "saltelli", MORRIS: "morris", OAT: ONE_AT_A_TIME}
"""The design of each method."""
SIZES: Mapping[str, int] = {SOBOL: POINTS, MORRIS: 20}
"""Points of a replicate, or trajectories, unless said."""
_SIZE = {"indices": "total", "effects": "size", "swings": "width"}
LUCK = 4
"""Replications of each point of a random scenario, unless said: all points have the same, so most of it cancels."""


@dataclass(frozen=True)
class Sensitive(Displayed):
    """What became of every point, and what each factor has to do with it."""

    scenario: Scenario
    conducted: Conducted
    method: str
    readings: tuple[str, ...]

    @property
    def study(self) -> Study:
        return self.conducted.study

    @property
    def points(self) -> Sampled | OneAtATime:
        points = self.study.points
        assert isinstance(points, Sampled | OneAtATime)
        return points

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`indices`, `effects` or `swings`."""
        factors = [(factor.name, range_of(factor)) for factor in self.points.space.factors]
        units = [{reading.name: reading.unit for reading in self.study.readings}[name] for name in self.readings]
        if isinstance(self.points, OneAtATime):
            swings = [swings_of(self.paired(name)) for name in self.readings]
            return {"swings": swings_table(self.readings, units, factors, swings)}
        outputs = np.stack([self.means(name) for name in self.readings])
        if self.method == SOBOL:
            indices = sobol_of(*blocks(outputs, len(factors), REPLICATES))
            return {"indices": indices_table(self.readings, factors, indices)}
        paths = morris(len(factors), self.points.size, self.points.seed)
        effects = morris_of(outputs.reshape(len(self.readings), self.points.size, -1), paths)
        return {"effects": effects_table(self.readings, units, factors, effects)}

    @property
    def headline(self) -> Table:
        """The only table, without readings that nothing moves."""
        table = next(iter(self.tables.values()))
        sizes = zip(table.column("reading"), table.column(_SIZE[table.name]), strict=True)
        moved = {name for name, size in sizes if _size(size) > 0.0}
        return replace(table, rows=tuple(row for row in table.rows if row[0] in moved))

    def means(self, name: str) -> Array:
        """Mean of a reading over the replications of each point, shape (point,); ScenarioError if one has none."""
        kept = self.conducted.read([name])
        total = np.bincount(kept.point, kept.values[name], minlength=self.points.count)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = total / np.bincount(kept.point, minlength=self.points.count)
        if bad := int(np.sum(~np.isfinite(means))):
            why = f": {self.conducted.failures[0].says}" if self.conducted.failures else ""
            says = f"{name} has no number at {bad:,} of {self.points.count:,} points, so nothing can be told apart{why}"
            raise ScenarioError(says)
        return np.asarray(means)

    def paired(self, name: str) -> Array:
        """A reading in the replications that every point has, shape (point, replication); ScenarioError without any."""
        kept = self.conducted.read([name])
        values = np.full((self.points.count, int(np.max(kept.replication, initial=-1)) + 1), np.nan)
        values[kept.point, kept.replication] = kept.values[name]
        whole = values[:, np.all(np.isfinite(values), axis=0)]
        if not whole.shape[1]:
            why = f": {self.conducted.failures[0].says}" if self.conducted.failures else ""
            raise ScenarioError(
                f"{name} has a number at every point in no replication, so nothing is to be paired{why}"
            )
        return whole

    def table(self, name: str = "") -> "pandas.DataFrame":
        """The table as a pandas frame: `indices` (Sobol'), `effects` (Morris), `swings` (oat); or `cases`."""
        if name == "cases":
            return self.conducted.frame()
        if name and name not in self.tables:
            known = [*self.tables, "cases"]
            raise ValueError(f"no table '{name}'.{suggest(name, known)} There are {', '.join(known)}")
        return next(iter(self.tables.values())).table()

    def plot(self, axes: "Sequence[Axes] | None" = None, width: str = "wide") -> "Figure":
        """Bars for each factor, a panel for each reading; one at a time, the tornado."""
        from sim.results.plots.sensitivity import sensitivity
        from sim.results.plots.tornado import tornado

        paint = tornado if self.method == OAT else sensitivity
        return paint(self.headline, self.scenario.title, self.provenance(), axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: how much hangs on each factor."""
        says = f"{self.method}, {self.points.count:,} points, seed {self.study.seed}"
        return card_of(self.scenario.title, self.headline, says)

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        return self.conducted.provenance(self.scenario, command)


def sensitivity(
    scenario: Scenario | str | Path,
    vary: Sequence[str] = (),
    *,
    method: str = SOBOL,
    size: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    readings: Sequence[str] = (),
    folder: str | Path | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Sensitive:
    """What a loss hangs on: all that is `uncertain:` in the scenario, or the factors that are named.

    A factor is `path=10:90 days` (uniform), `path=a,b,c` (equally often), `path={distribution: …}`, or the name of an
    entry of `uncertain:`. `sobol` divides the variance of the mean over replications; its 95 % intervals cover at
    their stated rate. `morris` screens many factors with few runs. `oat` moves one
    at a time from what the scenario states to the low end of its range and to the high one, for a tornado. `size` is
    points of each of 16 replicates, a power of two, or the number of trajectories.
    """
    study, base = prepare_sensitivity(
        scenario,
        vary,
        method=method,
        size=size,
        replications=replications,
        seed=seed,
        readings=readings,
        sets=sets,
        strict=strict,
    )
    help = Help(Path(folder) if folder else None, overwrite, workers, scheduler)
    return carry_out(study, base, method, help, progress)


def carry_out(
    study: Study,
    scenario: Scenario,
    method: str,
    help: Help,
    progress: Progress | None = None,
    command: Sequence[str] = (),
) -> Sensitive:
    """Carry a prepared study through."""
    conducted = conduct(study, gather(study.origin, command).data(), help, progress)
    return Sensitive(scenario, conducted, method, study.names)


def prepare_sensitivity(
    scenario: Scenario | str | Path,
    vary: Sequence[str] = (),
    *,
    method: str = SOBOL,
    size: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    readings: Sequence[str] = (),
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> tuple[Study, Scenario]:
    """The study and the scenario it is about. Raises ScenarioError with all that is wrong."""
    if method not in METHODS:
        raise ScenarioError(f"no method '{method[:40]}'.{suggest(method, METHODS)} There are {', '.join(METHODS)}")
    work = prepare_base(scenario, replications, seed, sets, strict)
    space = Space(work.scenario, factors_of([vary] if isinstance(vary, str) else vary, work.scenario))
    _, shown = readings_of(work, readings)
    points: Sampled | OneAtATime
    if method == OAT:
        if size is not None:
            raise ScenarioError(
                f"a size of {size}: {OAT} has two points for each factor and one more, so leave --size out"
            )
        points = OneAtATime(space)
    else:
        points = Sampled(space, METHODS[method], SIZES[method] if size is None else size, work.seed)
    middle = space.at([0.5] * len(space.names))
    left_to_luck = without_history(middle, work.plan, work.seed).is_random
    count = replications or (1 if not left_to_luck else work.replications if method == OAT else LUCK)
    study = Study("sensitivity", resolved(work.scenario), points, count, work.seed, shown)
    study.check_size()
    return study, work.scenario


def range_of(factor: object) -> str:
    """What a factor goes through, in words."""
    if isinstance(factor, Range):
        low, high = (rounded(factor.value(u)) for u in ends_of(factor))
        return f"{low} to {high}"
    values = getattr(factor, "values", ())
    return ", ".join(values[:4]) + (f" and {len(values) - 4} more" if len(values) > 4 else "")


def _size(cell: object) -> float:
    """How much a factor does, as a number; 0 where it is not known."""
    size = cell.mean if isinstance(cell, Estimate) else cell
    return float(size) if isinstance(size, int | float) and size == size else 0.0
