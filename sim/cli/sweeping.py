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
from sim.results.table import Table
from sim.studies.question import question_in
from sim.studies.store import kept_seed
from sim.studies.sweep import carry_out, prepare_sweep
from sim.studies.values import rounded

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
    table = found.headline(MOST)
    blocks(for_screen(table), "{reading} ({unit})".format_map, stated, SPARED)
    if found.study.points.count > MOST:
        prose(f"The {MOST // 2} points with the least and the {MOST // 2} with the largest means; the files have all.")
    if not found.conducted.precise:
        prose("The intervals are wider than was asked for, after as many replications as one study may have.")


def for_screen(table: Table) -> Table:
    """Shares in percent; what is said of single means is said below, and the chance of a loss where it is rare."""
    notes = [str(note) for note in table.column("note") if note]
    few = [note for note in notes if note.startswith(TOO_FEW)]
    told = [f"{TOO_FEW} for an interval where none is given; chance: replications with a loss"] if few else []
    told += dict.fromkeys(note for note in notes if not note.startswith(TOO_FEW))
    shown = {"note": False, "chance": bool(few)}
    columns = tuple(replace(c, shown=shown.get(c.name, c.shown)) for c in table.columns)
    return replace(in_percent(_rounded(table)), columns=columns, notes=(*table.notes, *told))


def _rounded(table: Table) -> Table:
    """Settings of a design without the digits that nobody reads; their columns mean their paths."""
    paths = [i for i, column in enumerate(table.columns) if column.meaning == column.name]
    rows = [tuple(rounded(str(v)) if i in paths else v for i, v in enumerate(row)) for row in table.rows]
    return replace(table, rows=tuple(rows))
