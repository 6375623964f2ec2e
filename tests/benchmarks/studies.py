"""How fast studies are, how much two workers help, and how much memory a million cases take.

    python tests/benchmarks/studies.py [--what tiny replications points] [--workers 1 2] [--cases 10000]

Prints a line of JSON for each measurement, and the ratio of the fastest number of workers to the first. A study is kept
in a folder that is thrown away. Time is the clock on the wall, tables left out: run it on a machine that does nothing
else.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]

from worlds import chain, outage  # noqa: E402

from sim.scenario.load import load, loads  # noqa: E402
from sim.scenario.scenario import Scenario  # noqa: E402
from sim.studies.store import looked_at  # noqa: E402
from sim.studies.sweep import sweep  # noqa: E402

SEED = 1
Vary = Mapping[str, Sequence[str]]


def tiny() -> Scenario:
    """Three nodes, thirty days, a random transit, a fire."""
    shaky = {"distribution": "uniform", "low": "2 days", "high": "6 days"}
    return loads(json.dumps(chain((6,), [shaky, 2], shocks={"fire": outage("mine", 5, 10)}, days=30)))


def studies(cases: int) -> dict[str, tuple[Scenario, Vary, int]]:
    """By name: scenario, what varies, replications of each point."""
    reference = load(HERE / "reference.yaml")
    covers = [f"{10 + 0.2 * i:.1f} days" for i in range(100)]
    lengths = [f"{1 + 0.01 * i:.2f} days" for i in range(1000)]
    return {
        "tiny": (tiny(), {"shocks.fire.duration": lengths}, 100 * cases // 1000),
        "replications": (reference, {}, cases),
        "points": (reference, {"facilities.refiner_a0.buys.ore_a.cover": covers}, cases // 100),
    }


def measure(what: str, study: tuple[Scenario, Vary, int], workers: int) -> dict[str, object]:
    """One study from beginning to end, then what looking at it takes."""
    scenario, vary, replications = study
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        found = sweep(scenario, vary, replications=replications, seed=SEED, workers=workers, folder=folder)
        took = time.perf_counter() - began
        began = time.perf_counter()
        with looked_at(Path(folder)) as store:
            come = store.ledger.progress()
        looking = time.perf_counter() - began
        began = time.perf_counter()
        found.tables  # noqa: B018
        return {
            "what": what,
            "workers": workers,
            "points": found.study.points.count,
            "cases": come.lived,
            "blocks": come.blocks,
            "wall_s": round(took, 2),
            "engine_s": round(come.seconds, 2),
            "cases_per_s": round(come.lived / took, 1),
            "progress_s": round(looking, 4),
            "tables_s": round(time.perf_counter() - began, 2),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10),
            "disk_mb": round(come.bytes / 2**20, 1),
        }


def asked() -> argparse.Namespace:
    names = ("tiny", "replications", "points")
    parser = argparse.ArgumentParser(description="Measure studies.")
    parser.add_argument("--what", nargs="+", choices=names, default=names)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--cases", type=int, default=10_000, help="of the reference network; a hundred times as many tiny"
    )
    return parser.parse_args()


def main() -> None:
    wanted = asked()
    made = studies(wanted.cases)
    for what in wanted.what:
        sweep(made[what][0], replications=2, seed=SEED, workers=1)  # compiles, or loads what was compiled
        lines = [measure(what, made[what], workers) for workers in wanted.workers]
        for line in lines:
            print(json.dumps(line), flush=True)
        if len(lines) > 1:
            rates = [float(str(line["cases_per_s"])) for line in lines]
            print(json.dumps({"what": f"{what}: ratio", "ratio": round(max(rates[1:]) / rates[0], 2)}), flush=True)


if __name__ == "__main__":
    main()
