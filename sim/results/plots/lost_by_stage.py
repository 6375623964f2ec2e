"""The picture of output lost by stage: what is missing each day, stacked along the chain."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.curves import output_of
from sim.results.losses import is_below
from sim.results.measured import ALL_OUTPUT, Measured, measured
from sim.results.outcome import Outcome
from sim.results.plots.column import Row, Words, column
from sim.results.plots.headline import NOTHING_LOST
from sim.results.plots.panels import stage_name
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.stack import Stack, draw_stack, lost_words, read_words, stack_of
from sim.results.provenance import Provenance

WHAT = "Output missing, by stage of the chain"


def lost_by_stage(
    outcome: Outcome, axes: Axes | None = None, provenance: Provenance | None = None, sheet: Sheet = WIDE
) -> Figure:
    """Output missing each day, stacked by stage, mean over replications; made up on other days is below zero.

    In the unit of `all output` of the losses table, and its area is the loss that stands there. On `axes` of your own
    only the panel is drawn, with names to its right.
    """
    stack = stages_lost(outcome)
    said = lost_words(stack, "All output", len(outcome.replications)) if stack.layers else NOTHING_LOST
    row = Row(stack.height, partial(draw_stack, stack), stack.caption)
    return column(outcome, [row], Words(said, read_words(stack.unit)), [axes] if axes else None, provenance, sheet)


def stages_lost(outcome: Outcome) -> Stack:
    """What every stage misses, by day."""
    what = next((one for one in measured(outcome) if one.name == ALL_OUTPUT), Measured(ALL_OUTPUT, "", "", {}))
    parts: dict[int, Array] = {}
    made_up, whole = np.zeros(outcome.days), 0.0
    for place, weight in what.weights.items():
        curve = output_of(outcome, place)
        missing, below = weight * (curve.baseline - curve.shocked), is_below(curve)
        stage = outcome.facts.stage[curve.node]
        parts[stage] = parts.get(stage, 0.0) + np.mean(np.where(below, missing, 0.0), axis=1)
        made_up = made_up + np.mean(np.where(below, 0.0, -missing), axis=1)
        whole += weight * curve.plan * outcome.days
    named = {stage_name(outcome, stage): parts[stage] for stage in sorted(parts)}
    return stack_of(WHAT, named, made_up, what.unit, whole)
