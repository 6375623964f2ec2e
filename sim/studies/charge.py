"""What every day of a loss is charged to: the run lived through again, noting what bound whom."""

from collections.abc import Callable

import numpy as np

from sim.engine.records import Array
from sim.errors import ScenarioError, suggest
from sim.results.causes import Cause, daily_charges
from sim.results.daily import Charged
from sim.results.losses import TOLERANCE, output_loss, whole_baseline
from sim.results.measured import ALL_OUTPUT, Measured, curve_at, curve_of_group, measured, place_of
from sim.results.outcome import Outcome
from sim.results.shortages import Noted
from sim.studies.explain import check_explainable, noting
from sim.studies.run import Progress, Work

Daily = dict[Cause, Array]


def charge(outcome: Outcome, at: str = "", progress: Progress | None = None) -> Charged:
    """The loss of a facility or market, or of all output, by day and cause; `progress` counts replications.

    Raises ScenarioError where there is no such place, or where something stands for many firms.
    """
    work = Work(outcome.scenario, len(outcome.replications), outcome.seed)
    check_explainable(work)
    what = _asked(outcome, at)
    whole = float(np.mean(whole_baseline(curve_of_group(outcome, what))))
    if not outcome.windows:
        return Charged(what, {}, whole)
    total: Daily = {}
    for part in _parts(work, what, progress):
        for cause, daily in part.items():
            total[cause] = total.get(cause, 0.0) + daily
    return Charged(what, {cause: daily / work.replications for cause, daily in total.items()}, whole)


def _parts(work: Work, what: Measured, progress: Progress | None) -> list[Daily]:
    """Sums over some replications after others."""
    done = 0

    def count(cases: int) -> None:
        nonlocal done
        done += cases // 2
        if progress:
            progress(done, work.replications)

    def read(noted: Noted) -> Daily:
        return _summed(noted, what)

    reading: Callable[[Noted], Daily] = read
    return [part for part, _ in noting(work, reading, count)]


def _summed(noted: Noted, what: Measured) -> Daily:
    """The charges of all places of the group in its unit, summed over replications; shape (day,)."""
    found: Daily = {}
    for place, weight in what.weights.items():
        for cause, daily in daily_charges(noted, place).items():
            summed = weight * np.cumsum(daily, axis=1)[:, -1]  # one after the other, whatever the number
            found[cause] = found.get(cause, 0.0) + summed
    return found


def _asked(outcome: Outcome, at: str) -> Measured:
    """All output, or the place that was named: of a facility that product which loses most of its plan."""
    known = {one.name: one for one in measured(outcome)}
    if not at:
        return known.get(ALL_OUTPUT, Measured(ALL_OUTPUT, "", "", {}))
    places = place_of(outcome, at)
    if not places:
        said = sorted({*outcome.markets, *outcome.facilities, *(n.name for n, _ in outcome.facilities.values())})
        raise ScenarioError(f"no facility or market '{at[:60]}'.{suggest(at, said)}")
    return known[max(places, key=lambda place: (_lost_share(outcome, place), place))]


def _lost_share(outcome: Outcome, place: str) -> float:
    curve = curve_at(outcome, place)
    return float(np.mean(output_loss(curve))) / max(curve.plan * outcome.days, TOLERANCE)
