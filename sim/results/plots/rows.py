"""Rows one below the other, each with its name: beside the row, or on a narrow page above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sim.results.plots.drawing import LINE_HEIGHT, figure_of, fit, inches_of, wrapped
from sim.results.plots.page import Page
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import FAINT, GREY, INK
from sim.results.terminal import literal

SIZE = 8.0
GAP = 0.1
"""Inches between a name and its row."""
FEWEST = 2
"""Rows that there is room for at least, so that one alone is no beam."""


@dataclass(frozen=True)
class Name:
    """What stands beside or above a row: the name, which is shortened where there is no room, and what follows it."""

    name: str
    rest: str = ""
    below: str = ""
    """A second line in grey."""

    @property
    def lines(self) -> int:
        return 2 if self.below else 1


@dataclass(frozen=True)
class Rows:
    """Axes whose unit from top to bottom is a row."""

    axes: Axes
    shift: float
    """From the middle of a row to the middle of what is drawn in it."""
    high: float
    """Share of a row that may be drawn in."""

    def at(self, row: int) -> float:
        """The middle of what is drawn in a row."""
        return row + self.shift


def height_of(names: Sequence[Name], pitch: float, sheet: Sheet) -> float:
    """Inches of all rows, each `pitch` high without its name."""
    return (pitch + _above(names, sheet)) * max(FEWEST, len(names))


def lay(
    made: Page | Axes, down: float, names: Sequence[Name], pitch: float, sheet: Sheet, left: float, right: float
) -> Rows:
    """Rows from so far `down` a page, with names in `left` inches and `right` inches free; or on axes of your own."""
    above = _above(names, sheet)
    if isinstance(made, Axes):
        axes = made
    else:
        edge = left if sheet.has_margin else EDGE
        width = sheet.width - edge - (right if sheet.has_margin else EDGE)
        axes = made.axes(edge, down, width, height_of(names, pitch, sheet))
    bare(axes, len(names))
    share = pitch / (pitch + above)
    for row, name in enumerate(names):
        if sheet.has_margin:
            _beside(axes, row, name, left - EDGE - GAP)
        else:
            _over(axes, row, name, above / (pitch + above), sheet)
    return Rows(axes, (1.0 - share) / 2, share)


def bare(axes: Axes, count: int) -> Rows:
    """So many rows without names, on axes that stand beside those that have them."""
    axes.set_ylim(max(FEWEST, count) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8)
    axes.locator_params(axis="x", nbins=max(3, min(7, int(1.2 * inches_of(axes)[0]))))
    return Rows(axes, 0.0, 1.0)


def scale(axes: Axes, words: str, sheet: Sheet) -> None:
    """What the axis below the rows measures, in as many lines as it needs."""
    figure, wide = figure_of(axes), inches_of(axes)[0]
    room = wide if sheet.has_margin else sheet.width - 2 * EDGE
    axes.set_xlabel(wrapped(figure, literal(words), 8.5, room, 3), fontsize=8.5, color=INK)
    keep_ticks(axes)


def keep_ticks(axes: Axes) -> None:
    """Figures of a scale that would run out of the picture are not written."""
    figure = figure_of(axes)
    most = float(figure.bbox.width)
    low, high = sorted(axes.get_xlim())
    kept = []
    for tick in axes.get_xticks():
        at = float(axes.transData.transform((float(tick), 0.0))[0])
        if low <= tick <= high and 0.1 * figure.dpi <= at <= most - 0.16 * figure.dpi:
            kept.append(float(tick))
    axes.set_xlim(low, high)
    axes.set_xticks(kept)


def _above(names: Sequence[Name], sheet: Sheet) -> float:
    """Inches of the name above each row."""
    return 0.0 if sheet.has_margin else 0.05 + LINE_HEIGHT * max((name.lines for name in names), default=1)


def _beside(axes: Axes, row: int, name: Name, room: float) -> None:
    width, height = inches_of(axes)
    unit = abs(axes.get_ylim()[0] - axes.get_ylim()[1]) / height
    for i, (said, rest, color) in enumerate(_parts(name)):
        y = row + unit * LINE_HEIGHT * 0.9 * (i - (name.lines - 1) / 2)
        at = axes.get_yaxis_transform()
        label = axes.text(-GAP / width, y, "", transform=at, ha="right", va="center", fontsize=SIZE, color=color)
        fit(figure_of(axes), label, said, rest, room)


def _over(axes: Axes, row: int, name: Name, share: float, sheet: Sheet) -> None:
    for i, (said, rest, color) in enumerate(_parts(name)):
        y = row - 0.5 + share * (i + 0.7) / (name.lines + 0.4)
        label = axes.text(0.0, y, "", transform=axes.get_yaxis_transform(), va="center", fontsize=SIZE, color=color)
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
        fit(figure_of(axes), label, said, rest, sheet.width - 2 * EDGE)


def _parts(name: Name) -> list[tuple[str, str, str]]:
    first = (literal(name.name), literal(name.rest), INK)
    return [first, (literal(name.below), "", GREY)] if name.below else [first]


def words_at(axes: Axes, x: float, y: float, words: str, align: str = "left", color: str = INK) -> None:
    """Words in a row, at inches `x` from the right edge of the axes."""
    wide = inches_of(axes)[0]
    at = axes.get_yaxis_transform()
    axes.text(1.0 + x / wide, y, words, transform=at, ha=align, va="center", fontsize=SIZE, color=color)
