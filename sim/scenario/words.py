"""The words of measure, and how a number before them is read.

A closed list: nothing is evaluated, nothing is guessed, and a text of more than 100 characters is refused unread.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

from sim.errors import suggest

MAX_TEXT = 100
LARGEST = 1e18
"""No number may be larger: an amount beyond it is a slip of the keyboard."""

NUMBER = r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?"
WORD = r"[A-Za-z_]{1,30}"
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

DAYS: Mapping[str, Fraction] = {
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "week": Fraction(7),
    "year": Fraction(365),
}
"""Calendar days in one; a year has 365."""
PER: Mapping[str, Fraction] = {**DAYS, "month": Fraction(365, 12)}
"""As `DAYS`, for rates: only there is a month a twelfth of a year."""
MASSES: Mapping[str, Fraction] = {
    "mg": Fraction(1, 10**9),
    "g": Fraction(1, 10**6),
    "kg": Fraction(1, 1_000),
    "t": Fraction(1),
    "kt": Fraction(1_000),
    "Mt": Fraction(10**6),
}
ENERGIES: Mapping[str, Fraction] = {
    "kWh": Fraction(1, 1_000),
    "MWh": Fraction(1),
    "GWh": Fraction(1_000),
    "TWh": Fraction(10**6),
}
CURRENCIES = ("USD", "EUR", "CNY", "JPY", "GBP")

# Words that would pass as units of their own, and would then be silently another thing than the unit they stand for.
_MEANT = {
    **dict.fromkeys(("tonne", "tonnes", "ton", "tons", "mt"), "t"),
    **dict.fromkeys(("kgs", "kilo", "kilos", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("gram", "grams", "gramme", "grammes"), "g"),
    **dict.fromkeys(("kilotonne", "kilotonnes", "kiloton", "kilotons"), "kt"),
    **dict.fromkeys(("megatonne", "megatonnes", "megaton", "megatons", "mmt"), "Mt"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "oz", "ounce", "ounces"), "kg"),
    **dict.fromkeys(("tpa", "tpy"), "t/year"),
    **{unit.lower(): unit for unit in (*MASSES, *ENERGIES) if unit.lower() != "mt"},
}
_TIMES_MEANT = {"d": "day", "h": "hour", "hr": "hour", "wk": "week", "w": "week", "mo": "month"} | dict.fromkeys(
    ("a", "y", "yr", "annum", "annual"), "year"
)


def tidy(text: str) -> str:
    """The text with single spaces; refuses what no measure can be."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of {len(text):,} characters where a number with its unit is due")
    return " ".join(text.split())


def said(value: object) -> str:
    """What was said, short enough for a message, as the file would have it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    if isinstance(value, str | int | float):
        text = " ".join(f"{value:.6g}".split()) if isinstance(value, float) else " ".join(str(value)[:MAX_TEXT].split())
        return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
    return "a list" if isinstance(value, list | tuple) else "a group of keys"


def exact(number: str, scale: Fraction = Fraction(1)) -> float:
    """The number in base units, rounded once."""
    try:
        value = float(Fraction(number) * scale)
    except OverflowError:
        value = float("inf")
    if abs(value) > LARGEST:
        raise ValueError(f"{said(number)} is too large: at most {LARGEST:g} in base units")
    return value


def unsigned(number: str, example: str) -> str:
    """The number, which must have no sign."""
    if number.startswith("-"):
        raise ValueError(f"'{number}' is negative, and must be 0 or more: write for example '{example}'")
    if number.startswith("+"):
        raise ValueError(f"the sign of '{number}' makes it a change, and a plain value is due: write '{example}'")
    return number


def split_scale(words: str) -> tuple[Fraction, str]:
    """`billion unit` as a factor and the rest."""
    first, _, rest = words.partition(" ")
    if rest and first in _SCALES:
        return Fraction(_SCALES[first]), rest
    return Fraction(1), words


def unit_of(word: str) -> tuple[Fraction, str]:
    """Size in base units, and the base unit: t, MWh, or the word itself for what is counted one by one."""
    for units, base in ((MASSES, "t"), (ENERGIES, "MWh")):
        if word in units:
            return units[word], base
    if not re.fullmatch(WORD, word):
        raise ValueError(f"{said(word)} is no unit: write t, kg, MWh or one word for what is counted, such as 'car'")
    meant = _MEANT.get(word.lower())
    if meant:
        raise ValueError(f"unknown unit '{word}'. Did you mean '{meant}'?")
    if word in _SCALES:
        raise ValueError(f"'{word}' of what? Write for example '3 {word} car'")
    if word.removesuffix("s") in PER:
        raise ValueError(f"'{word}' is a time, and a unit of what is weighed or counted is due, such as 't' or 'wafer'")
    if word.upper() in CURRENCIES:
        raise ValueError(f"'{word}' is money, and a unit of what is weighed or counted is due, such as 't' or 'wafer'")
    return Fraction(1), word


def days_in(word: str) -> Fraction:
    """Calendar days in one of a unit of duration, singular or plural."""
    if word.removesuffix("s") == "month":
        raise ValueError("months differ in length: say days or weeks, for example '60 days'")
    if (days := DAYS.get(word.removesuffix("s"))) is not None:
        return days
    known = [plural for unit in DAYS for plural in (unit, f"{unit}s")]
    meant = _TIMES_MEANT.get(word.lower(), "")
    hint = f" Did you mean '{meant}s'?" if meant and meant != "month" else suggest(word, known)
    raise ValueError(f"unknown unit {said(word)}.{hint or ' A duration is in hours, days, weeks or years: 45 days'}")


def days_per(word: str) -> Fraction:
    """Calendar days in the time below the stroke of a rate."""
    if (days := PER.get(word)) is not None:
        return days
    meant = _TIMES_MEANT.get(word.lower())
    hint = f" Did you mean '{meant}'?" if meant else suggest(word, PER)
    raise ValueError(f"unknown time {said(word)} in a rate.{hint or ' Write hour, day, week, month or year: 20 t/day'}")


def is_time(word: str) -> bool:
    """Whether a word below the stroke makes the whole a rate."""
    return word.removesuffix("s") in PER or word.lower() in _TIMES_MEANT


def write(value: float) -> str:
    """The shortest text that reads back as the same number; no `.0`."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
