"""A block of a study lived through: every case of it beside its baseline, in as few engine runs as may be.

Cases that differ in numbers only share a run, and points that differ in nothing but their shocks share baselines. Which
cases those are changes no bit of any, so a block gives the same whoever lives through it and in whatever company.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from json import loads as read_json

import numpy as np
from numpy.typing import NDArray

from sim.engine.cases import Cases, by_shape, calm_part
from sim.engine.plan import Plan
from sim.engine.records import Array
from sim.engine.run import run_counting
from sim.engine.size import cases_together
from sim.engine.state import rows_of_state
from sim.engine.tally import Gauges
from sim.engine.unknown import plans_of
from sim.errors import ScenarioError
from sim.results.readings import Mark
from sim.scenario.scenario import Scenario
from sim.studies.blocks import Block, Failure
from sim.studies.points import STRUCK
from sim.studies.run import FIRMS_TOGETHER, Work
from sim.studies.study import Study, study_of, without_history


@dataclass(frozen=True)
class Part:
    """What became of a block: a row for each case, in order of point and replication."""

    point: NDArray[np.int64]
    replication: NDArray[np.int64]
    values: Mapping[str, Array]
    """By name of the reading, one value for each row."""
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class _Case:
    """One replication of one point, ready to be lived through."""

    point: int
    replication: int
    plan: Plan
    mark: Mark
    struck: str
    """The only shock that strikes it; empty for all."""
    baseline: bytes
    """The same for cases that have one baseline, replication apart."""


def live(study_json: str, block: Block) -> Part:
    """Live through a block of the study that this is the plain data of."""
    bench = _bench(study_json)
    cases, failures = bench.prepared(block)
    rows = {name: np.full(len(cases), np.nan) for name in bench.study.names}
    is_kept = np.ones(len(cases), bool)
    for batch in _batches(cases, bench.together):
        for i, says in _live_some(bench, cases, batch, rows):
            is_kept[i] = False
            failures.append(Failure(cases[i].point, cases[i].replication, says))
    point, replication = (np.array([getattr(c, what) for c in cases], np.int64) for what in ("point", "replication"))
    values = {name: row[is_kept] for name, row in rows.items()}
    return Part(point[is_kept], replication[is_kept], values, tuple(sorted(failures)))


def _live_some(
    bench: "Bench", cases: Sequence["_Case"], batch: NDArray[np.intp], rows: Mapping[str, Array]
) -> Iterator[tuple[int, str]]:
    """Write what is read of a batch into the rows; give the cases whose world comes to an end, found by halves."""
    try:
        found = bench.lived([cases[i] for i in batch])
    except ScenarioError as error:
        if len(batch) == 1:
            yield int(batch[0]), str(error)
            return
        for half in np.array_split(batch, 2):
            yield from _live_some(bench, cases, half, rows)
        return
    for name, values in found.items():
        rows[name][batch] = values


@lru_cache(maxsize=4)
def _bench(study_json: str) -> "Bench":
    return Bench(study_of(read_json(study_json)))


class _World:
    """A scenario of a study, planned once for all points that have it."""

    def __init__(self, scenario: Scenario, study: Study):
        self.scenario = scenario
        self.work = Work(scenario, 1, study.seed)
        self.nominal = without_history(scenario, self.work.plan, study.seed)
        self.mark = study.instrument.mark(self.nominal)
        self._planned: tuple[range, list[tuple[Plan, bytes] | str]] = (range(0), [])

    def planned(self, replications: range) -> list[tuple[Plan, bytes] | str]:
        """The plan of each replication, and what it shares with all that have one baseline; or why it has none."""
        known = self._planned  # looked at once, as threads share it
        if known[0] != replications or not known[1]:
            found = [self._plan_of(number) for number in (replications if self.scenario.uncertain else [0])]
            known = self._planned = (replications, found if self.scenario.uncertain else found * len(replications))
        return known[1]

    def _plan_of(self, replication: int) -> tuple[Plan, bytes] | str:
        work = self.work
        try:
            plan = plans_of(work.unknowns, work.seed, [replication])[0] if self.scenario.uncertain else work.plan
        except ScenarioError as error:
            return str(error)
        return plan, _baseline_of(plan, self.mark)

    def first_day(self, plan: Plan, struck: str) -> float:
        """Review at which the first of the shocks that strike takes effect."""
        shocks = {name: plan.facts.shocks[name] for name in ([struck] if struck else plan.facts.shocks)}
        return replace(self.nominal, facts=replace(self.nominal.facts, shocks=shocks)).first_day


class Bench:
    """A study set up once for all blocks of a process."""

    def __init__(self, study: Study):
        self.study = study
        paths = study.points.paths
        self.chosen = paths.index(STRUCK) if STRUCK in paths else None
        self.scenario_at = study.points.worlds(study.scenario)
        self.last: _World | None = None

    @cached_property
    def together(self) -> int:
        """Pairs that live through one run: few enough for the processor's cache, and for the memory of firms."""
        pairs = cases_together(rows_of_state(self.study.work.plan)) // 2
        return max(1, min(pairs, FIRMS_TOGETHER // max(1, self.study.work.firms_memory)))

    def prepared(self, block: Block) -> tuple[list[_Case], list[Failure]]:
        """The cases of a block, and those for which there is none."""
        cases, failures = list[_Case](), list[Failure]()
        replications = range(block.first_replication, block.last_replication)
        for point in range(block.first_point, block.last_point):
            try:
                found = list(self._of_point(point, replications))
            except ScenarioError as error:
                found = [Failure(point, number, str(error)) for number in replications]
            cases += [one for one in found if isinstance(one, _Case)]
            failures += [one for one in found if isinstance(one, Failure)]
        return cases, failures

    def _of_point(self, point: int, replications: range) -> Iterator[_Case | Failure]:
        world = self._world(self.scenario_at(point))
        struck = "" if self.chosen is None else self.study.points.values(point)[self.chosen]
        for number, planned in zip(replications, world.planned(replications), strict=True):
            if isinstance(planned, str):
                yield Failure(point, number, planned)
                continue
            own = replace(world.mark, first=world.first_day(planned[0], struck))
            yield _Case(point, number, planned[0], own, struck, planned[1])

    def _world(self, scenario: Scenario) -> "_World":
        """Points that differ in the shock that strikes them have one scenario, and so one world."""
        world = self.last  # looked at once: blocks are prepared on several threads
        if world is None or world.scenario is not scenario:
            self.last = world = _World(scenario, self.study)
        return world

    def lived(self, pairs: Sequence[_Case]) -> dict[str, Array]:
        """What is read of some cases that may share a run."""
        plans = list({id(case.plan): case.plan for case in pairs}.values())
        number = {id(plan): i for i, plan in enumerate(plans)}
        calm: dict[tuple[bytes, int], int] = {}
        for i, case in enumerate(pairs):
            calm.setdefault((case.baseline, case.replication), i)
        lived = [*(pairs[i] for i in calm.values()), *pairs]
        own = {key: i for i, key in enumerate(calm)}
        cases = Cases(
            plans=tuple(plans),
            point=np.array([number[id(case.plan)] for case in lived], np.intp),
            replication=np.array([case.replication for case in lived], np.int64),
            struck=_struck(pairs, len(calm)),
            seed=self.study.seed,
        )
        gauges = Gauges(
            rows=self.study.instrument.rows,
            weights=np.array([case.mark.weights for case in lived]).T.copy(),
            plan=np.array([case.mark.plan for case in pairs]).T.copy(),
            first=np.array([np.inf if np.isnan(case.mark.first) else case.mark.first for case in pairs]),
            calm=np.array([own[case.baseline, case.replication] for case in pairs], np.int64),
        )
        return self.study.instrument.read([case.mark for case in pairs], run_counting(cases, gauges))


def _struck(pairs: Sequence[_Case], calm: int) -> dict[str, NDArray[np.bool_]]:
    """By shock: the cases it strikes; baselines stand first and are struck by none."""
    found = {}
    for shock in pairs[0].plan.shocks:
        hit = [case.struck in ("", shock) for case in pairs]
        found[shock] = np.array([False] * calm + hit)
    return found


def _baseline_of(plan: Plan, mark: Mark) -> bytes:
    """What two cases with one baseline share: all they are without shocks, and the weights it is counted with."""
    return calm_part(plan) + np.array(mark.weights).tobytes()


def _batches(cases: Sequence[_Case], together: int) -> Iterator[NDArray[np.intp]]:
    """Numbers of the cases that live through one run, those of one replication side by side."""
    plans = list({id(case.plan): case.plan for case in cases}.values())
    group_of = {id(plans[i]): g for g, group in enumerate(by_shape(plans)) for i in group}
    order = sorted(range(len(cases)), key=lambda i: (group_of[id(cases[i].plan)], cases[i].replication, i))
    group = [group_of[id(cases[i].plan)] for i in order]
    start = 0
    for i in range(1, len(order) + 1):
        if i == len(order) or group[i] != group[start] or i - start == together:
            yield np.array(order[start:i], np.intp)
            start = i
