"""The desk of links whose licences leave nothing to luck: no slots, but a ring of days for all cases side by side.

Such an application is known by the day it was filed: a row says how many goods each of its parcels holds in every case,
another the day it is due. Goods leave parcel by parcel, those filed last first, as they do from slots, so that no bit
tells which way they went. A link whose decisions or releases must be put off gets slots and is plain no more.
"""

import numpy as np

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.compiled import inner
from sim.engine.desk_parts import (
    DUE,
    DUTY_FIRMS,
    DUTY_LINK,
    DUTY_MASK,
    DUTY_PLAIN,
    DUTY_REVIEW,
    FILED,
    GOODS,
    OF,
    OWN_LIMIT,
    PART,
    RING,
    STAGE,
    UNDER_REVIEW,
    Desk,
    put,
    take_slot,
)
from sim.engine.transit import Card, State


@inner
def filed_on(day: int, duty: Card) -> int:
    """Row of the goods filed on a day; the row of days due stands behind the ring of goods."""
    return int(duty[DUTY_PLAIN] + (day & duty[DUTY_MASK]))


@inner
def some_plain_due(day: int, i: int, desk: Desk) -> bool:
    """Whether something is due on a plain link in some case."""
    duty = desk.duties[i]
    for row in range(duty[DUTY_PLAIN], duty[DUTY_PLAIN] + duty[DUTY_MASK] + 1):
        if desk.spans[row, 0] <= day <= desk.spans[row, 1]:
            return True
    return False


@inner
def file_plain(day: int, i: int, desk: Desk) -> bool:
    """One application for what is ready on a plain link in every case; true if some is decided on the very day."""
    duty = desk.duties[i]
    desk_row = desk.cards[duty[DUTY_LINK], at.LINK_DESK]
    ready, filed = desk.state[desk_row + at.DESK_READY], desk.state[desk_row + at.DESK_FILED]
    pending, goods = desk.state[desk_row + at.DESK_PENDING], desk.filings[filed_on(day, duty)]
    firms, some = float(duty[DUTY_FIRMS]), 0
    for k in range(len(goods)):
        files = ready[k] > 0.0
        parcels = firms if files else 0.0
        goods[k] = ready[k] / firms if files else 0.0
        ready[k] = min(ready[k], 0.0)
        filed[k] += parcels
        pending[k] += parcels
        some += 1 if files else 0
    return set_due(day, i, some > 0, desk)


@inner
def set_due(day: int, i: int, some: bool, desk: Desk) -> bool:
    """Say when what was filed today is due, and between which days over all cases; true if some is due today."""
    duty = desk.duties[i]
    row, card = filed_on(day, duty), desk.cards[duty[DUTY_REVIEW], at.ROW]
    review, times = desk.state[card + at.LAW_NOW], desk.state[card + at.LAW_TIMES]
    added, limit = desk.state[card + at.LAW_ADDED], desk.own[OWN_LIMIT]
    delay = desk.state[desk.cards[duty[DUTY_LINK], at.LINK_DESK] + at.DESK_DELAY]
    due, others = desk.filings[row + duty[DUTY_MASK] + 1], 0
    for k in range(len(due)):
        due[k] = day + min(review[k], times[k] * limit[k] + added[k]) + delay[k]
    for k in range(len(due)):
        others += 1 if due[k] != due[0] else 0
    first, last = due[0], due[0]
    if others > 0:
        for k in range(len(due)):
            first, last = min(first, due[k]), max(last, due[k])
    desk.spans[row, 0], desk.spans[row, 1] = int(first), int(last) if some else int(first) - 1
    return some and first <= day


@inner
def decide_plain(day: int, i: int, transit: State, desk: Desk) -> None:
    """Approve what is due on a plain link, and let its goods leave. `transit` is left as days of arrival."""
    duty, lane = desk.duties[i], desk.cards[desk.duties[i, DUTY_LINK]]
    last = float(day + lane[at.LINK_MASK])
    for k in range(len(transit)):
        transit[k] = min(rules.usable_on(day, float(day), transit[k]), last)
    leaving = desk.state[desk.cards[0, at.HEAD_SCRATCH] + 1]
    for back in range(duty[DUTY_MASK] + 1):  # the last filed first
        row = filed_on(day - back, duty)
        if desk.spans[row, 0] <= day <= desk.spans[row, 1]:
            approve(day, i, back, leaving, desk)
            for _ in range(duty[DUTY_FIRMS]):
                leave(lane, leaving, transit, desk)


@inner
def approve(day: int, i: int, back: int, leaving: State, desk: Desk) -> None:
    """What was filed so many days back is decided in the cases in which it is due: `leaving` is a parcel's goods."""
    duty = desk.duties[i]
    row, desk_row = filed_on(day - back, duty), desk.cards[duty[DUTY_LINK], at.LINK_DESK]
    goods, due = desk.filings[row], desk.filings[row + duty[DUTY_MASK] + 1]
    approved, pending = desk.state[desk_row + at.DESK_APPROVED], desk.state[desk_row + at.DESK_PENDING]
    review_days, firms = desk.state[desk_row + at.DESK_REVIEW_DAYS], float(duty[DUTY_FIRMS])
    for k in range(len(goods)):
        is_due = due[k] == day
        leaving[k] = goods[k] if is_due else 0.0
        goods[k] -= leaving[k]  # all of it, or nothing
        parcels = firms if leaving[k] > 0.0 else 0.0
        pending[k] -= parcels
        approved[k] += parcels
        review_days[k] += parcels * back


@inner
def leave(lane: Card, leaving: State, arrival: State, desk: Desk) -> None:
    """A parcel goes under way in every case."""
    held = desk.state[lane[at.LINK_DESK] + at.DESK_HELD]
    released = desk.state[lane[at.LINK_DESK] + at.DESK_RELEASED]
    for k in range(len(leaving)):
        held[k] = max(0.0, held[k] - leaving[k])
        released[k] += leaving[k]
    # Unsigned, because numba takes a signed number for one that may count from the end.
    ring, mask = np.uint64(lane[at.LINK_RING]), np.uint64(lane[at.LINK_MASK])
    for k in range(len(leaving)):
        desk.state[ring + (np.uint64(int(arrival[k])) & mask), k] += leaving[k]


@inner
def gather(day: int, i: int, k: int, desk: Desk) -> float:
    """Take all that one case has before the authority off a plain link and return its goods, added up as in slots."""
    duty, goods = desk.duties[i], 0.0
    for place in range(RING):
        ahead = (place - day) % RING
        if ahead > duty[DUTY_MASK]:
            continue
        for back in range(1, duty[DUTY_MASK] + 1):
            row = filed_on(day - back, duty)
            if desk.filings[row + duty[DUTY_MASK] + 1, k] == day + ahead:
                for _ in range(duty[DUTY_FIRMS]):
                    goods += desk.filings[row, k]
                desk.filings[row, k] = 0.0
    return goods


@inner
def move_to_slots(day: int, i: int, desk: Desk) -> None:
    """Everything before the authority on a plain link gets slots, in the order in which it would have got them."""
    duty = desk.duties[i]
    for back in range(duty[DUTY_MASK], 0, -1):
        row = filed_on(day - back, duty)
        goods, due = desk.filings[row], desk.filings[row + duty[DUTY_MASK] + 1]
        for k in range(len(goods)):
            if goods[k] > 0.0 and due[k] >= day:
                for part in range(1, duty[DUTY_FIRMS] + 1):
                    slot = take_slot(k, desk)
                    desk.parcels[GOODS, slot, k], desk.parcels[DUE, slot, k] = goods[k], due[k]
                    desk.marks[FILED, slot, k], desk.marks[PART, slot, k] = day - back, part
                    desk.marks[STAGE, slot, k], desk.marks[OF, slot, k] = UNDER_REVIEW, i
                    put(k, i, slot, int(due[k]) % RING, desk)
                goods[k] = 0.0
