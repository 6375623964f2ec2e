"""What a run says on the screen."""

import datetime
import math
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.cli.report import READABLE, counted, heading, prose, say, wrapped
from sim.results.choices import choices
from sim.results.provenance import count_assumed
from sim.results.table import Cell, Table
from sim.results.terminal import Screen, literal, rendered, written

if TYPE_CHECKING:
    from sim.cli.folders import Target
    from sim.results.result import Result
    from sim.scenario.scenario import Scenario
    from sim.studies.run import Work
    from sim.studies.vary import Variation

LOST = "What is lost, against the same world without the shocks"
INDENT = "    "


def introduce(work: "Work", values: int, drawn: bool) -> None:
    """Title, question, and what is run."""
    scenario = work.scenario
    heading(scenario.title)
    if scenario.question:
        prose(scenario.question)
    runs = counted(work.replications, "replication") + (f" at each of {values} values" if values > 1 else "")
    luck = f"seed {work.seed}{' (drawn: --seed gives the same luck again)' if drawn else ''}"
    say()
    prose(f"{runs}, {counted(scenario.days, 'day')} from {scenario.start}, with the shocks and without; {luck}")


def tables(found: "Result | Variation") -> None:
    """The tables that have something to say, cut to what is worth a reader's time; the files have all."""
    from sim.results.result import Result

    if isinstance(found, Result):
        _show(_hit(found.tables["losses"], _day_zero(found)), LOST)
        if "licences" in found.tables:
            _show(_by_commodity(found.tables["licences"]), "What the authorities do")
        if "claims" in found.tables:
            _claims(found.tables["claims"])
    else:
        _show(found.headline, f"{LOST}, by {found.path}")
        if "claims" in found.tables:
            _show(found.tables["claims"], "What was claimed, and what the model finds")


def conclude(scenario: "Scenario") -> None:
    """What to believe, what is assumed, and which modelling choices hold."""
    if scenario.believe:
        heading("What to believe")
        prose(scenario.believe)
    assumed, numbers = count_assumed(scenario)
    heading("What it rests on")
    prose(f"{assumed:,} of {numbers:,} numbers are assumed.")
    for choice in choices(scenario):
        prose(f"{choice[0].upper()}{choice[1:]}.")


def kept(target: "Target") -> None:
    """Where the result is, and which is its picture."""
    pictures = ", ".join(sorted(file.name for file in target.folder.glob("*.png")))
    replacing = " (in place of the earlier run)" if target.replaces else ""
    say(f"\nWritten to {literal(str(target.folder))}{replacing}; the picture is {pictures}")


def _show(table: Table, title: str) -> None:
    heading(title)
    say(rendered(table, Screen.of(sys.stdout)).rstrip("\n"))


def _day_zero(found: "Result") -> str:
    first = found.outcome.first_day
    if math.isnan(first):
        return "no shock takes effect during the run"
    return f"days count from {found.outcome.date(first)}, when the first shock takes effect"


def _hit(table: Table, note: str) -> Table:
    """Without the places where nothing ever changes; they are named below."""
    unhurt = [str(row[0]) for row, ending in zip(table.rows, table.column("ending"), strict=True) if ending == "unhurt"]
    if not unhurt or len(unhurt) == len(table.rows):
        return replace(table, notes=(note, *table.notes))
    rows = tuple(row for row in table.rows if row[0] not in unhurt)
    return replace(table, rows=rows, notes=(note, *table.notes, f"never below baseline: {', '.join(unhurt)}"))


def _by_commodity(table: Table) -> Table:
    """Without the rows of single links."""
    rows = tuple(row for row, link in zip(table.rows, table.column("link"), strict=True) if link == "all")
    return replace(
        table,
        columns=tuple(replace(c, shown=c.shown and c.name != "link") for c in table.columns),
        rows=rows,
    )


def _claims(table: Table) -> None:
    """Each claim as a paragraph: the verdict, the figures, the words, what it hangs on, who disputes it."""
    heading("What was claimed, and what the model finds")
    columns = {column.name: column for column in table.columns}
    width = min(READABLE, Screen.of(sys.stdout).width)
    for row in table.rows:
        cells: dict[str, Cell] = dict(zip(columns, row, strict=True))
        said = {name: written(cell, columns[name]) for name, cell in cells.items()}
        unit = " of the baseline" if said["unit"] == "share" else f" {said['unit']}"
        figures = f"{said['figure'] or 'nothing'}{unit}, claimed {said['low']} to {said['high']}"
        say(wrapped(f"{said['claim']}: {said['verdict'].upper()}; {figures}", width, "", INDENT))
        lines = [said["says"], f"hangs on: {said['hangs_on']}"]
        lines += [f"{title}: {said[name]}" for name, title in (("reason", "remark"), ("disputed", "disputed")) if said[name]]
        for line in lines:
            say(wrapped(line, width, INDENT, INDENT * 2))
