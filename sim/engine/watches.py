"""What responses wait for, in rows."""

import math
from dataclasses import dataclass, field
from enum import Enum

from sim.engine.drawing import Drawing
from sim.scenario.cues import Reaction, Trigger
from sim.scenario.responses import Reroute


class Sees(Enum):
    """What a response looks at."""

    DATE = "date"
    COVER = "cover"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Watch:
    """What one response waits for. Rows and kind are alike in all cases of a batch, numbers are not compared."""

    response: str
    sees: Sees
    rows: tuple[int, ...]
    """Inputs whose cover, or links whose dispatch is watched."""
    shock: str
    """The shock it comes and goes with, or empty."""
    start: float = field(compare=False)
    """First day it acts, where that is a date; else inf."""
    until: float = field(compare=False)
    """First day it no longer acts, if that is a date; else inf."""
    threshold: float = field(compare=False)
    """Days of cover, or days without dispatch."""
    after: float = field(compare=False)
    lasts: float = field(compare=False)
    """Days it acts once it has begun; inf for good."""
    detection: float = field(compare=False)
    """Probability a day that it is found out and ends."""


def watches(d: Drawing) -> tuple[Watch, ...]:
    """A watch for each response, in sorted order of their names."""
    return tuple(_watch(d, name, response) for name, response in d.reactions.items())


def _watch(d: Drawing, name: str, response: Reaction) -> Watch:
    seen = response.begins()
    start, until, shock = d.windows[name]
    sees, rows, threshold = _trigger(d, seen) if isinstance(seen, Trigger) else (Sees.DATE, (), 0.0)
    return Watch(
        response=name,
        sees=sees,
        rows=rows,
        shock=shock,
        start=start,
        until=until,
        threshold=threshold,
        after=response.after.days,
        lasts=math.inf if response.lasts is None else response.lasts.days,
        detection=response.detection if isinstance(response, Reroute) else 0.0,
    )


def _trigger(d: Drawing, seen: Trigger) -> tuple[Sees, tuple[int, ...], float]:
    if seen.cover_below is not None:
        inputs = (
            row
            for row, (node, commodity) in enumerate(d.inputs)
            if seen.where.admits(node) and (not seen.commodity or commodity in seen.commodity)
        )
        return Sees.COVER, tuple(inputs), seen.cover_below.days
    assert seen.stopped_for is not None
    links = (row for row, lane in enumerate(d.lanes) if seen.links.admits(lane))
    return Sees.STOPPED, tuple(links), seen.stopped_for.days
