"""Shocks that shut links: a border, a lane, a firm or a site, each in the words of who does it."""

from collections.abc import Iterable, Iterator
from typing import Literal

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event, on_its_day
from sim.scenario.network import Lane, Network
from sim.scenario.record import Name, Names
from sim.scenario.selectors import LinkScope, Scope, admits
from sim.scenario.units import Share


class Closing(Event):
    """What all of them have: goods already under way go on, unless they are recalled."""

    recall: Literal["none", "returned", "seized"] = "none"
    """What becomes of goods in transit on the first day: they arrive, go back to the seller, or are lost.

    Goods that go back are in the seller's stock that very day; the way back is not modelled. Of a border or a sanction
    that leaks, what leaks is not recalled. Either way the orders return to the seller's book. Goods held by a licence
    authority are not in transit.
    """

    def _shut(self, network: Network, lanes: Iterable[Lane], open_share: float = 0.0) -> Iterator[Effect]:
        """Dispatch on these links capped at a share of usual flow, and what is under way called back."""
        taken = {"returned": Lever.RECALL, "seized": Lever.SEIZURE}.get(self.recall)
        for lane in lanes:
            yield self._effect(network, Lever.FLOW, lane.name, How.TIMES, open_share)
            if taken is not None:
                yield on_its_day(self._effect(network, taken, lane.name, How.SET, 1.0 - open_share))


class ExportBan(Closing):
    """A country stops goods from leaving."""

    kind: Literal["export_ban"]
    """A country stops goods from leaving."""
    country: Name
    """Country whose border closes."""
    links: LinkScope = LinkScope()
    """Which of its exports: commodity, destination, end use, …"""
    leakage: Share = 0.0
    """Share of usual flow that still gets out, by exemption or smuggling."""

    def effects(self, network: Network) -> Iterator[Effect]:
        yield from self._shut(network, network.exports(self.country, self.links), self.leakage)


class ImportBan(Closing):
    """A country stops goods from entering."""

    kind: Literal["import_ban"]
    """A country stops goods from entering."""
    country: Name
    """Country whose border closes."""
    links: LinkScope = LinkScope()
    """Which of its imports: commodity, origin, end use, …"""
    leakage: Share = 0.0
    """Share of usual flow that still gets in."""

    def effects(self, network: Network) -> Iterator[Effect]:
        yield from self._shut(network, network.imports(self.country, self.links), self.leakage)


class LaneClosure(Closing):
    """A lane, strait or port is shut: nothing is dispatched; what is under way arrives unless it is recalled."""

    kind: Literal["lane_closure"]
    """A lane, strait or port is shut."""
    links: LinkScope
    """Which links."""

    def effects(self, network: Network) -> Iterator[Effect]:
        yield from self._shut(network, network.links(self.links))


class Sanction(Closing):
    """Named firms, or all of a country, may not be dealt with: links between them and those who obey are shut.

    Where both ends of a link are sanctioned it stays open: that is their own affair.
    """

    kind: Literal["sanction"]
    """Named firms or countries may not be dealt with."""
    who: Scope
    """Who is sanctioned: by name, country, tag, …"""
    by: Scope = Scope()
    """Who must not deal with them; everyone else if left out."""
    forbids: Literal["all", "buying", "selling"] = "all"
    """All trade with them, or only buying from them, or only selling to them."""
    links: LinkScope = LinkScope()
    """Which links between the two: commodity, end use, …"""
    leakage: Share = 0.0
    """Share of usual flow that goes on all the same."""

    def effects(self, network: Network) -> Iterator[Effect]:
        lanes = (lane for lane in network.links(self.links) if self._forbidden(lane))
        yield from self._shut(network, lanes, self.leakage)

    def _forbidden(self, lane: Lane) -> bool:
        sells, buys = self.who.admits(lane.seller), self.who.admits(lane.buyer)
        if sells and not buys:
            return self.forbids != "selling" and self.by.admits(lane.buyer)
        return buys and not sells and self.forbids != "buying" and self.by.admits(lane.seller)


class InternalCut(Closing):
    """Sites of one firm stop supplying each other: wafers no longer go to the firm's own packaging.

    For the goods it is a lane closure. It differs in its scope, which holds between two sites of the firm only, so that
    whatever the sites buy from others and sell to others goes on.
    """

    kind: Literal["internal_cut"]
    """Sites of one firm stop supplying each other."""
    firm: Names
    """The firm: a tag that its sites carry; of several firms, each by itself."""
    links: LinkScope = LinkScope()
    """Which links between its sites: seller, buyer, commodity, …"""
    size: Share = 1.0
    """Share of usual flow that is cut."""

    def effects(self, network: Network) -> Iterator[Effect]:
        lanes = (lane for lane in network.links(self.links) if self._within(lane))
        yield from self._shut(network, lanes, 1.0 - self.size)

    def _within(self, lane: Lane) -> bool:
        return any(admits((firm,), *lane.seller.tags) and admits((firm,), *lane.buyer.tags) for firm in self.firm)
