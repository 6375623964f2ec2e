"""The state on the morning of day 0, as if things had always been as planned.

Pipelines, work in process and order books are full. Where a licence regime is in force from the beginning, each link's
plan flow is replayed through its filing days and calendar, and the buyer's stock is its target position less what is
on order.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.engine import layout as at
from sim.engine.authority import Authority
from sim.engine.chance import draw_row
from sim.engine.compiled import compiled
from sim.engine.desks import WARM_UP
from sim.engine.transit import Cards, Keys, State, put_on_lane
from sim.engine import rules
from sim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from sim.engine.world import World


def settle(world: "World") -> None:
    """Bring a new world to its steady state. Raises ScenarioError where cover is below the calendar's swing."""
    fill(
        world.cards, world.plants, world.shelves, world.links, world.laws, world.keys, world.tables, world.rings,
        world.scratch[0],
    )
    for authority in world.authorities:
        if authority.plan.in_force:
            _replay(world, authority)
    _remember_orders(world)


@compiled
def fill(
    cards: Cards,
    plants: State,
    shelves: State,
    links: State,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
    days: State,
) -> None:
    """Put usual flows on every lane and planned work in every process, dispatched on the days before day 0."""
    for l in range(links.shape[0]):
        lane = cards[cards[0, at.HEAD_LINK] + l]
        usual = links[l, at.LINK_USUAL]
        for k in range(links.shape[2]):
            links[l, at.LINK_MAIL_EVEN, k] = usual[k]
            links[l, at.LINK_ON_ORDER, k] = usual[k]
        for day in range(-max(1, lane[at.LINK_LONGEST]), 0):
            draw_row(lane[at.LINK_TRANSIT], day, cards, laws, keys, tables, days)
            for k in range(links.shape[2]):
                arrival = rules.usable_on(day, float(day), days[k])
                if arrival >= 0:
                    # What arrives after the horizon stands in a row that no day of the run looks at.
                    rings[lane[at.LINK_RING] + min(arrival, lane[at.LINK_MASK]), k] += usual[k]
                    links[l, at.LINK_ON_ORDER, k] += usual[k]
    for f in range(plants.shape[0]):
        if cards[cards[0, at.HEAD_PLANT] + f, at.PLANT_HAS_PROCESSING]:
            fill_plant(f, cards, plants, shelves, laws, keys, tables, rings, days)


@compiled
def fill_plant(
    f: int,
    cards: Cards,
    plants: State,
    shelves: State,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
    days: State,
) -> None:
    """Planned work started on the days before day 0 and not yet finished."""
    card = cards[cards[0, at.HEAD_PLANT] + f]
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        shelf, shelf_card = shelves[s], cards[cards[0, at.HEAD_SHELF] + s]
        shelf[at.SHELF_IN_PROCESS] = 0.0
        for day in range(-max(1, shelf_card[at.SHELF_LONGEST]), 0):
            draw_row(card[at.PLANT_PROCESSING], day, cards, laws, keys, tables, days)
            for k in range(plants.shape[2]):
                made = min(plants[f, at.PLANT_PLAN, k] * shelf[at.SHELF_YIELD, k], shelf[at.SHELF_RECOVERY, k])
                due = rules.usable_on(day, float(day), days[k])
                if days[k] > 0.0 and due >= 0:
                    shelf[at.SHELF_IN_PROCESS, k] += made
                    rings[shelf_card[at.SHELF_RING] + min(due, shelf_card[at.SHELF_MASK]), k] += made


def _replay(world: "World", authority: Authority) -> None:
    """Two years of plan flow through an authority; then buyers' stock is target position less on order."""
    desk = authority.plan
    rows, links = list(desk.rows), list(desk.links)
    usual = world.links[links, at.LINK_USUAL]
    world.links[links, at.LINK_ON_ORDER] = usual
    for l in links:
        lane = _lane(world, l)
        world.rings[lane[at.LINK_RING] : lane[at.LINK_RING] + lane[at.LINK_MASK] + 1] = 0.0
    book = usual.copy()
    most = np.zeros_like(usual)
    for day in range(-WARM_UP, 0):
        authority.morning(world, day)
        book += world.desk[rows, at.DESK_REBOOKED]
        book = _dispatch(world, authority, day, book)
        authority.evening(world, day)
        cancelled = world.desk[rows, at.DESK_CANCELLED].copy()
        for field in (at.DESK_RETURNED, at.DESK_REBOOKED, at.DESK_CANCELLED, at.DESK_RELEASED):
            world.desk[rows, field] = 0.0
        _receive(world, links, day)
        world.links[links, at.LINK_ON_ORDER] += usual  # what is cancelled is taken off and ordered anew
        book += usual + cancelled
        if day >= -365:
            most = np.maximum(most, world.links[links, at.LINK_ON_ORDER])
    world.links[links, at.LINK_MAIL_EVEN] = book
    world.links[links, at.LINK_SHIPPED] = 0.0
    _stock_up(world, desk.name, links, most)


def _lane(world: "World", l: int) -> Cards:
    return np.asarray(world.cards[world.cards[0, at.HEAD_LINK] + l])


def _dispatch(world: "World", authority: Authority, day: int, book: State) -> State:
    """Send the whole book: before the authority where a licence is needed, else under way; returns an empty book."""
    for i, (l, j) in enumerate(zip(authority.plan.links, authority.plan.rows, strict=True)):
        needed = world.desk[j, at.DESK_NEEDED] > 0.0
        held = np.where(needed, book[i], 0.0)
        world.desk[j, at.DESK_READY] += held
        world.desk[j, at.DESK_HELD] += held
        send_all(day, l, book[i] - held, world.cards, world.laws, world.keys, world.tables, world.rings, world.scratch[0])
    return np.zeros_like(book)


@compiled
def send_all(
    day: int,
    l: int,
    amounts: State,
    cards: Cards,
    laws: State,
    keys: Keys,
    tables: State,
    rings: State,
    transit: State,
) -> None:
    """Put an amount under way in each case."""
    lane = cards[cards[0, at.HEAD_LINK] + l]
    draw_row(lane[at.LINK_TRANSIT], day, cards, laws, keys, tables, transit)
    put_on_lane(day, lane[at.LINK_RING], lane[at.LINK_MASK], transit, amounts, rings)


def _receive(world: "World", links: list[int], day: int) -> None:
    for l in links:
        lane = _lane(world, l)
        row = world.rings[lane[at.LINK_RING] + (day & lane[at.LINK_MASK])]
        world.links[l, at.LINK_ON_ORDER] -= row
        row[:] = 0.0


def _stock_up(world: "World", authority: str, links: list[int], most: State) -> None:
    """Stock of buyers under the regime: target position less on order, which must never be less than nothing."""
    highest = dict(zip(links, most, strict=True))
    heads = world.cards[0]
    for b, name in enumerate(world.cases.first.names["inputs"]):
        card = world.cards[heads[at.HEAD_INPUT] + b]
        mine = range(card[at.INPUT_LINK], card[at.INPUT_LINK_END])
        if not set(mine) & set(links):
            continue
        target = sum(world.links[l, at.LINK_TARGET] for l in mine)
        on_order = sum(world.links[l, at.LINK_ON_ORDER] for l in mine)
        lowest = target - sum(highest.get(l, world.links[l, at.LINK_ON_ORDER]) for l in mine)
        usage = world.inputs[b, at.INPUT_USAGE]
        if (lowest < -1e-9 * target).any() and _is_certain(world, links):
            missing = math.ceil(float(np.max(-lowest / usage)))
            raise ScenarioError([_too_little(name, authority, missing)])
        world.inputs[b, at.INPUT_STOCK] = np.maximum(0.0, target - on_order)


def _is_certain(world: "World", links: list[int]) -> bool:
    """Whether nothing about these licences is left to chance, so that a shortage would come every year."""
    approval = world.desk[:, at.DESK_APPROVAL]
    return bool((approval >= 1.0).all()) and all(law.kind == 0 for p in world.cases.plans for law in p.laws)


def _too_little(name: str, authority: str, missing: int) -> Problem:
    buyer, commodity = name.split(": ")
    return Problem(
        f"facilities.{buyer}.buys.{commodity}.cover",
        f"cover is below the swing of the calendar of '{authority}': holidays and filing days alone would empty the "
        f"stock; add at least {missing} days",
    )


def _remember_orders(world: "World") -> None:
    """Links that learn know the days on which what is on order was ordered."""
    for l, name in enumerate(world.cases.first.names["links"]):
        lane = _lane(world, l)
        if lane[at.LINK_HISTORY] < 0:
            continue
        usual, on_order = world.links[l, at.LINK_USUAL], world.links[l, at.LINK_ON_ORDER]
        for k in range(world.cases.size):
            left, day = float(on_order[k]), -1
            while left > 1e-12 * float(on_order[k]) and usual[k] > 0.0 and day > -lane[at.LINK_HISTORY_MASK]:
                taken = min(left, float(usual[k]))
                world.rings[lane[at.LINK_HISTORY] + (day & lane[at.LINK_HISTORY_MASK]), k] = taken
                left, day = left - taken, day - 1
            world.links[l, at.LINK_OLDEST, k] = day + 1
