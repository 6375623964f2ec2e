"""The axis of what is varied: where each setting stands, and words below it that neither overlap nor run out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots.drawing import figure_of, fit, inches_of, width_of, wrapped
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import FAINT, GREY, INK, new_figure
from sim.results.terminal import literal

SIZE, TITLE_SIZE = 8.0, 8.5
"""Points of a setting, and of what the axis is called."""
LINE, TITLE_LINE = 0.24, 0.16
"""Inches below the axes for settings beside each other, and for each line of what the axis is called."""
LONGEST = 1.5
"""Inches at most of a setting that is written upright."""
MARKED = 12
"""Numbers of which each has its mark; of more, round ones have."""
APART, UPRIGHT = 0.08, 0.15
"""Inches at least between two settings beside each other, and from one that is written upright to the next."""
_NUMBER = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?) *((?![-0-9:]).*)")
"""A number and its unit; a date or a time of day is none."""


@dataclass(frozen=True)
class Settings:
    """Where the settings of a path stand, and what is written there."""

    path: str
    """What the axis is called, without its unit."""
    at: tuple[float, ...]
    words: tuple[str, ...]
    """Of each setting; where all of them are numbers with one unit, without it."""
    unit: str = ""
    are_numbers: bool = True
    """Numbers may be left out where there is no room, names are written upright."""

    @property
    def title(self) -> str:
        return literal(f"{self.path} ({self.unit})" if self.unit else self.path)

    @property
    def in_order(self) -> "Settings":
        """One after the other, whatever their numbers are."""
        return replace(self, at=tuple(float(i) for i in range(len(self.at))))


def settings_of(path: str, values: Sequence[str]) -> Settings:
    """By their number if all have one unit, else one after the other."""
    found = [_NUMBER.fullmatch(value) for value in values]
    units = {match[2] if match else None for match in found}
    if len(units) == 1 and (unit := units.pop()) is not None:
        numbers = [match[1] for match in found if match]
        return Settings(path, tuple(map(float, numbers)), tuple(map(literal, numbers)), unit)
    return Settings(path, tuple(float(i) for i in range(len(values))), tuple(map(literal, values)), "", False)


def below(settings: Settings, inches: float, sheet: Sheet) -> float:
    """Inches below axes that are so many inches across."""
    draft = new_figure(sheet.width, 1.0)
    widest = max(widths(draft, settings.words), default=0.0)
    high = min(widest, LONGEST) + 0.1 if is_upright(settings, inches, sheet) else LINE
    return high + TITLE_LINE * (1 + _title(draft, settings, inches, sheet).count("\n")) + 0.06


def is_upright(settings: Settings, inches: float, sheet: Sheet) -> bool:
    """Whether names are too wide to stand beside each other."""
    if settings.are_numbers or len(settings.at) < 2:
        return False
    draft, at = new_figure(sheet.width, 1.0), sorted(settings.at)
    nearest = min(b - a for a, b in pairwise(at)) / (at[-1] - at[0]) * (len(at) - 1) / len(at)
    return max(widths(draft, settings.words)) > inches * nearest - APART


def dress(axes: Axes, settings: Settings, sheet: Sheet, step: int = 1) -> None:
    """Axes without a frame, with every so many of the settings written below them, and the name of the axis."""
    figure, wide = figure_of(axes), inches_of(axes)[0]
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=SIZE)
    marked = not settings.are_numbers or len(settings.at) <= MARKED or step > 1
    limits = axes.get_xlim()
    if marked:
        axes.set_xticks(settings.at[::step], settings.words[::step])
    else:
        axes.locator_params(axis="x", nbins=max(3, int(1.7 * wide)))
        inside = [tick for tick in axes.get_xticks() if limits[0] <= tick <= limits[1]]
        axes.set_xticks(inside, [f"{tick:g}" for tick in inside])
    axes.set_xlim(limits)
    upright = is_upright(settings, wide, sheet)
    if upright:
        names = [shortened(figure, word, LONGEST) for word in settings.words[::step]]
        axes.set_xticks(settings.at[::step], names, rotation=90)
    keep_apart(axes, upright)
    axes.set_xlabel(_title(figure, settings, wide, sheet), fontsize=TITLE_SIZE, color=INK)


def level(axes: Axes) -> None:
    """Faint lines across, and one at nothing."""
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.axhline(0.0, color=GREY, linewidth=0.9)
    axes.locator_params(axis="y", nbins=max(4, min(7, int(2.2 * inches_of(axes)[1]))))


def widths(figure: Figure, words: Sequence[str], size: float = SIZE) -> list[float]:
    """Inches across each."""
    artist, found = figure.text(0, 0, "", fontsize=size), []
    for one in words:
        artist.set_text(one)
        found.append(width_of(figure, artist) if one else 0.0)
    artist.remove()
    return found


def shortened(figure: Figure, words: str, inches: float) -> str:
    """The words, shortened at their end until they fit."""
    artist = figure.text(0, 0, "", fontsize=SIZE)
    fit(figure, artist, words, "", inches)
    artist.remove()
    return str(artist.get_text())


def _title(figure: Figure, settings: Settings, inches: float, sheet: Sheet) -> str:
    room = inches if sheet.has_margin else min(inches, sheet.width - 2 * EDGE)
    return (
        wrapped(figure, settings.title, TITLE_SIZE, room, 3 if sheet.has_margin else 5)
        if settings.title.strip()
        else ""
    )


def keep_apart(axes: Axes, upright: bool = False) -> None:
    """Leave out what would lie upon the one after it, so never the last; what would run out ends at its mark."""
    figure, turn = figure_of(axes), 90 if upright else 0
    words = [label.get_text() for label in axes.get_xticklabels()]
    wide = [UPRIGHT] * len(words) if upright else widths(figure, words)
    spans = []
    for at, said, inches in zip(axes.get_xticks(), words, wide, strict=True):
        middle = float(axes.transData.transform((float(at), 0.0))[0]) / figure.dpi
        spans.append((middle - inches / 2, middle + inches / 2, float(at), said))
    kept: list[tuple[float, float, float, str]] = []
    for span in sorted(spans, reverse=True):
        if not kept or span[1] + (0.0 if upright else APART) <= kept[-1][0]:
            kept.append(span)
    axes.set_xticks([span[2] for span in kept], [span[3] for span in kept], rotation=turn)
    for label, span in zip(axes.get_xticklabels(), kept, strict=True):
        over = span[1] > float(figure.get_figwidth()) - 0.04
        label.set_horizontalalignment("right" if over else "left" if span[0] < 0.04 else "center")
