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
    from sim.scenario.reference import kinds as kinds
    from sim.scenario.scenario import Scenario as Scenario
    from sim.scenario.schema import schema as schema
    from sim.scenario.start import new as new
    from sim.studies.archive import export as export
    from sim.studies.archive import results_of as results_of
    from sim.studies.backtest import backtest as backtest
    from sim.studies.calibrate import calibrate as calibrate
    from sim.studies.check import check as check
    from sim.studies.compare import compare as compare
    from sim.studies.content import content as content
    from sim.studies.explain import explain as explain
    from sim.studies.network import network as network
    from sim.studies.observe import observe as observe
    from sim.studies.plot import plot as plot
    from sim.studies.precise import run as run
    from sim.studies.report import report as report
    from sim.studies.seek import seek as seek
    from sim.studies.sensitivity import sensitivity as sensitivity
    from sim.studies.status import status as status
    from sim.studies.stress import stress as stress
    from sim.studies.sweep import sweep as sweep
    from sim.studies.vary import vary as vary
    from sim.studies.whatif import whatif as whatif
    from sim.web.serve import serve as serve

__version__ = "0.1.0"

__all__ = [
    "OutputError",
    "Problem",
    "Result",
    "Scenario",
    "ScenarioError",
    "TooLarge",
    "backtest",
    "calibrate",
    "check",
    "compare",
    "content",
    "explain",
    "export",
    "kinds",
    "load",
    "loads",
    "network",
    "new",
    "observe",
    "plot",
    "report",
    "results_of",
    "run",
    "schema",
    "seek",
    "sensitivity",
    "serve",
    "status",
    "stress",
    "sweep",
    "vary",
    "whatif",
]

_HOME = {
    "Result": "sim.results.result",
    "Scenario": "sim.scenario.scenario",
    "backtest": "sim.studies.backtest",
    "calibrate": "sim.studies.calibrate",
    "check": "sim.studies.check",
    "compare": "sim.studies.compare",
    "content": "sim.studies.content",
    "explain": "sim.studies.explain",
    "export": "sim.studies.archive",
    "kinds": "sim.scenario.reference",
    "load": "sim.scenario.load",
    "loads": "sim.scenario.load",
    "network": "sim.studies.network",
    "new": "sim.scenario.start",
    "observe": "sim.studies.observe",
    "plot": "sim.studies.plot",
    "report": "sim.studies.report",
    "results_of": "sim.studies.archive",
    "run": "sim.studies.precise",
    "schema": "sim.scenario.schema",
    "seek": "sim.studies.seek",
    "sensitivity": "sim.studies.sensitivity",
    "serve": "sim.web.serve",
    "status": "sim.studies.status",
    "stress": "sim.studies.stress",
    "sweep": "sim.studies.sweep",
    "vary": "sim.studies.vary",
    "whatif": "sim.studies.whatif",
}


def __getattr__(name: str) -> object:
    """Import a verb when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
