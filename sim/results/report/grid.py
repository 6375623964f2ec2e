"""A table as a page shows it: no more rows than somebody reads, what never differs said once, keys to sort by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.results.table import Cell, Column, Estimate, Table
from sim.results.terminal import literal, number, written

MOST_ROWS: Final = 150
FILES_ONLY: Final = (
    *("point", "p50", "chance", "mean_given", "same_as", "what", "peak_share", "missed_first", "per_cost_unit"),
    *("standing", "below_baseline", "made_up", "round", "stage", "scenario", "file", "drawing_error"),
)
"""Columns that a table read back from a file has, and that no reader of a page waits for."""
IN_UNIT: Final = ("mean", "p5", "p95", "less", "bound")
"""Columns in the unit that another column says for each row."""


@dataclass(frozen=True)
class Head:
    """A column's header."""

    title: str
    unit: str
    meaning: str
    is_number: bool


@dataclass(frozen=True)
class Box:
    """A cell: what is read, the interval beside it, and what it is sorted by (empty last)."""

    text: str
    interval: str
    key: str


@dataclass(frozen=True)
class Grid:
    """A table ready to be written."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Box, ...], ...]
    notes: tuple[str, ...]


def grid(table: Table) -> Grid:
    """The columns that are shown and say something, at most `MOST_ROWS` rows, and notes on what is left out."""
    rows, notes = table.rows, list(table.notes)
    if len(rows) > MOST_ROWS:
        rows = rows[:MOST_ROWS]
        notes.append(f"the first {MOST_ROWS} of {len(table.rows):,} rows: {table.name}.csv has all")
    shown = [i for i, column in enumerate(table.columns) if column.shown and any(_known(row[i]) for row in rows)]
    columns = [table.columns[i] for i in shown]
    kept = [[row[i] for i in shown] for row in rows]
    numeric = [all(_is_number(row[i]) for row in kept if _known(row[i])) for i in range(len(columns))]
    heads = [Head(literal(c.title), c.unit, literal(c.meaning), n) for c, n in zip(columns, numeric, strict=True)]
    boxes = tuple(tuple(box(cell, c) for cell, c in zip(row, columns, strict=True)) for row in kept)
    return Grid(tuple(heads), boxes, tuple(literal(note) for note in notes))


def box(cell: Cell, column: Column) -> Box:
    """A cell in words, as on the terminal; an interval stands apart."""
    if not isinstance(cell, Estimate):
        return Box(written(cell, column), "", _key(cell))
    whole, bare = written(cell, column), written(cell.mean, column)
    return Box(bare, whole.removeprefix(bare).strip(), _key(cell.mean))


def condensed(table: Table) -> Table:
    """A table read back from a file, for a page: shares in percent, columns that never differ said in a note."""
    table = _in_units(_loss_shares(table))
    aside = {i for i in range(1, len(table.columns)) if _never_differs(table, i)}
    hidden = {*FILES_ONLY, *(("place",) if "reading" in [column.name for column in table.columns] else ())}
    same = [(c, table.rows[0][i]) for i, c in enumerate(table.columns) if i in aside and c.shown]
    said = [f"{c.title} {written(cell, c)} {c.unit}".strip() for c, cell in same if c.name not in hidden]
    columns = tuple(
        replace(c, shown=c.shown and i not in aside and c.name not in hidden) for i, c in enumerate(table.columns)
    )
    notes = (f"the same in every row: {'; '.join(said)}",) if said else ()
    return replace(table, columns=columns, notes=table.notes + notes)


def _never_differs(table: Table, index: int) -> bool:
    """Whether a column that is no estimate says the same in all of several rows."""
    cells = [row[index] for row in table.rows]
    alike = len(cells) > 1 and len(set(map(repr, cells))) == 1
    return alike and _known(cells[0]) and not isinstance(cells[0], Estimate)


def _loss_shares(table: Table) -> Table:
    """Of more readings than somebody reads, the shares lost."""
    if len(table.rows) <= MOST_ROWS or table.columns[0].name != "reading":
        return table
    rows = tuple(row for row in table.rows if str(row[0]).startswith("loss_share."))
    note = f"only the shares lost: {table.name}.csv has all {len(table.rows):,} rows, of every reading"
    return replace(table, rows=rows, notes=(*table.notes, note)) if rows else table


def _in_units(table: Table) -> Table:
    """A unit that is the same in all rows stands in the headers; else shares are in percent row by row."""
    names = [column.name for column in table.columns]
    if "unit" not in names:
        return table
    at, figures = names.index("unit"), [i for i, name in enumerate(names) if name in IN_UNIT]
    units = {row[at] for row in table.rows}
    if len(units) == 1 and figures:
        unit = str(*units).replace("share", "%")
        columns = [replace(c, unit=unit if i in figures else c.unit) for i, c in enumerate(table.columns)]
        return replace(table, columns=tuple(replace(c, shown=c.shown and i != at) for i, c in enumerate(columns)))
    rows = [_in_percent(row, at, figures) if row[at] == "share" else row for row in table.rows]
    return replace(table, rows=tuple(rows))


def _in_percent(row: Sequence[Cell], unit: int, figures: Sequence[int]) -> tuple[Cell, ...]:
    return tuple("%" if i == unit else _times(cell, 100.0) if i in figures else cell for i, cell in enumerate(row))


def _times(cell: Cell, factor: float) -> Cell:
    if isinstance(cell, Estimate):
        return Estimate(cell.mean * factor, cell.low * factor, cell.high * factor)
    return cell * factor if isinstance(cell, float | int) else cell


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, Estimate | float | int) and not isinstance(cell, bool)


def _known(cell: Cell) -> bool:
    value = cell.mean if isinstance(cell, Estimate) else cell
    return value is not None and value != "" and not (isinstance(value, float) and math.isnan(value))


def _key(cell: Cell) -> str:
    if isinstance(cell, Estimate) or not _known(cell):
        return ""
    if isinstance(cell, float) and math.isinf(cell):
        return "Infinity" if cell > 0 else "-Infinity"
    return literal(str(cell))


def told(cell: Cell, percent: bool = False) -> str:
    """A figure in a sentence: `7.35 (95 %: 7.1 to 7.6)`, without an interval where there is none."""
    estimate = cell if isinstance(cell, Estimate) else Estimate(float(cell or 0.0))
    factor, unit = (100.0, " %") if percent else (1.0, "")
    mean, low, high = (number(x * factor) for x in (estimate.mean, estimate.low, estimate.high))
    has_interval = math.isfinite(estimate.low + estimate.high) and low != high
    return f"{mean}{unit} (95 %: {low} to {high}{unit})" if has_interval else f"{mean}{unit}"
