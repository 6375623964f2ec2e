"""Run a batch of cases."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING

import simpy

from sim.engine import audit as books
from sim.engine import compiled, recorder, tally
from sim.engine.cases import Cases
from sim.engine.plan import Plan
from sim.engine.records import Array, Records
from sim.engine.steady import settle
from sim.engine.transit import State
from sim.engine.world import World

if TYPE_CHECKING:
    from sim.engine.notes import Bounds

Order = Callable[[Sequence[str]], Sequence[str]]


def run(cases: Cases, *, daily: bool = True, audit: bool = False, waking: Order | None = None) -> Records:
    """Live through the horizon and return what happened, by day or summed over the run.

    `audit` closes the books every night and raises ImbalanceError if they do not balance. `waking` rearranges the
    names of those who wake, which must not matter; it is there for tests.
    """
    world = World(cases, waking)
    recording = recorder.Recorder(world, cases.first.days, daily)
    _live_through(world, recorder.live(world, recording), audit)
    return recording.records()


def run_into(cases: Cases, into: Sequence[State], *, audit: bool = False) -> Mapping[tuple[str, str], int]:
    """As `run`, with the daily history written into arrays that share the cases in order; returns the rows' meaning."""
    world = World(cases)
    recording = recorder.Recorder(world, cases.first.days, True, into)
    _live_through(world, recorder.live(world, recording), audit)
    return recording.rows


def run_counting(cases: Cases, gauges: tally.Gauges, *, audit: bool = False) -> Array:
    """As `run`, and keep no history: only what the shocks take from each gauge, shape (gauge, field, pair)."""
    world = World(cases)
    watching = tally.Tallying(world, gauges)
    _live_through(world, tally.live(world, watching), audit)
    return watching.counts


def run_noting(cases: Cases) -> tuple[Records, "Bounds"]:
    """As `run`, with everything in the records that tells causes, and what bound each facility on each day."""
    from sim.engine import notes  # so that who asks for no causes does not wait for them

    world = World(cases)
    days = cases.first.days
    recording = recorder.Recorder(world, days, True, written=(*recorder.WRITTEN, *recorder.DETAILS))
    taking = notes.Notes(world, days)
    world.env.process(notes.live(world, taking))
    _live_through(world, recorder.live(world, recording), audit=False)
    return recording.records(), taking.bounds()


def _live_through(world: World, writing: Generator[simpy.Event, None, None], audit: bool) -> None:
    settle(world)
    for population in world.populations.values():
        population.begin()
    world.env.process(writing)
    if audit:
        world.env.process(books.live(world, books.Books(world)))
    try:
        world.run(world.cases.first.days)
    finally:
        writing.close()  # a world refers to itself in rings; the history must not wait with it to be swept up
    compiled.remember(rules_of(world.cases.first))


def rules_of(plan: Plan) -> str:
    """Which rules a run needs, in a word: those of licences are compiled only where there are licences."""
    return ("licences" if plan.desks else "plain") + (" populations" if plan.populations else "")
