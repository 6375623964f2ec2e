"""The picture of a sweep: a line over one path, a map of two, or a panel for each of several."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.results.plots.drawing import wrapped
from sim.results.plots.style import BAND_ALPHA, BLUE, COLORS, FAINT, GREY, INK, look, new_figure, warn_undrawable
from sim.results.plots.variation import bounds, dress, positions
from sim.results.point_table import short_titles
from sim.results.provenance import Provenance
from sim.results.table import Table
from sim.results.terminal import literal

WIDTH, HEIGHT, PANEL = 8.0, 4.8, 2.4
"""Inches: of a picture, and how much higher a row of panels makes it."""
MOST_PANELS = 9
NUMBERED = 64
"""Cells of a map that have their number written in them."""
ACROSS = 3
Array = NDArray[np.float64]


def sweep(table: Table, paths: Sequence[str], title: str, provenance: Provenance) -> Figure:
    """What readings come to at each point; shares in percent, bands are 95 % intervals of the mean."""
    names = [str(name) for name in dict.fromkeys(table.column("reading"))]
    with look():
        panels = min(len(paths), MOST_PANELS) if not _is_map(table, paths, names) else 1
        rows = -(-panels // ACROSS) if panels > 1 else 1
        height = HEIGHT + PANEL * max(0, rows - 1)
        figure = new_figure(WIDTH, height)
        if len(paths) == 1:
            said = _line(figure, table, paths[0], names)
        elif panels == 1 and paths:
            said = _map(figure, table, paths, names[0])
        else:
            said = _panels(figure, table, paths[:MOST_PANELS], names[0], rows)
        heading = wrapped(figure, literal(title), 13.0, WIDTH - 0.4, 2, "bold")
        figure.text(0.02, 1.0 - 0.14 / height, heading, fontsize=13.0, weight="bold", va="top", color=INK)
        figure.text(0.02, 1.0 - 0.78 / height, literal(said), fontsize=9.5, va="bottom", color=INK)
        figure.text(0.02, 0.1 / height, provenance.line, fontsize=7.5, va="bottom", color=GREY)
        warn_undrawable([title, *names, *paths])
    return figure


def _line(figure: Figure, table: Table, path: str, names: Sequence[str]) -> str:
    values = [str(value) for value in dict.fromkeys(table.column(path))]
    at, unit = positions(values)
    axes = figure.add_axes((0.08, 0.19, 0.88, 0.60))
    across = np.argsort(at)
    for name, color in zip(names, COLORS, strict=False):
        mean, low, high = _means(table, name)[across].T
        axes.plot(np.array(at)[across], mean, color=color, marker="o", markersize=4, linewidth=1.6, label=literal(name))
        axes.fill_between(np.array(at)[across], low, high, color=color, alpha=BAND_ALPHA, linewidth=0)
    dress(axes, at, values, f"{path}{f' ({unit})' if unit else ''}")
    axes.legend(frameon=False, fontsize=8.5)
    more = f"; {len(COLORS)} of {len(names)} readings" if len(names) > len(COLORS) else ""
    metrics = " and ".join(dict.fromkeys(_words(table, name, name.partition(".")[0]) for name in names))
    return f"{metrics}, mean with 95 % interval{more}"


def _map(figure: Figure, table: Table, paths: Sequence[str], name: str) -> str:
    levels = [[str(v) for v in dict.fromkeys(table.column(path))] for path in paths]
    grid = _means(table, name)[:, 0].reshape(len(levels[0]), len(levels[1])).T
    axes = figure.add_axes((0.12, 0.19, 0.72, 0.60))
    shown = axes.imshow(grid, origin="lower", aspect="auto", cmap="cividis")
    if grid.size > NUMBERED:
        _contours(axes, grid)
    else:
        middle = (np.nanmin(grid) + np.nanmax(grid)) / 2
        for (y, x), value in np.ndenumerate(grid):
            color = INK if value > middle else "white"
            axes.text(x, y, f"{value:.3g}", ha="center", va="center", fontsize=7.5, color=color)
    marks, words = zip(*map(_ticks, levels, paths), strict=True)
    axes.set_xticks(*marks[0])
    axes.set_yticks(*marks[1])
    axes.set_xlabel(words[0], fontsize=9.0, color=INK)
    axes.set_ylabel(words[1], fontsize=9.0, color=INK)
    axes.tick_params(length=0, labelsize=8)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(shown, cax=figure.add_axes((0.87, 0.19, 0.02, 0.60)))
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=8)
    return f"{_words(table, name)}, mean over replications"


def _ticks(values: Sequence[str], path: str) -> tuple[tuple[Sequence[int], Sequence[str]], str]:
    """Where to mark an axis of a map, with which words, and what the axis is called."""
    at, unit = positions(values)
    numbers = bool(unit) or at != [float(i) for i in range(len(values))]
    texts = [f"{a:g}" for a in at] if numbers else values
    step = -(-len(values) // 12)
    marked = range(0, len(values), step), [literal(text) for text in texts[::step]]
    return marked, literal(f"{path} ({unit})" if unit else path)


def _contours(axes: Axes, grid: Array) -> None:
    """Lines of equal loss, where they can be drawn."""
    if min(grid.shape) > 1 and np.all(np.isfinite(grid)) and np.ptp(grid) > 0.0:
        lines = axes.contour(grid, levels=4, colors="white", linewidths=0.8)
        axes.clabel(lines, fontsize=7.0, fmt="%.3g")


def _panels(figure: Figure, table: Table, paths: Sequence[str], name: str, rows: int) -> str:
    means = _means(table, name)[:, 0]
    if not paths:
        axes = figure.add_axes((0.08, 0.19, 0.88, 0.60))
        axes.bar([0.0], means, color=BLUE, width=0.4)
        dress(axes, [0.0], ["as stated"], "")
        return f"{_words(table, name)}, mean"
    columns, titles = min(ACROSS, len(paths)), short_titles(paths)
    height = figure.get_figheight()
    top, bottom = 1.0 - 1.05 / height, 0.75 / height
    for i, path in enumerate(paths):
        row, column = divmod(i, columns)
        tall, wide = (top - bottom) / rows, 0.92 / columns
        box = (0.06 + column * wide, top - (row + 1) * tall + 0.5 / height, wide - 0.05, tall - 0.75 / height)
        axes = figure.add_axes(box)
        values = [str(cell) for cell in table.column(path)][: len(means)]
        unique = list(dict.fromkeys(values))
        at, unit = positions(unique)
        where = dict(zip(unique, at, strict=True))
        axes.plot([where[v] for v in values], means, "o", color=BLUE, markersize=3, alpha=0.6, markeredgewidth=0)
        dress(axes, at, unique, "")
        axes.set_xlabel(literal(f"{titles[path]} ({unit})" if unit else titles[path]), fontsize=8.0, color=INK)
        axes.spines["bottom"].set_color(FAINT)
    return f"{_words(table, name)}, mean at each point"


def _means(table: Table, name: str) -> Array:
    """Mean and both ends of its interval, a row for each point; shares in percent."""
    scale = 100.0 if _unit(table, name) == "share" else 1.0
    cells = zip(table.column("reading"), table.column("mean"), strict=True)
    return scale * np.array([bounds(cell) for said, cell in cells if said == name])


def _unit(table: Table, name: str) -> str:
    return next(str(u) for said, u in zip(table.column("reading"), table.column("unit"), strict=True) if said == name)


def _words(table: Table, name: str, said: str = "") -> str:
    unit = _unit(table, name)
    return f"{said or name} ({'%' if unit == 'share' else unit})"


def _is_map(table: Table, paths: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the points are every combination of two paths."""
    if len(paths) != 2:
        return False
    across = math.prod(len(set(table.column(path))) for path in paths)
    return across > 1 and len(table.rows) == across * len(names)
