"""Alternatives held against a reference with the same luck: what each avoids, what it costs, and which is best.

All differences are paired by replication. An alternative *avoids* what the reference loses and it does not; each loses
against its own world without shocks. It is ranked if it avoids a loss beyond chance: what costs nothing more first,
then by loss avoided per cost.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from sim.engine.records import Array
from sim.results.losses import TOLERANCE, share_of
from sim.results.outlays import Extra, between
from sim.results.ratio import ratio_interval
from sim.results.side import Loss, Side
from sim.results.statistics import ENOUGH_EVENTS, TOO_FEW, mean_interval
from sim.results.table import Estimate

Standing = Literal["helps", "harms", "changes nothing", "no more than chance", "not known"]
HELPS: Final = "helps"
HARMS: Final = "harms"
EVEN: Final = "changes nothing"
CHANCE: Final = "no more than chance"
UNKNOWN: Final = "not known"
FREE: Final = "costs nothing more"
NOT_SURE: Final = "not surely dearer, so no interval of what is avoided per cost"
OWN_DAYS: Final = "days"
REFERENCE: Final = "the reference"
ALIKE: Final = 1e-9
"""Share by which two figures may differ and still be one rank."""


@dataclass(frozen=True)
class Difference:
    """One place, in one alternative and in the reference."""

    name: str
    """Of the alternative."""
    unit: str
    """Of the loss and of what is avoided."""
    lost: Estimate
    share: Estimate
    """Lost, as a share of its own world without shocks."""
    avoided: Estimate
    avoided_share: Estimate
    """Avoided, as a share of what the reference loses; nan where that is nothing."""
    value: Estimate
    """Avoided, in money; nan without a price."""
    currency: str
    cost: Estimate
    """What it costs more; nan where that is not known."""
    per_cost: Estimate
    """Avoided per cost: value for each unit of money, or amount where there is no price; nan where it costs no more."""
    standing: Standing
    n: int
    note: str
    rank: int | None = None

    @property
    def worth_unit(self) -> str:
        """Of what is avoided, as it is held against cost: in money where there is a price."""
        return self.currency if math.isfinite(self.value.mean) else self.unit

    @property
    def is_free(self) -> bool:
        """Whether it is known to cost nothing more, in the mean."""
        return self.cost.mean <= 0.0


@dataclass(frozen=True)
class Comparison:
    """One place over all alternatives."""

    place: str
    unit: str
    reference: Difference
    others: tuple[Difference, ...]
    """In order of rank, then by what they avoid."""
    by_cost: bool
    """Whether they are ranked by loss avoided per cost, and not by loss avoided alone."""


def extras(sides: Sequence[Side]) -> list[Extra | None]:
    """What each alternative costs more than the reference; None where nothing beyond goods is reckoned with."""
    states = any(side.states_costs for side in sides)
    return [between(side.outlays, sides[0].outlays) if states else None for side in sides[1:]]


def compared(place: str, sides: Sequence[Side], costs: Sequence[Extra | None]) -> Comparison:
    """The alternatives that have the place, ranked."""
    have = [(side, cost) for side, cost in zip(sides[1:], costs, strict=True) if place in side.losses]
    base = sides[0].losses[place]
    alike = all(base.is_like(side.losses[place]) for side, _ in have)
    by_cost = bool(have) and all(cost is not None for _, cost in have)
    is_random = any(side.is_random or side.varies for side in sides)
    unit = base.what.unit if alike else OWN_DAYS
    found = [_difference(side, place, sides[0], alike, cost if by_cost else None, is_random) for side, cost in have]
    reference = _reference(sides[0], base, alike, is_random)
    return Comparison(place, unit, reference, tuple(_ranked(found, by_cost)), by_cost)


def _amount(loss: Loss, alike: bool) -> Array:
    return loss.lost if alike else loss.days


def _reference(side: Side, loss: Loss, alike: bool, is_random: bool) -> Difference:
    none, lost = Estimate(math.nan), _amount(loss, alike)
    unit = loss.what.unit if alike else OWN_DAYS
    said = _said_of_loss(lost, is_random), _said_of_loss(loss.share, is_random)
    currency = loss.currency if alike else ""
    return Difference(side.name, unit, *said, none, none, none, currency, none, none, EVEN, side.n, REFERENCE)


def _said_of_loss(values: Array, is_random: bool) -> Estimate:
    """The mean, without an interval where losses are too few for it."""
    return _said(values, is_random and 0 < int(np.sum(values > 0.0)) < ENOUGH_EVENTS)


def _said(values: Array, few: bool) -> Estimate:
    return Estimate(float(np.mean(values))) if few else Estimate(*mean_interval(values))


def _difference(
    side: Side, place: str, reference: Side, alike: bool, cost: Extra | None, is_random: bool
) -> Difference:
    loss, base = side.losses[place], reference.losses[place]
    lost, against = _amount(loss, alike), _amount(base, alike)
    avoided = _settled(against - lost, base.calm if alike else share_of(base.calm, np.asarray(base.plan)))
    differing = int(np.sum(avoided != 0.0))
    few = is_random and (len(avoided) < 2 or 0 < differing < ENOUGH_EVENTS)
    price, currency = _common_price(base, loss) if alike else (math.nan, "")
    said = _said(avoided, few)
    per_cost = _per_cost(avoided * (price if math.isfinite(price) else 1.0), cost, few)
    return Difference(
        name=side.name,
        unit=loss.what.unit if alike else OWN_DAYS,
        lost=_said_of_loss(lost, is_random),
        share=_said_of_loss(loss.share, is_random),
        avoided=said,
        avoided_share=_ratio(avoided, against, few),
        value=_said(avoided * price, few),
        currency=cost.currency if cost else currency,
        cost=_said(cost.total, is_random and len(avoided) < 2) if cost else Estimate(math.nan),
        per_cost=per_cost,
        standing=_standing(said, few, is_random),
        n=len(avoided),
        note=_note(differing, len(avoided), few, is_random, cost, per_cost),
    )


def _settled(avoided: Array, calm: Array) -> Array:
    """0 where it is no more than rounding beside what the reference has without shocks."""
    return np.where(np.abs(avoided) <= 2.0 * TOLERANCE * np.abs(calm), 0.0, avoided)


def _common_price(one: Loss, other: Loss) -> tuple[float, str]:
    """Value of a unit and its currency, where both have the same; nan where not."""
    same = one.price == other.price and one.currency == other.currency
    return (one.price, one.currency) if same else (math.nan, "")


def _ratio(above: Array, below: Array, few: bool) -> Estimate:
    ratio, low, high = ratio_interval(above, below)
    return Estimate(ratio) if few else Estimate(ratio, low, high)


def _per_cost(worth: Array, cost: Extra | None, few: bool) -> Estimate:
    """Of means that are above 0; what costs no more, or avoids nothing, has no such figure."""
    if cost is None or not np.mean(worth) > 0.0:
        return Estimate(math.nan)
    return _ratio(worth, np.broadcast_to(cost.total, worth.shape), few)


def _standing(avoided: Estimate, few: bool, is_random: bool) -> Standing:
    if avoided.mean == 0.0 and not few:
        return EVEN
    if few:
        return UNKNOWN
    low, high = (avoided.low, avoided.high) if is_random else (avoided.mean, avoided.mean)
    return HELPS if low > 0.0 else HARMS if high < 0.0 else CHANCE


def _note(differing: int, n: int, few: bool, is_random: bool, cost: Extra | None, per_cost: Estimate) -> str:
    if is_random and n < 2:
        return "one replication cannot be told from chance"
    if few:
        return f"{TOO_FEW}: it differs in {differing} of {n} replications"
    if not differing:
        return f"no difference in any of {n} replications" if is_random else "no difference"
    if cost is not None and float(np.mean(cost.total)) <= 0.0:
        return FREE
    unbounded = is_random and math.isfinite(per_cost.mean) and not math.isfinite(per_cost.low)
    return NOT_SURE if unbounded else ""


def _ranked(found: Sequence[Difference], by_cost: bool) -> list[Difference]:
    """Those that help by rank, equal ones with the same, and the others after them by what they avoid."""
    helping = sorted((one for one in found if one.standing == HELPS), key=lambda one: _key(one, by_cost))
    others = sorted((one for one in found if one.standing != HELPS), key=lambda one: -one.avoided.mean)
    ranked: list[Difference] = []
    for place, one in enumerate(helping, 1):
        as_good = ranked and _is_alike(_key(one, by_cost), _key(ranked[-1], by_cost))
        ranked.append(replace(one, rank=ranked[-1].rank if as_good else place))
    return [*ranked, *others]


def _key(one: Difference, by_cost: bool) -> tuple[int, float]:
    """What costs nothing more by what it avoids, then the others by what they avoid for it; less is better."""
    if by_cost and not one.is_free:
        return 1, -one.per_cost.mean
    return 0, -one.avoided.mean


def _is_alike(one: tuple[int, float], other: tuple[int, float]) -> bool:
    return one[0] == other[0] and math.isclose(one[1], other[1], rel_tol=ALIKE)
