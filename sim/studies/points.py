"""The points of a study: what each varied path is set to, by number, and how they are kept as plain data."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Protocol

from sim.scenario.words import NUMBER

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

    def plain(self) -> dict[str, object]:
        return {"kind": "listed", "paths": list(self.paths), "rows": [list(row) for row in self.rows]}


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


def points_of(plain: Mapping[str, object]) -> Points:
    """The points that were kept as plain data."""
    paths, kind = _texts(plain["paths"]), plain["kind"]
    if kind == "grid":
        return Grid(paths, _rows(plain["levels"]))
    return Listed(paths, _rows(plain["rows"]))


def _texts(items: object) -> tuple[str, ...]:
    assert isinstance(items, Sequence)
    return tuple(map(str, items))


def _rows(rows: object) -> tuple[tuple[str, ...], ...]:
    assert isinstance(rows, Sequence)
    return tuple(map(_texts, rows))
