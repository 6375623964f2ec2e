"""What uncertain inputs come to: a draw for each replication, or what a study gives, and the plan that follows."""

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
    luck = {}
    for name in sorted(scenario.uncertain):
        keys = stream_keys(seed, numbers, f"uncertain: {name}")
        luck[name] = np.array([uniform(key, 0) for key in keys])
    return numbers_at(scenario, luck)


def numbers_at(scenario: Scenario, luck: Mapping[str, Values]) -> Mapping[str, Values]:
    """What these uncertain inputs are at these shares of all draws, in the unit their distributions state."""
    return {name: quantiles(law_of(scenario.uncertain[name].spread), luck[name]) for name in luck}


def known_at(unknowns: Unknowns, given: Mapping[str, float]) -> Scenario:
    """The scenario in which these inputs are no longer drawn: each is the quantile of its distribution at u.

    What is not given goes on to be drawn, and is put in with what is given by the same rules; where all is given,
    nothing is uncertain any more. `document` goes on to say what it said. Raises ScenarioError if it cannot be.
    """
    scenario = unknowns.scenario
    found = numbers_at(scenario, {name: np.array([u]) for name, u in given.items()})
    numbers = {name: float(values[0]) for name, values in found.items()}
    if numbers.keys() != scenario.uncertain.keys():
        return scenario.with_records("uncertain", {name: scenario.uncertain[name].at(numbers[name]) for name in given})
    try:
        return unknowns.at(numbers).model_copy(update={"uncertain": {}})
    except ScenarioError as error:
        raise ScenarioError([_at(unknowns, "a point has", numbers, problem) for problem in error.problems]) from error


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
        who = f"replication {replication} draws"
        raise ScenarioError([_at(unknowns, who, numbers, problem) for problem in error.problems]) from error


def _at(unknowns: Unknowns, who: str, numbers: Mapping[str, float], problem: Problem) -> Problem:
    """The problem with the numbers that bring it about, of those that bear on it if any do, and who has them."""
    entries = unknowns.scenario.uncertain
    near = [name for name, spots in unknowns.spots.items() if any(problem.path.startswith(s.home) for s in spots)]
    names = near or [*unknowns.spots]
    said = ", ".join(f"{name} = {entries[name].said(float(f'{numbers[name]:.6g}'))}" for name in names[:TOLD])
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    says = f"{who} {said}{more}, and then {problem.path}: {problem.says}"
    return unknowns.problem(names[0], says)
