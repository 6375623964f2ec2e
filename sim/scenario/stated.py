"""Numbers of a distribution whose unit hangs on where it is used: kept as they were said, number and words apart."""

import re
from dataclasses import dataclass
from typing import Self

from sim.scenario.durations import Quantity
from sim.scenario.fields import Said, is_number, read_factor
from sim.scenario.words import LARGEST, NUMBER, said, tidy, write

_SAID = re.compile(rf"({NUMBER}) ?(\D*)")


@dataclass(frozen=True)
class Stated(Quantity):
    """A number with the words that followed it, `20` and `days`; what it measures is known by who uses it."""

    value: float
    words: str = ""
    signed: bool = False
    """Whether it was said with a sign, as what is added or taken off."""

    expects = "write a value in the unit of what is uncertain, for example '20 days' or '25 %'"
    pattern = r"^[+-]?[0-9][0-9.eE+-]* ?[A-Za-z_/% ]*$"
    examples = ("20 days", "25 %", "500 t/year")

    @classmethod
    def read(cls, value: object) -> Self:
        """The value itself, what a text says, or a bare number. Raises ValueError for what holds no number."""
        if isinstance(value, cls):
            return value
        if isinstance(value, int | float) and is_number(value) and abs(value) <= LARGEST:
            return cls(float(value))
        if not isinstance(value, str):
            raise ValueError(f"{said(value)} does not fit: {cls.expects}")
        return cls._parted(value)

    @classmethod
    def _parted(cls, text: str) -> Self:
        match = _SAID.fullmatch(tidy(text))
        if not match:
            raise ValueError(f"{said(text)} is not understood: {cls.expects}")
        if not abs(value := float(match[1])) <= LARGEST:
            raise ValueError(f"{said(text)} is too large: {cls.expects}")
        return cls(value, match[2].strip(), match[1][0] in "+-")

    @classmethod
    def _said(cls) -> Said:
        text, *_ = super()._said().describes
        return Said(cls.read, (text, {"type": "number"}), str)

    @property
    def unit(self) -> str:
        """The words, one or many alike: `day` and `days` are one unit."""
        return self.words.removesuffix("s")

    def like(self, number: float) -> str:
        """Another number, said as this one is."""
        sign = "+" if self.signed and number >= 0 else ""
        return f"{sign}{write(number)} {self.words}".rstrip()

    def __str__(self) -> str:
        return self.like(self.value)


@dataclass(frozen=True)
class Multiple(Quantity):
    """What something is multiplied by."""

    value: float

    expects = "say what to multiply by, for example 1.5, '150 %' or '-40 %'"
    pattern = r"^[+-]?[0-9][0-9.]* ?%$"
    examples = ("150 %", "+20 %", "-40 %")

    @classmethod
    def read(cls, value: object) -> Self:
        """The value itself, or a factor as files say it."""
        return value if isinstance(value, cls) else cls(read_factor(value))

    @classmethod
    def _said(cls) -> Said:
        text, *_ = super()._said().describes
        return Said(cls.read, (text, {"type": "number", "minimum": 0}), str)

    def __str__(self) -> str:
        return f"{write(100 * self.value)} %"
