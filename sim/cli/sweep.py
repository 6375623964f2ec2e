"""`sim sweep`: a scenario at many settings, each replication with the same luck at all of them."""

from typing import Any

import click

from sim.cli.studying import study_options, wishes_of


@click.command()
@study_options
@click.option(
    "--vary",
    multiple=True,
    metavar="PATH=VALUES",
    help='What a path takes, as in --vary "shocks.ban.duration=10:90:10 days" (from, to, step) or '
    '"...=10 days,30 days"; for a design "...=10:90 days" or a distribution. Several make every combination.',
)
@click.option(
    "--design",
    type=click.Choice(["grid", "random", "lhs", "sobol"]),
    help="Every combination, or points of a design over ranges. [default: grid]",
)
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="Points of a design. [default: 64]")
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="METRIC.PLACE",
    help="What to keep and show of each case, as in output_loss.eu_cars. [default: losses of all worth showing]",
)
@click.option(
    "--precision", metavar="SHARE", help="Double replications until intervals are within so much of the mean: 5 %."
)
@click.pass_obj
def sweep(command: str, /, **asked: Any) -> None:
    """Run a scenario at many settings: what is lost at each, and how much less.

    SCENARIO is a scenario, or a study file, which says `scenario:`, `vary:` and any of design, size, replications,
    seed, readings and precision. Every replication has the same luck at every point. The
    study is kept in results/SCENARIO_sweep as it is made: stopped at any moment, the same command finishes the rest.
    """
    wishes = wishes_of(command, asked)
    from sim.cli.sweeping import answer

    answer(wishes, **asked)
