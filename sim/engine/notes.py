"""What bound each facility's run: asked for by who explains a loss, and lived through beside the world.

Nobody sees anything in the review it is sent, so what each facility will decide can be told before the reviews begin.
Every morning the whole state is copied, and on the copy each facility takes the first steps of its day with its own
rules, one limit after the other. The world itself neither knows nor pays.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import copy, draw_row
from sim.engine.compiled import compiled, inner
from sim.engine.make import finish, keep_to_inputs, keep_to_storage, want
from sim.engine.transit import Card, Cards, Keys, State, read_orders, receive

if TYPE_CHECKING:
    from sim.engine.world import World

Masks = NDArray[np.int64]

NOTING = 0.375
"""After authorities have decided and before anyone reviews."""
WANTED, CAPACITY, ROOM, FIRST_INPUT = range(4)
"""Bits of a mask; inputs follow in the order of their names, as far as there are bits."""
LAST_BIT = 62
CLOSE = 1e-9
"""A limit this near to the run, beside the larger of run and plan, is one of those that bind it."""


@dataclass(frozen=True)
class Bounds:
    """Which limits allowed no more than what was run, as masks of bits; several where they allow the same."""

    names: tuple[str, ...]
    """Facilities, in the order of the second axis."""
    inputs: Mapping[str, tuple[str, ...]]
    """By facility the commodities of its inputs, in the order of their bits."""
    masks: Masks
    """Shape (day, facility, case)."""

    def bit(self, facility: str, number: int) -> NDArray[np.bool_]:
        """Whether one limit binds, shape (day, case): WANTED, CAPACITY, ROOM, or FIRST_INPUT + number of the input."""
        masks = self.masks[:, self.names.index(facility), :]
        return np.asarray(masks >> min(number, LAST_BIT) & 1 > 0)

    def cases(self, chosen: slice) -> "Bounds":
        """The same for some of the cases."""
        return Bounds(self.names, self.inputs, self.masks[:, :, chosen])


class Notes:
    """Masks of a world as it lives, and the copy it is told from."""

    def __init__(self, world: "World", days: int):
        self.world = world
        names = world.cases.first.names
        self.masks = np.zeros((days, len(names["plants"]), world.cases.size), np.int64)
        self.mirror = np.empty_like(world.state)
        self.before = np.empty(world.cases.size)

    def take(self, day: int) -> None:
        """Note the day for every facility."""
        world = self.world
        self.mirror[:] = world.state
        first = world.floor.first["plants"]
        for f in range(self.masks.shape[1]):
            note_day(
                day, first + f, self.before, world.cards, self.mirror, world.keys, world.tables, self.masks[day, f]
            )

    def bounds(self) -> Bounds:
        """All that was noted."""
        names = self.world.cases.first.names
        inputs = {plant: _inputs_of(plant, names["inputs"]) for plant in names["plants"]}
        return Bounds(names["plants"], inputs, self.masks)


def _inputs_of(plant: str, inputs: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.split(": ", 1)[1] for name in inputs if name.split(": ", 1)[0] == plant)


def live(world: "World", notes: Notes) -> Generator[simpy.Event, None, None]:
    """Take notes every day before the reviews."""
    yield world.env.timeout(NOTING)
    while True:
        notes.take(int(world.env.now))
        yield world.env.timeout(1.0)


@compiled
def note_day(
    day: int, plant: int, before: State, cards: Cards, state: State, keys: Keys, tables: State, masks: Masks
) -> None:
    """Run one facility's day up to its decision, on a copy of the state, and say which limits hold it."""
    card = cards[plant]
    for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
        receive(day, cards[b], cards, state)
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        read_orders(day, cards[s], cards, state)
        if card[at.PLANT_HAS_PROCESSING]:
            finish(day, cards[s], state)
    run, spare = state[card[at.ROW] + at.PLANT_RUN], state[cards[0, at.HEAD_SCRATCH]]
    limit_without_inputs(day, card, run, before, spare, cards, state, keys, tables)
    copy(run, before)
    keep_to_inputs(card, run, spare, cards, state)
    masks[:] = 0
    note_inputs(card, run, before, cards, state, masks)
    note_others(day, card, run, before, spare, cards, state, keys, tables, masks)


@inner
def limit_without_inputs(
    day: int, card: Card, run: State, before: State, spare: State, cards: Cards, state: State, keys: Keys,
    tables: State,
) -> None:  # fmt: skip
    """What the facility would run with inputs in plenty."""
    want_all(card, run, cards, state)
    draw_row(cards[card[at.PLANT_CAPACITY]], day, state, keys, tables, spare)
    for k in range(len(run)):
        run[k] = min(run[k], spare[k])
    if card[at.PLANT_HAS_STORAGE]:
        keep_to_storage(card, run, spare, cards, state)


@inner
def want_all(card: Card, run: State, cards: Cards, state: State) -> None:
    """What the facility would run without any limit."""
    if card[at.PLANT_FLAT]:
        copy(state[card[at.ROW] + at.PLANT_PLAN], run)
        return
    run[:] = 0.0
    for s in range(card[at.PLANT_SHELF], card[at.PLANT_SHELF_END]):
        if cards[s, at.SHELF_PACES]:
            want(run, cards[s], state)


@inner
def note_others(
    day: int, card: Card, run: State, limit: State, spare: State, cards: Cards, state: State, keys: Keys,
    tables: State, masks: Masks,
) -> None:  # fmt: skip
    """Set the bits of what is wanted, of capacity and of room."""
    plan = state[card[at.ROW] + at.PLANT_PLAN]
    want_all(card, limit, cards, state)
    note(limit, run, plan, WANTED, masks)
    draw_row(cards[card[at.PLANT_CAPACITY]], day, state, keys, tables, limit)
    note(limit, run, plan, CAPACITY, masks)
    if card[at.PLANT_HAS_STORAGE]:
        limit[:] = np.inf
        keep_to_storage(card, limit, spare, cards, state)
        note(limit, run, plan, ROOM, masks)


@inner
def note(limit: State, run: State, plan: State, number: int, masks: Masks) -> None:
    """Set a bit where the limit allows no more than what is run."""
    bit = np.int64(1) << min(number, LAST_BIT)
    for k in range(len(run)):
        if limit[k] <= run[k] + CLOSE * max(run[k], plan[k]):
            masks[k] |= bit


@inner
def note_inputs(card: Card, run: State, before: State, cards: Cards, state: State, masks: Masks) -> None:
    """Set the bits of inputs; of one the plant can partly do without where it is short and its rule allows no more.

    `before` is what would be run with inputs in plenty; it is left as what essential inputs allow of it.
    """
    plan = state[card[at.ROW] + at.PLANT_PLAN]
    for partial in range(2):
        for b in range(card[at.PLANT_INPUT], card[at.PLANT_INPUT_END]):
            row = cards[b, at.ROW]
            bit = np.int64(1) << min(FIRST_INPUT + b - card[at.PLANT_INPUT], LAST_BIT)
            stock, per = state[row + at.INPUT_STOCK], state[row + at.INPUT_PER]
            dependence, throttle = state[row + at.INPUT_DEPENDENCE], state[row + at.INPUT_THROTTLE]
            cover = state[row + at.INPUT_COVER]
            for k in range(len(run)):
                if (dependence[k] < 1.0) != (partial == 1):
                    continue
                allowed = rules.allowed_by(stock[k], per[k], throttle[k], cover[k])
                slack = CLOSE * max(run[k], plan[k])
                if allowed > before[k] + slack:
                    continue
                if partial == 1:
                    allowed = rules.with_partial_input(before[k], plan[k], allowed, dependence[k])
                else:
                    before[k] = min(before[k], allowed)
                if allowed <= run[k] + slack:
                    masks[k] |= bit
