"""What stands above a panel: its title, and on a narrow page the names of what it shows, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sim.results.plots.drawing import LABEL_SIZE, LINE_HEIGHT, figure_of, fit, inches_of, wrapped
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import INK, new_figure

SIZE, TITLE_LINE = 9.5, 0.17
"""Points of a title, and inches from one line of it to the next."""
BETWEEN = 0.42
"""Inches above a panel for one line of title."""
MOST_LINES = 4
Entry = tuple[str, str, str]
"""Colour, name and figure of what is drawn."""


@dataclass(frozen=True)
class Caption:
    """The title of a panel with its unit, and what is to be told apart in it."""

    title: str
    unit: str = ""
    entries: Sequence[Entry] = ()


def height_of(caption: Caption, sheet: Sheet) -> float:
    """Inches above the panel."""
    if sheet.has_margin:
        return BETWEEN
    return BETWEEN + TITLE_LINE * _lines(caption, sheet).count("\n") + LINE_HEIGHT * len(caption.entries)


def write(axes: Axes, caption: Caption, sheet: Sheet) -> None:
    """The title in one line over panel and margin, shortened if it must be; on a narrow page in as many as it needs."""
    if sheet.has_margin:
        artist = axes.set_title("", loc="left", fontsize=SIZE, color=INK, pad=6)
        unit = f", {caption.unit}" if caption.unit else ""
        fit(figure_of(axes), artist, caption.title, unit, inches_of(axes)[0] + sheet.margin)
        return
    above = 72 * LINE_HEIGHT * len(caption.entries)
    axes.set_title(_lines(caption, sheet), loc="left", va="bottom", fontsize=SIZE, color=INK, pad=7 + above)
    names(axes, caption.entries, sheet)


def names(axes: Axes, entries: Sequence[Entry], sheet: Sheet) -> None:
    """Colour, name and figure of each, above the axes."""
    figure, (width, height) = figure_of(axes), inches_of(axes)
    for i, (color, name, rest) in enumerate(entries):
        y = 1.0 + (0.09 + (len(entries) - i - 0.5) * LINE_HEIGHT) / height
        axes.plot([0.04 / width], [y], "s", markersize=6, color=color, transform=axes.transAxes, clip_on=False)
        label = axes.text(0.16 / width, y, "", transform=axes.transAxes, va="center", fontsize=LABEL_SIZE)
        fit(figure, label, name, rest, sheet.width - sheet.left - EDGE - 0.16)


def _lines(caption: Caption, sheet: Sheet) -> str:
    said = f"{caption.title}, {caption.unit}" if caption.unit else caption.title
    return wrapped(new_figure(sheet.width, 1.0), said, SIZE, sheet.width - sheet.left - EDGE, MOST_LINES)
