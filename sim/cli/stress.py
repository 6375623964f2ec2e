"""`sim stress`: everything knocked out in turn, what is lost, and how long it is survived."""

from typing import Any

import click

from sim.cli.studying import study_options, wishes_of


@click.command()
@study_options
@click.option(
    "--ttr",
    metavar="LENGTHS",
    help='Time to recover: how long each is out, as "60 days", "30 days,90 days" or "30:120:30 days" (from, to, step). '
    "[default: 90 days]",
)
@click.option(
    "--effective",
    default="day 30",
    show_default=True,
    metavar="DAY",
    help="When each outage begins: a date, or a day of the run.",
)
@click.option(
    "--of",
    default="all sales",
    show_default=True,
    metavar="PLACE",
    help="Whose loss counts, and whose demand is to be met: a market, or an end product as in 'all cars sold'.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="KINDS",
    help="What is knocked out: facility, link, country, commodity; several with commas. [default: all four]",
)
@click.pass_obj
def stress(command: str, /, **asked: Any) -> None:
    """Knock out everything in turn: what is lost, and how long it is survived.

    Every facility, link, country and commodity is out by itself, in the scenario without its own shocks: a facility
    makes nothing, a link carries nothing, of a country all facilities make nothing, and of a commodity all that make
    it. Time to survive is the longest outage with all demand met. The study is kept in results/SCENARIO_stress as it
    is made: stopped at any moment, the same command finishes the rest.
    """
    wishes = wishes_of(command, asked)
    from sim.cli.stressing import answer

    answer(wishes, **asked)
