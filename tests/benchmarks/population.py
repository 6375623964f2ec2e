"""How long a population of 100,000 car plants takes with its baseline, and how much memory 20 replications take.

    python tests/benchmarks/population.py [--firms 100000] [--replications 20]

Prints a line of JSON for one replication and one for several. Run it after any run that has compiled the rules, and on
one core: `taskset -c 0`.
"""

import argparse
import json
import resource
import time
from pathlib import Path

from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.studies.run import carry_out, prepare

WORLD = Path(__file__).parent / "population.yaml"


def measure(scenario: Scenario, replications: int) -> dict[str, object]:
    """Wall and processor time of a run with its baseline, tables left out, and the most memory it took."""
    began, spent = time.perf_counter(), time.process_time()
    result = carry_out(prepare(scenario, replications=replications, seed=1))
    firms = scenario.facilities["car_plants"].firms  # type: ignore[union-attr]
    ever = result.outcome.shocked["ever_stopped", "car_plants"]
    return {
        "what": "population",
        "firms": firms,
        "days": scenario.days,
        "replications": replications,
        "wall_s": round(time.perf_counter() - began, 2),
        "cpu_s": round(time.process_time() - spent, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "ever_stopped": float(ever[-1].mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--replications", type=int, default=20)
    asked = parser.parse_args()
    scenario = load(WORLD)
    carry_out(prepare(scenario.change("facilities.car_plants.firms", 10), replications=1, seed=1))  # compiles
    scenario = scenario.change("facilities.car_plants.firms", asked.firms)
    for replications in (1, asked.replications):
        print(json.dumps(measure(scenario, replications)), flush=True)


if __name__ == "__main__":
    main()
