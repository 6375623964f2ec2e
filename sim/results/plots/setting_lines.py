"""Lines over the settings of one path, in a panel with a name for each: beside it, or on a narrow page above it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.results.plots import captions, setting_axis
from sim.results.plots.captions import Caption
from sim.results.plots.drawing import dashes, figure_of, label_lines, say_nothing
from sim.results.plots.page import blank, warn_of_missing_glyphs
from sim.results.plots.panels import Line
from sim.results.plots.setting_axis import Settings
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import BAND_ALPHA, COLORS, look
from sim.results.table import Estimate
from sim.results.terminal import literal

HEIGHT, HEAD = 3.2, 0.22
"""Inches of the panel, and above it for its title."""


@dataclass(frozen=True)
class Chart:
    """Lines over settings, and what is said of them."""

    title: str
    """Of the page."""
    says: str
    foot: str
    caption: str
    """What is measured, with its unit."""
    empty: str
    """What to say where there is no line."""
    settings: Settings
    lines: tuple[Line, ...]
    """Low, middle and high at each setting, in the order of the settings."""


def setting_lines(chart: Chart, axes: Axes | None = None, sheet: Sheet = WIDE) -> Figure:
    """The lines on a page, or on `axes` of your own, with names to their right (narrow: above them)."""
    entries = [(color, one.name, f", {one.figure}") for one, color in zip(chart.lines, COLORS, strict=False)]
    caption = Caption(chart.caption, "", entries)
    with look():
        if axes is None:
            above = captions.height_of(caption, sheet) - captions.BETWEEN + HEAD
            under = setting_axis.below(chart.settings, sheet.panel, sheet)
            made = blank(chart.title, chart.says, chart.foot, above + HEIGHT, under + 0.1, sheet)
            axes = made.axes(sheet.left, above, sheet.panel, HEIGHT)
        _draw(axes, chart, sheet)
        captions.write(axes, caption, sheet)
        warn_of_missing_glyphs(figure_of(axes))
    return figure_of(axes)


def line_of(name: str, estimates: Sequence[object], factor: float = 1.0, unit: str = "") -> Line:
    """A line through estimates, times a factor; beside its name stand the least and the most of its means."""
    mean, low, high = factor * np.array([bounds(one) for one in estimates]).reshape(-1, 3).T
    known = mean[np.isfinite(mean)]
    ends = [f"{end:.3g}".replace("-", "−") for end in (known.min(), known.max())] if known.size else ["nowhere known"]
    said = ends[0] if ends[0] == ends[-1] else " to ".join(ends)
    return Line(literal(name), literal(f"{said} {unit}".rstrip()), low, mean, high, 1.0)


def bounds(estimate: object) -> tuple[float, float, float]:
    """Mean and both ends of the interval, the mean where there is none."""
    if not isinstance(estimate, Estimate):
        return math.nan, math.nan, math.nan
    known = math.isfinite(estimate.low + estimate.high)
    return estimate.mean, estimate.low if known else estimate.mean, estimate.high if known else estimate.mean


def _draw(axes: Axes, chart: Chart, sheet: Sheet) -> None:
    order = np.argsort(chart.settings.at, kind="stable")
    across = np.array(chart.settings.at)[order]
    shown = chart.lines[: len(COLORS)]
    for line, color, dash in zip(shown, COLORS, dashes([line.middle for line in shown]), strict=False):
        middle = line.middle[order]
        axes.plot(across, middle, linestyle=dash, color=color, marker="o", markersize=4, lw=1.6, label=line.name)
        axes.fill_between(across, line.low[order], line.high[order], color=color, alpha=BAND_ALPHA, linewidth=0)
    setting_axis.level(axes)
    setting_axis.dress(axes, chart.settings, sheet)
    if not chart.lines:
        say_nothing(axes, chart.empty)
    elif sheet.has_margin:
        label_lines(axes, [_at_end(line, order) for line in chart.lines], sheet.margin)


def _at_end(line: Line, order: NDArray[np.intp]) -> Line:
    """The line from left to right as far as its numbers are known, so that its name stands at its end."""
    middle = line.middle[order]
    known = middle[np.isfinite(middle)]
    return Line(line.name, line.figure, line.low, known if known.size else np.zeros(1), line.high, line.hit)
