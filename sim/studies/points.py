"""The points of a study: what each varied path is set to, by number, and how they are kept as plain data."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Protocol

from sim.engine.records import Array
from sim.scenario.scenario import Scenario
from sim.scenario.settings import Settings
from sim.scenario.words import NUMBER
from sim.studies.designs import DESIGNS, REPLICATES, morris, replicated_saltelli
from sim.studies.factors import Choice, factors_of
from sim.studies.one_at_a_time import ONE_AT_A_TIME, OneAtATime
from sim.studies.space import Space

STRUCK = "shocks that strike"
"""Stands for a path where points differ in the shock that strikes them; its value is the name of the shock."""
MOST_POINTS = 10_000_000
"""Points of one study."""


class Points(Protocol):
    """Every setting of the varied paths, by number from 0."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The dotted paths that vary."""

    @property
    def count(self) -> int:
        """How many points there are."""

    def values(self, number: int) -> tuple[str, ...]:
        """What each path is set to at one point, as the file would say it."""

    @property
    def levels(self) -> Iterable[Iterable[str]]:
        """For each path everything it is ever set to, perhaps more than once."""

    def worlds(self, scenario: Scenario) -> Callable[[int], Scenario]:
        """The scenario at each point, by number; it raises ScenarioError where there is none."""

    def plain(self) -> dict[str, object]:
        """As plain data for JSON, from which `points_of` makes the same again."""


@dataclass(frozen=True)
class Grid:
    """Every combination of some levels of each path; the last path changes fastest."""

    paths: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    @cached_property
    def count(self) -> int:
        return prod(map(len, self.levels))

    def values(self, number: int) -> tuple[str, ...]:
        found = []
        for levels in reversed(self.levels):
            number, level = divmod(number, len(levels))
            found.append(levels[level])
        return tuple(reversed(found))

    def worlds(self, scenario: Scenario) -> Callable[[int], Scenario]:
        return _set_in(scenario, self)

    def plain(self) -> dict[str, object]:
        return {"kind": "grid", "paths": list(self.paths), "levels": [list(levels) for levels in self.levels]}


@dataclass(frozen=True)
class Listed:
    """Points that are listed one by one."""

    paths: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def levels(self) -> Iterable[Iterable[str]]:
        return zip(*self.rows, strict=True) if self.rows else [() for _ in self.paths]

    def values(self, number: int) -> tuple[str, ...]:
        return self.rows[number]

    def worlds(self, scenario: Scenario) -> Callable[[int], Scenario]:
        return _set_in(scenario, self)

    def plain(self) -> dict[str, object]:
        return {"kind": "listed", "paths": list(self.paths), "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True)
class Sampled:
    """Points of a design over some factors, each a coordinate from 0 to 1."""

    space: Space
    design: str
    """Its word, of those in `SAMPLES`."""
    size: int
    """Points, or trajectories, or points of a replicate: what the design counts by."""
    seed: int

    @property
    def paths(self) -> tuple[str, ...]:
        return self.space.names

    @cached_property
    def coordinates(self) -> Array:
        """Shape (point, factor)."""
        points = SAMPLES[self.design](len(self.paths), self.size, self.seed)
        return self.space.inside(points) if self.design == SCREENING else points

    @property
    def count(self) -> int:
        return len(self.coordinates)

    def values(self, number: int) -> tuple[str, ...]:
        return self.space.values(self.coordinates[number].tolist())

    @property
    def levels(self) -> Iterable[Iterable[str]]:
        """At both ends and in the middle, for these are all said alike; of choices, all."""
        return [
            f.values if isinstance(f, Choice) else [f.value(u) for u in (0.0, 0.5, 1.0)] for f in self.space.factors
        ]

    def worlds(self, scenario: Scenario) -> Callable[[int], Scenario]:
        return lambda number: self.space.at(self.coordinates[number].tolist())

    def plain(self) -> dict[str, object]:
        said = [factor.said or factor.name for factor in self.space.factors]
        return {"kind": self.design, "size": self.size, "seed": self.seed, "factors": said}


SCREENING = "morris"
SAMPLES: Mapping[str, Callable[[int, int, int], Array]] = {
    **DESIGNS,
    SCREENING: lambda dimensions, size, seed: morris(dimensions, size, seed).reshape(-1, dimensions),
    "saltelli": lambda dimensions, size, seed: replicated_saltelli(dimensions, size, REPLICATES, seed).reshape(
        -1, dimensions
    ),
}
"""Every design of factors, by its word: from factors, size and seed to shape (point, factor)."""


def _set_in(scenario: Scenario, points: "Grid | Listed") -> Callable[[int], Scenario]:
    varied = [i for i, path in enumerate(points.paths) if path != STRUCK]
    settings = Settings(scenario, [points.paths[i] for i in varied])

    def at(number: int) -> Scenario:
        values = points.values(number)
        return settings.at([values[i] for i in varied])

    return at


@dataclass(frozen=True)
class Axis:
    """What varies along one path."""

    path: str
    unit: str | None
    """What stands behind the number, the same at every point; None where it is no number."""

    def number(self, value: str) -> float:
        """A value without its unit."""
        return float(_measure(value)[0])


def axes_of(points: Points) -> tuple[Axis, ...]:
    """Every path, with its unit where it is a number with the same unit at every point."""
    return tuple(Axis(p, _common_unit(levels)) for p, levels in zip(points.paths, points.levels, strict=True))


def _common_unit(levels: Iterable[str]) -> str | None:
    units = {_measure(level)[1:] for level in levels}
    return units.pop()[0] if len(units) == 1 and all(units) else None


def _measure(value: str) -> tuple[str, ...]:
    """The number and what stands behind it; empty, with nothing behind it, for what is no number."""
    match = _MEASURE.fullmatch(value)
    return (match[1], match[2]) if match else ("",)


_MEASURE = re.compile(rf"\s*({NUMBER})\s*([^0-9]*?)\s*")


def points_of(plain: Mapping[str, object], scenario: Scenario) -> Points:
    """The points that were kept as plain data, in a scenario."""
    kind = str(plain["kind"])
    if kind == "grid":
        return Grid(_texts(plain["paths"]), _rows(plain["levels"]))
    if kind == "listed":
        return Listed(_texts(plain["paths"]), _rows(plain["rows"]))
    space = Space(scenario, factors_of(_texts(plain["factors"]), scenario))
    if kind == ONE_AT_A_TIME:
        return OneAtATime(space)
    return Sampled(space, kind, int(str(plain["size"])), int(str(plain["seed"])))


def _texts(items: object) -> tuple[str, ...]:
    assert isinstance(items, Sequence)
    return tuple(map(str, items))


def _rows(rows: object) -> tuple[tuple[str, ...], ...]:
    assert isinstance(rows, Sequence)
    return tuple(map(_texts, rows))
