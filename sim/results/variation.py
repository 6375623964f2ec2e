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
    lost = {name: losses.output_loss(curve) for name, curve in curves.items()}
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
    known = points[reference].columns
    columns = (
        *(known["place"], *(known[name] for name in _KEPT), Column("value", _title(path), meaning=path)),
        Column("first_drop", "first drop", meaning="median date of those replications that drop"),
        *(known["impact_days"], *(known[name] for name in _SHOWN)),
        Column("less", "less lost", "", f"than at {values[reference]}, with the same luck; mean with 95 % interval", True),
        Column("less_share", "less lost", "%", f"the same, as a share of what is lost at {values[reference]}"),
        *(known[name] for name in ("ending", "n", "note")),
    )
    places = list(points[reference].rows)
    rows = [_row(place, value, point, points[reference]) for place in places for value, point in zip(values, points, strict=True)]
    notes = [f"less lost: than at {values[reference]}, with the same luck", *_notes(values, points)]
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
    before = float(np.mean(against))
    less = np.where(np.abs(against - lost) <= losses.TOLERANCE * np.abs(against), 0.0, against - lost)
    return Estimate(*mean_interval(less)), float(np.mean(less)) / before if before > 0.0 else math.nan


def _notes(values: Sequence[str], points: Sequence[Point]) -> list[str]:
    """The notes of the runs; one that holds for all of them is said once."""
    common = [note for note in points[0].notes if all(note in point.notes for point in points)]
    own = [f"{v}: {note}" for v, point in zip(values, points, strict=True) for note in point.notes if note not in common]
    return common + own


def worth_showing(table: Table, outcome: Outcome) -> Table:
    """Only markets, who sells to them, and what claims are about, as far as they are hit at any value."""
    nodes = outcome.scenario.network.nodes
    wanted = _asked_about(outcome)
    hit = {row[0] for row, days in zip(table.rows, table.column("impact_days"), strict=True) if not _is_nan(days)}
    places = dict.fromkeys(str(row[0]) for row in table.rows if str(row[0]).partition(": ")[0] in wanted)
    unhurt = [place for place in places if place not in hit]
    rows = tuple(row for row in table.rows if row[0] in places and row[0] not in unhurt)
    others = len({row[0] for row in table.rows} & hit) - len(places) + len(unhurt)
    notes = [f"nothing is lost at any value: {', '.join(unhurt)}"] if unhurt else []
    notes += [f"{others} more of {len(nodes)} places are in the files"] if others > 0 else []
    return replace(table, rows=rows, notes=(*table.notes, *notes))


def _asked_about(outcome: Outcome) -> set[str]:
    """Markets, facilities that sell to them, and facilities whose output a claim is about."""
    network = outcome.scenario.network
    asked = {node.name for node in network.nodes.values() if node.kind == "market"}
    asked |= {lane.seller.name for lane in network.lanes if lane.buyer.kind == "market"}
    for claim in outcome.scenario.claims.values():
        if claim.measure.quantity == "output":
            asked |= {node.name for node in network.places(claim.measure.where) if node.kind != "market"}
    return asked


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
    judged = [zip(values, (point.verdicts[i] for point in points), strict=True) for i in range(len(points[0].verdicts))]
    return Table("claims", columns, tuple(_claim_row(value, verdict) for one in judged for value, verdict in one))


def _claim_row(value: str, verdict: Verdict) -> tuple[Cell, ...]:
    figure = Estimate(verdict.summary.mean, verdict.summary.low, verdict.summary.high)
    claim = verdict.claim
    return (verdict.name, value, figure, claim.low, claim.high, verdict.unit, verdict.words, verdict.reason or None)


def _title(path: str) -> str:
    keys = split_dotted(path)
    return keys[-1] if keys else path


def _is_nan(value: Cell) -> bool:
    return not isinstance(value, float) or math.isnan(value)
