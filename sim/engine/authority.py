"""A licence authority: in the morning it decides what falls due, in the evening exporters file what is ready."""

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import desk_day
from sim.engine import desk_parts as parts
from sim.engine import layout as at
from sim.engine.desks import DeskPlan, working_clock
from sim.engine.plain_links import longest_plain_review
from sim.engine.transit import Cards, State
from sim.scenario.effects import Lever

if TYPE_CHECKING:
    from sim.engine.world import World


class Authority:
    """The state of one authority."""

    def __init__(self, world: "World", desk: DeskPlan, number: int):
        cases = world.cases
        self.plan, self.size = desk, cases.size
        self.duties, rows = _duties(world, desk, number)
        self.by_firm = _by_firm(world, self.duties)
        self.me = _own_integers(world, desk)
        self.own = cases.by_case(lambda p: [getattr(p.habits[number], name) for name in _OWN])
        self.pools = np.array(desk.pools, np.int64)
        self.free = _reviewers(cases.by_case(lambda p: p.habits[number].reviewers))
        self.worked, self.day_of = _clock(world, desk)
        self.queues = np.full((desk.pools[-1][1], 2, self.size), -1, np.int32)
        firms = sum(duty.firms for duty in desk.duties)
        self.firsts = np.full((firms, self.size), -1, np.int32)
        # Where licences have been needed all along, nobody has a first application to prepare.
        self.prepared = np.full((firms, self.size), -math.inf if desk.in_force else math.inf)
        self.filings = np.zeros((rows, self.size))
        self.spans = np.tile(np.array([0, -1], np.int64), (rows, 1))
        plain = self.duties[:, parts.DUTY_PLAIN] >= 0
        self.may_wait = plain & _may_wait(world, desk)
        self.heads = self._heads(0 if plain.all() else len(desk.links))
        self._empty_slots()
        self.most = int(self.duties[~plain, parts.DUTY_FIRMS].sum())
        """Most applications of a day that need slots."""
        self.arguments = self._arguments(world)

    def _heads(self, links: int) -> parts.Marks:
        return np.full((links, parts.RING, self.size), -1, np.int32)

    def _empty_slots(self) -> None:
        self.parcels = np.zeros((parts.PARCEL_FIELDS, 0, self.size))
        self.marks = np.zeros((parts.MARK_FIELDS, 0, self.size), np.int32)
        self.unused = np.full((2, self.size), -1, np.int32)
        self.unused[1] = 0
        self.surely_free = 0

    def parcels_of(self, link: int) -> int:
        """First row of the parcels of a link whose parcel i is firm i's of a population; -1 where it is not."""
        return int(self.duties[self.plan.links.index(link), parts.DUTY_MEMBERS]) if link in self.plan.links else -1

    def morning(self, world: "World", day: int) -> None:
        """Decide and release what is due, and say which links need a licence today."""
        if self.may_wait.any():
            self._slots_where_something_waits(world, day)
        desk_day.morning(day, *self.arguments)

    def evening(self, world: "World", day: int) -> None:
        """File what is ready."""
        if self.most:
            self._make_room(world, self.most)
            self.surely_free -= self.most
        desk_day.evening(day, *self.arguments)

    def _arguments(self, world: "World") -> tuple[Any, ...]:  # in the order of the arguments of a morning
        return (
            self.me, self.duties, self.own, self.pools, self.free, self.worked, self.day_of, self.heads, self.queues,
            self.firsts, self.prepared, self.parcels, self.marks, self.unused, self.filings, self.spans, self.by_firm,
            world.cards, world.state, world.keys, world.verdicts, world.tables,
        )  # fmt: skip

    def _slots_where_something_waits(self, world: "World", day: int) -> None:
        """A plain link on which something must be put off today in some case is plain no more."""
        plain = np.flatnonzero(self.may_wait)
        rows, links = np.array(self.plan.rows)[plain], np.array(self.plan.links)[plain]
        waits = (world.desk[rows, at.DESK_SUSPENDED] > 0.0) | (world.links[links, at.LINK_LIMIT] <= 0.0)
        waits &= (world.desk[rows, at.DESK_LICENSED] > 0.0) | (world.desk[rows, at.DESK_HELD] > 0.0)
        for i, row in zip(plain[waits.any(axis=1)], rows[waits.any(axis=1)], strict=True):
            self._give_slots(world, day, int(i), int(world.desk[row, at.DESK_PENDING].max()))

    def _give_slots(self, world: "World", day: int, i: int, pending: int) -> None:
        """Slots for one link from now on, and for what is pending on it, so many applications at most in a case."""
        if len(self.heads) == 0:
            self.heads = self._heads(len(self.plan.links))
        self._make_room(world, pending)
        self.arguments = self._arguments(world)
        desk_day.give_slots(day, i, *self.arguments)
        self.duties[i, parts.DUTY_PLAIN], self.may_wait[i] = -1, False
        self.most += int(self.duties[i, parts.DUTY_FIRMS])
        self.surely_free = 0

    def _make_room(self, world: "World", most: int) -> None:
        """See to it that so many applications find free slots in every case; they are counted when it is in doubt."""
        if self.surely_free < most:
            self.surely_free = int(self.unused[1].min())
            if self.surely_free < most:
                self._grow(most)
                self.arguments = self._arguments(world)
                self.surely_free = int(self.unused[1].min())

    def _grow(self, most: int) -> None:
        """Twice the slots, the new ones put before the free ones there are."""
        slots = self.parcels.shape[1]
        more = max(slots, 4 * most)
        self.parcels = np.concatenate([self.parcels, np.zeros((parts.PARCEL_FIELDS, more, self.size))], axis=1)
        marks = np.full((parts.MARK_FIELDS, more, self.size), -1, np.int32)
        marks[parts.NEXT, :-1] = np.arange(slots + 1, slots + more, dtype=np.int32)[:, np.newaxis]
        marks[parts.NEXT, -1] = self.unused[0]
        self.marks = np.concatenate([self.marks, marks], axis=1)
        self.unused[0] = slots
        self.unused[1] += more


_OWN = ("again_after", "validity", "limit", "returned", "release_cap")
"""Habits in the order of the numbers of an authority by case."""


def live(world: "World", authority: Authority) -> Generator[simpy.Event, None, None]:
    """The authority as a SimPy process."""
    while True:
        yield world.clock.morning
        authority.morning(world, world.clock.today)
        yield world.clock.evening
        authority.evening(world, world.clock.today)


def _duties(world: "World", desk: DeskPlan, number: int) -> tuple[Cards, int]:
    """By link: its card, its row of verdicts, its firms, who reviews, and the laws of what takes its time.

    Also how many rows plain links need for their filings.
    """
    plan, first, firms, members, rows = world.cases.first, world.floor.first, 0, 0, 0
    laws = {name: first["laws"] + r for r, name in enumerate(plan.names["laws"])}
    duties = np.zeros((len(desk.links), parts.DUTY_COLUMNS), np.int64)
    for i, (link, row, duty) in enumerate(zip(desk.links, desk.rows, desk.duties, strict=True)):
        name = plan.names["links"][link]
        of = [laws.get(f"{name}: {what}", -1) for what in ("review", "hold", "preparation", "completion", "lag")]
        who = (first["links"] + link, row, duty.firms, firms)
        told_apart = not desk.general and _population(world, name) == duty.firms
        longest = longest_plain_review(world.cases, number, i, [law - first["laws"] for law in of])
        depth = 1 << longest.bit_length() if longest >= 0 and not told_apart else 0
        plain = (rows if depth else -1, depth - 1)
        duties[i] = *who, duty.files_every, duty.pool, duty.queue, *of, *plain, members if told_apart else -1
        firms, rows = firms + duty.firms, rows + 2 * depth
        members += duty.firms if told_apart else 0
    return duties, rows


def _may_wait(world: "World", desk: DeskPlan) -> NDArray[np.bool_]:
    """By link: whether decisions or releases may ever be put off."""
    pulled = {pull.row for pull in world.cases.first.pulls if pull.effect.lever is Lever.SUSPENDED}
    limited = [world.floor.card("links", link)[at.LINK_LIMITED] > 0 for link in desk.links]
    return np.array([row in pulled or shut for row, shut in zip(desk.rows, limited, strict=True)])


def _population(world: "World", link: str) -> int:
    """How many firms the buyer of a link stands for; 0 if it is one."""
    firms = world.cases.first.populations.get(link.split(" > ", 1)[1].split(": ", 1)[0])
    return 0 if firms is None else firms.count


def _by_firm(world: "World", duties: Cards) -> State:
    """Parcels by firm, all alike until their population says how they differ."""
    counts = [int(duty[parts.DUTY_FIRMS]) for duty in duties if duty[parts.DUTY_MEMBERS] >= 0]
    found = np.zeros((3, sum(counts), world.cases.size))
    found[0] = np.repeat([1.0 / count for count in counts], counts)[:, np.newaxis]
    return found


def _own_integers(world: "World", desk: DeskPlan) -> Cards:
    me = np.zeros(parts.SELF_COLUMNS, np.int64)
    me[parts.SELF_AGAIN], me[parts.SELF_GENERAL] = desk.again, desk.general
    me[parts.SELF_QUEUES], me[parts.SELF_WORKING] = any(duty.pool >= 0 for duty in desk.duties), desk.working
    pulled = {pull.row for pull in world.cases.first.pulls if pull.effect.lever in _CHANGING}
    me[parts.SELF_CHANGES] = not desk.in_force or bool(pulled & set(desk.rows))
    if desk.working:
        me[parts.SELF_FIRST] = working_clock(desk.country, world.start, world.cases.first.days).first
    return me


_CHANGING = (Lever.LICENSED, Lever.SUSPENDED, Lever.BARRED, Lever.GENERAL)
"""Levers that change what needs a licence, or whether anything is decided."""


def _reviewers(numbers: State) -> State:
    """A heap of next-free times by pool and case; where there are fewer than elsewhere, the others are never free."""
    limited = numbers[np.isfinite(numbers)]
    free = np.full((*numbers.shape, int(limited.max()) if limited.size else 1), math.inf)
    for pool, row in enumerate(numbers):
        for k, n in enumerate(row):
            if math.isfinite(n):
                free[pool, k, : int(n)] = -math.inf
    return free


def _clock(world: "World", desk: DeskPlan) -> tuple[Cards, Cards]:
    if not desk.working:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    clock = working_clock(desk.country, world.start, world.cases.first.days)
    return np.array(clock.count, np.int64), np.array(clock.day_of, np.int64)
