"""What someone said, held against what the model says."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.curves import Curve, demand_of, output_of, sales_of, shipments_of, together, unmet_of
from sim.results.losses import TOLERANCE, share_of
from sim.results.outcome import Outcome
from sim.results.statistics import Summary, summarize
from sim.scenario.claims import IN_UNITS, Claim, Measure, Subject
from sim.scenario.moments import day_of
from sim.scenario.selectors import LinkScope, Scope, admits
from sim.scenario.units import Amount

REPRODUCED: Final = "reproduced"
NOT_REPRODUCED: Final = "not reproduced"
NOT_MEASURED: Final = "not measured"
DISPUTED: Final = "disputed"
IN_DAYS: Final = ("days_to_drop", "days_below")


@dataclass(frozen=True)
class Verdict:
    """A claim with the model's own figure."""

    name: str
    claim: Claim
    values: Array
    """The figure, one per replication; a share, or a number of days."""
    summary: Summary
    finding: str
    """`reproduced`, `not reproduced` or `not measured`."""
    reason: str
    """Why it is not measured, or what else must be known; may be empty."""

    @property
    def unit(self) -> str:
        """Days, share of the baseline, part of the whole, or the unit of the amount claimed."""
        low, by = self.claim.low, self.claim.measure.by
        if isinstance(low, Amount):
            return low.unit
        return "days" if by in IN_DAYS else "part" if by == "part" else "share"

    @property
    def words(self) -> str:
        """The finding, with `disputed` beside it where the claim is."""
        return f"{self.finding}, {DISPUTED}" if self.claim.disputed else self.finding


def verdicts(outcome: Outcome) -> list[Verdict]:
    """Every claim of the scenario in its order, measured on the outcome."""
    return [judge(outcome, name, claim) for name, claim in outcome.scenario.claims.items()]


def judge(outcome: Outcome, name: str, claim: Claim) -> Verdict:
    """The mean over replications is reproduced if it lies within the bounds claimed.

    A time to drop is the mean of the replications that drop; if fewer than half do, it is not reproduced.
    """
    values, reason = measured(outcome, claim.measure)
    summary = summarize(values, random=outcome.is_random)
    if summary.n == 0:
        drops = claim.measure.by == "days_to_drop" and not reason
        return Verdict(name, claim, values, summary, NOT_REPRODUCED if drops else NOT_MEASURED, reason or "never drops")
    low, high = claim.bounds
    within = low <= summary.mean <= high and summary.missing <= summary.n
    if summary.missing:
        reason = f"{summary.n} of {summary.n + summary.missing} replications have a value"
    return Verdict(name, claim, values, summary, REPRODUCED if within else NOT_REPRODUCED, reason)


def measured(outcome: Outcome, measure: Measure) -> tuple[Array, str]:
    """The figure for each replication, all nan with the reason if it cannot be measured.

    Of output, sales and shipments: share of the baseline, the drop below it, days to the first drop or below it, the
    amount, or what is missing of the baseline's amount. Unmet demand is held against what was asked for: share of it
    unmet, that share less the baseline's, or days on which more is unmet; and what is lost is what more is unmet. A
    part is held against its whole in the same days of the same run.
    """
    nothing = np.full(outcome.shocked.size, np.nan)
    first, last = _window(outcome, measure)
    if math.isnan(first):
        return nothing, "no shock takes effect during the run, and the measure says no `from`"
    days = slice(int(first), int(last))
    if len(range(outcome.days)[days]) == 0:
        return nothing, "its window holds no day of the run"
    curves = _curves(outcome, measure, _OF[measure.quantity])
    if not curves:
        return nothing, "its scope selects nothing"
    if measure.by == "part":
        part, reason = _part(outcome, measure, days)
        return (nothing if reason else part), reason
    if measure.by in IN_UNITS:
        return (_amount(curves, measure, days), "") if _alike(outcome, curves) else (nothing, "its units differ")
    curve = together(curves, measure.quantity)
    if measure.quantity == "unmet":
        return _unmet(curve, together(_curves(outcome, measure, demand_of), "demand"), measure, days), ""
    return _below(curve, measure, days), ""


_OF: dict[str, Callable[[Outcome, str], Curve]] = {
    "output": output_of,
    "sales": sales_of,
    "unmet": unmet_of,
    "shipments": shipments_of,
}


def _curves(outcome: Outcome, measure: Subject, of: Callable[[Outcome, str], Curve]) -> list[Curve]:
    return [of(outcome, where) for where in _chosen(outcome, measure)]


def daily_of(outcome: Outcome, subject: Subject) -> Curve | None:
    """A quantity of all places or links in scope, day by day; None if there is none.

    Raises ValueError if they are counted in different units.
    """
    curves = _curves(outcome, subject, _OF[subject.quantity])
    if curves and not _alike(outcome, curves):
        names = ", ".join(sorted({curve.commodity for curve in curves}))
        raise ValueError(f"{names} are counted in different units and cannot be added up: say `commodity`")
    return together(curves, subject.quantity) if curves else None


def _alike(outcome: Outcome, curves: Sequence[Curve]) -> bool:
    """Whether all are counted in one base unit, so that their amounts can be added."""
    return len({outcome.scenario.commodities[curve.commodity].base for curve in curves}) == 1


def _amount(curves: Sequence[Curve], measure: Measure, days: slice) -> Array:
    """What there is in the window, or what is missing of the baseline; in the base unit."""
    after, before = (sum(np.sum(getattr(c, w)[days], axis=0) for c in curves) for w in ("shocked", "baseline"))
    if measure.by == "total":
        return np.asarray(after)
    return np.asarray(after - before if measure.quantity == "unmet" else before - after)


def _chosen(outcome: Outcome, measure: Subject) -> Sequence[str]:
    """Places or links in scope. For output, a scope by commodity leaves out what else a facility makes."""
    if measure.quantity == "shipments":
        return [name for name, lane in outcome.links.items() if measure.links.admits(lane)]
    if measure.quantity != "output":
        return [name for name, (node, _) in outcome.markets.items() if measure.where.admits(node)]
    words, owners = measure.where.commodity, measure.where.model_copy(update={"commodity": ()})
    found = outcome.facilities.items()
    return [place for place, (node, commodity) in found if owners.admits(node) and admits(words, commodity)]


def _part(outcome: Outcome, measure: Measure, days: slice) -> tuple[Array, str]:
    """What is in scope of all that the whole selects; places outside the whole do not count."""
    whole = measure.model_copy(update={"where": measure.of or Scope(), "links": measure.of_links or LinkScope()})
    of, inside = _OF[measure.quantity], set(_chosen(outcome, measure))
    curves = {name: of(outcome, name) for name in _chosen(outcome, whole)}
    named = (whole.links if measure.quantity == "shipments" else whole.where).commodity
    if len({curve.unit for curve in curves.values()}) != 1:
        return np.empty(0), "its whole is not in one unit"
    if not named and len({curve.commodity for curve in curves.values()}) != 1:
        return np.empty(0), "its whole is not of one commodity, and it does not say of which"
    counted = [np.sum(curve.shocked[days], axis=0) for curve in curves.values()]
    total = np.sum(counted, axis=0)
    if not np.all(total > 0.0):
        return np.empty(0), "its whole is nothing in those days"
    return np.asarray(sum(c for name, c in zip(curves, counted, strict=True) if name in inside) / total), ""


def _window(outcome: Outcome, measure: Measure) -> tuple[float, float]:
    """First day and first day no longer counted, within the run."""
    start, days = outcome.scenario.start, float(outcome.days)
    first = outcome.first_day if measure.from_ is None else max(0.0, day_of(measure.from_, start))
    last = days if measure.until is None else day_of(measure.until, start)
    return first, max(0.0, min(last, days))


def _below(curve: Curve, measure: Measure, days: slice) -> Array:
    baseline, shocked = curve.baseline[days], curve.shocked[days]
    if measure.by in IN_DAYS:
        return _in_days(baseline - shocked, np.maximum(baseline, curve.plan), measure)
    share = share_of(np.sum(shocked, axis=0), np.sum(baseline, axis=0))
    return share if measure.by == "share" else 1.0 - share


def _unmet(unmet: Curve, asked: Curve, measure: Measure, days: slice) -> Array:
    if measure.by in IN_DAYS:
        more = unmet.shocked[days] - unmet.baseline[days]
        return _in_days(more, np.maximum(asked.shocked[days], asked.plan), measure)
    after = share_of(np.sum(unmet.shocked[days], axis=0), np.sum(asked.shocked[days], axis=0))
    before = share_of(np.sum(unmet.baseline[days], axis=0), np.sum(asked.baseline[days], axis=0))
    return after if measure.by == "share" else after - before


def _in_days(missing: Array, whole: Array, measure: Measure) -> Array:
    """Days until something is first missing, nan if never; or the days on which it is, deeper than said."""
    if measure.by == "days_to_drop":
        short = missing > TOLERANCE * whole
        return np.where(np.any(short, axis=0), np.argmax(short, axis=0), np.nan)
    return np.asarray(np.sum(missing > max(TOLERANCE, measure.deeper) * whole, axis=0), dtype=np.float64)
