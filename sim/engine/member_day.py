"""The day of a population, compiled: each firm receives, makes, sells and orders, and the facility is their sum."""

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import copy, value_row
from sim.engine.compiled import compiled, inner
from sim.engine.facility import dispatch, smooth_usage
from sim.engine.make import finish, start
from sim.engine.member_work import (
    count_stopped,
    cover_now,
    finish_work,
    hand_over,
    keep_to_stocks,
    offer,
    start_work,
    use_stocks,
    wish,
)
from sim.engine.members import (
    ASKED,
    BOOK,
    COVER,
    FINISHED,
    FIRM_FIELDS,
    INTO_KNOWN,
    INTO_LINK,
    INTO_PARCELS,
    INTO_RING,
    INTO_ROW,
    INTO_SEEN,
    KNOWN_BACKLOG,
    KNOWN_FIELDS,
    KNOWN_FINISHED,
    LEAST,
    MAIL,
    ON_ORDER,
    OWED,
    RUN,
    SIZE,
    Members,
    Rows,
    fill_up,
    follow_stock,
    scale,
    total,
)
from sim.engine.transit import Card, Cards, Keys, State, may_leave, read_orders, receive


@compiled
def population_day(day: int, m: Members, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """One review of one population, for all cases."""
    plant = cards[m.plant]
    shelf, first, cases = cards[plant[at.PLANT_SHELF]], plant[at.PLANT_INPUT], state.shape[1]
    for b in range(first, plant[at.PLANT_INPUT_END]):
        for k in range(cases):
            stock, known = m.rows[FIRM_FIELDS + b - first, k], m.known[KNOWN_FIELDS + b - first, k]
            follow_stock(stock, m.same[SIZE, m.point[k]], known, state[cards[b, at.ROW] + at.INPUT_STOCK, k])
        for j in range(len(m.into)):
            if cards[b, at.INPUT_LINK] <= m.into[j, INTO_LINK] < cards[b, at.INPUT_LINK_END]:
                for k in range(cases):
                    take_in(day, k, j, b - first, m, cards, state)
        receive(day, cards[b], cards, state)
    read_orders(day, shelf, cards, state)
    for k in range(cases):
        book_orders(day, k, shelf, m, state)
    if plant[at.PLANT_HAS_PROCESSING]:
        finish(day, shelf, state)
        for k in range(cases):
            finish_work(day, k, shelf, m)
    work(day, plant, shelf, m, cards, state, keys, tables)
    sell(day, plant, shelf, m, cards, state, keys, tables)
    for b in range(first, plant[at.PLANT_INPUT_END]):
        if cards[b, at.INPUT_SMOOTHED]:
            smooth_usage(day, plant, cards[b], state[cards[0, at.HEAD_SCRATCH]], cards, state)
        for j in range(len(m.into)):
            if cards[b, at.INPUT_LINK] <= m.into[j, INTO_LINK] < cards[b, at.INPUT_LINK_END]:
                order(day, j, b, b - first, m, cards, state)


@inner
def take_in(day: int, k: int, j: int, entry: int, m: Members, cards: Cards, state: State) -> None:
    """Deliveries of the day on one link join the firms' stocks; yesterday's orders are in the seller's book now.

    What has been recalled on the way, or taken off what is on order, is missing to all in proportion.
    """
    lane, fields = cards[m.into[j, INTO_LINK]], m.into[j, INTO_ROW]
    on_order, book, mail = m.rows[fields + ON_ORDER, k], m.rows[fields + BOOK, k], m.rows[fields + MAIL, k]
    stock, day_row = m.rows[FIRM_FIELDS + entry, k], day & lane[at.LINK_MASK]
    goods, arrived = m.rings[m.into[j, INTO_RING] + day_row, k], state[lane[at.LINK_RING] + day_row, k]
    known = m.seen[m.into[j, INTO_SEEN] + day_row, k]
    if arrived != known:
        follow_stock(goods, m.same[SIZE, m.point[k]], known, arrived)
    m.seen[m.into[j, INTO_SEEN] + day_row, k] = 0.0
    for i in range(len(stock)):
        stock[i] += goods[i]
        on_order[i] -= goods[i]
        book[i] += mail[i]
        goods[i] = 0.0
        mail[i] = 0.0
    before, now = m.known[m.into[j, INTO_KNOWN], k], state[lane[at.ROW] + at.LINK_ON_ORDER, k]
    if lane[at.LINK_DESK] >= 0 and m.into[j, INTO_PARCELS] < 0:
        now -= state[lane[at.LINK_DESK] + at.DESK_CANCELLED, k]
    if now < before * (1.0 - 1e-12):
        write_off(before - max(0.0, now), on_order, book)


@inner
def write_off(gone: float, on_order: Rows, book: Rows) -> None:
    """Orders that nobody will serve are off each firm's book in proportion, and beyond that off what it expects."""
    part = min(1.0, gone / max(1e-300, total(book)))
    rest = max(0.0, gone - total(book))
    for i in range(len(book)):
        on_order[i] -= book[i] * part
        book[i] -= book[i] * part
    if rest > 0.0:
        scale(on_order, max(0.0, 1.0 - rest / max(1e-300, total(on_order))))


@inner
def book_orders(day: int, k: int, shelf: Card, m: Members, state: State) -> None:
    """Orders of the day are shared among the firms; goods lost or sent back are missing or added in proportion."""
    size = m.same[SIZE, m.point[k]]
    finished = state[shelf[at.ROW] + at.SHELF_FINISHED, k]
    follow_stock(m.rows[FINISHED, k], size, m.known[KNOWN_FINISHED, k], finished)
    asked, owed = m.rows[ASKED, k], m.rows[OWED, k]
    reached = m.rings[m.sent_ring + ((day - 1 - m.window[k]) & m.sent_mask), k]
    for i in range(len(asked)):
        asked[i] = max(0.0, asked[i] - reached[i])
    book, before = state[shelf[at.ROW] + at.SHELF_OWED, k], m.known[KNOWN_BACKLOG, k]
    if book > before:
        fresh = m.scratch[LEAST]
        fill_up(book - before, asked, size, fresh)
        for i in range(len(asked)):
            asked[i] += fresh[i]
            owed[i] += fresh[i]
    elif book < before:
        scale(owed, max(0.0, book) / before)


@inner
def work(day: int, plant: Card, shelf: Card, m: Members, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """Firms decide what to make, use their inputs and start their work."""
    spare, later = cards[0, at.HEAD_SCRATCH], cards[0, at.HEAD_SCRATCH] + 1
    open_book, run = state[cards[0, at.HEAD_SCRATCH] + 2], state[plant[at.ROW] + at.PLANT_RUN]
    if plant[at.PLANT_HAS_STORAGE]:
        look_out(shelf, open_book, state[later], cards, state)
    capacity = state[value_row(cards[plant[at.PLANT_CAPACITY]], day, spare, state, keys, tables)]
    own_processing = plant[at.PLANT_HAS_PROCESSING] > 0
    # The row of capacities is used up before that of processing times takes its place.
    for k in range(len(run)):
        run[k] = capacity[k]
    processing = spare
    if own_processing:
        processing = value_row(cards[plant[at.PLANT_PROCESSING]], day, spare, state, keys, tables)
    for k in range(len(run)):
        owed = state[shelf[at.ROW] + at.SHELF_OWED, k]
        leaving, gone = 0.0, 0.0
        if plant[at.PLANT_HAS_STORAGE]:
            leaving, gone = open_book[k] / owed if owed > 0.0 else 0.0, state[later, k]
        wish(k, run[k], leaving, gone, plant, shelf, m, state)
        keep_to_stocks(k, plant, m, cards, state)
        count_stopped(k, m, state)
        use_stocks(k, plant, m, cards, state)
        start_work(day, k, state[processing, k] if own_processing else 0.0, shelf, m, state)
        run[k] = total(m.scratch[RUN])
    start(day, plant, run, cards, state, keys, tables)


@inner
def look_out(shelf: Card, open_book: State, later: State, cards: Cards, state: State) -> None:
    """Orders on open lanes today, and what will leave on them while work begun today is in process."""
    open_book[:] = 0.0
    later[:] = 0.0
    pipeline = state[shelf[at.ROW] + at.SHELF_PIPELINE]
    for o in range(shelf[at.SHELF_OUT], shelf[at.SHELF_OUT_END]):
        lane = cards[cards[o, at.OUT_LINK]]
        may_leave(lane, open_book, state)
        usual, limit = state[lane[at.ROW] + at.LINK_USUAL], state[lane[at.ROW] + at.LINK_LIMIT]
        for k in range(len(later)):
            later[k] += min(usual[k], limit[k]) * pipeline[k]


@inner
def sell(day: int, plant: Card, shelf: Card, m: Members, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """Firms dispatch what they have of their part of the book; buyers see one seller."""
    finished = state[shelf[at.ROW] + at.SHELF_FINISHED]
    for k in range(len(finished)):
        finished[k] = offer(k, m)
        m.known[KNOWN_FINISHED, k] = finished[k]
    dispatch(day, shelf, plant[at.ROW] + at.PLANT_RULE, state[cards[0, at.HEAD_SCRATCH]], cards, state, keys, tables)
    for k in range(len(finished)):
        offered = m.known[KNOWN_FINISHED, k]
        part = (offered - finished[k]) / offered if offered > 0.0 else 0.0
        finished[k] = hand_over(day, k, part, m)
        m.known[KNOWN_FINISHED, k] = finished[k]
        m.known[KNOWN_BACKLOG, k] = state[shelf[at.ROW] + at.SHELF_OWED, k]


@inner
def order(day: int, j: int, b: int, entry: int, m: Members, cards: Cards, state: State) -> None:
    """Every firm orders on one link; the letter that the seller reads asks for the sum."""
    lane, row, fields = cards[m.into[j, INTO_LINK]], cards[b, at.ROW], m.into[j, INTO_ROW]
    mail_row = lane[at.ROW] + (at.LINK_MAIL_ODD if day % 2 == 0 else at.LINK_MAIL_EVEN)
    posted = state[mail_row]
    for k in range(len(posted)):
        size, cover = m.same[SIZE, m.point[k]], m.same[COVER + 2 * entry, m.point[k]]
        stock, on_order, mail = m.rows[FIRM_FIELDS + entry, k], m.rows[fields + ON_ORDER, k], m.rows[fields + MAIL, k]
        usage, share = state[row + at.INPUT_USAGE, k], state[lane[at.ROW] + at.LINK_SHARE, k]
        planned, age = state[lane[at.ROW] + at.LINK_DELAY, k], state[lane[at.ROW] + at.LINK_AGE, k]
        delay = max(0.0, planned + state[lane[at.ROW] + at.LINK_LEARNS, k] * (age - planned))
        least = state[lane[at.ROW] + at.LINK_LEAST, k] if lane[at.LINK_PUSHED] else 0.0
        asked = 0.0
        for i in range(len(mail)):
            target = rules.target(share, usage * size[i], cover_now(cover[i], m.cover[entry], k), delay)
            mail[i] = max(rules.order(target, share, 0.0, stock[i], on_order[i]), least * size[i])
            on_order[i] += mail[i]
            asked += mail[i]
        posted[k] = asked
        state[lane[at.ROW] + at.LINK_ON_ORDER, k] += asked
        m.known[m.into[j, INTO_KNOWN], k] = state[lane[at.ROW] + at.LINK_ON_ORDER, k]
        m.known[KNOWN_FIELDS + entry, k] = state[row + at.INPUT_STOCK, k]
    if lane[at.LINK_HISTORY] >= 0:
        copy(posted, state[lane[at.LINK_HISTORY] + (day & lane[at.LINK_HISTORY_MASK])])
