"""Stretches of days: when a place is below baseline, and how long something has been going on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array

GAP: Final = 7
"""Days of rest that do not break a stretch: licences are filed and ships sail weekly."""
MOST: Final = 3
LEAST: Final = 0.05
"""Share of all that is missing which makes a spell worth telling."""

Days = NDArray[np.bool_]


@dataclass(frozen=True)
class Spell:
    """Days below baseline, from the first to the last, short rests included."""

    first: int
    last: int
    missing: float
    """Amount missing on its days."""


def spells(missing: Array) -> list[Spell]:
    """Every spell of a series of amounts missing by day, 0 where nothing is, in order of time."""
    days = np.flatnonzero(missing > 0.0)
    if not len(days):
        return []
    breaks = np.flatnonzero(np.diff(days) > GAP)
    firsts, lasts = [days[0], *days[breaks + 1]], [*days[breaks], days[-1]]
    return [Spell(int(a), int(b), float(missing[a : b + 1].sum())) for a, b in zip(firsts, lasts, strict=True)]


def worth_telling(found: Sequence[Spell]) -> list[Spell]:
    """The largest few, in order of time."""
    total = sum(spell.missing for spell in found)
    large = [spell for spell in found if spell.missing >= LEAST * total]
    return sorted(sorted(large, key=lambda s: -s.missing)[:MOST], key=lambda s: s.first)


def since(going_on: Days, day: int) -> int:
    """The day on which what goes on has begun, looking back from a day and over short rests; the day itself if none."""
    days = np.flatnonzero(going_on[: day + 1])
    if not len(days) or day - days[-1] > GAP:
        return day
    breaks = np.flatnonzero(np.diff(days) > GAP)
    return int(days[breaks[-1] + 1] if len(breaks) else days[0])


def first_day(holds: Days, after: int) -> int | None:
    """The first day from `after` on; None if there is none."""
    days = np.flatnonzero(holds[after:])
    return after + int(days[0]) if len(days) else None
