"""What a template asks before it is written: a few numbers, each with a default, read in the units of the field."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.errors import Problem, ScenarioError, suggest
from sim.scenario.fields import read_date, read_factor, read_share, write_percent
from sim.scenario.units import Amount, Duration, Rate
from sim.scenario.words import LARGEST, days_per, said, tidy, write

Answers: TypeAlias = Mapping[str, Any]
"""What was answered so far, by key, as read."""

NEVER = "never"
LONGEST_NAME = 60
FIRST_YEAR, LAST_YEAR = 1950, 2100
"""Years in which a control may be announced: calendars of public holidays are good for nothing before or after."""
MOST_AHEAD = 10_000.0
"""Days; and between announcement and effect."""


@dataclass(frozen=True)
class Question:
    """One number a template wants to know."""

    key: str
    """How it is answered by name: `effective=2025-04-04`."""
    asks: str
    """In words, for a prompt."""
    default: str
    """What is taken if nothing is said."""
    read: Callable[[object, Answers], Any]
    """The value of an answer, which must go with the others known. Raises ValueError with the rule and an example."""
    hint: str = ""
    """What to know about it, in a sentence."""
    follows: str = ""
    """The question whose answer is the default instead, if it is known."""

    def default_after(self, known: Answers) -> str:
        """The default, as a text that `read` takes."""
        return str(known[self.follows]) if self.follows in known else self.default


def material(value: object, known: Answers) -> str:
    """A name in one line."""
    if not isinstance(value, str) or not (name := " ".join(value.split())):
        raise ValueError(f"{said(value)} is no name: write for example antimony")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"a name of {len(name):,} characters: let it have {LONGEST_NAME} at most")
    if not name.isprintable():
        raise ValueError("the name holds characters that cannot be printed: leave them out")
    return name


def country(value: object, known: Answers) -> str:
    """A code of two letters that has a calendar of working days."""
    from sim.scenario.calendar import working_days

    code = value.strip().upper() if isinstance(value, str) else ""
    if not re.fullmatch("[A-Z]{2}", code):
        raise ValueError(f"{said(value)} is no code of two letters: write for example CN")
    day = datetime.date(2025, 1, 1)
    working_days(code, day, day)
    return code


@dataclass(frozen=True)
class Flow:
    """A rate in the words it was said in."""

    rate: Rate
    number: float
    unit: str
    per: str

    def __str__(self) -> str:
        return f"{write(self.number)} {self.unit}/{self.per}"

    def a_month(self) -> str:
        """The number alone, of a mean month."""
        return three_digits(self.number / float(days_per(self.per)) * 365 / 12)

    def part(self, percent: float, unit: str = "") -> str:
        """So many percent of it, to three digits, counted in its own unit or in another."""
        return f"{three_digits(self.number * percent / 100.0)} {unit or self.unit}/{self.per}"


_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


def exports(value: object, known: Answers) -> Flow:
    """A rate above 0, such as `4869 t/month`."""
    if isinstance(value, Flow):
        return value
    value = value.replace(" per ", "/") if isinstance(value, str) else value
    _has_a_time(value)
    rate = Rate.read(value)
    if rate.value <= 0:
        raise ValueError(f"{said(str(value))} is nothing to control: write for example '4869 t/month'")
    if rate.value > LARGEST / 1000:
        raise ValueError(f"{said(str(value))} is more of anything than there is: write for example '4869 t/month'")
    text = tidy(str(value))
    number, words = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?) ?(.*)", text).groups()  # type: ignore[union-attr]
    above, _, per = (part.strip() for part in words.partition("/"))
    scale, _, unit = above.rpartition(" ")
    return Flow(rate, float(number) * _SCALES.get(scale, 1.0), unit, per)


def _has_a_time(value: object) -> None:
    """Raises ValueError for an amount, which is nothing without its month or year; `Rate` answers all else."""
    try:
        Amount.read(value)
    except ValueError:
        return
    text = tidy(str(value))
    raise ValueError(f"'{text}' is an amount, and of which time? Write '{text}/month' or '{text}/year'")


def three_digits(number: float) -> str:
    """The number rounded to three digits, without an exponent."""
    from decimal import Decimal

    return f"{Decimal(f'{number:.3g}').normalize():f}"


def announced(value: object, known: Answers) -> datetime.date:
    """A day of the calendar, not after it takes effect."""
    day, last = read_date(value), known.get("effective")
    if last is not None and day > last:
        raise ValueError(f"{day} is after it takes effect, {last}: say that day or an earlier one")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} lies outside the years {FIRST_YEAR} to {LAST_YEAR}, for which working days are known")
    return day


def effective(value: object, known: Answers) -> datetime.date:
    """A day of the calendar, not before the announcement."""
    day = read_date(value)
    first = known.get("announced")
    if first is not None and day < first:
        raise ValueError(f"{day} is before it is announced, {first}: say that day or a later one")
    if first is not None and (day - first).days > MOST_AHEAD:
        raise ValueError(
            f"{day} is more than {MOST_AHEAD:,.0f} days after it is announced, {first}: say an earlier day"
        )
    return day


def review(value: object, known: Answers) -> Duration:
    """At least a day, in calendar days or in working days of the authority."""
    length = Duration.read(value)
    if not 1 <= length.value <= 1000:
        raise ValueError(
            f"{said(str(value))} is no limit of a review: let it be from 1 to 1,000 days, '45 working days'"
        )
    return length


def approval(value: object, known: Answers) -> float:
    """A share above 0."""
    share = _share(value)
    if share < 0.01:
        raise ValueError(f"{said(str(value))} is a ban, or nearly: say 1 % or more, or begin with sim new --from ban")
    return share


def exempt(value: object, known: Answers) -> float:
    """A share."""
    return _share(value)


def _share(value: object) -> float:
    """A share; what is typed may be a bare number too, `0.36`."""
    return read_share(float(value) if isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) else value)


def cover(value: object, known: Answers) -> Duration:
    """Calendar days."""
    return _days(value, 1, 2000, "what users hold", "60 days")


def cap(value: object, known: Answers) -> float:
    """A factor from 1 on: a desk that never lets the usual flow leave is a quota."""
    bare = isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value)
    factor = read_factor(float(str(value)) if bare else value)
    if not 1 <= factor <= 20:
        says = "the most that leaves in a month is from 100 % to 2000 % of usual"
        raise ValueError(f"{says}, and this says {said(write_percent(factor))}: write for example '115 %'")
    return factor


def ahead(value: object, known: Answers) -> Duration:
    """Calendar days, at least a month."""
    return _days(value, 31, MOST_AHEAD, "how long to look ahead", "540 days")


def until(value: object, known: Answers) -> datetime.date | None:
    """A day after the control takes effect and within what is looked at; None for `never`."""
    if value is None or (isinstance(value, str) and value.strip().lower() in (NEVER, "none", "no")):
        return None
    day = read_date(value)
    first, span = known.get("effective"), known.get("ahead")
    if first is not None and day <= first:
        raise ValueError(f"{day} is not after it takes effect, {first}: say a later day, or '{NEVER}'")
    if first is not None and span is not None and (day - first).days >= span.value:
        raise ValueError(f"{day} lies beyond the {span} that are looked at: say '{NEVER}', or look further ahead")
    return day


def _days(value: object, least: float, most: float, what: str, example: str) -> Duration:
    length = Duration.read(value)
    if length.working:
        raise ValueError(f"'{length}' are counted by an authority, and calendar days are due: write '{example}'")
    if not least <= length.value <= most:
        says = f"{what} is from {least:g} to {most:,.0f} days, and this says {said(str(value))}"
        raise ValueError(f"{says}: write for example '{example}'")
    return length


EXPORT_CONTROL = (
    Question("material", "Name of the material", "material", material),
    Question("country", "Country of the authority, two letters", "CN", country),
    Question("exports", "Usual exports, such as 4869 t/month or 1.2 kt/year", "100 t/day", exports),
    Question("announced", "Announced on, as year-month-day", "2025-04-04", announced, follows="effective"),
    Question("effective", "Takes effect on", "2025-04-04", effective, follows="announced"),
    Question("review", "Longest review, in working days or days", "45 working days", review),
    Question(
        "approval", "Chance that an application is approved", "36 %", approval,
        "At one decision; what is denied is filed again. 36 % was fitted to China's magnets in April to June 2025, and "
        "80 % of what fits lies from 16 to 51 %.",
    ),
    Question("exempt", "Share of exports that needs no licence", "0 %", exempt),
    Question("cover", "Stock that users hold, in days of use", "60 days", cover),
    Question(
        "cap", "Most that ever left in a month, as share of usual", "115 %", cap,
        "It limits how fast exports catch up once licences are granted.",
    ),
    Question("ahead", "How long to look ahead, from the day it takes effect", "540 days", ahead),
    Question("until", "End of the control, a date or 'never'", NEVER, until),
)  # fmt: skip

QUESTIONS: Mapping[str, tuple[Question, ...]] = {"export_control": EXPORT_CONTROL}
"""By template; the others ask nothing."""


def checked(template: str, given: Mapping[str, object]) -> dict[str, Any]:
    """The answers given, as read.

    Raises ScenarioError with everything that is wrong: answers that do not fit, and keys that nobody asks for.
    """
    asked = QUESTIONS.get(template, ())
    problems = [Problem("", _unknown(key, template)) for key in given if key not in {one.key for one in asked}]
    found: dict[str, Any] = {}
    for one in asked:
        if one.key in given:
            try:
                found[one.key] = one.read(given[one.key], found)
            except ValueError as error:
                problems.append(Problem(f"answers.{one.key}", str(error)))
    if problems:
        raise ScenarioError(problems)
    return found


def answered(template: str, given: Mapping[str, object]) -> dict[str, Any]:
    """Every question of a template with its answer, the default where none is given. Raises ScenarioError as above."""
    known = checked(template, given)
    full = {one.key: known.get(one.key, one.default_after(known)) for one in QUESTIONS.get(template, ())}
    return checked(template, full | known)


def _unknown(key: object, template: str) -> str:
    asked = [one.key for one in QUESTIONS.get(template, ())]
    if not asked:
        return f"the template '{template}' asks nothing, and '{str(key)[:60]}' is answered: change the file it writes"
    return f"no question '{str(key)[:60]}'.{suggest(str(key), asked)} There are {', '.join(asked)}"
