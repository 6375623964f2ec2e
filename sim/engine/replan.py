"""Plans made again: when shares, recipes, yields or processing times change, so do usual flows upstream.

Solved as the first plan is (flows.py), step by step in the same order, for all cases side by side. So a change of
nothing gives the same flows to the last bit. Demand counts as planned at first: what is more or less is a surprise.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.flows import CLOSE, PASSES
from sim.engine.transit import State
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from sim.engine.world import World


def live(world: "World") -> Generator[simpy.Event, None, None]:
    """Whoever plans, as a SimPy process: after the levers have moved and before anyone decides."""
    planner = Planner(world)
    while True:
        yield world.clock.planned
        if world.moved:
            world.moved = False
            planner.plan_again()


class Planner:
    """Usual flows of all cases, solved from planned demand through the shares and recipes of the day."""

    def __init__(self, world: "World"):
        self.world = world
        self.cards = world.cases.first.cards
        self.usage = world.cases.by_case(lambda p: p.numbers["inputs"][:, at.INPUT_USAGE])
        self.activity = np.zeros_like(world.plants[:, at.PLANT_PLAN])
        self.input_of = np.zeros(len(world.links), np.int64)
        for b, card in enumerate(self.cards["inputs"]):
            self.input_of[card[at.INPUT_LINK] : card[at.INPUT_LINK_END]] = b
        self.smoothed = self.cards["inputs"][:, at.INPUT_SMOOTHED] > 0
        self.piles = {world.cases.first.names["plants"].index(name) for name in world.cases.first.stockpiles}

    def plan_again(self) -> None:
        """Solve, and give everyone the new plan."""
        self._solve()
        world = self.world
        world.plants[:, at.PLANT_PLAN] = self.activity
        world.inputs[~self.smoothed, at.INPUT_USAGE] = self.usage[~self.smoothed]
        world.links[:, at.LINK_USUAL] = self.usage[self.input_of] * world.links[:, at.LINK_SHARE]
        for f, plant in enumerate(self.cards["plants"]):
            if f not in self.piles:
                for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
                    self._aim(s, self.activity[f])
        world.levers.limit_again()

    def _aim(self, s: int, activity: State) -> None:
        """Finished stock and work in process that a shelf aims at."""
        shelf = self.world.shelves[s]
        made = np.minimum(activity * shelf[at.SHELF_YIELD], shelf[at.SHELF_RECOVERY])
        finished = np.minimum(shelf[at.SHELF_STORAGE], shelf[at.SHELF_COVER] * made)
        shelf[at.SHELF_TARGET] = finished + shelf[at.SHELF_PIPELINE] * made

    def _solve(self) -> None:
        """Walk from the markets upstream, and again while loops keep adding; a case that has settled stays as it is.

        Raises ScenarioError where a recipe loop has come to gain material.
        """
        self.activity[:] = 0.0
        for f in self.world.cases.first.downstream_first:  # what others use is not known yet
            plant = self.cards["plants"][f]
            self.usage[plant[at.PLANT_INPUT] : plant[at.PLANT_INPUT_END]] = 0.0
        open_cases = np.ones(self.world.cases.size, bool)
        for _ in range(PASSES):
            before = self.activity.copy()
            for f in self.world.cases.first.downstream_first:
                self._plan_plant(f, open_cases)
            settled = (np.abs(self.activity - before) <= CLOSE * self.activity).all(axis=0)
            open_cases &= ~settled
            if not open_cases.any():
                return
            if float(self.activity.max()) > 1e30:
                break
        raise ScenarioError("with the shares and recipes of that day a loop of recipes uses as much as it makes")

    def _plan_plant(self, f: int, some: NDArray[np.bool_]) -> None:
        """Activity that serves the product most needed among those that pace a plant, and what it uses for that."""
        world, plant = self.world, self.cards["plants"][f]
        paces = np.zeros(world.cases.size)
        for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
            card = self.cards["shelves"][s]
            if card[at.SHELF_PACES]:
                need = np.zeros(world.cases.size)
                for link in world.cases.first.outs[card[at.SHELF_OUT] : card[at.SHELF_OUT_END]]:
                    need = need + self.usage[self.input_of[link]] * world.links[link, at.LINK_SHARE]
                paces = np.maximum(paces, need / world.shelves[s, at.SHELF_YIELD])
        self.activity[f, some] = paces[some]
        if f in self.piles:  # a stockpile buys only where a response refills it
            return
        for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END]):
            self.usage[b, some] = (paces * world.inputs[b, at.INPUT_PER])[some]
