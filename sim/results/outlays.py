"""What a world costs beyond the goods themselves: dearer goods, duty, holding stock, haste.

Goods at their usual price are no cost here. What is bought is used, sold on, or still there in the end, and is bought
once at every stage: whoever loses less buys more, and that is turnover, the other side of the loss that is avoided. So
of purchases only what is paid above the usual price counts; all of them are told beside it. Stock that is held costs
`holding`, the price of having money in it, whether or not a shock comes: so worlds are compared by all they pay in a
run with the shocks, quiet days included, and not by what shocks add to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.costs import Bill, accounts, pays, purchase_cost
from sim.results.losses import TOLERANCE
from sim.results.outcome import Outcome
from sim.results.prices import prices_of

PARTS: Final = ("dearer", "tariff", "holding", "expediting")
"""What is a cost: paid above the usual price, duty, stock held, haste."""
BESIDE: Final = "purchase"
"""All goods bought at the day's price, which is turnover."""
_ROWS: Final = (*PARTS, BESIDE)


@dataclass(frozen=True)
class Outlays:
    """What each facility and market pays over the run; arrays of shape (part, replication), purchases last."""

    currency: str
    """Empty where nothing that is traded has a price."""
    struck: Mapping[str, Array]
    calm: Mapping[str, Array]
    """Without the shocks."""
    unknown: frozenset[str]
    """Those whose bill is not known for want of a price."""


@dataclass(frozen=True)
class Extra:
    """What one world costs more than another, with the same luck; a value for each replication."""

    currency: str
    struck: Mapping[str, Array]
    """By part, with the shocks."""
    calm: Mapping[str, Array]
    """By part, without them."""
    left_out: tuple[str, ...]
    """Facilities and markets whose bill is not known in one of the worlds."""

    @property
    def total(self) -> Array:
        """All parts, with the shocks; without goods at their usual price."""
        return _sum([self.struck[part] for part in PARTS])

    @property
    def total_calm(self) -> Array:
        """The same without the shocks: what it costs also if nothing happens."""
        return _sum([self.calm[part] for part in PARTS])


def outlays_of(outcome: Outcome) -> Outlays:
    """The outlays of every facility and market."""
    prices = outcome.scenario.commodities
    traded = sorted({lane.commodity for lane in outcome.links.values()})
    currency = next((price.currency for name in traded if (price := prices[name].price)), "")
    if not currency:
        return Outlays("", {}, {}, frozenset())
    found, dearer, size = accounts(outcome), paid_above_usual(outcome), outcome.shocked.size
    struck = {name: _parts(account.shocked, dearer[name], size) for name, account in found.items()}
    calm = {name: _parts(account.baseline, np.zeros(1), size) for name, account in found.items()}
    return Outlays(currency, struck, calm, frozenset(name for name, account in found.items() if not pays(account)))


def paid_above_usual(outcome: Outcome) -> dict[str, Array]:
    """By facility and market: what it pays for goods more than at their price without the shocks; negative for less."""
    usual, struck = prices_of(outcome, False).price, prices_of(outcome, True).price
    found = {name: np.zeros(outcome.shocked.size) for name in outcome.scenario.network.nodes}
    for link, lane in outcome.links.items():
        above = struck[lane.commodity] - usual[lane.commodity]
        if above.any():
            found[lane.buyer.name] += purchase_cost(outcome.shocked["shipments", link], above)
    return found


def between(one: Outlays, other: Outlays) -> Extra | None:
    """What the first costs more than the second, of all whose bill is known in both; None without a common currency."""
    if not one.currency or one.currency != other.currency:
        return None
    left = one.unknown | other.unknown
    struck, calm = (_less(_whole(mine, left), _whole(theirs, left)) for mine, theirs in _pairs(one, other))
    return Extra(one.currency, struck, calm, tuple(sorted(left)))


def _pairs(one: Outlays, other: Outlays) -> tuple[tuple[Mapping[str, Array], Mapping[str, Array]], ...]:
    return (one.struck, other.struck), (one.calm, other.calm)


def _parts(bill: Bill, dearer: Array, size: int) -> Array:
    rows = (dearer, bill.tariff, bill.holding, bill.expediting, bill.purchase)
    return np.array([np.broadcast_to(row, (size,)) for row in rows])


def _whole(by_node: Mapping[str, Array], left: frozenset[str]) -> Array:
    """Added in order of names, so that the last bits never depend on the machine."""
    return _sum([by_node[name] for name in sorted(by_node) if name not in left])


def _less(mine: Array, theirs: Array) -> dict[str, Array]:
    """The difference by part, 0 where it is no more than rounding beside what is paid for everything."""
    smallest = TOLERANCE * np.sum(np.abs(theirs), axis=0)
    difference = np.where(np.abs(mine - theirs) <= smallest, 0.0, mine - theirs)
    return dict(zip(_ROWS, difference, strict=True))


def _sum(arrays: list[Array]) -> Array:
    total = np.zeros((len(_ROWS), 1)) if not arrays else np.zeros_like(arrays[0])
    for array in arrays:
        total = total + array
    return total
