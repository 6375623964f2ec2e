"""The curve of one place at a setting, beside the same place as the file has it and without shocks."""

import math

import numpy as np
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.outcome import Outcome
from sim.results.plots.column import Words, column, rows_of
from sim.results.plots.panels import MOST, Line, Panel, bars
from sim.results.plots.sheet import WIDE
from sim.results.plots.style import look, new_figure
from sim.results.telling import Course
from sim.results.terminal import number

HEIGHT = 2.6
"""Inches of the curve."""
BAR = 0.25
NOW = "as set now"
TITLES, DATES = 0.3, 0.35


def what_if(outcome: Outcome, now: Course, file: Course | None = None) -> Figure:
    """Shocks above, the curve below: `now` with its band, without shocks, and as in the `file` where that differs."""
    panel = _panel(now, file)
    shown = max(1, len(bars(outcome)[:MOST]))
    above = BAR * shown
    height = TITLES + above + TITLES + HEIGHT + DATES
    with look():
        figure = new_figure(WIDE.width, height)
        left, width = WIDE.left / WIDE.width, WIDE.panel / WIDE.width
        top = figure.add_axes((left, 1 - (TITLES + above) / height, width, above / height))
        below = figure.add_axes((left, DATES / height, width, HEIGHT / height))
    made = column(outcome, rows_of([panel]), Words(""), [top, below])
    for line in below.lines:
        if line.get_label() == NOW:
            line.set_zorder(2.3)  # over the others, which it is compared with
    return made


def _panel(now: Course, file: Course | None) -> Panel:
    lines = [
        _line(NOW, now.low, now.middle, now.high),
        _line("without shocks", now.baseline, now.baseline, now.baseline),
    ]
    if file is not None:
        lines.append(_line("as in the file", file.middle, file.middle, file.middle))
    return Panel(now.title, tuple(lines), "", None, 0.0, math.inf, HEIGHT)


def _line(name: str, low: Array, middle: Array, high: Array) -> Line:
    return Line(name, f"{number(float(np.mean(middle)))} a day on average", low, middle, high, 1.0)
