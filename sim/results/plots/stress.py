"""The picture of a stress test: the worst knock-outs, what is lost in each, and how long it would be survived."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.results.knockout import KINDS
from sim.results.knockout_table import Tested, in_order
from sim.results.plots.drawing import fit, wrapped
from sim.results.plots.style import BLUE, FAINT, GREEN, GREY, INK, ORANGE, VERMILLION, look, new_figure, warn_undrawable
from sim.results.provenance import Provenance
from sim.results.statistics import TOO_FEW, summarize
from sim.results.terminal import literal

MOST = 20
"""Bars at most."""
WIDTH, ROW, ABOVE, BELOW = 8.0, 0.26, 1.2, 0.8
"""Inches: of the picture, of a bar, and of what stands above and below the bars."""
LEFT, RIGHT = 2.85, 1.55
"""Inches for the names, and for the figures beside the bars."""
COLOR = dict(zip(KINDS, (BLUE, ORANGE, VERMILLION, GREEN), strict=True))
MARKS = ("o", "D", "s", "^", "v")
"""Of outages shorter than the longest, the next longest first."""


def stress(tested: Sequence[Tested], of: str, title: str, provenance: Provenance) -> Figure:
    """A bar for each of the worst knock-outs, as long as the share of sales lost in the longest outage that was tried.

    Marks are shorter outages, whiskers 95 % intervals; what is one and the same outage has one bar.
    """
    days = max(tested[0].harms)
    shown = [one for one in in_order(tested) if not one.knockout.same_as and one.loss(days) > 0.0][:MOST]
    shown.sort(key=lambda one: -one.loss(days))
    with look():
        figure = new_figure(WIDTH, 1.0)
        heading = wrapped(figure, literal(title), 13.0, WIDTH - 0.4, 2, "bold")
        above = ABOVE + 0.22 * heading.count("\n")
        height = above + BELOW + ROW * max(3, len(shown))
        figure.set_figheight(height)
        box = (LEFT / WIDTH, BELOW / height, (WIDTH - LEFT - RIGHT) / WIDTH, (height - above - BELOW) / height)
        axes = figure.add_axes(box)
        _dress(axes, len(shown), of)
        if shown:
            _bars(axes, shown, days)
            _figures(figure, axes, shown, days)
            _key(figure, shown, [*tested[0].harms], 1.0 - (above - 0.58) / height)
        else:
            axes.text(0.0, 0.5, "nothing is lost in any outage", transform=axes.transAxes, va="center", color=GREY)
        figure.text(0.02, 1.0 - 0.14 / height, heading, fontsize=13.0, weight="bold", va="top", color=INK)
        figure.text(0.02, 1.0 - (above - 0.62) / height, _said(days, len(shown)), fontsize=9.5, va="bottom", color=INK)
        figure.text(0.02, 0.1 / height, provenance.line, fontsize=7.5, va="bottom", color=GREY)
        warn_undrawable([title, of, *(one.knockout.name for one in shown)])
    return figure


def _said(days: float, count: int) -> str:
    what = f"the {count} worst knock-outs" if count > 1 else "the worst knock-out"
    return f"Stress test: {what} when out for {days:g} days, and how long each is survived"


def _dress(axes: Axes, count: int, of: str) -> None:
    axes.set_ylim(max(3, count) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(FAINT)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(literal(f"{of} lost over the whole run (%)"), fontsize=9.0, color=INK)


def _bars(axes: Axes, shown: Sequence[Tested], days: float) -> None:
    for row, one in enumerate(shown):
        share = summarize(one.harms[days].lost_share)
        axes.barh(row, 100.0 * share.mean, height=0.68, color=COLOR[one.knockout.kind], linewidth=0)
        if share.has_interval and share.high > share.low and not share.note.startswith(TOO_FEW):
            axes.plot([100.0 * share.low, 100.0 * share.high], [row, row], color=INK, linewidth=1.0)
        shorter = sorted((length for length in one.harms if length != days), reverse=True)
        for length, mark in zip(shorter, MARKS, strict=False):
            style = {"markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK, "markeredgewidth": 0.8}
            axes.plot(100.0 * one.loss(length), row, mark, clip_on=False, zorder=3, **style)  # type: ignore[arg-type]
    axes.set_xlim(left=0.0)


def _figures(figure: Figure, axes: Axes, shown: Sequence[Tested], days: float) -> None:
    """Names to the left of the bars; time to survive and index to the right."""
    wide, most = WIDTH - LEFT - RIGHT, max(one.loss(days) for one in shown)
    survives, index = 1.0 + 0.85 / wide, 1.0 + 1.40 / wide
    for x, words in ((survives, "survives\n(days)"), (index, "risk\nindex")):
        axes.text(x, 1.005, words, transform=axes.transAxes, ha="right", va="bottom", fontsize=8.0, color=GREY)
    for row, one in enumerate(shown):
        at, label = axes.get_yaxis_transform(), {"va": "center", "fontsize": 8.0, "color": INK}
        name = axes.text(-0.08 / wide, row, "", transform=at, ha="right", **label)  # type: ignore[arg-type]
        fit(figure, name, literal(one.knockout.name), "", LEFT - 0.25)
        beyond = "beyond run" if math.isinf(one.survives) else f"{one.survives:g}"
        axes.text(survives, row, beyond, transform=at, ha="right", **label)  # type: ignore[arg-type]
        axes.text(index, row, f"{one.loss(days) / most:.2f}", transform=at, ha="right", **label)  # type: ignore[arg-type]


def _key(figure: Figure, shown: Sequence[Tested], lengths: Sequence[float], top: float) -> None:
    """What colours and marks stand for, in a line above the bars."""
    kinds = [kind for kind in KINDS if any(one.knockout.kind == kind for one in shown)]
    handles: list[Patch | Line2D] = [Patch(color=COLOR[kind], label=kind) for kind in kinds]
    style = {"markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK, "linestyle": ""}
    for length, mark in zip(sorted(lengths, reverse=True)[1:], MARKS, strict=False):
        handles.append(Line2D([], [], marker=mark, label=f"out for {length:g} days", **style))  # type: ignore[arg-type]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.02, top), ncols=len(handles), frameon=False, fontsize=8.0,
        handlelength=1.0, handletextpad=0.4, columnspacing=1.2, borderaxespad=0.0, borderpad=0.0,
    )  # fmt: skip
