"""What can be moved: a number, a date or a switch, with the paths of the scenario that it sets."""

import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sim.errors import Problem, ScenarioError
from sim.scenario.document import Tree
from sim.scenario.moments import day_of
from sim.scenario.stated import Stated
from sim.scenario.unknowns import scaled
from sim.studies.ranges import Span

Say = Callable[[float], object]
"""A number of the slider as `scenario.change` takes it."""
SWITCH = Span(0.0, 1.0, 1.0)
LARGEST = 1e12


@dataclass(frozen=True)
class Knob:
    """One slider or switch. Its numbers are those the reader sees: days, percent, days of the run, 0 and 1."""

    name: str
    """The first path it sets; the page and the address of the page name it so."""
    group: str
    """Heading it stands under."""
    label: str
    about: str
    """What else to know of it; may be empty."""
    kind: Literal["number", "date", "switch"]
    unit: str
    """In words, after the number; empty for dates and switches."""
    span: Span
    value: float
    """What the file says."""
    sets: Mapping[str, Say]
    """By dotted path, how the number is said there."""

    def said(self, number: float) -> dict[str, object]:
        """What it puts where. Raises ScenarioError for what is no number of this kind; the reader judges the rest."""
        if not math.isfinite(number) or abs(number) > LARGEST:
            raise ScenarioError([Problem(self.name, "this is no number that can be set")])
        if self.kind == "switch" and number not in (0.0, 1.0):
            raise ScenarioError([Problem(self.name, "a switch is off, 0, or on, 1")])
        return {path: say(number) for path, say in self.sets.items()}

    def plain(self, start: datetime.date) -> dict[str, object]:
        """As plain data for the page; `start` is day 0 of the run, from which dates count."""
        return {
            "name": self.name,
            "group": self.group,
            "label": self.label,
            "about": self.about,
            "kind": self.kind,
            "unit": self.unit,
            "low": self.span.low,
            "high": self.span.high,
            "step": self.span.step,
            "value": self.value,
            "start": start.isoformat() if self.kind == "date" else None,
        }


def like(stated: Stated) -> Say:
    """In the unit that the file uses there."""
    if stated.words:
        return stated.like
    return lambda number: int(number) if number.is_integer() else number


def in_unit(unit: str) -> Say:
    """With this unit: `30 days`."""
    return Stated(0.0, unit).like


def times(node: Tree) -> Say:
    """What the file says there, multiplied; the slider shows percent of it."""
    return lambda percent: scaled(node, percent / 100.0)


def on_or_off(number: float) -> object:
    """As a truth value."""
    return number == 1.0


def on_day(moment: datetime.date | int, start: datetime.date, own: datetime.date | int) -> Say:
    """The day the slider shows, for a moment that keeps its distance to `own`, the one the slider is about."""
    distance = day_of(moment, start) - day_of(own, start)

    def say(day: float) -> object:
        moved = round(day + distance)
        if isinstance(moment, int):
            return f"day {max(0, moved)}"
        try:
            return (start + datetime.timedelta(days=moved)).isoformat()
        except OverflowError:
            raise ScenarioError("the day lies outside the calendar") from None

    return say
