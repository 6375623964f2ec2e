"""How much is lost: metrics of one curve, one value per replication each.

Model, section 6. Everything is measured over the whole run unless a docstring says otherwise. What a day below baseline
is, and all that is counted by day, is told in engine/tally.py.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine import tally
from sim.engine.records import Array
from sim.engine.tally import TOLERANCE as TOLERANCE
from sim.results.curves import Counted, Curve


def output_loss(curve: Counted) -> Array:
    """Amount not made or sold that the baseline has, net of what is made up later; in the curve's unit.

    Sum over days of baseline - shocked. Negative where the shocks bring more. *Output loss*.
    """
    return count(curve, tally.NET)


def settled_loss(curve: Counted) -> Array:
    """The output loss, 0 where it is no more than rounding beside the whole baseline."""
    lost = output_loss(curve)
    return np.where(np.abs(lost) <= TOLERANCE * whole_baseline(curve), 0.0, lost)


def below_baseline(curve: Counted) -> Array:
    """Amount missing on the days below baseline, in the curve's unit: sum of max(0, baseline - shocked)."""
    return count(curve, tally.BELOW)


def made_up_later(curve: Counted) -> Array:
    """Amount on the days above baseline, in the curve's unit: sum of max(0, shocked - baseline).

    Below baseline less this is the output loss. It includes what is made ahead of an announced shock.
    """
    return count(curve, tally.ABOVE)


def loss_days(curve: Counted) -> Array:
    """Output loss in days of planned output: loss / plan."""
    return share_of(output_loss(curve), np.asarray(curve.plan))


def loss_share(curve: Counted) -> Array:
    """Output loss as a share of what the baseline has over the whole run."""
    return share_of(output_loss(curve), whole_baseline(curve))


def whole_baseline(curve: Counted) -> Array:
    """What the baseline has over the whole run, in the curve's unit."""
    return count(curve, tally.CALM)


def loss_value(curve: Counted) -> Array:
    """Output loss in money: loss * price; nan where there is no price."""
    return output_loss(curve) * curve.price


def peak_loss(curve: Counted) -> Array:
    """Largest loss of a single day, as a share of that day's baseline, from 0 to 1. *Peak loss*."""
    return count(curve, tally.PEAK)


def peak_loss_day(curve: Counted) -> Array:
    """First review with the peak loss, in days after the start of the run; nan if nothing is lost."""
    return count(curve, tally.PEAK_DAY)


def performance_impact(curve: Counted) -> Array:
    """Share of baseline missing while disrupted: from the first shock to the last day below baseline, 0 to 1.

    Below baseline on those days / baseline on those days. The whole rest of the run counts where there is no
    recovery. *Performance impact*.
    """
    return share_of(count(curve, tally.BELOW_DURING), count(curve, tally.CALM_DURING))


def resilience_loss(curve: Counted) -> Array:
    """Area between baseline and what happened, in days times share: sum of daily loss. *Resilience loss*.

    A day with nothing counts 1, a day at half of baseline 0.5; days above baseline take nothing off.
    """
    return count(curve, tally.AREA)


def is_below(curve: Curve) -> NDArray[np.bool_]:
    """Whether the day is below baseline by more than rounding; shape (day, replication)."""
    return np.asarray(curve.daily_loss > 0.0)


def is_hit(curve: Counted) -> NDArray[np.bool_]:
    """Whether any day is below baseline; shape (replication,)."""
    return np.asarray(curve.counts[tally.PEAK] > 0.0)


def last_below(curve: Counted) -> Array:
    """Last review below baseline; nan if there is none. Shape (replication,)."""
    return count(curve, tally.LAST_BELOW)


def count(curve: Counted, field: int) -> Array:
    """One of the counts of engine/tally.py, by replication."""
    return np.asarray(curve.counts[field])


def share_of(part: Array, whole: Array) -> Array:
    """part / whole, and 0 where both are 0; nan where there is a part of nothing."""
    undivided = np.where((part == 0.0) & (whole == 0.0), 0.0, np.nan)
    with np.errstate(invalid="ignore"):
        return np.divide(part, whole, out=undivided, where=whole != 0.0)
