"""How fast the engine is on one core, beside a fused kernel that does the same chain with nothing else in the way.

    python tests/benchmarks/engine.py [--cases 1 1024] [--limit FOLDER]

Prints a line of JSON for each measurement. Time is the processor's for this process, the median of rounds, and covers
the days lived through, setup apart. Rounds of engine and kernel take turns, so that a busy machine slows both; their
ratio is the median over pairs.
"""

import argparse
import contextlib
import functools
import importlib.util
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.engine.plan import Plan
    from sim.engine.world import World
    from sim.scenario.scenario import Scenario

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
LIMIT = REPOSITORY.parent / "shared" / "limit"
SEED = 1
TOGETHER = 342
"""Cases in a batch: enough to share the cost of a day, few enough to stay in the processor's cache."""
SIDE_BY_SIDE = 64
"""Cases in a block of the fused kernel, its own best."""


class Engine:
    """This project's engine, on the reference network unless another scenario is given."""

    def __init__(self, days: int, together: int, scenario: "Scenario | None" = None):
        from sim.engine.plan import plan
        from sim.scenario.load import load

        self.plan: Plan = plan(scenario or load(HERE / "reference.yaml"))
        self.days = min(days, self.plan.days)
        self.together = together
        self.facilities = len(self.plan.names["plants"]) + len(self.plan.names["markets"])
        self.links = len(self.plan.names["links"])
        self.setups: list[float] = []

    def worlds(self, cases: int) -> "Iterator[World]":
        """Batches of struck cases, each settled and ready to live."""
        import numpy as np

        from sim.engine import recorder
        from sim.engine.cases import Cases, stack
        from sim.engine.steady import settle
        from sim.engine.world import World

        for first in range(0, cases, self.together):
            replications = np.arange(first, min(first + self.together, cases)) + 1
            struck = {shock: np.ones(len(replications), bool) for shock in self.plan.shocks}
            world = World(Cases(stack([self.plan]), np.zeros(len(replications), np.intp), replications, struck, SEED))
            settle(world)
            world.env.process(recorder.live(world, recorder.Recorder(world, self.days, daily=False)))
            yield world

    def seconds(self, cases: int) -> float:
        """Processor seconds for all days of all cases; seconds of setup are kept apart."""
        began, lived = time.process_time(), 0.0
        for world in self.worlds(cases):
            start = time.process_time()
            world.run(self.days)
            lived += time.process_time() - start
        self.setups.append(time.process_time() - began - lived)
        return lived

    def share_in_rules(self, cases: int) -> float:
        """Part of the time spent in compiled days, measured in a round of its own because measuring costs time."""
        spent, lived = [0.0], 0.0
        for world in self.worlds(cases):
            with timed_rules(spent):
                start = time.perf_counter()
                world.run(self.days)
                lived += time.perf_counter() - start
        return spent[0] / lived

    def measure(self, cases: int, took: list[float], share: float) -> dict[str, object]:
        return {
            **rates("engine", cases, self.facilities, self.links, self.days, took),
            "setup_s": round(statistics.median(self.setups), 4),
            "together": min(cases, self.together),
            "share_in_rules": round(share, 3),
            "peak_memory_mb": round(peak_memory()),
        }


@contextlib.contextmanager
def timed_rules(spent: list[float]) -> Iterator[None]:
    """Add the time of every compiled day to `spent[0]`."""
    from sim.engine import desk_day, recorder, review

    days = ((review, "review"), (desk_day, "morning"), (desk_day, "evening"), (recorder, "write"))
    before = [(module, name, getattr(module, name)) for module, name in days]
    for module, name, rule in before:
        setattr(module, name, timed(rule, spent))
    try:
        yield
    finally:
        for module, name, rule in before:
            setattr(module, name, rule)


def timed(rule: Callable[..., object], spent: list[float]) -> Callable[..., object]:
    @functools.wraps(rule)
    def call(*arguments: object) -> object:
        start = time.perf_counter()
        try:
            return rule(*arguments)
        finally:
            spent[0] += time.perf_counter() - start

    return call


class Kernel:
    """The fused kernel, from a folder outside the repository."""

    def __init__(self, folder: Path, days: int, scratch: Path):
        self.limit = module_at(folder / "limit.py", scratch)
        self.spec = module_at(folder / "network.py", scratch).ree(T=days)

    def seconds(self, cases: int) -> float:
        import numpy as np

        start = time.process_time()
        self.limit.batch(self.spec, cases, min(SIDE_BY_SIDE, cases), 1, np.float64, 1)
        return time.process_time() - start

    def measure(self, cases: int, took: list[float]) -> dict[str, object]:
        return rates("fused kernel", cases, self.spec.N, self.spec.L, self.spec.T, took)


def module_at(path: Path, scratch: Path) -> ModuleType:
    """The module in a file; its folder is left as it is, and machine code goes to a folder that is thrown away."""
    from sim.engine.compiled import settings

    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = (sys.dont_write_bytecode, settings.CACHE_DIR), True
    settings.CACHE_DIR = str(scratch)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode, settings.CACHE_DIR = before
    return module


def compare(cases: int, rounds: int, engine: Engine, kernel: Kernel | None) -> list[dict[str, object]]:
    """Measure with this many cases; engine and kernel take turns."""
    engine.seconds(2)  # compiles, or loads what was compiled
    if kernel:
        kernel.seconds(2)
    share = engine.share_in_rules(cases)
    engine.setups.clear()
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(engine.seconds(cases))
        if kernel:
            theirs.append(kernel.seconds(cases))
    found = [engine.measure(cases, ours, share)]
    if kernel:
        found += [kernel.measure(cases, theirs), ratio(cases, ours, theirs)]
    return found


def ratio(cases: int, ours: list[float], theirs: list[float]) -> dict[str, object]:
    """The engine's rate as a share of the kernel's."""
    pairs = sorted(kernel / engine for engine, kernel in zip(ours, theirs, strict=True))
    return {
        "what": "engine / fused kernel",
        "cases": cases,
        "ratio": round(statistics.median(pairs), 3),
        "lowest": round(pairs[0], 3),
        "highest": round(pairs[-1], 3),
        "rounds": len(pairs),
    }


def rates(what: str, cases: int, facilities: int, links: int, days: int, took: list[float]) -> dict[str, object]:
    seconds = statistics.median(took)
    return {
        "what": what,
        "cases": cases,
        "facilities": facilities,
        "links": links,
        "days": days,
        "rounds": len(took),
        "cpu_s": round(seconds, 4),
        "cases_per_s": round(cases / seconds, 2),
        "facility_days_per_s": round(cases * facilities * days / seconds),
    }


def peak_memory() -> float:
    """Most memory this process has held so far, in MB, the compiler's included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the engine on the reference network, on one core.")
    parser.add_argument(
        "--cases", type=int, nargs="+", default=[1, 1024], help="how many; several are measured in turn"
    )
    parser.add_argument("--days", type=int, default=1095, help="days to live through, at most the network's 1,095")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--together", type=int, default=TOGETHER, help="cases in one batch")
    parser.add_argument("--limit", type=Path, default=LIMIT, help="folder of the fused kernel")
    return parser.parse_args()


def main() -> None:
    os.environ["NUMBA_NUM_THREADS"] = "1"  # numba reads it when it is imported, which is why imports stand in functions
    wanted = asked()
    sys.path.insert(0, str(REPOSITORY))
    with tempfile.TemporaryDirectory() as scratch:
        engine, kernel = Engine(wanted.days, wanted.together), None
        if (wanted.limit / "limit.py").is_file():
            kernel = Kernel(wanted.limit, engine.days, Path(scratch))
        else:
            say({"what": "fused kernel", "missing": "no limit.py in the folder; --limit names another"})
        for cases in wanted.cases:
            for line in compare(cases, wanted.rounds, engine, kernel):
                say(line)


def say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
