"""Time to survive against time to recover: what lies below the diagonal is out for longer than it is survived.

After Simchi-Levi, Schmidt & Wei, "From superstorms to factory fires" (Harvard Business Review, 2014).
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.results.knockout import KINDS
from sim.results.knockout_table import Tested
from sim.results.plots.drawing import LINE_HEIGHT, bare, figure_of, fit, inches_of, spread
from sim.results.plots.page import blank, warn_of_missing_glyphs
from sim.results.plots.setting_axis import keep_apart
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.stress import COLOR
from sim.results.plots.style import FAINT, GREY, INK, look
from sim.results.provenance import Provenance
from sim.results.terminal import literal

NAMED = 14
"""Objects named at most: those that cost most."""
HEIGHT, KEY, SCALE = 3.8, 0.45, 0.5
"""Inches: of the axes, for the key above them, and for the scale below."""
LEFT, NAMES = 0.6, {"wide": 3.3, "narrow": 1.62}
"""Inches to the left of the axes, and for names to their right."""
ABOVE = 1.5
"""The scale of survival goes to so many times the longest outage; what is survived longer stands at its end."""
SMALLEST, LARGEST = 12.0, 160.0
"""Points squared: the area of a dot that loses nothing, and of the one that loses most."""
ALIKE, BESIDE = 0.08, 0.13
"""Inches: dots nearer in height lie side by side, so far apart at most."""
SPREAD = 0.4
"""Of the way to the next length, either way, at most taken up by dots side by side."""


def time_to_survive(
    tested: Sequence[Tested],
    of: str,
    title: str,
    provenance: Provenance,
    axes: Axes | None = None,
    sheet: Sheet = WIDE,
) -> Figure:
    """A dot for each object and length of its outage, its area by what is lost; the endangered ones named.

    What is one and the same outage has one dot; dots of one length that would lie upon each other lie side by side.
    On `axes` of your own only dots, diagonal and names are drawn, the names to the right.
    """
    known = [one for one in tested if not one.knockout.same_as and not math.isnan(one.survives)]
    lengths = sorted(tested[0].harms)
    with look():
        if axes is None:
            made = blank(title, _said(known, lengths[-1], of), provenance.line, KEY + HEIGHT, SCALE, sheet)
            axes = made.axes(LEFT, KEY, sheet.width - LEFT - NAMES[sheet.name] - EDGE, HEIGHT)
        _dress(axes, lengths)
        for length in lengths:
            _dots(axes, known, length, lengths, max((one.loss(lengths[-1]) for one in known), default=0.0))
        _names(axes, known, lengths, NAMES[sheet.name])
        _key(axes, known)
        warn_of_missing_glyphs(figure_of(axes))
    return figure_of(axes)


def endangered(tested: Sequence[Tested], days: float) -> list[Tested]:
    """What is survived for less than so many days, that which loses most first."""
    found = [one for one in tested if one.survives < days]
    return sorted(found, key=lambda one: (-one.loss(days), one.survives, one.knockout.name))


def _said(known: Sequence[Tested], days: float, of: str) -> str:
    found = endangered(known, days)
    more = f", of which {NAMED} are named" if len(found) > NAMED else ""
    return literal(
        f"Out for {days:g} days, {len(found)} of {len(known)} objects are out for longer than they are survived{more}. "
        f"They lie below the line on which both times are the same; the larger a dot, the more is lost of {of}."
    )


def _dress(axes: Axes, lengths: Sequence[float]) -> None:
    longest = lengths[-1]
    top, right = ABOVE * longest, longest + max(0.08 * longest, SPREAD * _gap(lengths))
    bare(axes, 1)
    axes.set_xlim(0.0, right)
    axes.set_ylim(-0.03 * top, 1.03 * top)
    axes.fill_between([0.0, right], [0.0, right], -0.03 * top, color=FAINT, alpha=0.45, linewidth=0)
    axes.plot([0.0, right], [0.0, right], color=GREY, linewidth=1.0, zorder=1.5, label="_diagonal")
    axes.set_xlabel("time to recover (days out)", fontsize=8.5, color=INK)
    axes.set_ylabel("time to survive (days)", fontsize=8.5, color=INK)
    axes.set_xticks([0.0, *lengths], [f"{length:g}" for length in (0.0, *lengths)])
    keep_apart(axes)
    marks = [mark for mark in axes.get_yticks() if 0.0 <= mark < 0.95 * top]
    axes.set_yticks([*marks, top], [*(f"{mark:g}" for mark in marks), "more"])


def _gap(lengths: Sequence[float]) -> float:
    """Days from one length to the next, or from none to the first, where that is least."""
    return min(b - a for a, b in pairwise([0.0, *lengths]))


def _places(axes: Axes, known: Sequence[Tested], length: float, lengths: Sequence[float]) -> list[float]:
    """Where each dot of one length stands across: at the length, or around it where others are as high."""
    wide, high = inches_of(axes)
    days, tall = np.ptp(axes.get_xlim()) / wide, np.ptp(axes.get_ylim()) / high
    order = sorted(range(len(known)), key=lambda i: (_height(known[i], lengths[-1]), known[i].loss(length), i))
    at, row = [length] * len(known), list[int]()
    for i in [*order, None]:
        first = _height(known[row[0]], lengths[-1]) if row else -math.inf
        if i is not None and _height(known[i], lengths[-1]) - first <= ALIKE * tall:
            row.append(i)
            continue
        apart = min(BESIDE * days, 2 * SPREAD * _gap(lengths) / max(1, len(row) - 1))
        for k, j in enumerate(row):
            at[j] = length + apart * (k - (len(row) - 1) / 2)
        row = [] if i is None else [i]
    return at


def _dots(axes: Axes, known: Sequence[Tested], length: float, lengths: Sequence[float], most: float) -> None:
    """The larger the more is lost; full below the diagonal, hollow above it."""
    for one, across in zip(known, _places(axes, known, length, lengths), strict=True):
        loss = one.loss(length) / most if most > 0.0 else 0.0
        color = COLOR[one.knockout.kind]
        below = one.survives < length
        axes.scatter(
            [across], [_height(one, lengths[-1])], s=SMALLEST + (LARGEST - SMALLEST) * loss, zorder=3 if below else 2,
            facecolor=color if below else "none", edgecolor=color, linewidth=0.9, alpha=0.8, clip_on=False,
            label=f"_{one.knockout.name}",
        )  # fmt: skip


def _height(one: Tested, longest: float) -> float:
    return min(one.survives, ABOVE * longest)


def _names(axes: Axes, known: Sequence[Tested], lengths: Sequence[float], room: float) -> None:
    """Names to the right, each tied to its dot of the longest outage."""
    figure, (width, height), longest = figure_of(axes), inches_of(axes), lengths[-1]
    (low, high), right = axes.get_ylim(), axes.get_xlim()[1]
    across = dict(zip(map(id, known), _places(axes, known, longest, lengths), strict=True))
    shown = sorted(endangered(known, longest)[:NAMED], key=lambda one: (_height(one, longest), -across[id(one)]))
    wanted = [(_height(one, longest) - low) / (high - low) * height for one in shown]
    for one, want, at in zip(shown, wanted, spread(wanted, LINE_HEIGHT, height), strict=True):
        path = [across[id(one)] / right, 1.0 + 0.06 / width], [want / height, at / height]
        axes.plot(*path, transform=axes.transAxes, color=GREY, linewidth=0.5, clip_on=False, zorder=1.6)
        label = axes.text(1.0 + 0.1 / width, at / height, "", transform=axes.transAxes, va="center", fontsize=8.0)
        lost = f", {100.0 * one.loss(longest):.2g} %" if one.loss(longest) > 0.0 else ", late"
        fit(figure, label, literal(one.knockout.name), f": {one.survives:g} d{lost}", room - 0.1)


def _key(axes: Axes, known: Sequence[Tested]) -> None:
    """What colours stand for."""
    kinds = [kind for kind in KINDS if any(one.knockout.kind == kind for one in known)]
    handles = [Line2D([], [], marker="o", color=COLOR[kind], linestyle="", label=kind) for kind in kinds]
    if handles:
        height = inches_of(axes)[1]
        axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0 + 0.06 / height), ncols=4 if len(handles) < 3 or
            inches_of(axes)[0] > 3.0 else 2, frameon=False, fontsize=8.0, handlelength=0.8, handletextpad=0.3,
            columnspacing=1.0, borderaxespad=0.0, borderpad=0.0, labelspacing=0.2,
        )  # fmt: skip
