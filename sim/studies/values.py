"""Values to try, as they are said on one line: `10:90:10 days`, or `10 days, 20 days, 30 days`."""

import re
from dataclasses import replace
from decimal import Decimal

from sim.errors import Problem, ScenarioError, TooLarge

MOST = 1_000
"""Values that one study may try."""
_NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
_RANGE = re.compile(rf"({_NUMBER}) *: *({_NUMBER})(?: *: *({_NUMBER}))? *(%|[A-Za-z][A-Za-z /_]*)?")
_BARE = re.compile(rf"{_NUMBER}")
_UNIT = re.compile(rf"{_NUMBER} *(\D.*)")
_SHORT = {"d": "days"}
EXAMPLE = "write 10:90:10 days (from, to, step), or 10 days,20 days,30 days"


def values_of(text: str) -> tuple[str, ...]:
    """The values, each as the file would say it. Raises ScenarioError, or TooLarge beyond `MOST`.

    A range holds its ends; numbers of a list that have no unit take that of the last.
    """
    said = text.strip()
    if match := _RANGE.fullmatch(said):
        return _spread(*(part or "" for part in match.groups()))
    values = split(said)
    if not all(values):
        raise ScenarioError(f"'{said[:60]}' holds an empty value: {EXAMPLE}")
    if len(values) > MOST:
        raise TooLarge(f"{len(values):,} values: at most {MOST:,} are tried at once")
    unit = _UNIT.fullmatch(values[-1])
    return tuple(f"{value} {unit[1]}" if unit and _BARE.fullmatch(value) else value for value in values)


def ends_of(text: str) -> tuple[str, str] | None:
    """The ends of a range without a step, each as the file would say it, `10:90 days`; None for anything else."""
    match = _RANGE.fullmatch(text.strip())
    if not match or match[3]:
        return None
    unit = _word(match[4] or "")
    return f"{match[1]} {unit}".rstrip(), f"{match[2]} {unit}".rstrip()


def _word(unit: str) -> str:
    return _SHORT.get(unit.strip(), unit.strip())


def _spread(first: str, last: str, step: str, unit: str) -> tuple[str, ...]:
    """From first to last, both included where the steps meet it."""
    if not step:
        raise ScenarioError(f"'{first}:{last}' does not say the step: {EXAMPLE}")
    start, end, by = Decimal(first), Decimal(last), Decimal(step)
    if by == 0 or (end - start) * by < 0:
        raise ScenarioError(f"from {first} to {last} in steps of {step} arrives nowhere: {EXAMPLE}")
    count = int((end - start) / by) + 1
    if count > MOST:
        says = f"from {first} to {last} in steps of {step} are {count:,} values: at most {MOST:,} are tried at once"
        raise TooLarge(says)
    return tuple(f"{start + i * by:f} {_word(unit)}".rstrip() for i in range(count))


def split(text: str, at: str = ",") -> list[str]:
    """At commas, or another sign, that stand in no brackets and no quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if character == at and not depth and not quote:
            parts.append("")
            continue
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        depth += (character in "[{") - (character in "]}") if not quote else 0
        parts[-1] += character
    return [part.strip() for part in parts]


def at_value(value: str, problem: Problem) -> Problem:
    """The problem of a changed scenario with the value that brings it about."""
    if problem.place and problem.place.file == "--set":  # what set the value, and shows it
        return replace(problem, place=replace(problem.place, file="--vary"))
    return replace(problem, says=f"at {value}: {problem.says}")


def rounded(value: str) -> str:
    """A value without the digits that nobody reads: `37.2518… days` as `37.25 days`."""
    number, *unit = value.split(" ", 1)
    try:
        return " ".join([f"{float(number):.4g}", *unit])
    except ValueError:
        return value
