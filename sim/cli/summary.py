"""What a run says on the screen."""

import math
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.cli.report import READABLE, counted, heading, prose, say, wrapped
from sim.results.assumptions import count_assumed
from sim.results.choices import choices
from sim.results.cost_tables import asks_for_costs, for_screen, worst_months
from sim.results.months import told_months
from sim.results.table import Cell, Table
from sim.results.terminal import Screen, fits, literal, rendered, written
from sim.results.times import ENDINGS, RECOVERED, UNHURT

if TYPE_CHECKING:
    from sim.cli.folders import Target
    from sim.results.result import Result
    from sim.scenario.scenario import Scenario
    from sim.studies.run import Work
    from sim.studies.vary import Variation

LOST = "What is lost, against the same world without the shocks"
COSTED = "What it costs, against the same world without the shocks"
CLAIMED = "What was claimed, and what the model finds"
INDENT = "    "
NAMED = 6
"""Uncertain inputs listed by name."""
SPARED = ("share_p95", "share_p5", "recovery_days", "lost_days", "impact_days")
SPARED_OF_LICENCES = ("pending_end", "denied", "pending_peak", "approved", "filed")
SPARED_OF_COSTS = ("expediting", "holding", "purchase", "tariff")
SPARED_OF_VALUES = ("share_p95", "share_p5", "lost_days", "impact_days", "ending")
"""Columns to leave out on a narrow screen, the first ones first; files have them all."""


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

    if "losses" not in found.tables:
        prose("There is no facility and no market, so nothing can be lost.")
    elif isinstance(found, Result):
        show(told_of_losses(found.tables["losses"], _day_zero(found)), LOST, SPARED)
        if "licences" in found.tables:
            show(_by_commodity(found.tables["licences"]), "What the authorities do", SPARED_OF_LICENCES)
        if "firms" in found.tables:
            show(found.tables["firms"], "How many of the firms stop", ())
        if "months" in found.tables:
            heading("Month by month, as a share of usual")
            blocks(told_months(found.outcome), "{observed}".format_map, ("observed",))
        if "responses" in found.tables:
            show(found.tables["responses"], "What was done about it", ())
        if "costs" in found.tables and asks_for_costs(found.outcome.scenario):
            show(for_screen(found.tables["costs"]), COSTED, SPARED_OF_COSTS)
        if "scarcity" in found.tables:
            show(worst_months(found.tables["scarcity"]), "Indicative scarcity prices, in the worst month of each")
        if "claims" in found.tables:
            _claims(found.tables["claims"])
    else:
        heading(f"{LOST}, by {found.path}")
        blocks(found.headline, "{place} ({unit})".format_map, ("place", "unit"))
        if "claims" in found.tables:
            heading(CLAIMED)
            stated = ("claim", "low", "high", "unit")
            blocks(found.tables["claims"], "{claim}: claimed {low} to {high} {unit}".format_map, stated)


def conclude(scenario: "Scenario") -> None:
    """What to believe, what is assumed, and which modelling choices hold."""
    if scenario.believe:
        heading("What to believe")
        prose(scenario.believe)
    assumed, numbers = count_assumed(scenario)
    heading("What it rests on")
    prose(f"{assumed:,} of {numbers:,} numbers are assumed, at least in part.")
    if scenario.uncertain:
        count = counted(len(scenario.uncertain), "uncertain input")
        prose(f"Drawn for each replication: {count}, {uncertain(scenario)}.")
    for choice in choices(scenario):
        prose(f"{choice[0].upper()}{choice[1:]}.")


def uncertain(scenario: "Scenario") -> str:
    """The first uncertain inputs by name, and how many more there are."""
    names = sorted(scenario.uncertain)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(literal(name) for name in names[:NAMED])}{more}"


def kept(target: "Target") -> None:
    """Where the result is, and which is its picture."""
    pictures = ", ".join(sorted(file.name for file in target.folder.glob("*.png")))
    replacing = " (in place of the earlier run)" if target.replaces else ""
    say(f"\nWritten to {literal(str(target.folder))}{replacing}; the picture is {pictures}")


def show(table: Table, title: str, spared: Sequence[str] = ()) -> None:
    """A table under a heading, with its notes below."""
    heading(title)
    print_table(table, spared)
    _notes(table)


def print_table(table: Table, spared: Sequence[str] = ()) -> None:
    """Without as many of the spared columns as a narrow screen takes, the first ones first; a list if none helps."""
    screen = Screen.of(sys.stdout)
    fewer = (without_columns(table, spared[:count]) for count in range(len(spared) + 1))
    shown = next((one for one in fewer if fits(one, screen)), table)
    say(rendered(replace(shown, notes=()), screen).rstrip("\n"))


def _notes(table: Table) -> None:
    for text in table.notes:
        prose(text)


def without_columns(table: Table, names: Sequence[str]) -> Table:
    """The same with some columns off the screen."""
    return replace(table, columns=tuple(replace(c, shown=c.shown and c.name not in names) for c in table.columns))


def blocks(
    table: Table,
    title: Callable[[Mapping[str, str]], str],
    stated: Sequence[str],
    spared: Sequence[str] = SPARED_OF_VALUES,
) -> None:
    """A table in parts, one for each value of its first column; what the title states is no column."""
    columns = without_columns(table, stated).columns
    for name in dict.fromkeys(row[0] for row in table.rows):
        rows = tuple(row for row in table.rows if row[0] == name)
        cells = {c.name: written(cell, c) for c, cell in zip(columns, rows[0], strict=True)}
        say(f"\n{title(cells)}")
        print_table(Table(table.name, columns, rows), spared)
    _notes(table)


def _day_zero(found: "Result") -> str:
    first = found.outcome.first_day
    if math.isnan(first):
        return "no shock takes effect during the run"
    hazards = [
        found.outcome.scenario.shocks[name].random for name, (day, _) in found.outcome.windows.items() if day == first
    ]
    what = "when the first shock takes effect" if None in hazards else "from when on shocks may strike at random"
    return f"days count from {found.outcome.date(first)}, {what}"


def told_of_losses(table: Table, day_zero: str) -> Table:
    """Without the places where nothing happens, which are named below, and with the words explained."""
    endings, notes = (table.column(name) for name in ("ending", "note"))
    said_of = zip((str(row[0]) for row in table.rows), endings, notes, strict=True)
    unhurt = {place: note for place, ending, note in said_of if ending == UNHURT}
    if len(unhurt) == len(table.rows):
        unhurt = {}
    about = [note for note in table.notes if not any(note == f"{place}: {own}" for place, own in unhurt.items())]
    for said in dict.fromkeys(unhurt.values()):
        places = ", ".join(place for place, note in unhurt.items() if note == said)
        about.append(f"{said}: {places}" if str(said).startswith("no loss") else f"never below baseline: {places}")
    used = {word for ending in endings for word in ENDINGS if word in str(ending)}
    about += [f"{word}: {ENDINGS[word]}" for word in ENDINGS if word in used - {UNHURT, RECOVERED}]
    rows = tuple(row for row in table.rows if row[0] not in unhurt)
    return replace(table, rows=rows, notes=(day_zero, *about))


def _by_commodity(table: Table) -> Table:
    """Without the rows of single links, and of the only commodity that an authority controls."""
    keys = list(zip(*(table.column(name) for name in ("authority", "commodity", "link")), strict=True))
    controlled = Counter(authority for authority, commodity, link in keys if link == "all" and commodity != "all")
    kept = [link == "all" and (commodity == "all" or controlled[a] > 1) for a, commodity, link in keys]
    rows = tuple(row for row, keep in zip(table.rows, kept, strict=True) if keep)
    return without_columns(replace(table, rows=rows), ["link"])


def _claims(table: Table) -> None:
    """Each claim as a paragraph: the verdict, the figures, the words, what it hangs on, who disputes it."""
    heading(CLAIMED)
    columns = {column.name: column for column in table.columns}
    width = min(READABLE, Screen.of(sys.stdout).width)
    for row in table.rows:
        cells: dict[str, Cell] = dict(zip(columns, row, strict=True))
        said = {name: written(cell, columns[name]) for name, cell in cells.items()}
        unit = {"share": " of the baseline", "part": " of the whole"}.get(said["unit"], f" {said['unit']}")
        figures = f"{said['figure'] or 'nothing'}{unit}, claimed {said['low']} to {said['high']}"
        say(wrapped(f"{said['claim']}: {said['verdict'].upper()}; {figures}", width, "", INDENT))
        more = (("hangs_on", "hangs on"), ("reason", "remark"), ("disputed", "disputed"))
        for line in (said["says"], *(f"{title}: {said[name]}" for name, title in more if said[name])):
            say(wrapped(line, width, INDENT, INDENT * 2))
