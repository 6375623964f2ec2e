"""What a scenario says is, or will be, observed: the model's own months, as shares of usual."""

import datetime
import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from sim.results.claims import daily_of
from sim.results.outcome import Outcome
from sim.results.table import Cell, Column, Table
from sim.scenario.series import DAYS

_MONTHS: Final = (
    Column("observed", "series", meaning="name of the entry of `observed`"),
    Column("month", "month"),
    Column("share", "model", "%", "share of the calm world's mean month, median of the replications"),
    Column("low", "10 %", "%", "a tenth of the replications have less"),
    Column("high", "90 %", "%", "a tenth of the replications have more"),
)


def months_table(outcome: Outcome) -> Table:
    """A row for each whole month of each entry of `observed` whose scope selects something."""
    rows = [row for name in outcome.scenario.observed for row in _rows(outcome, name)]
    return Table("months", _MONTHS, tuple(rows))


DAYS_BEFORE = 90
"""Readers are told months from so long before the first shock takes effect."""


def told_months(outcome: Outcome) -> Table:
    """The months worth reading: from shortly before the first shock on. Files have the calm ones before too."""
    table, first = months_table(outcome), outcome.first_day
    since = outcome.date(max(0.0, first - DAYS_BEFORE) if math.isfinite(first) else 0.0)
    rows = tuple(row for row in table.rows if str(row[1]) >= f"{since:%Y-%m}")
    return Table(table.name, table.columns, rows, table.notes)


def _rows(outcome: Outcome, name: str) -> Iterator[tuple[Cell, ...]]:
    curve = daily_of(outcome, outcome.scenario.observed[name].measure)
    if curve is None or not np.all(usual := np.mean(curve.baseline, axis=0) * DAYS["month"]):
        return
    for month, days in whole_months(outcome.scenario.start, outcome.scenario.days):
        shares = np.sum(curve.shocked[days], axis=0) / usual
        low, middle, high = (float(q) for q in np.quantile(shares, (0.1, 0.5, 0.9)))
        yield (name, month, middle, low, high)


def whole_months(start: datetime.date, days: int) -> Iterator[tuple[str, slice]]:
    """Each calendar month that lies inside a run, `2025-04`, with its days."""
    end = start + datetime.timedelta(days=days)
    first = start if start.day == 1 else _next(start)
    while (after := _next(first)) <= end:
        yield f"{first:%Y-%m}", slice((first - start).days, (after - start).days)
        first = after


def _next(day: datetime.date) -> datetime.date:
    """The first of the next month."""
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
