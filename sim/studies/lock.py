"""A folder locked for one process; the lock dies with it, however it dies."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import OutputError

NAME = "lock"
GLANCES = 10


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises OutputError naming who has it, if somebody does."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        try:
            _take(handle)
        except OSError as error:
            says = f"{folder} is in use by {_name_in(handle)}: wait for it, or choose another folder"
            raise OutputError(says) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> None:
    """Lock it; who only looks whether it is locked has it for a moment."""
    import fcntl  # not there on Windows, where the rest of the program works

    for _ in range(GLANCES):
        with suppress(OSError):
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.02)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def holder(folder: Path) -> str:
    """Who holds the folder's lock; empty if nobody does."""
    import fcntl

    try:
        handle = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _name_in(handle)
    finally:
        os.close(handle)
    return ""


def _name_in(handle: int) -> str:
    return os.pread(handle, 200, 0).decode("utf-8", "replace").strip() or "another process"
