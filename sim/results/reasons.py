"""Tables of why: what each shock is worth, what each constraint costs, and the story, sentence by sentence."""

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results import shapley
from sim.results.causes import DEMAND, KINDS, MADE_UP, PROCESS, STORAGE, WORKS, Cause
from sim.results.measured import Measured
from sim.results.shapley import Game, Subset
from sim.results.shortages import ALLOCATION, INPUT, LANE, LICENCE
from sim.results.statistics import mean_interval
from sim.results.story import Story
from sim.results.table import Cell, Column, Estimate, Table

ALL: Final = "all"
ROUNDING: Final = 1e-12
"""Sums over a run that differ by less than this share are the same."""

LOST = Column("lost", "lost", "", "output or sales lost; mean with 95 % interval", True)
_SHOCKS: Final = (
    Column("place", "place"),
    Column("commodity", "commodity", shown=False),
    Column("unit", "unit"),
    Column("shock", "shock", meaning="all: the loss when every shock strikes, which the others add up to"),
    Column("lost", "Shapley value", "", "what it adds to the loss, over all orders; mean with 95 % interval", True),
    Column("share", "of the loss", "%", "Shapley value as a share of the loss"),
    Column("alone", "alone", "", "lost if it alone strikes", True),
    Column("without", "without it", "", "lost if all but this one strike", True),
    Column("drawing_error", "drawing error", "", "half of the 95 % interval left by drawing orders", shown=False),
    Column("n", "n", meaning="replications", shown=False),
)
_CONSTRAINTS: Final = (
    Column("place", "place"),
    Column("commodity", "commodity", shown=False),
    Column("unit", "unit"),
    Column("cause", "bound by", meaning="; ".join(f"{kind}: {meaning}" for kind, meaning in KINDS.items())),
    Column("of", "of", meaning="the input that was short"),
    Column("lost", "lost", "", "charged to it; mean with 95 % interval", True),
    Column("share", "share", "%", "of what is missing on the days below baseline"),
    Column("n", "n", meaning="replications", shown=False),
)
_STORY: Final = (
    Column("date", "date"),
    Column("day", "day", meaning="days after the start of the run"),
    Column("place", "place", meaning="facility, market, input, link or shock"),
    Column("what", "what"),
    Column("says", "says"),
)
CAUSES: Final = (LICENCE, LANE, ALLOCATION, INPUT, WORKS, DEMAND, STORAGE, PROCESS, MADE_UP)

Losses = Mapping[str, Mapping[Subset, Array]]
Charges = Mapping[str, Mapping[Cause, Array]]


def shocks_table(game: Game, found: list[Measured], usual: Mapping[str, Array], lost: Losses) -> Table:
    """For each place or group that any shock touches, a row for each shock, and one for all together."""
    rows = [row for what in found for row in _shock_rows(game, what, usual, lost)]
    notes = [f"means of n = {n} replications, with 95 % intervals" for n in {r[-1] for r in rows} if n != 1]
    if not game.exact:
        orders = f"{len(game.orders)} of {math.factorial(len(game.shocks)):,} orders of the shocks were drawn"
        notes.append(f"{orders}; the intervals are of luck alone, and the file has the error of drawing")
    return Table("shocks", _SHOCKS, tuple(rows), tuple(notes))


def _shock_rows(game: Game, what: Measured, usual: Mapping[str, Array], lost: Losses) -> Iterator[tuple[Cell, ...]]:
    smallest = ROUNDING * np.sum([w * usual[place] for place, w in what.weights.items()], axis=0)
    by_subset = {s: settled(_weighted(what, {p: lost[p][s] for p in what.weights}), smallest) for s in game.subsets}
    if not any(np.any(values != 0.0) for values in by_subset.values()):
        return
    parts, total = shapley.values(game, by_subset), by_subset[game.everybody]
    errors = shapley.drawing_error(game, {s: float(np.mean(values)) for s, values in by_subset.items()})
    head, n = (what.name, what.commodity or None, what.unit), int(total.size)
    for shock in game.shocks:
        part, others = parts[shock], shapley.without(game, shock, by_subset)
        alone = shapley.alone(shock, by_subset)
        estimates = (estimate(part), _share(part, total), estimate(alone), estimate(others))
        yield (*head, shock, *estimates, errors[shock] if not game.exact else None, n)
    yield (*head, ALL, estimate(total), _share(total, total), None, None, None, n)


def constraints_table(found: list[Measured], usual: Mapping[str, Array], charged: Charges) -> Table:
    """For each place or group with any loss, a row for each cause, and one for all together."""
    rows = [row for what in found for row in _constraint_rows(what, usual, charged)]
    return Table("constraints", _CONSTRAINTS, tuple(rows))


def _constraint_rows(what: Measured, usual: Mapping[str, Array], charged: Charges) -> Iterator[tuple[Cell, ...]]:
    smallest = ROUNDING * np.sum([w * usual[place] for place, w in what.weights.items()], axis=0)
    causes: dict[Cause, Array] = {}
    for place, weight in what.weights.items():
        for cause, values in charged[place].items():
            key = cause if what.commodity else Cause(cause.kind, "")
            causes[key] = causes.get(key, 0.0) + weight * values
    causes = {c: v for c, v in causes.items() if np.any(np.abs(v) > smallest)}
    if not causes:
        return
    total = np.sum([*causes.values()], axis=0)
    missing = np.sum([v for c, v in causes.items() if c.kind != MADE_UP] or [np.zeros_like(total)], axis=0)
    head, n = (what.name, what.commodity or None, what.unit), int(total.size)
    for cause in sorted(causes, key=lambda c: (CAUSES.index(c.kind), c.of)):
        yield (*head, cause.kind, cause.of or None, estimate(causes[cause]), _share(causes[cause], missing), n)
    yield (*head, ALL, None, estimate(settled(total, smallest)), _share(total, missing), n)


def story_table(story: Story) -> Table:
    """A row for each sentence."""
    rows = tuple((e.date.isoformat(), e.day, e.place, e.what, e.says) for e in story.events)
    return Table("story", _STORY, rows, (told_from(story),))


def told_from(story: Story) -> str:
    """Which replication the story is of, and what it leaves out."""
    less = f"; {story.left_out} smaller spells below baseline are left out" if story.left_out else ""
    less = less.replace("1 smaller spells below baseline are", "1 smaller spell below baseline is")
    return f"told from replication {story.replication}, {story.chosen}{less}"


def estimate(values: Array) -> Estimate:
    """Mean with its 95 % interval."""
    return Estimate(*mean_interval(values))


def settled(values: Array, smallest: Array) -> Array:
    """With what is rounding beside the whole baseline set to 0."""
    return np.where(np.abs(values) <= smallest, 0.0, values)


def _weighted(what: Measured, values: Mapping[str, Array]) -> Array:
    return np.asarray(np.sum([what.weights[place] * values[place] for place in what.weights], axis=0))


def _share(part: Array, whole: Array) -> float | None:
    """Share of means; None of nothing."""
    total = float(np.mean(whole))
    return float(np.mean(part)) / total if total > 0.0 else None
