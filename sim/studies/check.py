"""Whether a scenario can be run, without running it; fast, for numpy and numba stay out."""

from pathlib import Path

from sim.engine.feasible import examine
from sim.scenario.load import load
from sim.scenario.scenario import Scenario


def check(scenario: Scenario | str | Path, sets: tuple[str, ...] = (), strict: bool = False) -> Scenario:
    """The scenario if it can be run, its warnings on it. Raises ScenarioError with everything that is wrong.

    Beyond what `load` does it solves the usual flows and holds them against capacities, lanes and licences.
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario, sets, strict)
    examine(scenario)
    return scenario
