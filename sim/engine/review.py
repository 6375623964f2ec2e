"""The review: who has woken lives through the day, in the order of waking, in one compiled call for all of them.

Facilities and markets are processes that wake at every review; between the first and the last of them no machine code
runs, so that SimPy's own objects stay in the processor's cache. Nothing is seen in the review it is sent, so it makes
no difference that their days follow after all have woken.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import layout as at
from sim.engine.compiled import compiled
from sim.engine.facility import facility_day
from sim.engine.market import market_day
from sim.engine.transit import Cards, Keys, State

if TYPE_CHECKING:
    from sim.engine.world import World


def live(world: "World") -> Generator[simpy.Event, None, None]:
    """The review as a SimPy process: when all who review have woken, their days are lived through."""
    clock, numbers = world.clock, (world.cards, world.state, world.keys, world.tables)
    before, awake = list[int](), np.zeros(0, np.int64)
    while True:
        yield clock.awake
        if world.awake != before:  # on most days the same wake in the same order
            before, awake = world.awake.copy(), np.array(world.awake, np.int64)
        review(clock.today, awake, *numbers)
        world.awake.clear()


@compiled
def review(day: int, awake: Cards, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """One review of those who are awake, by their cards, for all cases."""
    for number in awake:
        if number < cards[0, at.HEAD_PLANT_END]:
            facility_day(day, number, cards, state, keys, tables)
        else:
            market_day(day, number, cards, state, keys, tables)
