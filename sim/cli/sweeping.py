"""The course of `sim sweep`: refuse early, live through what is left, keep, and only then print."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from sim.cli import studying
from sim.cli.options import share_said
from sim.cli.report import heading, prose
from sim.cli.studying import Wishes
from sim.cli.summary import blocks
from sim.results.point_table import in_percent
from sim.results.statistics import TOO_FEW
from sim.results.table import Cell, Estimate, Table
from sim.studies.question import question_in
from sim.studies.store import kept_seed
from sim.studies.sweep import carry_out, prepare_sweep

if TYPE_CHECKING:
    from sim.studies.sweep import Swept

N = TypeVar("N", int, float)
PICTURE = "sweep"
SPARED = ("n", "p5", "p95", "chance")
"""Columns to leave out on a narrow screen, the first ones first."""
MOST = 30
"""Points shown of each reading: all, or those where least and most is lost."""


def answer(
    wishes: Wishes,
    vary: Sequence[str],
    design: str | None,
    size: int | None,
    readings: Sequence[str],
    precision: str | None,
) -> None:
    """Do what was asked for."""
    folder = wishes.folder("sweep")
    file = question_in(wishes.scenario)
    kept = kept_seed(folder) if folder else None
    study, scenario, shown = prepare_sweep(
        file.scenario,
        vary or file.vary,
        design=design or file.design,
        size=size or file.size,
        replications=wishes.replications or file.replications,
        seed=first_said(wishes.seed, file.seed, kept),
        readings=readings or file.readings,
        precision=first_said(share_said(precision), file.precision),
        sets=wishes.sets,
        strict=wishes.strict,
    )
    if wishes.dry_run:
        from sim.cli.dry_run import foretell_study

        return foretell_study(study, scenario, folder)
    if not wishes.as_json:
        studying.introduce(study, scenario, first_said(wishes.seed, file.seed, scenario.seed) is None)
    with studying.working(wishes, study.points.count * study.replications, folder) as progress:
        helped = studying.help_for(wishes, study, folder)
        found = carry_out(study, scenario, shown, helped, progress, [wishes.command])
        if folder:
            studying.keep(found, folder, PICTURE, wishes.command)
    if wishes.as_json:
        from sim.cli.as_json import told

        return told(found, scenario, scenario.warnings, wishes.command, folder)
    tell(found)
    studying.conclude(found, scenario, folder, PICTURE)


def first_said(*wishes: N | None) -> N | None:
    """The first that was said at all."""
    return next((wish for wish in wishes if wish is not None), None)


def tell(found: "Swept") -> None:
    """A block for each reading that is shown."""
    heading("What comes of each point")
    stated = ("reading", "unit", "place")
    blocks(for_screen(cut(found.headline)), "{reading} ({unit})".format_map, stated, SPARED)
    if not found.conducted.precise:
        prose("The intervals are wider than was asked for, after as many replications as one study may have.")


def for_screen(table: Table) -> Table:
    """Shares in percent; what is said of single means is said below, and the chance of a loss where it is rare."""
    notes = [str(note) for note in table.column("note") if note]
    few = [note for note in notes if note.startswith(TOO_FEW)]
    told = [f"{TOO_FEW} for an interval where none is given; chance: replications with a loss"] if few else []
    told += dict.fromkeys(note for note in notes if not note.startswith(TOO_FEW))
    chances = ("chance", "chance_low", "chance_high")
    columns = (
        replace(c, shown=c.name != "note" and (c.shown or c.name in chances and bool(few))) for c in table.columns
    )
    return replace(in_percent(table), columns=tuple(columns), notes=(*table.notes, *told))


def cut(table: Table) -> Table:
    """No more than `MOST` points of each reading: those with the smallest and the largest means."""
    kept = []
    for name in dict.fromkeys(table.column("reading")):
        rows = [row for row, reading in zip(table.rows, table.column("reading"), strict=True) if reading == name]
        if len(rows) > MOST:
            rows.sort(key=lambda row: mean_in(table, row))
            rows = [*rows[: MOST // 2], *rows[-MOST // 2 :]]
        kept += rows
    left = len(table.rows) - len(kept)
    more = (f"the {MOST // 2} least and the {MOST // 2} largest means are shown; the file has all",) if left else ()
    return Table(table.name, table.columns, tuple(kept), (*table.notes, *more))


def mean_in(table: Table, row: Sequence[Cell]) -> float:
    """The mean a row states; nan, which sorts nowhere, counts as nothing."""
    cell = row[[column.name for column in table.columns].index("mean")]
    return cell.mean if isinstance(cell, Estimate) and cell.mean == cell.mean else 0.0
