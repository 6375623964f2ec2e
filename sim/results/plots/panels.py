"""What the panels of a picture show, as plain data: which lines, in what order, and what is said of them."""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results import losses, times
from sim.results.curves import Curve, by_stage, demand_of, outputs, sales, unmet_of
from sim.results.levels import cover_of
from sim.results.outcome import Outcome
from sim.results.plots.style import COLORS, day_words
from sim.results.service import fill_rate, service_of, unmet_share
from sim.results.statistics import TOO_FEW, bands, summarize
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


def panels(outcome: Outcome) -> list[Panel]:
    """Cover, output along the chain, and unmet demand, as far as the scenario has any of it."""
    made = [cover_panel(outcome)] if outcome.inputs else []
    made += [output_panel(outcome)] if outcome.facilities else []
    return made + ([unmet_panel(outcome)] if outcome.markets else [])


def cover_panel(outcome: Outcome) -> Panel:
    """Days of cover of the inputs that fall furthest below their usual cover."""
    lines = [_cover_line(outcome, place) for place, (node, _) in outcome.inputs.items() if _is_used(outcome, place)]
    shown = _most_hit(lines)
    title = f"Days of cover of the inputs most hit{_shown_of(shown, lines)}"
    return Panel(title, shown, "No input falls below its usual cover.", None, 1.0, math.inf, 1.5 if shown else NOTHING)


def output_panel(outcome: Outcome) -> Panel:
    """Output of each stage of the chain as a share of the same day without shocks, in percent."""
    stages = by_stage(outcome, outputs(outcome))
    weekly = any(curve.plan > 0.0 and np.any(curve.baseline < 0.2 * curve.plan) for curve in stages.values())
    lines = [_output_line(outcome, curve, stage, weekly) for stage, curve in stages.items()]
    shown = lines if len(lines) <= MOST else sorted(lines, key=lambda line: -line.hit)[:MOST]
    over = ", means of 7 days" if weekly else ""
    title = f"Output along the chain, % of the same day without shocks{over}{_shown_of(shown, lines)}"
    return Panel(title, tuple(shown), "Nothing is made.", 100.0, 110.0, 200.0, 2.1)


def unmet_panel(outcome: Outcome) -> Panel:
    """Share of each day's demand that is not met on the day, in percent."""
    lines = [_unmet_line(outcome, market) for market in outcome.markets]
    shown = _most_hit(lines)
    title = f"Unmet demand at the markets, % of the day's demand{_shown_of(shown, lines)}"
    return Panel(title, shown, "All demand is met on its day.", None, 10.0, 100.0, 1.4 if shown else NOTHING)


def bars(outcome: Outcome) -> list[Bar]:
    """The shocks that hold during the run, in order of time."""
    return [_bar(outcome, name, first, last) for name, (first, last) in outcome.windows.items()]


def headline(outcome: Outcome) -> str:
    """What is lost where it hurts most, when it starts and when it is over, in a sentence or two."""
    for what, curves in (("sales", sales(outcome)), ("output", outputs(outcome))):
        hit = [curve for curve in curves.values() if curve.plan > 0.0 and np.any(losses.is_hit(curve))]
        if hit:
            worst = max(hit, key=lambda c: (float(np.nanmean(losses.loss_days(c))), c.name))
            return told(outcome, worst, what)
    return "Nothing is lost: no market and no facility falls below its baseline."


def told(outcome: Outcome, curve: Curve, what: str) -> str:
    """What one place or group loses of its sales or output, when it starts and when it is over."""
    if not np.any(losses.is_hit(curve)):
        return f"{literal(curve.name)} loses no {what}: it never falls below its baseline."
    return f"{_loss_words(outcome, curve, what)} {_time_words(outcome, curve)}"


def _loss_words(outcome: Outcome, curve: Curve, what: str) -> str:
    share, days = losses.loss_share(curve), float(np.nanmean(losses.loss_days(curve)))
    summary = summarize(np.where(np.abs(share) < losses.TOLERANCE, 0.0, share), random=outcome.is_random)
    name = literal(curve.name)
    if days < losses.TOLERANCE:
        return f"{name} loses no {what} on balance: what is missing is made up by day {outcome.days}."
    if summary.note.startswith(TOO_FEW):
        return f"{name}: {summary.worded(lambda x: f'{100 * x:.3g} % of {what}')}."
    share_said = f"{100 * summary.mean:.3g} % of the run's"
    bounds = f"; 95 %: {100 * summary.low:.3g} to {100 * summary.high:.3g} %, n = {summary.n}"
    spread = bounds if _has_spread(summary.low, summary.high) else ""
    days_said = f"{days:,.0f}" if days >= 100.0 else f"{days:.3g}"
    return f"{name} loses {days_said} days of {what} ({share_said}{spread})."


def _has_spread(low: float, high: float) -> bool:
    return math.isfinite(low + high) and not math.isclose(low, high)


def _time_words(outcome: Outcome, curve: Curve) -> str:
    impact, recovery = times.time_to_impact(curve), times.recovery_time(curve)
    many = "In the median, i" if impact.size > 1 and outcome.is_random else "I"
    first = float(np.median(impact[~np.isnan(impact)]))
    day = outcome.date(outcome.first_day + first)
    after = f"{abs(first):.0f} days {'after' if first >= 0 else 'before'} the first shock"
    due = recovery[~np.isnan(recovery)]
    back = due[np.isfinite(due)]
    if back.size == 0:
        end = "and is not back at its baseline when the run ends"
    elif back.size < due.size:
        end = f"and is back at its baseline before the run ends in {back.size} of {due.size} replications"
    else:
        end = f"and is back for good {float(np.median(back)):.0f} days after it"
    return f"{many}t first falls below its baseline on {day_words(day)}, {after}, {end}."


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


def _is_used(outcome: Outcome, place: str) -> bool:
    return outcome.facts.usage[place] > 0.0 and bool(np.any(outcome.baseline["stock", place] > 0.0))


def _cover_line(outcome: Outcome, place: str) -> Line:
    cover = cover_of(outcome, place)
    low, middle, high = bands(cover.shocked)
    gap = float(np.max(np.median(cover.baseline, axis=1) - low)) / float(np.max(cover.baseline))
    return Line(literal(place), f"lowest {np.min(middle):.0f}", low, middle, high, gap if gap > VISIBLE else 0.0)


def _output_line(outcome: Outcome, curve: Curve, stage: int, weekly: bool) -> Line:
    mean: Callable[[Array], Array] = _weekly if weekly else np.asarray
    percent = 100.0 * _ratio(mean(curve.shocked), mean(curve.baseline))
    low, middle, high = bands(percent)
    makers = {c for node, c in outcome.facilities.values() if outcome.facts.stage[node.name] == stage}
    name = " + ".join(literal(c) for c in sorted(makers))
    return Line(name, f"lowest {np.min(middle):.0f} %", low, middle, high, 100.0 - float(np.min(low)))


def _unmet_line(outcome: Outcome, market: str) -> Line:
    low, middle, high = bands(100.0 * unmet_share(demand_of(outcome, market), unmet_of(outcome, market)))
    missed = 100.0 * float(np.mean(1.0 - fill_rate(service_of(outcome, market))))
    return Line(literal(market), f"{missed:.3g} % in all", low, middle, high, missed if missed > 1e-6 else 0.0)


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


def _most_hit(lines: Sequence[Line]) -> tuple[Line, ...]:
    hit = sorted((line for line in lines if line.hit > 0.0), key=lambda line: (-line.hit, line.name))
    return tuple(hit[:MOST])


def _shown_of(shown: Sequence[Line], lines: Sequence[Line]) -> str:
    return f" ({len(shown)} of {len(lines)} shown)" if 0 < len(shown) < len(lines) else ""
