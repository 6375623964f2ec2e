"""Whether a scenario can be run, without running it; fast, for numpy and numba stay out."""

from pathlib import Path

from sim.engine.feasible import examine
from sim.engine.size import MANY_FIRMS, MEMORY_LIMIT, firms_in, most_memory
from sim.scenario.load import load
from sim.scenario.scenario import Scenario


def check(
    scenario: Scenario | str | Path,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    replications: int | None = None,
) -> Scenario:
    """The scenario if it can be run and held against its series, its warnings on it.

    Beyond `runnable` it opens every series that `observed` points at, with numpy. Raises as that does.
    """
    found = runnable(scenario, sets, strict, replications)
    if pointing := [name for name, entry in found.observed.items() if entry.series]:
        from sim.studies.seen import seen_in

        seen_in(found, pointing)
    return found


def runnable(
    scenario: Scenario | str | Path,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    replications: int | None = None,
) -> Scenario:
    """The scenario if it can be run, its warnings on it. Raises ScenarioError with everything that is wrong.

    Beyond what `load` does it solves the usual flows and holds them against capacities, lanes and licences. Raises
    TooLarge if the history of its replications, or of so many instead, would not fit.
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario, sets, strict)
    examine(scenario)
    if most_memory(scenario, replications or scenario.replications) > MEMORY_LIMIT or firms_in(scenario) > MANY_FIRMS:
        from sim.studies.run import prepare  # counts exactly, and numpy comes with it

        prepare(scenario, replications=replications)
    return scenario
