"""A knob as a control of Jupyter: a slider that says its value, or a box to tick."""

import datetime
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from sim.results.terminal import literal
from sim.studies.knobs import Knob

WIDE = "100%"
FINEST = 9
"""Decimals that a slider shows at most."""


@dataclass(frozen=True)
class Control:
    """What is moved, and the row it stands in."""

    knob: Knob
    moved: Any
    """The widget whose `value` is the number; of a switch, whether it is on."""
    row: Any

    @property
    def number(self) -> float:
        return float(self.moved.value)

    def set(self, number: float) -> None:
        self.moved.value = bool(number) if self.knob.kind == "switch" else number


def control_of(knob: Knob, start: datetime.date) -> Control:
    """A slider tells of a move once it is let go; `start` is the day from which dates count."""
    if knob.kind == "switch":
        box = ipywidgets.Checkbox(value=knob.value == 1.0, description=literal(knob.label), indent=False)
        box.tooltip = literal(knob.about)
        return Control(knob, box, box)
    slider = ipywidgets.FloatSlider(
        value=knob.value,
        min=knob.span.low,
        max=knob.span.high,
        step=knob.span.step,
        continuous_update=False,
        readout=knob.kind == "number",
        readout_format=f".{decimals(knob.span.step)}f",
        layout=ipywidgets.Layout(width="75%"),
    )
    slider.tooltip = literal(knob.label)  # its name, for who hears the page
    unit = ipywidgets.HTML(escape(literal(knob.unit)))
    if knob.kind == "date":
        _tell_date(slider, unit, start)
    label = ipywidgets.HTML(_label(knob))
    return Control(knob, slider, ipywidgets.VBox([label, ipywidgets.HBox([slider, unit])]))


def decimals(step: float) -> int:
    """As many as it takes to tell one step from the next."""
    return next(n for n in range(FINEST + 1) if n == FINEST or abs(round(step, n) - step) < 1e-9 * step)


def _label(knob: Knob) -> str:
    about = f" <small>{escape(literal(knob.about))}</small>" if knob.about else ""
    return f"<span>{escape(literal(knob.label))}</span>{about}"


def _tell_date(slider: Any, beside: Any, start: datetime.date) -> None:
    """The day of the run as a date, beside its slider."""

    def tell(_: object = None) -> None:
        try:
            beside.value = (start + datetime.timedelta(days=slider.value)).isoformat()
        except OverflowError:
            beside.value = "outside the calendar"

    slider.observe(tell, names="value")
    tell()
