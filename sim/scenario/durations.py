"""Lengths of time, and what every value with a unit shares with them."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

from sim.scenario.fields import Said, text_schema
from sim.scenario.words import NUMBER, days_in, exact, said, tidy, unsigned, write

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

MAX_DAYS = 100_000
_SPLIT = re.compile(rf"({NUMBER}) ?(.*)")


class Quantity:
    """What all values with a unit share: how they are read, and what pydantic is told."""

    expects: ClassVar[str]
    """What is due and an example, to end an error message."""
    pattern: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    @classmethod
    @lru_cache(maxsize=10_000)  # a file says the same few values again and again, and so does every change of it
    def parse(cls, text: str) -> Self:
        """The value a text says. Raises ValueError with the rule and an example."""
        tidied = tidy(text)
        if re.match(r"[+-]?[0-9]+,[0-9]", tidied):
            raise ValueError(f"{said(text)} has a comma in its number: write 1000.5, not 1,000.5")
        match = _SPLIT.fullmatch(tidied)
        if not match:
            raise ValueError(f"{said(text)} is not understood: {cls.expects}")
        if not match[2]:
            raise ValueError(f"{said(text)} has no unit: {cls.expects}")
        return cls._of(match[1], match[2])

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        raise NotImplementedError

    @classmethod
    def read(cls, value: object) -> Self:
        """The value itself, or what a text says; nothing else fits, numbers and truth values least of all."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        bare = isinstance(value, int | float) and not isinstance(value, bool)
        raise ValueError(f"{said(value)} {'has no unit' if bare else 'does not fit'}: {cls.expects}")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        return cls._said().__get_pydantic_core_schema__(source, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, object]:
        return cls._said().__get_pydantic_json_schema__(schema, handler)

    @classmethod
    def _said(cls) -> Said:
        description = f"{cls.__name__}: {cls.expects}"
        return Said(cls.read, (text_schema(cls.pattern, description, *cls.examples),), str)


def check(value: float, largest: float, lowest: float = 0.0) -> None:
    """Raises ValueError for a number no value of this kind can have."""
    if not (math.isfinite(value) and lowest <= value <= largest):
        raise ValueError(f"{value:g} is not between {lowest:g} and {largest:,.15g}")


@dataclass(frozen=True)
class Duration(Quantity):
    """A length of time, in calendar days or in working days of an authority."""

    value: float
    working: bool = False

    expects = "say how long with a unit, for example '45 days' or '45 working days'"
    pattern = r"^[0-9][0-9.eE+-]* ?(working days?|(hour|day|week|year)s?)$"
    examples = ("45 days", "6 weeks", "45 working days")

    def __post_init__(self) -> None:
        check(self.value, MAX_DAYS)

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        if "/" in words:
            raise ValueError(f"'{words}' makes this a rate or a ratio: {cls.expects}")
        working = words.startswith("working ")
        if working and words not in ("working day", "working days"):
            raise ValueError(f"{said(words)} is not understood: working time is counted in days, '45 working days'")
        value = exact(unsigned(number, "45 days"), Fraction(1) if working else days_in(words))
        if value > MAX_DAYS:
            raise ValueError(f"'{number} {words}' is longer than {MAX_DAYS:,} days")
        return cls(value, working)

    @property
    def days(self) -> float:
        """Calendar days. Raises ValueError for working days, whose length hangs on the calendar."""
        if self.working:
            raise ValueError(f"'{self}' are days of an authority's calendar, and calendar days are due")
        return self.value

    def __str__(self) -> str:
        return f"{write(self.value)} {'working ' if self.working else ''}{'day' if self.value == 1 else 'days'}"


@dataclass(frozen=True)
class SignedDuration(Quantity):
    """Calendar days added to a length of time, or taken off it."""

    value: float

    expects = "say what is added or taken off with its sign, for example '+20 days' or '-5 days'"
    pattern = r"^[+-][0-9][0-9.eE+-]* ?(hour|day|week|year)s?$"
    examples = ("+20 days", "-5 days")

    def __post_init__(self) -> None:
        check(self.value, MAX_DAYS, -MAX_DAYS)

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        if not number.startswith(("+", "-")):
            raise ValueError(f"'{number} {words}' has no sign: {cls.expects}")
        if words.startswith("working "):
            raise ValueError(f"working days cannot be added: {cls.expects}")
        value = exact(number, days_in(words))
        if abs(value) > MAX_DAYS:
            raise ValueError(f"'{number} {words}' is longer than {MAX_DAYS:,} days")
        return cls(value + 0.0)

    @property
    def days(self) -> float:
        """Calendar days added; negative if taken off."""
        return self.value

    def __str__(self) -> str:
        return f"{'' if self.value < 0 else '+'}{write(self.value)} {'day' if abs(self.value) == 1 else 'days'}"
