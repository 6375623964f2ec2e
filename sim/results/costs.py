"""What it costs: bills of buyers and holders with the shocks and without, and the value of what is lost.

Each figure is one number per replication, in the currency of the prices. Goods are bought, and pay duty, on the day
they are released on a link, at that day's price: what is under way when a tariff starts is spared. A good is counted
each time it is bought, so sums over the stages of a chain are turnover, not value added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.engine.records import Array, Records
from sim.results.curves import output_of
from sim.results.losses import output_loss
from sim.results.outcome import Outcome
from sim.results.prices import Prices, prices_of
from sim.results.service import lost_demand, service_of
from sim.scenario.network import Lane, Node
from sim.scenario.responses import Expedite

YEAR = 365.0


@dataclass(frozen=True)
class Bill:
    """What someone pays over the run, one value per replication; nan where a price is missing."""

    purchase: Array
    tariff: Array
    holding: Array
    expediting: Array

    @property
    def total(self) -> Array:
        """Purchase + tariff + holding + expediting."""
        return self.purchase + self.tariff + self.holding + self.expediting

    def less(self, other: "Bill") -> "Bill":
        """This bill less another, item by item."""
        return Bill(*(getattr(self, item) - getattr(other, item) for item in ITEMS))


ITEMS = tuple(field.name for field in fields(Bill))


@dataclass(frozen=True)
class Account:
    """Money of a facility or market, or of several together."""

    name: str
    country: str
    """Empty for the whole."""
    baseline: Bill
    shocked: Bill
    lost: Array
    """Value of lost output, or of lost demand."""

    @property
    def extra(self) -> Bill:
        """What is paid because of the shocks: shocked less baseline."""
        return self.shocked.less(self.baseline)


def purchase_cost(quantity: Array, price: Array) -> Array:
    """Cost of goods bought, in money: sum over days of quantity (units a day) × price (money per unit)."""
    return np.asarray(np.sum(quantity * price, axis=0))


def tariff_cost(quantity: Array, price: Array, tariff: Array) -> Array:
    """Duty paid, in money: sum over days of quantity × price × tariff (share of value)."""
    return np.asarray(np.sum(quantity * price * tariff, axis=0))


def holding_cost(stock: Array, price: Array, yearly: Array) -> Array:
    """Cost of holding stock, in money: sum over days of stock (units, end of day) × price × yearly share / 365."""
    return np.asarray(np.sum(stock * price * yearly, axis=0)) / YEAR


def expediting_cost(quantity: Array, price: Array, surcharge: Array) -> Array:
    """Cost of haste, in money: sum over days of quantity sent in haste × price × surcharge (share of value)."""
    return np.asarray(np.sum(quantity * price * surcharge, axis=0))


def value_of_loss(lost: Array, price: float | Array) -> Array:
    """Value of output or demand lost, in money: units lost × price without the shocks."""
    return np.asarray(lost * price)


def accounts(outcome: Outcome) -> dict[str, Account]:
    """The account of every facility and market, by name."""
    usual, struck = prices_of(outcome, False), prices_of(outcome, True)
    return {
        node.name: Account(
            node.name,
            node.country,
            _bill(outcome, outcome.baseline, usual, node),
            _bill(outcome, outcome.shocked, struck, node),
            _value_lost(outcome, usual, node),
        )
        for node in outcome.scenario.network.nodes.values()
    }


def together(found: Iterable[Account], name: str, country: str = "") -> Account:
    """Accounts added up in their order; a figure that is unknown for want of a price is left out of its sum."""
    some = list(found)
    paying = [account for account in some if pays(account)]
    before = Bill(*(_sum([getattr(account.baseline, item) for account in paying]) for item in ITEMS))
    after = Bill(*(_sum([getattr(account.shocked, item) for account in paying]) for item in ITEMS))
    return Account(name, country, before, after, _sum([account.lost for account in some if loses(account)]))


def pays(account: Account) -> bool:
    """Whether its bill is known: all that it buys has a price."""
    return not bool(np.isnan(account.extra.total).any())


def loses(account: Account) -> bool:
    """Whether the value of what it loses is known: all that it makes, or wants, has a price."""
    return not bool(np.isnan(account.lost).any())


def by_country(found: Mapping[str, Account]) -> dict[str, Account]:
    """Accounts added up by country."""
    countries = sorted({account.country for account in found.values()})
    return {c: together((a for a in found.values() if a.country == c), c, c) for c in countries}


def _bill(outcome: Outcome, records: Records, prices: Prices, node: Node) -> Bill:
    """What a node pays for what is released to it, and for the stock it holds."""
    none = np.zeros(records.size)
    purchase, tariff, haste = [none], [none], [none]
    for link, lane in outcome.links.items():
        if lane.buyer.name != node.name:
            continue
        bought, price = records["shipments", link], prices.price[lane.commodity]
        purchase.append(purchase_cost(bought, price))
        tariff.append(tariff_cost(bought, price, prices.tariff[link]))
        for response, surcharge in prices.surcharge.items():
            if sends(outcome, response, lane):
                hasty = np.where(records["acting", response] > 0.0, bought, 0.0)
                haste.append(expediting_cost(hasty, price, surcharge))
    return Bill(_sum(purchase), _sum(tariff), _holding(records, prices, node), _sum(haste))


def sends(outcome: Outcome, response: str, lane: Lane) -> bool:
    """Whether a response sends goods of this link in haste."""
    said = outcome.scenario.responses[response]
    return isinstance(said, Expedite) and said.links.admits(lane)


def _holding(records: Records, prices: Prices, node: Node) -> Array:
    """Cost of input and finished stock; goods under way, in process or held for a licence are not counted."""
    inputs = [("stock", f"{node.name}: {c}", c) for c in node.buys]
    made = [("finished", f"{node.name}: {c}", c) for c in node.commodities] if node.kind != "market" else []
    held = [(what, place, c) for what, place, c in (*inputs, *made) if prices.holding[c].any()]
    sums = [holding_cost(records[what, place], prices.price[c], prices.holding[c]) for what, place, c in held]
    return _sum([np.zeros(records.size), *sums])


def _value_lost(outcome: Outcome, usual: Prices, node: Node) -> Array:
    """Value of the output a facility loses, or of the demand a market gives up; at the price without the shocks."""
    if node.kind == "market":
        lost = lost_demand(service_of(outcome, node.name))
        return value_of_loss(lost, usual.price[node.commodities[0]][0])
    curves = [output_of(outcome, f"{node.name}: {commodity}") for commodity in node.commodities]
    return _sum([value_of_loss(output_loss(curve), usual.price[curve.commodity][0]) for curve in curves])


def _sum(arrays: Sequence[Array]) -> Array:
    """Added one after the other in the order given, so that the last bits never depend on the machine."""
    total = np.zeros(1)
    for array in arrays:
        total = total + array
    return total
