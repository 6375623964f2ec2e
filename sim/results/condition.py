"""What a search is for: a reading held against a limit, as it is said on one line, `output_loss.eu_cars < 5 %`."""

import math
import re
from dataclasses import dataclass
from typing import Final

from sim.errors import ScenarioError, suggest
from sim.results.outcome import Outcome
from sim.results.readings import OF_MARKETS, OF_PLACES, Reading, reading_of
from sim.scenario.words import CURRENCIES, NUMBER, days_in, exact, is_time, split_scale, unit_of

OPTION: Final = "--until"
EXAMPLE: Final = "write it as output_loss.eu_cars < 5 %"
RELATIONS: Final = {"<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">="}
ROUNDING: Final = 1e-9
"""What is no nearer to the limit than this share of it is on it."""
LOSS: Final = "output_loss"
OF_LOSS: Final = {"%": "loss_share", "days": "loss_days", "currency": "loss_value"}
"""The loss in another measure, by what the limit is said in; else it is in units of what is lost."""
_SAID = re.compile(r"([^<>≤≥=]+?)\s*(<=|>=|<|>|≤|≥)\s*([^<>≤≥=]*)")
_VALUE = re.compile(rf"({NUMBER})\s*(.*)")


@dataclass(frozen=True)
class Condition:
    """A reading, and on which side of a limit it must be."""

    said: str
    reading: Reading
    relation: str
    """`<`, `<=`, `>` or `>=`."""
    limit: float
    """In the unit of the reading."""

    @property
    def wants_less(self) -> bool:
        return self.relation.startswith("<")

    def missing(self, value: float) -> float:
        """How far a value is on the wrong side of the limit; negative on the right side, nan where there is none."""
        return value - self.limit if self.wants_less else self.limit - value

    def met_by(self, value: float) -> bool:
        """Whether a value is on the right side; one that is on the limit but for rounding is on it."""
        near = ROUNDING * max(1.0, abs(self.limit))
        return self.missing(value) <= near if self.relation.endswith("=") else self.missing(value) < -near


def condition_of(text: str, outcome: Outcome) -> Condition:
    """The condition a line says. Raises ScenarioError with the remedy; `outcome` needs no history."""
    match = _SAID.fullmatch(" ".join(text.split()))
    if not match:
        raise _wrong(text, f"a condition is METRIC.PLACE, one of <, <=, >, >=, and a value: {EXAMPLE}")
    name, relation, value = match.groups()
    measure = _VALUE.fullmatch(value)
    if not measure:
        raise _wrong(text, f"'{value[:40]}' is no value: {EXAMPLE}")
    try:
        reading = _measured_in(name, measure[2], outcome)
        limit = _limit(measure[1], measure[2], reading)
    except ValueError as error:
        raise _wrong(text, str(error)) from error
    if not math.isfinite(limit):
        raise _wrong(text, f"'{value[:40]}' is too large")
    return Condition(" ".join(text.split()), reading, RELATIONS[relation], limit)


def _measured_in(name: str, unit: str, outcome: Outcome) -> Reading:
    """The reading of a name; of the output loss, in the measure that the unit asks for."""
    metric, dot, place = name.partition(".")
    known = [*OF_PLACES, *OF_MARKETS]
    if metric in known and not place:
        raise ValueError(f"{metric} of which place? {EXAMPLE}")
    if dot and metric not in known:
        raise ValueError(f"no metric '{metric[:60]}'.{suggest(metric, known)} Metrics are {', '.join(known)}")
    if metric != LOSS:
        return reading_of(name, outcome)
    asked = "days" if is_time(unit) else "currency" if _currency(unit) else unit
    return reading_of(f"{OF_LOSS.get(asked, LOSS)}.{place}", outcome)


def _limit(number: str, unit: str, reading: Reading) -> float:
    """The value in the unit of the reading. Raises ValueError with what would fit."""
    if reading.unit == "share":
        if unit not in ("", "%"):
            raise ValueError(f"{reading.name} is a share, and '{unit[:40]}' is none: say 5 %{_other_measures(reading)}")
        if not unit and not -1.0 <= float(number) <= 1.0:
            raise ValueError(f"a share is between 0 and 1: did you mean '{number} %'?")
        return float(number) / (100.0 if unit else 1.0)
    if not unit:
        raise ValueError(f"'{number}' has no unit: {_fits(reading)}")
    if reading.unit in ("day", "days", "planned days"):
        if not is_time(unit):
            raise ValueError(f"{reading.name} is in days, and '{unit[:40]}' is no time: {_fits(reading)}")
        return exact(number, days_in(unit))
    return _amount(number, unit, reading)


def _amount(number: str, unit: str, reading: Reading) -> float:
    if reading.unit == "no price":
        raise ValueError(f"{reading.name} has no price: give the commodity a `price`, or say the limit in % or days")
    scale, word = split_scale(unit)
    if reading.unit in CURRENCIES:
        if _currency(unit) != reading.unit:
            raise ValueError(f"{reading.name} is in {reading.unit}, and '{unit[:40]}' is not: {_fits(reading)}")
        return exact(number, scale)
    if is_time(word) or word == "%" or _currency(unit):
        raise ValueError(f"{reading.name} is in {reading.unit}, and '{unit[:40]}' is not: {_fits(reading)}")
    size, base = unit_of(word)
    if base != reading.unit:
        raise ValueError(f"{reading.name} is in {reading.unit}, and '{unit[:40]}' is not: {_fits(reading)}")
    return exact(number, scale * size)


def _currency(unit: str) -> str:
    """The currency of `million USD`; empty if it is none."""
    word = split_scale(unit)[1]
    return word if word in CURRENCIES else ""


def _fits(reading: Reading) -> str:
    if reading.unit in ("day", "days", "planned days"):
        return "say for example 30 days"
    also = ", or 5 % of the baseline, or 30 days of plan" if reading.metric == LOSS else ""
    return f"say for example 1000 {reading.unit}{also}"


def _other_measures(reading: Reading) -> str:
    return f", or use {LOSS}.{reading.place} with days or units" if reading.metric == "loss_share" else ""


def _wrong(text: str, says: str) -> ScenarioError:
    return ScenarioError(f"{OPTION} '{text.strip()[:100]}': {says}")
