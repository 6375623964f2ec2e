"""Levers: how each writes what its effects come to, and the shocks as SimPy processes that pull them."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.draws import CONSTANT
from sim.engine.targets import Target, combine, targets
from sim.scenario.effects import SUDDEN, Lever

if TYPE_CHECKING:
    from sim.engine.world import World

Table = NDArray[np.float64]


class Levers:
    """All levers of a world, and how each writes what it comes to."""

    def __init__(self, world: "World"):
        self.world = world
        self.targets = targets(world.cases)
        self.base = {
            (t.lever, t.row): world.array(_ARRAY[t.lever])[t.row, _FIELD[t.lever]].copy()
            for t in self.targets
            if t.lever in _FIELD
        }
        self.usual_share = world.links[:, at.LINK_SHARE].copy()
        self.pinned = np.full_like(self.usual_share, np.nan)  # shares that are set today
        self.siblings = _siblings(world.cases.first.cards["inputs"])
        self.now = np.empty((4, world.cases.size))
        self.times, self.plus, self.setto, self.part = self.now

    def pull(self, target: Target, day: int) -> None:
        """Bring one lever to what its effects make of it on this day."""
        combine(float(day), target.way, target.fade, target.numbers, self.now)
        _WRITERS[target.lever](self, target, day)

    def limit_again(self) -> None:
        """Limits and least orders that are parts of usual flow follow it when it is planned anew."""
        _write_limit(self.world, slice(None))
        for target in self.targets:
            if target.lever is Lever.FRONT_LOAD:
                _write_least_of(self.world, target.row)

    def value(self, target: Target) -> Table:
        """(The base, or as far as something is set that) × factors + what is added; never negative."""
        chosen = self.base[target.lever, target.row].copy()
        whole, partly = self.part >= 1.0, (self.part > 0.0) & (self.part < 1.0)
        chosen[whole] = self.setto[whole]
        # What had no limit has none to go back to: a limit that fades grows without end instead.
        free, bound = partly & np.isinf(chosen), partly & np.isfinite(chosen)
        chosen[free] = self.setto[free] / self.part[free]
        chosen[bound] += (self.setto[bound] - chosen[bound]) * self.part[bound]
        # Nothing of something without limit is nothing.
        scaled = np.multiply(chosen, self.times, out=np.zeros_like(chosen), where=self.times > 0.0)
        return np.asarray(np.maximum(0.0, scaled + self.plus))


def _siblings(inputs: NDArray[np.int64]) -> dict[int, range]:
    """By link: all links of the same input."""
    groups = (range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]) for card in inputs)
    return {link: links for links in groups for link in links}


def _write_field(levers: Levers, target: Target, day: int) -> None:
    levers.world.array(_ARRAY[target.lever])[target.row, _FIELD[target.lever]] = levers.value(target)


def _write_plan(levers: Levers, target: Target, day: int) -> None:
    """What usual flows are solved from: a recipe, a yield."""
    _write_field(levers, target, day)
    levers.world.moved = True


def _write_share(levers: Levers, target: Target, day: int) -> None:
    """A link's share; those of its buyer's other links, unless they are set too, fill up the rest in proportion."""
    levers.pinned[target.row] = np.where(levers.part > 0.0, levers.value(target), np.nan)
    links = levers.siblings[target.row]
    base, pinned = levers.usual_share, levers.pinned
    given, kept, others = (np.zeros(levers.world.cases.size) for _ in range(3))
    for link in links:
        is_set = ~np.isnan(pinned[link])
        given += np.where(is_set, pinned[link], 0.0)
        kept += np.where(is_set, base[link], 0.0)
        others += np.where(is_set, 0.0, base[link])
    # Written so that shares set to what they are leave the others to the last bit.
    scale = np.divide(np.maximum(0.0, others + (kept - given)), others, out=np.zeros_like(others), where=others > 0.0)
    for link in links:
        share = np.where(np.isnan(pinned[link]), base[link] * scale, pinned[link])
        levers.world.links[link, at.LINK_SHARE] = share
    levers.world.moved = True


def _write_law(levers: Levers, target: Target, day: int) -> None:
    """A law keeps what it draws; today's value is times × draw + added, and as far as it is set it is not drawn."""
    law = levers.world.laws[target.row]
    law[at.LAW_TIMES] = levers.times * (1.0 - levers.part)
    law[at.LAW_ADDED] = levers.plus + levers.setto * levers.part * levers.times
    if levers.world.cases.first.laws[target.row].kind == CONSTANT:
        law[at.LAW_NOW] = np.maximum(0.0, law[at.LAW_TIMES] * law[at.LAW_A] + law[at.LAW_ADDED])


def _write_processing(levers: Levers, target: Target, day: int) -> None:
    """A processing time, and with it the work in process that the plant aims at."""
    _write_law(levers, target, day)
    world = levers.world
    law = world.laws[target.row]
    for plant in world.cases.first.cards["plants"]:
        if plant[at.PLANT_PROCESSING] == target.row:
            shelves = world.shelves[plant[at.PLANT_SHELF] : plant[at.PLANT_SHELF_END]]
            planned = world.planned_pipeline[plant[at.PLANT_SHELF] : plant[at.PLANT_SHELF_END]]
            shelves[:, at.SHELF_PIPELINE] = np.ceil(law[at.LAW_TIMES] * planned + law[at.LAW_ADDED])
    world.moved = True


def _write_flow(levers: Levers, target: Target, day: int) -> None:
    """A link's limit of the day: its lane, and a share of usual flow where its flow is cut."""
    world = levers.world
    # What goes by another way does so beside what a cut lane still carries.
    world.flow_factor[target.row] = levers.times + levers.plus
    _write_limit(world, target.row)


def _write_lane(levers: Levers, target: Target, day: int) -> None:
    levers.world.lane_capacity[target.row] = levers.value(target)
    _write_limit(levers.world, target.row)


def _write_limit(world: "World", row: int | slice) -> None:
    factor = world.flow_factor[row]
    with np.errstate(invalid="ignore"):
        cut = np.where(factor >= 1.0, np.inf, factor * world.links[row, at.LINK_USUAL])
    world.links[row, at.LINK_LIMIT] = np.minimum(cut, world.lane_capacity[row])


def _write_quota(levers: Levers, target: Target, day: int) -> None:
    """Fill up the quota on the first day of each period: the link's part, by usual flow, of the amount for all.

    Of several quotas the latest to start holds. What was used of a period before day 0 is not known, so a quota that
    is older than the run starts full.
    """
    world, numbers = levers.world, target.numbers
    left = world.links[target.row, at.LINK_QUOTA]
    start = np.where((numbers[:, 1] <= day) & (day < numbers[:, 2]), numbers[:, 1], -np.inf)
    latest = np.argmax(start, axis=0)
    left[levers.part <= 0.0] = np.inf
    for e, pull in enumerate(target.pulls):
        holds = (latest == e) & (levers.part > 0.0)
        periods = np.floor((np.array([day, day - 1]) - numbers[e, 1][:, np.newaxis]) / pull.effect.period)
        renewed = holds & ((periods[:, 0] > periods[:, 1]) | (day == 0))
        left[renewed] = (numbers[e, 0] * world.quota_share[pull.shock][target.row])[renewed]


def _write_least(levers: Levers, target: Target, day: int) -> None:
    """Orders of a day at least: a multiple of usual flow, or an amount, whichever is more."""
    levers.world.least[target.lever][target.row] = levers.plus
    _write_least_of(levers.world, target.row)


def _write_least_of(world: "World", row: int) -> None:
    front_load = world.least[Lever.FRONT_LOAD][row] * world.links[row, at.LINK_USUAL]
    world.links[row, at.LINK_LEAST] = np.maximum(front_load, world.least[Lever.REFILL][row])


def _write_rule(levers: Levers, target: Target, day: int) -> None:
    """The rule of allocation: that which is set, as soon as it is."""
    rule = np.where(levers.part > 0.0, levers.setto, levers.base[target.lever, target.row])
    levers.world.plants[target.row, at.PLANT_RULE] = rule


def _write_cover(levers: Levers, target: Target, day: int) -> None:
    """The cover of a buyer; where it stands for many firms, each has its own and the effects act on that."""
    _write_field(levers, target, day)
    for population in levers.world.populations.values():
        if target.row in population.inputs:
            population.members.cover[target.row - population.inputs[0]] = levers.now


_FIELD = {
    Lever.YIELD: at.SHELF_YIELD,
    Lever.COVER: at.INPUT_COVER,
    Lever.ORDERS: at.INPUT_STOPPED,
    Lever.SHARE: at.LINK_SHARE,
    Lever.LANE: at.LINK_LIMIT,
    Lever.LICENSED: at.DESK_LICENSED,
    Lever.APPROVAL: at.DESK_APPROVAL,
    Lever.DELAY: at.DESK_DELAY,
    Lever.SUSPENDED: at.DESK_SUSPENDED,
    Lever.ALLOCATION: at.PLANT_RULE,
    Lever.RECIPE: at.INPUT_PER,
    Lever.BARRED: at.DESK_BARRED_SHARE,
    Lever.GENERAL: at.DESK_GENERAL_SHARE,
}
_ARRAY = {
    Lever.YIELD: "shelves",
    Lever.COVER: "inputs",
    Lever.ORDERS: "inputs",
    Lever.SHARE: "links",
    Lever.LANE: "links",
    Lever.LICENSED: "desk",
    Lever.APPROVAL: "desk",
    Lever.DELAY: "desk",
    Lever.SUSPENDED: "desk",
    Lever.ALLOCATION: "plants",
    Lever.RECIPE: "inputs",
    Lever.BARRED: "desk",
    Lever.GENERAL: "desk",
}
_WRITERS: dict[Lever, Callable[[Levers, Target, int], None]] = {
    Lever.CAPACITY: _write_law,
    Lever.DEMAND: _write_law,
    Lever.PROCESSING: _write_processing,
    Lever.TRANSIT: _write_law,
    Lever.REVIEW: _write_law,
    Lever.HOLD: _write_law,
    Lever.DELAY: _write_field,
    Lever.YIELD: _write_plan,
    Lever.COVER: _write_cover,
    Lever.SHARE: _write_share,
    Lever.LICENSED: _write_field,
    Lever.APPROVAL: _write_field,
    Lever.SUSPENDED: _write_field,
    Lever.BARRED: _write_field,
    Lever.GENERAL: _write_field,
    Lever.FLOW: _write_flow,
    Lever.LANE: _write_lane,
    Lever.QUOTA: _write_quota,
    Lever.ORDERS: _write_field,
    Lever.FRONT_LOAD: _write_least,
    Lever.REFILL: _write_least,
    Lever.ALLOCATION: _write_rule,
    Lever.RECIPE: _write_plan,
}


def live(world: "World", shock: str) -> Generator[simpy.Event, None, None]:
    """A shock as a SimPy process: at dawn of each day on which it moves something, it pulls its levers.

    Several shocks may share a lever; each pull reckons with all of them, so who pulls first does not matter.
    """
    mine = [t for t in world.levers.targets if shock in t.shocks and t.lever not in SUDDEN]
    due: dict[int, list[Target]] = {}
    for target in mine:
        for day in target.days:
            due.setdefault(day, []).append(target)
    for day in sorted(due):
        yield world.clock.dawn_of(day)
        for target in due[day]:
            world.levers.pull(target, day)
