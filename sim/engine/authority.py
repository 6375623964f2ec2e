"""A licence authority: in the morning it decides what falls due, in the evening exporters file what is ready.

Applications are parcels in a pool of slots, the same slots for all cases. Each link has a ring of days, and in each
day a list of the parcels that something happens to: a decision, or the end of a customs hold.
"""

import math
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import draw_part, draw_row
from sim.engine.compiled import compiled
from sim.engine.desks import DeskPlan, working_clock
from sim.engine.draws import uniform, uniform2
from sim.engine.transit import Cards, Keys, State

if TYPE_CHECKING:
    from sim.engine.world import World

Marks = NDArray[np.int32]

RING = 512
"""Days ahead that a link's ring of parcels reaches; what is due later is looked at again on the way."""
NEVER = 1e9
UNDER_REVIEW, CLEARED, DONE = range(3)

# Columns of the integer card of a link before an authority.
DUTY_LINK, DUTY_DESK, DUTY_FIRMS, DUTY_REVIEW, DUTY_HOLD, DUTY_COLUMNS = range(6)
# Columns of the authority's own integers.
SELF_FILES_EVERY, SELF_AGAIN, SELF_GENERAL, SELF_QUEUES, SELF_WORKING, SELF_FIRST, SELF_COLUMNS = range(7)
# Fields of a parcel.
GOODS, DUE, PARCEL_FIELDS = range(3)
# Integers of a parcel: the next on its list, the day it was filed, its number within the application, its stage.
NEXT, FILED, PART, STAGE, MARK_FIELDS = range(5)
# Numbers of the authority by case.
OWN_AGAIN_AFTER, OWN_VALIDITY, OWN_FIELDS = range(3)


class Authority:
    """The state of one authority."""

    def __init__(self, world: "World", desk: DeskPlan, number: int):
        cases = world.cases
        self.plan, self.size = desk, cases.size
        self.duties = _duties(world, desk)
        self.me = _own_integers(world, desk)
        self.own = np.empty((OWN_FIELDS, self.size))
        self.own[OWN_AGAIN_AFTER] = cases.by_case(lambda p: p.waits[number][0])
        self.own[OWN_VALIDITY] = cases.by_case(lambda p: p.waits[number][1])
        self.free = _reviewers(cases.by_case(lambda p: p.reviewers[number]))
        self.count, self.day_of = _clock(world, desk)
        self.heads = np.full((len(desk.links), RING, self.size), -1, np.int32)
        self.waits = np.zeros((len(desk.links), RING, self.size))
        self.most = sum(desk.firms)
        self.parcels = np.zeros((PARCEL_FIELDS, 0, self.size))
        self.marks = np.zeros((MARK_FIELDS, 0, self.size), np.int32)
        self.unused = np.full((2, self.size), -1, np.int32)  # first free slot, and how many there are
        self.unused[1] = 0

    def morning(self, world: "World", day: int) -> None:
        """Decide and release what is due, and say which links need a licence today."""
        morning(day, *self._arguments(world))

    def evening(self, world: "World", day: int) -> None:
        """File what is ready."""
        if int(self.unused[1].min()) < self.most and not self.plan.general:
            self._grow()
        evening(day, *self._arguments(world))

    def _arguments(self, world: "World") -> tuple[NDArray[np.generic], ...]:
        return (
            self.me, self.duties, self.own, self.free, self.count, self.day_of, self.heads, self.waits,
            self.parcels, self.marks, self.unused, world.cards, world.links, world.desk, world.laws, world.keys,
            world.verdicts, world.tables, world.rings, world.scratch,
        )  # fmt: skip

    def _grow(self) -> None:
        """Twice the slots, the new ones put before the free ones there are."""
        slots = self.parcels.shape[1]
        more = max(slots, 4 * self.most)
        self.parcels = np.concatenate([self.parcels, np.zeros((PARCEL_FIELDS, more, self.size))], axis=1)
        marks = np.full((MARK_FIELDS, more, self.size), -1, np.int32)
        marks[NEXT, :-1] = np.arange(slots + 1, slots + more, dtype=np.int32)[:, np.newaxis]
        marks[NEXT, -1] = self.unused[0]
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
    laws = {name: r for r, name in enumerate(world.cases.first.names["laws"])}
    names = world.cases.first.names["links"]
    duties = np.zeros((len(desk.links), DUTY_COLUMNS), np.int64)
    for i, (link, row, firms) in enumerate(zip(desk.links, desk.rows, desk.firms, strict=True)):
        duties[i] = link, row, firms, laws[f"{names[link]}: review"], laws[f"{names[link]}: hold"]
    return duties


def _own_integers(world: "World", desk: DeskPlan) -> Cards:
    me = np.zeros(SELF_COLUMNS, np.int64)
    me[SELF_FILES_EVERY], me[SELF_AGAIN], me[SELF_GENERAL] = desk.files_every, desk.again, desk.general
    me[SELF_QUEUES], me[SELF_WORKING] = desk.queues, desk.working
    if desk.working:
        me[SELF_FIRST] = working_clock(desk.country, world.start, world.cases.first.days).first
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


@compiled
def morning(
    day: int,
    me: Cards,
    duties: Cards,
    own: State,
    free: State,
    count: Cards,
    day_of: Cards,
    heads: Marks,
    waits: State,
    parcels: State,
    marks: Marks,
    unused: Marks,
    cards: Cards,
    links: State,
    desk: State,
    laws: State,
    keys: Keys,
    verdicts: Keys,
    tables: State,
    rings: State,
    scratch: State,
) -> None:
    """The authority's morning, for all links and cases."""
    for i in range(len(duties)):
        duty = duties[i]
        entry = desk[duty[DUTY_DESK]]
        begin_day(day, entry, waits[i])
        transit = scratch[0]
        draw_row(cards[cards[0, at.HEAD_LINK] + duty[DUTY_LINK], at.LINK_TRANSIT], day, cards, laws, keys, tables, transit)
        lane = cards[cards[0, at.HEAD_LINK] + duty[DUTY_LINK]]
        limit = links[duty[DUTY_LINK], at.LINK_LIMIT]
        put_off(day, entry, heads[i], parcels, marks)
        let_go(day, entry, limit, transit, lane, heads[i], parcels, marks, unused, rings)
        decide(day, me, duty, own, heads[i], waits[i], parcels, marks, unused, entry, limit, transit, lane, cards,
               laws, keys, verdicts, tables, rings)  # fmt: skip
        if me[SELF_GENERAL]:
            decide_general(day, me, own, entry, verdicts[duty[DUTY_DESK]], transit, lane, rings)
        licensed, needed, until = entry[at.DESK_LICENSED], entry[at.DESK_NEEDED], entry[at.DESK_COVERED_UNTIL]
        for k in range(desk.shape[2]):
            needed[k] = 1.0 if licensed[k] > 0.0 and until[k] <= day else 0.0


@compiled
def evening(
    day: int,
    me: Cards,
    duties: Cards,
    own: State,
    free: State,
    count: Cards,
    day_of: Cards,
    heads: Marks,
    waits: State,
    parcels: State,
    marks: Marks,
    unused: Marks,
    cards: Cards,
    links: State,
    desk: State,
    laws: State,
    keys: Keys,
    verdicts: Keys,
    tables: State,
    rings: State,
    scratch: State,
) -> None:
    """The evening, for all links and cases: on filing days, an application for what is ready to ship."""
    if day % me[SELF_FILES_EVERY] != 0:
        return
    for i in range(len(duties)):
        duty = duties[i]
        entry = desk[duty[DUTY_DESK]]
        r = duty[DUTY_REVIEW]
        card = cards[cards[0, at.HEAD_LAW] + r]
        if me[SELF_GENERAL]:
            file_general(day, me, free, count, day_of, entry, card, laws[r], keys[r], tables)
            continue
        soon = file(day, me, duty, free, count, day_of, heads[i], parcels, marks, unused, entry, card, laws[r], keys[r], tables)
        if soon:
            transit = scratch[0]
            lane = cards[cards[0, at.HEAD_LINK] + duty[DUTY_LINK]]
            limit, shipped = links[duty[DUTY_LINK], at.LINK_LIMIT], links[duty[DUTY_LINK], at.LINK_SHIPPED]
            draw_row(lane[at.LINK_TRANSIT], day, cards, laws, keys, tables, transit)
            put_off(day, entry, heads[i], parcels, marks)
            decide(day, me, duty, own, heads[i], waits[i], parcels, marks, unused, entry, limit, transit, lane, cards,
                   laws, keys, verdicts, tables, rings)  # fmt: skip
            for k in range(desk.shape[2]):
                shipped[k] += entry[at.DESK_RELEASED, k]
                entry[at.DESK_RELEASED, k] = 0.0


@compiled
def begin_day(day: int, entry: State, waits: State) -> None:
    """Counts of the day begin at nothing; orders that have waited after a denial return to the book."""
    again = waits[day % RING]
    for k in range(entry.shape[1]):
        entry[at.DESK_FILED, k] = 0.0
        entry[at.DESK_APPROVED, k] = 0.0
        entry[at.DESK_DENIED, k] = 0.0
        entry[at.DESK_REVIEW_DAYS, k] = 0.0
        entry[at.DESK_REBOOKED, k] += again[k]
        again[k] = 0.0


@compiled
def decided_at(
    day: int, part: int, k: int, me: Cards, free: State, count: Cards, day_of: Cards, card: Cards, law: State,
    key: np.uint64, tables: State,
) -> float:  # fmt: skip
    """Time an application filed on `day` is decided: its review begins when a reviewer is free."""
    review = draw_part(card[at.LAW_KIND], law, k, key, day, part, card[at.LAW_TOUCHED], tables)
    begins = max(float(day), free[k, 0]) if me[SELF_QUEUES] else float(day)
    if me[SELF_WORKING]:
        decided = rules.working_days_passed(begins, review, me[SELF_FIRST], count, day_of)
    else:
        decided = begins + review
    decided = min(decided, NEVER)
    if me[SELF_QUEUES]:
        rules.busy_until(free[k], decided)
    return decided


@compiled
def file(
    day: int, me: Cards, duty: Cards, free: State, count: Cards, day_of: Cards, heads: Marks, parcels: State,
    marks: Marks, unused: Marks, entry: State, card: Cards, law: State, keys: Keys, tables: State,
) -> bool:  # fmt: skip
    """One application for what is ready, split into as many parcels as the link stands for firms.

    True if some parcel is decided on the very day.
    """
    firms, soon = duty[DUTY_FIRMS], False
    ready, filed, pending = entry[at.DESK_READY], entry[at.DESK_FILED], entry[at.DESK_PENDING]
    for k in range(entry.shape[1]):
        if ready[k] <= 0.0:
            continue
        for part in range(1, firms + 1):
            slot = unused[0, k]
            unused[0, k] = marks[NEXT, slot, k]
            unused[1, k] -= 1
            due = decided_at(day, part, k, me, free, count, day_of, card, law, keys[k], tables)
            parcels[GOODS, slot, k] = ready[k] / firms
            parcels[DUE, slot, k] = due
            marks[FILED, slot, k] = day
            marks[PART, slot, k] = part
            marks[STAGE, slot, k] = UNDER_REVIEW
            enlist(day, k, slot, due, heads, marks[NEXT])
            soon = soon or due <= day
        filed[k] += firms
        pending[k] += firms
        ready[k] = 0.0
    return soon


@compiled
def enlist(day: int, k: int, slot: int, due: float, heads: Marks, following: Marks) -> None:
    """Put a parcel on the list of the day it is due, or of the last day in reach."""
    row = max(day, min(int(math.ceil(due)), day + RING - 1)) % RING
    following[slot, k] = heads[row, k]
    heads[row, k] = slot


@compiled
def put_off(day: int, entry: State, heads: Marks, parcels: State, marks: Marks) -> None:
    """A suspended authority decides nothing: what is due is due again tomorrow, and general licences too."""
    suspended, general = entry[at.DESK_SUSPENDED], entry[at.DESK_GENERAL_DUE]
    for k in range(entry.shape[1]):
        if suspended[k] <= 0.0:
            continue
        slot = heads[day % RING, k]
        heads[day % RING, k] = -1
        while slot >= 0:
            following = marks[NEXT, slot, k]
            parcels[DUE, slot, k] = max(parcels[DUE, slot, k], day + 1.0)
            enlist(day + 1, k, slot, parcels[DUE, slot, k], heads, marks[NEXT])
            slot = following
        if general[k] <= day:
            general[k] = day + 1.0


@compiled
def decide(
    day: int, me: Cards, duty: Cards, own: State, heads: Marks, waits: State, parcels: State, marks: Marks,
    unused: Marks, entry: State, limit: State, transit: State, lane: Cards, cards: Cards, laws: State, keys: Keys,
    verdicts: Keys, tables: State, rings: State,
) -> None:  # fmt: skip
    """Go through the parcels of one link that are due: decide, hold at customs, release, or send back."""
    hold = duty[DUTY_HOLD]
    card, law, hold_keys = cards[cards[0, at.HEAD_LAW] + hold], laws[hold], keys[hold]
    verdict = verdicts[duty[DUTY_DESK]]
    row = heads[day % RING]
    for k in range(entry.shape[1]):
        slot = row[k]
        if slot < 0:
            continue
        row[k] = -1
        while slot >= 0:
            following = marks[NEXT, slot, k]
            if parcels[DUE, slot, k] <= day and marks[STAGE, slot, k] == UNDER_REVIEW:
                judge(day, k, slot, me, own, waits, parcels, marks, entry, card, law, hold_keys[k], verdict[k], tables)
            if marks[STAGE, slot, k] == CLEARED and parcels[DUE, slot, k] <= day:
                if limit[k] <= 0.0:  # approved, but the lane is shut: tomorrow again
                    parcels[DUE, slot, k] = day + 1.0
                else:
                    release(day, k, parcels[DUE, slot, k], parcels[GOODS, slot, k], transit[k], lane, entry, rings)
                    marks[STAGE, slot, k] = DONE
            if marks[STAGE, slot, k] == DONE:
                marks[NEXT, slot, k] = unused[0, k]
                unused[0, k] = slot
                unused[1, k] += 1
            else:
                enlist(day + 1, k, slot, parcels[DUE, slot, k], heads, marks[NEXT])
            slot = following


@compiled
def judge(
    day: int, k: int, slot: int, me: Cards, own: State, waits: State, parcels: State, marks: Marks, entry: State,
    card: Cards, law: State, hold_key: np.uint64, verdict: np.uint64, tables: State,
) -> None:  # fmt: skip
    """Approve or deny one parcel by the approval rate of the day; what is approved may have to wait at customs."""
    filed, part = marks[FILED, slot, k], marks[PART, slot, k]
    entry[at.DESK_PENDING, k] -= 1.0
    entry[at.DESK_REVIEW_DAYS, k] += parcels[DUE, slot, k] - filed
    if uniform2(verdict, filed, part) < entry[at.DESK_APPROVAL, k]:
        entry[at.DESK_APPROVED, k] += 1.0
        parcels[DUE, slot, k] += draw_part(
            card[at.LAW_KIND], law, k, hold_key, filed, part, card[at.LAW_TOUCHED], tables
        )
        marks[STAGE, slot, k] = CLEARED
    else:
        entry[at.DESK_DENIED, k] += 1.0
        marks[STAGE, slot, k] = DONE
        send_back(day, k, parcels[GOODS, slot, k], me, own, waits, entry)


@compiled
def send_back(day: int, k: int, goods: float, me: Cards, own: State, waits: State, entry: State) -> None:
    """Denied goods return to the seller's stock; the order returns to the book after its wait, or is cancelled."""
    entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
    entry[at.DESK_RETURNED, k] += goods
    days = min(int(math.ceil(own[OWN_AGAIN_AFTER, k])), RING - 1)
    if not me[SELF_AGAIN]:
        entry[at.DESK_CANCELLED, k] += goods
    elif days <= 0:
        entry[at.DESK_REBOOKED, k] += goods
    else:
        waits[(day + days) % RING, k] += goods


@compiled
def release(day: int, k: int, when: float, goods: float, transit: float, lane: Cards, entry: State, rings: State) -> None:
    """Goods cleared at time `when` go under way on `day`."""
    arrival = min(rules.usable_on(day, when, transit), day + lane[at.LINK_MASK])
    rings[lane[at.LINK_RING] + (arrival & lane[at.LINK_MASK]), k] += goods
    entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
    entry[at.DESK_RELEASED, k] += goods


@compiled
def let_go(
    day: int, entry: State, limit: State, transit: State, lane: Cards, heads: Marks, parcels: State, marks: Marks,
    unused: Marks, rings: State,
) -> None:  # fmt: skip
    """Where no licence is needed any more, all that is held on an open lane is released."""
    licensed, held = entry[at.DESK_LICENSED], entry[at.DESK_HELD]
    for k in range(entry.shape[1]):
        if licensed[k] > 0.0 or held[k] <= 0.0 or limit[k] <= 0.0:
            continue
        goods = entry[at.DESK_READY, k]
        for row in range(RING):
            slot = heads[row, k]
            heads[row, k] = -1
            while slot >= 0:
                following = marks[NEXT, slot, k]
                goods += parcels[GOODS, slot, k]
                marks[NEXT, slot, k] = unused[0, k]
                unused[0, k] = slot
                unused[1, k] += 1
                slot = following
        release(day, k, float(day), goods, transit[k], lane, entry, rings)
        entry[at.DESK_READY, k] = 0.0
        entry[at.DESK_PENDING, k] = 0.0
        held[k] = 0.0
        entry[at.DESK_GENERAL_DUE, k], entry[at.DESK_COVERED_UNTIL, k] = np.inf, -np.inf


@compiled
def file_general(
    day: int, me: Cards, free: State, count: Cards, day_of: Cards, entry: State, card: Cards, law: State, keys: Keys,
    tables: State,
) -> None:  # fmt: skip
    """Ask for a general licence where goods wait, none is pending and none may not be asked for yet."""
    for k in range(entry.shape[1]):
        pending = entry[at.DESK_GENERAL_DUE, k] < np.inf
        if entry[at.DESK_READY, k] <= 0.0 or pending or entry[at.DESK_NOT_BEFORE, k] > day:
            continue
        entry[at.DESK_GENERAL_DUE, k] = decided_at(day, 1, k, me, free, count, day_of, card, law, keys[k], tables)
        entry[at.DESK_GENERAL_FILED, k] = day
        entry[at.DESK_FILED, k] += 1.0
        entry[at.DESK_PENDING, k] += 1.0


@compiled
def decide_general(
    day: int, me: Cards, own: State, entry: State, verdict: Keys, transit: State, lane: Cards, rings: State
) -> None:
    """Grant or deny general licences that are due; once granted one covers the link for its validity, goods held too."""
    for k in range(entry.shape[1]):
        due = entry[at.DESK_GENERAL_DUE, k]
        if due > day:
            continue
        filed, goods = entry[at.DESK_GENERAL_FILED, k], entry[at.DESK_READY, k]
        entry[at.DESK_GENERAL_DUE, k] = np.inf
        entry[at.DESK_PENDING, k] -= 1.0
        entry[at.DESK_REVIEW_DAYS, k] += due - filed
        if uniform(verdict[k], int(filed)) < entry[at.DESK_APPROVAL, k]:
            entry[at.DESK_APPROVED, k] += 1.0
            entry[at.DESK_COVERED_UNTIL, k] = due + own[OWN_VALIDITY, k]
            entry[at.DESK_READY, k] = 0.0
            release(day, k, due, goods, transit[k], lane, entry, rings)
        else:
            entry[at.DESK_DENIED, k] += 1.0
            entry[at.DESK_NOT_BEFORE, k] = due + own[OWN_AGAIN_AFTER, k]
            if not me[SELF_AGAIN]:
                entry[at.DESK_READY, k] = 0.0
                entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
                entry[at.DESK_RETURNED, k] += goods
                entry[at.DESK_CANCELLED, k] += goods
