"""The map of a network: stages from left to right, width by usual flow, colour by country, shocked links marked."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from sim.results.outcome import Outcome
from sim.results.plots.arcs import Arc, draw_arcs, height_of, list_nodes
from sim.results.plots.drawing import figure_of, inches_of
from sim.results.plots.order import Tie
from sim.results.plots.page import LEFT, page, warn_of_missing_glyphs
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import INK, look
from sim.results.plots.supplying import (
    LEAST_GAP,
    READ,
    Chart,
    chart_of,
    fit_country,
    inch_axes,
    labelled,
    legend,
    name_columns,
    unnamed,
)
from sim.results.provenance import Provenance

PITCH, TALLEST, FOOT = 0.31, 11.0, 0.45
"""Inches: from one node to the next, of the whole map at most, and for the legend below it."""
BOX, HIGH = 1.5, 0.22
"""Inches: widest and highest box of a node."""
WIDEST, THINNEST = 9.0, 0.5
"""Points: of a link that carries all there is of its commodity, and of one that carries next to nothing."""
LEGEND, NARROW_WIDEST = 1.25, 6.0
"""On a narrow page: inches for the legend, and points of the widest link."""
MARKS = ("dashed: a shock acts on the link", "thick edge: a shock acts there", "dotted: no usual flow")

Places = Mapping[str, tuple[float, float]]


def network_map(
    outcome: Outcome, axes: Axes | None = None, provenance: Provenance | None = None, sheet: Sheet = WIDE
) -> Figure:
    """Facilities and markets in columns by stage, ordered so that few links cross; on a narrow page in one list.

    On `axes` of your own only the map and its legend are drawn.
    """
    chart = chart_of(outcome)
    with look():
        if axes is None and not sheet.has_margin:
            return _listed(outcome, chart, provenance, sheet)
        if axes is None:
            height = min(TALLEST, max(2.0, PITCH * chart.most)) + FOOT
            made = page(outcome, _counted(outcome), READ, height, provenance, sheet=sheet)
            axes = made.axes(LEFT, 0.0, sheet.width - 2 * LEFT, height)
        width, height = inches_of(axes)
        inch_axes(axes, width, height)
        _draw(axes, outcome, chart, width, height - FOOT)
        warn_of_missing_glyphs(figure_of(axes))
    return figure_of(axes)


def _counted(outcome: Outcome) -> str:
    scenario = outcome.scenario
    hit = sum(name in outcome.struck for name in outcome.links)
    markets = f"{len(outcome.markets)} market{'' if len(outcome.markets) == 1 else 's'}"
    facilities = f"{len(scenario.facilities)} {'facility' if len(scenario.facilities) == 1 else 'facilities'}"
    links = f"{len(outcome.links)} link{'' if len(outcome.links) == 1 else 's'}"
    return f"Who supplies whom by plan: {facilities}, {markets}, {links}, of which shocks act on {hit}."


def _draw(axes: Axes, outcome: Outcome, chart: Chart, width: float, height: float) -> None:
    step = width / max(1, len(chart.columns))
    box = min(BOX, 0.76 * step)
    lefts = [i * (width - box) / max(1, len(chart.columns) - 1) for i in range(len(chart.columns))]
    at = {
        name: (x, (i + 0.5) * height / len(column))
        for column, x in zip(chart.columns, lefts, strict=True)
        for i, name in enumerate(column)
    }
    for link, tie in sorted(chart.ties.items(), key=lambda item: -item[1].weight):
        _draw_link(axes, tie, at, box, chart.color(tie.seller), link in outcome.struck)
    high = min(HIGH, 0.8 * height / chart.most)
    hit = _hit(outcome)
    left_out = 0
    for column in chart.columns:
        through = chart.through({link: tie.weight for link, tie in chart.ties.items()})
        said = labelled({name: at[name][1] for name in column}, through, LEAST_GAP)
        left_out += len(column) - len(said)
        for name in column:
            _draw_node(axes, chart, name, at[name], (box, high), name in hit, name in said)
    name_columns(axes, outcome, chart, lefts, [*[step - 0.15] * (len(lefts) - 1), box])
    legend(axes, chart, [*MARKS, *unnamed(left_out)], width, height + 0.3)


def _hit(outcome: Outcome) -> set[str]:
    """Nodes and links that a shock acts on."""
    return {target.split(": ")[0] for target in outcome.struck} | outcome.struck


def _listed(outcome: Outcome, chart: Chart, provenance: Provenance | None, sheet: Sheet) -> Figure:
    """The same as one list with arcs: there is no room for columns."""
    tall = height_of(chart)
    made = page(outcome, _counted(outcome), READ, tall + LEGEND, provenance, sheet=sheet)
    width = sheet.width - 2 * LEFT
    axes = made.axes(LEFT, 0.0, width, tall + LEGEND)
    inch_axes(axes, width, tall + LEGEND)
    at, hit = list_nodes(axes, outcome, chart, sheet, {}, sorted(_hit(outcome))), outcome.struck
    arcs = [
        Arc(link, THINNEST + NARROW_WIDEST * tie.weight, chart.color(tie.seller), line=_line(tie))
        for link, tie in sorted(chart.ties.items(), key=lambda item: -item[1].weight)
    ]
    dashes = [Arc(link, 0.8, INK, 1.0, (0, (3, 2)), 1.5) for link in sorted(hit & set(chart.ties))]
    draw_arcs(axes, chart, at, [*arcs, *dashes], sheet)
    legend(axes, chart, MARKS, width, tall + 0.25)
    warn_of_missing_glyphs(made.figure)
    return made.figure


def _line(tie: Tie) -> str | tuple[int, tuple[int, ...]]:
    """Dotted where nothing usually flows."""
    return (0, (1, 2)) if tie.weight <= 0.0 else "-"


def _draw_link(axes: Axes, tie: Tie, at: Places, box: float, color: str, hit: bool) -> None:
    """A curve from the right of the seller to the left of the buyer."""
    (x0, y0), (x1, y1) = at[tie.seller], at[tie.buyer]
    x0 += box
    reach = max(0.35, 0.5 * abs(x1 - x0))
    curve = Path(
        [(x0, y0), (x0 + reach, y0), (x1 - reach, y1), (x1, y1)], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    )
    line = _line(tie)
    thick = THINNEST + WIDEST * tie.weight
    same = {"facecolor": "none", "capstyle": "butt", "clip_on": False}
    axes.add_patch(PathPatch(curve, edgecolor=color, linewidth=thick, alpha=0.5, linestyle=line, zorder=1, **same))
    if hit:
        axes.add_patch(PathPatch(curve, edgecolor=INK, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1.5, **same))


def _draw_node(
    axes: Axes, chart: Chart, name: str, at: tuple[float, float], size: tuple[float, float], hit: bool, said: bool
) -> None:
    """A box in a pale shade of its country's colour, with its name and country in it."""
    (x, y), (wide, high) = at, size
    color = chart.color(name)
    pale = tuple(1.0 - 0.25 * (1.0 - part) for part in to_rgb(color))
    edge, thick = (INK, 1.6) if hit else (color, 0.8)
    shape = FancyBboxPatch((x, y - high / 2), wide, high, boxstyle="round,pad=0,rounding_size=0.04")
    shape.set(facecolor=pale, edgecolor=edge, linewidth=thick, zorder=2, clip_on=False, label=name)
    axes.add_patch(shape)
    if said:
        size_of = max(5.0, min(7.5, high * 72 * 0.62))
        words = axes.text(x + 0.05, y, "", fontsize=size_of, va="center", color=INK, zorder=3)
        fit_country(figure_of(axes), words, chart, name, wide - 0.1)
