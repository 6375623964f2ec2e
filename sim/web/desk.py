"""Who is answered and when: a few at a time, the latest question of each page only, and nobody waits for ever."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sim.errors import ScenarioError, TooLarge
from sim.web.answers import answer, telling_place
from sim.web.asking import Question
from sim.web.reasons import reasons
from sim.web.runs import StillWanted, lived, sizes_of

AT_ONCE = 2
"""Runs at the same time; each uses all processors."""
WAITING = 16
"""Questions that may wait; more are turned away."""
SECONDS = 60.0
"""After which an answer is given up."""
KEPT = 64
"""Answers kept for whoever asks again."""
PAGES = 256

Answer = dict[str, object]


class Superseded(Exception):
    """The page has asked something newer, or the server stops: nobody waits for this answer."""


class Busy(Exception):
    """Too many questions wait already."""


class Desk:
    """Answers questions on threads of its own."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")
        self._lock = threading.Lock()
        self._waiting = 0
        self._latest: OrderedDict[str, int] = OrderedDict()
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
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
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        still_wanted = self._watch(question)
        still_wanted()
        found = work(question, still_wanted)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
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
