"""A stockpile: a facility that holds a reserve, sells where buyers ask for it, and buys no more than it has lost."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import layout as at
from sim.scenario.effects import Lever

if TYPE_CHECKING:
    from sim.engine.world import World


def live(world: "World", number: int) -> Generator[simpy.Event, None, None]:
    """The stockpile as a SimPy process: before the review it settles what to order, then it reviews like all others."""
    while True:
        yield world.clock.review
        settle_orders(world, number)
        world.awake.append(world.floor.first["plants"] + number)


def settle_orders(world: "World", number: int) -> None:
    """Order the rate of its refill on each link, as long as something is missing and not yet on order."""
    plant = world.cases.first.cards["plants"][number]
    links = [
        link
        for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END])
        for link in range(*world.cases.first.cards["inputs"][b, [at.INPUT_LINK, at.INPUT_LINK_END]])
    ]
    if not links:
        return
    shelf, entry = world.shelves[plant[at.PLANT_SHELF]], world.inputs[plant[at.PLANT_INPUT]]
    missing = shelf[at.SHELF_TARGET] - shelf[at.SHELF_FINISHED] - entry[at.INPUT_STOCK]
    missing = np.maximum(0.0, missing - world.links[links, at.LINK_ON_ORDER].sum(axis=0))
    for link in links:
        ordered = np.minimum(missing, world.least[Lever.REFILL][link])
        world.links[link, at.LINK_LEAST] = ordered
        missing = missing - ordered
