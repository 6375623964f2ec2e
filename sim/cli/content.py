"""`sim content`: which goods made abroad need a licence for what is inside them."""

from pathlib import Path
from typing import Any

import click

from sim.cli.options import json_option, out_option, overwrite_option, scenario_argument, sets_option, strict_option

TITLE = "What goods made abroad hold, and whether they need a licence"
SPARED = ("path_share", "until", "inputs", "authority", "from")
"""Columns to leave out on a narrow screen, the first ones first."""


@click.command()
@scenario_argument
@sets_option
@out_option
@overwrite_option
@strict_option
@json_option
@click.pass_obj
def content(command: str, /, scenario: Path, sets: tuple[str, ...], strict: bool, **asked: Any) -> None:
    """Show which goods made abroad need a licence for what they hold (de minimis).

    A licence may reach goods made in other countries whose content of controlled goods from its own country is above a
    share of their price. The table has every link of such goods: what is inside, by which chain it came, the threshold,
    and whether it is caught.
    """
    from sim.cli import static, summary
    from sim.studies.content import content as look

    found = look(scenario, sets, strict)
    table = found.tables["content"]
    static.answer(found, lambda: summary.show(table, TITLE, SPARED), scenario=scenario, command=command, **asked)
