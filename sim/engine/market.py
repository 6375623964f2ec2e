"""The day of a market: receive, sell, order."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import simpy

from sim.engine import layout as at
from sim.engine.chance import draw_row
from sim.engine.compiled import compiled
from sim.engine.transit import Cards, Keys, State, place_orders, receive

if TYPE_CHECKING:
    from sim.engine.world import World

ENDLESS = -1.0


def live(world: "World", m: int) -> Generator[simpy.Event, None, None]:
    """The market as a SimPy process: one compiled day at every review."""
    clock, state = world.clock, world.state
    while True:
        yield clock.review
        market_day(clock.today, m, *state)


@compiled
def market_day(
    day: int,
    m: int,
    cards: Cards,
    outs: Cards,
    plants: State,
    markets: State,
    shelves: State,
    inputs: State,
    links: State,
    desk: State,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
    scratch: State,
) -> None:
    """One review of one market, for all cases."""
    card = cards[cards[0, at.HEAD_MARKET] + m]
    b, r = card[at.MARKET_INPUT], card[at.MARKET_LAW]
    receive(day, b, cards, inputs, links, desk, rings)
    market = markets[m]
    draw_row(r, day, cards, laws, keys, tables, market[at.MARKET_DEMAND])
    sell(day, market, inputs[b], card, rings)
    if cards[cards[0, at.HEAD_INPUT] + b, at.INPUT_SMOOTHED]:
        for k in range(market.shape[1]):
            asked, usage = market[at.MARKET_DEMAND, k], inputs[b, at.INPUT_USAGE, k]
            inputs[b, at.INPUT_USAGE, k] = usage + (asked - usage) / inputs[b, at.INPUT_SMOOTHING, k]
    place_orders(day, b, market[at.MARKET_WAITING], cards, inputs, links, rings)


@compiled
def sell(day: int, market: State, entry: State, card: Cards, rings: State) -> None:
    """Serve what waits, oldest first, then today's demand; what is not met waits or is lost."""
    stock, waiting = entry[at.INPUT_STOCK], market[at.MARKET_WAITING]
    for k in range(market.shape[1]):
        demand = market[at.MARKET_DEMAND, k]
        late = min(stock[k], waiting[k])
        now = min(stock[k] - late, demand)
        market[at.MARKET_SALES, k] = late + now
        market[at.MARKET_UNMET, k] = demand - now
        market[at.MARKET_LOST, k] = 0.0
        stock[k] -= late + now
        entry[at.INPUT_USED, k] += late + now
        patience = market[at.MARKET_PATIENCE, k]
        if patience == 0.0:
            market[at.MARKET_LOST, k] = demand - now
        elif patience < 0.0:
            waiting[k] += (demand - now) - late
        else:
            wait_in_line(day, int(patience), k, late, market, card, rings)


@compiled
def wait_in_line(day: int, patience: int, k: int, served: float, market: State, card: Cards, rings: State) -> None:
    """Keep unmet demand by the day it was asked for; what has waited out its patience is lost."""
    row, mask = card[at.MARKET_RING], card[at.MARKET_MASK]
    left = served
    waiting = 0.0
    for asked in range(day - patience, day):
        place = row + (asked & mask)
        taken = min(left, rings[place, k])
        rings[place, k] -= taken
        left -= taken
        if asked == day - patience:
            market[at.MARKET_LOST, k] = rings[place, k]
            rings[place, k] = 0.0
        waiting += rings[place, k]
    rings[row + (day & mask), k] = market[at.MARKET_UNMET, k]
    market[at.MARKET_WAITING, k] = waiting + market[at.MARKET_UNMET, k]
