"""Tables of costs and of indicative scarcity prices."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results.costs import ITEMS, Account, accounts, by_country, loses, pays, together
from sim.results.outcome import Outcome
from sim.results.prices import surcharges
from sim.results.scarcity import Scarcity, scarcities
from sim.results.statistics import mean_interval
from sim.results.table import Cell, Column, Estimate, Table
from sim.scenario.money import PriceChange, Tariff
from sim.scenario.responses import Expedite
from sim.scenario.scenario import Scenario

MILLION: Final = 1e6
TEN_MILLIONS: Final = 10 * MILLION
NAMED: Final = 5
"""Places listed by name where prices are missing."""

_COSTS: Final = (
    Column("group", "group", meaning="total, country or node", shown=False),
    Column("place", "place", meaning="the total, a country, a facility or a market"),
    Column("country", "country", shown=False),
    Column("extra", "extra cost", "", "all costs with the shocks less without; mean with 95 % interval", True),
    Column("purchase", "purchase", "", "goods released to it × price, shocked less baseline", True, brief=True),
    Column("tariff", "tariff", "", "duty on them, shocked less baseline", True, brief=True),
    Column("holding", "holding", "", "cost of stock held, shocked less baseline", True, brief=True),
    Column("expediting", "haste", "", "paid on top for goods sent in haste, shocked less baseline", True, brief=True),
    Column("lost_value", "value lost", "", "output or demand lost × price without the shocks", True, brief=True),
    Column("currency", "in"),
    *(Column(f"{item}_baseline", f"{item} without", "", "in the baseline", True, shown=False) for item in ITEMS),
    Column("n", "n", meaning="replications", shown=False),
)


def costs_table(outcome: Outcome) -> Table:
    """A row for the total, one per country and one per node; no rows where nothing that is traded has a price."""
    prices = {name: record.price for name, record in outcome.scenario.commodities.items()}
    traded = {lane.commodity for lane in outcome.links.values()}
    currency = next((price.currency for name in sorted(traded) if (price := prices[name])), "")
    if not currency:
        return Table("costs", _COSTS, ())
    found = accounts(outcome)
    rows = [_cost_row("total", together(found.values(), "total"), currency, outcome)]
    rows += [_cost_row("country", account, currency, outcome) for account in by_country(found).values()]
    rows += [
        _cost_row("node", account, currency, outcome) for account in found.values() if pays(account) or loses(account)
    ]
    return Table("costs", _COSTS, tuple(rows), _cost_notes(outcome, [*found.values()]))


def _cost_row(group: str, account: Account, currency: str, outcome: Outcome) -> tuple[Cell, ...]:
    extra, size = account.extra, outcome.shocked.size
    figures = [extra.total, *(getattr(extra, item) for item in ITEMS), account.lost]
    before = [getattr(account.baseline, item) for item in ITEMS]
    said = [_estimate(values, size) for values in (*figures, *before)]
    return (group, account.name, account.country or None, *said[: len(figures)], currency, *said[len(figures) :], size)


def _estimate(values: Array, size: int) -> Estimate:
    """Mean with its interval; missing where a price is."""
    if np.isnan(values).any():
        return Estimate(np.nan)
    return Estimate(*mean_interval(np.broadcast_to(values, (size,))))


def _cost_notes(outcome: Outcome, found: Sequence[Account]) -> tuple[str, ...]:
    """What the sums hold, and what is left out of them."""
    notes = [
        "costs with the shocks less without, negative where less is bought; a good counts each time it is bought, on "
        "the day it is released"
    ]
    for what, left in (
        ("costs", [account.name for account in found if not pays(account)]),
        ("value lost", [account.name for account in found if not loses(account)]),
    ):
        if left:
            more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
            names = f"{', '.join(left[:NAMED])}{more}"
            notes.append(f"{what}: {len(left)} of {len(found)} places left out, for want of a price: {names}")
    hasty = [name for name, said in sorted(outcome.scenario.responses.items()) if isinstance(said, Expedite)]
    if free := [name for name in hasty if name not in surcharges(outcome.scenario)]:
        notes.append(f"haste not reckoned, for want of a surcharge: {', '.join(free)}")
    stating = [name for name, record in sorted(outcome.scenario.commodities.items()) if record.holding is not None]
    only = (
        f"of {', '.join(stating)} only: no other commodity states" if stating else "not reckoned: no commodity states"
    )
    if len(stating) < len(outcome.scenario.commodities):
        notes.append(f"cost of holding stock {only} `holding`")
    return tuple(notes)


def asks_for_costs(scenario: Scenario) -> bool:
    """Whether the scenario states anything beyond prices that costs are about, so that they are worth a screen."""
    shocks = any(isinstance(shock, Tariff | PriceChange) for shock in scenario.shocks.values())
    links = any(lane.record.tariff for lane in scenario.network.lanes)
    return (
        shocks or links or bool(surcharges(scenario)) or any(record.holding for record in scenario.commodities.values())
    )


_INDICATIVE: Final = (
    "indicative: the price that alone would clear the month's shortage, by the elasticities stated; nothing in the "
    "model answers to it, and it is no forecast"
)
_SCARCITY: Final = (
    Column("commodity", "commodity"),
    Column("month", "month"),
    Column("factor_p50", "indicative price over usual", "", "median; what would clear the month's shortage"),
    Column("factor_p5", "P5", meaning="5 % of replications have less"),
    Column("factor_p95", "P95", meaning="95 % of replications have less"),
    Column("price_p50", "indicative price", "", "median, in money per unit"),
    Column("price_p5", "price P5", shown=False),
    Column("price_p95", "price P95", shown=False),
    Column("unit", "in"),
    Column("n", "n", meaning="replications", shown=False),
)


def scarcity_table(outcome: Outcome) -> Table:
    """A row per commodity with elasticities and month; indicative, for nothing in the model answers to it."""
    rows = [_scarcity_row(outcome, one) for one in scarcities(outcome)]
    return Table("scarcity", _SCARCITY, tuple(rows), (_INDICATIVE,) if rows else ())


def _scarcity_row(outcome: Outcome, one: Scarcity) -> tuple[Cell, ...]:
    record = outcome.scenario.commodities[one.commodity]
    size = outcome.shocked.size
    factor, price = (np.broadcast_to(values, (size,)) for values in (one.factor, one.price))
    levels = (50, 5, 95)
    # By rank, not by line between two: beside an endless price there is no line.
    said = [float(np.percentile(values, q, method="nearest")) for values in (factor, price) for q in levels]
    unit = f"{record.price.currency}/{record.price.unit}" if record.price else None
    return (one.commodity, one.month, *said, unit, size)


def worst_months(table: Table) -> Table:
    """Of each commodity the month with the highest indicative price."""
    worst: dict[Cell, tuple[Cell, ...]] = {}
    for row in table.rows:
        if row[0] not in worst or _number(row[2]) > _number(worst[row[0]][2]):
            worst[row[0]] = row
    return Table(table.name, table.columns, tuple(worst.values()), table.notes)


def _number(cell: Cell) -> float:
    return cell if isinstance(cell, float) else 0.0


def for_screen(table: Table) -> Table:
    """The total and the countries, without single nodes; in millions where the whole costs ten millions or more."""
    rows = [row for row in table.rows if row[0] != "node"]
    most = max((abs(cell.mean) for row in rows for cell in row if isinstance(cell, Estimate)), default=0.0)
    if most >= TEN_MILLIONS:
        rows = [tuple(_in_millions(cell, c) for cell, c in zip(row, table.columns, strict=True)) for row in rows]
    columns = tuple(_if_any(column, [row[i] for row in rows]) for i, column in enumerate(table.columns))
    return Table(table.name, columns, tuple(rows), table.notes)


def _if_any(column: Column, cells: Sequence[Cell]) -> Column:
    """The column, off the screen if nobody pays any of it."""
    nothing = column.name in ITEMS and all(isinstance(cell, Estimate) and cell.mean == 0.0 for cell in cells)
    return replace(column, shown=column.shown and not nothing)


def _in_millions(cell: Cell, column: Column) -> Cell:
    if isinstance(cell, Estimate):
        return Estimate(cell.mean / MILLION, cell.low / MILLION, cell.high / MILLION)
    return f"million {cell}" if column.name == "currency" else cell
