"""A value at several settings, side by side: what is lost at each, and how much less than at one of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results import losses, tables
from sim.results.claims import Verdict, verdicts
from sim.results.curves import outputs, sales
from sim.results.measured import asked_about
from sim.results.outcome import Outcome
from sim.results.statistics import mean_interval
from sim.results.table import Cell, Column, Estimate, Table
from sim.scenario.document import split_dotted


@dataclass(frozen=True)
class Point:
    """What is kept of one value's run."""

    columns: Mapping[str, Column]
    """Those of its losses table."""
    rows: Mapping[str, Mapping[str, Cell]]
    """Its losses table: by place, then by column."""
    lost: Mapping[str, Array]
    """Output loss by place, one value per replication."""
    dates: Mapping[str, str]
    """The date of the first drop, by place."""
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]


def point_of(outcome: Outcome) -> Point:
    """The losses and claims of one run."""
    table = tables.losses_table(outcome)
    columns = {column.name: column for column in table.columns}
    rows = {str(row[0]): dict(zip(columns, row, strict=True)) for row in table.rows}
    curves = {curve.name: curve for curve in (*outputs(outcome).values(), *sales(outcome).values())}
    lost = {name: losses.settled_loss(curve) for name, curve in curves.items()}
    dates = {name: _date(outcome, row["impact_days"]) for name, row in rows.items()}
    return Point(columns, rows, lost, dates, tuple(verdicts(outcome)), table.notes)


def _date(outcome: Outcome, impact: Cell) -> str:
    if not isinstance(impact, float) or not math.isfinite(impact):
        return ""
    return outcome.date(outcome.first_day + impact).isoformat()


_SHOWN: Final = ("lost", "unit", "lost_days", "lost_share", "share_p5", "share_p95")
"""Columns of the losses table that are compared as they are."""
_KEPT: Final = ("commodity", "country", "stage")


def losses_table(path: str, values: Sequence[str], points: Sequence[Point], reference: int) -> Table:
    """A row for each place and value, in the order of the losses table."""
    known, than = points[reference].columns, f"than at {values[reference]}, with the same luck"
    columns = (
        *(known["place"], *(known[name] for name in _KEPT), Column("value", _title(path), meaning=path)),
        Column("first_drop", "first drop", meaning="median date of those replications that drop"),
        *(known["impact_days"], *(known[name] for name in _SHOWN)),
        Column("less", "less lost", "", f"{than}; mean with 95 % interval", True),
        Column("less_share", "less lost", "%", f"{than}, as a share of what is lost there", shown=False),
        *(known[name] for name in ("ending", "n", "note")),
    )
    places = list(points[reference].rows)
    against, settings = points[reference], list(zip(values, points, strict=True))
    rows = [_row(place, value, point, against) for place in places for value, point in settings]
    notes = [f"less lost: {than}", *_notes(values, points)]
    return Table("losses", columns, tuple(rows), tuple(notes))


def _row(place: str, value: str, point: Point, against: Point) -> tuple[Cell, ...]:
    row = point.rows[place]
    less, share = _less(point.lost[place], against.lost[place])
    return (
        *(place, *(row[name] for name in _KEPT), value, point.dates[place] or None, row["impact_days"]),
        *(row[name] for name in _SHOWN),
        *(less, share, row["ending"], row["n"], row["note"]),
    )


def _less(lost: Array, against: Array) -> tuple[Estimate, float]:
    """Paired by replication: what is lost less, and as a share of what is lost there."""
    if lost.shape != against.shape:
        return Estimate(math.nan), math.nan
    before, less = float(np.mean(against)), against - lost
    return Estimate(*mean_interval(less)), float(np.mean(less)) / before if before > 0.0 else math.nan


def _notes(values: Sequence[str], points: Sequence[Point]) -> list[str]:
    """The notes of the runs; one that holds for all of them is said once."""
    common = [note for note in points[0].notes if all(note in point.notes for point in points)]
    own = ((value, note) for value, point in zip(values, points, strict=True) for note in point.notes)
    return common + [f"{value}: {note}" for value, note in own if note not in common]


def worth_showing(table: Table, outcome: Outcome) -> Table:
    """Only markets, who sells to them, and what claims are about, as far as they are hit at any value."""
    wanted = asked_about(outcome)
    places = list(dict.fromkeys(str(row[0]) for row in table.rows))
    hit = {str(row[0]) for row, days in zip(table.rows, table.column("impact_days"), strict=True) if not _is_nan(days)}
    asked = [place for place in places if place.partition(": ")[0] in wanted]
    unhurt, others = [place for place in asked if place not in hit], len(hit - set(asked))
    notes = [f"never below baseline at any value: {', '.join(unhurt)}"] if unhurt else []
    notes += [f"{others} more places are hit: see the file of losses"] if others else []
    rows = tuple(row for row in table.rows if row[0] in asked and row[0] in hit)
    return replace(table, rows=rows, notes=(*table.notes, *notes))


_CLAIMS: Final = (
    Column("claim", "claim"),
    Column("value", "value"),
    Column("figure", "model", "", "the model's figure; mean with 95 % interval", True),
    Column("low", "claimed from"),
    Column("high", "to"),
    Column("unit", "unit"),
    Column("verdict", "verdict"),
    Column("reason", "remark"),
)


def claims_table(path: str, values: Sequence[str], points: Sequence[Point], reference: int) -> Table:
    """A row for each claim and value."""
    columns = tuple(replace(c, title=_title(path), meaning=path) if c.name == "value" else c for c in _CLAIMS)
    rows = [
        _claim_row(value, point.verdicts[i])
        for i in range(len(points[0].verdicts))
        for value, point in zip(values, points, strict=True)
    ]
    return Table("claims", columns, tuple(rows))


def _claim_row(value: str, verdict: Verdict) -> tuple[Cell, ...]:
    figure = Estimate(verdict.summary.mean, verdict.summary.low, verdict.summary.high)
    claim = verdict.claim
    return (verdict.name, value, figure, *claim.bounds, verdict.unit, verdict.words, verdict.reason or None)


def _title(path: str) -> str:
    keys = split_dotted(path)
    return keys[-1] if keys else path


def _is_nan(value: Cell) -> bool:
    return not isinstance(value, float) or math.isnan(value)
