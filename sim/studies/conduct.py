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

from sim.engine.records import Array
from sim.results.grouped import Points, grouped
from sim.results.provenance import Provenance, gather
from sim.results.statistics import ENOUGH_EVENTS
from sim.scenario.scenario import Scenario
from sim.studies.blocks import Failure
from sim.studies.ledger import SET_ASIDE, TODO, Entry
from sim.studies.store import Kept, Store, looked_at, opened
from sim.studies.study import Study, without_history
from sim.studies.workers import MOST_TRIES, Crew, crew

if TYPE_CHECKING:
    import pandas

Progress = Callable[[int, int], None]
"""Called with the cases that are done and all there are."""
MOST_FOR_PRECISION = 100_000
"""Replications of a point, whatever the precision asked for."""
LEAST = ENOUGH_EVENTS
"""Replications to begin with where luck plays a part, for with fewer no interval is believed."""
UNSEEN = 0.05
"""Chance of a loss that may stay unseen at most, by the bound of 3/n."""
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

    def provenance(self, scenario: Scenario, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get it again; `scenario` is what it was asked about."""
        numbers = tuple(range(1, self.replications + 1))
        return gather(without_history(scenario, self.study.work.plan, self.study.seed, numbers), command)

    def read(self, names: Sequence[str]) -> Kept:
        """These readings of every case."""
        with looked_at(self.folder) as store:
            return store.read(names)

    def frame(self) -> "pandas.DataFrame":
        """A row for each case: point, what each path is set to, replication, every reading."""
        with looked_at(self.folder) as store:
            return store.frame()


def conduct(
    study: Study,
    provenance: Mapping[str, object],
    help: Help = Help(),
    progress: Progress | None = None,
    most: int = MOST_FOR_PRECISION,
) -> Conducted:
    """Carry a study through, or the rest of it where its folder holds the beginning.

    Doubling for precision stops before there are more than `most` replications of a point. Raises OutputError
    where the folder cannot be used; what was done before is kept, and the same call goes on.
    """
    held = None if help.folder else Scratch()
    folder = held.folder if held else help.folder
    assert folder is not None
    with opened(folder, study, provenance, overwrite=help.overwrite) as store:
        store.check_parts()
        _try_again(store)
        come = store.ledger.progress()
        left = come.blocks - come.done
        if left or not is_precise(store):
            blocks = left if study.precision is None else most
            with crew(help.workers, help.scheduler, blocks) as workers:
                _work(store, workers, progress)
                while not is_precise(store) and _doubled(store, most):
                    _work(store, workers, progress)
        return _conducted(store, held)


def _work(store: Store, workers: Crew, progress: Progress | None) -> None:
    """Everything that is to do; a block that fails once is tried again at the end."""
    while True:
        tried = 0
        for done in workers.work(store.study.json, store.ledger.entries(TODO)):
            tried += 1
            if done.part is not None:
                store.write(done.entry.number, done.part, done.seconds)
            else:
                tries = done.entry.tries + 1
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
    """Whether the interval of every point's mean is narrow enough; where nobody asked, it is."""
    study = store.study
    if study.precision is None:
        return True
    share, name = study.precision
    kept = store.read([name])
    return are_precise(kept.point, kept.values[name], share, study.origin.is_random)


def are_precise(point: Points, values: Array, share: float, is_random: bool) -> bool:
    """Whether the half interval of every point's mean is within this share of it, and may be believed.

    Where replications differ that takes 20 of them that lose, for of rare losses an interval covers too little.
    Where luck has never brought a loss, the bound of 3/n on its chance must be within the share, and within 5 %. What
    has no value at all has no interval to wait for.
    """
    groups, sized = grouped(point, values), grouped(point, np.abs(values))
    half = groups.high - groups.mean
    doubtful = (half > 0.0) & (sized.events < ENOUGH_EVENTS)
    unseen = (sized.events == 0) & (min(share, UNSEEN) * groups.n < 3.0) & is_random
    with np.errstate(invalid="ignore"):
        narrow = half <= share * np.abs(groups.mean)
    return bool(np.all((narrow & ~doubtful & ~unseen) | (groups.n == 0)))


def _doubled(store: Store, most: int) -> bool:
    """As many replications once more; False where there are as many as there may be."""
    study = store.study
    done = store.ledger.fact("replications")
    last = done if isinstance(done, int) else study.replications
    if 2 * last > most:
        return False
    store.ledger.extend(study.blocks(last + 1, 2 * last + 1), "replications", 2 * last)
    return True


def _conducted(store: Store, held: "Scratch | None") -> Conducted:
    come, last = store.ledger.progress(), store.ledger.fact("replications")
    return Conducted(
        study=store.study,
        folder=store.folder,
        replications=last if isinstance(last, int) else store.study.replications,
        failures=tuple(store.ledger.failures(FAILURES_TOLD)),
        failed=come.failed,
        set_aside=tuple(store.ledger.entries(SET_ASIDE)),
        precise=is_precise(store),
        seconds=come.seconds,
        held=held,
    )
