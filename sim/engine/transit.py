"""Goods and orders under way: what leaves a seller, what reaches a buyer, and what the buyer orders next.

Goods on a link stand in a ring of days, a row per day of arrival. Orders are letters: posted at one review, read at
the next. Every function here works on one link, input or shelf, for all cases.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import copy, draw_row
from sim.engine.compiled import inner

Card = NDArray[np.int64]
Cards = NDArray[np.int64]
State = NDArray[np.float64]
Keys = NDArray[np.uint64]


@inner
def receive(day: int, entry: Card, cards: Cards, state: State) -> None:
    """Deliveries of the day join an input's stock; cancelled orders are taken off what is on order."""
    stock = state[entry[at.ROW] + at.INPUT_STOCK]
    for l in range(entry[at.INPUT_LINK], entry[at.INPUT_LINK_END]):
        lane = cards[l]
        if lane[at.LINK_HISTORY] >= 0:
            experience(day, lane, state)
        goods = state[lane[at.LINK_RING] + (day & lane[at.LINK_MASK])]
        on_order = state[lane[at.ROW] + at.LINK_ON_ORDER]
        for k in range(len(stock)):
            stock[k] += goods[k]
            on_order[k] -= goods[k]
            goods[k] = 0.0
        if lane[at.LINK_DENIED]:
            cancelled = state[lane[at.LINK_DESK] + at.DESK_CANCELLED]
            for k in range(len(stock)):
                on_order[k] -= cancelled[k]
                cancelled[k] = 0.0


@inner
def experience(day: int, lane: Card, state: State) -> None:
    """What a buyer learns: the age of goods delivered today, first in first out, smoothed over 30 days.

    Age runs from the day after the order was posted, when it is in the seller's book, so that it compares with the
    delay orders reckon with. The ring of past orders has a row a day; cancelled orders are the oldest.
    """
    goods = state[lane[at.LINK_RING] + (day & lane[at.LINK_MASK])]
    age, seen = state[lane[at.ROW] + at.LINK_AGE], state[lane[at.ROW] + at.LINK_SEEN]
    for k in range(len(goods)):
        if lane[at.LINK_DENIED] and state[lane[at.LINK_DESK] + at.DESK_CANCELLED, k] > 0.0:
            take_oldest(day, k, state[lane[at.LINK_DESK] + at.DESK_CANCELLED, k], lane, state)
        if goods[k] > 0.0:
            # Deliveries a week apart weigh as much as seven daily ones: what is learnt goes by days.
            weight = 1.0 - (29.0 / 30.0) ** (day - seen[k])
            age[k] += (take_oldest(day, k, goods[k], lane, state) - age[k]) * weight
            seen[k] = day


@inner
def take_oldest(day: int, k: int, amount: float, lane: Card, state: State) -> float:
    """Take `amount` off the oldest orders of one case and return their mean age."""
    left, aged = amount, 0.0
    oldest = int(state[lane[at.ROW] + at.LINK_OLDEST, k])
    while left > 0.0 and oldest < day:
        row = lane[at.LINK_HISTORY] + (oldest & lane[at.LINK_HISTORY_MASK])
        taken = min(left, state[row, k])
        aged += taken * (day - oldest - 1)
        state[row, k] -= taken
        left -= taken
        # What is left of a row by rounding alone must not hold up the rest.
        if state[row, k] > 1e-12 * amount:
            break
        state[row, k] = 0.0
        oldest += 1
    state[lane[at.ROW] + at.LINK_OLDEST, k] = oldest
    return aged / (amount - left) if amount > left else state[lane[at.ROW] + at.LINK_AGE, k]


@inner
def read_orders(day: int, shelf: Card, cards: Cards, state: State) -> None:
    """New orders and goods sent back by an authority join book and stock of a shelf; what is owed is summed."""
    owed = state[shelf[at.ROW] + at.SHELF_OWED]
    mail = at.LINK_MAIL_EVEN if day % 2 == 0 else at.LINK_MAIL_ODD
    owed[:] = 0.0
    for o in range(shelf[at.SHELF_OUT], shelf[at.SHELF_OUT_END]):
        lane = cards[cards[o, at.OUT_LINK]]
        book, posted = state[lane[at.ROW] + at.LINK_BOOK], state[lane[at.ROW] + mail]
        if lane[at.LINK_DENIED]:
            take_back(lane[at.LINK_DESK], state[shelf[at.ROW] + at.SHELF_FINISHED], book, state)
        for k in range(len(owed)):
            book[k] += posted[k]
            owed[k] += book[k]


@inner
def take_back(desk: int, finished: State, book: State, state: State) -> None:
    """Letters from an authority: denied goods return to stock, orders to be filed again to the book."""
    returned, rebooked = state[desk + at.DESK_RETURNED], state[desk + at.DESK_REBOOKED]
    for k in range(len(book)):
        finished[k] += returned[k]
        book[k] += rebooked[k]
        returned[k] = 0.0
        rebooked[k] = 0.0


@inner
def ask_for_all(lane: Card, state: State) -> None:
    """All orders of one link may be dispatched today; they are written where what is shipped will stand."""
    copy(state[lane[at.ROW] + at.LINK_BOOK], state[lane[at.ROW] + at.LINK_SHIPPED])


@inner
def may_leave(lane: Card, total: State, state: State) -> None:
    """Orders of one link that may be dispatched today: none on a shut lane, no more than its limit and quota.

    They are written where what is shipped will stand, and added to `total`.
    """
    book, asked = state[lane[at.ROW] + at.LINK_BOOK], state[lane[at.ROW] + at.LINK_SHIPPED]
    if lane[at.LINK_LIMITED]:
        limit, quota = state[lane[at.ROW] + at.LINK_LIMIT], state[lane[at.ROW] + at.LINK_QUOTA]
        for k in range(len(total)):
            asked[k] = max(0.0, min(book[k], min(limit[k], quota[k])))
    else:
        for k in range(len(total)):
            asked[k] = max(0.0, book[k])
    if lane[at.LINK_DESK] >= 0:
        desk, usual = lane[at.LINK_DESK], state[lane[at.ROW] + at.LINK_USUAL]
        needed, approval = state[desk + at.DESK_NEEDED], state[desk + at.DESK_APPROVAL]
        barred = state[desk + at.DESK_BARRED]
        for k in range(len(total)):
            asked[k] = rules.licensable(asked[k], book[k], barred[k], needed[k], approval[k], usual[k])
    for k in range(len(total)):
        total[k] += asked[k]


@inner
def send(
    day: int, lane: Card, whole: bool, transit: State, cards: Cards, state: State, keys: Keys, tables: State
) -> None:
    """Take what is shipped off the book and put it on the lane, or before the authority where a licence is needed.

    `whole` says that the book is shipped as it is in every case, so that nobody has written down what is.
    """
    book, shipped = state[lane[at.ROW] + at.LINK_BOOK], state[lane[at.ROW] + at.LINK_SHIPPED]
    if whole:
        for k in range(len(shipped)):
            shipped[k] = book[k]
            book[k] = 0.0
    else:
        for k in range(len(shipped)):
            book[k] -= shipped[k]
    if lane[at.LINK_LIMITED]:
        quota = state[lane[at.ROW] + at.LINK_QUOTA]
        for k in range(len(shipped)):
            quota[k] -= shipped[k]
    if lane[at.LINK_DESK] >= 0:
        hold_back(lane[at.LINK_DESK], shipped, state[lane[at.ROW] + at.LINK_USUAL], state)
    fixed = lane[at.LINK_FIXED]
    if fixed > 0:
        goods = state[lane[at.LINK_RING] + ((day + fixed) & lane[at.LINK_MASK])]
        for k in range(len(shipped)):
            goods[k] += shipped[k]
    elif lane[at.LINK_DESK] < 0 or some_leave(shipped):
        draw_row(cards[lane[at.LINK_TRANSIT]], day, state, keys, tables, transit)
        put_on_lane(day, lane, transit, shipped, state)
    if lane[at.LINK_DESK] >= 0:
        released = state[lane[at.LINK_DESK] + at.DESK_RELEASED]
        for k in range(len(shipped)):
            shipped[k] += released[k]
            released[k] = 0.0


@inner
def some_leave(shipped: State) -> bool:
    """Whether anything goes on a lane at once in some case."""
    some = 0
    for k in range(len(shipped)):
        some += 1 if shipped[k] > 0.0 else 0
    return some > 0


@inner
def hold_back(desk: int, shipped: State, usual: State, state: State) -> None:
    """Goods that need a licence wait before the authority; what goes on the lane at once is left in `shipped`."""
    needed, ready, held = state[desk + at.DESK_NEEDED], state[desk + at.DESK_READY], state[desk + at.DESK_HELD]
    for k in range(len(shipped)):
        stays = shipped[k] - rules.unlicensed(shipped[k], needed[k], usual[k])
        ready[k] += stays
        held[k] += stays
        shipped[k] -= stays


@inner
def put_on_lane(day: int, lane: Card, transit: State, amounts: State, state: State) -> None:
    """Goods released on a day go under way; what would arrive beyond the ring, after the horizon, waits at its end.

    `transit` is left as days of arrival.
    """
    last = float(day + lane[at.LINK_MASK])
    for k in range(len(amounts)):
        transit[k] = min(rules.usable_on(day, float(day), transit[k]), last)
    # Unsigned, because numba takes a signed number for one that may count from the end.
    ring, mask = np.uint64(lane[at.LINK_RING]), np.uint64(lane[at.LINK_MASK])
    for k in range(len(amounts)):
        state[ring + (np.uint64(int(transit[k])) & mask), k] += amounts[k]


@inner
def place_orders(day: int, entry: Card, waiting: State, cards: Cards, state: State) -> None:
    """Order on each link of an input; the letters are read at the sellers' next review.

    `waiting` is a market's demand still waiting, of length 0 for a facility.
    """
    stock = state[entry[at.ROW] + at.INPUT_STOCK]
    mail = at.LINK_MAIL_ODD if day % 2 == 0 else at.LINK_MAIL_EVEN
    for l in range(entry[at.INPUT_LINK], entry[at.INPUT_LINK_END]):
        lane = cards[l]
        if entry[at.INPUT_DYNAMIC]:
            reckon_again(entry[at.ROW], lane[at.ROW], state)
        share, target = state[lane[at.ROW] + at.LINK_SHARE], state[lane[at.ROW] + at.LINK_TARGET]
        on_order, posted = state[lane[at.ROW] + at.LINK_ON_ORDER], state[lane[at.ROW] + mail]
        if len(waiting) > 0:
            for k in range(len(stock)):
                posted[k] = rules.order(target[k], share[k], waiting[k], stock[k], on_order[k])
                on_order[k] += posted[k]
        elif lane[at.LINK_ALIKE]:
            order_alike(target[0], share[0], stock, on_order, posted)
        else:
            for k in range(len(stock)):
                posted[k] = rules.order(target[k], share[k], 0.0, stock[k], on_order[k])
                on_order[k] += posted[k]
        if lane[at.LINK_PUSHED]:
            raise_orders(state[lane[at.ROW] + at.LINK_LEAST], on_order, posted)
        if lane[at.LINK_HISTORY] >= 0:
            copy(posted, state[lane[at.LINK_HISTORY] + (day & lane[at.LINK_HISTORY_MASK])])


@inner
def raise_orders(least: State, on_order: State, posted: State) -> None:
    """Orders of the day come to so much at least, whatever the target position says."""
    for k in range(len(posted)):
        more = max(0.0, least[k] - posted[k])
        posted[k] += more
        on_order[k] += more


@inner
def order_alike(target: float, share: float, stock: State, on_order: State, posted: State) -> None:
    """Orders of cases that share one target and one share, read once instead of once a case."""
    for k in range(len(stock)):
        posted[k] = rules.order(target, share, 0.0, stock[k], on_order[k])
        on_order[k] += posted[k]


@inner
def reckon_again(entry: int, lane: int, state: State) -> None:
    """Target position of a link whose share, usage, cover or delay is not the planned one for good."""
    usage, cover, share = state[entry + at.INPUT_USAGE], state[entry + at.INPUT_COVER], state[lane + at.LINK_SHARE]
    planned, age, learns = state[lane + at.LINK_DELAY], state[lane + at.LINK_AGE], state[lane + at.LINK_LEARNS]
    target, stopped = state[lane + at.LINK_TARGET], state[entry + at.INPUT_STOPPED]
    for k in range(len(target)):
        delay = max(0.0, planned[k] + learns[k] * (age[k] - planned[k]))
        aimed = rules.target(share[k], usage[k], cover[k], delay)
        # Whoever may not order aims at less than anything, so that no order comes of it.
        target[k] = aimed if stopped[k] <= 0.0 else -np.inf
