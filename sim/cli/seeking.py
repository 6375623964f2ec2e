"""The course of `sim seek`: refuse early, try what is left, keep, and only then print."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import studying
from sim.cli.report import counted, heading, prose, say
from sim.cli.studying import Wishes
from sim.cli.summary import print_table, without_columns
from sim.results.seek_table import ANSWER, BEFORE, notes
from sim.results.table import Cell, Estimate, Table
from sim.studies.conduct import Help
from sim.studies.rounds import kept_seed
from sim.studies.seek import carry_out, expected, first_spots, prepare_seek

if TYPE_CHECKING:
    from sim.studies.levers import Prefer
    from sim.studies.rounds import Quest
    from sim.studies.seek import Sought

PICTURE = "seek"
SPARED = ("n",)
"""Columns to leave out on a narrow screen."""
AROUND = 12
"""Settings shown: of one lever those next to the answer, of several the cheapest at which it holds."""


def answer(
    wishes: Wishes,
    vary: Sequence[str],
    until: str,
    confidence: float,
    prefer: "Prefer | None",
    cost: Sequence[str],
    rounds: int,
) -> None:
    """Do what was asked for."""
    folder = wishes.folder("seek")
    quest = prepare_seek(
        wishes.scenario,
        vary,
        until,
        confidence=confidence,
        prefer=prefer,
        cost=cost,
        rounds=rounds,
        replications=wishes.replications,
        seed=wishes.seed if wishes.seed is not None else kept_seed(folder),
        sets=wishes.sets,
        strict=wishes.strict,
    )
    if wishes.dry_run:
        return foretell(quest, folder)
    if not wishes.as_json:
        introduce(quest, wishes.seed is None and quest.work.scenario.seed is None)
    with studying.working(wishes, expected(quest) * quest.work.replications, folder) as progress:
        help = Help(folder, wishes.overwrite, wishes.workers, wishes.scheduler)
        found = carry_out(quest, help, progress, [wishes.command])
        if folder:
            studying.keep(found, folder, PICTURE, wishes.command)
    scenario = quest.work.scenario
    if wishes.as_json:
        from sim.cli.as_json import told

        return told(found, scenario, scenario.warnings, wishes.command, folder)
    tell(found)
    studying.conclude(found, scenario, folder, PICTURE)


def foretell(quest: "Quest", folder: Path | None) -> None:
    """What the first round would take, and that others follow."""
    from sim.cli.dry_run import foretell_study

    prose(f"Of the first round; in all about {expected(quest)} settings are tried, each by what came of those before.")
    foretell_study(quest.study(first_spots(quest)), quest.work.scenario, folder)


def introduce(quest: "Quest", drawn: bool) -> None:
    """Title, question, and what is searched."""
    studying.introduce(quest.study(first_spots(quest)), quest.work.scenario, drawn, "of each setting")
    for lever in quest.levers:
        free = lever.levels[lever.origin]
        why = "as the scenario states it" if lever.is_stated else "an end of the range"
        step = f", in steps of {lever.step}, for none was said" if lever.step else ""
        price = f"; each unit costs {lever.price:g} {quest.cost_unit}".rstrip() if lever.price is not None else ""
        prose(
            f"{lever.path}: {counted(len(lever.levels), 'level')} from {lever.levels[0]} to {lever.levels[-1]}{step}; "
            f"moves count from {free}, {why}{price}"
        )


def tell(found: "Sought") -> None:
    """The answer, and the settings next to it."""
    heading("What it takes")
    for sentence in found.sentences:
        prose(sentence)
    shown = for_screen(near(found), found.result.condition.reading.unit == "share")
    say()
    print_table(replace(shown, notes=()), SPARED)
    left = len(found.result.trials) - len(shown.rows)
    if left:
        prose(f"{counted(left, 'more setting')} that {'was' if left == 1 else 'were'} tried: the file has all")
    for note in notes(found.result):
        prose(note)


def near(found: "Sought") -> Table:
    """Of one lever the levels next to the answer, or to the best; of several the cheapest at which it holds."""
    table, trials = found.tables["seek"], found.result.trials
    order = sorted(range(len(trials)), key=lambda i: trials[i].at)
    if len(found.quest.levers) > 1:
        order = sorted(order, key=lambda i: _rank(found, i))[:AROUND]
    else:
        best = found.result.found or found.result.nearest
        place = next(i for i, number in enumerate(order) if trials[number] == best)
        start = max(0, min(place - AROUND // 2, len(order) - AROUND))
        order = order[start : start + AROUND]
    return replace(table, rows=tuple(table.rows[i] for i in order))


def _rank(found: "Sought", i: int) -> tuple[bool, bool, float, float]:
    trial = found.result.trials[i]
    return trial.role not in (ANSWER, BEFORE), not trial.verdict.holds, trial.cost, trial.verdict.missing


def for_screen(table: Table, is_share: bool) -> Table:
    """Shares in percent; what the title says is no column."""
    shown = without_columns(table, ("reading",))
    if not is_share:
        return shown
    names = [column.name for column in table.columns]
    places = {names.index("mean"), names.index("bound")}
    rows = tuple(tuple(_times(c, 100.0) if i in places else c for i, c in enumerate(row)) for row in shown.rows)
    unit = names.index("unit")
    return replace(shown, rows=tuple((*row[:unit], "%", *row[unit + 1 :]) for row in rows))


def _times(cell: Cell, factor: float) -> Cell:
    if isinstance(cell, Estimate):
        return Estimate(factor * cell.mean, factor * cell.low, factor * cell.high)
    return factor * cell if isinstance(cell, float) else cell
