"""The picture of a value varied: what is lost at each setting, a line for each place."""

import math
import re
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots.drawing import wrapped
from sim.results.plots.style import BAND_ALPHA, COLORS, FAINT, GREY, INK, look, new_figure, warn_undrawable
from sim.results.provenance import Provenance
from sim.results.table import Estimate, Table
from sim.results.terminal import literal

WIDTH, HEIGHT = 8.0, 4.6
"""Inches."""
_NUMBER = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?) *(.*)")


def variation(path: str, table: Table, title: str, provenance: Provenance) -> Figure:
    """Share lost against value; lines are means over replications, bands their 95 % intervals."""
    places = list(dict.fromkeys(str(place) for place in table.column("place")))
    values = list(dict.fromkeys(str(value) for value in table.column("value")))
    with look():
        figure = new_figure(WIDTH, HEIGHT)
        axes = figure.add_axes((0.08, 0.19, 0.88, 0.62))
        at, unit = positions(values)
        for place, color in zip(places, COLORS, strict=False):
            _draw(axes, table, place, at, color)
        dress(axes, at, values, f"{path}{f' ({unit})' if unit else ''}")
        more = f", {len(COLORS)} of {len(places)} places" if len(places) > len(COLORS) else ""
        heading = wrapped(figure, literal(title), 13.0, WIDTH - 0.4, 2, "bold")
        figure.text(0.02, 0.97, heading, fontsize=13.0, weight="bold", va="top", color=INK)
        figure.text(0.02, 0.835, f"Lost, % of baseline{more}", fontsize=9.5, va="bottom", color=INK)
        figure.text(0.02, 0.02, provenance.line, fontsize=7.5, va="bottom", color=GREY)
        if places:
            axes.legend(frameon=False, fontsize=8.5)
        warn_undrawable([title, *places])
    return figure


def positions(values: Sequence[str]) -> tuple[list[float], str]:
    """Where each value stands, and the unit: by its number if all have one unit, else one after the other."""
    found = [_NUMBER.fullmatch(value) for value in values]
    units = {match[2] if match else None for match in found}
    if len(units) == 1 and (unit := units.pop()) is not None:
        return [float(match[1]) for match in found if match], unit
    return [float(i) for i in range(len(values))], ""


def _draw(axes: Axes, table: Table, place: str, at: Sequence[float], color: str) -> None:
    rows = zip(table.column("place"), table.column("lost_share"), strict=True)
    shares = [100.0 * np.array(bounds(share)) for name, share in rows if name == place]
    order = np.argsort(at)
    mean, low, high = np.array(shares)[order].T
    across = np.array(at)[order]
    axes.plot(across, mean, color=color, marker="o", markersize=4, linewidth=1.6, label=literal(place))
    axes.fill_between(across, low, high, color=color, alpha=BAND_ALPHA, linewidth=0)


def bounds(share: object) -> tuple[float, float, float]:
    """Mean and both ends of the interval, the mean where there is none."""
    if not isinstance(share, Estimate):
        return math.nan, math.nan, math.nan
    known = math.isfinite(share.low + share.high)
    return share.mean, share.low if known else share.mean, share.high if known else share.mean


def dress(axes: Axes, at: Sequence[float], values: Sequence[str], words: str) -> None:
    """Axes without a frame, with marks at the values."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axhline(0.0, color=GREY, linewidth=0.9)
    axes.tick_params(length=0, labelsize=8)
    axes.set_xlabel(literal(words), fontsize=9.0, color=INK)
    if list(at) == list(range(len(values))) or len(values) <= 12:
        axes.set_xticks(at, [literal(_short(value, words)) for value in values])


def _short(value: str, words: str) -> str:
    """The number alone where the axis says the unit."""
    match = _NUMBER.fullmatch(value)
    return match[1] if match and match[2] and words.endswith(f"({match[2]})") else value
