"""`sim sensitivity`: which of the things that are not known the loss hangs on."""

from typing import Any

import click

from sim.cli.studying import study_options, wishes_of


@click.command()
@study_options
@click.option(
    "--vary",
    multiple=True,
    metavar="FACTOR",
    help='A factor: "PATH=10:90 days" (uniform), "PATH=a,b,c" (equally often), "PATH={distribution: gamma, mean: 24 '
    'days, sd: 9 days}", or the name of an entry of `uncertain:`. [default: all that is uncertain]',
)
@click.option(
    "--method",
    type=click.Choice(["sobol", "morris", "oat"]),
    default="sobol",
    show_default=True,
    help="Share of variance of each factor; a screening with few runs; or one at a time from low to high, a tornado.",
)
@click.option(
    "--size",
    type=click.IntRange(min=1),
    metavar="N",
    help="Points of each of 16 replicates, a power of two, or trajectories; not for oat. [default: 64, or 20]",
)
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="METRIC.PLACE",
    help="What to divide among factors, as in loss_share.eu_cars. [default: share lost of all sales and end products]",
)
@click.pass_obj
def sensitivity(command: str, /, **asked: Any) -> None:
    """Find which of the things that are not known the loss hangs on.

    Every factor goes through its range with all others. Sobol' indices divide the variance of the mean loss: what goes
    if a factor alone were known, and what stays if all but it were; their 95 % intervals cover at their stated rate. A
    Morris screening ranks many factors with few runs. One at a time (oat), each factor goes to both ends of its
    range from what the file says, or from the median of what it calls uncertain, and the picture is a tornado.
    Replications have the same luck at every point; of a random scenario there are 4 unless said, for oat as many as
    the file says. The study is kept in results/SCENARIO_sensitivity as it is made: stopped at any moment, the same
    command finishes the rest.
    """
    wishes = wishes_of(command, asked)
    from sim.cli.weighing import answer

    answer(wishes, **asked)
