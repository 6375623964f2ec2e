"""When it hurts and when it is over: metrics of one curve in days, one value per replication each.

All are counted from the review at which the first shock takes effect, so what an announcement does beforehand is
negative. nan means it did not happen, inf that it did not happen before the run ended.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine import tally
from sim.engine.records import Array
from sim.results.curves import Counted, Curve
from sim.results.losses import TOLERANCE, count, is_hit, last_below

UNHURT: Final = "unhurt"
RECOVERED: Final = "recovered"
STARVED: Final = "starved"
HORIZON: Final = "horizon"
UNRECOVERED: Final = "unrecovered"

ENDINGS: Final = {
    UNHURT: "never below its baseline",
    RECOVERED: "back at its baseline for good before the run ends",
    STARVED: "below baseline on the last day, and making nothing",
    HORIZON: "below baseline on the last day, with a shock still in force: the run ends too early to tell",
    UNRECOVERED: "below baseline on the last day although every shock is over",
}
"""How a run ends for a place, with what each word means."""


def time_to_impact(curve: Counted) -> Array:
    """Days from the first shock to the first day below baseline; nan if there is none. *Time to impact*."""
    return np.asarray(count(curve, tally.FIRST_BELOW) - curve.first)


def recovery_time(curve: Counted) -> Array:
    """Days from the first shock to the first day after which it is never again below baseline. *Recovery time*.

    nan if it never was below; inf if it still is on the last day of the run: see `endings` for why.
    """
    last = last_below(curve)
    back = np.where(last == curve.days - 1, np.inf, last + 1.0 - curve.first)
    return np.where(np.isnan(last), np.nan, back)


def endings(curve: Curve) -> NDArray[np.str_]:
    """How the run ends, in one word of `ENDINGS` per replication."""
    nothing_left = count(curve, tally.STRUCK_LAST) <= TOLERANCE * max(curve.plan, 0.0)
    lasts = curve.over >= curve.days
    below_at_end = np.where(nothing_left, STARVED, HORIZON if lasts else UNRECOVERED)
    known = np.where(np.isinf(recovery_time(curve)), below_at_end, RECOVERED)
    return np.asarray(np.where(is_hit(curve), known, UNHURT), dtype=np.str_)
