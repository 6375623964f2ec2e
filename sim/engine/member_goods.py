"""Which firm's the goods are that sellers and authorities have sent on their way today.

The link's own ring is the truth: what has been added to it since the firms last looked is shared among them, whoever
sent it, and what has been taken out of it is missing to all who had goods in that row.
"""

from sim.engine import layout as at
from sim.engine.compiled import compiled, inner
from sim.engine.members import (
    BOOK,
    HELD,
    INTO_AGAIN,
    INTO_KNOWN,
    INTO_LINK,
    INTO_PARCELS,
    INTO_RING,
    INTO_ROW,
    INTO_SEEN,
    INTO_SELLER,
    LEAST,
    ON_ORDER,
    READY,
    RELEASED,
    RUN,
    SENT_BACK,
    SIZE,
    SPLIT,
    Members,
    Rows,
    scale,
    share_arrived,
    total,
)
from sim.engine.transit import Card, Cards, State


@compiled
def look_at_lanes(m: Members, j: int, parcels: Rows, cards: Cards, state: State) -> None:
    """The evening on one link into a population: what has gone under way today is some firm's."""
    lane = cards[m.into[j, INTO_LINK]]
    for k in range(state.shape[1]):
        for row in range(lane[at.LINK_MASK] + 1):
            now, known = state[lane[at.LINK_RING] + row, k], m.seen[m.into[j, INTO_SEEN] + row, k]
            if now < known:
                take_out(k, j, row, known, now, m)
        fresh = 0.0
        for row in range(lane[at.LINK_MASK] + 1):
            fresh += state[lane[at.LINK_RING] + row, k] - m.seen[m.into[j, INTO_SEEN] + row, k]
        given = m.scratch[LEAST]
        if m.into[j, INTO_PARCELS] >= 0:
            follow_parcels(k, j, fresh, given, lane, m, parcels, state)
        elif fresh > 0.0:
            book = m.rows[m.into[j, INTO_ROW] + BOOK, k]
            share_arrived(fresh, int(state[m.into[j, INTO_SELLER], k]), book, m.same[SIZE, m.point[k]], given)
            for i in range(len(given)):
                book[i] = max(0.0, book[i] - given[i])
        if fresh > 0.0:
            put_under_way(k, j, fresh, given, lane, m, state)


@inner
def take_out(k: int, j: int, row: int, known: float, now: float, m: Members) -> None:
    """Goods taken off the lane are missing in proportion, and their orders are open again."""
    goods, book = m.rings[m.into[j, INTO_RING] + row, k], m.rows[m.into[j, INTO_ROW] + BOOK, k]
    part = (known - max(0.0, now)) / known
    for i in range(len(goods)):
        book[i] += goods[i] * part
        goods[i] -= goods[i] * part
    m.seen[m.into[j, INTO_SEEN] + row, k] = now


@inner
def put_under_way(k: int, j: int, fresh: float, given: Rows, lane: Card, m: Members, state: State) -> None:
    """What each firm is given stands where the lane has it, day of arrival by day of arrival."""
    for row in range(lane[at.LINK_MASK] + 1):
        now, known = state[lane[at.LINK_RING] + row, k], m.seen[m.into[j, INTO_SEEN] + row, k]
        if now <= known:
            continue
        goods, part = m.rings[m.into[j, INTO_RING] + row, k], (now - known) / fresh
        for i in range(len(given)):
            goods[i] += given[i] * part
        m.seen[m.into[j, INTO_SEEN] + row, k] = now


@compiled
def look_at_desk(m: Members, j: int, parcels: Rows, cards: Cards, state: State) -> None:
    """Before applications are filed: whose the goods are that are ready to ship, and so how large each parcel is."""
    lane, fields, first = cards[m.into[j, INTO_LINK]], m.into[j, INTO_ROW], m.into[j, INTO_PARCELS]
    for k in range(state.shape[1]):
        now, known = state[lane[at.LINK_DESK] + at.DESK_READY, k], m.known[m.into[j, INTO_KNOWN] + 1, k]
        ready, given = m.rows[fields + READY, k], m.scratch[LEAST]
        if now > known:
            book = m.rows[fields + BOOK, k]
            share_arrived(now - known, int(state[m.into[j, INTO_SELLER], k]), book, m.same[SIZE, m.point[k]], given)
            for i in range(len(given)):
                book[i] = max(0.0, book[i] - given[i])
                ready[i] += given[i]
        m.known[m.into[j, INTO_KNOWN] + 1, k] = now
        whole = total(ready)
        if whole > 0.0:
            for i in range(len(ready)):
                parcels[SPLIT, first + i, k] = ready[i] / whole


@inner
def follow_parcels(
    k: int, j: int, fresh: float, given: Rows, lane: Card, m: Members, parcels: Rows, state: State
) -> None:
    """Where parcel i is firm i's: what was filed, released and sent back today; the rest goes by open orders."""
    fields, first, desk = m.into[j, INTO_ROW], m.into[j, INTO_PARCELS], lane[at.LINK_DESK]
    ready, held, book = m.rows[fields + READY, k], m.rows[fields + HELD, k], m.rows[fields + BOOK, k]
    on_order, released = m.rows[fields + ON_ORDER, k], 0.0
    if state[desk + at.DESK_READY, k] <= 0.0:
        for i in range(len(ready)):
            held[i] += ready[i]
            ready[i] = 0.0
    m.known[m.into[j, INTO_KNOWN] + 1, k] = state[desk + at.DESK_READY, k]
    for i in range(len(given)):
        back = parcels[SENT_BACK, first + i, k]
        held[i] = max(0.0, held[i] - back)
        if m.into[j, INTO_AGAIN]:
            book[i] += back
        else:
            on_order[i] -= back
        # Where nothing is held any more, all that was has been let go, in parcels or not.
        given[i] = held[i] if state[desk + at.DESK_HELD, k] <= 0.0 else min(held[i], parcels[RELEASED, first + i, k])
        held[i] -= given[i]
        released += given[i]
        parcels[SENT_BACK, first + i, k] = 0.0
        parcels[RELEASED, first + i, k] = 0.0
    if fresh <= 0.0:
        return
    if released > fresh:
        scale(given, fresh / released)
    elif fresh - released > 1e-12 * fresh:
        plain = m.scratch[RUN]
        share_arrived(fresh - released, int(state[m.into[j, INTO_SELLER], k]), book, m.same[SIZE, m.point[k]], plain)
        for i in range(len(given)):
            book[i] = max(0.0, book[i] - plain[i])
            given[i] += plain[i]
