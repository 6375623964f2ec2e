"""What is missing each day, stacked: layers above the line, and what is made up later below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from sim.engine.records import Array
from sim.results.curves import PLAN_DAYS
from sim.results.losses import TOLERANCE
from sim.results.plots.captions import Caption, Entry
from sim.results.plots.drawing import bare, key, say_nothing, shade_all
from sim.results.plots.panels import MOST, NOTHING, Bar
from sim.results.plots.sheet import Sheet
from sim.results.plots.style import COLORS, FAINT, GREY
from sim.results.terminal import number

MADE_UP = "made up on other days"
REST = "the rest"
HEIGHT = 3.4
"""Inches."""


@dataclass(frozen=True)
class Layer:
    """A part of what is missing, mean over replications of each day."""

    name: str
    daily: Array

    @property
    def total(self) -> float:
        return float(np.cumsum(self.daily)[-1])


@dataclass(frozen=True)
class Stack:
    """Layers, the lowest first, and what is above baseline on other days, all in one unit."""

    title: str
    layers: tuple[Layer, ...]
    made_up: Layer
    unit: str

    @property
    def lost(self) -> float:
        """What is missing less what is made up."""
        return sum(layer.total for layer in self.layers) - self.made_up.total

    @property
    def height(self) -> float:
        return HEIGHT if self.layers else NOTHING

    @property
    def caption(self) -> Caption:
        """Title and unit, and names and totals as the layers lie upon each other."""
        entries: list[Entry] = [
            (color, layer.name, f", {number(layer.total)}") for layer, color in zip(self.layers, COLORS, strict=False)
        ]
        back = [(FAINT, MADE_UP, f", −{number(self.made_up.total)}")] if self.made_up.total > 0.0 else []
        return Caption(self.title, unit_words(self.unit) if self.layers else "", [*reversed(entries), *back])


def stack_of(title: str, parts: Mapping[str, Array], made_up: Array, unit: str, baseline: float) -> Stack:
    """The parts that are more than rounding beside the whole baseline; beyond as many as colours they are the rest."""
    least = TOLERANCE * baseline
    layers = [Layer(name, daily) for name, daily in parts.items() if float(np.sum(daily)) > least]
    if len(layers) > MOST:
        large = sorted(layers, key=lambda layer: -layer.total)[: MOST - 1]
        rest = [layer for layer in layers if layer not in large]
        total = np.add.accumulate([layer.daily for layer in rest])[-1]
        layers = [*(layer for layer in layers if layer in large), Layer(f"{REST} ({len(rest)})", total)]
    back = Layer(MADE_UP, np.where(made_up > 0.0, made_up, 0.0) if layers else np.zeros_like(made_up))
    return Stack(title, tuple(layers), back, unit)


def unit_words(unit: str) -> str:
    """What one on the scale is."""
    return "planned days a day" if unit == PLAN_DAYS else f"{unit} a day"


def read_words(unit: str) -> str:
    """How to read the scale, where it does not explain itself."""
    return "A planned day is what one product of one facility makes in a day by plan. " if unit == PLAN_DAYS else ""


def lost_words(stack: Stack, what: str, replications: int) -> str:
    """How much in all, in a sentence; it is the loss of the tables."""
    missing = sum(layer.total for layer in stack.layers)
    mean = f" (means of {replications:,} replications)" if replications > 1 else ""
    verb = "loses" if stack.lost >= 0.0 else "gains"
    net = f"{what} {verb} {number(abs(stack.lost))} {stack.unit} over the run{mean}"
    return f"{net}: {number(missing)} on days below baseline, {number(stack.made_up.total)} made up on others."


def draw_stack(stack: Stack, axes: Axes, bars: Sequence[Bar], last: int, sheet: Sheet) -> None:
    """The layers above zero and what is made up below it, with names and totals in the margin if there is one."""
    bare(axes, last)
    shade_all(axes, bars)
    if not stack.layers:
        return say_nothing(axes, "Nothing is lost.")
    day, reached = np.arange(len(stack.made_up.daily)), np.zeros(len(stack.made_up.daily))
    for layer, color in zip(stack.layers, COLORS, strict=False):
        axes.fill_between(day, reached, reached + layer.daily, color=color, linewidth=0, label=layer.name, zorder=2)
        reached = reached + layer.daily
    if stack.made_up.total > 0.0:
        axes.fill_between(day, 0, -stack.made_up.daily, color=FAINT, linewidth=0, label=MADE_UP, zorder=2)
        axes.plot(day, -stack.made_up.daily, color=GREY, linewidth=0.5, zorder=2.1)
    axes.axhline(0.0, color=GREY, linewidth=0.9, zorder=2.2)
    if sheet.has_margin:
        key(axes, stack.caption.entries, sheet.margin)
