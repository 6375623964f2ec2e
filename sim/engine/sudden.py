"""What happens once, on the day a shock starts: stock lost or sold back, goods recalled or seized, orders cancelled.

It happens after all levers of the day have moved and plans are made again, and before authorities decide, in the order
of `SUDDEN`, so that it does not matter who wakes first.
"""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.compiled import compiled
from sim.engine.targets import Target
from sim.engine.transit import Cards, State, take_oldest
from sim.scenario.effects import SUDDEN, Lever

if TYPE_CHECKING:
    from sim.engine.world import World

AFTER_DAWN = 0.1875
"""Of a day; exact in binary."""


def live(world: "World") -> Generator[simpy.Event, None, None]:
    """Everything that happens at once, as a SimPy process."""
    targets = [target for target in world.levers.targets if target.lever in SUDDEN]
    due: dict[int, list[Target]] = {}
    for target in sorted(targets, key=lambda one: (SUDDEN.index(one.lever), one.row)):
        for day in target.days:
            due.setdefault(day, []).append(target)
    for day in sorted(due):
        yield world.env.timeout(day + AFTER_DAWN - world.env.now)
        for target in due[day]:
            _HAPPENS[target.lever](world, target, day)


def starting(target: Target, day: int) -> NDArray[np.bool_]:
    """Which effects start on the day, in which cases; shape (effect, case)."""
    start, end = target.numbers[:, 1], target.numbers[:, 2]
    return np.asarray((np.ceil(start) == day) & (end > start))


def _share(target: Target, day: int) -> State:
    """Share that goes today by case, all effects after one another."""
    kept = np.ones(target.numbers.shape[2])
    for part in np.where(starting(target, day), target.numbers[:, 0], 0.0):
        kept *= 1.0 - part
    return np.asarray(1.0 - kept)


def _lose_input(world: "World", target: Target, day: int) -> None:
    row = world.inputs[target.row]
    _move(row, at.INPUT_STOCK, at.INPUT_LOST, row[at.INPUT_STOCK] * _share(target, day))


def _lose_finished(world: "World", target: Target, day: int) -> None:
    row = world.shelves[target.row]
    _move(row, at.SHELF_FINISHED, at.SHELF_LOST, row[at.SHELF_FINISHED] * _share(target, day))


def _move(row: State, source: int, into: int, amount: State) -> None:
    row[source] -= amount
    row[into] += amount


def _above(world: "World", target: Target, day: int) -> State:
    """Input stock above the lowest limit that starts today, as days of use."""
    limits = np.where(starting(target, day), target.numbers[:, 0], np.inf).min(axis=0)
    row = world.inputs[target.row]
    kept = np.full_like(limits, np.inf)
    np.multiply(limits, row[at.INPUT_USAGE], out=kept, where=np.isfinite(limits))
    return np.asarray(np.maximum(0.0, row[at.INPUT_STOCK] - kept))


def _lose_excess(world: "World", target: Target, day: int) -> None:
    _move(world.inputs[target.row], at.INPUT_STOCK, at.INPUT_LOST, _above(world, target, day))


def _sell_back(world: "World", target: Target, day: int) -> None:
    """To the sellers, by the shares of today."""
    excess, card = _above(world, target, day), world.cases.first.cards["inputs"][target.row]
    for link in range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]):
        part = excess * world.links[link, at.LINK_SHARE]
        world.inputs[target.row, at.INPUT_STOCK] -= part
        world.shelves[world.shelf_of[link], at.SHELF_FINISHED] += part
    stock = world.inputs[target.row, at.INPUT_STOCK]
    np.maximum(stock, 0.0, out=stock)


def _recall(world: "World", target: Target, day: int) -> None:
    """Goods under way are back in the seller's stock, and their orders in its book."""
    goods = _stopped(world, target, day)
    world.shelves[world.shelf_of[target.row], at.SHELF_FINISHED] += goods


def _seize(world: "World", target: Target, day: int) -> None:
    """Goods under way are lost, and their orders return to the seller's book."""
    world.seized[target.row] += _stopped(world, target, day)


def _stopped(world: "World", target: Target, day: int) -> State:
    """Take a share of the goods off a link, put their orders back in the book, and return how much it was."""
    card, share = world.floor.card("links", target.row), _share(target, day)
    goods = np.zeros_like(share)
    for row in world.state[card[at.LINK_RING] : card[at.LINK_RING] + card[at.LINK_MASK] + 1]:
        taken = row * share
        row -= taken
        goods += taken
    world.links[target.row, at.LINK_BOOK] += goods
    return goods


def _cancel(world: "World", target: Target, day: int) -> None:
    """Orders in the mail and in the seller's book are void, and the buyer no longer waits for them."""
    row, share = world.links[target.row], _share(target, day)
    mail = at.LINK_MAIL_EVEN if day % 2 == 0 else at.LINK_MAIL_ODD
    void = np.zeros_like(share)
    for field in (mail, at.LINK_BOOK):
        taken = row[field] * share
        row[field] -= taken
        void += taken
    row[at.LINK_ON_ORDER] -= void
    card = world.floor.card("links", target.row)
    if card[at.LINK_HISTORY] >= 0:
        forget(day, void, card, world.state)


@compiled
def forget(day: int, void: State, lane: Cards, state: State) -> None:
    """A link that learns takes what is void for its oldest orders."""
    for k in range(len(void)):
        if void[k] > 0.0:
            take_oldest(day, k, void[k], lane, state)


_HAPPENS: dict[Lever, Callable[["World", Target, int], None]] = {
    Lever.INPUT_LOSS: _lose_input,
    Lever.FINISHED_LOSS: _lose_finished,
    Lever.SEIZURE: _seize,
    Lever.RECALL: _recall,
    Lever.EXCESS_LOSS: _lose_excess,
    Lever.EXCESS_SALE: _sell_back,
    Lever.CANCEL: _cancel,
}
