"""What uncertain inputs come to: one draw for each replication, and the plan that follows from it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import stream_keys, uniform
from sim.engine.laws import quantiles
from sim.engine.means import law_of
from sim.engine.plan import Plan, plan
from sim.errors import Problem, ScenarioError
from sim.scenario.scenario import Scenario
from sim.scenario.unknowns import Unknowns

Values = NDArray[np.float64]

TOLD = 3
"""Draws named where a replication cannot be."""


def drawn(scenario: Scenario, seed: int, replications: Sequence[int]) -> Mapping[str, Values]:
    """What each uncertain input is, one value for each replication, in the unit its distribution states.

    A pure function of seed, replication and the name of the entry: with and without the shocks, and at every point of
    a study, a replication has the same.
    """
    numbers = np.asarray(replications, np.int64)
    found = {}
    for name in sorted(scenario.uncertain):
        keys = stream_keys(seed, numbers, f"uncertain: {name}")
        luck = np.array([uniform(key, 0) for key in keys])
        found[name] = quantiles(law_of(scenario.uncertain[name].spread), luck)
    return found


def plans_of(unknowns: Unknowns, seed: int, replications: Sequence[int]) -> tuple[Plan, ...]:
    """The plan of each replication. Raises ScenarioError naming the replication and what it drew if it has none."""
    values = drawn(unknowns.scenario, seed, replications)
    return tuple(
        _plan_of(unknowns, replication, {name: float(values[name][i]) for name in values})
        for i, replication in enumerate(replications)
    )


def _plan_of(unknowns: Unknowns, replication: int, numbers: Mapping[str, float]) -> Plan:
    try:
        return plan(unknowns.at(numbers))
    except ScenarioError as error:
        problems = [_at(unknowns, replication, numbers, problem) for problem in error.problems]
        raise ScenarioError(problems) from error


def _at(unknowns: Unknowns, replication: int, numbers: Mapping[str, float], problem: Problem) -> Problem:
    """The problem with the replication and what it drew, of those that bear on it if any do."""
    entries = unknowns.scenario.uncertain
    near = [name for name, spots in unknowns.spots.items() if any(problem.path.startswith(s.home) for s in spots)]
    names = near or [*unknowns.spots]
    said = ", ".join(f"{name} = {entries[name].said(float(f'{numbers[name]:.6g}'))}" for name in names[:TOLD])
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    says = f"replication {replication} draws {said}{more}, and then {problem.path}: {problem.says}"
    return unknowns.problem(names[0], says)
