"""A response as a SimPy process: it watches, waits and acts, in each case by itself.

It looks at the end of a day, when all have reviewed, and acts from the next day on at the earliest. It acts once.
"""

import math
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.draws import stream_keys, uniform
from sim.engine.targets import moving_days
from sim.engine.transit import State
from sim.engine.watches import Sees

if TYPE_CHECKING:
    from sim.engine.world import World

Mask = NDArray[np.bool_]


class Responder:
    """What one response has seen so far, and when it acts."""

    def __init__(self, world: "World", number: int):
        cases = world.cases
        self.world, self.number, self.watch = world, number, cases.first.watches[number]
        self.threshold = cases.by_case(lambda p: p.watches[number].threshold)
        self.after = cases.by_case(lambda p: p.watches[number].after)
        self.lasts = cases.by_case(lambda p: p.watches[number].lasts)
        self.until = cases.by_case(lambda p: p.watches[number].until)
        self.detection = cases.by_case(lambda p: p.watches[number].detection)
        self.start = cases.by_case(lambda p: p.watches[number].start)
        self.end = self.until.copy()
        if self.watch.shock:
            self.start[~cases.struck[self.watch.shock]] = math.inf
        self.stopped = np.zeros((len(self.watch.rows), cases.size))
        self.keys = stream_keys(cases.seed, cases.replication, f"{self.watch.response}: detection")
        self.entries = [
            (target, e)
            for target in world.levers.targets
            for e, pull in enumerate(target.pulls)
            if pull.response == self.watch.response
        ]
        self.due: dict[int, set[int]] = {}
        for i in range(len(self.entries)):
            self._expect(i, np.ones(cases.size, bool), -1)

    def _expect(self, i: int, some: Mask, today: int) -> None:
        """Note on which days after today a lever may move in some cases."""
        target, e = self.entries[i]
        for day in moving_days(target.pulls[e], target.numbers[e][:, some], self.world.cases.first.days):
            if day > today:
                self.due.setdefault(day, set()).add(i)

    def pull(self, day: int) -> None:
        """In the morning: its levers take their values of the day."""
        acts = (self.start <= day) & (day < self.end)
        self.world.responses[self.number, at.RESPONSE_ACTS] = acts
        for i in sorted(self.due.pop(day, ())):
            self.world.levers.pull(self.entries[i][0], day)

    def look(self, day: int) -> None:
        """At night: begin where what it waits for has been seen, and end where it is found out."""
        if self.watch.sees is not Sees.DATE:
            seen = self._cover_is_low() if self.watch.sees is Sees.COVER else self._lane_has_stopped()
            self._begin(day, seen & np.isinf(self.start))
        if (self.detection > 0.0).any():
            luck = np.array([uniform(key, day) for key in self.keys])
            found = (luck < self.detection) & (self.start <= day) & (day < self.end)
            self._set(day, found, at_end=np.full(len(found), day + 1.0))

    def _cover_is_low(self) -> Mask:
        rows = list(self.watch.rows)
        stock, usage = self.world.inputs[rows, at.INPUT_STOCK], self.world.inputs[rows, at.INPUT_USAGE]
        return np.asarray(((stock < self.threshold * usage) & (usage > 0.0)).any(axis=0))

    def _lane_has_stopped(self) -> Mask:
        rows = list(self.watch.rows)
        links = self.world.links[rows]
        waiting = links[:, at.LINK_BOOK] + self._held(rows) > 0.0
        self.stopped = np.where(waiting & (links[:, at.LINK_SHIPPED] <= 0.0), self.stopped + 1.0, 0.0)
        return np.asarray((self.stopped >= np.maximum(1.0, self.threshold)).any(axis=0))

    def _held(self, rows: list[int]) -> State:
        held = np.zeros((len(rows), self.world.cases.size))
        for authority in self.world.authorities:
            for link, desk in zip(authority.plan.links, authority.plan.rows, strict=True):
                if link in rows:
                    held[rows.index(link)] = self.world.desk[desk, at.DESK_HELD]
        return held

    def _begin(self, day: int, some: Mask) -> None:
        if not some.any():
            return
        start = np.maximum(day + 1.0, day + self.after)
        self.start[some] = start[some]
        self.end[some] = np.minimum(start + self.lasts, self.until)[some]
        self._set(day, some, at_end=self.end)

    def _set(self, day: int, some: Mask, at_end: State) -> None:
        """Give its effects their window in some cases."""
        if not some.any():
            return
        self.end[some] = at_end[some]
        for i, (target, e) in enumerate(self.entries):
            target.numbers[e, 1, some] = self.start[some]
            target.numbers[e, 2, some] = np.maximum(self.start, self.end)[some]
            self._expect(i, some, day)


def live(world: "World", number: int) -> Generator[simpy.Event, None, None]:
    """One response as a SimPy process."""
    responder = Responder(world, number)
    while True:
        yield world.clock.dawn
        responder.pull(world.clock.today)
        yield world.clock.night
        responder.look(world.clock.today)
