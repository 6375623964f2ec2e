"""Panels drawn on axes, with labels that neither overlap nor run out of the picture."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.engine.records import Array
from sim.results.plots.panels import Bar, Line, Panel
from sim.results.plots.sheet import Sheet
from sim.results.plots.style import BAND_ALPHA, COLORS, FAINT, GREY

Dash = str | tuple[int, tuple[float, float]]
"""A line style of matplotlib."""
DASH, SEEN = 4.0, 0.004
"""Widths of a line that a dash is long; share of the scale by which lines may differ and still lie upon each other."""
LABEL_SIZE = 8.0
LINE_HEIGHT = 0.155
"""Inches from one label to the next."""
GAP = 0.12
"""Inches between the axes and their labels."""
FILLED = 0.55
"""Opacity of what is filled below a line: more than that of a band."""


def draw_panel(axes: Axes, panel: Panel, bars: Sequence[Bar], last: int, sheet: Sheet) -> None:
    """The lines with their bands up to the last day, labelled in the margin if there is one."""
    bare(axes, last)
    shade_all(axes, bars)
    if panel.reference is not None and panel.lines:
        axes.axhline(panel.reference, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.5)
    shown = panel.lines[: len(COLORS)]
    for line, color, dash in zip(shown, COLORS, dashes([line.middle for line in shown]), strict=False):
        _draw_line(axes, line, color, BAND_ALPHA if len(panel.lines) <= 3 else BAND_ALPHA / 2, dash)
    highest = max((float(np.max(line.high)) for line in panel.lines), default=0.0)
    top = min(panel.cap, max(panel.top, 1.05 * highest))
    axes.set_ylim(-0.02 * top, 1.03 * top)  # room for a line on either limit
    if not panel.lines:
        say_nothing(axes, panel.empty)
    elif sheet.has_margin:
        label_lines(axes, panel.lines, sheet.margin)


def dashes(lines: Sequence[Array]) -> list[Dash]:
    """How each line is drawn: of those that lie upon each other, in dashes that leave something of all to be seen."""
    whole = max((float(np.nanmax(np.abs(line), initial=0.0)) for line in lines), default=0.0)
    alike = [[k for k, other in enumerate(lines) if _same(line, other, whole)] for line in lines]
    ranks = [some.index(i) for i, some in enumerate(alike)]
    return [
        "-" if not rank else (0, (DASH * (len(some) - rank), DASH * rank))
        for rank, some in zip(ranks, alike, strict=True)
    ]


def _same(line: Array, other: Array, whole: float) -> bool:
    """Whether no eye could tell them apart."""
    return line.shape == other.shape and np.allclose(line, other, rtol=0.0, atol=SEEN * whole, equal_nan=True)


def say_nothing(axes: Axes, words: str) -> None:
    """Why there is nothing to be seen."""
    axes.set_yticks([])
    backed = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    axes.text(0.01, 0.5, words, transform=axes.transAxes, va="center", color=GREY, bbox=backed, zorder=3)


def bare(axes: Axes, last: int) -> None:
    """Axes from day 0 to the last, without a frame, with faint lines across."""
    axes.set_xlim(0.0, float(last))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8)
    axes.locator_params(axis="y", nbins=4)


def shade_all(axes: Axes, bars: Sequence[Bar]) -> None:
    """The time each shock holds, paler where there are many."""
    for bar in bars:
        shade(axes, bar, alpha=0.10 if len(bars) <= 2 else 0.05)


def shade(axes: Axes, bar: Bar, alpha: float) -> None:
    """The time a shock holds, and a dotted line where it was announced."""
    axes.axvspan(bar.first, bar.last, color=GREY, alpha=alpha, linewidth=0, zorder=0.5)
    if bar.announced is not None and bar.announced >= 0:
        axes.axvline(bar.announced, color=GREY, linewidth=0.9, linestyle=":", zorder=1)


def label_lines(axes: Axes, lines: Sequence[Line], margin: float) -> None:
    """Each line's name and figure to the right of its end, moved apart where they would overlap."""
    figure = figure_of(axes)
    width, height = inches_of(axes)
    low, high = axes.get_ylim()
    ends = [min(max(float(line.middle[-1]), low), high) for line in lines]
    wanted = [(end - low) / (high - low) * height for end in ends]
    placed = spread(wanted, LINE_HEIGHT, height)
    for line, color, end, at in zip(lines, COLORS, ends, placed, strict=False):
        x, y = 1.0 + GAP / width, at / height
        path = [1.0, x - 0.03 / width], [(end - low) / (high - low), y]
        axes.plot(*path, transform=axes.transAxes, color=color, linewidth=0.8, clip_on=False)
        label = axes.text(x, y, "", transform=axes.transAxes, va="center", fontsize=LABEL_SIZE, color=darker(color))
        fit(figure, label, line.name, f", {line.figure}", margin - GAP)


def key(axes: Axes, entries: Sequence[tuple[str, str, str]], margin: float) -> None:
    """Colour, name and figure of each, one below the other in the margin (inches) to the right of the axes."""
    figure, (width, height) = figure_of(axes), inches_of(axes)
    for i, (color, name, rest) in enumerate(entries):
        x, y = 1.0 + GAP / width, 1.0 - (i + 0.5) * 1.1 * LINE_HEIGHT / height
        axes.plot([x + 0.04 / width], [y], "s", markersize=6, color=color, transform=axes.transAxes, clip_on=False)
        label = axes.text(x + 0.16 / width, y, "", transform=axes.transAxes, va="center", fontsize=LABEL_SIZE)
        fit(figure, label, name, rest, margin - GAP - 0.16)


def spread(wanted: Sequence[float], gap: float, height: float) -> list[float]:
    """Heights as near to those wanted as keeps them `gap` apart, in the same order; equal ones keep theirs.

    Where all of them need more than the height, they run over both ends alike.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], -i))
    placed: list[float] = []
    for i in order:
        placed.append(max(wanted[i], placed[-1] + gap) if placed else max(0.0, wanted[i]))
    over = max(0.0, placed[-1] - max(height, 0.0)) if placed else 0.0
    ceiling = height + max(0.0, (len(placed) - 1) * gap - height) / 2
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], ceiling) if over else placed[k]
        ceiling = placed[k] - gap
    result = [0.0] * len(wanted)
    for i, at in zip(order, placed, strict=True):
        result[i] = at
    return result


def fit(figure: Figure, artist: Text, name: str, rest: str, inches: float) -> None:
    """Set the text to `name` and `rest`, the name shortened at its end until both fit."""
    artist.set_text(f"{name}{rest}")
    shortened = name
    while len(shortened) > 1 and width_of(figure, artist) > inches:
        shortened = shortened[:-1]
        artist.set_text(f"{shortened.rstrip()}…{rest}")


def width_of(figure: Figure, artist: Text) -> float:
    """Inches across."""
    return artist.get_window_extent(_renderer(figure)).width / figure.dpi


def wrapped(figure: Figure, text: str, size: float, inches: float, lines: int, weight: str = "normal") -> str:
    """The text broken into at most so many lines of this width; what does not fit ends in an ellipsis."""
    artist = figure.text(0, 0, text, fontsize=size, weight=weight)
    per_inch = len(text) / max(0.01, width_of(figure, artist))
    for columns in range(max(8, int(per_inch * inches * 1.25)), 7, -1):
        artist.set_text("\n".join(textwrap.wrap(text, columns, max_lines=lines, placeholder=" …")))
        if width_of(figure, artist) <= inches:
            break
    artist.remove()
    return str(artist.get_text())


def darker(color: str) -> tuple[float, float, float]:
    """The colour dark enough for small text on white."""
    red, green, blue = (0.7 * part for part in to_rgb(color))
    return red, green, blue


def _draw_line(axes: Axes, line: Line, color: str, alpha: float, dash: Dash) -> None:
    day = np.arange(len(line.middle))
    if not np.array_equal(line.low, line.high):
        axes.fill_between(day, line.low, line.high, color=color, alpha=alpha, linewidth=0, zorder=1.8)
    if line.filled is not None:
        axes.fill_between(day, 0.0, line.filled, color=color, alpha=FILLED, linewidth=0, zorder=2.0)
    axes.plot(
        day, line.middle, color=color, linewidth=1.6, linestyle=dash, zorder=2.2, label=line.name,
        solid_joinstyle="round",
    )  # fmt: skip


def figure_of(axes: Axes) -> Figure:
    """The figure that the axes belong to; ValueError if there is none."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    return figure


def inches_of(axes: Axes) -> tuple[float, float]:
    """Width and height of the axes."""
    figure, box = figure_of(axes), axes.get_position()
    width, height = figure.get_size_inches()
    return box.width * float(width), box.height * float(height)


def _renderer(figure: Figure) -> RendererBase:
    canvas = figure.canvas
    agg = canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    renderer: RendererBase = agg.get_renderer()  # type: ignore[no-untyped-call]
    return renderer
