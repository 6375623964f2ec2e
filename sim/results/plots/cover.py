"""The picture of days of cover: a panel for each stage of the chain, lines for the inputs most hit."""

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import ScenarioError, suggest
from sim.results.outcome import Outcome
from sim.results.plots.column import Words, column, rows_of
from sim.results.plots.panels import (
    NOTHING,
    Line,
    Panel,
    cover_line,
    how_to_read,
    is_used,
    most_hit,
    shown_of,
    stage_name,
)
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.provenance import Provenance

ABOVE = (
    "Days of cover: stock of an input at the end of the day over its planned use in a day, of the inputs that fall "
    "furthest below their usual cover."
)


def cover(
    outcome: Outcome,
    axes: Sequence[Axes] | None = None,
    provenance: Provenance | None = None,
    at: str = "",
    sheet: Sheet = WIDE,
) -> Figure:
    """Days of cover by stage, medians and bands of 90 % of replications; `at` a buyer, or one of its inputs, only it.

    On `axes` of your own, one for each panel, with another for the shocks before them or not, for panels share a scale
    of time and not one of days.
    """
    drawn = list(cover_panels(outcome, at))
    return column(outcome, rows_of(drawn), Words(ABOVE, how_to_read(drawn)), axes, provenance, sheet)


def cover_panels(outcome: Outcome, at: str = "") -> Iterator[Panel]:
    """A panel for each stage that buys anything, in order along the chain."""
    used = [place for place in outcome.inputs if is_used(outcome, place)]
    if at:
        asked = [place for place in used if at in (place, outcome.inputs[place][0].name)]
        if not asked:
            known = sorted({*used, *(outcome.inputs[place][0].name for place in used)})
            raise ScenarioError(f"nobody called '{at[:60]}' buys anything.{suggest(at, known)}")
        yield _panel(at, [cover_line(outcome, place) for place in asked], every=True)
        return
    by_stage: dict[int, list[Line]] = {}
    for place in used:
        by_stage.setdefault(outcome.facts.stage[outcome.inputs[place][0].name], []).append(cover_line(outcome, place))
    for stage in sorted(by_stage):
        yield _panel(f"Stage {stage}: {stage_name(outcome, stage)}", by_stage[stage])


def _panel(name: str, lines: Sequence[Line], every: bool = False) -> Panel:
    """The inputs most hit, or all of them if that is wanted and there is room."""
    shown = most_hit(lines, hit_only=not every)
    empty = "No input falls below its usual cover."
    return Panel(
        f"{name}{shown_of(shown, lines)}", shown, empty, None, 1.0, math.inf, 1.4 if shown else NOTHING, "days"
    )
