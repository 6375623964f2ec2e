"""The picture of a sensitivity study: bars for each factor, a panel for each reading."""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots.by_reading import Row, by_reading
from sim.results.plots.rows import Rows
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import BLUE, GREY, INK, SKY
from sim.results.provenance import Provenance
from sim.results.table import Estimate, Table


class Pair(NamedTuple):
    """The two columns that are drawn, and what they are called."""

    wide: str
    narrow: str
    words: str


_OF = {
    "indices": Pair("total", "first", "Share of variance, with interactions (pale) and alone (dark); 95 % intervals"),
    "effects": Pair("size", "effect", "Effect over the whole range: mean size (pale), mean (dark); 95 % intervals"),
}


def sensitivity(
    table: Table, title: str, provenance: Provenance, axes: Sequence[Axes] | None = None, sheet: Sheet = WIDE
) -> Figure:
    """Sobol' indices or elementary effects, the largest first.

    `axes` of your own are one for each reading, for readings have units of their own.
    """
    bars = _OF[table.name]
    return by_reading(table, (title, bars.words), provenance, partial(_draw, table, bars), axes, sheet)


def _draw(table: Table, bars: Pair, laid: Rows, shown: Sequence[Row]) -> str:
    names = [column.name for column in table.columns]
    at = [laid.at(i) for i in range(len(shown))]
    for column, color, high in ((bars.wide, SKY, 0.62), (bars.narrow, BLUE, 0.3)):
        cells = [row[names.index(column)] for row in shown]
        values = [cell.mean if isinstance(cell, Estimate) else math.nan for cell in cells]
        laid.axes.barh(at, values, height=high * laid.high, color=color, zorder=2)
        for y, cell in zip(at, cells, strict=True):
            if isinstance(cell, Estimate) and math.isfinite(cell.low + cell.high):
                laid.axes.plot([cell.low, cell.high], [y, y], color=INK, linewidth=0.9, zorder=3)
    laid.axes.axvline(0.0, color=GREY, linewidth=0.9)
    return ""
