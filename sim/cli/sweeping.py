"""The course of `sim sweep`: refuse early, live through what is left, keep, and only then print."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import studying
from sim.cli.report import heading, prose
from sim.cli.studying import Wishes
from sim.cli.summary import blocks
from sim.results.table import Estimate, Table
from sim.scenario.units import percent_of
from sim.studies.store import kept_seed
from sim.studies.sweep import carry_out, prepare_sweep

if TYPE_CHECKING:
    from sim.studies.sweep import Swept

PICTURE = "sweep"
MOST = 30
"""Points shown of each reading: all, or those where least and most is lost."""


def answer(
    wishes: Wishes, vary: Sequence[str], design: str, size: int | None, readings: Sequence[str], precision: str | None
) -> None:
    """Do what was asked for."""
    folder = wishes.folder("sweep")
    study, scenario, shown = prepare_sweep(
        wishes.scenario,
        vary,
        design=design,
        size=size,
        replications=wishes.replications,
        seed=wishes.seed if wishes.seed is not None or folder is None else kept_seed(folder),
        readings=readings,
        precision=share(precision),
        sets=wishes.sets,
        strict=wishes.strict,
    )
    if wishes.dry_run:
        from sim.cli.dry_run import foretell_study

        return foretell_study(study, scenario, folder)
    if not wishes.as_json:
        studying.introduce(study, scenario, wishes.seed is None and scenario.seed is None)
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


def tell(found: "Swept") -> None:
    """A block for each reading that is shown."""
    heading("What comes of each point")
    blocks(cut(found.headline), "{reading} ({unit})".format_map, ("reading", "unit", "place"))
    if not found.conducted.precise:
        prose("The intervals are wider than was asked for, after as many replications as one study may have.")


def cut(table: Table) -> Table:
    """No more than `MOST` points of each reading: those with the smallest and the largest means."""
    kept = []
    for name in dict.fromkeys(table.column("reading")):
        rows = [row for row, reading in zip(table.rows, table.column("reading"), strict=True) if reading == name]
        if len(rows) > MOST:
            at = table.names_of_columns().index("mean")
            rows.sort(key=lambda row: row[at].mean if isinstance(row[at], Estimate) else 0.0)
            rows = [*rows[: MOST // 2], *rows[-MOST // 2 :]]
        kept += rows
    left = len(table.rows) - len(kept)
    more = (f"the {MOST // 2} least and the {MOST // 2} largest means are shown; the file has all",) if left else ()
    return Table(table.name, table.columns, tuple(kept), (*table.notes, *more))
