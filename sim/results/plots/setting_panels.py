"""Points scattered over several paths: a panel for each path, all with the same figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.plots import setting_axis
from sim.results.plots.drawing import figure_of
from sim.results.plots.page import Page, blank, warn_of_missing_glyphs
from sim.results.plots.setting_axis import Settings, settings_of
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.style import BLUE, look
from sim.results.point_table import short_titles

ACROSS = {"wide": 3, "narrow": 1}
"""Panels side by side."""
HEIGHT, GAP = 1.6, 0.2
"""Inches of a panel, and between two."""
SCALE = 0.5
"""Inches to the left of a panel for its figures."""
MOST_PANELS = 9


@dataclass(frozen=True)
class Cloud:
    """A figure at each of many points."""

    title: str
    """Of the page."""
    reading: str
    """What the figures are, with their unit."""
    foot: str
    settings: Mapping[str, Sequence[str]]
    """By path, what it is at each point."""
    figures: Array


def setting_panels(cloud: Cloud, axes: Axes | Sequence[Axes] | None = None, sheet: Sheet = WIDE) -> Figure:
    """A dot for each point, over each path alone; or one bar where nothing is varied.

    `axes` of your own are one for each path, of nine at most, for each has its own scale. Raises ValueError if there
    are not as many.
    """
    shown = _shown(cloud)
    given = [axes] if isinstance(axes, Axes) else axes
    if given is not None and len(given) != len(shown):
        raise ValueError(f"{len(shown)} axes are needed: one for each path")
    with look():
        made = _laid_out(cloud, shown, sheet) if given is None else list(given)
        for (path, settings), place in zip(shown.items(), made, strict=True):
            _draw(place, cloud, path, settings, sheet)
        warn_of_missing_glyphs(figure_of(made[0]))
    return figure_of(made[0])


def _shown(cloud: Cloud) -> dict[str, Settings]:
    """By path its settings, each once; without any path, one that says so."""
    paths = list(cloud.settings)[:MOST_PANELS]
    titles = short_titles(paths)
    found = {path: settings_of(titles[path], list(dict.fromkeys(cloud.settings[path]))) for path in paths}
    return found or {"": settings_of("", ["as stated"])}


def _laid_out(cloud: Cloud, shown: Mapping[str, Settings], sheet: Sheet) -> list[Axes]:
    columns = min(ACROSS[sheet.name], len(shown))
    pitch = (sheet.width - 2 * EDGE + GAP) / columns
    wide = pitch - GAP - SCALE
    under = max(setting_axis.below(settings, wide, sheet) for settings in shown.values())
    rows = -(-len(shown) // columns)
    high = HEIGHT + under + GAP
    more = f"; {len(shown)} of {len(cloud.settings)} paths" if len(cloud.settings) > len(shown) else ""
    says = f"{cloud.reading}, mean at each point{more}"
    page: Page = blank(cloud.title, says, cloud.foot, rows * high, 0.1, sheet)
    places = [divmod(i, columns) for i in range(len(shown))]
    return [page.axes(EDGE + SCALE + column * pitch, row * high, wide, HEIGHT) for row, column in places]


def _draw(axes: Axes, cloud: Cloud, path: str, settings: Settings, sheet: Sheet) -> None:
    if path:
        where = dict(zip(dict.fromkeys(cloud.settings[path]), settings.at, strict=True))
        at = [where[value] for value in cloud.settings[path]]
        axes.plot(at, cloud.figures, "o", color=BLUE, markersize=3, alpha=0.6, markeredgewidth=0, label="_points")
    else:
        axes.bar([0.0], np.atleast_1d(cloud.figures)[:1], color=BLUE, width=0.4)
        axes.set_xlim(-1.0, 1.0)
    setting_axis.level(axes)
    setting_axis.dress(axes, settings, sheet)
