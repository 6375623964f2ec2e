"""Panels one above the other on one time axis, under bars that say when the shocks hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.outcome import Outcome
from sim.results.plots.drawing import draw_bars, draw_panel
from sim.results.plots.page import WIDTH, page, warn_of_missing_glyphs
from sim.results.plots.panels import MOST, Bar, Panel, bars
from sim.results.plots.style import GREY, VERMILLION, date_ticks, look
from sim.results.provenance import Provenance

LEFT, RIGHT = 0.55, 2.55
"""Inches; labels stand in the right margin."""
BETWEEN = 0.42
"""Inches between panels, for the title of the lower one."""
BAR_HEIGHT, DATES = 0.25, 0.5
MARGIN = RIGHT - 0.1
"""Inches to the right of the axes in which labels may stand."""

Paint = Callable[[Axes, Sequence[Bar], int], None]
"""Draws on axes what happens from day 0 to the last, with the shocks shaded."""


@dataclass(frozen=True)
class Row:
    """A panel: its height in inches, and what draws it."""

    height: float
    paint: Paint


def rows_of(drawn: Sequence[Panel]) -> list[Row]:
    """A row for each panel."""
    return [Row(panel.height, partial(_paint, panel)) for panel in drawn]


@dataclass(frozen=True)
class Words:
    """What stands above the panels, how to read them, and the time of loss, where one is marked."""

    above: str
    read: str = ""
    loss: Bar | None = None


def column(
    outcome: Outcome,
    rows: Sequence[Row],
    words: Words,
    axes: Sequence[Axes] | None = None,
    provenance: Provenance | None = None,
) -> Figure:
    """The rows on a page of their own, or on `axes`: one for the shocks and one for each row, or for the rows only."""
    shown = bars(outcome)[:MOST]
    with look():
        if axes is None:
            figure, axes = _laid_out(outcome, rows, words, len(shown) + bool(words.loss), provenance)
        else:
            figure = _figure_of(axes, len(rows))
        last, below = max(1, outcome.days - 1), axes[len(axes) - len(rows) :]
        if len(axes) > len(rows):
            draw_bars(axes[0], shown, len(outcome.windows), last, RIGHT - 0.15, words.loss)
        for row, place in zip(rows, below, strict=True):
            row.paint(place, shown, last)
            if words.loss:
                _mark_loss(place, words.loss, last)
        _mark_dates(axes, outcome)
        warn_of_missing_glyphs(figure)
    return figure


def _paint(panel: Panel, axes: Axes, shown: Sequence[Bar], last: int) -> None:
    draw_panel(axes, panel, shown, last, MARGIN)


def _figure_of(axes: Sequence[Axes], rows: int) -> Figure:
    figure = axes[0].get_figure(root=True) if len(axes) in (rows, 1 + rows) else None
    if figure is None:
        raise ValueError(f"{1 + rows} axes of a figure are needed: one for the shocks and {rows} for the rest")
    return figure


def _laid_out(
    outcome: Outcome, rows: Sequence[Row], words: Words, marked: int, provenance: Provenance | None
) -> tuple[Figure, list[Axes]]:
    heights = [max(0.02, BAR_HEIGHT * marked), *(row.height for row in rows)]
    body = sum(heights) + BETWEEN * len(rows)
    made, down, axes = page(outcome, words.above, words.read, body, provenance, DATES), 0.0, list[Axes]()
    for height in heights:
        axes.append(made.axes(LEFT, down, WIDTH - LEFT - RIGHT, height))
        down += height + BETWEEN
    return made.figure, axes


def _mark_loss(axes: Axes, loss: Bar, last: int) -> None:
    """Lines where the loss begins and where it is over, if it is before the run ends."""
    for day in (loss.first, *([] if loss.lasts else [loss.last])):
        if day <= last:
            axes.axvline(day, color=VERMILLION, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1.6)


def _mark_dates(axes: Sequence[Axes], outcome: Outcome) -> None:
    """Dates below the last panel, and the same marks without words on the others."""
    marked, words = date_ticks(outcome.scenario.start, max(1, outcome.days - 1))
    for place in axes:
        place.set_xticks(marked, [] if place is not axes[-1] else words)
        place.tick_params(axis="x", length=3, color=GREY)
