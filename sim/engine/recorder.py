"""Who writes the day down, as a SimPy process, and what is written."""

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import layout as at
from sim.engine.compiled import compiled
from sim.engine.records import Records
from sim.engine.state import FIELDS
from sim.engine.transit import Cards, State

if TYPE_CHECKING:
    from sim.engine.world import World

WRITTEN: tuple[tuple[str, str, int], ...] = (
    ("output", "shelves", at.SHELF_OUTPUT),
    ("finished", "shelves", at.SHELF_FINISHED),
    ("backlog", "shelves", at.SHELF_OWED),
    ("stock", "inputs", at.INPUT_STOCK),
    ("demand", "markets", at.MARKET_DEMAND),
    ("sales", "markets", at.MARKET_SALES),
    ("unmet", "markets", at.MARKET_UNMET),
    ("lost", "markets", at.MARKET_LOST),
    ("waiting", "markets", at.MARKET_WAITING),
    ("shipments", "links", at.LINK_SHIPPED),
    ("held", "desk", at.DESK_HELD),
    ("filed", "desk", at.DESK_FILED),
    ("approved", "desk", at.DESK_APPROVED),
    ("denied", "desk", at.DESK_DENIED),
    ("pending", "desk", at.DESK_PENDING),
    ("review_days", "desk", at.DESK_REVIEW_DAYS),
    ("stopped", "populations", at.POPULATION_STOPPED),
    ("ever_stopped", "populations", at.POPULATION_EVER),
    ("acting", "responses", at.RESPONSE_ACTS),
)
"""What is recorded, of which kind of object, from which field."""

DETAILS: tuple[tuple[str, str, int], ...] = (
    ("run", "plants", at.PLANT_RUN),
    ("book", "links", at.LINK_BOOK),
    ("limit", "links", at.LINK_LIMIT),
    ("quota", "links", at.LINK_QUOTA),
    ("needed", "desk", at.DESK_NEEDED),
    ("chance", "desk", at.DESK_APPROVAL),
    ("barred", "desk", at.DESK_BARRED),
    ("denied_waiting", "desk", at.DESK_WAITING),
    ("times", "laws", at.LAW_TIMES),
    ("added", "laws", at.LAW_ADDED),
)
"""What is recorded besides where causes are asked for; of laws only transit and processing."""

Written = Sequence[tuple[str, str, int]]

TOTALS = ("output", "sales", "unmet", "lost", "shipments")
"""What is worth summing over the days where no daily history is kept."""


def rows_of(
    names: Mapping[str, tuple[str, ...]], daily: bool, written: Written = WRITTEN
) -> list[tuple[str, str, str, int, int]]:
    """What is recorded, in the order of the rows: quantity, place, kind of object, its number and the field."""
    return [
        (what, place, kind, number, field)
        for what, kind, field in written
        if daily or what in TOTALS
        for number, place in enumerate(names[kind])
        if kind != "laws" or place.endswith((": transit", ": processing"))
    ]


def sources_of(world: "World", written: Sequence[tuple[str, str, str, int, int]]) -> list[int]:
    """The row of the state that each recorded quantity is read from."""
    return [world.floor.row[kind] + FIELDS[kind] * number + field for _, _, kind, number, field in written]


class Recorder:
    """Daily history of a world, or its sums over the run.

    `into` are arrays to write to, shape (day, row, case), which share the cases among them in order; so a caller can
    have the history of many batches in one place without a copy.
    """

    def __init__(self, world: "World", days: int, daily: bool, into: Sequence[State] = (), written: Written = WRITTEN):
        found = rows_of(world.cases.first.names, daily, written)
        self.rows = {(what, place): i for i, (what, place, *_) in enumerate(found)}
        self.sources = np.array(sources_of(world, found), np.int64)
        self.daily = daily
        self.into = tuple(into) or (np.zeros((days if daily else 1, len(found), world.cases.size)),)

    def records(self) -> Records:
        """The history, if it was not written elsewhere in parts."""
        (history,) = self.into
        return Records(self.rows, history)


def live(world: "World", recorder: Recorder) -> Generator[simpy.Event, None, None]:
    """Every night, write down the day."""
    clock, daily = world.clock, recorder.daily
    while True:
        yield clock.night
        first = 0
        for history in recorder.into:
            write(clock.today if daily else 0, daily, first, recorder.sources, world.state, history)
            first += history.shape[2]


@compiled
def write(row: int, daily: bool, first: int, sources: Cards, state: State, history: State) -> None:
    """Copy recorded rows of the state, of cases from `first` on, into the day's row, or add them to the only one."""
    for i in range(len(sources)):
        written, kept = state[sources[i], first : first + history.shape[2]], history[row, i]
        if daily:
            for k in range(len(kept)):
                kept[k] = written[k]
        else:
            for k in range(len(kept)):
                kept[k] += written[k]
