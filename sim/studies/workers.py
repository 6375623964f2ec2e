"""Who lives through the blocks of a study: this process on threads, or worker processes by way of Dask.

Either way a block is a pure function of the study, so results do not depend on who did it or when. A block that fails
is tried once more; a second time, it is set aside. Dask suspects all blocks that waited at a worker which died, so one
that is tried again has the cluster for itself: what brings it down then is the block.
"""

import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from sim.errors import OutputError, ScenarioError
from sim.studies.blocks import Block
from sim.studies.ledger import Entry
from sim.studies.living import Part, live

if TYPE_CHECKING:
    from distributed import Client

MOST_TRIES = 2
SETTINGS = {
    "distributed.scheduler.allowed-failures": MOST_TRIES - 1,
    "distributed.comm.timeouts.connect": "30s",
    "logging": {"distributed": "critical"},
    # Dask would have workers give memory back to the system that they take anew for the next batch, page by page, and
    # look at themselves fifty times a second; together that costs a third of their time.
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": str(2**30),
        "MALLOC_MMAP_THRESHOLD_": str(2**25),
    },
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.work-stealing": False,
}
"""How Dask is set for workers of our own."""
AHEAD = 2
"""Blocks each worker has before it, so that none waits for the next."""


@dataclass(frozen=True)
class Done:
    """What came of a block: its part, or why there is none."""

    entry: Entry
    part: Part | None
    seconds: float
    says: str = ""


Task = Callable[[str, Block], tuple[Part, float]]


class Crew(Protocol):
    """Some workers."""

    @property
    def size(self) -> int:
        """How many blocks are lived through at once."""

    def work(self, study_json: str, entries: Iterator[Entry]) -> Iterator[Done]:
        """Live through the blocks and give what comes of each as it is done, in any order."""


def lived(study_json: str, block: Block) -> tuple[Part, float]:
    """A block and the seconds it took."""
    began = time.perf_counter()
    return live(study_json, block), time.perf_counter() - began


class Threads:
    """This process. Compiled days let other threads go on meanwhile."""

    def __init__(self, size: int):
        self.size = size

    def work(self, study_json: str, entries: Iterator[Entry], task: Task = lived) -> Iterator[Done]:
        pool = ThreadPoolExecutor(self.size)
        waiting: dict[Future[tuple[Part, float]], Entry] = {}
        try:
            while True:
                while len(waiting) < self.size and (entry := next(entries, None)):
                    waiting[pool.submit(task, study_json, entry.block)] = entry
                if not waiting:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield _outcome(waiting.pop(future), future)
        finally:
            pool.shutdown(cancel_futures=True)


class Cluster:
    """Worker processes of a Dask cluster. One that dies costs the block it had, which another then does."""

    def __init__(self, client: "Client", size: int):
        self.client, self.size = client, size

    def work(self, study_json: str, entries: Iterator[Entry], task: Task = lived) -> Iterator[Done]:
        import distributed

        waiting, study, left = dict[str, Entry](), uuid4().hex, _Left(entries)
        flow: Any = distributed.as_completed(loop=self.client.loop)  # type: ignore[no-untyped-call]
        while True:
            while left.fits_beside(waiting.values(), AHEAD * self.size):
                entry = left.take()
                key = f"block {entry.number}, try {entry.tries + 1} of {study}"
                waiting[key] = entry
                flow.add(self.client.submit(task, study_json, entry.block, key=key))
            if not waiting:
                return
            future = next(flow)
            yield _outcome(waiting.pop(future.key), future)
            future.release()


class _Left:
    """The blocks that nobody has begun yet."""

    def __init__(self, entries: Iterator[Entry]):
        self.entries = entries
        self.next = next(entries, None)

    def take(self) -> Entry:
        entry, self.next = self.next, next(self.entries, None)
        assert entry is not None
        return entry

    def fits_beside(self, waiting: Collection[Entry], most: int) -> bool:
        """Whether the next may begin now: one that was begun in vain has no company."""
        if self.next is None or not waiting:
            return self.next is not None
        return len(waiting) < most and not self.next.tries and not any(entry.tries for entry in waiting)


def _outcome(entry: Entry, future: Any) -> Done:
    """What a future holds; an error of the block, not of this program's user, becomes words."""
    try:
        part, seconds = future.result()
    except ScenarioError:
        raise
    except CancelledError as error:
        raise OutputError("the scheduler went away: what is done is kept, and the same command goes on") from error
    except Exception as error:  # whatever it is, it is told, and only this block is lost
        is_fatal = type(error).__name__ == "KilledWorker"
        says = "it brings down every worker that has it" if is_fatal else f"{type(error).__name__}: {error}"[:1000]
        return Done(entry, None, 0.0, says)
    return Done(entry, part, seconds)


@contextmanager
def crew(workers: int | None, scheduler: str | None, blocks: int) -> Iterator[Crew]:
    """The workers that were asked for.

    A scheduler's address: the workers of that cluster. A number above 1: so many processes on this machine. 1: this
    process, one block at a time. Not said: this process, on as many threads as it has processors. Where no block is
    left to do, nobody is called.
    """
    if scheduler:
        with _client(scheduler) as client:
            yield Cluster(client, max(1, len(client.scheduler_info()["workers"])))
    elif min(workers or 1, blocks) > 1:
        with _local(min(workers or 1, blocks)) as client:
            yield Cluster(client, min(workers or 1, blocks))
    else:
        yield Threads(min(workers or os.cpu_count() or 1, blocks))


@contextmanager
def _client(address: str) -> Iterator["Client"]:
    distributed = _distributed()
    with _silence():
        try:
            client = distributed.Client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            says = f"no scheduler answers at {address}: start one with `dask scheduler`, or leave out --scheduler"
            raise ScenarioError(says) from error
        try:
            yield client
        finally:
            client.close(timeout=5)


@contextmanager
def _local(workers: int) -> Iterator["Client"]:
    """Processes on this machine, reached by loopback only, which end with this one."""
    distributed = _distributed()
    import dask

    with dask.config.set(SETTINGS), _silence():
        with _for_this_process_alone():
            made = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # else it complains where 8787 is in use
                silence_logs=50,
                memory_limit=0,
                preload=[__name__],
            )
        with made as cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield client


def dask_setup(worker: object) -> None:
    """Called by Dask first of all in a worker of ours: what it has to say of its end is of no use to anybody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


@contextmanager
def _for_this_process_alone() -> Iterator[None]:
    """Processes that are started in here, or later by threads that are, never hear of Ctrl-C: this one ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _silence() -> Iterator[None]:
    """What goes wrong with a cluster is told in our own words."""
    from distributed.utils import silence_logging_cmgr

    with ExitStack() as silent:
        for name in ("distributed", "distributed.client"):
            silent.enter_context(silence_logging_cmgr("critical", name))
        yield


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        says = "worker processes need Dask, which is not installed: pip install 'supplyshock[dask]', or use --workers 1"
        raise ScenarioError(says) from error
    return distributed
