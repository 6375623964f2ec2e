"""Which shock: a loss split among the shocks that strike together, by Shapley values.

The value of a shock is the mean, over all orders in which the shocks could be added one after the other, of what it
adds to the loss when its turn comes (Shapley 1953). The values add up to the loss. A value is negative where a shock
spares more than it costs. What a shock would cost alone, and what the others would cost without it, are other numbers.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from sim.engine.draws import stream_keys, uniform
from sim.engine.records import Array

EXACT: Final = 6
"""Most shocks of which every subset is run; of more, orders are drawn."""
DRAWN: Final = 32
"""Orders drawn, each of which is also taken backwards."""

Subset = frozenset[str]
NOBODY: Final[Subset] = frozenset()


@dataclass(frozen=True)
class Game:
    """The shocks, and the subsets of them whose loss has to be known."""

    shocks: tuple[str, ...]
    orders: tuple[tuple[str, ...], ...] = ()
    """Orders drawn; none where every subset is run."""

    @cached_property
    def everybody(self) -> Subset:
        return frozenset(self.shocks)

    @property
    def exact(self) -> bool:
        """Whether all orders count rather than some of them."""
        return not self.orders

    @cached_property
    def subsets(self) -> tuple[Subset, ...]:
        """Each once, the smallest first; every shock alone, and all without each, are always among them."""
        if self.exact:
            found = {frozenset(some) for n in range(len(self.shocks) + 1) for some in self._chosen(n)}
        else:
            found = {frozenset(order[:n]) for order in self.orders for n in range(len(order) + 1)}
            found |= {frozenset((shock,)) for shock in self.shocks}
            found |= {self.everybody - {shock} for shock in self.shocks}
        return tuple(sorted(found, key=lambda subset: (len(subset), sorted(subset))))

    def _chosen(self, count: int) -> Iterator[tuple[str, ...]]:
        return itertools.combinations(self.shocks, count)


def game_of(shocks: Sequence[str], seed: int) -> Game:
    """Every subset of up to six shocks; of more, the subsets met along 32 orders drawn by the seed and their reverses.

    An order puts the shocks by numbers drawn under their own names, so it does not depend on how the file lists them.
    """
    names = tuple(sorted(shocks))
    if len(names) <= EXACT:
        return Game(names)
    numbers = np.arange(1, DRAWN + 1)
    keys = {name: stream_keys(seed, numbers, f"{name}: place in an order of shocks") for name in names}
    drawn = [tuple(sorted(names, key=lambda name: uniform(keys[name][i], 0))) for i in range(DRAWN)]
    return Game(names, tuple(order for some in drawn for order in (some, some[::-1])))


def values(game: Game, lost: Mapping[Subset, Array]) -> dict[str, Array]:
    """The Shapley value of each shock; `lost` is the loss under each subset of the game, in arrays of any one shape."""
    if game.exact:
        return {shock: _over_all_orders(game, shock, lost) for shock in game.shocks}
    added = {shock: _over_drawn_orders(game, shock, lost) for shock in game.shocks}
    return {shock: np.asarray(np.mean(added[shock], axis=0)) for shock in game.shocks}


def drawing_error(game: Game, lost: Mapping[Subset, float]) -> dict[str, float]:
    """Half of the 95 % interval that drawn orders leave around each value of a mean loss; 0 where all orders count.

    From the spread over pairs of an order and its reverse.
    """
    if game.exact:
        return dict.fromkeys(game.shocks, 0.0)
    from scipy.special import stdtrit

    wide = float(stdtrit(DRAWN - 1, 0.975)) / math.sqrt(DRAWN)
    known = {subset: np.asarray(value) for subset, value in lost.items()}
    added = {shock: _over_drawn_orders(game, shock, known) for shock in game.shocks}
    return {s: wide * float(np.std(added[s].reshape(DRAWN, 2).mean(axis=1), ddof=1)) for s in game.shocks}


def alone(shock: str, lost: Mapping[Subset, Array]) -> Array:
    """What would be lost if only this shock struck."""
    return lost[frozenset((shock,))]


def without(game: Game, shock: str, lost: Mapping[Subset, Array]) -> Array:
    """What would still be lost if all struck but this one."""
    return lost[game.everybody - {shock}]


def _over_all_orders(game: Game, shock: str, lost: Mapping[Subset, Array]) -> Array:
    """Each subset before it counts for the orders in which just these shocks come first."""
    n, total = len(game.shocks), np.zeros_like(lost[NOBODY])
    for before in game.subsets:
        if shock not in before:
            weight = math.factorial(len(before)) * math.factorial(n - len(before) - 1) / math.factorial(n)
            total = total + weight * (lost[before | {shock}] - lost[before])
    return np.asarray(total)


def _over_drawn_orders(game: Game, shock: str, lost: Mapping[Subset, Array]) -> Array:
    """What the shock adds in each order drawn; the orders are the first axis."""
    before = [frozenset(order[: order.index(shock)]) for order in game.orders]
    return np.stack([lost[some | {shock}] - lost[some] for some in before])
