"""Dated series of what was seen: a file of its own, which scenarios point at.

    title: Rare-earth magnets exported by China
    unit: t
    each: month
    source: General Administration of Customs of China
    values:
      2024-02: {value: 3326}
      2024-04: {value: 4776, low: 4731, high: 4821, basis: derived, note: "2,627/(1-0.45)"}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from sim.errors import ScenarioError
from sim.scenario.files import read_file, read_inside
from sim.scenario.messages import problems_of
from sim.scenario.observed import Window
from sim.scenario.record import Name, Record
from sim.scenario.words import said

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Number = Annotated[float, Field(allow_inf_nan=False, ge=0)]

_LOOKS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "month": (re.compile(r"([0-9]{4})-([0-9]{2})"), "2025-04"),
    "quarter": (re.compile(r"([0-9]{4})-Q([1-4])"), "2011-Q4"),
    "day": (re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"), "2021-04-17"),
}
"""How a period of each length is written."""
DAYS: Mapping[str, float] = {"day": 1.0, "month": 365.25 / 12, "quarter": 365.25 / 4}
"""Mean length of a period."""


@dataclass(frozen=True, order=True)
class Period:
    """A month, a quarter or a day."""

    first: date
    end: date
    """First day after it."""
    name: str
    """As the series writes it."""

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    def year_before(self) -> str:
        """The name of the same period a year before."""
        return f"{self.first.year - 1:04d}{self.name[4:]}"

    def inside(self, window: Window) -> bool:
        """Whether all of it lies in the window."""
        return window.from_ <= self.first and self.end <= window.until


class Observation(Record):
    """What was seen in one period."""

    value: Number | None = None
    """The figure; the middle of `low` and `high` if left out."""
    low: Number | None = None
    """Least it may have been."""
    high: Number | None = None
    """Most it may have been."""
    basis: Literal["read", "derived", "target", "forecast"] = "read"
    """Read in the source, derived from figures there, or only planned or foreseen when it was printed."""
    source: str = ""
    """Where the figure stands, if not in the source of the series."""
    note: str = ""
    """How it was derived, or what else must be known."""

    @model_validator(mode="after")
    def _has_a_figure(self) -> Self:
        low, high = (bound if bound is not None else self.value for bound in (self.low, self.high))
        if low is None or high is None:
            raise ValueError("say `value`, or `low` and `high`")
        if not low <= (self.value if self.value is not None else high) <= high:
            raise ValueError(f"{self.value if self.value is not None else high:g} is not between low and high")
        return self

    @property
    def middle(self) -> float:
        """The figure, or the middle of its bounds."""
        if self.value is not None:
            return self.value
        assert self.low is not None and self.high is not None
        return 0.5 * (self.low + self.high)

    @property
    def was_seen(self) -> bool:
        """Whether it tells what was, and not what was planned or foreseen."""
        return self.basis in ("read", "derived")


def _in_full(value: Any) -> Any:
    return {"value": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class Series(Record):
    """What was seen, period by period."""

    title: Name
    """What it is, in a line."""
    unit: Name
    """Unit of all figures."""
    each: Literal["month", "quarter", "day"]
    """Amounts of months or quarters, or states on single days."""
    basis: str = ""
    """What is counted, and by whom."""
    source: Name
    """Where the figures come from that name no source of their own."""
    note: str = ""
    """What a reader should know."""
    values: dict[Name, Annotated[Observation, BeforeValidator(_in_full)]] = Field(min_length=1)
    """What was seen, by period."""

    @model_validator(mode="after")
    def _periods_fit(self) -> Self:
        for name in self.values:
            self._period(name)
        return self

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Every period with a figure that was seen, in order of time."""
        return tuple(sorted(self._period(name) for name, one in self.values.items() if one.was_seen))

    def _period(self, name: str) -> Period:
        looks, example = _LOOKS[self.each]
        match = looks.fullmatch(name)
        if match is None:
            raise ValueError(f"{said(name)} is no {self.each}: write for example {example}")
        try:
            return _period_of(self.each, name, [int(part) for part in match.groups()])
        except ValueError:
            raise ValueError(f"{said(name)} is in no calendar: write for example {example}") from None


def _period_of(each: str, name: str, parts: list[int]) -> Period:
    if each == "day":
        first = date(*parts)
        return Period(first, first + timedelta(days=1), name)
    year, part = parts
    months = 1 if each == "month" else 3
    begun = (part - 1) * months
    first = date(year, begun + 1, 1)
    after = begun + months
    return Period(first, date(year + after // 12, after % 12 + 1, 1), name)


def load_series(path: Path) -> Series:
    """The series in a file. Raises ScenarioError with everything that is wrong."""
    document = read_file(path)
    try:
        return Series.model_validate(document.data)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, document)) from error


def series_of(scenario: "Scenario", name: str) -> Series:
    """The series that an entry of `observed` points at, from the file that says so.

    Raises ScenarioError if it points at none.
    """
    file = scenario.observed[name].series
    if file is None:
        says = f"observed.{name} names no series to hold the model against: write `series:` with its file"
        raise ScenarioError(f"{says}; `sim run` tells the model's own months")
    key = scenario.document.keys["observed", name, "series"]
    return load_series(read_inside(Path(key.file), file, key))
