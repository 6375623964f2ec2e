"""The day of a mine, refiner, manufacturer or recycler: receive, make, dispatch, order."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import simpy

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import draw_row
from sim.engine.compiled import compiled
from sim.engine.transit import Cards, Keys, State, place_orders, read_orders, receive, send

if TYPE_CHECKING:
    from sim.engine.world import World


def live(world: "World", f: int) -> Generator[simpy.Event, None, None]:
    """The facility as a SimPy process: one compiled day at every review."""
    clock, state = world.clock, world.state
    while True:
        yield clock.review
        facility_day(clock.today, f, *state)


@compiled
def facility_day(
    day: int,
    f: int,
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
    """One review of one facility, for all cases."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        receive(day, b, cards, inputs, links, desk, rings)
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        read_orders(day, s, cards, outs, shelves, links, desk)
        if card[at.PLANT_HAS_PROCESSING]:
            finish(day, s, cards, shelves, rings)
    run = plants[f, at.PLANT_RUN]
    decide_run(day, f, run, scratch, cards, outs, plants, shelves, inputs, links, laws, keys, tables)
    use_inputs(f, run, cards, inputs)
    start(day, f, run, scratch[0], cards, shelves, laws, keys, tables, rings)
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        dispatch(day, s, card[at.PLANT_ALLOCATION], cards, outs, shelves, links, desk, laws, keys, tables, rings, scratch)
    zero = scratch[0]
    zero[:] = 0.0
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        if cards[cards[0, at.HEAD_INPUT] + b, at.INPUT_SMOOTHED]:
            smooth_usage(day, f, b, zero, cards, outs, shelves, inputs, links)
            zero[:] = 0.0
        place_orders(day, b, zero, cards, inputs, links, rings)


@compiled
def finish(day: int, s: int, cards: Cards, shelves: State, rings: State) -> None:
    """Work due today becomes finished stock."""
    card = cards[cards[0, at.HEAD_SHELF] + s]
    row = rings[card[at.SHELF_RING] + (day & card[at.SHELF_MASK])]
    for k in range(shelves.shape[2]):
        shelves[s, at.SHELF_FINISHED, k] += row[k]
        shelves[s, at.SHELF_IN_PROCESS, k] -= row[k]
        shelves[s, at.SHELF_OUTPUT, k] = row[k]
        row[k] = 0.0


@compiled
def decide_run(
    day: int,
    f: int,
    run: State,
    scratch: State,
    cards: Cards,
    outs: Cards,
    plants: State,
    shelves: State,
    inputs: State,
    links: State,
    laws: State,
    keys: Keys,
    tables: State,
) -> None:
    """Activity of the day: the least of capacity, what is wanted, room, and what each input allows."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    cases = run.shape[0]
    plan = plants[f, at.PLANT_PLAN]
    if card[at.PLANT_FLAT]:
        for k in range(cases):
            run[k] = plan[k]
    else:
        run[:] = 0.0
        for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
            if cards[cards[0, at.HEAD_SHELF] + s, at.SHELF_PACES]:
                shelf = shelves[s]
                for k in range(cases):
                    need = rules.wanted(
                        shelf[at.SHELF_TARGET, k],
                        shelf[at.SHELF_OWED, k],
                        shelf[at.SHELF_FINISHED, k],
                        shelf[at.SHELF_IN_PROCESS, k],
                        shelf[at.SHELF_YIELD, k],
                    )
                    run[k] = max(run[k], need)
    capacity = scratch[0]
    draw_row(card[at.PLANT_CAPACITY], day, cards, laws, keys, tables, capacity)
    for k in range(cases):
        run[k] = min(run[k], capacity[k])
    if card[at.PLANT_HAS_STORAGE]:
        keep_to_storage(f, run, scratch[0], cards, outs, shelves, links)
    keep_to_inputs(f, run, scratch[0], cards, plants, inputs)


@compiled
def keep_to_storage(f: int, run: State, leaving: State, cards: Cards, outs: Cards, shelves: State, links: State) -> None:
    """No more is started than pacing products have room for, counting what leaves on lanes that are open."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        shelf_card = cards[cards[0, at.HEAD_SHELF] + s]
        if not shelf_card[at.SHELF_PACES]:
            continue
        leaving[:] = 0.0
        shelf = shelves[s]
        for o in range(shelf_card[at.SHELF_OUT], shelf_card[at.SHELF_OUT_END]):
            l = outs[o]
            for k in range(len(run)):
                if links[l, at.LINK_LIMIT, k] > 0.0:
                    # What is started now needs room only after the processing time, when usual flow has left.
                    usual = links[l, at.LINK_USUAL, k] * shelf[at.SHELF_PIPELINE, k]
                    leaving[k] += links[l, at.LINK_BOOK, k] + usual
        for k in range(len(run)):
            room = rules.room(
                shelf[at.SHELF_STORAGE, k],
                shelf[at.SHELF_FINISHED, k],
                shelf[at.SHELF_IN_PROCESS, k],
                leaving[k],
                shelf[at.SHELF_YIELD, k],
            )
            run[k] = min(run[k], room)


@compiled
def keep_to_inputs(f: int, run: State, least: State, cards: Cards, plants: State, inputs: State) -> None:
    """No more is made than inputs allow: essential ones first, then those the plant can partly do without."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    cases = run.shape[0]
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        entry = inputs[b]
        stock, per, dependence = entry[at.INPUT_STOCK], entry[at.INPUT_PER], entry[at.INPUT_DEPENDENCE]
        throttle, cover = entry[at.INPUT_THROTTLE], entry[at.INPUT_COVER]
        for k in range(cases):
            allowed = rules.allowed_by(stock[k], per[k], throttle[k], cover[k])
            run[k] = min(run[k], allowed) if dependence[k] >= 1.0 else run[k]
    keep_to_partial_inputs(f, run, least, cards, plants, inputs)


@compiled
def keep_to_partial_inputs(f: int, run: State, least: State, cards: Cards, plants: State, inputs: State) -> None:
    """Inputs a plant can partly do without: each allows so much of the run, and the least of that holds."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    plan = plants[f, at.PLANT_PLAN]
    none = True
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        if not cards[cards[0, at.HEAD_INPUT] + b, at.INPUT_PARTIAL]:
            continue
        if none:
            least[:] = run
            none = False
        entry = inputs[b]
        for k in range(run.shape[0]):
            if entry[at.INPUT_DEPENDENCE, k] < 1.0:
                available = rules.allowed_by(
                    entry[at.INPUT_STOCK, k],
                    entry[at.INPUT_PER, k],
                    entry[at.INPUT_THROTTLE, k],
                    entry[at.INPUT_COVER, k],
                )
                partial = rules.with_partial_input(run[k], plan[k], available, entry[at.INPUT_DEPENDENCE, k])
                least[k] = min(least[k], partial)
    if not none:
        run[:] = least


@compiled
def use_inputs(f: int, run: State, cards: Cards, inputs: State) -> None:
    """Take off each input what the run uses, as far as it is there."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        entry = inputs[b]
        for k in range(run.shape[0]):
            used = min(entry[at.INPUT_STOCK, k], entry[at.INPUT_PER, k] * run[k])
            entry[at.INPUT_STOCK, k] -= used
            entry[at.INPUT_USED, k] += used


@compiled
def start(
    day: int,
    f: int,
    run: State,
    processing: State,
    cards: Cards,
    shelves: State,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
) -> None:
    """Start the day's work; without processing time it is finished stock at once."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    if card[at.PLANT_HAS_PROCESSING]:
        draw_row(card[at.PLANT_PROCESSING], day, cards, laws, keys, tables, processing)
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        shelf = shelves[s]
        shelf_card = cards[cards[0, at.HEAD_SHELF] + s]
        if not card[at.PLANT_HAS_PROCESSING]:
            for k in range(run.shape[0]):
                made = min(run[k] * shelf[at.SHELF_YIELD, k], shelf[at.SHELF_RECOVERY, k])
                shelf[at.SHELF_STARTED, k] += made
                shelf[at.SHELF_FINISHED, k] += made
                shelf[at.SHELF_OUTPUT, k] = made
        else:
            for k in range(run.shape[0]):
                made = min(run[k] * shelf[at.SHELF_YIELD, k], shelf[at.SHELF_RECOVERY, k])
                shelf[at.SHELF_STARTED, k] += made
                if processing[k] <= 0.0:
                    shelf[at.SHELF_FINISHED, k] += made
                    shelf[at.SHELF_OUTPUT, k] += made
                else:
                    due = min(rules.usable_on(day, float(day), processing[k]), day + shelf_card[at.SHELF_MASK])
                    shelf[at.SHELF_IN_PROCESS, k] += made
                    rings[shelf_card[at.SHELF_RING] + (due & shelf_card[at.SHELF_MASK]), k] += made


@compiled
def dispatch(
    day: int,
    s: int,
    allocation: int,
    cards: Cards,
    outs: Cards,
    shelves: State,
    links: State,
    desk: State,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
    scratch: State,
) -> None:
    """Share finished stock among the orders that may leave, and send it; what is then above storage is discarded."""
    card = cards[cards[0, at.HEAD_SHELF] + s]
    first, last = card[at.SHELF_OUT], card[at.SHELF_OUT_END]
    cases = shelves.shape[2]
    finished, owed = shelves[s, at.SHELF_FINISHED], shelves[s, at.SHELF_OWED]
    total = scratch[0]
    total[:] = 0.0
    for o in range(first, last):
        asked = scratch[1 + o - first]
        may_leave(outs[o], asked, cards, links, desk)
        for k in range(cases):
            total[k] += asked[k]
    short = 0
    for k in range(cases):
        short += 1 if total[k] > finished[k] else 0
    if short > 0:
        for k in range(cases):
            if total[k] > finished[k]:
                ration(k, first, last, finished[k], allocation, cards, outs, links, scratch)
    for o in range(first, last):
        amounts = scratch[1 + o - first]
        for k in range(cases):
            finished[k] -= amounts[k]
            owed[k] -= amounts[k]
        send(day, outs[o], amounts, scratch[0], cards, links, desk, laws, keys, tables, rings)
    for k in range(cases):
        finished[k] = max(0.0, finished[k])
    if not card[at.SHELF_PACES]:
        for k in range(cases):
            excess = max(0.0, finished[k] - shelves[s, at.SHELF_STORAGE, k])
            finished[k] -= excess
            shelves[s, at.SHELF_DISCARDED, k] += excess


@compiled
def may_leave(l: int, asked: State, cards: Cards, links: State, desk: State) -> None:
    """Orders of one link that may be dispatched today: none on a shut lane, no more than its limit and quota."""
    lane = cards[cards[0, at.HEAD_LINK] + l]
    book = links[l, at.LINK_BOOK]
    for k in range(len(asked)):
        asked[k] = book[k]
    if lane[at.LINK_LIMITED]:
        limit, quota = links[l, at.LINK_LIMIT], links[l, at.LINK_QUOTA]
        for k in range(len(asked)):
            asked[k] = max(0.0, min(asked[k], min(limit[k], quota[k])))
    j = lane[at.LINK_DESK]
    if j >= 0:
        for k in range(len(asked)):
            if desk[j, at.DESK_NEEDED, k] > 0.0 and desk[j, at.DESK_APPROVAL, k] <= 0.0:
                asked[k] = 0.0


@compiled
def ration(
    k: int, first: int, last: int, available: float, allocation: int, cards: Cards, outs: Cards, links: State, scratch: State
) -> None:
    """Replace the orders of one case in `scratch` by what each gets of too little."""
    n = last - first
    asked, weight, given = scratch[1 : 1 + n, k].copy(), scratch[1 : 1 + n, k].copy(), scratch[1 : 1 + n, k].copy()
    rank = outs[:n].copy()
    for i in range(n):
        l = outs[first + i]
        lane = cards[cards[0, at.HEAD_LINK] + l]
        rank[i] = 0
        if allocation == at.EQUAL:
            weight[i] = 1.0
        elif allocation != at.PROPORTIONAL:
            weight[i] = links[l, at.LINK_USUAL, k]
        if allocation == at.PRIORITY:
            rank[i] = lane[at.LINK_RANK]
        elif allocation == at.DOMESTIC_FIRST:
            rank[i] = 1 - lane[at.LINK_HOME]
    rules.share_out(available, asked, weight, rank, given)
    for i in range(n):
        scratch[1 + i, k] = given[i]


@compiled
def smooth_usage(
    day: int, f: int, b: int, asked: State, cards: Cards, outs: Cards, shelves: State, inputs: State, links: State
) -> None:
    """Follow what was asked of the facility: orders received today, as activity, averaged exponentially."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    mail = at.LINK_MAIL_EVEN if day % 2 == 0 else at.LINK_MAIL_ODD
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        shelf_card = cards[cards[0, at.HEAD_SHELF] + s]
        if not shelf_card[at.SHELF_PACES]:
            continue
        for k in range(len(asked)):
            orders = 0.0
            for o in range(shelf_card[at.SHELF_OUT], shelf_card[at.SHELF_OUT_END]):
                orders += links[outs[o], mail, k]
            asked[k] = max(asked[k], orders / shelves[s, at.SHELF_YIELD, k])
    for k in range(len(asked)):
        usage = inputs[b, at.INPUT_USAGE, k]
        inputs[b, at.INPUT_USAGE, k] += (inputs[b, at.INPUT_PER, k] * asked[k] - usage) / inputs[b, at.INPUT_SMOOTHING, k]
