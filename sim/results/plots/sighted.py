"""The picture of a scenario held against what was seen: dots, the model's median, and its 80 % band."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.naive import control_of, forecasts
from sim.results.plots import captions
from sim.results.plots.captions import Caption
from sim.results.plots.drawing import LINE_HEIGHT, figure_of, inches_of
from sim.results.plots.page import blank, warn_of_missing_glyphs
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.style import BAND_ALPHA, BLUE, FAINT, GREEN, GREY, ORANGE, VERMILLION, look, new_figure
from sim.results.provenance import Provenance
from sim.results.sightings import Seen, Sighting, whole_of
from sim.results.terminal import literal
from sim.scenario.observed import Window
from sim.scenario.scenario import Scenario

PANEL, DATES = 2.5, 0.42
"""Inches of a panel, and for the dates below it."""
KEY, KEY_LINE, COLUMNS = 0.08, 0.17, {"wide": 6, "narrow": 2}
"""Inches above the first panel for the key and each of its lines, and how many stand in a line."""
LEFT, RIGHT = 0.45, 0.25
"""Inches beside the panels, for their scale and for the last of the dates."""
NAIVE = {"no_change": GREY, "stop": ORANGE, "rush": ORANGE}
"""Naive forecasts that are drawn, and how."""
SAID = "What was seen, beside the model's median and its 80 % band, in percent of usual."


def sighted(
    sightings: Sequence[Sighting],
    scenario: Scenario,
    provenance: Provenance,
    axes: Sequence[Axes] | None = None,
    sheet: Sheet = WIDE,
) -> Figure:
    """A panel for each series: what was seen, and the model's median with its 80 % band; in percent of usual.

    `axes` of your own are one for each series, for series have days of their own. Raises ValueError if there are not
    as many.
    """
    if axes is not None and len(axes) != len(sightings):
        raise ValueError(f"{len(sightings)} axes are needed: one for each series")
    with look():
        made = list(axes) if axes is not None else _laid_out(sightings, scenario, provenance, sheet)
        for place, one in zip(made, sightings, strict=True):
            draw_sighting(place, one, scenario, sheet)
        _legend(made[0], sheet)
        warn_of_missing_glyphs(figure_of(made[0]))
    return figure_of(made[0])


def _laid_out(sightings: Sequence[Sighting], scenario: Scenario, provenance: Provenance, sheet: Sheet) -> list[Axes]:
    """A panel for each series, one below the other, the first with room for the key above its title."""
    entries = max(len(_scratch(one, scenario).get_legend_handles_labels()[0]) for one in sightings)
    above = [captions.height_of(_caption(one), sheet) for one in sightings]
    key = KEY + KEY_LINE * -(-entries // COLUMNS[sheet.name])
    body = key + sum(above) + len(sightings) * (PANEL + DATES)
    page, down, made = blank(scenario.title, SAID, provenance.line, body, 0.0, sheet), key, list[Axes]()
    for gap in above:
        made.append(page.axes(LEFT, down + gap, sheet.width - LEFT - RIGHT, PANEL))
        down += gap + PANEL + DATES
    return made


def _scratch(sighting: Sighting, scenario: Scenario) -> Axes:
    """The series on axes of no page, to see how many entries the key will have."""
    return draw_sighting(new_figure(9.5, 4.0).subplots(), sighting, scenario)


def _caption(sighting: Sighting) -> Caption:
    return Caption(literal(sighting.seen.series.title), f"% of {whole_of(sighting.seen)}")


def draw_sighting(axes: Axes, sighting: Sighting, scenario: Scenario, sheet: Sheet = WIDE) -> Axes:
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
    axes.plot(at, 100.0 * sighting.median, color=BLUE, linewidth=1.6, marker=".", label="model, median")
    least, most = (100.0 * bound for bound in seen.bounds)
    if np.any(least < most):
        axes.vlines(at, least, most, color=VERMILLION, linewidth=1.2)
    axes.plot(at, 100.0 * seen.shares, "o", color=VERMILLION, markersize=4.5, label="seen", zorder=4)
    axes.set_ylim(0.0, 1.08 * float(max(np.max(high), np.max(100.0 * seen.shares), 105.0)))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.tick_params(labelsize=8)
    _dates(axes)
    captions.write(axes, _caption(sighting), sheet)
    return axes


def _windows(axes: Axes, seen: Seen) -> None:
    """The fitted and the scored periods, shaded, with a word each, one lower than the other."""
    for i, (window, color, word) in enumerate(((seen.entry.fit, GREEN, "fitted"), (seen.entry.score, GREY, "scored"))):
        if window is not None:
            first, last = _ends(seen, window)
            axes.axvspan(first, last, color=color, alpha=0.10, linewidth=0)
            y = 0.985 - i * LINE_HEIGHT / inches_of(axes)[1]
            axes.text(first, y, f" {word}", transform=axes.get_xaxis_transform(), va="top", fontsize=8.0, color=GREY)


def _dates(axes: Axes) -> None:
    most = max(6, min(9, int(1.2 * inches_of(axes)[0])))
    locator = AutoDateLocator(minticks=min(4, most - 1), maxticks=most)  # type: ignore[no-untyped-call]
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


def _legend(axes: Axes, sheet: Sheet) -> None:
    """What lines and dots stand for, above the title of the panel."""
    wide, high = inches_of(axes)
    lines = axes.get_title(loc="left").count("\n") + 1
    axes.legend(
        frameon=False, fontsize=8.0, ncols=COLUMNS[sheet.name], loc="lower left", handletextpad=0.5, columnspacing=1.3,
        bbox_to_anchor=((EDGE - LEFT) / wide, 1.0 + (0.16 + captions.TITLE_LINE * lines) / high), borderaxespad=0.0,
        borderpad=0.0, labelspacing=0.25,
    )  # fmt: skip
