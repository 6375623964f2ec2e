"""Dated events as they are found, the shocks behind them, and their order in the end."""

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sim.results import sentences as say
from sim.results.causes import DEMAND, PROCESS, WORKS
from sim.results.outcome import Outcome
from sim.results.shortages import INPUT, LANE, LICENCE
from sim.scenario.effects import Lever

LEVERS: Final = {
    LICENCE: {Lever.LICENSED, Lever.REVIEW, Lever.DELAY, Lever.APPROVAL, Lever.SUSPENDED},
    LANE: {Lever.FLOW, Lever.LANE, Lever.QUOTA, Lever.TRANSIT, Lever.SHARE},
    WORKS: {Lever.CAPACITY},
    PROCESS: {Lever.YIELD, Lever.PROCESSING},
    DEMAND: {Lever.DEMAND},
    INPUT: {Lever.INPUT_LOSS, Lever.FINISHED_LOSS, Lever.COVER},
}
"""Levers by which a shock brings about each kind of cause."""


@dataclass(frozen=True)
class Event:
    """One sentence of a story."""

    day: int
    date: datetime.date
    place: str
    """Facility, market, link or shock it is about."""
    what: str
    """shock, shortage, loss, low, stop, restart, recovery, over or end."""
    says: str


class Chronicle:
    """What a story has found so far."""

    def __init__(self, outcome: Outcome):
        self.outcome = outcome
        self._events: dict[tuple[int, str, str], Event] = {}
        self._effects = {
            name: tuple(outcome.scenario.shocks[name].effects(outcome.scenario.network)) for name in outcome.windows
        }

    def add(self, day: int, place: str, what: str, says: str, roots: Sequence[str] = ()) -> None:
        """An event, once; with how long after the latest of the shocks behind it, if any had begun by then."""
        day = min(day, self.outcome.days - 1)
        date = self.outcome.date(day)
        text = f"On {say.dated(date)}{self._after(roots, day)}, {says}."
        self._events.setdefault((day, place, what), Event(day, date, place, what, text))

    def behind(self, kind: str, targets: Iterable[str], day: int) -> tuple[str, ...]:
        """The shocks that pull a lever of this kind on one of the targets by that day; each is told once.

        Those that hold on the day; if none does, the one that has begun last.
        """
        wanted = set(targets)
        found = {
            name: effect
            for name, effects in self._effects.items()
            for effect in effects
            if effect.lever in LEVERS[kind] and effect.target in wanted and math.ceil(effect.start) <= day
        }
        if not found:
            return ()
        holding = [name for name, effect in found.items() if effect.end > day]
        names = holding or [max(found, key=lambda name: found[name].start)]
        for name in names:
            self._shock(name)
        return tuple(names)

    def events(self) -> tuple[Event, ...]:
        """All in order of time; on one day causes before effects."""
        ordered = sorted(self._events.values(), key=lambda e: (e.day, say.ORDER.index(e.what), e.place))
        return tuple(ordered)

    def _shock(self, name: str) -> None:
        first, last = self.outcome.windows[name]
        shock = self.outcome.scenario.shocks[name]
        self.add(int(first), name, say.SHOCK, f"{name} took effect ({shock.kind.replace('_', ' ')})")
        if last < self.outcome.days:
            self.add(int(last), name, say.OVER, f"{name} was over")

    def _after(self, roots: Sequence[str], day: int) -> str:
        begun = {name: int(self.outcome.windows[name][0]) for name in roots if self.outcome.windows[name][0] <= day}
        if not begun:
            return ""
        latest = max(begun, key=lambda name: (begun[name], name))
        return say.after(day - begun[latest], latest)
