"""Which goods made abroad a licence reaches, and what is inside them; nothing is run."""

from pathlib import Path

from sim.errors import ScenarioError
from sim.results.caught import content_table
from sim.results.static import Static
from sim.scenario.caught import tracings, untraced
from sim.scenario.scenario import Scenario
from sim.studies.check import runnable


def content(scenario: Scenario | str | Path, sets: tuple[str, ...] = (), strict: bool = False) -> Static:
    """Every link of a foreign-made good with its content, the threshold, and whether it needs a licence.

    Raises ScenarioError with everything that is wrong, and for each price that is needed and missing.
    """
    found = runnable(scenario, sets, strict)
    reaching = [name for name in found.network.regimes if found.licences[name].foreign_made]
    if problems := [problem for name in reaching for problem in untraced(found, name)]:
        raise ScenarioError(problems)
    rows = [tracing for name in reaching for tracing in tracings(found, name)]
    return Static(found, {"content": content_table(found, rows)})
