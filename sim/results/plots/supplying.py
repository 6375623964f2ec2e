"""What maps of a network have in common: who stands where, in which colour, and whose label has room."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.results.outcome import Outcome
from sim.results.plots.drawing import figure_of, fit, width_of
from sim.results.plots.order import Columns, Tie, ordered
from sim.results.plots.panels import stage_name
from sim.results.plots.style import COLORS, GREY, INK
from sim.results.terminal import literal

READ = "Width: a link's share of all that is usually shipped of its commodity. "
OTHERS = "other countries"
LEAST_GAP = 0.115
"""Inches from the middle of one small label to the next."""


@dataclass(frozen=True)
class Chart:
    """Nodes in columns, links by name with both ends and their usual share, and a colour for each country."""

    columns: Columns
    ties: Mapping[str, Tie]
    colors: Mapping[str, str]
    country: Mapping[str, str]
    stage: Mapping[str, int]

    @property
    def most(self) -> int:
        """Nodes in the fullest column."""
        return max((len(column) for column in self.columns), default=1)

    def said(self, node: str) -> str:
        """Its name as it is written."""
        return literal(node)

    def color(self, node: str) -> str:
        return self.colors.get(self.country[node], GREY)

    def through(self, flows: Mapping[str, float]) -> dict[str, float]:
        """What passes each node: what it sells, or buys where it sells nothing."""
        sold, bought = self._sums(flows)
        return {name: sold[name] or bought[name] for name in self.country}

    def size(self, flows: Mapping[str, float]) -> dict[str, float]:
        """How large each node must be drawn: what it buys or what it sells, whichever is more."""
        sold, bought = self._sums(flows)
        return {name: max(sold[name], bought[name]) for name in self.country}

    def _sums(self, flows: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        sold, bought = dict.fromkeys(self.country, 0.0), dict.fromkeys(self.country, 0.0)
        for link, flow in flows.items():
            sold[self.ties[link].seller] += flow
            bought[self.ties[link].buyer] += flow
        return sold, bought


def chart_of(outcome: Outcome) -> Chart:
    """The network of an outcome, laid out."""
    totals = carried(outcome)
    ties = {
        name: Tie(lane.seller.name, lane.buyer.name, outcome.facts.flow[name] / totals[lane.commodity])
        for name, lane in outcome.links.items()
    }
    nodes = outcome.scenario.network.nodes
    stage = {name: outcome.facts.stage[name] for name in nodes}
    country = {name: node.country for name, node in nodes.items()}
    return Chart(ordered(stage, list(ties.values())), ties, colors_of(country), country, stage)


def carried(outcome: Outcome) -> dict[str, float]:
    """What all links usually carry of each commodity in a day; 1 where it is nothing, to be divided by."""
    found: dict[str, float] = {}
    for name, lane in outcome.links.items():
        found[lane.commodity] = found.get(lane.commodity, 0.0) + outcome.facts.flow[name]
    return {commodity: total or 1.0 for commodity, total in found.items()}


def colors_of(country: Mapping[str, str]) -> dict[str, str]:
    """A colour for each of the countries with most nodes, as many as there are colours; the others have none."""
    count = Counter(country.values())
    first = sorted(count, key=lambda name: (-count[name], name))[: len(COLORS)]
    return dict(zip(first, COLORS, strict=False))


def labelled(at: Mapping[str, float], weight: Mapping[str, float], gap: float) -> set[str]:
    """Names of one column that may have a label: the heaviest first, as long as none comes nearer than the gap."""
    found: list[str] = []
    for name in sorted(at, key=lambda n: (-weight[n], n)):
        if all(abs(at[name] - at[other]) >= gap for other in found):
            found.append(name)
    return set(found)


def inch_axes(axes: Axes, width: float, height: float) -> None:
    """Make the axes a sheet measured in inches from its upper left corner."""
    axes.set_xlim(0.0, width)
    axes.set_ylim(height, 0.0)
    axes.set_axis_off()


def name_columns(axes: Axes, outcome: Outcome, chart: Chart, left: Sequence[float], room: Sequence[float]) -> None:
    """What each stage makes, above its column."""
    for column, x, wide in zip(chart.columns, left, room, strict=True):
        words = axes.text(x, -0.05, "", fontsize=7.5, color=GREY, va="bottom")
        fit(figure_of(axes), words, stage_name(outcome, outcome.facts.stage[column[0]]), "", wide)


def legend(axes: Axes, chart: Chart, more: Sequence[str], width: float, down: float) -> None:
    """The countries and their colours in rows from `down` on, then what else is to be said, each as one piece."""
    shown = [(color, literal(country)[:24]) for country, color in chart.colors.items()]
    if set(chart.country.values()) - set(chart.colors):
        shown.append((GREY, OTHERS))
    x = 0.0
    for color, words in [*shown, *(("", text) for text in more)]:
        text = axes.text(x, down, words, fontsize=7.5, color=INK, va="center")
        across = width_of(figure_of(axes), text) + (0.14 if color else 0.0)
        if x > 0.0 and x + across > width:
            x, down = 0.0, down + 0.17
        if color:
            axes.plot([x + 0.05], [down], marker="s", markersize=6, color=color, linestyle="none", clip_on=False)
        text.set_position((x + (0.14 if color else 0.0), down))
        x += across + 0.18


def unnamed(count: int) -> list[str]:
    """That so many nodes have no label, if there are any."""
    return [f"{count} small node{' has' if count == 1 else 's have'} no label"] if count else []


def fit_country(figure: Figure, words: Text, chart: Chart, name: str, room: float) -> None:
    """The name with its country; alone where both have no room and the colour says the country."""
    said, country = literal(name), literal(chart.country[name])
    beside = f" · {country if len(country) <= 8 else f'{country[:7]}…'}"
    words.set_text(f"{said}{beside}")
    known = chart.country[name] in chart.colors
    fit(figure, words, said, "" if known and width_of(figure, words) > room else beside, room)
