"""What a run comes to in a sentence or two: what is lost where it hurts most, from when on and until when."""

import math

import numpy as np

from sim.results import losses, times
from sim.results.curves import Curve, outputs, sales
from sim.results.outcome import Outcome
from sim.results.plots.style import day_words
from sim.results.statistics import TOO_FEW, summarize
from sim.results.terminal import literal

NOTHING_LOST = "Nothing is lost: no market and no facility falls below its baseline."


def headline(outcome: Outcome) -> str:
    """What is lost where it hurts most, when it starts and when it is over, in a sentence or two."""
    if found := worst_hit(outcome):
        what, worst = found
        return told(outcome, worst, what)
    return NOTHING_LOST


def told(outcome: Outcome, curve: Curve, what: str) -> str:
    """What one place or group loses of its sales or output, when it starts and when it is over."""
    if not np.any(losses.is_hit(curve)):
        return f"{literal(curve.name)} loses no {what}: it never falls below its baseline."
    return f"{_loss_words(outcome, curve, what)} {_time_words(outcome, curve)}"


def worst_hit(outcome: Outcome) -> tuple[str, Curve] | None:
    """The market that loses most days of sales, or if none loses any the product that loses most days of output."""
    for what, curves in (("sales", sales(outcome)), ("output", outputs(outcome))):
        hit = [curve for curve in curves.values() if curve.plan > 0.0 and np.any(losses.is_hit(curve))]
        if hit:
            return what, max(hit, key=lambda c: (float(np.nanmean(losses.loss_days(c))), c.name))
    return None


def _loss_words(outcome: Outcome, curve: Curve, what: str) -> str:
    share, days = losses.loss_share(curve), float(np.nanmean(losses.loss_days(curve)))
    summary = summarize(np.where(np.abs(share) < losses.TOLERANCE, 0.0, share), random=outcome.is_random)
    name = literal(curve.name)
    if days < losses.TOLERANCE:
        return f"{name} loses no {what} on balance: what is missing is made up by day {outcome.days}."
    if summary.note.startswith(TOO_FEW):
        return f"{name}: {summary.worded(lambda x: f'{100 * x:.3g} % of {what}')}."
    share_said = f"{100 * summary.mean:.3g} % of the run's"
    bounds = f"; 95 %: {100 * summary.low:.3g} to {100 * summary.high:.3g} %, n = {summary.n}"
    spread = bounds if _has_spread(summary.low, summary.high) else ""
    days_said = f"{days:,.0f}" if days >= 100.0 else f"{days:.3g}"
    return f"{name} loses {days_said} days of {what} ({share_said}{spread})."


def _has_spread(low: float, high: float) -> bool:
    return math.isfinite(low + high) and not math.isclose(low, high)


def _time_words(outcome: Outcome, curve: Curve) -> str:
    impact, recovery = times.time_to_impact(curve), times.recovery_time(curve)
    many = "In the median, i" if impact.size > 1 and outcome.is_random else "I"
    first = float(np.median(impact[~np.isnan(impact)]))
    day = outcome.date(outcome.first_day + first)
    after = f"{abs(first):.0f} days {'after' if first >= 0 else 'before'} the first shock"
    due = recovery[~np.isnan(recovery)]
    back = due[np.isfinite(due)]
    if back.size == 0:
        end = "and is not back at its baseline when the run ends"
    elif back.size < due.size:
        end = f"and is back at its baseline before the run ends in {back.size} of {due.size} replications"
    else:
        end = f"and is back for good {float(np.median(back)):.0f} days after it"
    return f"{many}t first falls below its baseline on {day_words(day)}, {after}, {end}."
