"""The day of a mine, refiner, manufacturer or recycler: receive, make, dispatch, order."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import simpy

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.compiled import inner
from sim.engine.make import decide_run, finish, start, use_inputs
from sim.engine.transit import (
    Card,
    Cards,
    Keys,
    State,
    ask_for_all,
    may_leave,
    place_orders,
    read_orders,
    receive,
    send,
)

if TYPE_CHECKING:
    from sim.engine.world import World


def live(world: "World", card: int) -> Generator[simpy.Event, None, None]:
    """The facility as a SimPy process: at every review it is among those who live through the day."""
    clock, wake = world.clock, world.awake.append
    while True:
        yield clock.review
        wake(card)


@inner
def facility_day(day: int, plant: int, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """One review of one facility, for all cases."""
    card = cards[plant]
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        receive(day, cards[b], cards, state)
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        read_orders(day, cards[s], cards, state)
        if card[at.PLANT_HAS_PROCESSING]:
            finish(day, cards[s], state)
    run, spare = state[card[at.ROW] + at.PLANT_RUN], state[cards[0, at.HEAD_SCRATCH]]
    decide_run(day, card, run, spare, cards, state, keys, tables)
    use_inputs(card, run, cards, state)
    start(day, card, run, cards, state, keys, tables)
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        dispatch(day, cards[s], card[at.ROW] + at.PLANT_RULE, spare, cards, state, keys, tables)
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        if cards[b, at.INPUT_SMOOTHED]:
            smooth_usage(day, card, cards[b], spare, cards, state)
        place_orders(day, cards[b], spare[:0], cards, state)


@inner
def dispatch(
    day: int, shelf: Card, rule: int, spare: State, cards: Cards, state: State, keys: Keys, tables: State
) -> None:
    """Share finished stock among the orders that may leave, and send it; what is then above storage is discarded.

    `rule` is the row that says by which rule each case shares what is short.
    """
    first, last = shelf[at.SHELF_OUT], shelf[at.SHELF_OUT_END]
    finished, owed = state[shelf[at.ROW] + at.SHELF_FINISHED], state[shelf[at.ROW] + at.SHELF_OWED]
    # Where nothing holds an order back, what may leave is what is owed, which is summed already.
    total = owed if shelf[at.SHELF_FREE] else spare
    if not shelf[at.SHELF_FREE]:
        total[:] = 0.0
        for o in range(first, last):
            may_leave(cards[cards[o, at.OUT_LINK]], total, state)
    short = 0
    for k in range(len(total)):
        short += 1 if total[k] > finished[k] else 0
    whole = shelf[at.SHELF_FREE] > 0 and short == 0
    if short > 0:
        if shelf[at.SHELF_FREE]:
            for o in range(first, last):
                ask_for_all(cards[cards[o, at.OUT_LINK]], state)
        n, scratch = last - first, cards[0, at.HEAD_SCRATCH] + 1
        pad = state[scratch : scratch + 4 * n].reshape(4 * n * len(total))
        for k in range(len(total)):
            if total[k] > finished[k]:
                ration(k, first, last, finished[k], int(state[rule, k]), pad, cards, state)
    for k in range(len(total)):
        sent = min(total[k], finished[k])
        finished[k] -= sent
        owed[k] -= sent
    for o in range(first, last):
        send(day, cards[cards[o, at.OUT_LINK]], whole, spare, cards, state, keys, tables)
    if not shelf[at.SHELF_PACES]:
        discard(shelf, finished, state)


@inner
def discard(shelf: Card, finished: State, state: State) -> None:
    """A by-product beyond its storage is thrown away."""
    storage, discarded = state[shelf[at.ROW] + at.SHELF_STORAGE], state[shelf[at.ROW] + at.SHELF_DISCARDED]
    for k in range(len(finished)):
        excess = max(0.0, finished[k] - storage[k])
        finished[k] -= excess
        discarded[k] += excess


@inner
def ration(
    k: int, first: int, last: int, available: float, allocation: int, pad: State, cards: Cards, state: State
) -> None:
    """Replace the orders of one case by what each gets of too little; `pad` has room for four numbers an order."""
    n = last - first
    asked, weight, rank, given = pad[:n], pad[n : 2 * n], pad[2 * n : 3 * n], pad[3 * n : 4 * n]
    for i in range(n):
        lane = cards[cards[first + i, at.OUT_LINK]]
        asked[i] = state[lane[at.ROW] + at.LINK_SHIPPED, k]
        weight[i] = asked[i] if allocation == at.PROPORTIONAL else state[lane[at.ROW] + at.LINK_USUAL, k]
        rank[i] = 0.0
        if allocation == at.EQUAL:
            weight[i] = 1.0
        elif allocation == at.PRIORITY:
            rank[i] = lane[at.LINK_RANK]
        elif allocation == at.DOMESTIC_FIRST:
            rank[i] = 1.0 - lane[at.LINK_HOME]
    rules.share_out(available, asked, weight, rank, given)
    for i in range(n):
        lane = cards[cards[first + i, at.OUT_LINK]]
        state[lane[at.ROW] + at.LINK_SHIPPED, k] = given[i]


@inner
def smooth_usage(day: int, plant: Card, entry: Card, asked: State, cards: Cards, state: State) -> None:
    """Follow what was asked of the facility: orders received today, as activity, averaged exponentially."""
    mail = at.LINK_MAIL_EVEN if day % 2 == 0 else at.LINK_MAIL_ODD
    asked[:] = 0.0
    for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
        shelf = cards[s]
        if not shelf[at.SHELF_PACES]:
            continue
        for k in range(len(asked)):
            orders = 0.0
            for o in range(shelf[at.SHELF_OUT], shelf[at.SHELF_OUT_END]):
                orders += state[cards[cards[o, at.OUT_LINK], at.ROW] + mail, k]
            asked[k] = max(asked[k], orders / state[shelf[at.ROW] + at.SHELF_YIELD, k])
    usage, per = state[entry[at.ROW] + at.INPUT_USAGE], state[entry[at.ROW] + at.INPUT_PER]
    smoothing = state[entry[at.ROW] + at.INPUT_SMOOTHING]
    for k in range(len(asked)):
        usage[k] += (per[k] * asked[k] - usage[k]) / smoothing[k]
