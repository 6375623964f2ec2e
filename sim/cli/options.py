"""Options that several verbs share, with the same words in each."""

from pathlib import Path

import click

scenario_argument = click.argument("scenario", type=click.Path(path_type=Path))
sets_option = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="PATH=VALUE",
    help='Change a value of the file, as in --set "shocks.ban.duration=30 days"; may be said more than once.',
)
strict_option = click.option("--strict", is_flag=True, help="Take warnings for errors.")
