"""What someone said, held against what the model says."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results.curves import Curve, demand_of, output_of, sales_of, shipments_of, together, unmet_of
from sim.results.losses import TOLERANCE, share_of
from sim.results.outcome import Outcome
from sim.results.statistics import Summary, summarize
from sim.scenario.claims import Claim, Measure
from sim.scenario.moments import day_of
from sim.scenario.selectors import LinkScope, Scope, admits

REPRODUCED: Final = "reproduced"
NOT_REPRODUCED: Final = "not reproduced"
NOT_MEASURED: Final = "not measured"
DISPUTED: Final = "disputed"


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
        """Days, share of the baseline, or part of the whole."""
        return {"days_to_drop": "days", "part": "part"}.get(self.claim.measure.by, "share")

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
    within = claim.low <= summary.mean <= claim.high and summary.missing <= summary.n
    if summary.missing:
        reason = f"{summary.n} of {summary.n + summary.missing} replications have a value"
    return Verdict(name, claim, values, summary, REPRODUCED if within else NOT_REPRODUCED, reason)


def measured(outcome: Outcome, measure: Measure) -> tuple[Array, str]:
    """The figure for each replication, all nan with the reason if it cannot be measured.

    Of output, sales and shipments: share of the baseline, the drop below it, or days to the first drop. Unmet demand
    is held against what was asked for: share of it unmet, that share less the baseline's, or days until more is unmet.
    A part is held against its whole in the same days of the same run.
    """
    nothing = np.full(outcome.shocked.size, np.nan)
    first, last = _window(outcome, measure)
    if math.isnan(first):
        return nothing, "no shock takes effect during the run, and the measure says no `from`"
    days = slice(int(first), int(last))
    if len(range(outcome.days)[days]) == 0:
        return nothing, "its window holds no day of the run"
    curve = _curve(outcome, measure, _OF[measure.quantity])
    if curve is None:
        return nothing, "its scope selects nothing"
    if measure.by == "part":
        part, reason = _part(outcome, measure, days)
        return (nothing if reason else part), reason
    if measure.quantity == "unmet":
        asked = _curve(outcome, measure, demand_of)
        return (_unmet(curve, asked, measure.by, days) if asked else nothing), ""
    return _below(curve, measure.by, days), ""


_OF: dict[str, Callable[[Outcome, str], Curve]] = {
    "output": output_of,
    "sales": sales_of,
    "unmet": unmet_of,
    "shipments": shipments_of,
}


def _curve(outcome: Outcome, measure: Measure, of: Callable[[Outcome, str], Curve]) -> Curve | None:
    chosen = _chosen(outcome, measure)
    return together([of(outcome, where) for where in chosen], measure.quantity) if chosen else None


def _chosen(outcome: Outcome, measure: Measure) -> Sequence[str]:
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
    if len({(curve.commodity, curve.unit) for curve in curves.values()}) != 1:
        return np.empty(0), "its whole is not of one commodity"
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


def _below(curve: Curve, by: str, days: slice) -> Array:
    baseline, shocked = curve.baseline[days], curve.shocked[days]
    if by == "days_to_drop":
        scale = np.maximum(baseline, curve.plan)
        return _first_day(baseline - shocked > TOLERANCE * scale)
    share = share_of(np.sum(shocked, axis=0), np.sum(baseline, axis=0))
    return share if by == "share" else 1.0 - share


def _unmet(unmet: Curve, asked: Curve, by: str, days: slice) -> Array:
    if by == "days_to_drop":
        more = unmet.shocked[days] - unmet.baseline[days]
        return _first_day(more > TOLERANCE * np.maximum(asked.shocked[days], asked.plan))
    after = share_of(np.sum(unmet.shocked[days], axis=0), np.sum(asked.shocked[days], axis=0))
    before = share_of(np.sum(unmet.baseline[days], axis=0), np.sum(asked.baseline[days], axis=0))
    return after if by == "share" else after - before


def _first_day(happens: NDArray[np.bool_]) -> Array:
    return np.where(np.any(happens, axis=0), np.argmax(happens, axis=0), np.nan)
