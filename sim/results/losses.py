"""How much is lost: metrics of one curve, one value per replication each.

Model, section 6. Everything is measured over the whole run unless a docstring says otherwise.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results.curves import Curve, once

TOLERANCE: Final = 1e-9
"""Differences below this share of baseline or plan are rounding, not loss."""


@once
def output_loss(curve: Curve) -> Array:
    """Amount not made or sold that the baseline has, net of what is made up later; in the curve's unit.

    Sum over days of baseline - shocked. Negative where the shocks bring more. *Output loss*.
    """
    return np.asarray(np.sum(curve.baseline - curve.shocked, axis=0))


def below_baseline(curve: Curve) -> Array:
    """Amount missing on the days below baseline, in the curve's unit: sum of max(0, baseline - shocked)."""
    return np.asarray(np.sum(np.maximum(0.0, curve.baseline - curve.shocked), axis=0))


def made_up_later(curve: Curve) -> Array:
    """Amount on the days above baseline, in the curve's unit: sum of max(0, shocked - baseline).

    Below baseline less this is the output loss. It includes what is made ahead of an announced shock.
    """
    return np.asarray(np.sum(np.maximum(0.0, curve.shocked - curve.baseline), axis=0))


def loss_days(curve: Curve) -> Array:
    """Output loss in days of planned output: loss / plan."""
    return share_of(output_loss(curve), np.asarray(curve.plan))


def loss_share(curve: Curve) -> Array:
    """Output loss as a share of what the baseline has over the whole run."""
    return share_of(output_loss(curve), whole_baseline(curve))


@once
def whole_baseline(curve: Curve) -> Array:
    """What the baseline has over the whole run, in the curve's unit."""
    return np.asarray(np.sum(curve.baseline, axis=0))


def loss_value(curve: Curve) -> Array:
    """Output loss in money: loss * price; nan where there is no price."""
    return output_loss(curve) * curve.price


def peak_loss(curve: Curve) -> Array:
    """Largest loss of a single day, as a share of that day's baseline, from 0 to 1. *Peak loss*."""
    return _peak(curve)[0]


def peak_loss_day(curve: Curve) -> Array:
    """First review with the peak loss, in days after the start of the run; nan if nothing is lost."""
    return _peak(curve)[1]


@once
def _peak(curve: Curve) -> tuple[Array, Array]:
    """Size and day of the peak loss."""
    daily = daily_loss(curve)
    day = np.where(np.any(daily > TOLERANCE, axis=0), np.argmax(daily, axis=0), np.nan)
    return np.asarray(np.max(daily, axis=0, initial=0.0)), day


def performance_impact(curve: Curve) -> Array:
    """Share of baseline missing while disrupted: from the first shock to the last day below baseline, 0 to 1.

    Below baseline on those days / baseline on those days. The whole rest of the run counts where there is no
    recovery. *Performance impact*.
    """
    during = _during(curve)
    missing = np.sum(np.maximum(0.0, curve.baseline - curve.shocked), axis=0, where=during)
    return share_of(missing, np.sum(curve.baseline, axis=0, where=during))


def resilience_loss(curve: Curve) -> Array:
    """Area between baseline and what happened, in days times share: sum of daily loss. *Resilience loss*.

    A day with nothing counts 1, a day at half of baseline 0.5; days above baseline take nothing off.
    """
    return np.asarray(np.sum(daily_loss(curve), axis=0))


def daily_loss(curve: Curve) -> Array:
    """Share of the day's baseline that is missing, 0 where nothing is; shape (day, replication)."""
    missing = np.where(is_below(curve), curve.baseline - curve.shocked, 0.0)
    return share_of(missing, curve.baseline)


@once
def is_below(curve: Curve) -> NDArray[np.bool_]:
    """Whether the day is below baseline by more than rounding; shape (day, replication)."""
    scale = np.maximum(curve.baseline, curve.plan if curve.plan > 0.0 else 0.0)
    return np.asarray(curve.baseline - curve.shocked > TOLERANCE * scale)


def is_hit(curve: Curve) -> NDArray[np.bool_]:
    """Whether any day is below baseline; shape (replication,)."""
    return np.asarray(np.any(is_below(curve), axis=0))


def last_below(curve: Curve) -> Array:
    """Last review below baseline; nan if there is none. Shape (replication,)."""
    below = is_below(curve)
    last = len(below) - 1 - np.argmax(below[::-1], axis=0)
    return np.where(np.any(below, axis=0), last, np.nan)


def share_of(part: Array, whole: Array) -> Array:
    """part / whole, and 0 where both are 0; nan where there is a part of nothing."""
    undivided = np.where((part == 0.0) & (whole == 0.0), 0.0, np.nan)
    with np.errstate(invalid="ignore"):
        return np.divide(part, whole, out=undivided, where=whole != 0.0)


def _during(curve: Curve) -> NDArray[np.bool_]:
    """Reviews from the first shock to the last below baseline; shape (day, replication)."""
    day = np.arange(len(curve.baseline))[:, None]
    return np.asarray((day >= curve.first) & (day <= last_below(curve)))
