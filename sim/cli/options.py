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
out_option = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the tables there too."
)
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace what the folder holds.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
strict_option = click.option("--strict", is_flag=True, help="Take warnings for errors.")


def share_said(text: str | None) -> float | None:
    """A share as it was said on the command line, `5 %` or 0.05; None if nothing was."""
    if text is None:
        return None
    from sim.errors import ScenarioError
    from sim.scenario.fields import read_share

    try:
        return read_share(float(text) if text.replace(".", "", 1).isdigit() else text)
    except ValueError as error:
        raise ScenarioError(str(error)) from error
