"""Studies in processes of their own: started, killed, started again, and what they leave behind compared."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas
import psutil
from worlds import chain, outage

from sim.studies.store import looked_at

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SEED = "7"
DAYS = 60
BLOCK_CASES = 10
VARY = ("--vary", "shocks.fire.duration=10 days,20 days,30 days,40 days")


def world(**more):
    """Three nodes, a random transit, a fire: a few microseconds a case."""
    shaky = {"distribution": "uniform", "low": "2 days", "high": "9 days"}
    fire = outage("mine", 5, 20)
    return chain(covers=(6,), transits=[shaky, 2], shocks={"fire": fire}, days=DAYS, **more)


def written(folder, data=None):
    path = Path(folder, "w.yaml")
    path.write_text(json.dumps(data or world(), indent=1), encoding="utf-8")
    return path


def environment(**more):
    """That of a child, which finds this tree and these tests, and makes small blocks."""
    clean = {key: value for key, value in os.environ.items() if key not in ("SIM_DEBUG", "NO_COLOR", "FORCE_COLOR")}
    found = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(TESTS)]), "BLOCK_DAYS": str(BLOCK_CASES * DAYS * 3)}
    return clean | found | {key: str(value) for key, value in more.items()}


def command(scenario, out, *words, replications=100):
    """A sweep of four points; 40 blocks unless said."""
    study = ("sweep", scenario, "--out", out, "--replications", replications, "--quiet")
    known = [str(word) for word in (*study, *VARY, *words)]
    seed = [] if "--seed" in known else ["--seed", SEED]
    return [sys.executable, str(TESTS / "faulty.py"), *known, *seed]


def swept(scenario, out, *words, code=0, replications=100, **more):
    """What a sweep says, once it has ended with this exit code."""
    done = subprocess.run(
        command(scenario, out, *words, replications=replications),
        capture_output=True,
        text=True,
        env=environment(**more),
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def begun(scenario, out, *words, replications=100, **more):
    """A sweep under way, the leader of a group of its own; whatever is left of the group is killed in the end."""
    child = subprocess.Popen(
        command(scenario, out, *words, replications=replications),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**more),
        start_new_session=True,
    )
    try:
        with child:
            try:
                yield child
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
    finally:
        assert child.returncode is not None


def blocks_done(out):
    """How many blocks are kept so far."""
    parts = Path(out, "parts")
    return len([*parts.glob("*.parquet")]) if parts.exists() else 0


def wait_for(holds, seconds=60.0):
    """Wait until something holds; it had better."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def alive(pids):
    """Those that still run."""
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def descendants(pid):
    with suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def frame(out):
    """Every case that is kept."""
    with looked_at(Path(out)) as store:
        return store.frame()


def assert_same(out, other):
    """The same cases to the bit, and the same table."""
    pandas.testing.assert_frame_equal(frame(out), frame(other), check_exact=True)
    assert Path(out, "points.csv").read_bytes() == Path(other, "points.csv").read_bytes()


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]
