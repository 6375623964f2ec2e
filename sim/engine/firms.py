"""The firms of a population: how large each is, what it holds in stock, what it cannot do without."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import compiled
from sim.engine.draws import stream_keys, uniform
from sim.engine.laws import quantiles
from sim.engine.means import CONSTANT, Law, law_of
from sim.scenario.facilities import Manufacturer, Refiner
from sim.scenario.firms import Spread
from sim.scenario.network import Node
from sim.scenario.record import Record

Numbers = NDArray[np.float64]
Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Firms:
    """How many firms a facility stands for, and the law of each parameter over them."""

    count: int
    size: Law
    cover: dict[str, Law] = field(hash=False)
    """By input, in days."""
    dependence: dict[str, Law] = field(hash=False)
    """By input."""


def firms_of(record: Record) -> Firms | None:
    """The firms a facility stands for; None where it is one firm, or of a kind that has none."""
    if not isinstance(record, Refiner | Manufacturer) or record.firms is None:
        return None
    spread = record.spread or Spread()
    cover = {name: law_of(spread.cover.get(name, purchase.cover)) for name, purchase in record.buys.items()}
    needs = {
        name: law_of(spread.dependence[name]) if name in spread.dependence else Law(CONSTANT, ingredient.dependence)
        for name, ingredient in record.recipe.items()
    }
    return Firms(record.firms, law_of(spread.capacity), cover, needs)


def usual_cover(node: Node, commodity: str) -> float:
    """Days of planned use a buyer holds; where it stands for many firms, the mean over them."""
    firms = firms_of(node.record)
    if firms is None:
        return float(node.buys[commodity].cover.days)
    return float(np.mean(spread_over(firms.cover[commodity], firms.count)))


@lru_cache(maxsize=64)
def spread_over(law: Law, count: int) -> Numbers:
    """The quantiles (i − ½)/n of a law, from the smallest to the largest."""
    values = quantiles(law, (np.arange(count) + 0.5) / count)
    values.flags.writeable = False
    return values


def shuffled(values: Numbers, seed: int, name: str) -> Numbers:
    """The values in the order that seed and name give; the same in all replications, for firms do not change."""
    key = np.uint64(stream_keys(seed, np.zeros(1, np.int64), f"{name}: order")[0])
    luck = np.empty(len(values))
    _draw(key, luck)
    return np.asarray(values[np.argsort(luck, kind="stable")])


@compiled
def _draw(key: np.uint64, luck: Numbers) -> None:
    for i in range(len(luck)):
        luck[i] = uniform(key, i)
