"""Values with a unit, as a scenario says them and in one base unit each.

Base units: day, t, MWh, or the word for what is counted one by one; rates per calendar day. A year has 365 days,
and in a rate a month is a twelfth of it. `str` of a value reads back as an equal value.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from sim.errors import suggest
from sim.scenario.durations import Duration, Quantity, SignedDuration, check
from sim.scenario.fields import Count, Date, Factor, Growth, Share, percent, write_percent
from sim.scenario.words import (
    CURRENCIES,
    LARGEST,
    WORD,
    days_per,
    exact,
    is_time,
    said,
    split_scale,
    unit_of,
    unsigned,
    write,
)

__all__ = [
    "Amount", "Count", "Date", "Duration", "Factor", "Growth", "Percentage", "Price", "Rate", "Ratio", "Share",
    "SignedDuration",
]  # fmt: skip


def _amount(number: str, words: str, example: str) -> tuple[Fraction, float, str]:
    """Scale, and the value and base unit, of a number with the words before any stroke."""
    scale, word = split_scale(words)
    size, unit = unit_of(word)
    return scale * size, exact(unsigned(number, example), scale * size), unit


def _halves(words: str) -> tuple[str, str]:
    """What stands before and after the stroke, the latter empty if there is none."""
    above, _, below = words.partition("/")
    return above.strip(), below.strip()


@dataclass(frozen=True)
class Amount(Quantity):
    """So much of something, in its base unit."""

    value: float
    unit: str

    expects = "say how much, for example '270 kt' or '20 wafer'"
    pattern = r"^[0-9][0-9.eE+-]* ?((thousand|million|billion) )?[A-Za-z_]+$"
    examples = ("270 kt", "20 wafer", "110 billion unit")

    def __post_init__(self) -> None:
        check(self.value, LARGEST)

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        above, below = _halves(words)
        if below and is_time(below):
            raise ValueError(f"'{number} {words}' says how fast, and an amount is due: '{number} {above}'")
        if "/" in words or words == "%":
            raise ValueError(f"'{number} {words}' is a ratio, and an amount is due: {cls.expects}")
        _, value, unit = _amount(number, words, "270 kt")
        return cls(value, unit)

    def __str__(self) -> str:
        return f"{write(self.value)} {self.unit}"


@dataclass(frozen=True)
class Rate(Quantity):
    """An amount per calendar day."""

    value: float
    unit: str

    expects = "say how fast, for example '20 t/day' or '270 kt/year'"
    pattern = r"^[0-9][0-9.eE+-]* ?((thousand|million|billion) )?[A-Za-z_]+ ?/ ?(hour|day|week|month|year)$"
    examples = ("270 kt/year", "20000 wafer/week")

    def __post_init__(self) -> None:
        check(self.value, LARGEST)

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        above, below = _halves(words)
        if not below:
            unit_of(split_scale(above)[1])  # a wrong unit is the first thing to say
            text = f"{number} {above}"
            raise ValueError(f"'{text}' is an amount, and a rate is due: say how fast: '{text}/day'")
        scale, _, unit = _amount(number, above, "20 t/day")
        return cls(exact(number, scale / days_per(below)), unit)

    def __str__(self) -> str:
        return f"{write(self.value)} {self.unit}/day"


@dataclass(frozen=True)
class Ratio(Quantity):
    """So much of one thing per one of another; both units are empty if it was said in percent."""

    value: float
    unit: str = ""
    per: str = ""

    expects = "say how much per what, for example '0.36 t/t', '1.2 kg/car' or '25 %'"
    pattern = r"^[0-9][0-9.eE+-]* ?(%|((thousand|million|billion) )?[A-Za-z_]+ ?/ ?[A-Za-z_]+)$"
    examples = ("0.36 t/t", "1.2 kg/car", "25 %")

    def __post_init__(self) -> None:
        check(self.value, LARGEST)

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        if words == "%":
            unsigned(number, "25 %")
            return cls(percent(f"{number} %") or 0.0)
        above, below = _halves(words)
        if not below:
            unit_of(split_scale(above)[1])
            raise ValueError(f"'{number} {words}' is an amount, and a ratio is due: {cls.expects}")
        if is_time(below):
            raise ValueError(f"'{number} {words}' says how fast, and a ratio is due: {cls.expects}")
        scale, _, unit = _amount(number, above, "0.36 t/t")
        size, per = unit_of(below)
        return cls(exact(number, scale / size), unit, per)

    def __str__(self) -> str:
        return f"{write(self.value)} {self.unit}/{self.per}" if self.unit else write_percent(self.value)


class Percentage(Ratio):
    """So much beside something of the same sort, said in percent; may be above 100 %."""

    expects = "say how much in percent, for example '150 %'"
    pattern = r"^[0-9][0-9.eE+-]* ?%$"
    examples = ("150 %", "60 %", "100 %")

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        if words != "%":
            raise ValueError(f"'{number} {words}' is no percentage: {cls.expects}")
        return super()._of(number, words)


@dataclass(frozen=True)
class Price(Quantity):
    """Money per base unit."""

    value: float
    currency: str
    unit: str

    expects = "say the price of one unit, for example '49 USD/kg'"
    pattern = rf"^[0-9][0-9.eE+-]* ?((thousand|million|billion) )?({'|'.join(CURRENCIES)}) ?/ ?[A-Za-z_]+$"
    examples = ("49 USD/kg", "1.2 million USD/wafer")

    def __post_init__(self) -> None:
        check(self.value, LARGEST)

    @classmethod
    def _of(cls, number: str, words: str) -> Self:
        above, below = _halves(words)
        scale, currency = split_scale(above)
        if currency not in CURRENCIES:
            known = f"{', '.join(CURRENCIES[:-1])} or {CURRENCIES[-1]}"
            hint = suggest(currency, CURRENCIES) if re.fullmatch(WORD, currency) else ""
            raise ValueError(f"{said(currency)} is no known currency: write {known}, as in '49 USD/kg'.{hint}")
        if not below:
            raise ValueError(f"'{number} {words}' is a sum of money, and a price is due: '{number} {words}/kg'")
        size, unit = unit_of(below)
        return cls(exact(unsigned(number, "49 USD/kg"), scale / size), currency, unit)

    def __str__(self) -> str:
        return f"{write(self.value)} {self.currency}/{self.unit}"
