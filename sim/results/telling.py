"""One place told through time: which place tells most, and what its days look like with the shocks and without."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results import losses
from sim.results.curves import Curve, output_of, sales_of, together
from sim.results.measured import Measured, claimed_about
from sim.results.outcome import Outcome
from sim.results.statistics import bands
from sim.results.terminal import literal

WEEK = 7
LUMPY = 0.2
"""Share of plan below which a day of the baseline makes the curve one of means over a week."""


@dataclass(frozen=True)
class Course:
    """Quantiles of each day, shape (day,); means of the last 7 days where the baseline itself comes and goes."""

    title: str
    baseline: Array
    low: Array
    """5 % quantile of each day, as high is the 95 % one and middle the median."""
    middle: Array
    high: Array


def curve_of(outcome: Outcome, what: Measured) -> Curve:
    """Output or sales of a place, or of a group put together."""
    curves = [sales_of(outcome, p) if p in outcome.markets else output_of(outcome, p) for p in what.weights]
    return together(curves, what.name)


def is_sold(outcome: Outcome, what: Measured) -> bool:
    """Whether it is sales, all of it."""
    return all(place in outcome.markets for place in what.weights)


def telling_place(outcome: Outcome, places: Mapping[str, Measured]) -> str:
    """Of the outputs that claims are about the one that loses most days, else of the markets, else of all others."""
    claimed = claimed_about(outcome)
    single = {name: what for name, what in places.items() if not what.is_group}
    first = [name for name in single if name in outcome.facilities and outcome.facilities[name][0].name in claimed]
    for some in (first, [*outcome.markets], [*outcome.facilities]):
        days = {name: mean_days(curve_of(outcome, single[name])) for name in some}
        worst = max(days, key=lambda name: (days[name], name), default="")
        if worst and days[worst] > losses.TOLERANCE:
            return worst
    return next(iter(places))


def mean_days(curve: Curve) -> float:
    """Days of plan lost on average; 0 for who is planned to make nothing."""
    return float(np.mean(losses.loss_days(curve))) if curve.plan > 0.0 else 0.0


def course_of(curve: Curve, sold: bool) -> Course:
    """What is to be drawn of a curve."""
    weekly = curve.plan > 0.0 and bool(np.any(curve.baseline < LUMPY * curve.plan))
    mean = _weekly if weekly else np.asarray
    low, middle, high = bands(mean(curve.shocked))
    title = f"{'Sales' if sold else 'Output'} of {literal(curve.name)} ({curve.unit} a day)"
    words = f"{title}{', means of 7 days' if weekly else ''}"
    return Course(words, bands(mean(curve.baseline))[1], low, middle, high)


def _weekly(daily: Array) -> Array:
    """Mean of each day and the six before it; of fewer at the beginning."""
    total = np.cumsum(daily, axis=0)
    before = np.concatenate([np.zeros_like(total[:WEEK]), total[:-WEEK]])[: len(total)]
    counted = np.minimum(np.arange(1, len(total) + 1), WEEK)[:, None]
    return np.asarray((total - before) / counted)
