"""The tables of a sensitivity study: a row for each reading and factor, the one that matters most first."""

import math
from collections.abc import Sequence
from typing import Final

from sim.engine.records import Array
from sim.results.indices import Effects, Indices
from sim.results.swings import Swings
from sim.results.table import Cell, Column, Estimate, Table

_BEFORE: Final = (
    Column("reading", "reading", meaning="metric of a place"),
    Column("factor", "factor", meaning="what is moved"),
    Column("range", "range", meaning="its ends, or the 5 % and 95 % quantiles where it has none"),
)
_INDICES: Final = (
    Column("total", "total", "", "share of variance that stays if all but the factor were known; 95 % interval", True),
    Column("first", "alone", "", "share of variance that goes if the factor alone were known; 95 % interval", True),
)
_EFFECTS: Final = (
    Column("size", "size", "", "mean size of the effect over the whole range (mu*); 95 % interval", True),
    Column("effect", "effect", "", "mean effect over the whole range (mu); 95 % interval", True),
    Column("spread", "spread", "", "standard deviation of effects (sigma): interactions and curvature", True),
    Column("unit", "unit"),
)
_SWINGS: Final = (
    Column("low", "at low", "", "the reading where the factor is at the low end of its range; mean"),
    Column("high", "at high", "", "the reading where the factor is at the high end of its range; mean"),
    Column("low_change", "low less base", "", "at the low end less at the base, paired; mean with 95 % interval", True),
    Column(
        "high_change", "high less base", "", "at the high end less at the base, paired; mean with 95 % interval", True
    ),
    Column("width", "width", "", "from the least to the most of low, base and high", shown=False),
    Column("base", "base", "", "the reading where nothing is moved; mean with 95 % interval", True, shown=False),
    Column("unit", "unit"),
)


def indices_table(readings: Sequence[str], factors: Sequence[tuple[str, str]], indices: Indices) -> Table:
    """Sobol' indices, shape (reading, factor), of factors given by name and range."""
    rows: list[tuple[Cell, ...]] = []
    for r, reading in enumerate(readings):
        for f in _order(indices.total[r]):
            total = Estimate(*(float(a[r, f]) for a in (indices.total, indices.total_low, indices.total_high)))
            first = Estimate(*(float(a[r, f]) for a in (indices.first, indices.first_low, indices.first_high)))
            rows.append((reading, *factors[f], total, first))
    notes = ["total: share of variance with all a factor takes part in; alone: without interactions"]
    still = [reading for reading, spread in zip(readings, indices.variance, strict=True) if spread == 0.0]
    notes += [f"{reading} does not vary: there is nothing to divide among factors" for reading in still]
    return Table("indices", (*_BEFORE, *_INDICES), tuple(rows), tuple(notes))


def effects_table(
    readings: Sequence[str], units: Sequence[str], factors: Sequence[tuple[str, str]], effects: Effects
) -> Table:
    """Elementary effects, shape (reading, factor), in the unit of each reading."""
    rows: list[tuple[Cell, ...]] = []
    for r, reading in enumerate(readings):
        for f in _order(effects.mu_star[r]):
            size = Estimate(*(float(a[r, f]) for a in (effects.mu_star, effects.mu_star_low, effects.mu_star_high)))
            mean = Estimate(*(float(a[r, f]) for a in (effects.mu, effects.mu_low, effects.mu_high)))
            spread = Estimate(*(float(a[r, f]) for a in (effects.sigma, effects.sigma_low, effects.sigma_high)))
            rows.append((reading, *factors[f], size, mean, spread, units[r]))
    note = "effects are changes of the reading while a factor goes through its whole range"
    return Table("effects", (*_BEFORE, *_EFFECTS), tuple(rows), (note, effects.note) if effects.note else (note,))


def swings_table(
    readings: Sequence[str], units: Sequence[str], factors: Sequence[tuple[str, str]], swings: Sequence[Swings]
) -> Table:
    """What each reading comes to at both ends of each factor, in the unit of the reading; swings by reading."""
    rows: list[tuple[Cell, ...]] = []
    for reading, unit, found in zip(readings, units, swings, strict=True):
        for f in _order(found.width):
            low, high = (Estimate(*(float(a[f]) for a in ends)) for ends in (found.low, found.high))
            low_at, high_at = float(found.base[0] + low.mean), float(found.base[0] + high.mean)
            at = (low_at, high_at, low, high, float(found.width[f]))
            rows.append((reading, *factors[f], *at, Estimate(*map(float, found.base)), unit))
    note = "one at a time: what factors do together is not in it; sobol tells how much that is"
    return Table("swings", (*_BEFORE, *_SWINGS), tuple(rows), (note, *([swings[0].note] if swings[0].note else [])))


def _order(of: Array) -> list[int]:
    """The largest first; what has no value last."""
    return sorted(range(len(of)), key=lambda f: (math.isnan(of[f]), -of[f], f))
