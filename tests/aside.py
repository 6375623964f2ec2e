"""Other programs, each in a virtual environment of its own aside, because what they need may clash with what we need.

Used by `benchmarks/peers.py`, which times them, and by the tests and the page that compare what they find with ours.
"""

import functools
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from filelock import FileLock

PEERS = {
    "SupplyNetPy": ("supplynetpy==0.5.1",),
    "stockpyl": ("stockpyl==1.0.2",),
    "BoARIO": ("boario==0.7.2", "pymrio", "numpy", "pandas", "progressbar2"),  # its wheel declares no dependencies
}
VENVS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "supplyshock" / "peers"
BESIDE = Path(__file__).resolve().parent / "beside"
REQUIRED = "SUPPLYSHOCK_PEERS"
"""Environment variable; if it is `required`, a program that cannot be installed fails the tests that need it."""


def installed(name: str, folder: Path = VENVS) -> Path | None:
    """The interpreter of a peer, its environment made if there is none; None, and why on stderr, if that fails."""
    place = folder / "-".join([*PEERS[name][0].split("=="), f"py{sys.version_info.major}.{sys.version_info.minor}"])
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = place / "installed"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not done.is_file() or not python.exists():
            print(f"installing {PEERS[name][0]}", file=sys.stderr)
            pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS[name]]
            try:
                venv.create(place, with_pip=True, clear=True)
                subprocess.run([python, *pip], capture_output=True, text=True, check=True)
            except subprocess.CalledProcessError as error:  # venv runs pip's own installer
                print(f"{name} could not be installed:\n{str(error.stderr or error)[-500:]}", file=sys.stderr)
                return None
            done.touch()
    return python


there = functools.cache(installed)
"""As `installed`, asked once in a process."""


def answers(name: str, cases: list[dict[str, Any]]) -> list[Any]:
    """What a peer finds for each case, all in one process. Raises RuntimeError if it fails or is not installed."""
    found: list[Any] = json.loads(_answered(name, json.dumps(cases)))
    return found


@functools.cache
def _answered(name: str, cases: str) -> str:
    python = there(name)
    if python is None:
        raise RuntimeError(f"{name} is not installed, see above; try again where pip reaches a package index")
    driver = BESIDE / f"{name.lower()}_days.py"
    done = subprocess.run([python, driver], input=cases, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{name} failed in {driver.name}:\n{done.stderr[-2000:]}")
    return done.stdout
