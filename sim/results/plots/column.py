"""Panels one above the other on one time axis, under bars that say when the shocks hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.outcome import Outcome
from sim.results.plots import captions, shock_bars
from sim.results.plots.captions import Caption
from sim.results.plots.drawing import draw_panel, figure_of, width_of
from sim.results.plots.page import page, warn_of_missing_glyphs
from sim.results.plots.panels import MOST, Bar, Panel, bars
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import COLORS, GREY, VERMILLION, date_ticks, look
from sim.results.provenance import Provenance

DATES = 0.5
"""Inches for dates below the last panel."""

Paint = Callable[[Axes, Sequence[Bar], int, Sheet], None]
"""Draws on axes what happens from day 0 to the last, with the shocks shaded; names go in the margin if there is one."""


@dataclass(frozen=True)
class Row:
    """A panel: its height in inches, what draws it, and what is said above it."""

    height: float
    paint: Paint
    caption: Caption


def rows_of(drawn: Sequence[Panel]) -> list[Row]:
    """A row for each panel."""
    return [Row(panel.height, partial(_paint, panel), _caption(panel)) for panel in drawn]


def _caption(panel: Panel) -> Caption:
    entries = [(color, x.name, f", {x.figure}") for x, color in zip(panel.lines, COLORS, strict=False)]
    return Caption(panel.title, panel.unit if panel.lines else "", entries)


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
    sheet: Sheet = WIDE,
) -> Figure:
    """The rows on a page of their own, or on `axes`: one for the shocks and one for each row, or for the rows only."""
    shown = bars(outcome)[:MOST]
    with look():
        if axes is None:
            marked = [*shown, *([words.loss] if words.loss else [])]
            figure, axes = _laid_out(outcome, rows, words, marked, provenance, sheet)
        else:
            figure = _figure_of(axes, len(rows))
        last, below = max(1, outcome.days - 1), axes[len(axes) - len(rows) :]
        if len(axes) > len(rows):
            shock_bars.draw_bars(axes[0], shown, len(outcome.windows), last, sheet, words.loss)
        for row, place in zip(rows, below, strict=True):
            row.paint(place, shown, last, sheet)
            captions.write(place, row.caption, sheet)
            if words.loss:
                _mark_loss(place, words.loss, last)
        _mark_dates(axes, outcome, sheet)
        warn_of_missing_glyphs(figure)
    return figure


def _paint(panel: Panel, axes: Axes, shown: Sequence[Bar], last: int, sheet: Sheet) -> None:
    draw_panel(axes, panel, shown, last, sheet)


def _figure_of(axes: Sequence[Axes], rows: int) -> Figure:
    figure = axes[0].get_figure(root=True) if len(axes) in (rows, 1 + rows) else None
    if figure is None:
        raise ValueError(f"{1 + rows} axes of a figure are needed: one for the shocks and {rows} for the rest")
    return figure


def _laid_out(
    outcome: Outcome,
    rows: Sequence[Row],
    words: Words,
    marked: Sequence[Bar],
    provenance: Provenance | None,
    sheet: Sheet,
) -> tuple[Figure, list[Axes]]:
    heights = [shock_bars.height_of(marked, sheet), *(row.height for row in rows)]
    above = [0.0, *(captions.height_of(row.caption, sheet) for row in rows)]
    body = sum(heights) + sum(above)
    made, down, axes = page(outcome, words.above, words.read, body, provenance, DATES, sheet), 0.0, list[Axes]()
    for height, gap in zip(heights, above, strict=True):
        axes.append(made.axes(sheet.left, down + gap, sheet.panel, height))
        down += gap + height
    return made.figure, axes


def _mark_loss(axes: Axes, loss: Bar, last: int) -> None:
    """Lines where the loss begins and where it is over, if it is before the run ends."""
    for day in (loss.first, *([] if loss.lasts else [loss.last])):
        if day <= last:
            axes.axvline(day, color=VERMILLION, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1.6)


def _mark_dates(axes: Sequence[Axes], outcome: Outcome, sheet: Sheet) -> None:
    """Dates below the last panel, and the same marks without words on the others."""
    marked, words = date_ticks(outcome.scenario.start, max(1, outcome.days - 1), sheet.dates)
    for place in axes:
        place.set_xticks(marked, [] if place is not axes[-1] else words)
        place.tick_params(axis="x", length=3, color=GREY)
    if not sheet.has_margin:
        keep_dates(axes[-1], sheet.right)


def keep_dates(axes: Axes, room: float) -> None:
    """Dates that would run out of the picture end at the mark they belong to; `room` is inches to the right."""
    figure, end = figure_of(axes), axes.get_window_extent().x1 / figure_of(axes).dpi + room
    labels, marked = axes.get_xticklabels(), axes.get_xticks()
    for label, day in zip(labels, marked, strict=True):
        at = float(axes.transData.transform((float(day), 0.0))[0]) / figure.dpi
        if at + width_of(figure, label) / 2 > end:
            label.set_horizontalalignment("right")
