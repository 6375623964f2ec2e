"""Bars that say when each shock holds, with words in them, beside them, or on a narrow page above them."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from sim.results.plots.drawing import LABEL_SIZE, bare, figure_of, fit, inches_of, width_of
from sim.results.plots.panels import Bar
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import GREY, INK

BAR_HEIGHT, BAR_WITH_WORDS = 0.25, 0.36
"""Inches from one bar to the next, and where its words stand above it."""


def height_of(bars: int, sheet: Sheet) -> float:
    """Inches of so many bars."""
    return max(0.02, (BAR_HEIGHT if sheet.has_margin else BAR_WITH_WORDS) * bars)


def draw_bars(axes: Axes, bars: Sequence[Bar], total: int, last: int, sheet: Sheet, loss: Bar | None = None) -> None:
    """One bar a shock and one for the time of loss, with words that may run into the margin."""
    rows = [*bars, *([loss] if loss else [])]
    bare(axes, last)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    shown = f" ({len(bars)} of {total} shown)" if len(bars) < total else ""
    axes.set_title(f"Shocks{shown}" if total else "No shock takes effect", loc="left", fontsize=9.5, color=INK, pad=4)
    for row, bar in enumerate(rows):
        middle, high = (row, 0.72) if sheet.has_margin else (row + 0.22, 0.34)
        axes.barh(middle, bar.last - bar.first, left=bar.first, height=high, color=bar.color, linewidth=0)
        if bar.announced is not None and bar.announced >= 0:
            axes.plot([bar.announced, bar.first], [middle, middle], color=GREY, linewidth=1.0, linestyle=":")
            axes.plot([bar.announced], [middle], marker="D", markersize=5, color=GREY, clip_on=False)
        if sheet.has_margin:
            _label(axes, bar, row, last, sheet.right - 0.15)
        else:
            _label_above(axes, bar, row, sheet)


def _label_above(axes: Axes, bar: Bar, row: int, sheet: Sheet) -> None:
    """From the left edge on; without the announcement, which has its mark, where there is no room for it."""
    figure, room = figure_of(axes), sheet.width - sheet.left - EDGE
    at = axes.get_yaxis_transform()
    words = axes.text(0.0, row - 0.22, "", transform=at, va="center", fontsize=LABEL_SIZE, color=INK, zorder=3)
    words.set_text(f"{bar.name}: {bar.heard}{bar.when}")
    if width_of(figure, words) > room:
        fit(figure, words, bar.name, f": {bar.when}", room)


def _label(axes: Axes, bar: Bar, row: int, last: int, margin: float) -> None:
    """Inside the bar if it fits there, else right of it, else left of it, else between announcement and effect.

    Where it fits nowhere it does without the announcement, which has its mark; then it is shortened where most room is.
    """
    figure, pad, day = figure_of(axes), 0.008 * last, inches_of(axes)[0] / last
    before = bar.first if bar.announced is None else max(0.0, min(bar.announced, bar.first)) - pad
    rooms = {
        "inside": min(bar.last, last) - bar.first,
        "right": last + margin / day - min(bar.last, last),
        "left": before,
        "between": 0.0 if bar.announced is None else bar.first - max(0.0, bar.announced) - 2 * pad,
    }
    words = axes.text(bar.first + pad, row, "", va="center", fontsize=LABEL_SIZE, color=INK, zorder=3)
    for heard in (bar.heard, ""):
        words.set_text(f"{bar.name}: {heard}{bar.when}")
        width = width_of(figure, words) / day + 2 * pad
        side = next((name for name, room in rooms.items() if room >= width), max(rooms, key=lambda name: rooms[name]))
        if rooms[side] >= width:
            break
    if side == "right":
        words.set_x(min(bar.last, last) + pad)
    elif side in ("left", "between"):
        words.set_x(before - pad if side == "left" else bar.first - pad)
        words.set_horizontalalignment("right")
    if side == "between":
        words.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})
    if rooms[side] < width:
        fit(figure, words, bar.name, f": {bar.when}", (rooms[side] - 2 * pad) * day)
