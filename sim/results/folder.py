"""A folder of results, written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from sim.errors import OutputError


def keep(folder: str | Path, write: Callable[[Path], object], overwrite: bool, leftover: Iterable[str] = ()) -> Path:
    """Let `write` fill a new folder aside, then put it in place at once.

    Where the folder exists and `overwrite` is said, files are replaced by name, and those named in `leftover` are
    removed unless they were written anew; what else lies there stays. Raises OutputError if the folder holds something
    and `overwrite` is not said, or cannot be written.
    """
    target = Path(folder)
    if target.exists() and not overwrite and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(f"{target} exists already: choose another folder, or allow it with overwrite")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    try:
        write(aside)
        _put_in_place(aside, target, leftover)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _put_in_place(aside: Path, target: Path, leftover: Iterable[str]) -> None:
    os.chmod(aside, 0o755)
    if not target.exists():
        os.replace(aside, target)
        return
    written = sorted(file.name for file in aside.iterdir())
    for name in written:
        os.replace(aside / name, target / name)
    for name in set(leftover) - set(written):
        (target / name).unlink(missing_ok=True)
