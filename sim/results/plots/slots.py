"""Where nodes and links of a flow picture lie, in inches: the same with the shocks as without."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.results.plots.supplying import Chart

GAP = 0.06
"""Inches between nodes at least."""


@dataclass(frozen=True)
class Slots:
    """Left and upper edge and height of each node, and where each link leaves its seller and enters its buyer."""

    left: Mapping[str, float]
    top: Mapping[str, float]
    high: Mapping[str, float]
    leaves: Mapping[str, float]
    enters: Mapping[str, float]
    scale: float
    """Inches of all that is usually shipped of a commodity."""
    step: float
    """Inches from one column to the next."""


def slots_of(
    chart: Chart, before: Mapping[str, float], after: Mapping[str, float], width: float, height: float
) -> Slots:
    """Each link has room for the larger of its two flows, and each node for all its links."""
    room = {link: max(before[link], after[link]) for link in chart.ties}
    size = chart.size(room)
    scale = min((_scale(column, size, height) for column in chart.columns), default=1.0)
    high = {name: size[name] * scale for name in size}
    step = width / max(1, len(chart.columns) - 1)
    left = {name: i * step for i, column in enumerate(chart.columns) for name in column}
    top: dict[str, float] = {}
    for column in chart.columns:
        gap, reached = (height - sum(high[name] for name in column)) / len(column), 0.0
        for name in column:
            top[name] = reached + gap / 2
            reached = top[name] + high[name] + gap / 2
    leaves = _stacked(chart, room, top, scale, at_seller=True)
    return Slots(left, top, high, leaves, _stacked(chart, room, top, scale, at_seller=False), scale, step)


def _scale(column: list[str], size: Mapping[str, float], height: float) -> float:
    whole = sum(size[name] for name in column)
    free = max(0.3 * height, height - GAP * len(column))
    return free / whole if whole > 0.0 else height


def _stacked(
    chart: Chart, room: Mapping[str, float], top: Mapping[str, float], scale: float, at_seller: bool
) -> dict[str, float]:
    """The upper edge of each link at one of its ends, those to higher nodes above the others."""
    reached = dict(top)
    edges: dict[str, float] = {}
    for link in sorted(chart.ties, key=lambda one: _far(chart, one, top, at_seller)):
        tie = chart.ties[link]
        node = tie.seller if at_seller else tie.buyer
        edges[link] = reached[node]
        reached[node] += room[link] * scale
    return edges


def _far(chart: Chart, link: str, top: Mapping[str, float], at_seller: bool) -> tuple[float, str]:
    tie = chart.ties[link]
    return top[tie.buyer if at_seller else tie.seller], link
