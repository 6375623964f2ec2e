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


IN_CACHE = 12 * 2**20
"""Bytes of state that a batch keeps near the processor."""
LAST_CACHE = 32 * 2**20
"""Bytes beyond which a batch lives in memory whatever its size, and more cases only share what a day costs."""
FEWEST, MOST = 384, 1024
"""Cases in a batch: fewer do not pay for the waking and the calls of a day, more bring nothing."""
STATE_LIMIT = 2**30
"""Bytes of state that one batch may take, however few cases that leaves."""


def cases_together(rows: int) -> int:
    """How many cases should live through one batch, by the rows of state that each has; at least 1.

    A facility-day takes some time whatever the number of cases, and some for each case. The first is shared among more
    cases in larger batches, the second grows where the state no longer fits the processor's cache. Measured on copies
    of the benchmark's reference network side by side, in ns for each facility-day of a case, by cases in a batch:

    | facilities | rows    | 64   | 128  | 256  | 384  | 1,024 |
    |------------|---------|------|------|------|------|-------|
    | 25         | 3,913   | 25.5 | 18.5 | 14.6 | 12.6 | 13.5  |
    | 250        | 38,941  | 28.9 | 26.1 | 32.5 | 30.8 | 26.8  |
    | 2,500      | 389,221 | 81.5 | 66.1 | 46.3 | 39.9 | 30.4  |

    So small networks take what fits the cache, and large ones, which fit none at any size worth the waking, as many as
    the memory allows. Between them, `FEWEST` cases are best as long as the last cache holds them: 50 facilities.
    """
    each = 8 * rows
    if FEWEST * each > LAST_CACHE:
        return max(1, min(MOST, STATE_LIMIT // each))
    return min(max(IN_CACHE // each, FEWEST), MOST)
