"""`sim check`: everything that is wrong or doubtful, without running anything."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import scenario_argument, sets_option, strict_option

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


@click.command()
@scenario_argument
@sets_option
@strict_option
def check(scenario: Path, sets: tuple[str, ...], strict: bool) -> None:
    """Tell everything that is wrong or doubtful about a scenario.

    All problems come at once, in the order of the file, with line, column and remedy. The exit code is 0 if the
    scenario can be run, 2 if not.
    """
    from sim.cli import report
    from sim.studies.check import check as examined

    found = examined(scenario, sets, strict)
    if found.warnings:
        report.problems(found.warnings)
    report.say(f"ok: {summary(found)}")


def summary(scenario: "Scenario") -> str:
    """How much of each thing there is, and how much of it is assumed."""
    from sim.cli.report import counted
    from sim.results.assumptions import count_assumed

    groups = (
        (scenario.facilities, "facility"),
        (scenario.markets, "market"),
        (scenario.network.lanes, "link"),
        (scenario.licences, "authority"),
        (scenario.shocks, "shock"),
        (scenario.responses, "response"),
        (scenario.claims, "claim"),
        (scenario.uncertain, "uncertain input"),
    )
    parts = ", ".join(counted(len(group), thing) for group, thing in groups if group)
    when = f"{counted(scenario.days, 'day')} from {scenario.start}, {counted(scenario.replications, 'replication')}"
    assumed, numbers = count_assumed(scenario)
    return f"{parts}; {when}; {assumed:,} of {numbers:,} numbers are assumed, at least in part"
