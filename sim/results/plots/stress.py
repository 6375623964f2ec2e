"""The picture of a stress test: the worst knock-outs, what is lost in each, and how long it would be survived."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.results.knockout import KINDS
from sim.results.knockout_table import Tested, in_order
from sim.results.plots import rows
from sim.results.plots.drawing import figure_of, inches_of
from sim.results.plots.page import Page, blank, warn_of_missing_glyphs
from sim.results.plots.rows import Name, Rows
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.style import BLUE, GREEN, GREY, INK, ORANGE, VERMILLION, look
from sim.results.provenance import Provenance
from sim.results.statistics import TOO_FEW, summarize
from sim.results.terminal import literal

MOST = 20
"""Bars at most."""
PITCH, HEAD, HEAD_ALONE, KEY, SCALE = 0.26, 0.36, 0.12, 0.17, 0.55
"""Inches: of a bar, for the titles of columns, where there are none, of a line of the key, and for the scale below."""
LEFT, RIGHT = 2.95, 1.65
"""Inches for the names, and for the figures beside the bars."""
COLOR = dict(zip(KINDS, (BLUE, ORANGE, VERMILLION, GREEN), strict=True))
MARKS = ("o", "D", "s", "^", "v")
"""Of outages shorter than the longest, the next longest first."""
NOTHING = "Nothing is lost in any outage."


def stress(
    tested: Sequence[Tested],
    of: str,
    title: str,
    provenance: Provenance,
    axes: Axes | None = None,
    sheet: Sheet = WIDE,
) -> Figure:
    """A bar for each of the worst knock-outs, as long as the share of sales lost in the longest outage that was tried.

    Marks are shorter outages, whiskers 95 % intervals; what is one and the same outage has one bar. On `axes` of your
    own only the bars are drawn, with names to their left and figures to their right.
    """
    days = max(tested[0].harms)
    shown = [one for one in in_order(tested) if not one.knockout.same_as and one.loss(days) > 0.0][:MOST]
    shown.sort(key=lambda one: -one.loss(days))
    names = [_name(one, shown, days, sheet) for one in shown]
    handles = _handles(shown, [*tested[0].harms])
    with look():
        made: Page | Axes = axes or _page(title, _said(days, len(shown)), provenance, names, len(handles), sheet)
        if isinstance(made, Page):
            _key(made.figure, made.top, handles, sheet)
        down = _head(sheet) + KEY * _lines_of(len(handles), sheet)
        laid = rows.lay(made, down if shown else 0.0, names, PITCH, sheet, LEFT, RIGHT)
        if shown:
            _bars(laid, shown, days)
            rows.scale(laid.axes, f"{of} lost over the whole run (%)", sheet)
            if sheet.has_margin:
                _figures(laid, shown, days)
        else:
            laid.axes.set_axis_off()
        figure = figure_of(laid.axes)
        warn_of_missing_glyphs(figure)
    return figure


def _page(title: str, said: str, provenance: Provenance, names: Sequence[Name], handles: int, sheet: Sheet) -> Page:
    body = _head(sheet) + KEY * _lines_of(handles, sheet) + rows.height_of(names, PITCH, sheet) if names else 0.0
    return blank(title, said, provenance.line, body, SCALE if names else 0.1, sheet)


def _head(sheet: Sheet) -> float:
    """Inches above the bars; columns of figures have titles there."""
    return HEAD if sheet.has_margin else HEAD_ALONE


def _said(days: float, count: int) -> str:
    if not count:
        return NOTHING
    what = f"the {count} worst knock-outs" if count > 1 else "the worst knock-out"
    return f"Stress test: {what} when out for {days:g} days, and how long each is survived"


def _name(one: Tested, shown: Sequence[Tested], days: float, sheet: Sheet) -> Name:
    """With its figures below it, where they do not stand in columns."""
    if sheet.has_margin:
        return Name(one.knockout.name)
    return Name(one.knockout.name, "", f"survives {_survives(one)}, index {_index(one, shown, days)}")


def _survives(one: Tested) -> str:
    return "beyond run" if math.isinf(one.survives) else f"{one.survives:g} days"


def _index(one: Tested, shown: Sequence[Tested], days: float) -> str:
    return f"{one.loss(days) / max(other.loss(days) for other in shown):.2f}"


def _bars(laid: Rows, shown: Sequence[Tested], days: float) -> None:
    for row, one in enumerate(shown):
        share, y = summarize(one.harms[days].lost_share), laid.at(row)
        color = COLOR[one.knockout.kind]
        laid.axes.barh(y, 100.0 * share.mean, height=0.68 * laid.high, color=color, linewidth=0)
        if share.has_interval and share.high > share.low and not share.note.startswith(TOO_FEW):
            laid.axes.plot([100.0 * share.low, 100.0 * share.high], [y, y], color=INK, linewidth=1.0)
        shorter = sorted((length for length in one.harms if length != days), reverse=True)
        for length, mark in zip(shorter, MARKS, strict=False):
            style = {"markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK, "markeredgewidth": 0.8}
            laid.axes.plot(100.0 * one.loss(length), y, mark, clip_on=False, zorder=3, **style)  # type: ignore[arg-type]
    laid.axes.set_xlim(left=0.0)


def _figures(laid: Rows, shown: Sequence[Tested], days: float) -> None:
    """Time to survive and index in columns to the right of the bars."""
    wide = inches_of(laid.axes)[0]
    for inches, words in ((0.95, "survives"), (1.45, "index")):
        x = 1.0 + inches / wide
        laid.axes.text(
            x, 1.005, words, transform=laid.axes.transAxes, ha="right", va="bottom", fontsize=8.0, color=GREY
        )
    for row, one in enumerate(shown):
        rows.words_at(laid.axes, 0.95, laid.at(row), _survives(one), "right")
        rows.words_at(laid.axes, 1.45, laid.at(row), _index(one, shown, days), "right")


def _handles(shown: Sequence[Tested], lengths: Sequence[float]) -> list[Line2D]:
    """What colours and marks stand for."""
    kinds = [kind for kind in KINDS if any(one.knockout.kind == kind for one in shown)]
    handles = [Line2D([], [], marker="s", color=COLOR[kind], linestyle="", label=kind) for kind in kinds]
    style = {"markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK, "linestyle": ""}
    for length, mark in zip(sorted(lengths, reverse=True)[1:], MARKS, strict=False):
        handles.append(Line2D([], [], marker=mark, label=literal(f"out for {length:g} days"), **style))  # type: ignore[arg-type]
    return handles if shown else []


def _columns(sheet: Sheet) -> int:
    return 9 if sheet.has_margin else 2


def _lines_of(count: int, sheet: Sheet) -> int:
    return -(-count // _columns(sheet))


def _key(figure: Figure, top: float, handles: Sequence[Line2D], sheet: Sheet) -> None:
    """In lines at the top of the body."""
    if handles:
        width, height = figure.get_size_inches()
        figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(EDGE / width, 1.0 - (top - 0.1) / height),
            ncols=_columns(sheet), frameon=False, fontsize=8.0, handlelength=1.0, handletextpad=0.4,
            columnspacing=1.2, borderaxespad=0.0, borderpad=0.0, labelspacing=0.25,
        )  # fmt: skip
