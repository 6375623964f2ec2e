"""`sim network`: the chokepoints of a network."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import json_option, out_option, overwrite_option, scenario_argument, sets_option, strict_option

if TYPE_CHECKING:
    from sim.results.static import Static
    from sim.results.table import Table

SPARED = {
    "concentration": ("makers", "countries", "output", "unit"),
    "dependence": ("use", "unit", "top_source", "top_source_share"),
    "survival": ("markets", "worst", "worst_share", "share"),
}
"""Columns to leave out on a narrow screen, the first ones first."""
OF_COUNTRIES = (
    "countries", "herfindahl_country", "top_country", "top_country_share", "met_without_country",
    "linked_without_country",
)  # fmt: skip
OF_PLANTS = ("output", "makers", "unit", "herfindahl", "top", "top_share", "met_without_top", "linked_without_top")
MOST = 25
"""Rows of plants that are shown."""


@click.command()
@scenario_argument
@sets_option
@out_option
@overwrite_option
@strict_option
@json_option
@click.pass_obj
def network(command: str, /, scenario: Path, sets: tuple[str, ...], strict: bool, **asked: Any) -> None:
    """Find the chokepoints of a network: who is hard to do without, and for how long.

    Nothing is run: everything follows from plan flows, capacities, shares and stocks, and the scenario's shocks play no
    part. How concentrated supply is and what is left without the largest maker or country; how far each country's use
    hangs on others, bought there or somewhere upstream; how long demand is met when a country's exports, a plant or a
    link is lost. The tables of links and of all nodes that a loss reaches are in the files of --out and in --json.
    """
    from sim.cli import static
    from sim.studies.network import network as look

    found = look(scenario, sets, strict)
    static.answer(found, _showing(found), scenario=scenario, command=command, **asked)


def _showing(found: "Static") -> Callable[[], None]:
    from sim.cli.summary import show, without_columns

    def all_of_it() -> None:
        tables, spared = found.tables, SPARED["concentration"]
        concentration = replace(tables["concentration"], notes=())
        show(without_columns(concentration, OF_COUNTRIES), "Where supply is concentrated: plants", spared)
        show(without_columns(tables["concentration"], OF_PLANTS), "Where supply is concentrated: countries", spared)
        show(_imported(tables["dependence"]), "Who depends on whom", SPARED["dependence"])
        show(_worth_showing(tables["survival"]), "How long a loss is survived", SPARED["survival"])

    return all_of_it


def _imported(table: "Table") -> "Table":
    """Without what hangs on nobody abroad."""
    hangs = table.column("top_origin")
    return replace(table, rows=tuple(row for row, origin in zip(table.rows, hangs, strict=True) if origin))


def _worth_showing(table: "Table") -> "Table":
    """Exports and plants that some market would miss, the shortest time first; the rest is counted."""
    from sim.cli.report import counted

    lost, days = table.column("what"), table.column("survives_days")
    felt = [row for row, what, d in zip(table.rows, lost, days, strict=True) if what != "link shut" and d != math.inf]
    exports = [row for row in felt if row[1] == "exports stop"]
    plants = [row for row in felt if row[1] != "exports stop"]
    shown, links = (*exports, *plants[:MOST]), sum(what == "link shut" for what in lost)
    hidden = [counted(len(plants[MOST:]), "more plant")] if plants[MOST:] else []
    more = f"not shown: {', '.join([*hidden, counted(links, 'link')])}, and what no market would miss"
    return replace(table, rows=shown, notes=(*table.notes, more))
