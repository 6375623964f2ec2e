"""Bars that say when each shock holds, with words in them, beside them, or on a narrow page above them."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from sim.results.plots.drawing import LABEL_SIZE, bare, figure_of, fit, inches_of, width_of
from sim.results.plots.panels import Bar
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import GREY, INK, new_figure

BAR_HEIGHT, BAR_WITH_WORDS, LINE = 0.25, 0.36, 0.15
"""Inches from one bar to the next, where its words stand above it, and for a second line of these."""


def height_of(bars: Sequence[Bar], sheet: Sheet) -> float:
    """Inches of these bars."""
    above = BAR_WITH_WORDS + LINE * _two_lines(bars, sheet)
    return max(0.02, (BAR_HEIGHT if sheet.has_margin else above) * len(bars))


def draw_bars(axes: Axes, bars: Sequence[Bar], total: int, last: int, sheet: Sheet, loss: Bar | None = None) -> None:
    """One bar a shock and one for the time of loss, with words that may run into the margin."""
    rows = [*bars, *([loss] if loss else [])]
    bare(axes, last)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    shown = f" ({len(bars)} of {total} shown)" if len(bars) < total else ""
    axes.set_title(f"Shocks{shown}" if total else "No shock takes effect", loc="left", fontsize=9.5, color=INK, pad=4)
    two = _two_lines(rows, sheet)
    for row, bar in enumerate(rows):
        middle, high = (row, 0.72) if sheet.has_margin else (row + 0.3, 0.24) if two else (row + 0.22, 0.34)
        axes.barh(middle, bar.last - bar.first, left=bar.first, height=high, color=bar.color, linewidth=0)
        if bar.announced is not None and bar.announced >= 0:
            axes.plot([bar.announced, bar.first], [middle, middle], color=GREY, linewidth=1.0, linestyle=":")
            axes.plot([bar.announced], [middle], marker="D", markersize=5, color=GREY, clip_on=False)
        if sheet.has_margin:
            _label(axes, bar, row, last, sheet.right - 0.15)
        else:
            _label_above(axes, bar, row, sheet, two)


def _two_lines(bars: Sequence[Bar], sheet: Sheet) -> bool:
    """Whether some name has to stand in a line of its own, so that it need not be shortened."""
    figure = new_figure(sheet.width, 1.0)
    artist = figure.text(0, 0, "", fontsize=LABEL_SIZE)
    widths = []
    for bar in bars:
        artist.set_text(f"{bar.name}: {bar.when}")
        widths.append(width_of(figure, artist))
    return not sheet.has_margin and max(widths, default=0.0) > _room(sheet)


def _room(sheet: Sheet) -> float:
    """Inches above a bar."""
    return sheet.width - sheet.left - EDGE


def _label_above(axes: Axes, bar: Bar, row: int, sheet: Sheet, two: bool) -> None:
    """From the left edge on, the name by itself if there are `two` lines.

    Where there is no room for it, it does without the announcement, which has its mark.
    """
    figure, room, at = figure_of(axes), _room(sheet), axes.get_yaxis_transform()
    heights = [row - 0.33, row - 0.04] if two else [row - 0.22]
    texts = [
        axes.text(0.0, y, "", transform=at, va="center", fontsize=LABEL_SIZE, color=INK, zorder=3) for y in heights
    ]
    words = texts[-1]
    if two:
        fit(figure, texts[0], bar.name, "", room)
    first = "" if two else f"{bar.name}: "
    words.set_text(f"{first}{bar.heard}{bar.when}")
    if width_of(figure, words) > room:
        fit(figure, words, "" if two else bar.name, bar.when if two else f": {bar.when}", room)


def _label(axes: Axes, bar: Bar, row: int, last: int, margin: float) -> None:
    """Inside the bar if it fits there, else right of it, else left of it, else between announcement and effect.

    Where it fits nowhere it runs from inside over the end of the bar, without the announcement if need be, which has
    its mark; then it is shortened.
    """
    figure, pad, day = figure_of(axes), 0.008 * last, inches_of(axes)[0] / last
    before = bar.first if bar.announced is None else max(0.0, min(bar.announced, bar.first)) - pad
    rooms = {
        "inside": min(bar.last, last) - bar.first,
        "right": last + margin / day - min(bar.last, last),
        "left": before,
        "between": 0.0 if bar.announced is None else bar.first - max(0.0, bar.announced) - 2 * pad,
        "over": last + margin / day - bar.first,
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
