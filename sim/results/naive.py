"""Forecasts that need no model, which a model has to beat.

All are shares of the usual level. Those about licences take the review time that the law allows at its word.
"""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results.sightings import Seen
from sim.scenario.calendar import WorkingClock
from sim.scenario.controls import Licensing
from sim.scenario.moments import day_of
from sim.scenario.scenario import Scenario
from sim.scenario.series import Period

RUSH = 3.0
RUSH_AFTER = 13
"""Exports of natural graphite before its licences of 2023: three times the usual, from two weeks after the notice."""
CALENDAR, HOLIDAYS = 3, 60
"""A review of n working days ends within three times as many calendar days and two months."""


@dataclass(frozen=True)
class Control:
    """Dates of the first licensing shock."""

    announced: datetime.date
    effective: datetime.date
    decided: datetime.date
    """Day on which what is filed on the effective date has to be decided."""


@dataclass(frozen=True)
class Forecast:
    """A naive forecast: its name, what it says, and its shares, nan where it has none."""

    name: str
    says: str
    shares: Array


def control_of(scenario: Scenario) -> Control | None:
    """The first licensing whose authority has a statutory limit; None without any."""
    shocks = [shock for shock in scenario.shocks.values() if isinstance(shock, Licensing)]
    found = [(shock, scenario.licences[shock.authority]) for shock in shocks]
    dated = [(_date(scenario, s.effective), s, a) for s, a in found if s.effective is not None and a.statutory_limit]
    if not dated:
        return None
    effective, shock, authority = min(dated, key=lambda one: one[0])
    announced = effective if shock.announced is None else _date(scenario, shock.announced)
    assert authority.statutory_limit is not None
    days = authority.statutory_limit.value
    if not authority.statutory_limit.working:
        return Control(announced, effective, effective + datetime.timedelta(days=math.ceil(days)))
    clock = WorkingClock.of(authority.country, effective, CALENDAR * math.ceil(days) + HOLIDAYS)
    after = clock.after(0.0, math.ceil(days))
    return Control(announced, effective, effective + datetime.timedelta(days=int(after)))


def _date(scenario: Scenario, moment: datetime.date | int) -> datetime.date:
    return scenario.start + datetime.timedelta(days=day_of(moment, scenario.start))


def forecasts(seen: Seen, control: Control | None) -> list[Forecast]:
    """Every naive forecast there is for a series."""
    same = [seen.share_of(period.year_before()) for period in seen.periods]
    found = [
        Forecast("no_change", "no change", np.ones(len(seen.periods))),
        Forecast("last_year", "same period a year before", np.array(same)),
    ]
    last = _last_fitted(seen)
    if not math.isnan(last):
        found.append(Forecast("last_value", "stays as last fitted", np.full(len(seen.periods), last)))
    if control is not None:
        stop = Forecast("stop", "total stop for the statutory review, then back", _daily(seen, _stop(control)))
        rush = Forecast("rush", "three times the usual before it, then that stop", _daily(seen, _rush(control)))
        found += [stop, rush]
    return found


def _last_fitted(seen: Seen) -> float:
    fitted = np.flatnonzero(seen.within(seen.entry.fit))
    return float(seen.shares[fitted[-1]]) if fitted.size else math.nan


def _stop(control: Control) -> Callable[[datetime.date], float]:
    return lambda day: 0.0 if control.effective <= day < control.decided else 1.0


def _rush(control: Control) -> Callable[[datetime.date], float]:
    begins, stop = control.announced + datetime.timedelta(days=RUSH_AFTER), _stop(control)
    return lambda day: RUSH if begins <= day < control.effective else stop(day)


def _daily(seen: Seen, share_on: Callable[[datetime.date], float]) -> Array:
    return np.array([_mean_over(period, share_on) for period in seen.periods])


def _mean_over(period: Period, share_on: Callable[[datetime.date], float]) -> float:
    return float(np.mean([share_on(period.first + datetime.timedelta(days=day)) for day in range(period.days)]))
