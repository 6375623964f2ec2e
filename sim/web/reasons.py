"""Why a place loses: which shock, and which constraint, as far as the page can wait for it."""

from sim.errors import TooLarge
from sim.results.measured import Measured
from sim.results.table import Table
from sim.scenario.scenario import Scenario
from sim.studies.explain import carry_out, prepare_inquiry
from sim.studies.swift import StillWanted
from sim.web.answers import for_page, in_json

DAYS = 2_000_000
"""Facility-days that an explanation may take, each subset of shocks counted."""
MOST = 40
BESIDE = ("place", "commodity", "unit")


def reasons(
    scenario: Scenario, what: Measured, replications: int, seed: int, still_wanted: StillWanted
) -> dict[str, object]:
    """The two tables for this place, and of how many replications they are. Raises ScenarioError where it cannot be."""
    one = prepare_inquiry(scenario, replications=1, seed=seed)
    days = one.cases * scenario.days * len(scenario.network.nodes)
    if days > 3 * DAYS:
        raise TooLarge(f"{len(one.game.subsets):,} subsets of its shocks take too long here: use `sim explain`")
    count = max(1, min(replications, MOST, DAYS // days))
    inquiry = prepare_inquiry(scenario, replications=count, seed=seed)
    found = carry_out(inquiry, progress=lambda done, total: still_wanted())
    made = {name: _of(found.tables[name], what.name) for name in ("shocks", "constraints") if name in found.tables}
    return {"replications": count, "unit": what.unit} | {name: in_json(for_page(made[name])) for name in made}


def _of(table: Table, place: str) -> Table:
    """The rows of one place, without what is the same in all of them."""
    index = [column.name for column in table.columns].index("place")
    kept = [i for i, column in enumerate(table.columns) if column.name not in BESIDE]
    rows = tuple(tuple(row[i] for i in kept) for row in table.rows if row[index] == place)
    return Table(table.name, tuple(table.columns[i] for i in kept), rows)
