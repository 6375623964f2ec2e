"""The picture of a comparison: what each alternative avoids, with its interval, beside what it costs."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.compared import HARMS, HELPS, Comparison, Difference
from sim.results.cost_tables import MILLION, TEN_MILLIONS
from sim.results.plots import rows
from sim.results.plots.drawing import figure_of, fit, inches_of
from sim.results.plots.page import Page, blank, warn_of_missing_glyphs
from sim.results.plots.rows import Name, Rows
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import BLUE, GREY, INK, VERMILLION, look
from sim.results.provenance import Provenance
from sim.results.table import Estimate
from sim.results.terminal import literal, number

PITCH, HEAD, SCALE = 0.34, 0.25, 0.55
"""Inches: of a row, above the rows for the title of the last column, and for the scale below them."""
NAMES, RIGHT = 2.6, 0.3
"""Inches beside the rows: for names, and free."""
COST, RATIO, GAP = 1.75, 1.35, 0.16
"""Inches across: what each costs, what is avoided for it, and between columns."""
MOST = 40
"""Alternatives shown."""


def forest(
    found: Comparison, title: str, provenance: Provenance, axes: Axes | None = None, sheet: Sheet = WIDE
) -> Figure:
    """A row for each alternative, the best first; means with 95 % intervals against the reference.

    What it costs has axes beside them, of its own scale. On a narrow page, and on `axes` of your own, it is said in
    words below each name instead.
    """
    shown = found.others[:MOST]
    beside = found.by_cost and axes is None and sheet.has_margin
    names = [Name(one.name, "", "" if beside or not found.by_cost else _cost_words(one)) for one in shown]
    right = RIGHT + (COST + RATIO + 2 * GAP if beside else 0.0)
    with look():
        made: Page | Axes = axes or _page(found, title, provenance, names, sheet)
        laid = rows.lay(made, HEAD, names, PITCH, sheet, NAMES, right)
        scale, in_millions = _scale([one.avoided for one in shown if one.unit == one.currency])
        _points(laid, [one.avoided for one in shown], [_color(one) for one in shown], scale)
        rows.scale(laid.axes, f"avoided ({in_millions}{found.unit})", sheet)
        if beside and isinstance(made, Page):
            _costs(made, laid.axes, shown, sheet)
        figure = figure_of(laid.axes)
        warn_of_missing_glyphs(figure)
    return figure


def _page(found: Comparison, title: str, provenance: Provenance, names: Sequence[Name], sheet: Sheet) -> Page:
    more = f"; {MOST} of {len(found.others)} alternatives" if len(found.others) > MOST else ""
    said = f"{found.place}: lost less than in {found.reference.name}, with the same luck; 95 % intervals{more}"
    return blank(title, literal(said), provenance.line, HEAD + rows.height_of(names, PITCH, sheet), SCALE, sheet)


def _points(laid: Rows, estimates: Sequence[Estimate], colors: Sequence[str], scale: float) -> None:
    """Means with their intervals; a hollow mark where there is none, for want of replications or events."""
    axes = laid.axes
    axes.axvline(0.0, color=GREY, linewidth=1.0)
    for row, (one, color) in enumerate(zip(estimates, colors, strict=True)):
        if not math.isfinite(one.mean):
            continue
        known, y = math.isfinite(one.low + one.high), laid.at(row)
        if known:
            axes.plot([one.low / scale, one.high / scale], [y, y], color=color, linewidth=2.0, zorder=2.1)
        face = color if known or color != GREY else "white"
        axes.plot([one.mean / scale], [y], "o", color=color, markerfacecolor=face, markersize=6, zorder=2.2)
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


def _costs(page: Page, avoided: Axes, shown: Sequence[Difference], sheet: Sheet) -> None:
    """Extra cost with its interval, and in words what is avoided for it."""
    height = inches_of(avoided)[1]
    axes = page.axes(sheet.width - RIGHT - RATIO - GAP - COST, HEAD, COST, height)
    laid = rows.bare(axes, len(shown))
    scale, in_millions = _scale([one.cost for one in shown])
    _points(laid, [one.cost for one in shown], [INK] * len(shown), scale)
    currency = next((one.currency for one in shown), "")
    rows.scale(axes, f"extra cost ({in_millions}{currency})", sheet)
    at = 1.0 + GAP / COST
    up = 1.0 + 0.06 / height
    axes.text(at, up, "avoided per cost", transform=axes.transAxes, va="bottom", fontsize=8.5, color=GREY)
    for row, one in enumerate(shown):
        label = axes.text(at, row, "", transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=INK)
        fit(page.figure, label, literal(_ratio_words(one)), "", RATIO + RIGHT - 0.1)


def _cost_words(one: Difference) -> str:
    """What it costs more, and what is avoided for that."""
    if not math.isfinite(one.cost.mean):
        return "cost not known"
    scale, in_millions = _scale([one.cost])
    ratio = _ratio_words(one)
    if one.rank is not None and one.is_free:
        return ratio
    amount = (number(one.cost.mean / scale) or "0").replace("-", "−")
    costs = f"costs {amount} {in_millions}{one.currency}"
    return f"{costs}, avoids {ratio}" if ratio else costs


def _ratio_words(one: Difference) -> str:
    if one.rank is None:
        return ""
    if one.is_free:
        return "costs no more"
    return f"{number(one.per_cost.mean)} {one.worth_unit}/{one.currency}"
