"""The picture of a sensitivity study: bars for each factor, a panel for each reading."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots.drawing import wrapped
from sim.results.plots.style import BLUE, FAINT, GREY, INK, SKY, look, new_figure, warn_undrawable
from sim.results.provenance import Provenance
from sim.results.table import Cell, Estimate, Table
from sim.results.terminal import literal

WIDTH, HEAD, FOOT, ROW = 8.0, 1.0, 0.65, 0.36
"""Inches."""
MOST_PANELS, MOST_FACTORS = 4, 12


class _Bars(NamedTuple):
    """The two columns that are drawn, and what they are called."""

    wide: str
    narrow: str
    words: str


_OF = {
    "indices": _Bars("total", "first", "Share of variance, with interactions (pale) and alone (dark); 95 % intervals"),
    "effects": _Bars("size", "effect", "Effect over the whole range: mean size (pale), mean (dark); 95 % intervals"),
}


def sensitivity(table: Table, title: str, provenance: Provenance) -> Figure:
    """Sobol' indices or elementary effects, the largest first."""
    bars = _OF[table.name]
    readings = [str(name) for name in dict.fromkeys(table.column("reading"))][:MOST_PANELS]
    rows = {name: [row for row in table.rows if row[0] == name][:MOST_FACTORS] for name in readings}
    panel = 0.5 + ROW * max(map(len, rows.values()), default=1)
    with look():
        height = HEAD + FOOT + panel * len(readings)
        figure = new_figure(WIDTH, height)
        for i, name in enumerate(readings):
            bottom = (FOOT + panel * (len(readings) - 1 - i) + 0.1) / height
            axes = figure.add_axes((0.36, bottom, 0.6, (panel - 0.5) / height))
            _draw(axes, table, rows[name], bars)
            axes.set_title(literal(name), fontsize=9.5, loc="left", color=INK)
        heading = wrapped(figure, literal(title), 13.0, WIDTH - 0.4, 2, "bold")
        figure.text(0.02, 1.0 - 0.12 / height, heading, fontsize=13.0, weight="bold", va="top", color=INK)
        figure.text(0.02, 1.0 - 0.72 / height, bars.words, fontsize=8.5, va="bottom", color=INK)
        figure.text(0.02, 0.1 / height, provenance.line, fontsize=7.5, va="bottom", color=GREY)
        warn_undrawable([title, *readings])
    return figure


def _draw(axes: Axes, table: Table, rows: Sequence[tuple[Cell, ...]], bars: _Bars) -> None:
    names = [column.name for column in table.columns]
    at = -np.arange(len(rows), dtype=float)
    for column, color, high in ((bars.wide, SKY, 0.62), (bars.narrow, BLUE, 0.3)):
        cells = [row[names.index(column)] for row in rows]
        values = [cell.mean if isinstance(cell, Estimate) else math.nan for cell in cells]
        axes.barh(at, values, height=high, color=color, zorder=2)
        for y, cell in zip(at, cells, strict=True):
            if isinstance(cell, Estimate) and math.isfinite(cell.low + cell.high):
                axes.plot([cell.low, cell.high], [y, y], color=INK, linewidth=0.9, zorder=3)
    factors, ranges = ([str(row[names.index(name)]) for row in rows] for name in ("factor", "range"))
    labels = [f"{literal(_short(f))}\n{literal(r)}" for f, r in zip(factors, ranges, strict=True)]
    axes.set_yticks(at, labels, fontsize=7.5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.axvline(0.0, color=GREY, linewidth=0.9)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=7.5)


def _short(name: str) -> str:
    return name if len(name) <= 42 else f"…{name[-41:]}"
