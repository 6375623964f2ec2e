"""`sim export`: every case of a study in one file."""

from pathlib import Path

import click

from sim.cli.options import overwrite_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@overwrite_option
def export(folder: Path, file: Path, overwrite: bool) -> None:
    """Write every case of a study to one file: CSV, Excel or Parquet.

    FOLDER is where the study is kept, and FILE ends in .csv, .xlsx or .parquet; the provenance goes with it.
    Names and texts are inert: no spreadsheet takes them for formulas. More rows than a sheet holds are refused.
    """
    from sim.cli.report import say
    from sim.results.terminal import literal
    from sim.studies.archive import export as write

    say(f"Written to {literal(str(write(folder, file, overwrite=overwrite)))}")
