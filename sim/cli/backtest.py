"""`sim backtest`: episodes held against history."""

from pathlib import Path
from typing import Any

import click

from sim.cli.observe import folder_option, quiet_option, seed_option
from sim.cli.options import json_option, overwrite_option


@click.command()
@click.argument("scenarios", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--draws", type=click.IntRange(min=1), default=2000, show_default=True, metavar="N", help="Draws of each fit."
)
@click.option("--keep", default="5 %", show_default=True, metavar="SHARE", help="Share of them that is kept.")
@click.option(
    "--pages",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write a page and a picture for each episode there, and one for all, in Markdown.",
)
@seed_option
@folder_option
@overwrite_option
@quiet_option
@json_option
@click.pass_obj
def backtest(command: str, /, **asked: Any) -> None:
    """Hold episodes against history, on periods that nothing was fitted to.

    SCENARIOS are files whose `observed` series say a `score` window, or that have claims; left out, those of the folder
    `scenarios` that say such a window or are named after a year, as plants_2025.yaml.
    What is `uncertain` is fitted to the `fit` windows, if there are any; the draws that are kept forecast the rest,
    and are scored beside forecasts that need no model.
    """
    from sim.cli.observing import backtested

    backtested(command, **asked)
