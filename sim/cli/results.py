"""`sim results`: what a study found, from its folder."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas

ROWS = 20
"""Rows shown unless said."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--cases", is_flag=True, help="A row for each case, instead of the table of the study.")
@click.option(
    "--sql",
    metavar="QUERY",
    help='Ask the cases by SQL (DuckDB): --sql "select point, avg(\\"loss_share.all sales\\") from cases group by 1".',
)
@click.option("--rows", type=click.IntRange(min=1), default=ROWS, show_default=True, help="Most rows to show.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all rows as CSV.")
def results(folder: Path, cases: bool, sql: str | None, rows: int, as_csv: bool) -> None:
    """Show what a study found, or ask its cases by SQL.

    FOLDER is where it is kept; while it is still at work, the cases so far are there. The columns of the cases
    are point, replication, what each path is set to, and the readings that were kept.
    """
    if cases and sql:
        raise click.UsageError("say either --cases or --sql")
    from sim.studies.archive import results_of

    archive = results_of(folder)
    frame = archive.sql(sql) if sql else archive.frame() if cases else archive.points()
    show(frame, rows, as_csv)


def show(frame: "pandas.DataFrame", rows: int, as_csv: bool) -> None:
    """The frame as CSV, or its first rows as a table."""
    from sim.cli.report import prose, say
    from sim.cli.summary import print_table
    from sim.results.table import from_frame, inert

    if as_csv:
        safe = frame.rename(columns=lambda name: inert(str(name)))
        texts = safe.select_dtypes(include=["object", "category", "string"]).columns
        safe[texts] = safe[texts].map(lambda v: inert(v) if isinstance(v, str) else v)
        return say(safe.to_csv(index=False).rstrip("\n"))
    print_table(from_frame(frame.head(rows)))
    if len(frame) > rows:
        prose(f"{len(frame) - rows:,} more rows: --rows shows more, --csv all, and `sim export` writes them to a file")
