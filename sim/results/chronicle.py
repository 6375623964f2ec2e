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

COVER: Final = "cover"
LEVERS: Final = {
    LICENCE: {
        Lever.LICENSED,
        Lever.REVIEW,
        Lever.DELAY,
        Lever.APPROVAL,
        Lever.SUSPENDED,
        Lever.BARRED,
        Lever.GENERAL,
        Lever.HOLD,
    },
    LANE: {Lever.FLOW, Lever.LANE, Lever.QUOTA, Lever.TRANSIT, Lever.SHARE},
    WORKS: {Lever.CAPACITY},
    PROCESS: {Lever.YIELD, Lever.PROCESSING},
    DEMAND: {Lever.DEMAND},
    INPUT: {Lever.INPUT_LOSS, Lever.FINISHED_LOSS},
    COVER: {Lever.COVER},
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
    """shock, over, shortage, gain, loss, low, stop, restart, recovery or end."""
    says: str


@dataclass(frozen=True)
class _Found:
    """A sentence that is still to be put together."""

    before: str
    subject: str
    """Goods, or the whole sentence where it is not about goods."""
    says: str
    since: str
    """How long after which shock."""


class Chronicle:
    """What a story has found so far."""

    def __init__(self, outcome: Outcome):
        self.outcome = outcome
        self._found: dict[tuple[int, str, str], _Found] = {}
        self._effects = {
            name: tuple(outcome.scenario.shocks[name].effects(outcome.scenario.network)) for name in outcome.windows
        }

    def add(self, day: int, place: str, what: str, says: str, roots: Sequence[str] = ()) -> None:
        """An event, once; with how long after the latest of the shocks behind it, if any had begun by then."""
        self._add(day, place, what, _Found("", says, "", self._after(roots, day)))

    def add_goods(self, day: int, place: str, what: str, said: tuple[str, str, str], roots: Sequence[str] = ()) -> None:
        """The same about goods: what is said before them, the goods, and what is said after.

        Goods of which the same is said on one day share a sentence.
        """
        before, goods, after = said
        self._add(day, place, what, _Found(before, goods, after, self._after(roots, day)))

    def _add(self, day: int, place: str, what: str, found: "_Found") -> None:
        self._found.setdefault((min(day, self.outcome.days - 1), place, what), found)

    def behind(self, kind: str, targets: Iterable[str], day: int) -> tuple[str, ...]:
        """The shocks that pull a lever of this kind on one of the targets by that day.

        Those that hold on the day; if none does, the one that has begun last. All that ever pull one are told, also
        those that come later, each once.
        """
        wanted = set(targets)
        found = {
            name: effect
            for name, effects in self._effects.items()
            for effect in effects
            if effect.lever in LEVERS[kind] and effect.target in wanted
        }
        for name in found:
            self._shock(name)
        begun = {name: effect for name, effect in found.items() if math.ceil(effect.start) <= day}
        holding = tuple(name for name, effect in begun.items() if effect.end > day)
        return holding or tuple(sorted(begun, key=lambda name: begun[name].start)[-1:])

    def events(self) -> tuple[Event, ...]:
        """All in order of time, up to the last that is about more than a shock; on one day causes before effects."""
        last = max((day for day, _, what in self._found if what not in (say.SHOCK, say.OVER)), default=-1)
        told = (key for key in self._found if key[0] <= last)
        ordered = sorted(told, key=lambda key: (key[0], say.ORDER.index(key[2]), key[1]))
        groups: dict[tuple[object, ...], list[tuple[int, str, str]]] = {}
        for key in ordered:
            found = self._found[key]
            alike = (found.before, found.says) if found.before or found.says else key[1]
            groups.setdefault((key[0], key[2], alike, found.since), []).append(key)
        return tuple(self._event(keys) for keys in groups.values())

    def _event(self, keys: Sequence[tuple[int, str, str]]) -> Event:
        found, (day, _, what) = [self._found[key] for key in keys], keys[0]
        date, goods = self.outcome.date(day), say.listed([one.subject for one in found])
        words = (f"On {say.dated(date)}{found[0].since},", found[0].before, goods, found[0].says)
        return Event(day, date, "; ".join(place for _, place, _ in keys), what, f"{' '.join(filter(None, words))}.")

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
