"""The numbers of a population's firms, and what they share out among them.

Every firm has a number in each row, one row a field, a case and a firm at a time: `rows[field, case]` is a row of
firms. Firms stand last because a case has many of them and a batch few cases. Everything a facility or a link knows
of itself is the sum over the firms, so that sellers, buyers, authorities and the books see one facility.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import inner
from sim.engine.layout import EQUAL, PROPORTIONAL

Cards = NDArray[np.int64]
Table = NDArray[np.float64]
Rows = NDArray[np.float64]

# Fields of a firm, in units of what the population makes.
(
    FINISHED,
    OWED,  # its part of the order book
    ASKED,  # what buyers have outstanding with it: its book, and what is on its way to them
    IN_PROCESS,
    EVER,  # 1 if it has ever stopped for want of an input
    FIRM_FIELDS,
) = range(6)
# Then one field for each input: its stock. Then these for each link.
(
    ON_ORDER,
    BOOK,  # ordered and in the seller's book, or waiting before an authority where firms are not told apart
    MAIL,  # ordered today
    READY,  # dispatched and not yet filed; this and the next only where parcel i is firm i's
    HELD,  # before the authority
    LINK_ROWS,
) = range(6)
# What stays the same: size as a share of all, then for each input cover in days and dependence.
SIZE, COVER, DEPENDENCE = range(3)
# Scratch rows.
RUN, WISHED, LEAST, SCRATCH_ROWS = range(4)
# Numbers by case that tell what others have changed.
KNOWN_FINISHED, KNOWN_BACKLOG, KNOWN_FIELDS = range(3)
# Columns of the card of a link into a population.
(
    INTO_LINK,  # its card
    INTO_SELLER,  # row of the rule by which its seller shares what is short
    INTO_ROW,  # first of its fields in `rows`
    INTO_RING,  # first row of its ring in `rings`
    INTO_SEEN,  # first row of `seen`, which knows how much each row of the ring should hold
    INTO_KNOWN,  # row of `known` with what is on order, then that with what is ready
    INTO_AUTHORITY,  # number of the authority whose parcel i is firm i's, or -1
    INTO_PARCELS,  # first row of the firms' parcels there
    INTO_AGAIN,  # 1 if denied orders return to the book
    INTO_COLUMNS,
) = range(10)
# Rows of an authority's parcels by firm.
SPLIT, RELEASED, SENT_BACK, PARCEL_ROWS = range(4)


class Members(NamedTuple):
    """Everything the day of a population works with."""

    plant: int
    """Its card."""
    row: int
    """First row of its own fields in the state."""
    into: Cards
    """Links into it, in the order of its inputs; shape (link, column)."""
    same: Rows
    """What stays the same, shape (field, point, firm)."""
    point: Cards
    """Point of each case."""
    rows: Rows
    """Shape (field, case, firm)."""
    rings: Rows
    """Goods on their way by day of arrival, work by day of completion, dispatch by day; shape (row, case, firm)."""
    work_ring: int
    sent_ring: int
    sent_mask: int
    window: Cards
    """Days between the dispatch of a firm and the buyers' next order, by case."""
    scratch: Rows
    """Shape (row, firm)."""
    known: Table
    """Shape (row, case)."""
    seen: Table
    """What stands in each row of the links' own rings as far as firms know, shape (row, case)."""
    cover: Rows
    """What effects make of every firm's own cover: factor, days added, days set, how far they are set; by input and
    case, shape (input, 4, case)."""


@inner
def total(row: Rows) -> float:
    """Sum over the firms, always in their order."""
    found = 0.0
    for i in range(len(row)):
        found += row[i]
    return found


@inner
def scale(row: Rows, factor: float) -> None:
    """All firms in proportion."""
    for i in range(len(row)):
        row[i] *= factor


@inner
def clear(row: Rows) -> None:
    """Nothing for anyone."""
    for i in range(len(row)):
        row[i] = 0.0


@inner
def follow_stock(row: Rows, size: Rows, known: float, now: float) -> None:
    """What others have taken is missing from all firms in proportion to what they have; what is added goes by size."""
    if now < known:
        scale(row, max(0.0, now) / known)
    elif now > known:
        for i in range(len(row)):
            row[i] += size[i] * (now - known)


@inner
def fill_up(fresh: float, asked: Rows, size: Rows, into: Rows) -> None:
    """Share new orders so that what is outstanding with each firm comes closest to its size; written to `into`.

    A firm that cannot deliver keeps the orders it has and gets no more, as a shut lane does; the others get theirs.
    """
    sizes, outstanding = total(size), total(asked)
    level = (fresh + outstanding) / sizes
    for _ in range(60):
        above_sizes, above_asked = 0.0, 0.0
        for i in range(len(asked)):
            open_to_more = level * size[i] > asked[i]
            above_sizes += size[i] if open_to_more else 0.0
            above_asked += asked[i] if open_to_more else 0.0
        if above_sizes <= 0.0:
            break
        lower = (fresh + above_asked) / above_sizes
        if lower >= level * (1.0 - 1e-15):
            break
        level = lower
    given = 0.0
    for i in range(len(asked)):
        into[i] = max(0.0, level * size[i] - asked[i])
        given += into[i]
    if given > 0.0:
        scale(into, fresh / given)
    else:
        for i in range(len(asked)):
            into[i] = fresh * size[i] / sizes


@inner
def share_arrived(goods: float, rule: int, orders: Rows, size: Rows, into: Rows) -> None:
    """Share what a seller has sent among the firms' orders, by the seller's rule; written to `into`.

    By usual flow, which goes by size, by orders, or equally; nobody gets more than ordered as long as all is ordered.
    """
    ordered = total(orders)
    if ordered <= 0.0:
        for i in range(len(orders)):
            into[i] = goods * size[i]
        return
    if rule == PROPORTIONAL or goods >= ordered * (1.0 - 1e-12):
        part = goods / ordered
        for i in range(len(orders)):
            into[i] = orders[i] * part
        return
    level, left = 0.0, goods
    for _ in range(1000):
        weights = 0.0
        for i in range(len(orders)):
            weight = 1.0 if rule == EQUAL else size[i]
            weights += weight if orders[i] > level * weight else 0.0
        if weights <= 0.0:
            break
        level += left / weights
        taken = 0.0
        for i in range(len(orders)):
            taken += min(orders[i], level * (1.0 if rule == EQUAL else size[i]))
        left = goods - taken
        if left <= 1e-15 * goods:
            break
    given = 0.0
    for i in range(len(orders)):
        into[i] = min(orders[i], level * (1.0 if rule == EQUAL else size[i]))
        given += into[i]
    if given > 0.0:
        scale(into, goods / given)
