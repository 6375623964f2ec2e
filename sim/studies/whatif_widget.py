"""The what-if of a notebook: sliders at the left, and at the right what is lost, its curve and its table."""

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets

from sim.errors import Problem, ScenarioError, suggest
from sim.results.curves import Curve
from sim.results.losses import settled_loss
from sim.results.plots.headline import told
from sim.results.plots.style import rendered
from sim.results.plots.what_if import what_if
from sim.results.result import Result
from sim.results.table_card import card_of
from sim.results.tables import losses_table
from sim.results.telling import Course, course_of, curve_of, is_sold, telling_place
from sim.results.terminal import literal, number
from sim.scenario.load import resolved
from sim.scenario.scenario import Scenario
from sim.studies.knobs import Knob
from sim.studies.movable import World
from sim.studies.sliders import WIDE, Control, control_of
from sim.studies.swift import FIRST, lived, sizes_of

STATUS = '<div role="status" aria-live="polite">{}</div>'
PROBLEM = '<div role="alert" style="color:#b00020;white-space:pre-line">{}</div>'


class WhatIf(ipywidgets.VBox):  # type: ignore[misc]
    """Moves are answered at once, with the same luck. What cannot be is told, and what was found before stays.

    `controls` holds a widget for each knob, by name; setting its `value` is a move.
    """

    def __init__(self, world: World, replications: int | None = None, place: str = ""):
        self.world = world
        self._held = True
        self._found: tuple[Scenario, Result, str] | None = None
        self._file: tuple[int, Result] | None = None
        self._problems = ScenarioError([])
        made = {name: control_of(knob, world.scenario.start) for name, knob in world.knobs.items()}
        self._controls: Mapping[str, Control] = made
        self.controls = {name: control.moved for name, control in made.items()}
        count = min(FIRST, world.replications) if replications is None else replications
        self.replications = ipywidgets.BoundedIntText(
            count, min=1, max=world.replications, description="Replications", continuous_update=False
        )
        self.place = ipywidgets.Dropdown(options=list(world.places), description="Place")
        self.back = ipywidgets.Button(description="All as in the file", disabled=True)
        self.says, self.problems = ipywidgets.HTML(), ipywidgets.HTML()
        self.curve = ipywidgets.Image(format="png", layout=ipywidgets.Layout(width=WIDE, object_fit="contain"))
        self.losses = ipywidgets.HTML()
        super().__init__([self._heading(), ipywidgets.HBox([self._left(), self._right()])])
        self._choose(place)
        for moved in (*self.controls.values(), self.replications, self.place):
            moved.observe(self._moved, names="value")
        self.back.on_click(lambda _: self.reset())
        self._held = False

    @property
    def values(self) -> dict[str, float]:
        """What is moved, by name, with its number."""
        return {n: c.number for n, c in self._controls.items() if c.number != c.knob.value}

    @property
    def scenario(self) -> Scenario:
        """The scenario as set now, with its seed and replications: `sim.run` of it finds what is shown."""
        return self._now[0]

    @property
    def result(self) -> Result:
        """What was found at this setting."""
        return self._now[1]

    @property
    def _now(self) -> tuple[Scenario, Result, str]:
        """Raises ScenarioError with what is wrong where the setting cannot be."""
        if self._problems.problems:
            raise self._problems
        assert self._found is not None
        return self._found

    def yaml(self) -> str:
        """The scenario as set now, in one file."""
        return resolved(self.scenario)

    def move(self, name: str, number: float) -> None:
        """As by hand: days, percent, days of the run, or 0 and 1. Raises ScenarioError for what cannot be."""
        if name not in self._controls:
            raise ScenarioError(f"nothing to move at '{name[:200]}'.{suggest(name, self._controls)}")
        control = self._controls[name]
        span = control.knob.span
        if not span.low <= number <= span.high:
            says = f"{number:g} lies outside {span.low:g} to {span.high:g}, the range of its slider"
            remedy = f"give it another with sim.whatif(scenario, knobs=('{name}=FROM:TO:STEP',))"
            raise ScenarioError([Problem(name, f"{says}: {remedy}")])
        control.knob.said(number)
        control.set(number)
        assert self._now

    def reset(self) -> None:
        """All as in the file."""
        self._held = True
        for control in self._controls.values():
            control.set(control.knob.value)
        self._held = False
        self._moved()

    def _choose(self, place: str) -> None:
        """The place that is asked for, or the most telling one."""
        if place and place not in self.world.places:
            raise ScenarioError(f"no place '{place[:200]}'.{suggest(place, self.world.places)}")
        self._live()
        self.place.value = place or telling_place(self.result.outcome, self.world.places)
        self._show()

    def _moved(self, _: object = None) -> None:
        if self._held:
            return
        self.back.disabled = not self.values
        try:
            self._live()
        except ScenarioError as error:
            self._problems = error
            self.problems.value = PROBLEM.format(escape(literal_lines(error, self.world.knobs)))
            return
        self._problems = ScenarioError([])
        self.problems.value = ""
        self._show()

    def _live(self) -> None:
        """Live through what is set now, and through the file with as many replications."""
        world, count = self.world, self.replications.value
        moved = world.at(self.values)
        sizes = sizes_of(moved, count, world.seed)
        scenario = world.as_run(moved, sizes.all, sizes.is_random)
        result = Result(lived(scenario, sizes.all, world.seed, lambda: None))
        if not self.values:
            self._file = (sizes.all, result)
        elif self._file is None or self._file[0] != sizes.all:
            self._file = (sizes.all, Result(lived(world.scenario, sizes.all, world.seed, lambda: None)))
        self._found = (scenario, result, sizes.said_of(result.outcome))

    def _show(self) -> None:
        _, result, runs = self._now
        now, course = self._course(result)
        file, drawn = self._course(self._file[1]) if self._file and self.values else (None, None)
        what = "sales" if is_sold(result.outcome, self.world.places[self.place.value]) else "output"
        lines = (told(result.outcome, now, what), compared(now, file), runs)
        self.says.value = STATUS.format("".join(f"<p>{escape(literal(line))}</p>" for line in lines if line))
        self.curve.value = rendered(what_if(result.outcome, course, drawn), "png")
        self.losses.value = self._card().html()

    def _course(self, result: Result) -> tuple[Curve, Course]:
        what = self.world.places[self.place.value]
        curve = curve_of(result.outcome, what)
        return curve, course_of(curve, is_sold(result.outcome, what))

    def _card(self) -> Any:
        return card_of("What is lost, against the same world without the shocks", losses_table(self.result.outcome))

    def _heading(self) -> Any:
        scenario = self.world.scenario
        question = f"<p>{escape(literal(scenario.question))}</p>" if scenario.question else ""
        return ipywidgets.HTML(f"<strong>{escape(literal(scenario.title))}</strong>{question}")

    def _left(self) -> Any:
        groups: dict[str, list[Control]] = {}
        for control in self._controls.values():
            groups.setdefault(control.knob.group, []).append(control)
        parts = [ipywidgets.VBox([control.row for control in some]) for some in groups.values()]
        sliders = ipywidgets.Accordion(parts, titles=tuple(groups), selected_index=0)
        column = [self.place, self.replications, self.back, self.problems, sliders]
        return ipywidgets.VBox(column, layout=ipywidgets.Layout(width="36%", min_width="16em"))

    def _right(self) -> Any:
        return ipywidgets.VBox(
            [self.says, self.curve, self.losses], layout=ipywidgets.Layout(width="64%", overflow="auto")
        )

    def _repr_mimebundle_(self, **more: object) -> dict[str, object]:
        """With words and a table for where no widget is shown, as in a notebook that is read but not run."""
        shown: dict[str, object] = super()._repr_mimebundle_(**more)
        title = f"<strong>{escape(literal(self.world.scenario.title))}</strong>"
        words = self.says.value + (self._card().html() if not self._problems.problems else self.problems.value)
        return shown | {"text/html": title + words, "text/plain": repr(self)}

    def __repr__(self) -> str:
        moved = ", ".join(f"{name} at {value:g}" for name, value in self.values.items()) or "as in the file"
        return f"What if, {literal(self.world.scenario.title)}: {moved}"


def compared(now: Curve, file: Curve | None) -> str:
    """How much less or more is lost than as the file has it; empty where that is what is shown."""
    if file is None:
        return ""
    was, lost = float(settled_loss(file).mean()), float(settled_loss(now).mean())
    change = lost - was
    same = abs(change) < 1e-9 * max(1.0, abs(was))
    words = "as much" if same else f"{number(abs(change))} {now.unit} {'less' if change < 0 else 'more'}"
    return f"Lost: {number(lost)} {now.unit}, {words} than in the file ({number(was)})."


def literal_lines(error: ScenarioError, knobs: Mapping[str, Knob]) -> str:
    """Each problem on a line, with the label of the knob it is about."""
    named = {path: knob.label for knob in knobs.values() for path in knob.sets}
    said = [f"{named.get(p.path, p.path)}: {p.says}" if p.path else p.says for p in error.problems]
    return "\n".join(literal(line) for line in said)
