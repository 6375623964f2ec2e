"""The state on the morning of day 0, as if things had always been as planned.

Pipelines, work in process and order books are full. Where a licence regime is in force from the beginning, each link's
plan flow is replayed through its filing days and calendar, and the buyer's stock is its target position less what is
on order.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.authority import Authority
from sim.engine.chance import copy, draw_row
from sim.engine.compiled import compiled, inner
from sim.engine.desks import WARM_UP, DeskPlan
from sim.engine.state import FIELDS
from sim.engine.transit import Cards, Keys, State, put_on_lane
from sim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from sim.engine.world import World


def settle(world: "World") -> None:
    """Bring a new world to its steady state. Raises ScenarioError where cover is below the calendar's swing."""
    fill(world.cards, world.state, world.keys, world.tables)
    for authority in world.authorities:
        if authority.plan.in_force:
            _replay(world, authority)
    remember_orders(world.cards, world.state)


@compiled
def fill(cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """Put usual flows on every lane and planned work in every process, dispatched on the days before day 0."""
    days = state[cards[0, at.HEAD_SCRATCH]]
    for l in range(cards[0, at.HEAD_LINK], cards[0, at.HEAD_LINK_END]):
        lane, row = cards[l], cards[l, at.ROW]
        usual, on_order = state[row + at.LINK_USUAL], state[row + at.LINK_ON_ORDER]
        copy(usual, state[row + at.LINK_MAIL_EVEN])
        copy(usual, on_order)
        for day in range(-max(1, lane[at.LINK_LONGEST]), 0):
            draw_row(cards[lane[at.LINK_TRANSIT]], day, state, keys, tables, days)
            for k in range(len(usual)):
                arrival = int(rules.usable_on(day, float(day), days[k]))
                if arrival >= 0:
                    # What arrives after the horizon stands in a row that no day of the run looks at.
                    state[lane[at.LINK_RING] + min(arrival, lane[at.LINK_MASK]), k] += usual[k]
                    on_order[k] += usual[k]
    for f in range(cards[0, at.HEAD_PLANT], cards[0, at.HEAD_PLANT_END]):
        if cards[f, at.PLANT_HAS_PROCESSING]:
            fill_plant(cards[f], days, cards, state, keys, tables)


@inner
def fill_plant(plant: Cards, days: State, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """Planned work started on the days before day 0 and not yet finished."""
    plan = state[plant[at.ROW] + at.PLANT_PLAN]
    for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
        shelf, row = cards[s], cards[s, at.ROW]
        in_process, per_activity = state[row + at.SHELF_IN_PROCESS], state[row + at.SHELF_YIELD]
        recovery = state[row + at.SHELF_RECOVERY]
        in_process[:] = 0.0
        for day in range(-max(1, shelf[at.SHELF_LONGEST]), 0):
            draw_row(cards[plant[at.PLANT_PROCESSING]], day, state, keys, tables, days)
            for k in range(len(plan)):
                made = min(plan[k] * per_activity[k], recovery[k])
                due = int(rules.usable_on(day, float(day), days[k]))
                if days[k] > 0.0 and due >= 0:
                    in_process[k] += made
                    state[shelf[at.SHELF_RING] + min(due, shelf[at.SHELF_MASK]), k] += made


def _replay(world: "World", authority: Authority) -> None:
    """Two years of plan flow through an authority; then buyers' stock is target position less on order."""
    desk = authority.plan
    rows, links = list(desk.rows), list(desk.links)
    usual = world.links[links, at.LINK_USUAL]
    world.links[links, at.LINK_ON_ORDER] = usual
    for l in links:
        lane = world.floor.card("links", l)
        world.state[lane[at.LINK_RING] : lane[at.LINK_RING] + lane[at.LINK_MASK] + 1] = 0.0
    book, most = usual.copy(), np.zeros_like(usual)
    desks = world.floor.row["desk"] + FIELDS["desk"] * np.array(rows, np.int64)
    lanes = world.floor.first["links"] + np.array(links, np.int64)
    for day in range(-WARM_UP, 0):
        authority.morning(world, day)
        send_books(day, lanes, desks, book, world.cards, world.state, world.keys, world.tables)
        authority.evening(world, day)
        order_anew(day, lanes, desks, usual, book, most, world.cards, world.state)
    world.links[links, at.LINK_MAIL_EVEN] = book
    world.links[links, at.LINK_SHIPPED] = 0.0
    _stock_up(world, desk, links, most)


@compiled
def send_books(
    day: int, lanes: Cards, desks: Cards, book: State, cards: Cards, state: State, keys: Keys, tables: State
) -> None:
    """Send all that is in the books: before the authority where a licence is needed, else under way.

    `lanes` are the cards of links, `desks` the rows before the authority that belong to them.
    """
    for i in range(len(lanes)):
        card, desk, amounts = cards[lanes[i]], desks[i], book[i]
        usual, needed = state[card[at.ROW] + at.LINK_USUAL], state[desk + at.DESK_NEEDED]
        for k in range(len(amounts)):
            amounts[k] += state[desk + at.DESK_REBOOKED, k]
            for field in (at.DESK_RETURNED, at.DESK_REBOOKED, at.DESK_RELEASED):  # letters the seller has read
                state[desk + field, k] = 0.0
            held = amounts[k] - rules.unlicensed(amounts[k], needed[k], usual[k])
            state[desk + at.DESK_READY, k] += held
            state[desk + at.DESK_HELD, k] += held
            amounts[k] -= held
        transit = state[cards[0, at.HEAD_SCRATCH]]
        draw_row(cards[card[at.LINK_TRANSIT]], day, state, keys, tables, transit)
        put_on_lane(day, card, transit, amounts, state)


@compiled
def order_anew(
    day: int, lanes: Cards, desks: Cards, usual: State, book: State, most: State, cards: Cards, state: State
) -> None:
    """Buyers receive what is due, and order as usual; what was cancelled is taken off and ordered anew.

    `most` is the most on order on each link in the last year.
    """
    for i in range(len(lanes)):
        card, desk = cards[lanes[i]], desks[i]
        on_order, due = state[card[at.ROW] + at.LINK_ON_ORDER], state[card[at.LINK_RING] + (day & card[at.LINK_MASK])]
        for k in range(len(on_order)):
            on_order[k] = on_order[k] - due[k] + usual[i, k]
            due[k] = 0.0
            book[i, k] = usual[i, k] + state[desk + at.DESK_CANCELLED, k]
            state[desk + at.DESK_CANCELLED, k] = state[desk + at.DESK_RELEASED, k] = 0.0
            if day >= -365:
                most[i, k] = max(most[i, k], on_order[k])


def _stock_up(world: "World", desk: DeskPlan, links: list[int], most: State) -> None:
    """Stock of buyers under the regime: target position less on order, which must never be less than nothing."""
    highest = dict(zip(links, most, strict=True))
    for b, name in enumerate(world.cases.first.names["inputs"]):
        card = world.cases.first.cards["inputs"][b]
        mine = range(card[at.INPUT_LINK], card[at.INPUT_LINK_END])
        if not set(mine) & set(links):
            continue
        target = sum(world.links[l, at.LINK_TARGET] for l in mine)
        on_order = sum(world.links[l, at.LINK_ON_ORDER] for l in mine)
        lowest = target - sum(highest.get(l, world.links[l, at.LINK_ON_ORDER]) for l in mine)
        usage = world.inputs[b, at.INPUT_USAGE]
        if (lowest < -1e-9 * target).any() and _is_certain(world, links):
            missing = math.ceil(float(np.max(-lowest / usage)))
            raise ScenarioError([_too_little(world, name, desk, missing)])
        world.inputs[b, at.INPUT_STOCK] = np.maximum(0.0, target - on_order)


def _is_certain(world: "World", links: list[int]) -> bool:
    """Whether nothing about these licences is left to chance, so that a shortage would come every year."""
    approval = world.desk[:, at.DESK_APPROVAL]
    return bool((approval >= 1.0).all()) and all(law.kind == 0 for p in world.cases.plans for law in p.laws)


def _too_little(world: "World", name: str, desk: DeskPlan, missing: int) -> Problem:
    """Why the stock of an input runs empty under a licence with no shock at all."""
    buyer, commodity = name.split(": ")
    if any(duty.pool >= 0 for duty in desk.duties):
        return Problem(
            f"licences.{desk.name}.reviewers",
            f"the reviewers of '{desk.name}' cannot carry the plan: the stock of {commodity} at '{buyer}' would run "
            f"empty without any shock; give it more reviewers, or '{buyer}' at least {missing} more days of cover",
        )
    is_market = buyer in world.cases.first.names["markets"]
    return Problem(
        f"markets.{buyer}.cover" if is_market else f"facilities.{buyer}.buys.{commodity}.cover",
        f"cover is below the swing of the calendar of '{desk.name}': holidays and filing days alone would empty the "
        f"stock; add at least {missing} days",
    )


@compiled
def remember_orders(cards: Cards, state: State) -> None:
    """Links that learn know the days on which what is on order was ordered: one usual order a day, the last first."""
    for l in range(cards[0, at.HEAD_LINK], cards[0, at.HEAD_LINK_END]):
        lane, row = cards[l], cards[l, at.ROW]
        if lane[at.LINK_HISTORY] < 0:
            continue
        for k in range(state.shape[1]):
            usual, on_order = state[row + at.LINK_USUAL, k], state[row + at.LINK_ON_ORDER, k]
            left, day = on_order, -1
            while left > 1e-12 * on_order and usual > 0.0 and day > -lane[at.LINK_HISTORY_MASK]:
                taken = min(left, usual)
                state[lane[at.LINK_HISTORY] + (day & lane[at.LINK_HISTORY_MASK]), k] = taken
                left -= taken
                day -= 1
            state[row + at.LINK_OLDEST, k] = day + 1
