"""What a facility-day costs in small and large networks, on one core.

    python tests/benchmarks/scaling.py [--facilities 25 250 2500] [--together 128]

Lives through copies of the reference network side by side, each with its own authority and shocks, so that every
facility has as many links at every size. Prints a line of JSON for each size, and one with the spread. Time is the
processor's for this process, the median of rounds, setup apart. Sizes take turns, so that a busy machine slows all.
"""

import argparse
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from engine import HERE, REPOSITORY, Engine, rates, say

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

OF_ONE = 25
"""Facilities and markets in the reference network."""
SECTIONS = ("commodities", "facilities", "markets", "licences", "shocks")


def side_by_side(copies: int) -> "Scenario":
    """The reference network so many times over, every name with the number of its copy."""
    import yaml

    from sim.scenario.load import loads

    one = yaml.safe_load((HERE / "reference.yaml").read_text())
    one["start"] = one["start"].isoformat()
    names = {name for section in SECTIONS for name in one[section]} | {"licensed"}

    def renamed(said: Any, copy: int) -> Any:
        if isinstance(said, dict):
            return {renamed(name, copy): renamed(part, copy) for name, part in said.items()}
        if isinstance(said, list):
            return [renamed(part, copy) for part in said]
        return f"{said}_{copy}" if said in names else said

    for section in SECTIONS:
        one[section] = {k: v for copy in range(copies) for k, v in renamed(one[section], copy).items()}
    return loads(yaml.safe_dump(one, sort_keys=False))


class Size:
    """The engine on a network of one size, with as many cases as suit it."""

    def __init__(self, facilities: int, days: int, together: int | None):
        from sim.engine.size import cases_together
        from sim.engine.state import rows_of_state

        began = time.process_time()
        scenario = side_by_side(max(1, facilities // OF_ONE))
        self.loaded = time.process_time() - began
        self.engine = Engine(days, 1, scenario)
        self.planned = time.process_time() - began - self.loaded
        self.rows = rows_of_state(self.engine.plan)
        self.engine.together = together or cases_together(self.rows)
        self.took: list[float] = []

    def live(self) -> None:
        self.took.append(self.engine.seconds(self.engine.together))

    def measured(self) -> dict[str, object]:
        one, cases = self.engine, self.engine.together
        lived = cases * one.facilities * one.days
        return {
            **rates("scaling", cases, one.facilities, one.links, one.days, self.took),
            "rows": self.rows,
            "state_mb": round(8 * self.rows * cases / 2**20, 1),
            "ns_per_facility_day": round(1e9 * statistics.median(self.took) / lived, 1),
            "load_s": round(self.loaded, 2),
            "plan_s": round(self.planned, 2),
            "setup_s": round(statistics.median(one.setups), 2),
        }


def spread(found: list[dict[str, object]]) -> dict[str, object]:
    """How much more a facility-day costs at the dearest size than at the cheapest."""
    costs = [float(str(line["ns_per_facility_day"])) for line in found]
    return {"what": "spread", "dearest_over_cheapest": round(max(costs) / min(costs), 3)}


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what a facility-day costs by the size of the network.")
    parser.add_argument("--facilities", type=int, nargs="+", default=[25, 250, 2500], help="multiples of 25")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--together", type=int, default=None, help="cases in a batch, not what suits the size")
    return parser.parse_args()


def main() -> None:
    os.environ["NUMBA_NUM_THREADS"] = "1"
    wanted = asked()
    sys.path.insert(0, str(REPOSITORY))
    sizes = [Size(facilities, wanted.days, wanted.together) for facilities in wanted.facilities]
    sizes[0].engine.seconds(2)  # compiles, or loads what was compiled
    sizes[0].engine.setups.clear()
    for _ in range(wanted.rounds):
        for size in sizes:
            size.live()
    found = [size.measured() for size in sizes]
    for line in [*found, spread(found)]:
        say(line)


if __name__ == "__main__":
    main()
