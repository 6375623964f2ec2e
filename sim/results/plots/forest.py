"""The picture of a comparison: what each alternative avoids, with its interval, beside what it costs."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.compared import HARMS, HELPS, Comparison, Difference
from sim.results.cost_tables import MILLION, TEN_MILLIONS
from sim.results.plots.drawing import fit, wrapped
from sim.results.plots.style import BLUE, FAINT, GREY, INK, VERMILLION, look, new_figure, warn_undrawable
from sim.results.provenance import Provenance
from sim.results.table import Estimate
from sim.results.terminal import literal, number

WIDTH, ROW, ABOVE, LINE, BELOW = 9.0, 0.34, 0.98, 0.23, 0.75
"""Inches: of the picture, of a row, above the rows, more of it for each line of the title, and below the rows."""
NAMES, AVOIDED, COST, RATIO = 2.3, 3.1, 1.75, 1.35
"""Inches across: names, what is avoided, what it costs, avoided per cost."""
LEFT, GAP = 0.18, 0.16
MOST = 40
"""Alternatives shown."""


def forest(found: Comparison, title: str, provenance: Provenance) -> Figure:
    """A row for each alternative, the best first; means with 95 % intervals against the reference."""
    rows = found.others[:MOST]
    with look():
        heading = wrapped(new_figure(WIDTH, 1.0), literal(title), 13.0, WIDTH - 0.4, 2)
        above = ABOVE + LINE * heading.count("\n")
        figure = new_figure(WIDTH, above + BELOW + ROW * max(2, len(rows)))
        across = AVOIDED if found.by_cost else AVOIDED + COST + RATIO
        avoided = _axes(figure, LEFT + NAMES, across, len(rows))
        scale, in_millions = _scale([one.avoided for one in rows if one.unit == one.currency])
        _points(avoided, [one.avoided for one in rows], [_color(one) for one in rows], scale)
        avoided.set_xlabel(literal(f"avoided ({in_millions}{found.unit})"), fontsize=8.5, color=INK)
        _names(figure, avoided, [one.name for one in rows])
        if found.by_cost:
            _costs(figure, rows)
        _words(figure, found, heading, above, provenance.line)
        warn_undrawable([title, found.place, *(one.name for one in rows)])
    return figure


def _axes(figure: Figure, left: float, width: float, rows: int) -> Axes:
    """Axes for the rows, the first on top, with a line at nothing; measures in inches."""
    height = figure.get_figheight()
    box = (left / WIDTH, BELOW / height, width / WIDTH, ROW * max(2, rows) / height)
    axes = figure.add_axes(box)
    axes.set_ylim(max(2, rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axvline(0.0, color=GREY, linewidth=1.0)
    axes.tick_params(length=0, labelsize=8)
    axes.locator_params(axis="x", nbins=max(3, int(2 * width)))
    return axes


def _points(axes: Axes, estimates: Sequence[Estimate], colors: Sequence[str], scale: float) -> None:
    """Means with their intervals; a hollow mark where there is none, for want of replications or events."""
    for row, (one, color) in enumerate(zip(estimates, colors, strict=True)):
        if not math.isfinite(one.mean):
            continue
        known = math.isfinite(one.low + one.high)
        if known:
            axes.plot([one.low / scale, one.high / scale], [row, row], color=color, linewidth=2.0, zorder=2.1)
        face = color if known or color != GREY else "white"
        axes.plot([one.mean / scale], [row], "o", color=color, markerfacecolor=face, markersize=6, zorder=2.2)
    axes.margins(x=0.08)
    low, high = axes.get_xlim()
    if low == high or all(one.mean == 0.0 for one in estimates):
        axes.set_xlim(-1.0, 1.0)


def _color(one: Difference) -> str:
    return {HELPS: BLUE, HARMS: VERMILLION}.get(one.standing, GREY)


def _scale(estimates: Sequence[Estimate]) -> tuple[float, str]:
    """What money is divided by, and the word for it."""
    most = max((abs(one.mean) for one in estimates if math.isfinite(one.mean)), default=0.0)
    return (MILLION, "million ") if most >= TEN_MILLIONS else (1.0, "")


def _names(figure: Figure, axes: Axes, names: Sequence[str]) -> None:
    """Right of the left edge, shortened where they are too long for their column."""
    for row, name in enumerate(names):
        at = -(NAMES) / _width(axes)
        label = axes.text(at, row, "", transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=INK)
        fit(figure, label, literal(name), "", NAMES - GAP)


def _costs(figure: Figure, rows: Sequence[Difference]) -> None:
    """Extra cost with its interval, and in words what is avoided for it."""
    axes = _axes(figure, LEFT + NAMES + AVOIDED + GAP, COST, len(rows))
    scale, in_millions = _scale([one.cost for one in rows])
    _points(axes, [one.cost for one in rows], [INK] * len(rows), scale)
    currency = next((one.currency for one in rows), "")
    axes.set_xlabel(literal(f"extra cost ({in_millions}{currency})"), fontsize=8.5, color=INK)
    for row, one in enumerate(rows):
        at = 1.0 + GAP / COST
        label = axes.text(at, row, "", transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=INK)
        fit(figure, label, literal(_ratio_words(one)), "", RATIO)


def _ratio_words(one: Difference) -> str:
    if one.rank is None:
        return ""
    if one.is_free:
        return "costs no more"
    return f"{number(one.per_cost.mean)} {one.worth_unit}/{one.currency}"


def _words(figure: Figure, found: Comparison, heading: str, above: float, foot: str) -> None:
    """Title, what is shown, the title of the last column, and where it comes from."""
    height = figure.get_figheight()
    figure.text(0.02, 1.0 - 0.14 / height, heading, fontsize=13.0, weight="bold", va="top", color=INK)
    more = f"; {MOST} of {len(found.others)} alternatives" if len(found.others) > MOST else ""
    said = f"{found.place}: lost less than in {found.reference.name}, with the same luck; 95 % intervals{more}"
    shown = wrapped(figure, literal(said), 9.5, WIDTH - 0.4, 1)
    figure.text(0.02, 1.0 - (above - 0.38) / height, shown, fontsize=9.5, va="bottom", color=INK)
    if found.by_cost:
        left = (LEFT + NAMES + AVOIDED + GAP + COST + GAP) / WIDTH
        figure.text(left, 1.0 - (above - 0.08) / height, "avoided per cost", fontsize=8.5, va="bottom", color=GREY)
    figure.text(0.02, 0.1 / height, foot, fontsize=7.5, va="bottom", color=GREY)


def _width(axes: Axes) -> float:
    return float(axes.get_position().width) * WIDTH
