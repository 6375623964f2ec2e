"""A scenario and what is moved in it: the scenario that each point of a design stands for."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from sim.engine.records import Array
from sim.engine.unknown import known_at
from sim.errors import Problem, ScenarioError
from sim.scenario.document import dotted
from sim.scenario.scenario import Scenario
from sim.scenario.uncertain import meets
from sim.scenario.unknowns import Unknowns
from sim.studies.factors import Choice, Factor, Range, told_of

TAIL = 0.005
"""Share of a distribution without ends that a screening leaves out at either side (as Saltelli et al. 2008 advise)."""
KEPT = 64
"""Scenarios with different choices that are kept at once: to read one anew takes as long as many draws."""


class Space:
    """The factors of a study in a scenario, and the scenario at any point of the unit cube.

    A factor with a distribution becomes an entry of `uncertain:`, checked as the file's own are, in place of any that
    drew the same value. What is uncertain and no factor goes on to be drawn for each replication. Raises ScenarioError
    with all that is wrong before anything is run.
    """

    def __init__(self, scenario: Scenario, factors: Sequence[Factor]):
        if not factors:
            raise ScenarioError("nothing to move: name at least one factor")
        if problems := list(_in_each_others_way(factors)):
            raise ScenarioError(problems)
        self.factors = tuple(f.counted_in(scenario) if isinstance(f, Range) else f for f in factors)
        self.scenario = _with_ranges(scenario, self.factors)
        """The scenario with its factors as uncertain inputs."""
        self._known: dict[tuple[str, ...], Unknowns] = {}
        if problems := [problem for choice in self._choices for problem in _refused(self.scenario, choice)]:
            raise ScenarioError(problems)

    @property
    def names(self) -> tuple[str, ...]:
        """The factors by name, in the order of coordinates."""
        return tuple(factor.name for factor in self.factors)

    def values(self, point: Sequence[float]) -> tuple[str, ...]:
        """The value of each factor at a point, as a file would say it."""
        return tuple(factor.value(u) for factor, u in zip(self.factors, point, strict=True))

    def at(self, point: Sequence[float]) -> Scenario:
        """The scenario at a point, one coordinate from 0 to 1 for each factor. Raises ScenarioError if it cannot be.

        Its `document` goes on to say what the file says.
        """
        pairs = list(zip(self.factors, point, strict=True))
        chosen = tuple(factor.value(u) for factor, u in pairs if isinstance(factor, Choice))
        return known_at(self._with(chosen), {f.name: f.share(u) for f, u in pairs if isinstance(f, Range)})

    def inside(self, points: Array) -> Array:
        """Points of a screening, whose levels include 0 and 1, with factors that have no ends drawn in by `TAIL`.

        Shape (…, factor), as given; differences of levels go on to count as they were.
        """
        endless = np.array([not factor.has_ends for factor in self.factors])
        return np.where(endless, TAIL + (1.0 - 2.0 * TAIL) * points, points)

    @property
    def _choices(self) -> list[Choice]:
        return [factor for factor in self.factors if isinstance(factor, Choice)]

    def _with(self, chosen: tuple[str, ...]) -> Unknowns:
        """The scenario with these choices made, and all else open."""
        if chosen not in self._known:
            scenario = self.scenario
            for choice, value in zip(self._choices, chosen, strict=True):
                scenario = scenario.change(choice.name, value)
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[chosen] = Unknowns(scenario)
        return self._known[chosen]


def _in_each_others_way(factors: Sequence[Factor]) -> Iterator[Problem]:
    """Factors that would put a value at the same place; factors that scale may share one."""
    for one, other in combinations(factors, 2):
        if one.name == other.name:
            yield Problem("", f"'{one.name}' is named twice: a factor moves once")
            continue
        if any(isinstance(f, Range) and f.entry.scale for f in (one, other)):
            continue
        shared = next((keys for keys in one.paths for others in other.paths if meets(keys, others)), None)
        if shared:
            yield Problem("", f"'{one.name}' and '{other.name}' both put a value at {dotted(shared)}: take one out")


def _with_ranges(scenario: Scenario, factors: Sequence[Factor]) -> Scenario:
    """The scenario with an entry of `uncertain:` for each factor that a line gives a distribution."""
    problems: list[Problem] = []
    for factor in factors:
        if not isinstance(factor, Range) or not factor.said:
            continue
        try:
            scenario = _with_range(scenario, factor)
        except ScenarioError as error:
            problems += [told_of(factor, problem) for problem in error.problems]
    if problems:
        raise ScenarioError(problems)
    return scenario


def _with_range(scenario: Scenario, factor: Range) -> Scenario:
    """Put in at its median first: so what is wrong is told of the path itself, and no other entry draws there."""
    (path,) = factor.entry.paths
    median = factor.value(0.5)
    try:
        known = scenario.change(path, median)
    except ScenarioError as error:
        raise ScenarioError([_at(median, problem) for problem in error.problems]) from None
    entry = factor.entry.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    if "uncertain" in known.document.data:
        return known.change(f'uncertain."{factor.name}"', entry)
    return known.change("uncertain", {factor.name: entry})


def _refused(scenario: Scenario, choice: Choice) -> Iterator[Problem]:
    """What is wrong with a choice, each problem once."""
    told: set[str] = set()
    for value in choice.values:
        try:
            scenario.change(choice.name, value)
        except ScenarioError as error:
            for problem in error.problems:
                if problem.says not in told:
                    yield told_of(choice, _at(value, problem))
                told.add(problem.says)


def _at(value: str, problem: Problem) -> Problem:
    return Problem(problem.path, f"at {value}: {problem.says}", problem.place, problem.warning)
