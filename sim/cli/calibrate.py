"""`sim calibrate`: what a scenario does not know, fitted to what was seen."""

from typing import Any

import click

from sim.cli.observe import folder_option, quiet_option, seed_option, to_option
from sim.cli.options import json_option, overwrite_option, scenario_argument, sets_option, strict_option


@click.command()
@scenario_argument
@to_option
@click.option(
    "--free",
    multiple=True,
    metavar="PATH=RANGE",
    help='A number that is not known, as in --free "shocks.licensing.onset=0:30 days"; beside what is `uncertain`.',
)
@click.option(
    "--months",
    default="",
    metavar="FROM:UNTIL",
    help="Days to fit to, as 2025-04-01:2025-07-01, the last not in it. [default: the `fit` window of each series]",
)
@click.option(
    "--draws", type=click.IntRange(min=1), default=2000, show_default=True, metavar="N", help="Draws lived through."
)
@click.option("--keep", default="5 %", show_default=True, metavar="SHARE", help="Share of them that is kept.")
@seed_option
@sets_option
@folder_option
@overwrite_option
@strict_option
@quiet_option
@json_option
@click.pass_obj
def calibrate(command: str, /, **asked: Any) -> None:
    """Fit what is not known to what was seen.

    Every replication draws each number from its range and has luck of its own; those nearest to the fitted periods are
    kept (approximate Bayesian computation). The table tells for each number what is left of its range, and whether the
    data say anything about it; `profile` how near each tenth of its range comes. Periods that are to be scored are
    never looked at.
    """
    from sim.cli.observing import calibrated

    calibrated(command, **asked)
