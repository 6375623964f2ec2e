"""What stands in the tables, from the tables themselves: every verb answers a question about a small world."""

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import markdown

import sim
from sim.engine.records import Records
from sim.results import metrics as listed
from sim.results.pictures import ABOUT_A_PLACE, KINDS
from sim.results.result import TABLES
from sim.results.table import Column, Table
from sim.scenario.template import template

COVER = "facilities.maker_c.buys.oxide.cover"
LENGTH = "shocks.ban.duration"
EPISODE = Path(__file__).parents[2] / "scenarios" / "renesas_2021.yaml"
"""The quickest that is held against a series."""


def _run() -> Mapping[str, Table]:
    outcome = sim.run(_world()).outcome
    return {name: make(outcome) for name, make in TABLES.items()}


def _sensitivity() -> Mapping[str, Table]:
    factors = [f"{COVER}=10:60 days", f"{LENGTH}=30:90 days"]
    sobol = sim.sensitivity(_world(), factors, size=2).tables
    others = [
        sim.sensitivity(_world(), factors, method="morris", size=2),
        sim.sensitivity(_world(), factors, method="oat"),
    ]
    return sobol | {name: table for study in others for name, table in study.tables.items()}


VERBS: dict[str, Callable[[], Mapping[str, Table]]] = {
    "run": _run,
    "explain": lambda: sim.explain(_world(), at="maker_c").tables,
    "compare": lambda: sim.compare(_world(), variants={"more": {COVER: "45 days"}}).tables,
    "sweep": lambda: sim.sweep(_world(), {COVER: "10:60:50 days"}).tables,
    "seek": lambda: sim.seek(_world(), {COVER: "10:90:40 days"}, "loss_share.users < 5 %").tables,
    "stress": lambda: sim.stress(_world(), ttr="30 days").tables,
    "sensitivity": _sensitivity,
    "network": lambda: sim.network(_world()).tables,
    "content": lambda: sim.content(_world()).tables,
    "observe": lambda: sim.observe(EPISODE, replications=2).tables,
    "calibrate": lambda: sim.calibrate(EPISODE, draws=40, keep=0.5).tables,
    "backtest": lambda: sim.backtest(EPISODE, draws=40, keep=0.5).tables,
}
"""The tables of each verb, and of those with more than one method of all of them."""


@cache
def _world() -> sim.Scenario:
    return sim.loads(template("ban"))


def tables_of(verb: str) -> str:
    """Every table that a verb leaves in its folder, each under a heading of its own."""
    return "\n\n".join(_table(verb, table) for table in VERBS[verb]().values())


def _table(verb: str, table: Table) -> str:
    rows = [_row(column) for column in table.columns]
    titles = ["column", "unit", "what it is"]
    return f"(table-{verb}-{table.name})=\n### {table.name}\n\n" + markdown.table(titles, rows)


def _row(column: Column) -> list[str]:
    interval = f", `{column.name}_low`, `{column.name}_high`" if column.estimated else ""
    unit = "share" if column.unit == "%" else markdown.text(column.unit)
    return [markdown.code(column.name) + interval, unit, markdown.text(column.meaning or column.title)]


GROUPS = ("OF_CURVES", "OF_SERVICE", "OF_BACKLOGS", "OF_COVER", "OF_LICENCES", "OF_POPULATIONS", "OF_ALL")


def metrics(_: str) -> str:
    """Every metric, by what it is of."""
    return "\n\n".join(_group(name) for name in GROUPS)


def _group(name: str) -> str:
    rows = [[f"`{m.name}`", m.unit, markdown.text(m.meaning)] for m in getattr(listed, name)]
    return f"{_said_below(name)}\n\n" + markdown.table(["metric", "unit", "what it is"], rows)


def _said_below(name: str) -> str:
    """The text that stands under a list, which says what its metrics are of."""
    source = inspect.getsource(listed)
    found = re.search(rf'^{name}\b.*?^"""(.*?)"""', source, flags=re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"nothing is said below {name}")
    return f"**{found[1].rstrip('.')}**"


def series(_: str) -> str:
    """The quantities of a history, as the documentation of the records lists them."""
    return (inspect.getdoc(Records) or "").split("\n\n", 1)[1]


def pictures(_: str) -> str:
    """Every kind of picture, and whether it can be about one place."""
    rows = [[f"`{name}`", says, "yes" if name in ABOUT_A_PLACE else ""] for name, says in KINDS.items()]
    return markdown.table(["kind", "what it shows", "`--at` a place"], rows)
