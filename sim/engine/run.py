"""Run a batch of cases."""

from collections.abc import Callable, Sequence

from sim.engine import audit as books
from sim.engine import recorder
from sim.engine.cases import Cases
from sim.engine.records import Records
from sim.engine.steady import settle
from sim.engine.world import World

Order = Callable[[Sequence[str]], Sequence[str]]


def run(cases: Cases, *, daily: bool = True, audit: bool = False, waking: Order | None = None) -> Records:
    """Live through the horizon and return what happened, by day or summed over the run.

    `audit` closes the books every night and raises ImbalanceError if they do not balance. `waking` rearranges the
    names of those who wake, which must not matter; it is there for tests.
    """
    days = cases.first.days
    world = World(cases, waking)
    settle(world)
    recording = recorder.Recorder(world, days, daily)
    world.env.process(recorder.live(world, recording))
    if audit:
        world.env.process(books.live(world, books.Books(world)))
    world.run(days)
    return recording.records()
