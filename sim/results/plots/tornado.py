"""The tornado: what a reading is where each factor alone is at its low end and at its high one, the widest on top."""

import math
from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots.by_reading import Row, by_reading
from sim.results.plots.rows import Rows
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import BLUE, GREY, INK, ORANGE
from sim.results.provenance import Provenance
from sim.results.table import Estimate, Table

SAID = (
    "One at a time: each factor at the low end of its range (blue) and at the high end (orange), all others as the "
    "scenario states them, or at their median (the line); whiskers are 95 % intervals of the change"
)


def tornado(
    table: Table, title: str, provenance: Provenance, axes: Sequence[Axes] | None = None, sheet: Sheet = WIDE
) -> Figure:
    """A bar from the base to each end, a panel for each reading; shares are in percent.

    `axes` of your own are one for each reading, for readings have units of their own.
    """
    return by_reading(table, (title, SAID), provenance, partial(_draw, table), axes, sheet)


def _draw(table: Table, laid: Rows, shown: Sequence[Row]) -> str:
    names = [column.name for column in table.columns]
    cells = [dict(zip(names, row, strict=True)) for row in shown]
    factor = 100.0 if cells[0]["unit"] == "share" else 1.0
    base = factor * _mean(cells[0]["base"])
    for i, cell in enumerate(cells):
        for end, color, side in (("low", BLUE, -1), ("high", ORANGE, 1)):
            change = cell[f"{end}_change"]
            y = laid.at(i) + side * 0.16 * laid.high
            laid.axes.barh(y, factor * _mean(change), 0.3 * laid.high, base, color=color, zorder=2, label=f"_{end}")
            if isinstance(change, Estimate) and math.isfinite(change.low + change.high):
                ends = [base + factor * change.low, base + factor * change.high]
                laid.axes.plot(ends, [y, y], color=INK, linewidth=0.9, zorder=3)
    laid.axes.axvline(base, color=GREY, linewidth=0.9, zorder=2.5)
    laid.axes.margins(x=0.05)
    return "%" if factor > 1.0 else str(cells[0]["unit"])


def _mean(cell: object) -> float:
    return cell.mean if isinstance(cell, Estimate) else math.nan
