"""The picture of a run: shocks, cover, output along the chain and unmet demand, on one time axis."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.outcome import Outcome
from sim.results.plots.drawing import draw_bars, draw_panel, wrapped
from sim.results.plots.panels import MOST, Bar, Panel, bars, headline, panels
from sim.results.plots.style import GREY, INK, date_ticks, look, new_figure, warn_undrawable
from sim.results.provenance import Provenance, gather
from sim.results.terminal import literal

WIDTH, LEFT, RIGHT = 9.5, 0.55, 2.55
"""Inches; labels stand in the right margin."""
TITLE_SIZE, WORDS_SIZE, FOOT_SIZE = 14.0, 9.5, 7.5
BETWEEN = 0.42
"""Inches between panels, for the title of the lower one."""
BAR_HEIGHT = 0.25


def resilience(outcome: Outcome, axes: Sequence[Axes] | None = None, provenance: Provenance | None = None) -> Figure:
    """The picture of an outcome: lines are medians over replications, bands hold 90 % of them.

    On `axes` of your own (one for the shocks, then one for each panel) only the panels are drawn; the space to the
    right of them is for labels.
    """
    shown, drawn = bars(outcome)[:MOST], panels(outcome)
    with look():
        if axes is not None:
            figure = axes[0].get_figure(root=True)
            if figure is None or len(axes) != 1 + len(drawn):
                raise ValueError(
                    f"{1 + len(drawn)} axes of a figure are needed: for the shocks and {len(drawn)} panels"
                )
        else:
            figure, axes = _laid_out(outcome, shown, drawn, provenance or gather(outcome))
        last = max(1, outcome.days - 1)
        draw_bars(axes[0], shown, len(outcome.windows), last, RIGHT - 0.15)
        for panel, place in zip(drawn, axes[1:], strict=True):
            draw_panel(place, panel, shown, last, RIGHT - 0.1)
        _mark_dates(axes, outcome)
        warn_undrawable(_texts(outcome, shown, drawn))
    return figure


def _laid_out(
    outcome: Outcome, shown: Sequence[Bar], drawn: Sequence[Panel], provenance: Provenance
) -> tuple[Figure, list[Axes]]:
    """A figure just high enough, with its title, headline and foot, and the empty axes."""
    draft = new_figure(WIDTH, 1.0)
    across = WIDTH - 0.45
    title = wrapped(draft, literal(outcome.scenario.title), TITLE_SIZE, across, 2)
    words = wrapped(draft, headline(outcome), WORDS_SIZE, across, 3)
    foot = wrapped(draft, f"{_how_to_read(drawn)}{provenance.line}", FOOT_SIZE, across, 3)
    heights = [max(0.02, BAR_HEIGHT * len(shown)), *(panel.height for panel in drawn)]
    top = 0.2 + 0.26 * (title.count("\n") + 1) + 0.185 * (words.count("\n") + 1) + 0.34
    bottom = 0.5 + 0.14 * (foot.count("\n") + 1)
    figure = new_figure(WIDTH, top + sum(heights) + BETWEEN * len(drawn) + bottom)
    height = float(figure.get_size_inches()[1])
    left = 0.15 / WIDTH
    figure.text(left, 1 - 0.15 / height, title, fontsize=TITLE_SIZE, weight="bold", va="top", color=INK)
    under = 0.2 + 0.26 * (title.count("\n") + 1)
    figure.text(left, 1 - under / height, words, fontsize=WORDS_SIZE, va="top", color=INK, linespacing=1.3)
    figure.text(left, 0.1 / height, foot, fontsize=FOOT_SIZE, va="bottom", color=GREY)
    return figure, _stacked(figure, heights, top)


def _stacked(figure: Figure, heights: Sequence[float], top: float) -> list[Axes]:
    height = float(figure.get_size_inches()[1])
    axes, reached = [], height - top
    for size in heights:
        place = (LEFT / WIDTH, (reached - size) / height, (WIDTH - LEFT - RIGHT) / WIDTH, size / height)
        axes.append(figure.add_axes(place))
        reached -= size + BETWEEN
    return axes


def _mark_dates(axes: Sequence[Axes], outcome: Outcome) -> None:
    """Dates below the last panel, and the same marks without words on the others."""
    marked, words = date_ticks(outcome.scenario.start, max(1, outcome.days - 1))
    for place in axes:
        place.set_xticks(marked, [] if place is not axes[-1] else words)
        place.tick_params(axis="x", length=3, color=GREY)


def _how_to_read(drawn: Sequence[Panel]) -> str:
    many = any(not np.array_equal(line.low, line.high) for panel in drawn for line in panel.lines)
    return "Lines: medians of replications; bands: 5 % to 95 % of them. " if many else ""


def _texts(outcome: Outcome, shown: Sequence[Bar], drawn: Sequence[Panel]) -> list[str]:
    names = [line.name for panel in drawn for line in panel.lines]
    return [outcome.scenario.title, headline(outcome), *(bar.name for bar in shown), *names]
