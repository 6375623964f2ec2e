"""Where a run is kept: the folder that was asked for, or `results/<name of the scenario file>`."""

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from sim.errors import OutputError

RESULTS = Path("results")
PROVENANCE = "*.provenance.json"


@dataclass(frozen=True)
class Target:
    """A folder to write to, and whether that replaces what it holds."""

    folder: Path
    replaces: bool


def target(scenario: Path, out: Path | None, overwrite: bool, suffix: str = "") -> Target:
    """The folder that was asked for, or `results/<stem><suffix>`; found out before a run, so that no run is in vain.

    The default folder may be replaced if an earlier run of the same scenario file wrote it; a folder that was named
    is never replaced unasked. Raises OutputError where it may not be replaced or cannot be written.
    """
    folder = out or RESULTS / f"{scenario.stem or 'scenario'}{suffix}"
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, and a folder is due: choose another with --out")
    _check_writable(folder)
    holds = folder.is_dir() and any(folder.iterdir())
    if holds and not overwrite and (out or not _is_earlier_run(folder, scenario)):
        whose = "" if out else " and is not from an earlier run of this file"
        raise OutputError(f"{folder} exists already{whose}: choose another folder with --out, or say --overwrite")
    return Target(folder, holds)


def _is_earlier_run(folder: Path, scenario: Path) -> bool:
    """Whether the command that wrote the folder was a run of this scenario file."""
    try:
        kept = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob(PROVENANCE))[:1]]
        words = [word for provenance in kept for word in shlex.split(provenance["command"])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return any(Path(word).absolute() == scenario.absolute() for word in words)


def _check_writable(folder: Path) -> None:
    """Raises OutputError if the folder, or what it would be made in, cannot be written."""
    above = folder.absolute()
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} cannot be written: {above} is not a folder that you may write to")
