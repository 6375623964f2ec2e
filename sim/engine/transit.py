"""Goods and orders under way: what leaves a seller, what reaches a buyer, and what the buyer orders next.

Goods on a link stand in a ring of days, a row per day of arrival. Orders are letters: posted at one review, read at
the next. Every function here works on one link, input or shelf, for all cases.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import draw_row
from sim.engine.compiled import compiled

Cards = NDArray[np.int64]
State = NDArray[np.float64]
Keys = NDArray[np.uint64]


@compiled
def receive(day: int, b: int, cards: Cards, inputs: State, links: State, desk: State, rings: State) -> None:
    """Deliveries of the day join the input stock; cancelled orders are taken off what is on order."""
    card = cards[cards[0, at.HEAD_INPUT] + b]
    cases = inputs.shape[2]
    stock = inputs[b, at.INPUT_STOCK]
    for l in range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]):
        lane = cards[cards[0, at.HEAD_LINK] + l]
        if lane[at.LINK_HISTORY] >= 0:
            experience(day, l, cards, links, desk, rings)
        row = rings[lane[at.LINK_RING] + (day & lane[at.LINK_MASK])]
        on_order = links[l, at.LINK_ON_ORDER]
        for k in range(cases):
            stock[k] += row[k]
            on_order[k] -= row[k]
            row[k] = 0.0
        if lane[at.LINK_DESK] >= 0:
            cancelled = desk[lane[at.LINK_DESK], at.DESK_CANCELLED]
            for k in range(cases):
                on_order[k] -= cancelled[k]
                cancelled[k] = 0.0


@compiled
def experience(day: int, l: int, cards: Cards, links: State, desk: State, rings: State) -> None:
    """What a buyer learns: the age of goods delivered today, first in first out, smoothed over 30 days.

    Age runs from the day after the order was posted, when it is in the seller's book, so that it compares with the
    delay orders reckon with. The ring of past orders has a row a day; cancelled orders are the oldest.
    """
    lane = cards[cards[0, at.HEAD_LINK] + l]
    goods = rings[lane[at.LINK_RING] + (day & lane[at.LINK_MASK])]
    for k in range(links.shape[2]):
        if lane[at.LINK_DESK] >= 0 and desk[lane[at.LINK_DESK], at.DESK_CANCELLED, k] > 0.0:
            _take_oldest(day, l, k, desk[lane[at.LINK_DESK], at.DESK_CANCELLED, k], lane, links, rings)
        if goods[k] > 0.0:
            age = _take_oldest(day, l, k, goods[k], lane, links, rings)
            links[l, at.LINK_AGE, k] += (age - links[l, at.LINK_AGE, k]) / 30.0


@compiled
def _take_oldest(day: int, l: int, k: int, amount: float, lane: Cards, links: State, rings: State) -> float:
    """Take `amount` off the oldest orders and return their mean age."""
    left, aged = amount, 0.0
    oldest = int(links[l, at.LINK_OLDEST, k])
    while left > 0.0 and oldest < day:
        row = lane[at.LINK_HISTORY] + (oldest & lane[at.LINK_HISTORY_MASK])
        taken = min(left, rings[row, k])
        aged += taken * (day - oldest - 1)
        rings[row, k] -= taken
        left -= taken
        # What is left of a row by rounding alone must not hold up the rest.
        if rings[row, k] > 1e-12 * amount:
            break
        rings[row, k] = 0.0
        oldest += 1
    links[l, at.LINK_OLDEST, k] = oldest
    return aged / (amount - left) if amount > left else links[l, at.LINK_AGE, k]


@compiled
def read_orders(day: int, s: int, cards: Cards, outs: Cards, shelves: State, links: State, desk: State) -> None:
    """New orders and goods sent back by an authority join book and stock of a shelf; what is owed is summed."""
    card = cards[cards[0, at.HEAD_SHELF] + s]
    cases = shelves.shape[2]
    owed = shelves[s, at.SHELF_OWED]
    finished = shelves[s, at.SHELF_FINISHED]
    mail = at.LINK_MAIL_EVEN if day % 2 == 0 else at.LINK_MAIL_ODD
    for k in range(cases):
        owed[k] = 0.0
    for o in range(card[at.SHELF_OUT], card[at.SHELF_OUT_END]):
        l = outs[o]
        j = cards[cards[0, at.HEAD_LINK] + l, at.LINK_DESK]
        book, posted = links[l, at.LINK_BOOK], links[l, mail]
        if j >= 0:
            returned, rebooked = desk[j, at.DESK_RETURNED], desk[j, at.DESK_REBOOKED]
            for k in range(cases):
                finished[k] += returned[k]
                book[k] += rebooked[k]
                returned[k] = 0.0
                rebooked[k] = 0.0
        for k in range(cases):
            book[k] += posted[k]
            owed[k] += book[k]


@compiled
def send(
    day: int,
    l: int,
    amounts: State,
    transit: State,
    cards: Cards,
    links: State,
    desk: State,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
) -> None:
    """Take the amounts off the book and put them on the lane, or before the authority where a licence is needed."""
    lane = cards[cards[0, at.HEAD_LINK] + l]
    book, shipped = links[l, at.LINK_BOOK], links[l, at.LINK_SHIPPED]
    if lane[at.LINK_LIMITED]:
        quota = links[l, at.LINK_QUOTA]
        for k in range(len(amounts)):
            quota[k] -= amounts[k]
    for k in range(len(amounts)):
        book[k] -= amounts[k]
    if lane[at.LINK_DESK] >= 0:
        _hold_back(desk[lane[at.LINK_DESK]], amounts)
    for k in range(len(amounts)):
        shipped[k] = amounts[k]
    if lane[at.LINK_DESK] >= 0:
        released = desk[lane[at.LINK_DESK], at.DESK_RELEASED]
        for k in range(len(amounts)):
            shipped[k] += released[k]
            released[k] = 0.0
    fixed = lane[at.LINK_FIXED]
    if fixed > 0:
        row = rings[lane[at.LINK_RING] + ((day + fixed) & lane[at.LINK_MASK])]
        for k in range(len(amounts)):
            row[k] += amounts[k]
    else:
        draw_row(lane[at.LINK_TRANSIT], day, cards, laws, keys, tables, transit)
        put_on_lane(day, lane[at.LINK_RING], lane[at.LINK_MASK], transit, amounts, rings)


@compiled
def _hold_back(desk: State, amounts: State) -> None:
    """Goods that need a licence wait before the authority; what goes on the lane at once is left in `amounts`."""
    needed, ready, held = desk[at.DESK_NEEDED], desk[at.DESK_READY], desk[at.DESK_HELD]
    for k in range(len(amounts)):
        stays = amounts[k] if needed[k] > 0.0 else 0.0
        ready[k] += stays
        held[k] += stays
        amounts[k] -= stays


@compiled
def put_on_lane(day: int, ring: int, mask: int, transit: State, amounts: State, rings: State) -> None:
    """Goods released on a day go under way; what would arrive beyond the ring, after the horizon, waits at its end."""
    for k in range(len(amounts)):
        arrival = min(rules.usable_on(day, float(day), transit[k]), day + mask)
        rings[ring + (arrival & mask), k] += amounts[k]


@compiled
def place_orders(day: int, b: int, waiting: State, cards: Cards, inputs: State, links: State, rings: State) -> None:
    """Order on each link of an input; the letters are read at the sellers' next review."""
    card = cards[cards[0, at.HEAD_INPUT] + b]
    cases = inputs.shape[2]
    stock = inputs[b, at.INPUT_STOCK]
    mail = at.LINK_MAIL_ODD if day % 2 == 0 else at.LINK_MAIL_EVEN
    for l in range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]):
        if card[at.INPUT_DYNAMIC]:
            reckon_again(b, l, inputs, links)
        share, target = links[l, at.LINK_SHARE], links[l, at.LINK_TARGET]
        on_order, posted = links[l, at.LINK_ON_ORDER], links[l, mail]
        for k in range(cases):
            posted[k] = rules.order(target[k], share[k], waiting[k], stock[k], on_order[k])
            on_order[k] += posted[k]
        lane = cards[cards[0, at.HEAD_LINK] + l]
        if lane[at.LINK_HISTORY] >= 0:
            row = rings[lane[at.LINK_HISTORY] + (day & lane[at.LINK_HISTORY_MASK])]
            for k in range(cases):
                row[k] = posted[k]


@compiled
def reckon_again(b: int, l: int, inputs: State, links: State) -> None:
    """Target position of a link whose usage or delay is not the planned one for good."""
    for k in range(inputs.shape[2]):
        planned = links[l, at.LINK_DELAY, k]
        delay = planned + links[l, at.LINK_LEARNS, k] * (links[l, at.LINK_AGE, k] - planned)
        links[l, at.LINK_TARGET, k] = rules.target(
            links[l, at.LINK_SHARE, k], inputs[b, at.INPUT_USAGE, k], inputs[b, at.INPUT_COVER, k], max(0.0, delay)
        )
