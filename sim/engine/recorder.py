"""Who writes the day down, as a SimPy process, and what is written."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import layout as at
from sim.engine.compiled import compiled
from sim.engine.records import Records
from sim.engine.transit import Cards, State

if TYPE_CHECKING:
    from sim.engine.world import World

SHELVES, INPUTS, LINKS, DESK, MARKETS = range(5)

WRITTEN: tuple[tuple[str, str, int, int], ...] = (
    ("output", "shelves", SHELVES, at.SHELF_OUTPUT),
    ("finished", "shelves", SHELVES, at.SHELF_FINISHED),
    ("backlog", "shelves", SHELVES, at.SHELF_OWED),
    ("stock", "inputs", INPUTS, at.INPUT_STOCK),
    ("demand", "markets", MARKETS, at.MARKET_DEMAND),
    ("sales", "markets", MARKETS, at.MARKET_SALES),
    ("unmet", "markets", MARKETS, at.MARKET_UNMET),
    ("lost", "markets", MARKETS, at.MARKET_LOST),
    ("waiting", "markets", MARKETS, at.MARKET_WAITING),
    ("shipments", "links", LINKS, at.LINK_SHIPPED),
    ("held", "desk", DESK, at.DESK_HELD),
    ("filed", "desk", DESK, at.DESK_FILED),
    ("approved", "desk", DESK, at.DESK_APPROVED),
    ("denied", "desk", DESK, at.DESK_DENIED),
    ("pending", "desk", DESK, at.DESK_PENDING),
    ("review_days", "desk", DESK, at.DESK_REVIEW_DAYS),
)
"""What is recorded, of which kind of object, from which array and field."""

TOTALS = ("output", "sales", "unmet", "lost", "shipments")
"""What is worth summing over the days where no daily history is kept."""


def rows_of(names: Mapping[str, tuple[str, ...]], daily: bool) -> list[tuple[str, str, int, int, int]]:
    """What is recorded where, in the order of the rows: quantity, place, and the array, row and field it comes from."""
    return [
        (what, name, source, row, field)
        for what, kind, source, field in WRITTEN
        if daily or what in TOTALS
        for row, name in enumerate(names[kind])
    ]


class Recorder:
    """Daily history of a world, or its sums over the run."""

    def __init__(self, world: "World", days: int, daily: bool):
        found = rows_of(world.cases.first.names, daily)
        self.rows = {(what, name): i for i, (what, name, *_) in enumerate(found)}
        self.table = np.array([entry[2:] for entry in found], np.int64).reshape(-1, 3)
        self.daily = daily
        self.history = np.zeros((days if daily else 1, len(found), world.cases.size))

    def records(self) -> Records:
        return Records(self.rows, self.history)


def live(world: "World", recorder: Recorder) -> Generator[simpy.Event, None, None]:
    """Every night, write down the day."""
    clock, daily = world.clock, recorder.daily
    arrays = (recorder.table, world.shelves, world.inputs, world.links, world.desk, world.markets, recorder.history)
    while True:
        yield clock.night
        write(clock.today if daily else 0, daily, *arrays)


@compiled
def write(
    row: int,
    daily: bool,
    table: Cards,
    shelves: State,
    inputs: State,
    links: State,
    desk: State,
    markets: State,
    history: State,
) -> None:
    """Copy every recorded field into the day's row, or add it to the only one."""
    for i in range(len(table)):
        source, what, field = table[i, 0], table[i, 1], table[i, 2]
        if source == SHELVES:
            values = shelves[what, field]
        elif source == INPUTS:
            values = inputs[what, field]
        elif source == LINKS:
            values = links[what, field]
        elif source == DESK:
            values = desk[what, field]
        else:
            values = markets[what, field]
        target = history[row, i]
        if daily:
            for k in range(len(target)):
                target[k] = values[k]
        else:
            for k in range(len(target)):
                target[k] += values[k]


