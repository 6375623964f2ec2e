"""The compiled day of a licence authority: decide and release in the morning, file in the evening."""

import numpy as np

from sim.engine import layout as at
from sim.engine.applications import assign, file_general, file_singles
from sim.engine.chance import draw_part, draw_row
from sim.engine.compiled import compiled, inner
from sim.engine.decisions import decide, let_go, put_off, ship_under_general
from sim.engine.desk_parts import (
    DUTY_FILES_EVERY,
    DUTY_FIRMS,
    DUTY_FIRST,
    DUTY_LINK,
    DUTY_PLAIN,
    DUTY_PREPARATION,
    RING,
    SELF_CHANGES,
    SELF_GENERAL,
    SELF_QUEUES,
    Desk,
    Marks,
)
from sim.engine.plain_desk import decide_plain, file_plain, move_to_slots, some_plain_due
from sim.engine.transit import Card, Cards, Keys, State


@compiled
def morning(
    day: int, me: Cards, duties: Cards, own: State, pools: Cards, free: State, worked: Cards, day_of: Cards,
    heads: Marks, queues: Marks, firsts: Marks, prepared: State, parcels: State, marks: Marks, unused: Marks,
    filings: State, spans: Cards, by_firm: State, cards: Cards, state: State, keys: Keys, verdicts: Keys, tables: State,
) -> None:  # fmt: skip
    """The authority's morning, for all links and cases."""
    desk = Desk(me, duties, own, pools, free, worked, day_of, heads, queues, firsts, prepared, parcels, marks, unused,
                filings, spans, by_firm, cards, state, keys, verdicts, tables)  # fmt: skip
    for i in range(len(duties)):
        link_morning(day, i, state[cards[0, at.HEAD_SCRATCH]], desk)


@compiled
def evening(
    day: int, me: Cards, duties: Cards, own: State, pools: Cards, free: State, worked: Cards, day_of: Cards,
    heads: Marks, queues: Marks, firsts: Marks, prepared: State, parcels: State, marks: Marks, unused: Marks,
    filings: State, spans: Cards, by_firm: State, cards: Cards, state: State, keys: Keys, verdicts: Keys, tables: State,
) -> None:  # fmt: skip
    """The evening, for all links and cases: on filing days, an application for what is ready to ship."""
    desk = Desk(me, duties, own, pools, free, worked, day_of, heads, queues, firsts, prepared, parcels, marks, unused,
                filings, spans, by_firm, cards, state, keys, verdicts, tables)  # fmt: skip
    transit = state[cards[0, at.HEAD_SCRATCH]]
    for i in range(len(duties)):
        if day % duties[i, DUTY_FILES_EVERY] != 0:
            continue
        if file(day, i, desk):
            decide_tonight(day, i, transit, desk)
    if me[SELF_QUEUES] and assign(day, desk):
        for i in range(len(duties)):
            decide_tonight(day, i, transit, desk)


@compiled
def give_slots(
    day: int, i: int, me: Cards, duties: Cards, own: State, pools: Cards, free: State, worked: Cards, day_of: Cards,
    heads: Marks, queues: Marks, firsts: Marks, prepared: State, parcels: State, marks: Marks, unused: Marks,
    filings: State, spans: Cards, by_firm: State, cards: Cards, state: State, keys: Keys, verdicts: Keys, tables: State,
) -> None:  # fmt: skip
    """Slots for everything before the authority on one plain link."""
    desk = Desk(me, duties, own, pools, free, worked, day_of, heads, queues, firsts, prepared, parcels, marks, unused,
                filings, spans, by_firm, cards, state, keys, verdicts, tables)  # fmt: skip
    move_to_slots(day, i, desk)


@inner
def file(day: int, i: int, desk: Desk) -> bool:
    """File what is ready on one link; true if something is decided on the very day."""
    if desk.duties[i, DUTY_PLAIN] >= 0:
        return file_plain(day, i, desk)
    return file_general(day, i, desk) if desk.me[SELF_GENERAL] else file_singles(day, i, desk)


@inner
def link_morning(day: int, i: int, transit: State, desk: Desk) -> None:
    """The morning of one link."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    begin_day(lane, desk.state)
    is_due = some_due(day, i, desk)
    if is_due or desk.me[SELF_CHANGES] or desk.me[SELF_GENERAL]:
        draw_row(desk.cards[lane[at.LINK_TRANSIT]], day, desk.state, desk.keys, desk.tables, transit)
    if desk.me[SELF_CHANGES]:
        put_off(day, i, desk)
        let_go(day, i, transit, desk)
    if is_due:
        decide_all(day, i, transit, desk)
    if desk.me[SELF_GENERAL]:
        ship_under_general(day, i, transit, desk)
    if desk.me[SELF_CHANGES] or desk.me[SELF_GENERAL]:
        require(day, i, desk)


@inner
def some_due(day: int, i: int, desk: Desk) -> bool:
    """Whether something is due on one link in some case."""
    if desk.duties[i, DUTY_PLAIN] >= 0:
        return some_plain_due(day, i, desk)
    today, some = desk.heads[i, day % RING], 0
    for k in range(len(today)):
        some += 1 if today[k] >= 0 else 0
    return some > 0


@inner
def decide_all(day: int, i: int, transit: State, desk: Desk) -> None:
    """Decide what is due on one link, and let goods leave."""
    if desk.duties[i, DUTY_PLAIN] >= 0:
        decide_plain(day, i, transit, desk)
    else:
        decide(day, i, transit, desk)


@inner
def begin_day(lane: Card, state: State) -> None:
    """Counts of the day begin at nothing; where nothing is ever denied, that count never leaves it."""
    for field in (at.DESK_FILED, at.DESK_APPROVED, at.DESK_REVIEW_DAYS, at.DESK_CLEARED):
        state[lane[at.LINK_DESK] + field] = 0.0
    if lane[at.LINK_DENIED]:
        state[lane[at.LINK_DESK] + at.DESK_DENIED] = 0.0


@inner
def decide_tonight(day: int, i: int, transit: State, desk: Desk) -> None:
    """What is decided on the evening it was filed. It ships that very day; the seller has written down its own before.

    A suspended authority decides nothing in the evening either.
    """
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    draw_row(desk.cards[lane[at.LINK_TRANSIT]], day, desk.state, desk.keys, desk.tables, transit)
    put_off(day, i, desk)
    decide_all(day, i, transit, desk)
    if desk.me[SELF_GENERAL]:
        ship_under_general(day, i, transit, desk)
    shipped = desk.state[lane[at.ROW] + at.LINK_SHIPPED]
    released = desk.state[lane[at.LINK_DESK] + at.DESK_RELEASED]
    for k in range(len(shipped)):
        shipped[k] += released[k]
        released[k] = 0.0


@inner
def require(day: int, i: int, desk: Desk) -> None:
    """Which part of a link's usual flow needs a licence today, and which of its orders never get one."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    entry = desk.state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
    licensed, needed, until = entry[at.DESK_LICENSED], entry[at.DESK_NEEDED], entry[at.DESK_COVERED_UNTIL]
    general, barred = entry[at.DESK_GENERAL_SHARE], entry[at.DESK_BARRED_SHARE]
    for k in range(len(needed)):
        before = needed[k]
        needed[k] = licensed[k] * (1.0 - general[k]) if until[k] <= day else 0.0
        if barred[k] > 0.0 or entry[at.DESK_BARRED, k] > 0.0:
            bar(day, i, k, before, desk)
    if desk.duties[i, DUTY_PREPARATION] >= 0:
        prepare(day, i, licensed, desk)


@inner
def bar(day: int, i: int, k: int, before: float, desk: Desk) -> None:
    """Of new orders, and of old ones where more of the flow needs a licence than before, a share is never approved."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    mail = at.LINK_MAIL_EVEN if day % 2 == 0 else at.LINK_MAIL_ODD
    book, posted = desk.state[lane[at.ROW] + at.LINK_BOOK, k], desk.state[lane[at.ROW] + mail, k]
    needed = desk.state[lane[at.LINK_DESK] + at.DESK_NEEDED, k]
    share = desk.state[lane[at.LINK_DESK] + at.DESK_BARRED_SHARE, k]
    barred = desk.state[lane[at.LINK_DESK] + at.DESK_BARRED, k]
    if needed < before:
        barred *= needed / before
    fresh = posted * needed + max(0.0, book - barred) * max(0.0, needed - before)
    desk.state[lane[at.LINK_DESK] + at.DESK_BARRED, k] = min(book + posted, barred + share * fresh)


@inner
def prepare(day: int, i: int, licensed: State, desk: Desk) -> None:
    """On the first day licences are needed, each firm begins to prepare its first application."""
    duty = desk.duties[i]
    card = desk.cards[duty[DUTY_PREPARATION]]
    for k in range(len(licensed)):
        if licensed[k] <= 0.0:
            continue
        for part in range(1, duty[DUTY_FIRMS] + 1):
            firm = duty[DUTY_FIRST] + part - 1
            if desk.prepared[firm, k] == np.inf:
                days = draw_part(card, k, day, part, desk.state, desk.keys[card[at.LAW_KEY], k], desk.tables)
                desk.prepared[firm, k] = day + days
