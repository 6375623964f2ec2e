"""What the page is told of a run: the curve of one place, what it loses, the table of all, and the network."""

import math
from collections.abc import Sequence

import numpy as np

from sim.results import losses, times
from sim.results.curves import Curve
from sim.results.measured import Measured
from sim.results.outcome import Outcome
from sim.results.plots.headline import told
from sim.results.plots.panels import bars
from sim.results.statistics import summarize, summarize_times
from sim.results.table import Cell, Table
from sim.results.tables import losses_table
from sim.results.telling import course_of, curve_of, is_sold, mean_days
from sim.results.terminal import header, number, written
from sim.studies.swift import Sizes
from sim.web.graph import graph_of

DIGITS = 6


def answer(outcome: Outcome, what: Measured, sizes: Sizes) -> dict[str, object]:
    """Plain data, without anything that is no number in JSON."""
    curve = curve_of(outcome, what)
    sold = is_sold(outcome, what)
    found = {
        "replications": outcome.shocked.size,
        "all": sizes.all,
        "is_random": sizes.is_random,
        "says": sizes.said_of(outcome),
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
        "days": mean_days(curve),
        "impact": impact.median,
        "recovery": recovery.median,
        "recovered": recovery.share,
    }


def _drawn(outcome: Outcome, curve: Curve, sold: bool) -> dict[str, object]:
    """Quantiles of each day, and the shocks that hold."""
    course = course_of(curve, sold)
    shocks = [
        {"name": b.name, "when": f"{b.heard}{b.when}", "first": b.first, "last": b.last, "announced": b.announced}
        for b in bars(outcome)
    ]
    return {
        "title": course.title,
        "start": outcome.scenario.start.isoformat(),
        "baseline": course.baseline,
        "low": course.low,
        "middle": course.middle,
        "high": course.high,
        "shocks": shocks,
    }


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
