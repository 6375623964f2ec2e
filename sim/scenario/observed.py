"""What was seen of something that a scenario models, and which of its periods a fit may use and a score counts."""

from typing import Self

from pydantic import Field, model_validator

from sim.scenario.claims import Subject
from sim.scenario.record import Name, Record
from sim.scenario.units import Amount, Date


class Window(Record):
    """Some days, by date."""

    from_: Date = Field(alias="from")
    """First day."""
    until: Date
    """First day no longer in it."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until <= self.from_:
            raise ValueError(f"it ends on {self.until} and begins on {self.from_}: give `from` the earlier date")
        return self

    def meets(self, other: "Window") -> bool:
        """Whether they share a day."""
        return self.from_ < other.until and other.from_ < self.until


class Observed(Record):
    """A series of what was seen, what it is the same as in this scenario, and what is held against it."""

    series: Name | None = None
    """The file of the series, beside this file or in a folder below; left out, the model's months stand alone."""
    measure: Subject
    """What is the same here."""
    usual: Window | None = None
    """Periods whose mean is 100 %."""
    level: Amount | None = None
    """What is 100 %, for a period, if that is known otherwise; of a series in % only the number counts."""
    year_before: bool = False
    """Whether each period is held against the same one a year before, which the series must have."""
    fit: Window | None = None
    """Periods that what is `uncertain` is fitted to; left out, nothing is."""
    score: Window | None = None
    """Periods that are scored, and never fitted."""
    misses: str = ""
    """What the model misses here, in words."""
    source: str = ""
    """Where the choice of windows comes from."""

    @model_validator(mode="after")
    def _one_level(self) -> Self:
        levels = (self.usual is not None) + (self.level is not None) + self.year_before
        if self.series is None:
            if levels or self.fit or self.score:
                raise ValueError("without a `series` there is nothing to hold against the model: name its file")
        elif levels != 1:
            raise ValueError(
                "say what 100 % is by one of `usual`, a window, `level`, an amount, and `year_before: true`"
            )
        return self

    @model_validator(mode="after")
    def _held_out(self) -> Self:
        if self.fit and self.score and self.fit.meets(self.score):
            raise ValueError("`fit` and `score` share days: what is scored must not have been fitted")
        if self.usual and self.score and self.usual.meets(self.score):
            raise ValueError("`usual` and `score` share days: what is scored must not say what 100 % is")
        return self
