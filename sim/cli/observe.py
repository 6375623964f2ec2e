"""`sim observe`: a scenario beside the series it is held against."""

from pathlib import Path
from typing import Any

import click

from sim.cli.options import json_option, overwrite_option, scenario_argument, sets_option, strict_option

to_option = click.option(
    "--to", multiple=True, metavar="NAME", help="Which entry of `observed`; may be said more than once. [default: all]"
)
seed_option = click.option(
    "--seed", type=int, metavar="N", help="Seed of all luck; drawn if neither this nor the file says one."
)
folder_option = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Write tables and picture there too."
)
quiet_option = click.option("--quiet", is_flag=True, help="Show no progress.")


@click.command()
@scenario_argument
@to_option
@click.option(
    "--replications", type=click.IntRange(min=1), metavar="N", help="How many, instead of what the file says."
)
@seed_option
@sets_option
@folder_option
@overwrite_option
@strict_option
@quiet_option
@json_option
@click.pass_obj
def observe(command: str, /, **asked: Any) -> None:
    """Hold a scenario against what was seen, period by period.

    The scenario names its series under `observed`, and what each is the same as in the model. Both are shown as shares
    of what is usual; nothing is fitted. What is `uncertain` is drawn from its whole range.
    """
    from sim.cli.observing import observed

    observed(command, **asked)
