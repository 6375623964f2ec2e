"""Chokepoints of a network, from its plan flows, covers and capacities; nothing is run."""

from pathlib import Path

from sim.engine.flows import solve
from sim.results.chain import chain_of
from sim.results.chokepoints import (
    concentration_table,
    dependence_table,
    origins_table,
    reach_table,
    survival_table,
)
from sim.results.dependence import dependences
from sim.results.static import Static
from sim.results.supply import supplies
from sim.results.survival import losses, reach
from sim.scenario.scenario import Scenario
from sim.studies.check import runnable


def network(scenario: Scenario | str | Path, sets: tuple[str, ...] = (), strict: bool = False) -> Static:
    """Where supply is concentrated, who depends on whom, and how long the chain stands each loss.

    Tables: `concentration`, `dependence`, `origins`, `survival` and `reach`. Shocks and responses of the scenario play
    no part. Raises ScenarioError with everything that is wrong.
    """
    found = runnable(scenario, sets, strict)
    flows = solve(found.network)
    chain = chain_of(found, flows)
    reaches = [reach(chain, loss) for loss in losses(chain)]
    dependent = list(dependences(found, flows, chain))
    tables = (
        concentration_table(found, supplies(found, flows)),
        dependence_table(found, dependent),
        origins_table(dependent),
        survival_table(found, reaches),
        reach_table(found, reaches),
    )
    return Static(found, {table.name: table for table in tables})
