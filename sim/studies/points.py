"""The points of a study: what each varied path is set to, by number, and how they are kept as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Protocol

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

    def values(self, number: int) -> tuple[str, ...]:
        return self.rows[number]

    def plain(self) -> dict[str, object]:
        return {"kind": "listed", "paths": list(self.paths), "rows": [list(row) for row in self.rows]}


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
