"""The day of a market: receive, sell, order."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import simpy

from sim.engine import layout as at
from sim.engine.chance import draw_row
from sim.engine.compiled import inner
from sim.engine.transit import Card, Cards, Keys, State, place_orders, receive

if TYPE_CHECKING:
    from sim.engine.world import World


def live(world: "World", card: int) -> Generator[simpy.Event, None, None]:
    """The market as a SimPy process: at every review it is among those who live through the day."""
    clock, wake = world.clock, world.awake.append
    while True:
        yield clock.review
        wake(card)


@inner
def market_day(day: int, market: int, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """One review of one market, for all cases."""
    card = cards[market]
    entry, row = cards[card[at.MARKET_INPUT]], card[at.ROW]
    receive(day, entry, cards, state)
    demand = state[row + at.MARKET_DEMAND]
    draw_row(cards[card[at.MARKET_LAW]], day, state, keys, tables, demand)
    sell(day, card, state[entry[at.ROW] + at.INPUT_STOCK], state[entry[at.ROW] + at.INPUT_USED], state)
    if entry[at.INPUT_SMOOTHED]:
        usage, smoothing = state[entry[at.ROW] + at.INPUT_USAGE], state[entry[at.ROW] + at.INPUT_SMOOTHING]
        for k in range(len(demand)):
            usage[k] += (demand[k] - usage[k]) / smoothing[k]
    place_orders(day, entry, state[row + at.MARKET_WAITING], cards, state)


@inner
def sell(day: int, card: Card, stock: State, used: State, state: State) -> None:
    """Serve what waits, oldest first, then today's demand; what is not met waits or is lost."""
    row = card[at.ROW]
    demand, sales, unmet = state[row + at.MARKET_DEMAND], state[row + at.MARKET_SALES], state[row + at.MARKET_UNMET]
    lost, waiting, patience = (
        state[row + at.MARKET_LOST],
        state[row + at.MARKET_WAITING],
        state[row + at.MARKET_PATIENCE],
    )
    queues = card[at.MARKET_QUEUES] > 0
    for k in range(len(demand)):
        late = min(stock[k], waiting[k])
        now = min(stock[k] - late, demand[k])
        sales[k] = late + now
        used[k] = late + now
        unmet[k] = demand[k] - now
        stock[k] -= late + now
        if queues and patience[k] > 0.0:
            wait_in_line(day, int(patience[k]), k, late, card, state)
        else:
            waits = patience[k] < 0.0
            waiting[k] += unmet[k] - late if waits else 0.0
            lost[k] = 0.0 if waits else unmet[k]


@inner
def wait_in_line(day: int, patience: int, k: int, served: float, card: Card, state: State) -> None:
    """Keep one case's unmet demand by the day it was asked for; what has waited out its patience is lost."""
    ring, mask, row = card[at.MARKET_RING], card[at.MARKET_MASK], card[at.ROW]
    left, waiting = served, 0.0
    for asked in range(day - patience, day):
        place = ring + (asked & mask)
        taken = min(left, state[place, k])
        state[place, k] -= taken
        left -= taken
        if asked == day - patience:
            state[row + at.MARKET_LOST, k] = state[place, k]
            state[place, k] = 0.0
        waiting += state[place, k]
    unmet = state[row + at.MARKET_UNMET, k]
    state[ring + (day & mask), k] = unmet
    state[row + at.MARKET_WAITING, k] = waiting + unmet
