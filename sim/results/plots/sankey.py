"""The picture of flows: who ships how much to whom without the shocks, and with them on the days that miss most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim.engine.records import Array
from sim.results.outcome import Outcome
from sim.results.plots.arcs import Arc, draw_arcs, height_of, list_nodes
from sim.results.plots.drawing import figure_of, fit
from sim.results.plots.page import LEFT, page, warn_of_missing_glyphs
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.slots import Slots, slots_of
from sim.results.plots.style import FAINT, INK, day_words, look
from sim.results.plots.supplying import (
    LEAST_GAP,
    READ,
    Chart,
    carried,
    chart_of,
    inch_axes,
    labelled,
    legend,
    name_columns,
    unnamed,
)
from sim.results.provenance import Provenance
from sim.results.terminal import literal

LEGEND, THINNEST, NARROW_WIDEST = 1.1, 0.3, 8.0
"""On a narrow page: inches for the legend, and points of the thinnest link and of the widest."""
WINDOW = 30
"""Days over which flows are means."""
LABELS, TITLE, FOOT, BAR = 1.3, 0.47, 0.3, 0.09
"""Inches: right of the last column, above each of the two drawings, for the legend, and of the width of a node."""
PALE = "Pale grey: what is missing. "
CHANGED = 0.005
"""Share below which a change is not said."""


@dataclass(frozen=True)
class Flows:
    """Mean flow on each link over some days, as a share of what is usually shipped of its commodity."""

    first: int
    last: int
    """The first day of the window, and the last."""
    baseline: Mapping[str, float]
    shocked: Mapping[str, float]


def sankey(outcome: Outcome, provenance: Provenance | None = None, sheet: Sheet = WIDE) -> Figure:
    """Above without the shocks, below with them and the same luck, in the 30 days on which most is missing.

    On a narrow page one list of all nodes, with links as arcs over what they usually are. Two drawings have to share
    their places and their scale, so it lays them out itself and takes no axes.
    """
    if not sheet.has_margin:
        return _listed(outcome, provenance, sheet)
    chart, flows = chart_of(outcome), flows_of(outcome)
    width, height = sheet.width - 2 * LEFT, min(6.0, max(2.2, 0.19 * chart.most))
    slots = slots_of(chart, flows.baseline, flows.shocked, width - LABELS, height)
    with look():
        made = page(outcome, _above(outcome, flows), READ + PALE, 2 * (height + TITLE) + FOOT, provenance, sheet=sheet)
        for i, (title, shown) in enumerate(
            (("Without the shocks", flows.baseline), ("With the shocks", flows.shocked))
        ):
            axes = made.axes(LEFT, i * (height + TITLE) + 0.15, width, height)
            inch_axes(axes, width, height)
            axes.text(0.0, -0.21, title, fontsize=9.5, color=INK, va="bottom")
            left_out = _draw(axes, chart, slots, flows, shown)
            name_columns(
                axes,
                outcome,
                chart,
                [slots.left[column[0]] for column in chart.columns],
                [*[slots.step - 0.15] * (len(chart.columns) - 1), LABELS],
            )
        legend(axes, chart, unnamed(left_out), width, height + 0.3)
        warn_of_missing_glyphs(made.figure)
    return made.figure


def _listed(outcome: Outcome, provenance: Provenance | None, sheet: Sheet) -> Figure:
    chart, flows = chart_of(outcome), flows_of(outcome)
    tall, width = height_of(chart), sheet.width - 2 * LEFT
    with look():
        made = page(outcome, _above(outcome, flows), READ + PALE, tall + LEGEND, provenance, sheet=sheet)
        axes = made.axes(LEFT, 0.0, width, tall + LEGEND)
        inch_axes(axes, width, tall + LEGEND)
        before, after = chart.through(flows.baseline), chart.through(flows.shocked)
        changes = {name: change for name in before if (change := _change(before[name], after[name]))}
        at = list_nodes(axes, outcome, chart, sheet, changes)
        draw_arcs(axes, chart, at, [*_arcs(chart, flows)], sheet)
        legend(axes, chart, ["beside a name: change of what passes it"], width, tall + 0.25)
        warn_of_missing_glyphs(made.figure)
    return made.figure


def _arcs(chart: Chart, flows: Flows) -> Iterator[Arc]:
    """What each link carries with the shocks, over what it carries without them."""
    for link in sorted(chart.ties, key=lambda one: -flows.baseline[one]):
        for flow, color, alpha, order in (
            (flows.baseline[link], FAINT, 1.0, 1.0),
            (flows.shocked[link], chart.color(chart.ties[link].seller), 0.55, 1.2),
        ):
            if flow > 0.0:
                yield Arc(link, THINNEST + NARROW_WIDEST * flow, color, alpha, order=order)


def flows_of(outcome: Outcome) -> Flows:
    """Flows in the window in which links carry least, beside what they carry without the shocks."""
    totals = carried(outcome)
    shares = {
        name: tuple(
            np.mean(r["shipments", name], axis=1) / totals[lane.commodity] for r in (outcome.baseline, outcome.shocked)
        )
        for name, lane in outcome.links.items()
    }
    days = min(WINDOW, outcome.days)
    missing = np.zeros(outcome.days) + sum(before - after for before, after in shares.values())
    first = _worst(missing, days, outcome.first_day)
    means = [{name: float(np.mean(pair[i][first : first + days])) for name, pair in shares.items()} for i in (0, 1)]
    return Flows(first, first + days - 1, *means)


def _worst(missing: Array, days: int, first_shock: float) -> int:
    """The first day of the window that misses most; of the first shock's, or of the run, where nothing is missing."""
    sums = np.convolve(missing, np.ones(days), mode="valid")
    if np.max(sums) > 1e-9:
        return int(np.argmax(sums))
    return 0 if np.isnan(first_shock) else min(int(first_shock), len(missing) - days)


def _above(outcome: Outcome, flows: Flows) -> str:
    first, last = day_words(outcome.date(flows.first)), day_words(outcome.date(flows.last))
    mean = "" if len(outcome.replications) == 1 else f", means of {len(outcome.replications):,} replications"
    missing = any(flows.shocked[link] < flows.baseline[link] - 1e-9 for link in flows.baseline)
    why = "the days on which most is missing" if missing else "when nothing is missing on any day"
    return f"Who ships to whom from {first} to {last}, {why}{mean}."


def _draw(axes: Axes, chart: Chart, slots: Slots, flows: Flows, shown: Mapping[str, float]) -> int:
    """Links, nodes and labels; how many labels there is no room for."""
    for link, tie in chart.ties.items():
        for flow, color, alpha in ((flows.baseline[link], FAINT, 1.0), (shown[link], chart.color(tie.seller), 0.55)):
            if flow > 0.0:
                _ribbon(axes, slots, link, chart, flow, (color, alpha))
    before, after = chart.through(flows.baseline), chart.through(shown)
    left_out = 0
    for column in chart.columns:
        middle = {name: slots.top[name] + slots.high[name] / 2 for name in column}
        said = labelled(middle, before, LEAST_GAP)
        left_out += len(column) - len(said)
        for name in column:
            axes.add_patch(
                Rectangle(
                    (slots.left[name], slots.top[name]),
                    BAR,
                    max(0.012, slots.high[name]),
                    color=chart.color(name),
                    linewidth=0,
                    zorder=2,
                    label=name,
                )
            )
            if name in said:
                _label(axes, slots, name, middle[name], _change(before[name], after[name]))
    return left_out


def _ribbon(axes: Axes, slots: Slots, link: str, chart: Chart, flow: float, look: tuple[str, float]) -> None:
    tie, thick = chart.ties[link], flow * slots.scale
    x0, x1 = slots.left[tie.seller] + BAR, slots.left[tie.buyer]
    y0, y1 = slots.leaves[link], slots.enters[link]
    reach = max(0.3, 0.5 * abs(x1 - x0))
    upper = [(x0, y0), (x0 + reach, y0), (x1 - reach, y1), (x1, y1)]
    lower = [(x1, y1 + thick), (x1 - reach, y1 + thick), (x0 + reach, y0 + thick), (x0, y0 + thick)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
    color, alpha = look
    patch = PathPatch(Path(upper + lower, codes), facecolor=color, alpha=alpha, linewidth=0, zorder=1, label=link)
    axes.add_patch(patch)


def _label(axes: Axes, slots: Slots, name: str, y: float, change: str) -> None:
    """The name to the right of its node, on what lies behind."""
    backed = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.7}
    x = slots.left[name] + BAR + 0.04
    words = axes.text(x, y, "", fontsize=6.8, va="center", color=INK, zorder=3, bbox=backed)
    fit(figure_of(axes), words, literal(name), change, min(slots.step - 0.25, LABELS - 0.2))


def _change(before: float, after: float) -> str:
    """By how much less or more passes a node, where it is to be seen."""
    if before <= 0.0 or abs(after / before - 1.0) < CHANGED:
        return ""
    return f" {100.0 * (after / before - 1.0):+.0f} %".replace("-", "−")
