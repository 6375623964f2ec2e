"""The picture of output lost by cause: what is missing each day, stacked by the constraint that bound."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.causes import KINDS, MADE_UP, Cause
from sim.results.daily import Charged
from sim.results.measured import ALL_OUTPUT
from sim.results.outcome import Outcome
from sim.results.plots.column import Row, Words, column
from sim.results.plots.headline import NOTHING_LOST
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.stack import Stack, draw_stack, lost_words, read_words, stack_of
from sim.results.provenance import Provenance
from sim.results.terminal import literal


def lost_by_cause(
    outcome: Outcome,
    axes: Axes | None = None,
    provenance: Provenance | None = None,
    sheet: Sheet = WIDE,
    *,
    charged: Charged,
) -> Figure:
    """Output or sales missing each day, stacked by what bound, mean over replications.

    `charged` says which place or group it is of, and comes of living through the run again: see `sim.plot`.
    On `axes` of your own only the panel is drawn, with names to its right.
    """
    stack = causes_of(charged)
    name = "All output" if charged.what.name == ALL_OUTPUT else literal(charged.what.name)
    said = lost_words(stack, name, len(outcome.replications)) if stack.layers else NOTHING_LOST
    row = Row(stack.height, partial(draw_stack, stack), stack.caption)
    return column(outcome, [row], Words(said, _meanings(stack, charged)), [axes] if axes else None, provenance, sheet)


def causes_of(charged: Charged) -> Stack:
    """A layer for each kind of cause; of a single place also by the input that was short."""
    parts: dict[str, Array] = {}
    ordered = sorted(charged.by_cause, key=lambda cause: (list(KINDS).index(cause.kind), cause.of))
    for cause in ordered:
        if cause.kind != MADE_UP:
            name = _name(cause, charged.what.is_group)
            parts[name] = parts.get(name, 0.0) + charged.by_cause[cause]
    name = literal(charged.what.name)
    days = next(iter(charged.by_cause.values()), np.zeros(1))
    made_up = -sum((d for cause, d in charged.by_cause.items() if cause.kind == MADE_UP), np.zeros_like(days))
    title = "Output missing, by cause" if charged.what.name == ALL_OUTPUT else f"Missing at {name}, by cause"
    return stack_of(title, parts, made_up, charged.what.unit, charged.baseline)


def _name(cause: Cause, is_group: bool) -> str:
    return f"{cause.kind}: {literal(cause.of)}" if cause.of and not is_group else cause.kind


def _meanings(stack: Stack, charged: Charged) -> str:
    """What each kind that is drawn means."""
    drawn = {layer.name.split(": ")[0] for layer in stack.layers}
    said = [f"{kind}: {meaning}" for kind, meaning in KINDS.items() if kind in drawn]
    return read_words(stack.unit) + (f"{'; '.join(said)}. " if said else "")
