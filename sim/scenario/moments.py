"""Points in time, as a date or as a day of the run."""

import datetime
import re
from typing import Annotated, TypeAlias

from sim.scenario.fields import Said, read_date, text_schema
from sim.scenario.words import said

_DAY = re.compile(r"day +([0-9]{1,6})")
_PATTERN = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|day +[0-9]{1,6})$"


def read_moment(value: object) -> datetime.date | int:
    """A date, or `day 60` as the whole number 60."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        raise ValueError(f"{said(value)} is no moment: write 'day {value}', a day of the run, or a date, '2025-04-04'")
    if not isinstance(value, str):
        return read_date(value)
    if match := _DAY.fullmatch(value.strip()):
        return int(match[1])
    if value.strip().startswith("day"):
        raise ValueError(f"{said(value)} is no day of the run: write 'day 60', counted from day 0, or a date")
    return read_date(value)


def write_moment(moment: object) -> str:
    """The text that reads back as the same moment."""
    return f"day {moment}" if isinstance(moment, int) else str(moment)


Moment: TypeAlias = Annotated[
    datetime.date | int,
    Said(read_moment, (text_schema(_PATTERN, "Date or day of the run", "2025-04-04", "day 60"),), write_moment),
]
"""A date (`2025-04-04`) or a day of the run (`day 60`, day 0 being the start)."""


def day_of(moment: int | datetime.date, start: datetime.date) -> float:
    """Days from `start` to the moment; negative before it."""
    return float((moment - start).days) if isinstance(moment, datetime.date) else float(moment)
