"""What the panels of a picture show, as plain data: which lines, in what order, and what is said of them."""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results import losses
from sim.results.curves import Curve, by_stage, demand_of, lost_of, outputs, unmet_of
from sim.results.levels import cover_of
from sim.results.outcome import Outcome
from sim.results.plots.style import COLORS, SHOCK, day_words
from sim.results.service import fill_rate, lost_rate, service_of, unmet_share
from sim.results.statistics import bands
from sim.results.terminal import literal
from sim.scenario.moments import day_of

MOST = len(COLORS)
WEEK = 7
VISIBLE = 0.005
"""Share of its usual cover below which a line would not be seen to move."""
NOTHING = 0.35
"""Inches of a panel that has nothing to show."""


@dataclass(frozen=True)
class Line:
    """One place or stage: its daily quantiles, and the figure that stands beside its name."""

    name: str
    figure: str
    low: Array
    """5 % quantile of each day, as high is the 95 % one; both are the middle where replications do not differ."""
    middle: Array
    high: Array
    hit: float
    """How badly it is hit, to choose by; 0 if it is not."""
    filled: Array | None = None
    """Filled from zero up to here, for the part of the line that is worse than the rest."""


@dataclass(frozen=True)
class Panel:
    """Lines on one scale."""

    title: str
    lines: tuple[Line, ...]
    empty: str
    """What to say where there is no line."""
    reference: float | None
    """Where a line for the baseline is drawn."""
    top: float
    """The scale goes from 0 at least to here."""
    cap: float
    """What is above is cut off."""
    height: float
    """Inches."""
    unit: str = ""
    """Of the scale, where the title does not say it."""


@dataclass(frozen=True)
class Bar:
    """One shock, in days of the run; clipped to it."""

    name: str
    heard: str
    """When it was announced, in words, where that is before it holds; the mark says so too."""
    when: str
    """Its dates in words."""
    first: float
    last: float
    announced: float | None
    lasts: bool
    """Whether it still holds when the run ends."""
    color: str = SHOCK


def panels(outcome: Outcome) -> list[Panel]:
    """Cover, output along the chain, and unmet demand, as far as the scenario has any of it."""
    made = [cover_panel(outcome)] if outcome.inputs else []
    made += [output_panel(outcome)] if outcome.facilities else []
    return made + ([unmet_panel(outcome)] if outcome.markets else [])


def cover_panel(outcome: Outcome) -> Panel:
    """Days of cover of the inputs that fall furthest below their usual cover."""
    lines = [cover_line(outcome, place) for place, (node, _) in outcome.inputs.items() if is_used(outcome, place)]
    shown = most_hit(lines)
    title = f"Days of cover of the inputs most hit{shown_of(shown, lines)}"
    return Panel(title, shown, "No input falls below its usual cover.", None, 1.0, math.inf, 1.5 if shown else NOTHING)


def output_panel(outcome: Outcome) -> Panel:
    """Output of each stage of the chain as a share of the same day without shocks, in percent."""
    stages = by_stage(outcome, outputs(outcome))
    weekly = any(curve.plan > 0.0 and np.any(curve.baseline < 0.2 * curve.plan) for curve in stages.values())
    lines = [_output_line(outcome, curve, stage, weekly) for stage, curve in stages.items()]
    shown = lines if len(lines) <= MOST else sorted(lines, key=lambda line: -line.hit)[:MOST]
    over = ", means of 7 days" if weekly else ""
    title = f"Output along the chain, % of the same day without shocks{over}{shown_of(shown, lines)}"
    return Panel(title, tuple(shown), "Nothing is made.", 100.0, 110.0, 200.0, 2.1)


def unmet_panel(outcome: Outcome) -> Panel:
    """Share of each day's demand that is not met on the day, in percent; filled what of it is lost for good."""
    lines = [_unmet_line(outcome, market) for market in outcome.markets]
    shown = most_hit(lines)
    title = f"Unmet demand at the markets, % of the day's demand{shown_of(shown, lines)}"
    title += "; line: late or lost, filled: lost for good" if shown else ""
    return Panel(title, shown, "All demand is met on its day.", None, 10.0, 100.0, 1.4 if shown else NOTHING)


def stage_name(outcome: Outcome, stage: int) -> str:
    """What is made there, or who buys: `ore + oxide`, `markets of car`."""
    made = {c for node, c in outcome.facilities.values() if outcome.facts.stage[node.name] == stage}
    if made:
        return " + ".join(literal(commodity) for commodity in sorted(made))
    bought = {c for market, (_, c) in outcome.markets.items() if outcome.facts.stage[market] == stage}
    return f"markets of {' + '.join(literal(commodity) for commodity in sorted(bought))}"


def bars(outcome: Outcome) -> list[Bar]:
    """The shocks that hold during the run, in order of time."""
    return [_bar(outcome, name, first, last) for name, (first, last) in outcome.windows.items()]


def how_to_read(drawn: Sequence[Panel]) -> str:
    """What lines and bands are, where replications differ."""
    many = any(not np.array_equal(line.low, line.high) for panel in drawn for line in panel.lines)
    return "Lines: medians of replications; bands: 5 % to 95 % of them. " if many else ""


def _bar(outcome: Outcome, name: str, first: float, last: float) -> Bar:
    shock, start, days = outcome.scenario.shocks[name], outcome.scenario.start, outcome.days
    announced = day_of(shock.announced, start) if shock.announced is not None else None
    if announced is not None and announced >= first:
        announced = None
    last_date = _date(start, last - 1) if last <= days else None
    heard = "" if announced is None else f"announced {_day(start, announced, last_date)}, "
    when = ["at random"] if shock.random is not None else []
    before = first == 0 and shock.window(start)[0] < 0
    when += ["from before the start"] if before else [_day(start, first, last_date)]
    when += ["to", day_words(last_date)] if last_date else ["to beyond the end"]
    return Bar(literal(name), heard, " ".join(when), first, min(last, float(days)), announced, last > days)


def _day(start: datetime.date, day: float, last: datetime.date | None) -> str:
    """The day in words, without the year where it is that of the last day that is named."""
    return day_words(_date(start, day), year=last is None or _date(start, day).year != last.year)


def _date(start: datetime.date, day: float) -> datetime.date:
    return start + datetime.timedelta(days=int(day))


def is_used(outcome: Outcome, place: str) -> bool:
    return outcome.facts.usage[place] > 0.0 and bool(np.any(outcome.baseline["stock", place] > 0.0))


def cover_line(outcome: Outcome, place: str) -> Line:
    cover = cover_of(outcome, place)
    low, middle, high = bands(cover.shocked)
    gap = float(np.max(np.median(cover.baseline, axis=1) - low)) / float(np.max(cover.baseline))
    return Line(literal(place), f"lowest {np.min(middle):.0f}", low, middle, high, gap if gap > VISIBLE else 0.0)


def _output_line(outcome: Outcome, curve: Curve, stage: int, weekly: bool) -> Line:
    mean: Callable[[Array], Array] = _weekly if weekly else np.asarray
    percent = 100.0 * _ratio(mean(curve.shocked), mean(curve.baseline))
    low, middle, high = bands(percent)
    return Line(
        stage_name(outcome, stage), f"lowest {np.min(middle):.0f} %", low, middle, high, 100.0 - float(np.min(low))
    )


def _unmet_line(outcome: Outcome, market: str) -> Line:
    asked, service = demand_of(outcome, market), service_of(outcome, market)
    low, middle, high = bands(100.0 * unmet_share(asked, unmet_of(outcome, market)))
    gone = bands(100.0 * unmet_share(asked, lost_of(outcome, market)))[1]
    missed = 100.0 * float(np.mean(1.0 - fill_rate(service)))
    lost = 100.0 * float(np.mean(lost_rate(service)))
    said = f"{_percent(missed - lost)} late, {_percent(lost)} lost"
    return Line(literal(market), said, low, middle, high, missed if missed > 1e-6 else 0.0, gone)


def _percent(share: float) -> str:
    return f"{share if share > 1e-6 else 0.0:.3g} %"


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole, and 1 on days on which neither has anything."""
    ratio = losses.share_of(part, whole)
    return np.where(whole == 0.0, np.where(part == 0.0, 1.0, 2.0), ratio)


def _weekly(daily: Array) -> Array:
    """Mean of each day and the six before it; of fewer at the beginning."""
    total = np.cumsum(daily, axis=0)
    before = np.concatenate([np.zeros_like(total[:WEEK]), total[:-WEEK]])[: len(total)]
    counted = np.minimum(np.arange(1, len(total) + 1), WEEK)[:, None]
    return np.asarray((total - before) / counted)


def most_hit(lines: Sequence[Line], hit_only: bool = True) -> tuple[Line, ...]:
    """The lines that are hit worst, as many as there are colours."""
    hit = sorted((x for x in lines if x.hit > 0.0 or not hit_only), key=lambda line: (-line.hit, line.name))
    return tuple(hit[:MOST])


def shown_of(shown: Sequence[Line], lines: Sequence[Line]) -> str:
    return f" ({len(shown)} of {len(lines)} shown)" if 0 < len(shown) < len(lines) else ""
