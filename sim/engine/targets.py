"""Targets: every lever that some effect acts on, with the numbers of its effects by case, and what they come to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine import rules
from sim.engine.cases import Cases
from sim.engine.compiled import compiled, inner
from sim.engine.plan import Pull
from sim.engine.strikes import Window, windows
from sim.scenario.effects import Fade, How, Lever

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
    """Those that act on it, with an empty name for seasons and dated rules."""

    @classmethod
    def of(cls, pulls: Sequence[Sequence[Pull]], cases: Cases, drawn: Drawn) -> "Target":
        """`pulls[e][p]` is effect e in the plan of point p; where its shock does not strike, it ends at its start."""
        rows = [row for group in pulls for row in _rows(group, cases, drawn)]
        first = tuple(pull for pull, _ in rows)
        numbers = np.stack([row for _, row in rows])
        days = {d for e, p in enumerate(first) for d in moving_days(p, numbers[e], cases.first.days)}
        return cls(
            lever=first[0].effect.lever,
            row=first[0].row,
            way=np.array([WAYS[p.effect.how] for p in first]),
            fade=np.array([FADES[p.effect.fade] for p in first]),
            numbers=numbers,
            pulls=first,
            days=tuple(sorted(days)),
            shocks=tuple(sorted({p.shock for p in first if not p.response})),
        )


def _rows(group: Sequence[Pull], cases: Cases, drawn: Drawn) -> list[tuple[Pull, Table]]:
    """An effect with its numbers by case: one row, or one for each time it strikes where luck says when.

    `drawn` keeps what was drawn, for one luck often decides over many effects.
    """
    first = group[0]
    values = [(p.effect.size, p.effect.start, p.effect.end, p.effect.onset, p.effect.fade_days) for p in group]
    numbers = np.array(values).T[:, cases.point]
    if first.effect.luck is None:
        if first.shock:  # a response to a shock that does not strike has nothing to respond to
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


def moving_days(pull: Pull, numbers: Table, horizon: int) -> set[int]:
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
