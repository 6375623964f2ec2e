"""`sim results`: what a study found, from its folder."""

import sys
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
    frame = archive.sql(sql) if sql else archive.frame() if cases else archive.table()
    show(frame, rows, as_csv)


def show(frame: "pandas.DataFrame", rows: int, as_csv: bool) -> None:
    """The frame as CSV, or its first rows as a table."""
    from sim.cli.report import prose, say
    from sim.cli.summary import print_table
    from sim.results.table import from_frame, inert
    from sim.results.terminal import Screen, fits

    if as_csv:
        safe = frame.rename(columns=lambda name: inert(str(name)))
        texts = safe.select_dtypes(include=["object", "category", "string"]).columns
        safe[texts] = safe[texts].map(lambda v: inert(v) if isinstance(v, str) else v)
        return say(safe.to_csv(index=False).rstrip("\n"))
    screen = Screen.of(sys.stdout)
    known = frame.dropna(axis="columns", how="all")
    counts = range(len(known.columns), 1, -1)
    tables = (from_frame(known.iloc[:rows, :count]) for count in counts)
    table = next((one for one in tables if fits(one, screen)), from_frame(known.iloc[:rows]))
    print_table(table)
    left = len(known.columns) - len(table.columns)
    more = [f"{len(frame) - rows:,} more rows"] if len(frame) > rows else []
    more += [f"{left} more columns"] if left else []
    if more:
        prose(f"{' and '.join(more)}: --rows shows more, --csv all, and `sim export` writes every case to a file")
