"""The table of a study: what each point comes to, and how much less is lost there than at one of them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.grouped import Groups, Points, group_intervals, grouped
from sim.results.readings import AMOUNTS, Reading
from sim.results.statistics import NO_VALUE, TOO_FEW, note_on
from sim.results.table import Cell, Column, Estimate, Table
from sim.scenario.document import split_dotted

_BEFORE: Final = (
    Column("reading", "reading", meaning="metric of a place"),
    Column("place", "place", shown=False),
    Column("unit", "unit"),
    Column("point", "point", meaning="number of the point", shown=False),
)
_AFTER: Final = (
    Column("mean", "mean", "", "mean over replications with 95 % interval", True),
    Column("p5", "P5", meaning="5 % of replications have less"),
    Column("p50", "P50", meaning="half of the replications have less", shown=False),
    Column("p95", "P95", meaning="95 % of replications have less"),
    Column(
        "chance", "chance", "%", "share of replications with a loss; 95 % Clopper-Pearson interval", True, shown=False
    ),
    Column("mean_given", "mean given loss", "", "mean of the replications with a loss", shown=False),
)
_LESS: Final = Column("less", "less", "", "paired by replication; mean with 95 % interval", True)
_AMOUNTS: Final = ("mean", "p5", "p50", "p95", "mean_given", "less")
_END: Final = (Column("n", "n", meaning="replications with a value"), Column("note", "note"))


@dataclass(frozen=True)
class Summary:
    """What one reading comes to at every point."""

    reading: Reading
    groups: Groups
    less: tuple[Array, Array] | None
    """By point: how much less than at the reference, and half the width of its interval; paired by replication."""

    @property
    def varies(self) -> bool:
        """Whether replications of some point differ."""
        return bool(np.any(self.groups.p5 < self.groups.p95))


def summary_of(reading: Reading, point: Points, replication: Points, values: Array, reference: int | None) -> Summary:
    """The summary of a reading from one value for each case, cases in order of points."""
    less = None if reference is None else _less(point, replication, values, reference)
    return Summary(reading, grouped(point, values), less)


def _less(point: Points, replication: Points, values: Array, reference: int) -> tuple[Array, Array]:
    known = point == reference
    against = np.full(int(replication.max(initial=0)) + 1, math.nan)
    against[replication[known]] = values[known]
    with np.errstate(invalid="ignore"):  # what never recovers in both has no difference
        difference = against[replication] - values
    return group_intervals(point, difference)


def points_table(
    paths: Sequence[str],
    values: Callable[[int], Sequence[str]],
    summaries: Sequence[Summary],
    reference: int | None,
    is_random: bool,
) -> Table:
    """A row for each reading and point; `values` says what the paths are set to at a point.

    `reference` is the point that others are held against, if they are.
    """
    titles = short_titles(paths)
    set_to = tuple(Column(path, titles[path], meaning=path) for path in paths)
    columns = (*_BEFORE, *set_to, *_AFTER, *([] if reference is None else [_LESS]), *_END)
    rows = [row for one in summaries for row in _rows(one, values, is_random or one.varies)]
    return Table("points", columns, tuple(rows), _notes(titles, values, reference))


def _notes(titles: Mapping[str, str], values: Callable[[int], Sequence[str]], reference: int | None) -> tuple[str, ...]:
    if reference is None or not titles:
        return ()
    at = ", ".join(f"{title} {value}" for title, value in zip(titles.values(), values(reference), strict=True))
    return (f"less: than at {at}, with the same luck",)


def _rows(summary: Summary, values: Callable[[int], Sequence[str]], is_random: bool) -> list[tuple[Cell, ...]]:
    g = summary.groups
    reading = (summary.reading.name, summary.reading.place, summary.reading.unit)
    found: list[tuple[Cell, ...]] = []
    for i, point in enumerate(g.point.tolist()):
        note = _note(summary, i, is_random)
        mean = Estimate(float(g.mean[i])) if note.startswith(TOO_FEW) else _estimate(g.mean[i], g.high[i] - g.mean[i])
        quantiles = (float(quantile[i]) for quantile in (g.p5, g.p50, g.p95))
        less = [_estimate(summary.less[0][i], summary.less[1][i])] if summary.less else []
        beside = (*_chance(summary, i), *less, int(g.n[i]), note or None)
        found.append((*reading, point, *values(point), mean, *quantiles, *beside))
    return found


def _note(summary: Summary, i: int, is_random: bool) -> str:
    g = summary.groups
    if not g.n[i]:
        return NO_VALUE
    all_zero = bool(g.events[i] == 0 and g.mean[i] == 0.0)
    return note_on(int(g.events[i]), int(g.n[i]), all_zero, is_random and summary.reading.metric in AMOUNTS)


def _chance(summary: Summary, i: int) -> tuple[Cell, ...]:
    g = summary.groups
    if summary.reading.metric not in AMOUNTS or not g.n[i]:
        return (None, None)
    chance = Estimate(float(g.events[i] / g.n[i]), float(g.chance_low[i]), float(g.chance_high[i]))
    return (chance, float(g.mean_given[i]))


def _estimate(mean: float, half: float) -> Estimate:
    return Estimate(float(mean), float(mean - half), float(mean + half))


def short_titles(paths: Sequence[str]) -> Mapping[str, str]:
    """The last key of each path, and as many before it as tell it from the others."""
    keys = {path: split_dotted(path) or (path,) for path in paths}
    titles = {}
    for path, own in keys.items():
        length = next((n for n in range(1, len(own)) if [k[-n:] for k in keys.values()].count(own[-n:]) == 1), len(own))
        titles[path] = " ".join(own[-length:])
    return titles


def in_percent(table: Table) -> Table:
    """The same for the eye: shares in percent."""
    names = [column.name for column in table.columns]
    unit, amounts = names.index("unit"), [names.index(name) for name in _AMOUNTS if name in names]

    def shown(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if row[unit] != "share":
            return row
        scaled = {i: _times(row[i], 100.0) for i in amounts} | {unit: "%"}
        return tuple(scaled.get(i, cell) for i, cell in enumerate(row))

    return replace(table, rows=tuple(map(shown, table.rows)))


def _times(cell: Cell, factor: float) -> Cell:
    if isinstance(cell, Estimate):
        return Estimate(factor * cell.mean, factor * cell.low, factor * cell.high)
    return factor * cell if isinstance(cell, float) else cell
