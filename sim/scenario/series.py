"""Dated series of what was seen: a file of its own, which scenarios point at.

title: Rare-earth magnets exported by China
unit: t
each: month
source: General Administration of Customs of China
values:
  2024-02: {value: 3326}
  2024-04: {value: 4776, low: 4731, high: 4821, basis: derived, note: "2,627/(1-0.45)"}
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from sim.errors import Place, Problem, ScenarioError, suggest
from sim.scenario.document import Document, dotted
from sim.scenario.files import read_file, read_inside
from sim.scenario.messages import path_of, problems_of
from sim.scenario.observed import Window
from sim.scenario.record import Name, Record
from sim.scenario.words import said

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def _figure(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a figure in the unit of the series is due here, such as 3326, and this is {said(value)}")
    if not (math.isfinite(value) and value >= 0.0):
        raise ValueError(f"{said(value)} is no figure that can be seen: write a finite one of 0 or more")
    return float(value)


Number = Annotated[float, BeforeValidator(_figure)]

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
    return value if isinstance(value, dict | Observation) else {"value": value}


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

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Every period with a figure that was seen, in order of time."""
        return tuple(sorted(self.period(name) for name, one in self.values.items() if one.was_seen))

    def saw(self, name: str) -> bool:
        """Whether there is a figure of this period that was seen."""
        return name in self.values and self.values[name].was_seen

    def period(self, name: str) -> Period:
        """The period of this name. Raises ValueError if it is none of this length."""
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
        series = Series.model_validate(document.data)
    except ValidationError as error:
        raise ScenarioError(_refused(error, document)) from error
    if wrong := list(_misnamed(series, document)):
        raise ScenarioError(wrong)
    return series


def _refused(error: ValidationError, document: Document) -> list[Problem]:
    """What the records refuse; a key that they do not know is compared with those of a series."""
    strange = {
        dotted(path): path
        for detail in error.errors(include_url=False)
        if detail["type"] == "extra_forbidden" and (path := path_of(detail, document.data)[0])
    }
    return [
        replace(one, says=_unknown_key(*strange[one.path])) if one.path in strange else one
        for one in problems_of(error, document)
    ]


def _unknown_key(*path: str | int) -> str:
    known = (Series if len(path) == 1 else Observation).model_fields
    key = str(path[-1])
    return f"unknown key {said(key)}.{suggest(key, known)} Known here: {', '.join(known)}"


def _misnamed(series: Series, document: Document) -> Iterator[Problem]:
    """Every period that is none."""
    for name in series.values:
        try:
            series.period(name)
        except ValueError as error:
            path = ("values", name)
            yield Problem(dotted(path), str(error), document.place(path))


def series_of(scenario: "Scenario", name: str) -> Series:
    """The series that an entry of `observed` points at, relative to the file that says so.

    Raises ScenarioError if there is none inside the folder of that file, or with everything that is wrong with it.
    """
    path, file = dotted(("observed", name, "series")), scenario.observed[name].series
    if file is None:
        says = (
            "no series is named to hold the model against: write its file here; `sim run` tells the model's own months"
        )
        raise ScenarioError([scenario.problem(path, says)])
    place = _in_a_file(scenario, ("observed", name, "series"))
    if place is None:
        says = "a scenario that is no file has no folder to find a series in: save it beside the series first"
        raise ScenarioError([scenario.problem(path, says)])
    try:
        return load_series(read_inside(Path(place.file), file, place))
    except ScenarioError as error:
        raise type(error)([_placed(problem, path, place) for problem in error.problems]) from error


def _in_a_file(scenario: "Scenario", path: tuple[str, ...]) -> Place | None:
    """Where a file says it; where it was set or changed, what the file says around it."""
    keys = scenario.document.keys
    places = [keys[path[:length]] for length in range(len(path), -1, -1) if path[:length] in keys]
    return next((place for place in places if Path(place.file).is_file()), None)


def _placed(problem: Problem, path: str, place: Place) -> Problem:
    """A problem of the file as a whole, at the key that points at it; others have their place in it."""
    if problem.place is None or problem.place == place:
        return replace(problem, path=path, place=place)
    return problem
