"""Tables of what was seen: each period beside the model, and what a fit tells of each number."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from sim.results.fits import TENTHS, Fit, Told
from sim.results.sightings import Seen, Sighting
from sim.results.table import Cell, Column, Table
from sim.scenario.stated import Stated
from sim.scenario.uncertain import Uncertain

_PERIODS: Final = (
    Column("observed", "series", meaning="name of the entry of `observed`"),
    Column("period", "period"),
    Column("use", "use", meaning="`fitted`, `scored`, or empty"),
    Column("value", "seen", meaning="in the unit of the series"),
    Column("unit", "unit"),
    Column("seen", "seen", "%", "share of usual"),
    Column("model", "model", "%", "share of usual, median of the replications"),
    Column("low", "10 %", "%", "lower end of the 80 % band, with the scatter of usual periods"),
    Column("high", "90 %", "%", "upper end of the 80 % band, with the scatter of usual periods"),
    Column("within", "in band", meaning="whether what was seen lies in the band"),
    Column("source", "source", shown=False),
)


def periods_table(sightings: Sequence[Sighting]) -> Table:
    """Every period of every series."""
    rows = [row for sighting in sightings for row in _periods(sighting)]
    notes = [f"{s.seen.name}: {s.seen.series.title}; 100 % is {_usual(s)}" for s in sightings]
    return Table("periods", _PERIODS, tuple(rows), tuple(notes))


def _usual(sighting: Sighting) -> str:
    seen = sighting.seen
    if seen.entry.level is not None:
        return str(seen.entry.level)
    if seen.entry.usual is None:
        return f"the same {seen.series.each} a year before{_bare(seen)}"
    window = seen.entry.usual
    periods = f"{len(seen.of_usual)} {seen.series.each}{'s' if len(seen.of_usual) > 1 else ''}"
    return f"{seen.level:,.4g} {seen.series.unit}, the mean of {periods} from {window.from_} to {window.until}"


def _bare(seen: Seen) -> str:
    """What of the windows is left out because its year before was not seen."""
    windows = [window for window in (seen.entry.fit, seen.entry.score) if window]
    asked = [period for period in seen.series.periods if any(period.inside(window) for window in windows)]
    names = [period.name for period in asked if period not in seen.periods]
    return f"; without {', '.join(names)}, which it does not hold for the year before" if names else ""


def _periods(sighting: Sighting) -> list[tuple[Cell, ...]]:
    seen = sighting.seen
    low, high = sighting.band()
    fitted, scored = seen.within(seen.entry.fit), seen.within(seen.entry.score)
    rows: list[tuple[Cell, ...]] = []
    for i, period in enumerate(seen.periods):
        one = seen.series.values[period.name]
        share = float(seen.shares[i])
        use = "fitted" if fitted[i] else "scored" if scored[i] else ""
        within = bool(sighting.covered[i])
        figures = (share, float(sighting.median[i]), float(low[i]), float(high[i]))
        source = one.source or seen.series.source
        rows.append((seen.name, period.name, use, one.middle, seen.series.unit, *figures, within, source))
    return rows


_FITTED: Final = (
    Column("name", "number"),
    Column("unit", "unit"),
    Column("before_low", "before, 10 %", meaning="of all draws"),
    Column("before_high", "90 %", meaning="of all draws"),
    Column("middle", "fitted", meaning="median of the draws kept"),
    Column("after_low", "10 %", meaning="of the draws kept"),
    Column("after_high", "90 %", meaning="of the draws kept"),
    Column("width", "width left", "%", "of the 80 % interval, after over before"),
    Column("finding", "finding"),
    Column("partner", "moves with", meaning="the other number it is most correlated with among the draws kept"),
    Column("correlation", "correlation", meaning="rank correlation with it"),
)


def fitted_table(told: Sequence[Told], entries: Mapping[str, Uncertain]) -> Table:
    """What the data tell of each number; in the unit of its distribution."""
    return Table("fitted", _FITTED, tuple(_fitted(one, entries[one.name]) for one in told))


def _fitted(told: Told, entry: Uncertain) -> tuple[Cell, ...]:
    numbers = [_rounded(x) for x in (*told.before, told.middle, *told.after)]
    partner = (told.partner, round(told.correlation, 2)) if abs(told.correlation) >= 0.3 else ("", None)
    return (told.name, unit_of(entry), *numbers, told.width, told.words, *partner)


def unit_of(entry: Uncertain) -> str:
    """The unit of what is drawn, or `times` for a factor."""
    first = entry.spread.quantities()[0]
    return first.words if isinstance(first, Stated) else "times"


def _rounded(value: float) -> float:
    """Three digits: no fit tells more."""
    return float(f"{value:.3g}")


_PROFILE: Final = (
    Column("name", "number"),
    *(Column(f"tenth_{i}", f"{i}", meaning="least distance in this tenth of all draws") for i in range(1, TENTHS + 1)),
)


def profile_table(told: Sequence[Told], fit: Fit) -> Table:
    """How near the nearest draw of each tenth of a number's range comes."""
    note = (
        f"root mean square difference from what was seen, as a share of usual; kept is all within {fit.reach:.3g}, and "
        f"the nearest is {fit.distance[fit.nearest]:.3g} away"
    )
    rows = tuple((one.name, *(_share(x) for x in one.profile)) for one in told)
    return Table("profile", _PROFILE, rows, (note,))


def _share(value: float) -> float | None:
    return None if math.isnan(value) else float(np.round(value, 4))
