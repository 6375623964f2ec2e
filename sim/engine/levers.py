"""Levers: what effects make of the numbers of a day, and the shocks as SimPy processes that pull them."""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.cases import Cases
from sim.engine.compiled import compiled, inner
from sim.engine.draws import CONSTANT
from sim.engine.plan import Pull
from sim.engine.strikes import Window, windows
from sim.scenario.effects import SUDDEN, Fade, How, Lever

if TYPE_CHECKING:
    from sim.engine.world import World

Table = NDArray[np.float64]
Drawn = dict[tuple[object, ...], list[list[Window]]]

FADES = {Fade.STEP: rules.STEP, Fade.LINEAR: rules.LINEAR, Fade.EXPONENTIAL: rules.EXPONENTIAL}
WAYS = {How.TIMES: 0, How.PLUS: 1, How.SET: 2, How.GROW: 3}
LONG_GONE = 40.0
"""Time constants after which an exponential fade is below the resolution of a double beside 1."""


@dataclass(frozen=True)
class Target:
    """One lever on one row, with every effect on it, an array with one value per case for each number."""

    lever: Lever
    row: int
    way: NDArray[np.int64]
    fade: NDArray[np.int64]
    numbers: Table
    """Shape (effect, 5, case): size, start, end, onset, days of fading."""
    pulls: tuple[Pull, ...]
    """The effects, with the numbers of the first plan."""
    days: tuple[int, ...]
    """Days on which the lever may move in some case."""
    shocks: tuple[str, ...]

    @classmethod
    def of(cls, pulls: Sequence[Sequence[Pull]], cases: Cases, drawn: Drawn) -> "Target":
        """`pulls[e][p]` is effect e in the plan of point p; where its shock does not strike, it ends at its start."""
        rows = [row for group in pulls for row in _rows(group, cases, drawn)]
        first = tuple(pull for pull, _ in rows)
        numbers = np.stack([row for _, row in rows])
        days = {d for e, p in enumerate(first) for d in _moving_days(p, numbers[e], cases.first.days)}
        return cls(
            lever=first[0].effect.lever,
            row=first[0].row,
            way=np.array([WAYS[p.effect.how] for p in first]),
            fade=np.array([FADES[p.effect.fade] for p in first]),
            numbers=numbers,
            pulls=first,
            days=tuple(sorted(days)),
            shocks=tuple(sorted({p.shock for p in first})),
        )


def _rows(group: Sequence[Pull], cases: Cases, drawn: Drawn) -> list[tuple[Pull, Table]]:
    """An effect with its numbers by case: one row, or one for each time it strikes where luck says when.

    `drawn` keeps what was drawn, for one luck often decides over many effects.
    """
    first = group[0]
    values = [(p.effect.size, p.effect.start, p.effect.end, p.effect.onset, p.effect.fade_days) for p in group]
    numbers = np.array(values).T[:, cases.point]
    if first.effect.luck is None:
        if first.shock:
            off = ~cases.struck[first.shock]
            numbers[2, off] = numbers[1, off]
        return [(first, numbers)]
    key = (first.shock, *((p.effect.luck, p.effect.start, p.effect.end) for p in group))
    found = drawn.get(key) or drawn.setdefault(key, windows(group, cases))
    rows = []
    for n in range(max(1, *map(len, found))):
        row = numbers.copy()
        row[1:3] = np.array([held[n] if n < len(held) else (np.inf, np.inf) for held in found]).T
        rows.append((first, row))
    return rows


def targets(cases: Cases) -> list[Target]:
    """Every lever that some effect acts on."""
    groups: dict[tuple[Lever, int], list[tuple[Pull, ...]]] = {}
    for group in zip(*(plan.pulls for plan in cases.plans), strict=True):
        groups.setdefault((group[0].effect.lever, group[0].row), []).append(group)
    drawn: Drawn = {}
    return [Target.of(group, cases, drawn) for group in groups.values()]


def _moving_days(pull: Pull, numbers: Table, horizon: int) -> set[int]:
    """Days on which one effect may change in some case."""
    on = numbers[2] > numbers[1]
    if not on.any():
        return set()
    _, start, end, onset, fade = numbers[:, on]
    days = {math.ceil(x) for x in np.unique(np.concatenate([start, end])) if x < horizon}
    gradual = [(start, start + onset)] if onset.max() > 1.0 else []
    if pull.effect.fade is not Fade.STEP:
        gradual.append((end, end + fade * (LONG_GONE if pull.effect.fade is Fade.EXPONENTIAL else 1.0) + 2.0))
    if pull.effect.how is How.GROW:
        gradual.append((start, end))
    if pull.effect.period < horizon:
        days |= {math.ceil(x) for s in np.unique(start) for x in np.arange(s, horizon, pull.effect.period)}
    for first, last in gradual:
        if first.min() < horizon:
            days |= set(range(math.ceil(first.min()), math.ceil(min(horizon, last.max() + 1.0))))
    return {max(0, day) for day in days if day < horizon}


@compiled
def combine(day: float, way: NDArray[np.int64], fade: NDArray[np.int64], numbers: Table, now: Table) -> None:
    """What all effects on one lever come to: factors multiply, added amounts add, the latest to start is set last.

    `now` has a row each for the factor, what is added, what is set, and how far it is set: 0 where nothing is.
    """
    times, plus, setto, part = now[0], now[1], now[2], now[3]
    for k in range(times.shape[0]):
        times[k], plus[k], setto[k], part[k] = 1.0, 0.0, 0.0, 0.0
        for e in range(way.shape[0]):
            size, start, end = numbers[e, 0, k], numbers[e, 1, k], numbers[e, 2, k]
            strength = rules.strength(day, start, end, numbers[e, 3, k], fade[e], numbers[e, 4, k])
            if strength <= 0.0:
                continue
            if way[e] == 0:
                times[k] *= 1.0 + (size - 1.0) * strength
            elif way[e] == 1:
                plus[k] += size * strength
            elif way[e] == 3:
                grown = (1.0 + size) ** ((min(day, end) - start) / 365.0)
                times[k] *= grown if strength >= 1.0 else 1.0 + (grown - 1.0) * strength
        set_in_turn(day, k, way, fade, numbers, now)


@inner
def set_in_turn(
    day: float, k: int, way: NDArray[np.int64], fade: NDArray[np.int64], numbers: Table, now: Table
) -> None:
    """Set values in the order they start, each moving on from where those before have brought the lever."""
    since, last, count = -np.inf, -1, 0
    for e in range(way.shape[0]):
        count += 1 if way[e] == 2 else 0
    for _ in range(count):
        upcoming, which = np.inf, -1
        for e in range(way.shape[0]):
            # Equal starts are refused, but for luck, which may bring two on one day: these come in their order.
            start = numbers[e, 1, k]
            if way[e] == 2 and start < upcoming and (start > since or (start == since and e > last)):
                upcoming, which = start, e
        if which < 0 or upcoming > day:
            return
        since, last = upcoming, which
        strength = rules.strength(day, upcoming, numbers[which, 2, k], numbers[which, 3, k], fade[which],
                                  numbers[which, 4, k])  # fmt: skip
        if strength >= 1.0:
            now[2, k], now[3, k] = numbers[which, 0, k], 1.0
        elif strength > 0.0:
            part = now[3, k] + (1.0 - now[3, k]) * strength
            set_before = now[2, k] * now[3, k] * (1.0 - strength)
            now[2, k], now[3, k] = (set_before + numbers[which, 0, k] * strength) / part, part


class Levers:
    """All levers of a world, and how each writes what it comes to."""

    def __init__(self, world: "World"):
        self.world = world
        self.targets = targets(world.cases)
        self.base = {
            (t.lever, t.row): world.array(_ARRAY[t.lever])[t.row, _FIELD[t.lever]].copy()
            for t in self.targets
            if t.lever in _FIELD
        }
        self.usual_share = world.links[:, at.LINK_SHARE].copy()
        self.pinned = np.full_like(self.usual_share, np.nan)  # shares that are set today
        self.siblings = _siblings(world.cases.first.cards["inputs"])
        self.now = np.empty((4, world.cases.size))
        self.times, self.plus, self.setto, self.part = self.now

    def pull(self, target: Target, day: int) -> None:
        """Bring one lever to what its effects make of it on this day."""
        combine(float(day), target.way, target.fade, target.numbers, self.now)
        _WRITERS[target.lever](self, target, day)

    def value(self, target: Target) -> Table:
        """(The base, or as far as something is set that) × factors + what is added; never negative."""
        chosen = self.base[target.lever, target.row].copy()
        whole, partly = self.part >= 1.0, (self.part > 0.0) & (self.part < 1.0)
        chosen[whole] = self.setto[whole]
        # What had no limit has none to go back to: a limit that fades grows without end instead.
        free, bound = partly & np.isinf(chosen), partly & np.isfinite(chosen)
        chosen[free] = self.setto[free] / self.part[free]
        chosen[bound] += (self.setto[bound] - chosen[bound]) * self.part[bound]
        # Nothing of something without limit is nothing.
        scaled = np.multiply(chosen, self.times, out=np.zeros_like(chosen), where=self.times > 0.0)
        return np.asarray(np.maximum(0.0, scaled + self.plus))


def _siblings(inputs: NDArray[np.int64]) -> dict[int, range]:
    """By link: all links of the same input."""
    groups = (range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]) for card in inputs)
    return {link: links for links in groups for link in links}


def _write_field(levers: Levers, target: Target, day: int) -> None:
    levers.world.array(_ARRAY[target.lever])[target.row, _FIELD[target.lever]] = levers.value(target)


def _write_share(levers: Levers, target: Target, day: int) -> None:
    """A link's share; those of its buyer's other links, unless they are set too, fill up the rest in proportion."""
    levers.pinned[target.row] = np.where(levers.part > 0.0, levers.value(target), np.nan)
    links = levers.siblings[target.row]
    base, pinned = levers.usual_share, levers.pinned
    given, kept, others = (np.zeros(levers.world.cases.size) for _ in range(3))
    for link in links:
        is_set = ~np.isnan(pinned[link])
        given += np.where(is_set, pinned[link], 0.0)
        kept += np.where(is_set, base[link], 0.0)
        others += np.where(is_set, 0.0, base[link])
    # Written so that shares set to what they are leave the others to the last bit.
    scale = np.divide(np.maximum(0.0, others + (kept - given)), others, out=np.zeros_like(others), where=others > 0.0)
    for link in links:
        _put_share(levers.world, link, np.where(np.isnan(pinned[link]), base[link] * scale, pinned[link]))


def _put_share(world: "World", link: int, share: Table) -> None:
    """A share, and with it the link's usual flow, which allocation and cuts go by."""
    world.links[link, at.LINK_SHARE] = share
    world.links[link, at.LINK_USUAL] = world.planned_need[link] * share
    _write_limit(world, link)


def _write_law(levers: Levers, target: Target, day: int) -> None:
    """A law keeps what it draws; today's value is times × draw + added, and as far as it is set it is not drawn."""
    law = levers.world.laws[target.row]
    law[at.LAW_TIMES] = levers.times * (1.0 - levers.part)
    law[at.LAW_ADDED] = levers.plus + levers.setto * levers.part * levers.times
    if levers.world.cases.first.laws[target.row].kind == CONSTANT:
        law[at.LAW_NOW] = np.maximum(0.0, law[at.LAW_TIMES] * law[at.LAW_A] + law[at.LAW_ADDED])


def _write_flow(levers: Levers, target: Target, day: int) -> None:
    """A link's limit of the day: its lane, and a share of usual flow where its flow is cut."""
    world = levers.world
    world.flow_factor[target.row] = levers.times
    _write_limit(world, target.row)


def _write_lane(levers: Levers, target: Target, day: int) -> None:
    levers.world.lane_capacity[target.row] = levers.value(target)
    _write_limit(levers.world, target.row)


def _write_limit(world: "World", row: int) -> None:
    factor = world.flow_factor[row]
    with np.errstate(invalid="ignore"):
        cut = np.where(factor >= 1.0, np.inf, factor * world.links[row, at.LINK_USUAL])
    world.links[row, at.LINK_LIMIT] = np.minimum(cut, world.lane_capacity[row])


def _write_quota(levers: Levers, target: Target, day: int) -> None:
    """Fill up the quota on the first day of each period: the link's part, by usual flow, of the amount for all.

    Of several quotas the latest to start holds. What was used of a period before day 0 is not known, so a quota that
    is older than the run starts full.
    """
    world, numbers = levers.world, target.numbers
    left = world.links[target.row, at.LINK_QUOTA]
    start = np.where((numbers[:, 1] <= day) & (day < numbers[:, 2]), numbers[:, 1], -np.inf)
    latest = np.argmax(start, axis=0)
    left[levers.part <= 0.0] = np.inf
    for e, pull in enumerate(target.pulls):
        holds = (latest == e) & (levers.part > 0.0)
        periods = np.floor((np.array([day, day - 1]) - numbers[e, 1][:, np.newaxis]) / pull.effect.period)
        renewed = holds & ((periods[:, 0] > periods[:, 1]) | (day == 0))
        left[renewed] = (numbers[e, 0] * world.quota_share[pull.shock][target.row])[renewed]


_FIELD = {
    Lever.YIELD: at.SHELF_YIELD,
    Lever.COVER: at.INPUT_COVER,
    Lever.ORDERS: at.INPUT_STOPPED,
    Lever.SHARE: at.LINK_SHARE,
    Lever.LANE: at.LINK_LIMIT,
    Lever.LICENSED: at.DESK_LICENSED,
    Lever.APPROVAL: at.DESK_APPROVAL,
    Lever.DELAY: at.DESK_DELAY,
    Lever.SUSPENDED: at.DESK_SUSPENDED,
    Lever.BARRED: at.DESK_BARRED_SHARE,
    Lever.GENERAL: at.DESK_GENERAL_SHARE,
}
_ARRAY = {
    Lever.YIELD: "shelves",
    Lever.COVER: "inputs",
    Lever.ORDERS: "inputs",
    Lever.SHARE: "links",
    Lever.LANE: "links",
    Lever.LICENSED: "desk",
    Lever.APPROVAL: "desk",
    Lever.DELAY: "desk",
    Lever.SUSPENDED: "desk",
    Lever.BARRED: "desk",
    Lever.GENERAL: "desk",
}
_WRITERS: dict[Lever, Callable[[Levers, Target, int], None]] = {
    Lever.CAPACITY: _write_law,
    Lever.DEMAND: _write_law,
    Lever.PROCESSING: _write_law,
    Lever.TRANSIT: _write_law,
    Lever.REVIEW: _write_law,
    Lever.HOLD: _write_law,
    Lever.DELAY: _write_field,
    Lever.YIELD: _write_field,
    Lever.COVER: _write_field,
    Lever.SHARE: _write_share,
    Lever.LICENSED: _write_field,
    Lever.APPROVAL: _write_field,
    Lever.SUSPENDED: _write_field,
    Lever.BARRED: _write_field,
    Lever.GENERAL: _write_field,
    Lever.FLOW: _write_flow,
    Lever.LANE: _write_lane,
    Lever.QUOTA: _write_quota,
    Lever.ORDERS: _write_field,
}


def live(world: "World", shock: str) -> Generator[simpy.Event, None, None]:
    """A shock as a SimPy process: at dawn of each day on which it moves something, it pulls its levers.

    Several shocks may share a lever; each pull reckons with all of them, so who pulls first does not matter.
    """
    mine = [t for t in world.levers.targets if shock in t.shocks and t.lever not in SUDDEN]
    due: dict[int, list[Target]] = {}
    for target in mine:
        for day in target.days:
            due.setdefault(day, []).append(target)
    for day in sorted(due):
        yield world.clock.dawn_of(day)
        for target in due[day]:
            world.levers.pull(target, day)
