"""A map over the settings of two paths: colour is the figure at each combination."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from sim.engine.records import Array
from sim.results.plots import setting_axis
from sim.results.plots.drawing import figure_of, inches_of, wrapped
from sim.results.plots.page import blank, warn_of_missing_glyphs
from sim.results.plots.setting_axis import SIZE, TITLE_LINE, TITLE_SIZE, Settings, shortened, widths
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.style import INK, look, new_figure

HEIGHT, ROW = 3.2, 0.17
"""Inches of the map, and of one of its rows at least where each is named."""
CELLS = 7.5
"""Points of a figure in a cell."""
NAMES = {"wide": 2.2, "narrow": 1.0}
"""Inches at most for the names of rows."""
BAR, BAR_WORDS = 0.14, 0.55
"""Inches across the scale of colours, and for the figures beside it."""
GAP = 0.1


@dataclass(frozen=True)
class Map:
    """A figure at every combination of two paths."""

    title: str
    """Of the page."""
    says: str
    foot: str
    across: Settings
    up: Settings
    grid: Array
    """Shape (up, across)."""


def setting_map(shown: Map, axes: Axes | None = None, sheet: Sheet = WIDE) -> Figure:
    """The map on a page, with a scale of colours; on `axes` of your own the scale takes a part of them.

    Each cell has its figure written in it where all of them have room, else there are lines of equal figures.
    """
    with look():
        if axes is None:
            draft = new_figure(sheet.width, 1.0)
            left = EDGE + GAP + min(NAMES[sheet.name], max(widths(draft, shown.up.words), default=0.0))
            wide = sheet.width - left - BAR - BAR_WORDS - 2 * GAP
            above = 0.1 + TITLE_LINE * (1 + _up_words(draft, shown, sheet).count("\n"))
            under = setting_axis.below(shown.across, wide, sheet)
            made = blank(shown.title, shown.says, shown.foot, above + HEIGHT, under + 0.1, sheet)
            axes = made.axes(left, above, wide, HEIGHT)
            image = _paint(axes, shown, sheet, left)
            bar = made.axes(left + wide + GAP, above, BAR, HEIGHT)
            scale = made.figure.colorbar(image, cax=bar)
        else:
            image = _paint(axes, shown, sheet, sheet.left + GAP)
            scale = figure_of(axes).colorbar(image, ax=axes)
        scale.outline.set_visible(False)
        scale.ax.tick_params(length=0, labelsize=SIZE)
        warn_of_missing_glyphs(figure_of(axes))
    return figure_of(axes)


def _paint(axes: Axes, shown: Map, sheet: Sheet, left: float) -> AxesImage:
    figure = figure_of(axes)
    image = axes.imshow(shown.grid, origin="lower", aspect="auto", cmap="cividis")
    wide, high = (inches / count for inches, count in zip(inches_of(axes), shown.grid.shape[::-1], strict=True))
    figures = _figures(shown.grid)
    if max(widths(figure, figures, CELLS)) < wide - 0.04 and high > ROW:
        _write(axes, shown.grid, figures)
    else:
        _contours(axes, shown.grid)
    setting_axis.dress(axes, shown.across, sheet, -(-len(shown.across.at) // setting_axis.MARKED))
    axes.spines[:].set_visible(False)
    room = left - EDGE
    step = max(1, -(-len(shown.up.at) // int(inches_of(axes)[1] / ROW)))
    words = [shortened(figure, one, min(room, NAMES[sheet.name])) for one in shown.up.words[::step]]
    axes.set_yticks(shown.up.at[::step], words)
    at = -(left - EDGE) / inches_of(axes)[0]
    said = _up_words(figure, shown, sheet)
    axes.text(at, 1.0 + 0.06 / inches_of(axes)[1], said, transform=axes.transAxes, fontsize=TITLE_SIZE, color=INK)
    return image


def _up_words(figure: Figure, shown: Map, sheet: Sheet) -> str:
    """What goes upwards, which stands above the map: beside it there is no room for long paths."""
    return wrapped(figure, f"upwards: {shown.up.title}", TITLE_SIZE, sheet.words_width, 3)


def _figures(grid: Array) -> list[str]:
    """What is written in the cells, all of them as exact as three digits of the largest are."""
    known = np.abs(grid[np.isfinite(grid)])
    most = float(known.max()) if known.size else 0.0
    digits = 2 - math.floor(math.log10(most)) if most > 0.0 else 0
    return [f"{round(float(value), digits) + 0.0:.6g}".replace("-", "−") for value in grid.ravel()]


def _write(axes: Axes, grid: Array, figures: list[str]) -> None:
    middle = (np.nanmin(grid) + np.nanmax(grid)) / 2 if np.any(np.isfinite(grid)) else 0.0
    for ((y, x), value), figure in zip(np.ndenumerate(grid), figures, strict=True):
        color = INK if value > middle or not np.isfinite(value) else "white"
        axes.text(x, y, figure, ha="center", va="center", fontsize=CELLS, color=color)


def _contours(axes: Axes, grid: Array) -> None:
    """Lines of equal figures, where they can be drawn."""
    if min(grid.shape) > 1 and np.all(np.isfinite(grid)) and np.ptp(grid) > 0.0:
        lines = axes.contour(grid, levels=4, colors="white", linewidths=0.8)
        axes.clabel(lines, fontsize=7.0, fmt="%.3g")
