"""What the page is told of a run: the curve of one place, what it loses, the table of all, and the network."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sim.engine.records import Array
from sim.results import losses, times
from sim.results.curves import Curve, output_of, sales_of, together
from sim.results.measured import Measured, claimed_about
from sim.results.outcome import Outcome
from sim.results.plots.headline import told
from sim.results.plots.panels import bars
from sim.results.statistics import bands, summarize, summarize_times
from sim.results.table import Cell, Table
from sim.results.tables import losses_table
from sim.results.terminal import header, literal, number, written
from sim.web.graph import graph_of
from sim.web.runs import Sizes

WEEK = 7
DIGITS = 6
LUMPY = 0.2
"""Share of plan below which a day of the baseline makes the curve one of means over a week."""


def answer(outcome: Outcome, what: Measured, sizes: Sizes) -> dict[str, object]:
    """Plain data, without anything that is no number in JSON."""
    curve = curve_of(outcome, what)
    sold = all(place in outcome.markets for place in what.weights)
    found = {
        "replications": outcome.shocked.size,
        "all": sizes.all,
        "is_random": sizes.is_random,
        "says": _runs_in_words(outcome, sizes),
        "seed": outcome.seed,
        "headline": told(outcome, curve, "sales" if sold else "output"),
        "loss": _loss(outcome, curve),
        "curve": _drawn(outcome, curve, sold),
        "table": for_page(losses_table(outcome)),
        "network": graph_of(outcome),
    }
    plain = in_json(found)
    assert isinstance(plain, dict)
    return plain


def curve_of(outcome: Outcome, what: Measured) -> Curve:
    """Output or sales of a place, or of a group put together."""
    curves = [sales_of(outcome, p) if p in outcome.markets else output_of(outcome, p) for p in what.weights]
    return together(curves, what.name)


def telling_place(outcome: Outcome, places: Mapping[str, Measured]) -> str:
    """Of the outputs that claims are about the one that loses most days, else of the markets, else of all others."""
    claimed = claimed_about(outcome)
    single = {name: what for name, what in places.items() if not what.is_group}
    first = [name for name in single if name in outcome.facilities and outcome.facilities[name][0].name in claimed]
    for some in (first, [*outcome.markets], [*outcome.facilities]):
        days = {name: _mean_days(curve_of(outcome, single[name])) for name in some}
        worst = max(days, key=lambda name: (days[name], name), default="")
        if worst and days[worst] > losses.TOLERANCE:
            return worst
    return next(iter(places))


def _mean_days(curve: Curve) -> float:
    """Days of plan lost on average; 0 for who is planned to make nothing."""
    return float(np.mean(losses.loss_days(curve))) if curve.plan > 0.0 else 0.0


def _runs_in_words(outcome: Outcome, sizes: Sizes) -> str:
    if not sizes.is_random:
        return "One replication: nothing is random here, so that all are alike."
    count, why = outcome.shocked.size, f"; {sizes.why}" if sizes.why else ""
    return f"{count:,} of {sizes.all:,} replications, seed {outcome.seed}{why}."


def _loss(outcome: Outcome, curve: Curve) -> dict[str, object]:
    """What is lost, with its interval and the words that must go with it."""
    lost = losses.settled_loss(curve)
    summary = summarize(lost, random=outcome.is_random)
    share = np.where(lost == 0.0, 0.0, losses.loss_share(curve))
    impact, recovery = summarize_times(times.time_to_impact(curve)), summarize_times(times.recovery_time(curve))
    return {
        "mean": summary.mean,
        "low": summary.low,
        "high": summary.high,
        "unit": curve.unit,
        "words": summary.worded(lambda x: f"{number(x)} {curve.unit}") if outcome.is_random else "",
        "share": float(np.mean(share)),
        "days": _mean_days(curve),
        "impact": impact.median,
        "recovery": recovery.median,
        "recovered": recovery.share,
    }


def _drawn(outcome: Outcome, curve: Curve, sold: bool) -> dict[str, object]:
    """Quantiles of each day; means of the last 7 days where the baseline itself comes and goes."""
    weekly = curve.plan > 0.0 and bool(np.any(curve.baseline < LUMPY * curve.plan))
    mean = _weekly if weekly else np.asarray
    low, middle, high = bands(mean(curve.shocked))
    usual = bands(mean(curve.baseline))[1]
    shocks = [
        {"name": b.name, "when": f"{b.heard}{b.when}", "first": b.first, "last": b.last, "announced": b.announced}
        for b in bars(outcome)
    ]
    title = f"{'Sales' if sold else 'Output'} of {literal(curve.name)} ({curve.unit} a day)"
    return {
        "title": f"{title}{', means of 7 days' if weekly else ''}",
        "start": outcome.scenario.start.isoformat(),
        "baseline": usual,
        "low": low,
        "middle": middle,
        "high": high,
        "shocks": shocks,
    }


def _weekly(daily: Array) -> Array:
    """Mean of each day and the six before it; of fewer at the beginning."""
    total = np.cumsum(daily, axis=0)
    before = np.concatenate([np.zeros_like(total[:WEEK]), total[:-WEEK]])[: len(total)]
    counted = np.minimum(np.arange(1, len(total) + 1), WEEK)[:, None]
    return np.asarray((total - before) / counted)


def for_page(table: Table) -> dict[str, object]:
    """The columns worth their place on screen, each cell in words as on a terminal, and the notes."""
    shown = [i for i, column in enumerate(table.columns) if column.shown]
    cells = [[_cell(table, row, i) for i in shown] for row in table.rows]
    said = [k for k, i in enumerate(shown) if any(row[k] for row in cells)]
    columns = [{"title": header(table.columns[shown[k]]), "meaning": table.columns[shown[k]].meaning} for k in said]
    return {"columns": columns, "rows": [[row[k] for k in said] for row in cells], "notes": list(table.notes)}


def _cell(table: Table, row: Sequence[Cell], index: int) -> str:
    return written(row[index], table.columns[index])


def in_json(value: object) -> object:
    """The same with arrays as lists, six digits, and None for what is no finite number."""
    if isinstance(value, dict):
        return {key: in_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_json(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return [in_json(inner) for inner in value.tolist()]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
