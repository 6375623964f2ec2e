"""A study carried through: blocks to workers, parts to the store, until all is done or set aside.

Where a precision is asked for, replications are doubled until the interval of every point is narrow enough. All points
have the same replications, so that differences between them stay paired.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from weakref import finalize

import numpy as np

from sim.results.grouped import group_intervals
from sim.studies.ledger import SET_ASIDE, TODO, Entry
from sim.studies.living import Failure
from sim.studies.store import Kept, Store, looked_at, opened
from sim.studies.study import Study
from sim.studies.workers import MOST_TRIES, Crew, crew

if TYPE_CHECKING:
    import pandas

Progress = Callable[[int, int], None]
"""Called with the cases that are done and all there are."""
MOST_FOR_PRECISION = 100_000
"""Replications of a point, whatever the precision asked for."""
FAILURES_TOLD = 1_000


@dataclass(frozen=True)
class Help:
    """Who does the work, and where it is kept."""

    folder: Path | None = None
    """Where to; a folder that is thrown away if not said."""
    overwrite: bool = False
    """Whether another study that the folder holds may be lost."""
    workers: int | None = None
    """Processes on this machine; 1 is this one alone. Left out, this one on as many threads as there are processors."""
    scheduler: str | None = None
    """Address of a Dask scheduler whose workers to use instead."""


class Scratch:
    """A folder that is there as long as this object."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="supplyshock-"))
        self._end = finalize(self, rmtree, self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Conducted:
    """What a study came to, as far as it could be carried through; cases are read from its folder when asked for."""

    study: Study
    folder: Path
    replications: int
    """Of each point, in the end."""
    failures: tuple[Failure, ...]
    """The first cases for which there is no world."""
    failed: int
    """How many there are."""
    set_aside: tuple[Entry, ...]
    """Blocks that failed twice."""
    precise: bool
    """Whether every interval is as narrow as was asked for."""
    seconds: float
    """Of engine time, of all workers together."""
    held: "Scratch | None"
    """The folder, where it goes with this object."""

    @property
    def is_whole(self) -> bool:
        """Whether every case was lived through."""
        return not self.failed and not self.set_aside

    def read(self, names: Sequence[str]) -> Kept:
        """These readings of every case."""
        with looked_at(self.folder) as store:
            return store.read(names)

    def frame(self) -> "pandas.DataFrame":
        """A row for each case: point, what each path is set to, replication, every reading."""
        with looked_at(self.folder) as store:
            return store.frame()


def conduct(
    study: Study, provenance: Mapping[str, object], help: Help = Help(), progress: Progress | None = None
) -> Conducted:
    """Carry a study through, or the rest of it where its folder holds the beginning.

    Raises OutputError where the folder cannot be used; what was done before is kept, and the same call goes on.
    """
    held = None if help.folder else Scratch()
    folder = held.folder if held else help.folder
    assert folder is not None
    with opened(folder, study, provenance, overwrite=help.overwrite) as store:
        store.check_parts()
        _try_again(store)
        left = store.ledger.progress()
        with crew(help.workers, help.scheduler, left.blocks - left.done) as workers:
            _work(store, workers, progress)
            precise = study.precision is None
            while study.precision is not None and not (precise := is_precise(store)) and _doubled(store):
                _work(store, workers, progress)
        return _conducted(store, precise, held)


def _work(store: Store, workers: Crew, progress: Progress | None) -> None:
    """Everything that is to do; a block that fails once is tried again at the end."""
    while True:
        tried = 0
        for done in workers.work(store.study.json, store.ledger.entries(TODO)):
            tried += 1
            if done.part is not None:
                store.write(done.entry.number, done.part, done.seconds)
            else:
                tries = MOST_TRIES if done.is_final else done.entry.tries + 1
                state = SET_ASIDE if tries >= MOST_TRIES else TODO
                store.ledger.failed(done.entry.number, done.says, tries, state)
            if progress:
                come = store.ledger.progress()
                progress(come.lived + come.failed, come.cases)
        if not tried:
            return


def _try_again(store: Store) -> None:
    """What was set aside gets another chance each time the study is asked for."""
    for entry in list(store.ledger.entries(SET_ASIDE)):
        store.ledger.failed(entry.number, entry.says, 0, TODO)


def is_precise(store: Store) -> bool:
    """Whether the interval of every point's mean is narrow enough; a point that never loses anything is."""
    study = store.study
    assert study.precision is not None
    share, name = study.precision
    kept = store.read([name])
    mean, half = group_intervals(kept.point, kept.values[name])
    return bool(np.all(half <= share * np.abs(mean)))


def _doubled(store: Store) -> bool:
    """As many replications once more; False where there are as many as there may be."""
    study = store.study
    done = store.ledger.fact("replications")
    last = done if isinstance(done, int) else study.replications
    if 2 * last > MOST_FOR_PRECISION:
        return False
    store.ledger.extend(study.blocks(last + 1, 2 * last + 1), "replications", 2 * last)
    return True


def _conducted(store: Store, precise: bool, held: "Scratch | None") -> Conducted:
    come, last = store.ledger.progress(), store.ledger.fact("replications")
    return Conducted(
        study=store.study,
        folder=store.folder,
        replications=last if isinstance(last, int) else store.study.replications,
        failures=tuple(store.ledger.failures(FAILURES_TOLD)),
        failed=come.failed,
        set_aside=tuple(store.ledger.entries(SET_ASIDE)),
        precise=precise,
        seconds=come.seconds,
        held=held,
    )
