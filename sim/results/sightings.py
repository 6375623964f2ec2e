"""What was seen beside what the model says, period by period, as shares of what is usual."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.engine.records import Array
from sim.errors import ScenarioError
from sim.results.claims import daily_of
from sim.results.outcome import Outcome
from sim.scenario.observed import Observed, Window
from sim.scenario.series import DAYS, Observation, Period, Series


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
        return np.array(figures) / np.array([self.usual(period) for period in self.periods])

    def usual(self, period: Period) -> float:
        """What is 100 % in a period, in the unit of the series."""
        if self.entry.level is not None:
            return self.entry.level.value
        if self.entry.usual is not None:
            return self.level
        return self.series.values[period.year_before()].middle

    @cached_property
    def level(self) -> float:
        """Mean of the usual periods."""
        return float(np.mean([self.series.values[period.name].middle for period in self._of_usual]))

    @property
    def _of_usual(self) -> list[Period]:
        window = self.entry.usual
        return [period for period in self.series.periods if window and period.inside(window)]

    @cached_property
    def scatter(self) -> Array:
        """How far each usual period lies from their mean, as a share of it; one 0 where fewer than four are known."""
        values = [self.series.values[period.name].middle for period in self._of_usual]
        return np.array(values) / np.mean(values) - 1.0 if len(values) >= 4 else np.zeros(1)

    def share_of(self, name: str) -> float:
        """The share seen in a period by its name, inside the run or not; nan if it was not seen."""
        if name not in self.series.values or not self.series.values[name].was_seen:
            return float("nan")
        return self.series.values[name].middle / self.level if self.entry.usual else float("nan")

    def within(self, window: Window | None) -> Array:
        """Which periods lie in a window, shape (period,) of bool; none without one."""
        return np.array([window is not None and period.inside(window) for period in self.periods], bool)


def seen_of(name: str, entry: Observed, series: Series, start: datetime.date, days: int) -> Seen:
    """The series at the periods inside a run of so many days from `start`.

    Raises ScenarioError if none is, if its usual level is unknown or 0, or if a window holds no period.
    """
    end = start + datetime.timedelta(days=days)
    periods = [p for p in series.periods if start <= p.first and p.end <= end]
    if entry.year_before:
        periods = [p for p in periods if p.year_before() in series.values]
    if not periods:
        raise ScenarioError(f"observed.{name}: no period of '{series.title}' lies inside the run, {start} to {end}")
    seen = Seen(name, entry, series, tuple(periods))
    if entry.usual is not None and not seen._of_usual:
        raise ScenarioError(f"observed.{name}.usual: '{series.title}' has no period in that window")
    if not all(seen.usual(period) > 0.0 for period in periods):
        raise ScenarioError(f"observed.{name}: what is usual is 0, and nothing is a share of 0")
    for what, window in (("fit", entry.fit), ("score", entry.score)):
        if window is not None and not np.any(seen.within(window)):
            raise ScenarioError(f"observed.{name}.{what}: no period of '{series.title}' inside the run lies in it")
    return seen


@dataclass(frozen=True)
class Sighting:
    """A series beside the model: one share for each period and replication."""

    seen: Seen
    modelled: Array
    """Shape (period, replication): share of the calm world's usual amount."""

    def of(self, kept: Array) -> "Sighting":
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


def sighting_of(seen: Seen, parts: Sequence["Counted"]) -> Sighting:
    """The model's shares, from the amounts of batches of replications, in their order."""
    shocked = np.concatenate([part.shocked for part in parts], axis=1)
    if seen.entry.year_before:
        usual = np.concatenate([part.calm for part in parts], axis=1)
    else:
        length = DAYS[seen.series.each]
        usual = np.concatenate([part.usual for part in parts])[None, :] * length
    if not np.all(usual > 0.0):
        raise ScenarioError(f"observed.{seen.name}: without the shocks the model has nothing of it, so no share either")
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
    """What the replications of an outcome have in each period. Raises ScenarioError if its scope selects nothing."""
    curve = daily_of(outcome, seen.entry.measure)
    if curve is None:
        raise ScenarioError(f"observed.{seen.name}.measure: its scope selects nothing")
    start = outcome.scenario.start
    spans = [slice((p.first - start).days, (p.end - start).days) for p in seen.periods]
    shocked, calm = (np.array([np.sum(daily[span], axis=0) for span in spans]) for daily in (curve.shocked, curve.baseline))
    return Counted(shocked, calm, np.asarray(np.mean(curve.baseline, axis=0)))


def names_of(seen: Seen, mask: Array) -> tuple[str, ...]:
    """The names of some periods."""
    return tuple(p.name for p, said in zip(seen.periods, mask, strict=True) if said)


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
