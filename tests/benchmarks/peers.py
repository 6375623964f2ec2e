"""How many facility-days a second this engine and three other programs live through, on the same network.

    python tests/benchmarks/peers.py [--venvs FOLDER] [--nodes 3 30 99 999] [--cases 1000] [--json | --markdown]

Installs SupplyNetPy, stockpyl and BoARIO aside, each in a virtual environment of its own in a folder that is kept, and
prints a table. Every program runs in its own process on one thread with its logging mute; its days are timed there, by
the processor's clock and setup apart. In each round all take turns, so that a busy machine slows all. First each lives
without the outage, and must serve all that customers ask for. What would take longer than `--most` seconds lives fewer
days, and the table says so. None of the others has a sweep: their rate in a sweep is their rate in a single run.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aside import PEERS, VENVS, installed
from peers_table import Line, markdown, plain, table

LIVES = Path(__file__).resolve().parent / "peers_lives.py"
OURS = "supplyshock"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}
TRIAL = 20
"""Days from which it is judged how long a year takes."""


@dataclass
class Life:
    """One program on one network, in its own process."""

    program: str
    shape: str
    nodes: int
    days: int
    cases: int
    process: subprocess.Popen[str]
    took: list[dict[str, float]] = field(default_factory=list)

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def live(self, word: str) -> dict[str, float]:
        """Live once, `calm` or `struck`."""
        self.tell(word)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.program} failed on a {self.shape} of {self.nodes}")
        found: dict[str, float] = json.loads(line)
        return found

    def get_ready(self, most: float) -> None:
        """Find out how many days fit, and check that calm customers are served; the first life is for compiling."""
        self.tell(f"with {min(TRIAL, self.days)}")
        self.live("calm")
        trial = self.live("calm")
        year = trial["run_s"] / trial["days"] * self.days
        if year > most:
            self.days = max(TRIAL, int(self.days * most / year))
        self.tell(f"with {self.days}")
        calm = self.live("calm")
        if abs(calm["served"] - calm["asked"]) > 1e-6 * calm["asked"]:
            raise RuntimeError(f"{self.program} served {calm['served']} of {calm['asked']} without any outage")

    def line(self) -> Line:
        return Line(self.program, self.shape, self.nodes, self.days, self.cases, self.took)


@contextlib.contextmanager
def started(python: Path, program: str, shape: str, nodes: int, days: int, cases: int) -> Iterator[Life]:
    asked = [str(part) for part in (python, LIVES, program, shape, nodes, days, cases)]
    environment = {**os.environ, **ONE_THREAD}
    pipe = subprocess.PIPE
    with subprocess.Popen(asked, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        try:
            yield Life(program, shape, nodes, days, cases, process)
        finally:
            process.kill()


def compare(pythons: dict[str, Path], shape: str, nodes: int, wanted: argparse.Namespace) -> list[Line]:
    """All programs that can live through this network, in turns."""
    jobs = [(program, 1) for program in pythons if able(program, shape)]
    if OURS in pythons and able(OURS, shape):
        jobs.insert(1, (OURS, wanted.cases if shape == "chain" else wanted.dense_cases))
    with contextlib.ExitStack() as stack:
        lives = []
        for program, cases in jobs:
            life = stack.enter_context(started(pythons[program], program, shape, nodes, wanted.days, cases))
            life.get_ready(wanted.most)
            lives.append(life)
        for _ in range(wanted.rounds):
            for life in lives:
                life.took.append(life.live("struck"))
        return [life.line() for life in lives]


def able(program: str, shape: str) -> bool:
    """A table is the business of input-output models; ours wants a mine at the end of every chain."""
    return shape == "chain" or program == "BoARIO" or (program == OURS and shape == "dense")


def asked(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Facility-days a second of this engine and of three other programs.")
    parser.add_argument("--venvs", type=Path, default=VENVS, help="where the others live")
    parser.add_argument("--only", nargs="*", choices=[OURS, *PEERS], default=[OURS, *PEERS], help="programs")
    parser.add_argument("--nodes", type=int, nargs="*", default=[3, 30, 99, 999], help="lengths of the chain")
    parser.add_argument("--dense", type=int, nargs="*", default=[100, 200], help="sectors of the tables")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--cases", type=int, default=1000, help="cases of our sweep")
    parser.add_argument("--dense-cases", type=int, default=200, help="cases of our sweep of a table")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=float, default=20.0, help="seconds for one life at most")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    return parser.parse_args(arguments)


def main() -> None:
    wanted = asked()
    found = {name: installed(name, wanted.venvs) for name in PEERS if name in wanted.only}
    pythons = {OURS: Path(sys.executable)} if OURS in wanted.only else {}
    pythons |= {name: python for name, python in found.items() if python is not None}
    networks = [("chain", n) for n in wanted.nodes] + [(s, n) for s in ("dense", "full") for n in wanted.dense]
    lines: list[Line] = []
    for shape, nodes in networks:
        lines += compare(pythons, shape, nodes, wanted)
        print(f"{shape} {nodes}: done", file=sys.stderr)
    if wanted.json:
        for line in lines:
            print(json.dumps(line.as_dict()))
    else:
        print((markdown if wanted.markdown else plain)(table(lines)))


if __name__ == "__main__":
    main()
