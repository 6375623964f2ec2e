"""The picture of a scenario held against what was seen: dots, the model's median, and its 80 % band."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.naive import control_of, forecasts
from sim.results.plots.drawing import wrapped
from sim.results.plots.style import (
    BAND_ALPHA,
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    VERMILLION,
    look,
    new_figure,
    warn_undrawable,
)  # fmt: skip
from sim.results.provenance import Provenance
from sim.results.sightings import Seen, Sighting
from sim.results.terminal import literal
from sim.scenario.observed import Window
from sim.scenario.scenario import Scenario

WIDTH, PANEL, ABOVE, BELOW, BETWEEN = 8.0, 2.5, 1.15, 0.75, 0.75
"""Inches."""
NAIVE = {"no_change": GREY, "stop": ORANGE, "rush": ORANGE}
"""Naive forecasts that are drawn, and how."""


def sighted(sightings: Sequence[Sighting], scenario: Scenario, provenance: Provenance) -> Figure:
    """A panel for each series: what was seen, and the model's median with its 80 % band; in percent of usual."""
    height = ABOVE + BELOW + len(sightings) * PANEL + (len(sightings) - 1) * BETWEEN
    with look():
        figure = new_figure(WIDTH, height)
        for i, one in enumerate(sightings):
            bottom = height - ABOVE - (i + 1) * PANEL - i * BETWEEN
            axes = figure.add_axes((0.085, bottom / height, 0.895, PANEL / height))
            draw_sighting(axes, one, scenario)
            if i == 0:
                _legend(axes)
        heading = wrapped(figure, literal(scenario.title), 13.0, (WIDTH - 0.4) / 1.16, 1)
        figure.text(0.02, 1 - 0.12 / height, heading, fontsize=13.0, weight="bold", va="top", color=INK)
        figure.text(0.02, 0.08 / height, provenance.line, fontsize=7.5, va="bottom", color=GREY)
        warn_undrawable([scenario.title, *(one.seen.series.title for one in sightings)])
    return figure


def draw_sighting(axes: Axes, sighting: Sighting, scenario: Scenario) -> Axes:
    """One series on these axes, which are returned."""
    seen = sighting.seen
    at = _middles(seen)
    low, high = (100.0 * bound for bound in sighting.band())
    _windows(axes, seen)
    for one in forecasts(seen, control_of(scenario)):
        if one.name in NAIVE:
            style = ":" if one.name == "rush" else "--"
            axes.plot(at, 100.0 * one.shares, style, color=NAIVE[one.name], linewidth=0.9, label=_short(one.name))
    axes.fill_between(at, low, high, color=BLUE, alpha=BAND_ALPHA, linewidth=0, label="80 % band")
    axes.plot(at, 100.0 * sighting.median, color=BLUE, linewidth=1.6, label="model, median")
    least, most = (100.0 * bound for bound in seen.bounds)
    if np.any(least < most):
        axes.vlines(at, least, most, color=VERMILLION, linewidth=1.2)
    axes.plot(at, 100.0 * seen.shares, "o", color=VERMILLION, markersize=4.5, label="seen", zorder=4)
    axes.set_ylim(0.0, 1.08 * float(max(np.max(high), np.max(100.0 * seen.shares), 105.0)))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    _dates(axes)
    title = f"{literal(seen.series.title)}, % of usual"
    axes.set_title(title, loc="left", fontsize=9.5, color=INK, pad=6)
    return axes


def _windows(axes: Axes, seen: Seen) -> None:
    """The fitted and the scored periods, shaded, with a word each."""
    for window, color, word in ((seen.entry.fit, GREEN, "fitted"), (seen.entry.score, GREY, "scored")):
        if window is not None:
            first, last = _ends(seen, window)
            axes.axvspan(first, last, color=color, alpha=0.10, linewidth=0)
            axes.text(
                first, 0.985, f" {word}", transform=axes.get_xaxis_transform(), va="top", fontsize=8.0, color=GREY
            )


def _dates(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _at(day: date) -> float:
    """A date as matplotlib counts."""
    return float(date2num(day))  # type: ignore[no-untyped-call]


def _ends(seen: Seen, window: Window) -> tuple[float, float]:
    """First and last day of the periods in a window, as matplotlib counts."""
    inside = [period for period in seen.periods if period.inside(window)]
    return _at(inside[0].first), _at(inside[-1].end)


def _middles(seen: Seen) -> Array:
    return np.array([_at(period.first) + 0.5 * period.days for period in seen.periods])


def _short(name: str) -> str:
    return {"no_change": "no change", "stop": "stop for the review", "rush": "rush, then stop"}[name]


def _legend(axes: Axes) -> None:
    axes.legend(
        frameon=False, fontsize=8.0, ncols=6, loc="lower left", bbox_to_anchor=(-0.01, 1.09), handletextpad=0.5,
        columnspacing=1.3,
    )  # fmt: skip
