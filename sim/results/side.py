"""What is kept of one of several runs that are compared, so that only one full history is held at a time."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.records import Array
from sim.results.cost_tables import asks_for_costs
from sim.results.curves import PLAN_DAYS, Curve, outputs, sales
from sim.results.losses import TOLERANCE, output_loss, share_of, whole_baseline
from sim.results.measured import Measured, measured, plan_of_group
from sim.results.outcome import Outcome
from sim.results.outlays import Outlays, outlays_of


@dataclass(frozen=True)
class Loss:
    """What one place, or several together, lose; one value per replication."""

    what: Measured
    plan: float
    """Planned amount in a day."""
    price: float
    """Value of one unit; nan if not known, 1 if the amounts are values."""
    currency: str
    lost: Array
    """Output loss, in the unit of what is measured; 0 where it is no more than rounding."""
    calm: Array
    """What the baseline has over the run."""

    @property
    def share(self) -> Array:
        """As a share of what the baseline has over the run."""
        return share_of(self.lost, self.calm)

    @property
    def days(self) -> Array:
        """In days of its own plan."""
        return share_of(self.lost, np.asarray(self.plan))

    def is_like(self, other: "Loss") -> bool:
        """Whether amounts of both can be held against each other: one unit, and weighed alike where they are weighed.

        Days of plan are weighed by each one's own plan, and that is what they are for.
        """
        if self.what.unit != other.what.unit or self.what.commodity != other.what.commodity:
            return False
        common = self.what.weights.keys() & other.what.weights.keys()
        alike = all(math.isclose(self.what.weights[k], other.what.weights[k], rel_tol=1e-9) for k in common)
        return alike or self.what.unit == PLAN_DAYS


@dataclass(frozen=True)
class Side:
    """One run, reduced."""

    name: str
    losses: Mapping[str, Loss]
    """By place, totals first."""
    outlays: Outlays
    n: int
    days: int
    start: str
    is_random: bool
    """Whether replications may differ."""
    states_costs: bool
    """Whether it states anything that costs beyond prices: holding, tariffs, surcharges."""
    holding: tuple[str, ...]
    """Commodities that state what holding them costs."""

    @cached_property
    def varies(self) -> bool:
        """Whether any two replications lose differently."""
        return any(bool(np.ptp(loss.lost) > 0.0) for loss in self.losses.values())


def side_of(name: str, outcome: Outcome) -> Side:
    """Reduce a run to what a comparison needs."""
    curves = outputs(outcome) | sales(outcome)
    goods = outcome.scenario.commodities
    return Side(
        name=name,
        losses={what.name: _loss(outcome, what, curves) for what in measured(outcome)},
        outlays=outlays_of(outcome),
        n=outcome.shocked.size,
        days=outcome.days,
        start=outcome.scenario.start.isoformat(),
        is_random=outcome.is_random,
        states_costs=asks_for_costs(outcome.scenario),
        holding=tuple(name for name in sorted(goods) if goods[name].holding is not None),
    )


def _loss(outcome: Outcome, what: Measured, curves: Mapping[str, Curve]) -> Loss:
    calm, lost = np.zeros(outcome.shocked.size), np.zeros(outcome.shocked.size)
    for place, weight in what.weights.items():
        calm = calm + weight * whole_baseline(curves[place])
        lost = lost + weight * output_loss(curves[place])
    price, currency = price_of(outcome, what)
    settled = np.where(np.abs(lost) <= TOLERANCE * calm, 0.0, lost)
    return Loss(what, plan_of_group(outcome, what), price, currency, settled, calm)


def price_of(outcome: Outcome, what: Measured) -> tuple[float, str]:
    """Value of one unit without the shocks, and its currency."""
    if not what.commodity:
        return (math.nan, "") if what.unit == PLAN_DAYS else (1.0, what.unit)
    price = outcome.scenario.commodities[what.commodity].price
    return (price.value, price.currency) if price else (math.nan, "")


def common_places(sides: Sequence[Side]) -> list[str]:
    """Places and totals of the first that at least one other has too, in the order of the first."""
    return [place for place in sides[0].losses if any(place in other.losses for other in sides[1:])]
