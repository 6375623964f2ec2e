"""The picture of licence authorities: what was filed and decided up to each day, and what was pending on it."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.errors import ScenarioError, suggest
from sim.results.licensing import Desk, desk_of, licensed_links
from sim.results.outcome import Outcome
from sim.results.plots.column import Words, column, rows_of
from sim.results.plots.panels import NOTHING, Line, Panel, how_to_read
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.provenance import Provenance
from sim.results.statistics import bands
from sim.results.terminal import literal, number

MOST_DESKS, HEIGHT = 3, 1.9
"""Authorities shown at most; inches of the panel of what is filed."""
NONE = "Nothing needs a licence."


def licence_desk(
    outcome: Outcome,
    axes: Sequence[Axes] | None = None,
    provenance: Provenance | None = None,
    at: str = "",
    sheet: Sheet = WIDE,
) -> Figure:
    """Applications filed, approved, denied and pending, by number of parcels; two panels for each authority, or `at`.

    Medians over replications with bands of 90 % of them. On `axes` of your own, one for each panel, with another for
    the shocks before them or not: what waits would be flat on the scale of what was ever filed.
    """
    drawn, more = desk_panels(outcome, at)
    above = "Applications for licences, by number; those filed again are counted again." if drawn else NONE
    above += f" {more} more authorities: name one to see it." if more else ""
    return column(outcome, rows_of(drawn), Words(above, how_to_read(drawn)), axes, provenance, sheet)


def desk_panels(outcome: Outcome, at: str = "") -> tuple[list[Panel], int]:
    """Two panels for each authority that anything needs a licence of, and how many authorities are left out."""
    desks = {name: links for name in outcome.scenario.network.regimes if (links := licensed_links(outcome, name))}
    if at and at not in desks:
        raise ScenarioError(f"no authority '{at[:60]}' whose licence anything needs.{suggest(at, desks)}")
    chosen = [at] if at else list(desks)[:MOST_DESKS]
    drawn = [panel for name in chosen for panel in _panels(desk_of(outcome, desks[name], name))]
    return drawn, 0 if at else max(0, len(desks) - MOST_DESKS)


def _panels(desk: Desk) -> tuple[Panel, ...]:
    """What is filed and what is pending; where nothing is filed, only that."""
    name = literal(desk.name)
    counted = {"filed": desk.filed, "approved": desk.approved, "denied": desk.denied}
    lines = [_line(what, np.cumsum(daily, axis=0), "in all") for what, daily in counted.items()]
    waiting = _line("pending", desk.pending, "at the end")
    if not any(np.any(line.high > 0.0) for line in (*lines, waiting)):
        lines = []
    filed = _panel(f"{name}: filed and decided up to each day", lines, HEIGHT)
    return (filed, _panel(f"{name}: pending at the end of each day", [waiting], 0.8 * HEIGHT)) if lines else (filed,)


def _panel(title: str, lines: Sequence[Line], height: float) -> Panel:
    shown = height if lines else NOTHING
    return Panel(title, tuple(lines), "Nothing is filed.", None, 1.0, math.inf, shown, "applications")


def _line(what: str, daily: Array, when: str) -> Line:
    low, middle, high = bands(daily)
    return Line(what, f"{number(float(middle[-1]))} {when}", low, middle, high, 0.0)
