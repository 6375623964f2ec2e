"""Who supplies whom: facilities, markets and links as one graph, with links named `seller > buyer: commodity`."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sim.scenario.commodities import Commodity
from sim.scenario.document import dotted
from sim.scenario.effects import Effect
from sim.scenario.facilities import Facility
from sim.scenario.licences import Regime
from sim.scenario.links import Link, Purchase
from sim.scenario.markets import Market
from sim.scenario.selectors import LinkScope, Scope


@dataclass(frozen=True)
class Node:
    """A facility or a market, as a scope sees it."""

    name: str
    kind: str
    country: str
    commodities: tuple[str, ...]
    end_use: str
    tags: tuple[str, ...]
    record: Facility | Market

    @cached_property
    def buys(self) -> Mapping[str, Purchase]:
        """What it buys, by commodity in sorted order."""
        bought = {self.record.wants: self.record} if isinstance(self.record, Market) else self.record.buys
        return {commodity: bought[commodity] for commodity in sorted(bought)}


@dataclass(frozen=True)
class Lane:
    """A link with both its ends."""

    seller: Node
    buyer: Node
    commodity: str
    share: float
    record: Link

    @cached_property
    def name(self) -> str:
        return f"{self.seller.name} > {self.buyer.name}: {self.commodity}"

    @property
    def end_use(self) -> str:
        return self.record.end_use

    @property
    def tags(self) -> tuple[str, ...]:
        return self.record.tags

    @property
    def path(self) -> str:
        """Where the scenario file says it."""
        if isinstance(self.buyer.record, Market):
            return dotted(("markets", self.buyer.name, "from", self.seller.name))
        return dotted(("facilities", self.buyer.name, "buys", self.commodity, "from", self.seller.name))


@dataclass(frozen=True)
class Network:
    """Nodes and lanes in sorted order, whatever the order of the file."""

    start: datetime.date
    nodes: Mapping[str, Node]
    lanes: tuple[Lane, ...]
    regimes: Mapping[str, Regime]
    prices: Mapping[str, float] = field(default_factory=dict)
    """Of one unit, for commodities that have a price above 0."""
    moves: tuple[Effect, ...] = ()
    """Dated changes of shares, as far as a regime traces content."""

    @classmethod
    def of(
        cls,
        start: datetime.date,
        facilities: Mapping[str, Facility],
        markets: Mapping[str, Market],
        regimes: Mapping[str, Regime],
        commodities: Mapping[str, Commodity] | None = None,
    ) -> "Network":
        nodes = {n: node_of(n, facilities[n]) for n in facilities} | {n: _market(n, markets[n]) for n in markets}
        nodes = {name: nodes[name] for name in sorted(nodes)}
        lanes = tuple(lane for node in nodes.values() for lane in _lanes_into(node, nodes))
        priced = {name: known.price.value for name, known in (commodities or {}).items() if known.price}
        prices = {name: priced[name] for name in sorted(priced) if priced[name] > 0.0}
        return cls(start, nodes, lanes, {name: regimes[name] for name in sorted(regimes)}, prices)

    def places(self, scope: Scope) -> Iterator[Node]:
        """Facilities and markets in scope."""
        return (node for node in self.nodes.values() if scope.admits(node))

    def links(self, scope: LinkScope) -> Iterator[Lane]:
        """Links in scope."""
        return (lane for lane in self.lanes if scope.admits(lane))

    def exports(self, country: str, scope: LinkScope) -> Iterator[Lane]:
        """Links in scope that leave the country."""
        return (x for x in self.lanes if x.seller.country == country != x.buyer.country and scope.admits(x))

    def imports(self, country: str, scope: LinkScope) -> Iterator[Lane]:
        """Links in scope that enter the country."""
        return (x for x in self.lanes if x.buyer.country == country != x.seller.country and scope.admits(x))

    def controlled(self, regime: Regime) -> Iterator[Lane]:
        """Exports that need the regime's licence while it is in force."""
        return self._leaving(regime, regime.controls)

    def look_alikes(self, regime: Regime) -> Iterator[Lane]:
        """Links outside the regime whose goods look alike and are held at the border."""
        return self._leaving(regime, regime.look_alikes.commodity if regime.look_alikes else ())

    def _leaving(self, regime: Regime, goods: Collection[str]) -> Iterator[Lane]:
        """Exports of some goods within the regime's scope; goods are looked at first, for a scope takes longer."""
        home, scope = regime.country, regime.scope
        carrying = (lane for lane in self.lanes if lane.commodity in goods)
        return (x for x in carrying if x.seller.country == home != x.buyer.country and scope.admits(x))

    def made_abroad(self, regime: Regime) -> Iterator[Lane]:
        """Links of foreign-made goods that the regime may reach, if their content is above its threshold."""
        if regime.foreign_made is None:
            return
        for lane in self.links(regime.foreign_made.links):
            countries = {lane.seller.country, lane.buyer.country, regime.country}
            if lane.commodity in regime.foreign_made.goods and len(countries) == 3:
                yield lane

    def overseen(self, regime: Regime) -> Iterator[Lane]:
        """Links that may need the regime's licence: exports of what it controls, and goods made abroad."""
        yield from self.controlled(regime)
        yield from self.made_abroad(regime)


def node_of(name: str, record: Facility) -> Node:
    """A facility as a node of a network."""
    return Node(name, record.kind, record.country, tuple(sorted(record.makes)), "", record.tags, record)


def _market(name: str, record: Market) -> Node:
    return Node(name, "market", record.country, (record.wants,), record.end_use, record.tags, record)


def _lanes_into(node: Node, nodes: Mapping[str, Node]) -> Iterator[Lane]:
    for commodity, purchase in node.buys.items():
        shares = shares_of(purchase)
        for seller in sorted(purchase.from_):
            yield Lane(nodes[seller], node, commodity, shares[seller], purchase.from_[seller])


def shares_of(purchase: Purchase) -> dict[str, float]:
    """Share of need by seller; those who say none split evenly what the others leave."""
    said = {seller: link.share for seller, link in purchase.from_.items()}
    silent = sum(share is None for share in said.values())
    left = 1.0 - sum(said[s] or 0.0 for s in sorted(said))
    return {seller: left / silent if share is None else share for seller, share in said.items()}
