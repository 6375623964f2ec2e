"""supplyshock: how much output a supply disruption costs, when, and why.

    import sim

    scenario = sim.load("scenarios/fab_30_days.yaml")
    result = sim.run(scenario)
    result.table()
    result.plot()

Every verb of the shell has its namesake here. Nothing heavy is imported before it is used.
"""

from typing import TYPE_CHECKING

from sim.errors import OutputError, Problem, ScenarioError, TooLarge

if TYPE_CHECKING:
    from sim.results.result import Result as Result
    from sim.scenario.load import load as load
    from sim.scenario.load import loads as loads
    from sim.scenario.scenario import Scenario as Scenario
    from sim.studies.run import run as run

__version__ = "0.1.0"

__all__ = ["OutputError", "Problem", "Result", "Scenario", "ScenarioError", "TooLarge", "load", "loads", "run"]

_HOME = {
    "Result": "sim.results.result",
    "Scenario": "sim.scenario.scenario",
    "load": "sim.scenario.load",
    "loads": "sim.scenario.load",
    "run": "sim.studies.run",
}


def __getattr__(name: str) -> object:
    """Import a verb when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
