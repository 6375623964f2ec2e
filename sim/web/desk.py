"""Who is answered and when: a few at a time, the latest question of each page only, and nobody waits for ever."""

import pickle
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sim.errors import ScenarioError, TooLarge
from sim.results.telling import telling_place
from sim.studies.swift import StillWanted, lived, sizes_of
from sim.web.answers import answer
from sim.web.asking import Question
from sim.web.reasons import reasons

AT_ONCE = 2
"""Runs at the same time; each uses all processors."""
WAITING = 16
"""Questions that may wait; more are turned away."""
SECONDS = 60.0
"""After which an answer is given up."""
KEPT = 64 * 2**20
"""Bytes of answers kept for whoever asks again; those nobody has asked for longest go first."""
PAGES = 256

Answer = dict[str, object]


class Superseded(Exception):
    """The page has asked something newer, or the server stops: nobody waits for this answer."""


class Busy(Exception):
    """Too many questions wait already."""


class Answers:
    """What was answered, as bytes, so that its size is known: `most` of them in all."""

    def __init__(self, most: int = KEPT) -> None:
        self.most = most
        self.bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Answer | None:
        """The answer, which is now the latest asked for; None if it is not kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            kept = self._kept[key]
        found: Answer = pickle.loads(kept)
        return found

    def keep(self, key: tuple[object, ...], answer: Answer) -> None:
        """Keep it as the latest, and let go of the oldest until all fit; what alone is too large is not kept."""
        written = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        if len(written) > self.most:
            return
        with self._lock:
            self.bytes += len(written) - len(self._kept.pop(key, b""))
            self._kept[key] = written
            while self.bytes > self.most:
                self.bytes -= len(self._kept.popitem(last=False)[1])


class Desk:
    """Answers questions on threads of its own."""

    def __init__(self, seconds: float = SECONDS, kept: int = KEPT) -> None:
        self.seconds = seconds
        self._answers = Answers(kept)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")
        self._lock = threading.Lock()
        self._waiting = 0
        self._latest: OrderedDict[str, int] = OrderedDict()
        self._closed = False

    def ask(self, question: Question, work: Callable[[Question, StillWanted], Answer]) -> Future[Answer]:
        """The answer to come. Raises Busy; the future raises ScenarioError, Superseded or TooLarge."""
        with self._lock:
            if self._waiting >= WAITING:
                raise Busy
            self._waiting += 1
            self._note(question)
        future = self._pool.submit(self._answered, question, work)
        future.add_done_callback(self._done)
        return future

    def close(self) -> None:
        """Give up everything, and wait for no more than the batch that is under way."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _note(self, question: Question) -> None:
        if question.page:
            self._latest[question.page] = max(question.turn, self._latest.pop(question.page, 0))
            while len(self._latest) > PAGES:
                self._latest.popitem(last=False)

    def _done(self, _: Future[Answer]) -> None:
        with self._lock:
            self._waiting -= 1

    def _answered(self, question: Question, work: Callable[[Question, StillWanted], Answer]) -> Answer:
        key = (work.__name__, *question.key)
        if (kept := self._answers.get(key)) is not None:
            return kept
        still_wanted = self._watch(question)
        still_wanted()
        found = work(question, still_wanted)
        self._answers.keep(key, found)
        return found

    def _watch(self, question: Question) -> StillWanted:
        end = time.monotonic() + self.seconds

        def still_wanted() -> None:
            if self._closed or question.turn < self._latest.get(question.page, 0):
                raise Superseded
            if time.monotonic() > end:
                raise TooLarge(f"no answer within {self.seconds:.0f} s: use `sim run`, which takes its time")

        return still_wanted


def loss(question: Question, still_wanted: StillWanted) -> Answer:
    """What is lost at this setting."""
    world = question.world
    scenario = world.at(question.values)
    sizes = sizes_of(scenario, world.replications, world.seed)
    outcome = lived(scenario, sizes.all if question.whole else sizes.first, world.seed, still_wanted)
    place = question.place or telling_place(outcome, world.places)
    return {"place": place, **answer(outcome, question.measured(place), sizes)}


def causes(question: Question, still_wanted: StillWanted) -> Answer:
    """Why it is lost, by shock and by constraint."""
    world = question.world
    scenario = world.at(question.values)
    sizes = sizes_of(scenario, world.replications, world.seed)
    place = question.place or next(iter(world.places))
    return reasons(scenario, question.measured(place), sizes.all, world.seed, still_wanted)


def problems_of(error: ScenarioError) -> list[dict[str, str]]:
    """What is wrong with a setting, each with the path and the words of the reader."""
    return [{"path": problem.path, "says": problem.says} for problem in error.problems]
