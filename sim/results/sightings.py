"""What was seen beside what the model says, period by period, as shares of what is usual."""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.errors import Problem, ScenarioError
from sim.results.claims import daily_of
from sim.results.outcome import Outcome
from sim.scenario.observed import Observed, Window
from sim.scenario.series import DAYS, Observation, Period, Series
from sim.scenario.units import Amount
from sim.scenario.words import said

ROUNDING = 1e-9
"""Shares that are nearer than this are one."""


@dataclass(frozen=True)
class Seen:
    """A series as shares of its usual level, at the periods that lie inside a run."""

    name: str
    entry: Observed
    series: Series
    periods: tuple[Period, ...]

    @cached_property
    def shares(self) -> Array:
        """What was seen, shape (period,)."""
        return self._over_usual([one.middle for one in self._observations])

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Least and most it may have been, each of shape (period,)."""
        low = [one.middle if one.low is None else one.low for one in self._observations]
        high = [one.middle if one.high is None else one.high for one in self._observations]
        return self._over_usual(low), self._over_usual(high)

    @property
    def _observations(self) -> list[Observation]:
        return [self.series.values[period.name] for period in self.periods]

    def _over_usual(self, figures: Sequence[float]) -> Array:
        return np.asarray(np.array(figures) / np.array([self.usual(period) for period in self.periods]))

    def usual(self, period: Period) -> float:
        """What is 100 % in a period, in the unit of the series; nan if the year before it was not seen."""
        if not self.entry.year_before:
            return self.level
        before = period.year_before()
        return self.series.values[before].middle if self.series.saw(before) else math.nan

    @cached_property
    def level(self) -> float:
        """What is 100 % in every period: as stated, or the mean of the usual periods."""
        if self.entry.level is not None:
            return level_in(self.series.unit, self.entry.level)
        return float(np.mean([self.series.values[period.name].middle for period in self.of_usual]))

    @property
    def of_usual(self) -> list[Period]:
        """The periods whose mean is 100 %."""
        window = self.entry.usual
        return [period for period in self.series.periods if window and period.inside(window)]

    @cached_property
    def scatter(self) -> Array:
        """How far each usual period lies from their mean, as a share of it; one 0 where fewer than four are known."""
        values = [self.series.values[period.name].middle for period in self.of_usual]
        return np.array(values) / np.mean(values) - 1.0 if len(values) >= 4 else np.zeros(1)

    def share_of(self, name: str) -> float:
        """The share seen in a period by its name, inside the run or not; nan if it or what is usual was not seen."""
        if not self.series.saw(name):
            return math.nan
        return self.series.values[name].middle / self.usual(self.series.period(name))

    def within(self, window: Window | None) -> NDArray[np.bool_]:
        """Which periods lie in a window, shape (period,); none without one."""
        return np.array([window is not None and period.inside(window) for period in self.periods], bool)


def whole_of(seen: Seen) -> str:
    """What 100 % is, in short."""
    return f"the same {seen.series.each} a year before" if seen.entry.year_before else "usual"


def seen_of(name: str, entry: Observed, series: Series, start: datetime.date, days: int) -> Seen:
    """The series at the periods inside a run of so many days from `start`.

    Periods whose year before was not seen are left out where that is what is usual. Raises ScenarioError if none is
    left, if its usual level is unknown or 0, or if a window holds no period or one that the run does not hold.
    """
    window = Window.model_validate({"from": start, "until": start + datetime.timedelta(days=days)})
    within = [period for period in series.periods if period.inside(window)]
    if not within:
        raise _wrong(name, "", f"no period of '{series.title}' lies inside the run, {_span(window)}")
    whole = Seen(name, entry, series, tuple(within))
    try:
        _ = whole.level if entry.level is not None else None
    except ValueError as error:
        raise _wrong(name, ".level", str(error)) from None
    if entry.usual is not None and not whole.of_usual:
        raise _wrong(name, ".usual", f"'{series.title}' has no period in that window")
    known = [period for period in within if not math.isnan(whole.usual(period))]
    for what, asked in (("fit", entry.fit), ("score", entry.score)):
        if asked is not None:
            _check_window(f"{name}.{what}", series, asked, window)
    if nothing := [period.name for period in known if not whole.usual(period) > 0.0]:
        raise _wrong(name, "", f"what is usual for {nothing[0]} is 0, and nothing is a share of 0")
    seen = replace(whole, periods=tuple(known))
    for what, asked in (("", window), (".fit", entry.fit), (".score", entry.score)):
        if asked is not None and not np.any(seen.within(asked)):
            raise _wrong(name, what, f"no period of '{series.title}' in it was seen the year before too")
    return seen


def _check_window(where: str, series: Series, asked: Window, run: Window) -> None:
    """Nothing that was seen and is to be fitted or scored lies outside the run."""
    inside = [period for period in series.periods if period.inside(asked)]
    if not inside:
        raise _wrong(where, "", f"no period of '{series.title}' lies in it")
    if outside := [period.name for period in inside if not period.inside(run)]:
        says = f"{outside[0]} of '{series.title}' lies in it, and not inside the run, {_span(run)}"
        raise _wrong(where, "", f"{says}: change `start` or `horizon`, or the window")


def _span(window: Window) -> str:
    return f"{window.from_} to {window.until}"


def _wrong(name: str, key: str, says: str) -> ScenarioError:
    return ScenarioError([Problem(f"observed.{name}{key}", says)])


def level_in(unit: str, level: Amount) -> float:
    """A stated level in the unit of a series; a series in percent is of a level that it need not know.

    Raises ValueError if they count different things.
    """
    if unit == "%":
        return level.value
    try:
        one = Amount.parse(f"1 {unit}")
    except ValueError as error:
        raise ValueError(f"the series is in {said(unit)}, which is no unit: {error}") from None
    if one.unit != level.unit:
        raise ValueError(f"this is in {level.unit}, and the series is in {unit}: say it in {unit}")
    return level.value / one.value


@dataclass(frozen=True)
class Sighting:
    """A series beside the model: one share for each period and replication."""

    seen: Seen
    modelled: Array
    """Shape (period, replication): share of the calm world's usual amount."""

    def of(self, kept: NDArray[np.intp]) -> "Sighting":
        """The same for some replications, by index."""
        return replace(self, modelled=self.modelled[:, kept])

    @cached_property
    def median(self) -> Array:
        """The model's figure, shape (period,)."""
        return np.asarray(np.median(self.modelled, axis=1))

    def band(self, low: float = 0.1, high: float = 0.9) -> tuple[Array, Array]:
        """Quantiles of what one would expect to see: each replication with the scatter of each usual period on it."""
        spread = self.modelled[:, :, None] * (1.0 + self.seen.scatter)
        found = np.quantile(spread.reshape(len(spread), -1), (low, high), axis=1)
        return found[0], found[1]

    @cached_property
    def covered(self) -> NDArray[np.bool_]:
        """Whether what was seen lies in the 80 % band, shape (period,); rounding puts nothing outside."""
        low, high = self.band()
        return (low - ROUNDING <= self.seen.shares) & (self.seen.shares <= high + ROUNDING)


def sighting_of(seen: Seen, parts: Sequence["Counted"]) -> Sighting:
    """The model's shares, from the amounts of batches of replications, in their order."""
    shocked = np.concatenate([part.shocked for part in parts], axis=1)
    if seen.entry.year_before:
        usual = np.concatenate([part.calm for part in parts], axis=1)
    else:
        length = DAYS[seen.series.each]
        usual = np.concatenate([part.usual for part in parts])[None, :] * length
    if not np.all(usual > 0.0):
        says = "without the shocks the model has nothing of it, and nothing is a share of 0: measure something else"
        raise _wrong(seen.name, ".measure", says)
    return Sighting(seen, shocked / usual)


@dataclass(frozen=True)
class Counted:
    """Amounts of some replications, in the unit of the model."""

    shocked: Array
    """With the shocks, shape (period, replication)."""
    calm: Array
    """Without them, shape (period, replication)."""
    usual: Array
    """Of a day without them, mean of the run, shape (replication,)."""


def counted(outcome: Outcome, seen: Seen) -> Counted:
    """What the replications of an outcome have in each period.

    Raises ScenarioError if its scope selects nothing, or things that are counted in different units.
    """
    try:
        curve = daily_of(outcome, seen.entry.measure)
    except ValueError as error:
        raise _wrong(seen.name, ".measure", str(error)) from None
    if curve is None:
        raise _wrong(seen.name, ".measure", "its scope selects nothing: say which places or links are meant")
    start = outcome.scenario.start
    spans = [slice((p.first - start).days, (p.end - start).days) for p in seen.periods]

    def amounts(daily: Array) -> Array:
        return np.array([_sum(daily[span]) for span in spans])

    return Counted(amounts(curve.shocked), amounts(curve.baseline), _sum(curve.baseline) / len(curve.baseline))


def _sum(daily: Array) -> Array:
    """Sum over days, one after the other: numpy's own order, and so the last bit, hangs on how many replications."""
    return np.asarray(np.cumsum(daily, axis=0)[-1])


def entries(observed: Mapping[str, Observed], chosen: Sequence[str]) -> list[str]:
    """The names asked for, or all. Raises ScenarioError for one that is not there."""
    from sim.errors import suggest

    if not observed:
        raise ScenarioError("the scenario has no `observed:` section: say which series it is held against")
    for name in chosen:
        if name not in observed:
            known = ", ".join(observed)
            raise ScenarioError(f"no observed series '{name[:60]}'.{suggest(name, observed)} There are {known}")
    return list(chosen or observed)
