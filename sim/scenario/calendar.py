"""Working days of an authority.

Public holidays, and the weekend days worked to make up for them, come from the `holidays` package. For China it follows
the yearly notices of the State Council's General Office; that for 2025, which makes Sunday 27 April a working day, is
https://www.gov.cn/gongbao/2024/issue_11726/202411/content_6989767.html. A notice comes out in the autumn before its
year: for years without one yet there are the holidays fixed by law, and no make-up days.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from sim.errors import suggest

_ROUNDING = 1e-9
"""Days by which a target may miss a whole number through rounding without costing another day."""


def working_days(country: str, first: date, last: date) -> list[bool]:
    """For each day from first to last, both included, whether it is worked.

    The country is an ISO 3166 code such as `CN`. Raises ValueError for an unknown one.
    """
    import holidays

    code = country.strip().upper()
    if code not in _codes():
        raise ValueError(f"no calendar for '{country[:60]}': write a code of two letters, such as CN.{_meant(country)}")
    if last < first:
        raise ValueError(f"a calendar from {first} to {last} ends before it starts")
    calendar = holidays.country_holidays(code, years=range(first.year, last.year + 1))
    return [calendar.is_working_day(first + timedelta(days)) for days in range((last - first).days + 1)]


def _codes() -> frozenset[str]:
    """Every code there is a calendar for, of two letters or three; `holidays` itself would load all of them to say."""
    from holidays.registry import COUNTRIES

    return frozenset(code for _, *codes in COUNTRIES.values() for code in codes if len(code) in (2, 3))


def _meant(country: str) -> str:
    """The code a name or a wrong code may stand for, as the end of a sentence."""
    from holidays.registry import COUNTRIES

    codes = {names[0].upper(): names[1] for names in COUNTRIES.values()}
    plain = country.strip().upper().replace(" ", "").replace("_", "")
    if plain in codes:
        return f" Did you mean '{codes[plain]}'?"
    return suggest(plain, [names[1] for names in COUNTRIES.values()])


class Numbers(Protocol):
    """A list of whole numbers, or an array."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> int: ...


def passed(time: float, working: float, first: int, count: Numbers, day_of: Numbers) -> float:
    """The time at which so many working days have passed since `time`.

    The clock of working days runs during the whole of a working day d, from d - 1 to d, and stands still on others:
    what is filed on day f and takes n working days is decided on the n-th working day after f. Infinite beyond the
    table, never before `time`.
    """
    if working <= 0:
        return time
    last = first + len(count) - 1
    if not first <= time < last:
        return math.inf
    day = math.floor(time)
    begun = count[day - first]
    target = begun + (time - day) * (count[day - first + 1] - begun) + working
    if target > count[-1] + _ROUNDING:
        return math.inf
    whole = math.ceil(target - _ROUNDING)
    return max(time, day_of[whole] - max(0.0, whole - target))


@dataclass(frozen=True)
class WorkingClock:
    """Working days counted over a span of day offsets from the start of a scenario."""

    first: int
    """Offset of the day the count starts from; negative if filings before the start matter."""
    worked: tuple[bool, ...]
    """Whether each day from `first` on is worked."""

    @classmethod
    def of(cls, country: str, start: date, span: int, before: int = 0) -> "WorkingClock":
        """The clock of a country's authority from `before` days ahead of start to `span` days after it."""
        days = working_days(country, start - timedelta(before), start + timedelta(span))
        return cls(-before, tuple(days))

    @cached_property
    def count(self) -> list[int]:
        """Working days after `first` up to and including each day; the first entry is 0."""
        counts = [0]
        for is_worked in self.worked[1:]:
            counts.append(counts[-1] + is_worked)
        return counts

    @cached_property
    def day_of(self) -> list[int]:
        """Offset of the j-th working day after `first`; entry 0 is `first` itself."""
        worked = enumerate(self.worked[1:], self.first + 1)
        return [self.first, *(day for day, is_worked in worked if is_worked)]

    def after(self, time: float, working_days: float) -> float:
        """The time at which so many working days have passed since `time`; see `passed`."""
        return passed(time, working_days, self.first, self.count, self.day_of)

    def mean_calendar_days(self, working_days: float) -> float:
        """Calendar days that so many working days take, as a mean over the filing dates of the first year.

        Raises ValueError if the table ends before the last of them is decided.
        """
        waits = [self.after(day, working_days) - day for day in range(self.first, self.first + 365)]
        if not math.isfinite(total := math.fsum(waits)):
            raise ValueError(f"a calendar of {len(self.worked)} days is too short for a year of filings")
        return total / len(waits)
