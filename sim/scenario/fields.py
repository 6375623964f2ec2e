"""Plain values said in words: shares, factors, growth, dates and counts, as types for record fields.

Each is an ordinary float, date or int once read; what this file adds is how it is said.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from sim.scenario.words import LARGEST, NUMBER, exact, said, tidy, write

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

MAX_COUNT = 1_000_000_000
_PERCENT = re.compile(rf"({NUMBER}) ?%")
_GROWTH = re.compile(rf"({NUMBER}) ?% ?/ ?year")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: dicts have no hash, and unions need one
class Said:
    """Tells pydantic how a field is read, dumped and described to an editor."""

    read: Callable[[object], object]
    describes: tuple[dict[str, object], ...]
    """JSON Schema; several are alternatives."""
    write: Callable[[object], str | float] | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        written = (
            core_schema.plain_serializer_function_ser_schema(self.write, when_used="unless-none")
            if self.write
            else None
        )
        return core_schema.no_info_plain_validator_function(self.read, serialization=written)

    def __get_pydantic_json_schema__(self, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, object]:
        return dict(self.describes[0]) if len(self.describes) == 1 else {"anyOf": [dict(d) for d in self.describes]}


def percent(text: str) -> float | None:
    """`25 %` as 0.25, sign allowed; None if it is no percentage."""
    match = _PERCENT.fullmatch(text)
    return exact(match[1], Fraction(1, 100)) if match else None


def write_percent(share: float) -> str:
    """A percentage that reads back as exactly this share."""
    from decimal import Decimal

    number = (Decimal(repr(float(share))) * 100).normalize()
    return f"{number:f} %" if 1e-9 < abs(number) < 1e15 or not number else f"{number} %"


def is_number(value: object) -> bool:
    """Whether it is a number that was written as one: no truth value, no text."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object, name: str, example: str) -> float:
    """A number or a percentage; the name and example are for the message."""
    if isinstance(value, str):
        share = percent(tidy(value))
        if share is None:
            raise ValueError(f"{said(value)} is no {name}: write for example {example}, without quotes")
        return share
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{said(value)} is no {name}: write for example {example}")
    if not abs(value) <= LARGEST:
        raise ValueError(f"{said(value)} is too large for a {name}: write for example {example}")
    return float(value)


def read_share(value: object) -> float:
    """A number from 0 to 1, or a percentage from 0 % to 100 %."""
    share = _number(value, "share", "'25 %' or 0.25")
    if 0 <= share <= 1:
        return share + 0.0  # no negative zero
    if is_number(value) and 1 < share <= 100:
        raise ValueError(f"a share is between 0 and 1: did you mean '{write(share)} %'?")
    raise ValueError(f"a share is between 0 and 1 (0 % and 100 %), and this says {said(value)}")


def read_factor(value: object) -> float:
    """What multiplies: 1.5, `150 %`, or as a change `+50 %` and `-40 %`."""
    factor = _number(value, "factor", "1.5, '150 %' or '-40 %'")
    if isinstance(value, str):
        signed = tidy(value).startswith(("+", "-"))
        # Exactly: 1 - 0.4 in floating point is 0.6, but 1 - 0.9 is not 0.1.
        factor = float(1 + Fraction(tidy(value).rstrip("% ")) / 100) if signed else factor
    if factor >= 0:
        return factor + 0.0
    if is_number(value):
        hint = f": did you mean '{write_percent(factor)}'?" if factor >= -1 else ""
        raise ValueError(f"a factor is 0 or more, and this says {said(value)}{hint}")
    raise ValueError(f"{said(value)} takes away more than all: a factor is at least '-100 %'")


def read_growth(value: object) -> float:
    """`11 %/year` as 0.11; more than -100 %."""
    match = _GROWTH.fullmatch(tidy(value)) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{said(value)} is no growth: write for example '11 %/year'")
    growth = exact(match[1], Fraction(1, 100))
    if growth <= -1:
        raise ValueError(f"{said(value)} takes away all or more: growth is above '-100 %/year'")
    return growth + 0.0


def read_surcharge(value: object) -> float:
    """A share of value that comes on top, `10 %`; it may be above 100 %."""
    share = _number(value, "share of value", "'10 %' or 0.1")
    if share < 0 or (isinstance(value, str) and tidy(value).startswith("+")):
        raise ValueError(f"{said(value)} does not fit: a share of value is 0 or more, without a sign, such as '10 %'")
    if is_number(value) and share > 10:
        raise ValueError(f"{said(value)} is more than ten times the value: did you mean '{write(share)} %'?")
    return share + 0.0


def read_yearly(value: object) -> float:
    """`20 %/year` as 0.2, of what is held; not negative."""
    match = _GROWTH.fullmatch(tidy(value)) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{said(value)} is no share a year: write for example '20 %/year'")
    share = exact(match[1], Fraction(1, 100)) + 0.0
    if share < 0:
        raise ValueError(f"{said(value)} is negative: write for example '20 %/year'")
    return share


def read_elasticity(value: object) -> float:
    """A number of 0 or more: per cent of quantity for one per cent of price."""
    if not is_number(value) or not isinstance(value, int | float) or not 0 <= value <= 1000:
        raise ValueError(f"{said(value)} is no elasticity: write a plain number of 0 or more, such as 0.3")
    return float(value)


def _write_growth(value: object) -> str:
    return f"{write_percent(float(str(value)))}/year"


def read_date(value: object) -> date:
    """A day of the calendar, `2025-04-04`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise ValueError(f"{said(value)} is no date: write YYYY-MM-DD, for example '2025-04-04'")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{value.strip()} is not a day of the calendar; write YYYY-MM-DD") from None


def read_count(value: object) -> int:
    """A whole number of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool):
        hint = ", without quotes" if isinstance(value, str) else ""
        raise ValueError(f"{said(value)} is no count: write a whole number of at least 1{hint}, for example 300")
    if not 1 <= value <= MAX_COUNT:
        raise ValueError(f"a count is at least 1 and at most {MAX_COUNT:,}, and this says {said(value)}")
    return value


def text_schema(pattern: str, description: str, *examples: str) -> dict[str, object]:
    """JSON Schema of a text."""
    return {"type": "string", "pattern": pattern, "description": description, "examples": list(examples)}


_PERCENT_PATTERN = r"^[0-9][0-9.]* ?%$"
_CHANGE_PATTERN = r"^[+-]?[0-9][0-9.]* ?%$"
_GROWTH_PATTERN = r"^[+-]?[0-9][0-9.]* ?% ?/ ?year$"
_DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ABOVE_ZERO: dict[str, object] = {"type": "number", "minimum": 0}

Share = Annotated[
    float, Said(read_share, (text_schema(_PERCENT_PATTERN, "Share", "25 %"), {**_ABOVE_ZERO, "maximum": 1}))
]
"""A float from 0 to 1."""
Factor = Annotated[
    float, Said(read_factor, (text_schema(_CHANGE_PATTERN, "Factor", "150 %", "+20 %", "-40 %"), _ABOVE_ZERO))
]
"""A float of 0 or more that multiplies; a signed percentage is a change from 1."""
Growth = Annotated[
    float,
    Said(read_growth, (text_schema(_GROWTH_PATTERN, "Growth, share/year", "11 %/year"),), _write_growth),
]
"""A float: share added per year, so that `11 %/year` is 0.11."""
Surcharge = Annotated[
    float, Said(read_surcharge, (text_schema(_PERCENT_PATTERN, "Share of value", "10 %"), _ABOVE_ZERO))
]
"""A float of 0 or more: a share of value, which may exceed 1."""
Yearly = Annotated[
    float,
    Said(read_yearly, (text_schema(_GROWTH_PATTERN, "Share of value a year", "20 %/year"),), _write_growth),
]
"""A float of 0 or more: share of value a year."""
Elasticity = Annotated[float, Said(read_elasticity, ({**_ABOVE_ZERO, "examples": [0.3]},))]
"""A float of 0 or more: per cent of quantity for one per cent of price."""
Date = Annotated[date, Said(read_date, (text_schema(_DATE_PATTERN, "Date, YYYY-MM-DD", "2025-04-04"),), str)]
"""A day of the calendar."""
Count = Annotated[int, Said(read_count, ({"type": "integer", "minimum": 1, "maximum": MAX_COUNT},))]
"""A whole number of at least 1."""
