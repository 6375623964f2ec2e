"""The picture of a run: shocks, cover, output along the chain and unmet demand, on one time axis."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results import times
from sim.results.curves import Curve
from sim.results.outcome import Outcome
from sim.results.plots.column import Words, column, rows_of
from sim.results.plots.headline import headline, worst_hit
from sim.results.plots.panels import Bar, Panel, how_to_read, panels
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import LOSS, day_words
from sim.results.provenance import Provenance
from sim.results.terminal import literal


def resilience(
    outcome: Outcome,
    axes: Sequence[Axes] | None = None,
    provenance: Provenance | None = None,
    sheet: Sheet = WIDE,
) -> Figure:
    """The picture of an outcome: lines are medians over replications, bands hold 90 % of them.

    A bar below the shocks, and dashed lines, mark time to impact and recovery where the headline says it hurts most. On
    `axes` of your own (one for the shocks, then one for each panel) only the panels are drawn; the space to the right
    of them is for labels.
    """
    drawn: list[Panel] = panels(outcome)
    found = worst_hit(outcome)
    loss = time_of_loss(outcome, found[1]) if found else None
    return column(outcome, rows_of(drawn), Words(headline(outcome), how_to_read(drawn), loss), axes, provenance, sheet)


def time_of_loss(outcome: Outcome, curve: Curve) -> Bar | None:
    """From the first day below baseline to the first on which it is back for good, both medians; None if not known."""
    impact, recovery = times.time_to_impact(curve), times.recovery_time(curve)
    due = recovery[~np.isnan(recovery)]
    if not due.size or math.isnan(outcome.first_day):
        return None
    first = outcome.first_day + float(np.median(impact[~np.isnan(impact)]))
    last = outcome.first_day + float(np.median(due))
    lasts = last > outcome.days
    end = "the end" if lasts else day_words(outcome.date(last - 1))
    when = f"below baseline {day_words(outcome.date(first))} to {end}"
    return Bar(literal(curve.name), "", when, first, min(last, float(outcome.days)), None, lasts, LOSS)
