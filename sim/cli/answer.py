"""The course of `sim explain`: refuse early, run, keep, and only then print."""

import math
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.cli import folders, report
from sim.cli.progress import compiling, progress
from sim.cli.report import counted, heading, prose, say
from sim.cli.summary import conclude, without_columns
from sim.results.causes import KINDS, MADE_UP
from sim.results.measured import ALL_OUTPUT, ALL_SALES, place_of, plan_of
from sim.results.table import Cell, Column, Estimate, Table
from sim.results.terminal import Screen, literal, rendered
from sim.studies.check import runnable
from sim.studies.explain import Inquiry, carry_out, prepare_inquiry

if TYPE_CHECKING:
    from sim.cli.explain import Question
    from sim.cli.folders import Target
    from sim.results.explanation import Explanation

BY_SHOCK = "Which shock: what each adds to the loss, over all orders in which they could be added"
BY_CONSTRAINT = "Which constraint: what each day below baseline is charged to"
MOST = 12
"""Places shown without --at, by constraint; files have all."""


def answer(question: "Question") -> None:
    """Do what was asked for."""
    scenario = runnable(question.scenario, question.sets, question.strict, question.replications)
    target = (
        None if question.no_out else folders.target(question.scenario, question.out, question.overwrite, "_explained")
    )
    compiling(question.quiet)
    inquiry = prepare_inquiry(scenario, at=question.at, replications=question.replications, seed=question.seed)
    if not question.as_json:
        introduce(inquiry, question.seed is None and scenario.seed is None)
    found = _done(question, inquiry, target)
    if question.as_json:
        from sim.cli.as_json import told

        return told(found, scenario, scenario.warnings, question.command, target.folder if target else None)
    by_shock(found, question.at)
    by_constraint(found, question.at)
    if question.at:
        story(found)
    conclude(scenario)
    if target:
        say(f"\nWritten to {literal(str(target.folder))}{' (in place of the earlier one)' if target.replaces else ''}")
    if scenario.warnings:
        report.note()
        report.problems(scenario.warnings)


def introduce(inquiry: Inquiry, drawn: bool) -> None:
    """Title, and what is run."""
    work, game = inquiry.work, inquiry.game
    heading(work.scenario.title)
    runs, subsets = counted(work.replications, "replication"), counted(len(game.subsets), "subset")
    luck = f"seed {work.seed}{' (drawn: --seed gives the same luck again)' if drawn else ''}"
    kind = "all" if game.exact else "drawn from all"
    prose(f"{runs} of {subsets} ({kind}) of {counted(len(game.shocks), 'shock')}, each with the same luck; {luck}")


def by_shock(found: "Explanation", at: str) -> None:
    """A table for each end product and the total, or for the place that was asked about."""
    table = found.tables.get("shocks")
    shown = [name for name in _asked(found, at) if table and name in table.column("place")]
    if not table or not shown:
        return prose("Nothing is lost under any of the shocks." if not at else f"Nothing is ever lost at {at}.")
    heading(BY_SHOCK)
    for name in shown:
        rows = [row for row in table.rows if row[0] == name]
        say(f"\n{literal(name)} ({rows[0][2]})")
        _print(Table(table.name, without_columns(table, ["place", "unit"]).columns, tuple(rows)))
    for note in table.notes:
        prose(note)
    if not at:
        prose("Every single place is in the file, or ask with --at.")


def by_constraint(found: "Explanation", at: str) -> None:
    """The place that was asked about, or the places that miss most."""
    table = found.tables.get("constraints")
    names = [name for name in _asked(found, at) if table and name in table.column("place")]
    if not table or not names:
        return
    heading(BY_CONSTRAINT)
    if not at:
        return _all_places(table, found)
    for name in names:
        rows = tuple(row for row in table.rows if row[0] == name)
        say(f"\n{literal(name)} ({rows[0][2]})")
        _print(Table(table.name, without_columns(table, ["place", "unit"]).columns, rows))


def _all_places(table: Table, found: "Explanation") -> None:
    shown, more = _matrix(table, found)
    _print(shown)
    prose("Percentages are of what is missing on days below baseline; means over replications.")
    if more:
        prose(f"{counted(more, 'more place')} in the file")


def story(found: "Explanation") -> None:
    """The sentences, each on a line of its own."""
    heading(f"What happened at {found.stories[0].place}")
    for line in found.text.split("\n"):
        prose(line)


def _asked(found: "Explanation", at: str) -> list[str]:
    """Names of what is shown: the places that were asked about, or totals and end products."""
    if at:
        return list(place_of(found.origin, at))
    sold = {market: commodity for market, (_, commodity) in found.origin.markets.items()}
    alone = {m for m, commodity in sold.items() if list(sold.values()).count(commodity) == 1}
    names = [what.name for what in found.measured if what.is_group or what.name in alone]
    if len(sold) == 1:
        names.remove(ALL_SALES)
    return [name for name in names if name != ALL_OUTPUT] + [name for name in names if name == ALL_OUTPUT]


def _matrix(table: Table, found: "Explanation") -> tuple[Table, int]:
    """Facilities that are hit, those that miss most of their plan first, with a column for each kind of constraint.

    Also how many more there are.
    """
    by_place: dict[str, list[tuple[Cell, ...]]] = {}
    for row in table.rows:
        if row[0] in found.origin.facilities:
            by_place.setdefault(str(row[0]), []).append(row)
    kinds = [k for k in KINDS if k != MADE_UP and any(row[3] == k for rows in by_place.values() for row in rows)]
    columns = (
        *(column for column in table.columns if column.name in ("place", "unit")),
        Column("missing", "below baseline"),
        *(Column(kind, kind, "%") for kind in kinds),
        Column("made_up", "made up"),
        Column("lost", "lost"),
    )
    ordered = sorted(by_place, key=lambda place: -_missing_days(found, place))
    rows = [_by_kind(found, place, by_place[place], kinds) for place in ordered[:MOST]]
    return Table(table.name, columns, tuple(rows)), max(0, len(ordered) - MOST)


def _by_kind(found: "Explanation", place: str, rows: list[tuple[Cell, ...]], kinds: list[str]) -> tuple[Cell, ...]:
    """One place: what is missing on days below baseline, the share of each kind of it, and what is made up."""
    shares = [[row[6] for row in rows if row[3] == kind] for kind in kinds]
    sums = [math.fsum(s for s in some if isinstance(s, float)) if some else None for some in shares]
    missing, made_up = _means(found, place)
    lost = rows[-1][5]  # of all causes, without what is rounding
    return (place, rows[0][2], missing, *sums, made_up or None, lost.mean if isinstance(lost, Estimate) else lost)


def _means(found: "Explanation", place: str) -> tuple[float, float]:
    """What is missing on days below baseline and what is made up, on average."""
    means = {cause: float(np.mean(values)) for cause, values in found.charged[place].items()}
    made_up = math.fsum(-mean for cause, mean in means.items() if cause.kind == MADE_UP)
    return math.fsum(mean for cause, mean in means.items() if cause.kind != MADE_UP), made_up


def _missing_days(found: "Explanation", place: str) -> float:
    """What is missing on days below baseline, in days of plan, on average."""
    return _means(found, place)[0] / max(plan_of(found.origin, place), 1e-30)


def _print(table: Table) -> None:
    """As a table, or a list where the screen is too narrow."""
    say(rendered(replace(table, notes=()), Screen.of(sys.stdout)).rstrip("\n"))


def _done(question: "Question", inquiry: Inquiry, target: "Target | None") -> "Explanation":
    """The explanation, written where it belongs."""
    try:
        with progress(inquiry.cases, "cases", question.quiet) as update:
            found = carry_out(inquiry, progress=update)
        if target:
            found.save(target.folder, overwrite=target.replaces, command=[question.command])
    except KeyboardInterrupt as stop:
        stop.add_note("nothing was written")
        raise
    return found
