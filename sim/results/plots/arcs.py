"""A network on a narrow page: all nodes in one list, stage by stage, and links as arcs beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim.results.outcome import Outcome
from sim.results.plots.drawing import figure_of, fit
from sim.results.plots.panels import stage_name
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import GREY, INK
from sim.results.plots.supplying import Chart, fit_country

ROW, HEAD = 0.19, 0.34
"""Inches of a node, and of the heading of a stage with the space above it."""
NAMES = 1.75
"""Inches across the names; the arcs have the rest."""
MARK = 0.09
"""Inches across the mark of a node's country."""


@dataclass(frozen=True)
class Arc:
    """What is drawn of a link: its width in points, its colour, and how."""

    link: str
    width: float
    color: str
    alpha: float = 0.5
    line: str | tuple[int, tuple[int, ...]] = "-"
    order: float = 1.0


def height_of(chart: Chart) -> float:
    """Inches of the whole list."""
    return HEAD * len(chart.columns) + ROW * sum(map(len, chart.columns))


def list_nodes(
    axes: Axes, outcome: Outcome, chart: Chart, sheet: Sheet, said: Mapping[str, str], hit: Sequence[str] = ()
) -> dict[str, float]:
    """Every node with its country, or with what is `said` of it instead; how far down each is, in inches."""
    figure, at = figure_of(axes), dict[str, float]()
    for name, down in _rows(chart):
        if name not in chart.country:
            words = axes.text(0.0, down, "", fontsize=7.5, color=GREY, va="center")
            fit(figure, words, stage_name(outcome, int(name)), "", NAMES)
            continue
        at[name] = down
        edge = {"edgecolor": INK, "linewidth": 1.2} if name in hit else {"linewidth": 0}
        box = Rectangle((0.02, down - MARK / 2), MARK, MARK, facecolor=chart.color(name), label=name, **edge)
        axes.add_patch(box)
        words = axes.text(MARK + 0.08, down, "", fontsize=7.5, color=INK, va="center")
        room = NAMES - MARK - 0.12
        if name in said:
            fit(figure, words, chart.said(name), said[name], room)
        else:
            fit_country(figure, words, chart, name, room)
    return at


def _rows(chart: Chart) -> Iterator[tuple[str, float]]:
    """Each stage, by its number, and each of its nodes, with how far down it is."""
    down = 0.0
    for column in chart.columns:
        yield str(chart.stage[column[0]]), down + HEAD - ROW / 2
        down += HEAD
        for name in column:
            yield name, down + ROW / 2
            down += ROW


def draw_arcs(axes: Axes, chart: Chart, at: Mapping[str, float], arcs: Sequence[Arc], sheet: Sheet) -> None:
    """Each arc from its seller to its buyer, the further the wider it swings out."""
    room = sheet.width - 2 * EDGE - NAMES
    whole = max((abs(at[tie.buyer] - at[tie.seller]) for tie in chart.ties.values()), default=1.0)
    for arc in arcs:
        tie = chart.ties[arc.link]
        y0, y1 = at[tie.seller], at[tie.buyer]
        reach = NAMES + 4.0 / 3.0 * (room - 0.1) * (0.15 + 0.85 * abs(y1 - y0) / whole)  # a curve goes 3/4 as far out
        ends = [(NAMES, y0), (reach, y0), (reach, y1), (NAMES, y1)]
        curve = Path(ends, [Path.MOVETO, *[Path.CURVE4] * 3])
        patch = PathPatch(curve, facecolor="none", edgecolor=arc.color, linewidth=arc.width, alpha=arc.alpha)
        patch.set(linestyle=arc.line, zorder=arc.order, capstyle="butt", clip_on=False, label=arc.link)
        axes.add_patch(patch)
