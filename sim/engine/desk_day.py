"""The compiled day of a licence authority: decide and release in the morning, file in the evening.

Applications are parcels in a pool of slots, the same slots for all cases. Each link has a ring of days, and in each
day a list of the parcels that something happens to: a decision, or the end of a customs hold.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import draw_part, draw_row
from sim.engine.compiled import compiled, inner
from sim.engine.draws import CONSTANT, uniform, uniform2
from sim.engine.transit import Cards, Keys, State

Marks = NDArray[np.int32]

RING = 512
"""Days ahead that a link's ring of parcels reaches; what is due later is looked at again on the way."""
NEVER = 1e9
UNDER_REVIEW, CLEARED, DONE = range(3)

# Columns of the integer card of a link before an authority.
DUTY_LINK, DUTY_VERDICT, DUTY_FIRMS, DUTY_REVIEW, DUTY_HOLD, DUTY_COLUMNS = range(6)
# Columns of the authority's own integers.
(
    SELF_FILES_EVERY,
    SELF_AGAIN,
    SELF_WAITS,  # 1 if denied orders wait before they return to the book
    SELF_GENERAL,
    SELF_QUEUES,
    SELF_WORKING,
    SELF_FIRST,
    SELF_CHANGES,  # 1 if a shock may impose, lift or suspend the regime
    SELF_COLUMNS,
) = range(9)
# Fields of a parcel.
GOODS, DUE, PARCEL_FIELDS = range(3)
# Integers of a parcel: the next on its list, the day it was filed, its number within the application, its stage.
NEXT, FILED, PART, STAGE, MARK_FIELDS = range(5)
# Numbers of the authority by case.
OWN_AGAIN_AFTER, OWN_VALIDITY, OWN_FIELDS = range(3)


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
    state: State,
    keys: Keys,
    verdicts: Keys,
    tables: State,
) -> None:
    """The authority's morning, for all links and cases."""
    transit = state[cards[0, at.HEAD_SCRATCH]]
    for i in range(len(duties)):
        duty, lane = duties[i], cards[duties[i, DUTY_LINK]]
        entry = state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
        begin_day(entry)
        if me[SELF_WAITS]:
            return_to_book(day, entry, waits[i])
        draw_row(cards[lane[at.LINK_TRANSIT]], day, state, keys, tables, transit)
        if me[SELF_CHANGES]:
            put_off(day, entry, heads[i], parcels, marks)
            let_go(day, entry, transit, lane, heads[i], parcels, marks, unused, state)
        decide(day, me, duty, own, heads[i], waits[i], parcels, marks, unused, entry, transit, lane, cards, state, keys,
               verdicts, tables)  # fmt: skip
        if me[SELF_GENERAL]:
            decide_general(day, me, own, entry, verdicts[duty[DUTY_VERDICT]], transit, lane, state)
        if me[SELF_CHANGES] or me[SELF_GENERAL]:
            licensed, needed, until = entry[at.DESK_LICENSED], entry[at.DESK_NEEDED], entry[at.DESK_COVERED_UNTIL]
            for k in range(len(transit)):
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
    state: State,
    keys: Keys,
    verdicts: Keys,
    tables: State,
) -> None:
    """The evening, for all links and cases: on filing days, an application for what is ready to ship."""
    if day % me[SELF_FILES_EVERY] != 0:
        return
    transit = state[cards[0, at.HEAD_SCRATCH]]
    for i in range(len(duties)):
        duty, lane = duties[i], cards[duties[i, DUTY_LINK]]
        entry = state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
        card = cards[duty[DUTY_REVIEW]]
        verdict = verdicts[duty[DUTY_VERDICT]]
        if me[SELF_GENERAL]:
            file_general(day, me, free, count, day_of, entry, card, state, keys[card[at.LAW_KEY]], tables)
            draw_row(cards[lane[at.LINK_TRANSIT]], day, state, keys, tables, transit)
            decide_general(day, me, own, entry, verdict, transit, lane, state)
            ship_tonight(entry, lane, state)
        elif file(day, me, duty, free, count, day_of, heads[i], parcels, marks, unused, entry, card, state,
                  keys[card[at.LAW_KEY]], tables):  # fmt: skip
            draw_row(cards[lane[at.LINK_TRANSIT]], day, state, keys, tables, transit)
            put_off(day, entry, heads[i], parcels, marks)
            decide(day, me, duty, own, heads[i], waits[i], parcels, marks, unused, entry, transit, lane, cards, state,
                   keys, verdicts, tables)  # fmt: skip
            ship_tonight(entry, lane, state)


@inner
def ship_tonight(entry: State, lane: Cards, state: State) -> None:
    """What is released in the evening was shipped on the very day; the seller has written down its own before."""
    shipped, released = state[lane[at.ROW] + at.LINK_SHIPPED], entry[at.DESK_RELEASED]
    for k in range(len(shipped)):
        shipped[k] += released[k]
        released[k] = 0.0


@inner
def begin_day(entry: State) -> None:
    """Counts of the day begin at nothing."""
    entry[at.DESK_FILED] = 0.0
    entry[at.DESK_APPROVED] = 0.0
    entry[at.DESK_DENIED] = 0.0
    entry[at.DESK_REVIEW_DAYS] = 0.0


@inner
def return_to_book(day: int, entry: State, waits: State) -> None:
    """Orders that have waited after a denial return to the book."""
    again, rebooked = waits[day % RING], entry[at.DESK_REBOOKED]
    for k in range(len(again)):
        rebooked[k] += again[k]
        again[k] = 0.0


@inner
def decided_at(
    day: int, part: int, k: int, me: Cards, free: State, count: Cards, day_of: Cards, card: Cards, state: State,
    key: np.uint64, tables: State,
) -> float:  # fmt: skip
    """Time an application filed on `day` is decided: its review begins when a reviewer is free."""
    review = draw_part(card, k, day, part, state, key, tables)
    begins = max(float(day), free[k, 0]) if me[SELF_QUEUES] else float(day)
    if me[SELF_WORKING]:
        decided = rules.working_days_passed(begins, review, me[SELF_FIRST], count, day_of)
    else:
        decided = begins + review
    decided = min(decided, NEVER)
    if me[SELF_QUEUES]:
        rules.busy_until(free[k], decided)
    return decided


@inner
def file(
    day: int, me: Cards, duty: Cards, free: State, count: Cards, day_of: Cards, heads: Marks, parcels: State,
    marks: Marks, unused: Marks, entry: State, card: Cards, state: State, keys: Keys, tables: State,
) -> bool:  # fmt: skip
    """One application for what is ready, split into as many parcels as the link stands for firms.

    True if some parcel is decided on the very day.
    """
    firms, soon = duty[DUTY_FIRMS], False
    ready, filed, pending = entry[at.DESK_READY], entry[at.DESK_FILED], entry[at.DESK_PENDING]
    goods, due, following = parcels[GOODS], parcels[DUE], marks[NEXT]
    plain = card[at.LAW_KIND] == CONSTANT and not me[SELF_WORKING] and not me[SELF_QUEUES]
    review, delay = state[card[at.ROW] + at.LAW_NOW], entry[at.DESK_DELAY]
    for k in range(entry.shape[1]):
        if ready[k] <= 0.0:
            continue
        each = ready[k] / firms
        for part in range(1, firms + 1):
            slot = unused[0, k]
            unused[0, k] = following[slot, k]
            if plain:
                when = min(day + review[k] + delay[k], NEVER)
            else:
                when = decided_at(day, part, k, me, free, count, day_of, card, state, keys[k], tables) + delay[k]
            goods[slot, k] = each
            due[slot, k] = when
            marks[FILED, slot, k] = day
            marks[PART, slot, k] = part
            marks[STAGE, slot, k] = UNDER_REVIEW
            row = row_of(day, when)
            following[slot, k] = heads[row, k]
            heads[row, k] = slot
            soon = soon or when <= day
        unused[1, k] -= firms
        filed[k] += firms
        pending[k] += firms
        ready[k] = 0.0
    return soon


@inner
def row_of(day: int, due: float) -> int:
    """Row of the ring for something due, seen from `day`: its day, or the last day in reach."""
    return max(day, min(int(math.ceil(due)), day + RING - 1)) % RING


@inner
def put_off(day: int, entry: State, heads: Marks, parcels: State, marks: Marks) -> None:
    """A suspended authority decides nothing: what is to be decided is due tomorrow. What is approved goes on."""
    suspended = entry[at.DESK_SUSPENDED]
    for k in range(entry.shape[1]):
        if suspended[k] <= 0.0:
            continue
        slot = heads[day % RING, k]
        heads[day % RING, k] = -1
        while slot >= 0:
            following, row = marks[NEXT, slot, k], day % RING
            if marks[STAGE, slot, k] == UNDER_REVIEW:
                parcels[DUE, slot, k] = max(parcels[DUE, slot, k], day + 1.0)
                row = row_of(day + 1, parcels[DUE, slot, k])
            marks[NEXT, slot, k] = heads[row, k]
            heads[row, k] = slot
            slot = following


@inner
def decide(
    day: int, me: Cards, duty: Cards, own: State, heads: Marks, waits: State, parcels: State, marks: Marks,
    unused: Marks, entry: State, transit: State, lane: Cards, cards: Cards, state: State, keys: Keys, verdicts: Keys,
    tables: State,
) -> None:  # fmt: skip
    """Go through the parcels of one link that are due: judge, hold at customs, release, or send back.

    One loop without calls that hand arrays on, since it runs for every parcel of every case.
    """
    card = cards[duty[DUTY_HOLD]]
    hold_now, hold_key, verdict = state[card[at.ROW] + at.LAW_NOW], keys[card[at.LAW_KEY]], verdicts[duty[DUTY_VERDICT]]
    limit = state[lane[at.ROW] + at.LINK_LIMIT]
    certain_hold = card[at.LAW_KIND] == CONSTANT
    goods, due, following, stage = parcels[GOODS], parcels[DUE], marks[NEXT], marks[STAGE]
    held, released, approval = entry[at.DESK_HELD], entry[at.DESK_RELEASED], entry[at.DESK_APPROVAL]
    ring, mask = lane[at.LINK_RING], lane[at.LINK_MASK]
    today = heads[day % RING]
    for k in range(entry.shape[1]):
        slot = today[k]
        if slot < 0:
            continue
        today[k] = -1
        while slot >= 0:
            upcoming = following[slot, k]
            when = due[slot, k]
            if when <= day and stage[slot, k] == UNDER_REVIEW:
                filed, part = marks[FILED, slot, k], marks[PART, slot, k]
                entry[at.DESK_PENDING, k] -= 1.0
                entry[at.DESK_REVIEW_DAYS, k] += when - filed
                # An approval of 1 needs no luck: every draw is below it.
                if approval[k] >= 1.0 or uniform2(verdict[k], filed, part) < approval[k]:
                    entry[at.DESK_APPROVED, k] += 1.0
                    if certain_hold:
                        when += hold_now[k]
                    else:
                        when += draw_part(card, k, filed, part, state, hold_key[k], tables)
                    stage[slot, k] = CLEARED
                else:
                    entry[at.DESK_DENIED, k] += 1.0
                    send_back(day, k, goods[slot, k], me, own, waits, entry)
                    stage[slot, k] = DONE
            if stage[slot, k] == CLEARED and when <= day:
                if limit[k] <= 0.0:  # approved, but the lane is shut: tomorrow again
                    when = day + 1.0
                else:
                    amount = goods[slot, k]
                    arrival = int(min(rules.usable_on(day, when, transit[k]), day + mask))
                    state[ring + (arrival & mask), k] += amount
                    held[k] = max(0.0, held[k] - amount)
                    released[k] += amount
                    stage[slot, k] = DONE
            if stage[slot, k] == DONE:
                following[slot, k] = unused[0, k]
                unused[0, k] = slot
                unused[1, k] += 1
            else:
                due[slot, k] = when
                row = row_of(day + 1, when)
                following[slot, k] = heads[row, k]
                heads[row, k] = slot
            slot = upcoming


@inner
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


@inner
def release(
    day: int, k: int, when: float, goods: float, transit: float, lane: Cards, entry: State, state: State
) -> None:
    """Goods cleared at time `when` go under way on `day`."""
    arrival = int(min(rules.usable_on(day, when, transit), day + lane[at.LINK_MASK]))
    state[lane[at.LINK_RING] + (arrival & lane[at.LINK_MASK]), k] += goods
    entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
    entry[at.DESK_RELEASED, k] += goods


@inner
def let_go(
    day: int, entry: State, transit: State, lane: Cards, heads: Marks, parcels: State, marks: Marks, unused: Marks,
    state: State,
) -> None:  # fmt: skip
    """Where no licence is needed any more, all that is held on an open lane is released."""
    licensed, held, limit = entry[at.DESK_LICENSED], entry[at.DESK_HELD], state[lane[at.ROW] + at.LINK_LIMIT]
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
        release(day, k, float(day), goods, transit[k], lane, entry, state)
        entry[at.DESK_READY, k] = 0.0
        entry[at.DESK_PENDING, k] = 0.0
        held[k] = 0.0
        entry[at.DESK_GENERAL_DUE, k], entry[at.DESK_COVERED_UNTIL, k] = np.inf, -np.inf


@inner
def file_general(
    day: int, me: Cards, free: State, count: Cards, day_of: Cards, entry: State, card: Cards, state: State, keys: Keys,
    tables: State,
) -> None:  # fmt: skip
    """Ask for a general licence where goods wait, none is pending and none may not be asked for yet."""
    for k in range(entry.shape[1]):
        pending = entry[at.DESK_GENERAL_DUE, k] < np.inf
        if entry[at.DESK_READY, k] <= 0.0 or pending or entry[at.DESK_NOT_BEFORE, k] > day:
            continue
        decided = decided_at(day, 1, k, me, free, count, day_of, card, state, keys[k], tables)
        entry[at.DESK_GENERAL_DUE, k] = decided + entry[at.DESK_DELAY, k]
        entry[at.DESK_GENERAL_FILED, k] = day
        entry[at.DESK_FILED, k] += 1.0
        entry[at.DESK_PENDING, k] += 1.0


@inner
def decide_general(
    day: int, me: Cards, own: State, entry: State, verdict: Keys, transit: State, lane: Cards, state: State
) -> None:
    """Grant or deny general licences that are due; once granted, one covers the link for its validity.

    Goods held leave under it as soon as the lane is open.
    """
    limit = state[lane[at.ROW] + at.LINK_LIMIT]
    for k in range(entry.shape[1]):
        due = entry[at.DESK_GENERAL_DUE, k]
        if due <= day and entry[at.DESK_SUSPENDED, k] > 0.0:
            entry[at.DESK_GENERAL_DUE, k] = due = day + 1.0
        elif due <= day:
            judge_general(day, k, due, me, own, entry, verdict[k])
        goods = entry[at.DESK_READY, k]
        if goods > 0.0 and entry[at.DESK_COVERED_UNTIL, k] > day and limit[k] > 0.0:
            when = due if due <= day else float(day)
            entry[at.DESK_READY, k] = 0.0
            release(day, k, when, goods, transit[k], lane, entry, state)


@inner
def judge_general(day: int, k: int, due: float, me: Cards, own: State, entry: State, verdict: np.uint64) -> None:
    """Decide one application for a general licence."""
    filed, goods = entry[at.DESK_GENERAL_FILED, k], entry[at.DESK_READY, k]
    entry[at.DESK_GENERAL_DUE, k] = np.inf
    entry[at.DESK_PENDING, k] -= 1.0
    entry[at.DESK_REVIEW_DAYS, k] += due - filed
    if uniform(verdict, int(filed)) < entry[at.DESK_APPROVAL, k]:
        entry[at.DESK_APPROVED, k] += 1.0
        entry[at.DESK_COVERED_UNTIL, k] = due + own[OWN_VALIDITY, k]
        return
    entry[at.DESK_DENIED, k] += 1.0
    entry[at.DESK_NOT_BEFORE, k] = due + own[OWN_AGAIN_AFTER, k]
    if not me[SELF_AGAIN]:
        entry[at.DESK_READY, k] = 0.0
        entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
        entry[at.DESK_RETURNED, k] += goods
        entry[at.DESK_CANCELLED, k] += goods
