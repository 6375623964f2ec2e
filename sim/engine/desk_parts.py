"""What lies on the desk of a licence authority: its columns and fields, and the lists that applications stand in.

Applications are parcels in a pool of slots, the same slots for all cases. A slot stands in one list at a time: of the
free ones, of a day of its link on which something happens to it, or of a class that waits for a reviewer.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import compiled, inner
from sim.engine.transit import Cards, Keys, State

Marks = NDArray[np.int32]

RING = 512
"""Days ahead that a link's ring of parcels reaches; what is due later is looked at again on the way."""
NEVER = 1e9
GENERAL = 0
"""Number of the application for a general licence among those filed on a day; those of firms count from 1."""

# What becomes of a parcel when it is due: it is filed, decided, shipped, its order returns to the book, it is gone.
PREPARED, UNDER_REVIEW, CLEARED, AGAIN, DONE, QUEUED = range(6)

# Columns of the integer card of a link before an authority; -1 for a law that takes no time.
(
    DUTY_LINK,
    DUTY_VERDICT,
    DUTY_FIRMS,
    DUTY_FIRST,  # row of its first firm
    DUTY_FILES_EVERY,
    DUTY_POOL,
    DUTY_QUEUE,
    DUTY_REVIEW,
    DUTY_HOLD,
    DUTY_PREPARATION,
    DUTY_COMPLETION,
    DUTY_LAG,
    DUTY_PLAIN,  # first row of its ring of filings, where nothing is left to luck; else -1
    DUTY_MASK,
    DUTY_MEMBERS,  # first row of its parcels by firm where parcel i is firm i's of a population, else -1
    DUTY_COLUMNS,
) = range(16)
# Columns of the authority's own integers.
(
    SELF_AGAIN,
    SELF_GENERAL,
    SELF_QUEUES,  # 1 if some reviewers are limited in number
    SELF_WORKING,
    SELF_FIRST,
    SELF_CHANGES,  # 1 if what needs a licence, or is decided at all, may change
    SELF_COLUMNS,
) = range(7)
# Fields of a parcel.
GOODS, DUE, PARCEL_FIELDS = range(3)
# Integers of a parcel: the next on its list, the day it was filed, its number among those of the link, its stage, link.
NEXT, FILED, PART, STAGE, OF, MARK_FIELDS = range(6)
# Numbers of the authority by case.
OWN_AGAIN_AFTER, OWN_VALIDITY, OWN_LIMIT, OWN_RETURNED, OWN_CAP, OWN_FIELDS = range(6)


class Desk(NamedTuple):
    """Everything an authority works with."""

    me: Cards
    duties: Cards
    """Shape (link, column)."""
    own: State
    """Shape (field, case)."""
    pools: Cards
    """First class that each pool of reviewers serves, and the first it no longer does."""
    free: State
    """A heap of next-free times for each pool and case, shape (pool, case, reviewer)."""
    worked: Cards
    """Working days of the authority so far, by day."""
    day_of: Cards
    heads: Marks
    """First slot due, shape (link, day of the ring, case)."""
    queues: Marks
    """First and last slot that waits for a reviewer, shape (class, 2, case)."""
    firsts: Marks
    """Slot of the application each firm prepares, or -1; shape (firm, case)."""
    prepared: State
    """When each firm's first application is ready; inf until licences are needed. Shape (firm, case)."""
    parcels: State
    marks: Marks
    unused: Marks
    """First free slot, and how many there are; shape (2, case)."""
    filings: State
    """Rings of days filed, of plain links: goods in each parcel, then days due; shape (row, case)."""
    spans: Cards
    """First and last day on which what was filed on a day is due in some case, the first later where nothing was."""
    by_firm: State
    """For firms of populations: share of each in what is filed, released today, denied today; shape (3, firm, case)."""
    cards: Cards
    state: State
    keys: Keys
    verdicts: Keys
    tables: State


@inner
def row_of(day: int, due: float) -> int:
    """Row of the ring for something due, seen from `day`: its day, or the last day in reach."""
    return max(day, min(int(math.ceil(due)), day + RING - 1)) % RING


@inner
def take_slot(k: int, desk: Desk) -> int:
    """A free slot."""
    slot = desk.unused[0, k]
    desk.unused[0, k] = desk.marks[NEXT, slot, k]
    desk.unused[1, k] -= 1
    return int(slot)


@inner
def give_back(k: int, slot: int, desk: Desk) -> None:
    """A slot is free again."""
    desk.marks[NEXT, slot, k] = desk.unused[0, k]
    desk.unused[0, k] = slot
    desk.unused[1, k] += 1


@inner
def put(k: int, i: int, slot: int, row: int, desk: Desk) -> None:
    """A slot stands on a day of its link."""
    desk.marks[NEXT, slot, k] = desk.heads[i, row, k]
    desk.heads[i, row, k] = slot


@inner
def join_queue(k: int, queue: int, slot: int, desk: Desk) -> None:
    """A slot waits behind all others of its class."""
    desk.marks[NEXT, slot, k] = -1
    if desk.queues[queue, 0, k] < 0:
        desk.queues[queue, 0, k] = slot
    else:
        desk.marks[NEXT, desk.queues[queue, 1, k], k] = slot
    desk.queues[queue, 1, k] = slot


@inner
def leave_queue(k: int, pool: int, desk: Desk) -> int:
    """The slot that a pool's reviewers take next, the lowest rank and then the longest wait first; -1 if none waits."""
    for queue in range(desk.pools[pool, 0], desk.pools[pool, 1]):
        slot = desk.queues[queue, 0, k]
        if slot >= 0:
            desk.queues[queue, 0, k] = desk.marks[NEXT, slot, k]
            return int(slot)
    return -1


@compiled
def in_parcels(i: int, heads: Marks, queues: Marks, parcels: State, marks: Marks, filed: State) -> None:
    """Goods of one link that stand in parcels, by firm and case; what waits to return to the book is none."""
    for k in range(filed.shape[1]):
        for row in range(RING):
            add_up(i, k, heads[i, row, k], parcels, marks, filed)
        for queue in range(len(queues)):
            add_up(i, k, queues[queue, 0, k], parcels, marks, filed)


@inner
def add_up(i: int, k: int, first: int, parcels: State, marks: Marks, filed: State) -> None:
    """Add the parcels of a list that are of one link."""
    slot = first
    while slot >= 0:
        if marks[OF, slot, k] == i and marks[STAGE, slot, k] != AGAIN:
            filed[(marks[PART, slot, k] - 1) % len(filed), k] += parcels[GOODS, slot, k]
        slot = marks[NEXT, slot, k]
