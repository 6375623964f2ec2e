"""How much a run keeps at most; without numpy, for `sim check` asks it too."""

from sim.scenario.scenario import Scenario

MEMORY_LIMIT = 6 * 2**30
"""Bytes of daily history one run may keep."""
PER_PRODUCT, PER_INPUT, PER_MARKET, PER_LINK = 5, 2, 8, 10
"""Rows of the history for each, and a little more; what exactly is recorded is told in recorder.WRITTEN."""

MANY_FIRMS = 10_000
"""Firms of populations from which on it is worth counting exactly what they take."""


def firms_in(scenario: Scenario) -> int:
    """How many firms all populations stand for."""
    return sum(getattr(facility, "firms", None) or 0 for facility in scenario.facilities.values())


def most_memory(scenario: Scenario, replications: int) -> int:
    """Bytes of daily history that a run does not exceed: every recorded row, with the shocks and without."""
    nodes, lanes = scenario.network.nodes.values(), scenario.network.lanes
    rows = PER_LINK * len(lanes) + sum(PER_INPUT * len(node.buys) for node in nodes)
    rows += sum(PER_MARKET if node.kind == "market" else PER_PRODUCT * len(node.commodities) for node in nodes)
    return 8 * 2 * replications * scenario.days * rows
