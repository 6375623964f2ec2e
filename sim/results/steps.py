"""What is missing through time, as a step function, and what stocks make of it.

Steps are pairs (day, share missing from that day on), sorted by day; before the first nothing is missing.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate

Steps = tuple[tuple[float, float], ...]
NOTHING: Steps = ()
SMALL = 1e-9
"""Shares and days below which something is nothing."""
STEP = 1e-7
"""Change of a share that is no step of its own: round a loop they get smaller without end."""


def outage(length: float) -> Steps:
    """All is missing from day 0 for so long."""
    return ((0.0, 1.0),) if math.isinf(length) else ((0.0, 1.0), (length, 0.0))


def later(steps: Steps, days: float) -> Steps:
    """The same, so many days later."""
    return tuple((day + days, missing) for day, missing in steps)


def changes(steps: Steps) -> list[tuple[float, float]]:
    """By how much more is missing from each day on."""
    return [
        (day, missing - before) for (day, missing), before in zip(steps, [0.0, *(m for _, m in steps)], strict=False)
    ]


def mixed(parts: Iterable[tuple[float, Steps]]) -> Steps:
    """Parts of a whole, each with its share of it."""
    known = [(share, steps) for share, steps in parts if share > 0.0 and steps]
    if len(known) == 1:
        share, steps = known[0]
        return tuple((day, share * missing) for day, missing in steps)
    by_day: dict[float, float] = {}
    for share, steps in known:
        for day, more in changes(steps):
            by_day[day] = by_day.get(day, 0.0) + share * more
    days = sorted(by_day)
    # What is back to nothing but for rounding is nothing.
    return joined(
        (day, m if m > SMALL else 0.0) for day, m in zip(days, accumulate(by_day[d] for d in days), strict=True)
    )


def joined(steps: Iterable[tuple[float, float]]) -> Steps:
    """Without steps that change nothing."""
    found: list[tuple[float, float]] = []
    for day, missing in steps:
        if abs(missing - (found[-1][1] if found else 0.0)) > STEP:
            found.append((day, missing))
    return tuple(found)


def output(inflows: Sequence[Steps], covers: Sequence[float], dependences: Sequence[float]) -> Steps:
    """What is missing of the output, as stocks of so many days are used up and none is refilled.

    Stock is used at the full rate until it is gone; then the run is what comes in allows: of an essential input
    (dependence 1) no more than that, of another as much as can be made without it besides.
    """
    if len(inflows) == 1:
        return _of_one(inflows[0], covers[0], dependences[0])
    moves = sorted((day, i, missing) for i, steps in enumerate(inflows) for day, missing in steps)
    ends = [day for day, _, _ in moves[1:]] + [math.inf]
    left, coming, found = list(covers), [1.0] * len(inflows), []
    for (day, i, missing), end in zip(moves, ends, strict=False):
        coming[i] = 1.0 - missing
        while day < end:
            rate = run(coming, left, dependences)
            found.append((day, 1.0 - rate))
            drains = [max(0.0, rate - here) if stock > 0.0 else 0.0 for here, stock in zip(coming, left, strict=True)]
            lasts = [s / d if d > SMALL else math.inf for s, d in zip(left, drains, strict=True)]
            step = min(end - day, *lasts)
            if math.isinf(step):
                break
            left = [
                0.0 if last - step <= SMALL else stock - drain * step
                for stock, drain, last in zip(left, drains, lasts, strict=True)
            ]
            day += step
    return joined(found)


def _of_one(inflow: Steps, cover: float, dependence: float) -> Steps:
    """The output of a single input, the most frequent case."""
    left, found = cover, []
    for (day, missing), end in zip(inflow, [*(day for day, _ in inflow[1:]), math.inf], strict=False):
        if left > 0.0 and missing <= SMALL:
            continue
        gone = day + left / missing if left > 0.0 else day
        if gone > end - SMALL:
            left = max(0.0, left - missing * (end - day)) if gone > end + SMALL else 0.0
            continue
        left = 0.0
        found.append((gone, dependence * missing))
    return joined(found)


def run(coming: Sequence[float], left: Sequence[float], dependences: Sequence[float]) -> float:
    """Share of plan that can be made of what comes in, where stock is gone."""
    short = [(here, d) for here, stock, d in zip(coming, left, dependences, strict=True) if stock <= 0.0]
    essential = min([1.0, *(here for here, d in short if d >= 1.0)])
    rate = essential
    for here, dependence in short:
        if dependence < 1.0 and essential > 0.0:
            part = min(1.0, here / essential)
            rate = min(rate, essential * (part + (1.0 - part) * (1.0 - dependence)))
    return rate


def first(steps: Steps) -> float:
    """First day on which anything is missing; inf if nothing ever is."""
    return next((day for day, missing in steps if missing > SMALL), math.inf)


def last(steps: Steps) -> float:
    """What is missing in the end."""
    return steps[-1][1] if steps else 0.0
