"""`sim seek`: the least that does it."""

from typing import Any

import click

from sim.cli.studying import study_options, wishes_of


@click.command()
@study_options
@click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="PATH=RANGE",
    help='What may be moved, as in --vary "shocks.rule.cover=10:90:1 days" (from, to, step) or a list of levels; '
    "several are moved together, the cheapest first.",
)
@click.option(
    "--until",
    required=True,
    metavar="CONDITION",
    help='When it is enough: "output_loss.eu_cars < 5 %" of the baseline, "< 30 days" of plan, "< 1000 car", or '
    'any reading, "fill_rate.eu > 95 %".',
)
@click.option(
    "--confidence",
    type=click.FloatRange(50.0, 100.0, max_open=True),
    default=95.0,
    show_default=True,
    metavar="PERCENT",
    help="With which the mean over replications must meet it; a one-sided bound.",
)
@click.option(
    "--prefer",
    type=click.Choice(["low", "high"]),
    help="Which end costs nothing. [default: what the scenario states if it is in the range, else low]",
)
@click.option(
    "--cost",
    multiple=True,
    metavar="PATH=PRICE",
    help='Price of moving a path by one unit, --cost "PATH=3 USD". [default: moves count as shares of their ranges]',
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    metavar="N",
    help="Rounds of 32 proposals over the whole space, for several paths.",
)
@click.pass_obj
def seek(command: str, /, **asked: Any) -> None:
    """Find the least stock, reviewers or second-source share that does it.

    With one path: the value from which the condition holds at all larger ones that were tried, to the step; it is told
    if it also holds below or fails again above, for more is not always better. With several: the cheapest setting that
    was found, by Optuna and then by ever closer steps. Every replication has the same luck at every setting. The
    search is kept in results/SCENARIO_seek as it is made: stopped at any moment, the same command finishes the rest.
    """
    wishes = wishes_of(command, asked)
    from sim.cli.seeking import answer

    answer(wishes, **asked)
