"""How rules become machine code: the one home of numba's settings.

No fastmath, and no Intel SVML: they change the last bits from machine to machine, and fastmath deletes the checks for
finite numbers.

Numba tells stale machine code by the decorated function's own file only, while a rule calls rules of other files. So
the code is stored in a folder named after the sources of the whole engine: any change starts a new one. Where no folder
can be written, everything works the same and is compiled anew in every process.
"""

import contextlib
import functools
import os
import pickle
import platform
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"  # numba reads it when it is imported
os.environ.setdefault("NUMBA_OPT", "2")  # rules are as fast as with 3, and compiled in a sixth less time

import numba
import numpy

F = TypeVar("F", bound=Callable[..., object])

UNUSED_DAYS = 30
FOLDER_NAME = re.compile(r"[0-9a-f]{32}")

settings: Any = numba.config  # numba does not give their types

if settings.USING_SVML:
    warnings.warn(
        "numba was imported before sim and uses Intel SVML, so last digits may differ from other machines: "
        "import sim first, or set NUMBA_DISABLE_INTEL_SVML=1",
        stacklevel=2,
    )


def compiled(function: F) -> F:
    """The function as machine code, compiled for the types of its first call; `plain` gives back the Python one.

    Division by zero gives inf or nan as in numpy, and the interpreter lock is released while it runs.
    """
    fast = _translated(function)
    if fast is not function:  # it is the same function under NUMBA_DISABLE_JIT=1
        _store(fast)
    return cast(F, fast)


def inner(function: F) -> F:
    """As `compiled`, for what only other compiled functions call: without the door for Python, which costs time."""
    fast = _translated(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    if fast is not function:
        _store(fast)
    return cast(F, fast)


def _translated(function: Callable[..., object], **options: bool) -> Any:
    """Without numba's bookkeeping of memory, which counts every view of an array: no rule makes an array of its own."""
    njit: Any = numba.njit  # its published types leave these options out
    return njit(error_model="numpy", nogil=True, _nrt=False, **options)(function)


def plain(function: F) -> F:
    """The uncompiled Python function, which gives the same bits; also under NUMBA_DISABLE_JIT=1."""
    return cast(F, getattr(function, "py_func", function))


def cached() -> bool:
    """Whether machine code is kept from one process to the next."""
    return not settings.DISABLE_JIT and _folder() is not None


def is_warm(kind: str) -> bool:
    """Whether a run of this kind has come to its end with these very sources, so that all it needs is stored."""
    folder = _folder()
    return cached() and folder is not None and (folder / f"{kind}.complete").exists()


def remember(kind: str) -> None:
    """Note that a run of this kind has come to its end; see `is_warm`."""
    folder = _folder()
    if cached() and folder is not None:
        with contextlib.suppress(OSError):  # a full disk costs time another day, never the run
            (folder / f"{kind}.complete").touch()


def tell_of_compiling(say: Callable[[], object]) -> None:
    """Have `say` called once, before the first rule is compiled; never if everything a run needs is stored."""
    if cached():
        _to_tell.append(say)
    elif not settings.DISABLE_JIT:
        say()


_to_tell: list[Callable[[], object]] = []
"""Who wants to know that something is about to be compiled."""


def _telling(load: Callable[..., object]) -> Callable[..., object]:
    """The same, and whoever waits for it is told where nothing is stored."""

    def tried(*arguments: object) -> object:
        found = load(*arguments)
        while found is None and _to_tell:
            _to_tell.pop()()
        return found

    return tried


def _store(fast: Any) -> None:
    """What `cache=True` does, in our folder; the setting is put back so that other users of numba keep theirs."""
    folder = _folder()
    if folder is None:
        return
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(folder)
    try:
        fast.enable_caching()
    except RuntimeError:  # "no locator available"
        return
    finally:
        settings.CACHE_DIR = before
    store = fast._cache
    store.load_overload = _telling(_forgiving(store.load_overload))
    store.save_overload = _forgiving(store.save_overload)


def _forgiving(attempt: Callable[..., object]) -> Callable[..., object]:
    """The same, but a full disk or a damaged file costs time to compile, never the run."""

    def tried(*arguments: object) -> object:
        try:
            return attempt(*arguments)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None

    return tried


@functools.cache
def _folder() -> Path | None:
    """The folder for machine code of these sources, made if need be; None if it cannot be written."""
    name = _fingerprint()
    parent = _parent()
    if name is None or parent is None:
        return None
    folder = parent / name
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
            _remove_unused(parent)
        os.utime(folder)  # says "in use"
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def _fingerprint() -> str | None:
    """A name for these sources under these versions; None where there are no sources to tell a change by."""
    # The calendar's rule of working days is compiled too, and stands on another floor.
    files = [*sorted(Path(__file__).parent.rglob("*.py")), Path(__file__).parent.parent / "scenario" / "calendar.py"]
    made_by = (numba.__version__, numpy.__version__, platform.python_implementation(), sys.version)
    digest = blake2b(repr(made_by).encode(), digest_size=16)
    try:
        for file in files:
            digest.update(blake2b(file.read_bytes()).digest())
    except OSError:
        return None
    return digest.hexdigest() if files else None


def _parent() -> Path | None:
    """`supplyshock` in the folder NUMBA_CACHE_DIR names, else in the user's own cache folder."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    try:
        return (Path(named) if named else _user_cache()).absolute() / "supplyshock"
    except (OSError, RuntimeError):  # a user without a home
        return None


def _user_cache() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if os.path.isabs(named) else Path.home() / ".cache"  # the standard says to ignore a relative one


def _remove_unused(parent: Path) -> None:
    """Remove folders of older sources that nobody has used for a month; nothing else is touched."""
    oldest = time.time() - UNUSED_DAYS * 86400
    for folder in parent.iterdir():
        is_ours = FOLDER_NAME.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink()
        if is_ours and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
