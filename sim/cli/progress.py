"""How far a run has come: a bar on a terminal, a line a minute without one, nothing when it should be quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.cli.report import note

EVERY = 60.0
"""Seconds between lines where there is no terminal."""

Progress = Callable[[int, int], None]


def compiling(quiet: bool) -> None:
    """Say why nothing seems to happen when rules have to be compiled first."""
    from sim.engine.compiled import tell_of_compiling

    if not quiet:
        tell_of_compiling(lambda: note("compiling the rules (once, about half a minute)..."))


@contextmanager
def progress(total: int, unit: str, quiet: bool) -> Iterator[Progress]:
    """A function to call with (done, total) as work is done; `unit` says what is counted, in the plural."""
    if quiet:
        yield lambda done, total: None
    elif sys.stderr.isatty():
        with _bar(total, unit) as update:
            yield update
    else:
        yield _Lines(unit).update


@contextmanager
def _bar(total: int, unit: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (SpinnerColumn("line"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    more = (TimeElapsedColumn(), TextColumn("left"), Remaining()) if total > 1 else (TimeElapsedColumn(),)
    with Bar(*columns, *more, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """One line a minute, with the time that is left at the pace so far."""

    def __init__(self, unit: str, clock: Callable[[], float] = time.monotonic):
        self.unit, self.clock = unit, clock
        self.start = self.said = clock()

    def update(self, done: int, total: int) -> None:
        now = self.clock()
        if now - self.said >= EVERY and 0 < done < total:
            self.said = now
            left = (now - self.start) / done * (total - done)
            note(f"{done:,} of {total:,} {self.unit}, about {duration(left)} left")


def duration(seconds: float) -> str:
    """`5 s`, `3 min`, `2.5 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
