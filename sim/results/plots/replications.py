"""Single replications side by side: what happened, beside what quantiles over all of them can show."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.errors import ScenarioError, suggest
from sim.results.curves import Curve
from sim.results.losses import is_hit, loss_days
from sim.results.measured import curve_at, place_of
from sim.results.outcome import Outcome
from sim.results.plots.column import keep_dates
from sim.results.plots.drawing import bare, shade_all
from sim.results.plots.headline import worst_hit
from sim.results.plots.page import Page, page, warn_of_missing_glyphs
from sim.results.plots.panels import MOST, bars
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import BLUE, GREY, INK, date_ticks, look
from sim.results.provenance import Provenance
from sim.results.terminal import literal, number

MOST_SHOWN = 12
LEFT, RIGHT, TALL, LARGE = 0.6, 0.2, 0.95, 2.2
"""Inches: to the left of the first and right of the last, and of the height of one among many and of an only one."""
GAP, BESIDE = 0.35, 0.5
"""Inches between panels: for the title of the lower one, and for dates not to meet."""


def replications(outcome: Outcome, provenance: Provenance | None = None, at: str = "", sheet: Sheet = WIDE) -> Figure:
    """Up to 12 replications of the place that is hit most, or of the place `at`, evenly from least to most lost.

    Blue is with the shocks, grey without; all panels have the same scale. There are as many panels as replications that
    differ, one where all are alike, so it lays them out itself and takes no axes.
    """
    curve = _asked(outcome, at)
    lost = loss_days(curve)
    chosen, hit = _chosen(curve, lost), is_hit(curve)
    across = sheet.across
    rows, tall = -(-len(chosen) // across), LARGE if len(chosen) == 1 else TALL
    above = f"{_what(outcome, curve)}, {curve.unit} a day: {_how_many(len(chosen), lost.size)}"
    with look():
        read = "Blue: with the shocks; grey: the same luck without them; shaded: the time of shocks. "
        made = page(outcome, above, read, rows * (tall + GAP), provenance, sheet=sheet)
        top = 1.05 * max(1e-9, float(np.max(curve.shocked[:, chosen])), float(np.max(curve.baseline[:, chosen])))
        for i, index in enumerate(chosen):
            axes = _panel(made, i, len(chosen), top, outcome, sheet)
            _draw(axes, curve, int(index), outcome)
            said = f"no. {outcome.replications[index]}: {_lost_words(float(lost[index]), bool(hit[index]))}"
            axes.set_title(said, loc="left", fontsize=8, color=INK, pad=3)
        warn_of_missing_glyphs(made.figure)
    return made.figure


def evenly(lost: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which to show: from the least lost to the most, evenly spread over ranks."""
    order = np.argsort(lost, kind="stable")
    ranks = np.unique(np.linspace(0, lost.size - 1, min(MOST_SHOWN, lost.size)).round().astype(int))
    return np.asarray(order[ranks])


def _chosen(curve: Curve, lost: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which to show; one where all are alike."""
    differ = any(float(np.max(np.ptp(daily, axis=1))) > 0.0 for daily in (curve.shocked, curve.baseline))
    return evenly(lost) if differ else np.zeros(1, dtype=np.intp)


def _asked(outcome: Outcome, at: str) -> Curve:
    """The place that was named, else the one that is hit most, else the last of the chain."""
    if at:
        places = place_of(outcome, at)
        if not places:
            known = sorted({*outcome.markets, *outcome.facilities})
            raise ScenarioError(f"no facility or market '{at[:60]}'.{suggest(at, known)}")
        curves = [curve_at(outcome, place) for place in places]
        return max(curves, key=lambda curve: (float(np.mean(loss_days(curve))), curve.name))
    found = worst_hit(outcome)
    return found[1] if found else curve_at(outcome, [*outcome.facilities, *outcome.markets][-1])


def _what(outcome: Outcome, curve: Curve) -> str:
    what = "Sales to" if curve.name in outcome.markets else "Output of"
    return f"{what} {literal(curve.name)}"


def _how_many(shown: int, of: int) -> str:
    if of == 1:
        return "the only replication"
    if shown == 1:
        return f"one of {of:,} replications that are all alike"
    return f"{shown} of {of:,} replications, from the smallest loss to the largest"


def _lost_words(days: float, hit: bool) -> str:
    if math.isnan(days) or abs(days) < 1e-9:
        return "all made up" if hit else "nothing lost"
    return f"{number(abs(days))} days {'lost' if days > 0 else 'gained'}"


def _panel(made: Page, i: int, of: int, top: float, outcome: Outcome, sheet: Sheet) -> Axes:
    """The next panel; only the first of a row says the scale, and only the last of a column the dates."""
    row, column = divmod(i, sheet.across)
    across, tall = min(sheet.across, of), LARGE if of == 1 else TALL
    wide = (sheet.width - LEFT - RIGHT - (across - 1) * BESIDE) / across
    axes = made.axes(LEFT + column * (wide + BESIDE), row * (tall + GAP), wide, tall)
    last = max(1, outcome.days - 1)
    bare(axes, last)
    axes.set_ylim(-0.02 * top, top)
    if column:
        axes.tick_params(axis="y", labelleft=False)
    marked, words = date_ticks(outcome.scenario.start, last, most=sheet.dates if of == 1 else sheet.dates // 2)
    axes.set_xticks(marked, words if i + sheet.across >= of else [])
    axes.tick_params(axis="x", length=3, color=GREY, labelsize=7)
    if not sheet.has_margin:
        keep_dates(axes, RIGHT)
    return axes


def _draw(axes: Axes, curve: Curve, index: int, outcome: Outcome) -> None:
    shade_all(axes, bars(outcome)[:MOST])
    day = np.arange(curve.days)
    axes.plot(day, curve.baseline[:, index], color=GREY, linewidth=0.8, zorder=2, label="without the shocks")
    axes.plot(day, curve.shocked[:, index], color=BLUE, linewidth=1.1, zorder=2.2, label="with the shocks")
