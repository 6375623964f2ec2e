"""A licence authority: in the morning it decides what falls due, in the evening exporters file what is ready."""

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.engine import desk_day as at
from sim.engine.desks import DeskPlan, working_clock
from sim.engine.transit import Cards, State
from sim.scenario.effects import Lever

if TYPE_CHECKING:
    from sim.engine.world import World


class Authority:
    """The state of one authority."""

    def __init__(self, world: "World", desk: DeskPlan, number: int):
        cases = world.cases
        self.plan, self.size = desk, cases.size
        self.duties = _duties(world, desk)
        self.me = _own_integers(world, desk, number)
        self.own = np.empty((at.OWN_FIELDS, self.size))
        self.own[at.OWN_AGAIN_AFTER] = cases.by_case(lambda p: p.waits[number][0])
        self.own[at.OWN_VALIDITY] = cases.by_case(lambda p: p.waits[number][1])
        self.free = _reviewers(cases.by_case(lambda p: p.reviewers[number]))
        self.count, self.day_of = _clock(world, desk)
        self.heads = np.full((len(desk.links), at.RING, self.size), -1, np.int32)
        self.waits = np.zeros((len(desk.links), at.RING, self.size))
        self.most = sum(desk.firms)
        self.parcels = np.zeros((at.PARCEL_FIELDS, 0, self.size))
        self.marks = np.zeros((at.MARK_FIELDS, 0, self.size), np.int32)
        self.unused = np.full((2, self.size), -1, np.int32)  # first free slot, and how many there are
        self.unused[1] = 0
        self.surely_free = 0

    def morning(self, world: "World", day: int) -> None:
        """Decide and release what is due, and say which links need a licence today."""
        at.morning(day, *self._arguments(world))

    def evening(self, world: "World", day: int) -> None:
        """File what is ready."""
        if not self.plan.general:
            self._make_room()
        at.evening(day, *self._arguments(world))

    def _arguments(self, world: "World") -> tuple[Any, ...]:  # in the order of the arguments of a morning
        return (
            self.me, self.duties, self.own, self.free, self.count, self.day_of, self.heads, self.waits,
            self.parcels, self.marks, self.unused, world.cards, world.state, world.keys, world.verdicts, world.tables,
        )  # fmt: skip

    def _make_room(self) -> None:
        """See to it that tonight's applications find free slots in every case; they are counted when it is in doubt."""
        if self.surely_free < self.most:
            self.surely_free = int(self.unused[1].min())
            if self.surely_free < self.most:
                self._grow()
                self.surely_free = int(self.unused[1].min())
        self.surely_free -= self.most

    def _grow(self) -> None:
        """Twice the slots, the new ones put before the free ones there are."""
        slots = self.parcels.shape[1]
        more = max(slots, 4 * self.most)
        self.parcels = np.concatenate([self.parcels, np.zeros((at.PARCEL_FIELDS, more, self.size))], axis=1)
        marks = np.full((at.MARK_FIELDS, more, self.size), -1, np.int32)
        marks[at.NEXT, :-1] = np.arange(slots + 1, slots + more, dtype=np.int32)[:, np.newaxis]
        marks[at.NEXT, -1] = self.unused[0]
        self.marks = np.concatenate([self.marks, marks], axis=1)
        self.unused[0] = slots
        self.unused[1] += more

    def waiting_again(self, i: int) -> State:
        """Orders of a link that wait to return to the book after a denial, by case."""
        return np.asarray(self.waits[i].sum(axis=0))


def live(world: "World", authority: Authority) -> Generator[simpy.Event, None, None]:
    """The authority as a SimPy process."""
    while True:
        yield world.clock.morning
        authority.morning(world, world.clock.today)
        yield world.clock.evening
        authority.evening(world, world.clock.today)


def _duties(world: "World", desk: DeskPlan) -> Cards:
    """By link: its card, its row of verdicts, how many firms it stands for, and the laws of review and hold."""
    plan, first = world.cases.first, world.floor.first
    laws = {name: first["laws"] + r for r, name in enumerate(plan.names["laws"])}
    duties = np.zeros((len(desk.links), at.DUTY_COLUMNS), np.int64)
    for i, (link, row, firms) in enumerate(zip(desk.links, desk.rows, desk.firms, strict=True)):
        name = plan.names["links"][link]
        duties[i] = first["links"] + link, row, firms, laws[f"{name}: review"], laws[f"{name}: hold"]
    return duties


def _own_integers(world: "World", desk: DeskPlan, number: int) -> Cards:
    me = np.zeros(at.SELF_COLUMNS, np.int64)
    me[at.SELF_FILES_EVERY], me[at.SELF_AGAIN], me[at.SELF_GENERAL] = desk.files_every, desk.again, desk.general
    me[at.SELF_QUEUES], me[at.SELF_WORKING] = desk.queues, desk.working
    me[at.SELF_WAITS] = desk.again and any(plan.waits[number][0] > 0.0 for plan in world.cases.plans)
    pulled = {pull.row for pull in world.cases.first.pulls if pull.effect.lever in (Lever.LICENSED, Lever.SUSPENDED)}
    me[at.SELF_CHANGES] = not desk.in_force or bool(pulled & set(desk.rows))
    if desk.working:
        me[at.SELF_FIRST] = working_clock(desk.country, world.start, world.cases.first.days).first
    return me


def _reviewers(numbers: State) -> State:
    """A heap of next-free times by case; in cases with fewer reviewers than others the missing ones are never free."""
    most = int(numbers.max()) if np.isfinite(numbers).all() else 1
    free = np.full((len(numbers), most), math.inf)
    for k, n in enumerate(numbers):
        free[k, : int(min(n, most))] = -math.inf
    return free


def _clock(world: "World", desk: DeskPlan) -> tuple[Cards, Cards]:
    if not desk.working:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    clock = working_clock(desk.country, world.start, world.cases.first.days)
    return np.array(clock.count, np.int64), np.array(clock.day_of, np.int64)
