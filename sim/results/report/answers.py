"""The answer of a study in a sentence, from its tables."""

import math
from collections.abc import Callable, Mapping
from typing import Final

from sim.results.report.grid import told
from sim.results.table import Cell, Estimate, Table
from sim.results.terminal import number

Row = Mapping[str, Cell]


def answer(tables: Mapping[str, Table]) -> str:
    """What the first table that has an answer says; what the tables are, where none has."""
    for name, say in ANSWERS.items():
        if name in tables and tables[name].rows and (said := say(tables[name])):
            return said
    return f"The tables below hold what was found: {', '.join(tables)}."


def _rows(table: Table) -> list[Row]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def _mean(cell: Cell) -> float:
    value = cell.mean if isinstance(cell, Estimate) else cell
    return float(value) if isinstance(value, float | int) else math.nan


def _compared(table: Table) -> str:
    """The verdict, which the last note is; the best one's figure with its interval before it."""
    best = next((row for row in _rows(table) if row.get("rank") == 1), None)
    verdict = table.notes[-1] if table.notes else ""
    if best is None:
        return verdict
    avoided = f"{told(best['avoided'])} {best['unit']} of {best['place']}, n = {best['n']}"
    return f"{verdict} {best['alternative']} avoids a loss of {avoided}."


def _sought(table: Table) -> str:
    """The first notes are the answer; what comes after them is about the table."""
    return " ".join(note for note in table.notes[:3] if note[:1].isupper())


def _stressed(table: Table) -> str:
    worst = _rows(table)[0]
    if not _mean(worst["lost_share"]) > 0.0:
        return "Nothing is lost, whatever is knocked out for so long as was tried."
    survived = _mean(worst["tts_days"])
    long = f"Demand is met on every day of an outage of {number(int(survived))} days at most. " if survived >= 0 else ""
    return (
        f"Losing {worst['object']} ({worst['kind']}) hurts most: out for {_days(worst['ttr_days'])}, it costs "
        f"{told(worst['lost_share'], percent=True)} of all sales. {long if math.isfinite(survived) else ''}"
    ).rstrip()


def _days(cell: Cell) -> str:
    value = _mean(cell)
    return f"{value:g} day{'' if value == 1 else 's'}"


def _swept(table: Table) -> str:
    """The least and the most that the first share lost, or else the first reading, comes to."""
    rows = [row for row in _rows(table) if math.isfinite(_mean(row["mean"]))]
    reading = next((row["reading"] for row in rows if str(row["reading"]).startswith("loss_share.")), None)
    rows = [row for row in rows if row["reading"] == (reading or rows[0]["reading"])]
    if not rows:
        return ""
    names = [column.name for column in table.columns]
    paths = names[names.index("point") + 1 : names.index("mean")]
    percent = rows[0]["unit"] == "share"
    unit = "" if percent else f" {rows[0]['unit']}"
    ends = (min(rows, key=lambda r: _mean(r["mean"])), max(rows, key=lambda r: _mean(r["mean"])))
    said = [f"{told(row['mean'], percent)}{unit} at {_setting(row, paths)}" for row in ends]
    return f"{_words(rows[0]['reading'])} goes from {said[0]}, to {said[1]}; n = {rows[0]['n']}."


def _words(reading: Cell) -> str:
    """`loss_share.all sales` as `The share lost of all sales`; other readings by their names."""
    metric, _, place = str(reading).partition(".")
    return f"The share lost of {place}" if metric == "loss_share" else str(reading)


def _setting(row: Row, paths: list[str]) -> str:
    return ", ".join(f"{path} {row[path]}" for path in paths) or "the only setting"


def _varied(table: Table) -> str:
    """Of the place that comes first, which stands at the end of the chain."""
    rows = [row for row in _rows(table) if "value" in row and row["place"] == table.rows[0][0]]
    said = [f"{told(row['lost_share'], percent=True)} at {row['value']}" for row in rows[:1] + rows[1:][-1:]]
    return f"{rows[0]['place']} loses {' and '.join(said)}, of its baseline; n = {rows[0]['n']}." if rows else ""


def _indexed(table: Table, column: str, what: str) -> str:
    rows = _rows(table)
    of = [row for row in rows if row["reading"] == rows[0]["reading"] and math.isfinite(_mean(row[column]))]
    if not of:
        return ""
    first = max(of, key=lambda row: abs(_mean(row[column])))
    unit = f" {first['unit']}" if first.get("unit") else ""
    return f"{_words(first['reading'])} hangs most on {first['factor']}: {what} {told(first[column])}{unit}."


def _swung(table: Table) -> str:
    """The factor that moves the first reading furthest by itself, and from where to where."""
    row = next(iter(_rows(table)), None)
    if row is None:
        return ""
    percent = row["unit"] == "share"
    unit = "" if percent else f" {row['unit']}"
    said = [f"{told(Estimate(_mean(row[end])), percent)}{unit} at its {end} end" for end in ("low", "high")]
    return f"{_words(row['reading'])} is moved furthest by {row['factor']} alone: {said[0]}, {said[1]}."


def _shocks(table: Table) -> str:
    rows = _rows(table)
    of = [row for row in rows if row["place"] == rows[0]["place"] and row["shock"] != "all"]
    most = max(of, key=lambda row: _mean(row["lost"]))
    return (
        f"{most['shock']} brings about most of what {most['place']} loses: {told(most['lost'])} {most['unit']}, "
        f"n = {most['n']}."
    )


ANSWERS: Final[dict[str, Callable[[Table], str]]] = {
    "compared": _compared,
    "seek": _sought,
    "stress": _stressed,
    "indices": lambda table: _indexed(table, "total", "its total index is"),
    "effects": lambda table: _indexed(table, "size", "over its range it moves it by"),
    "swings": _swung,
    "points": _swept,
    "losses": _varied,
    "shocks": _shocks,
}
"""By table, those first whose answer is the sharpest."""
