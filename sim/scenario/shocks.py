"""What can go wrong.

A shock is data plus one method, `effects`, which says which levers it pulls, where, when and how much. To add a
kind: write its class, then list it in `Shock` at the end.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from sim.scenario.changes import Change
from sim.scenario.chosen import OneOf
from sim.scenario.closings import ExportBan, ImportBan, InternalCut, LaneClosure, Sanction
from sim.scenario.controls import (
    ApprovalRate,
    AuthoritySuspended,
    BarredShare,
    CustomsHold,
    GeneralLicences,
    LicenceDelay,
    Licensing,
)
from sim.scenario.effects import Effect, How, Lever
from sim.scenario.entities import EntityFreeze, Insolvency
from sim.scenario.events import Event, on_its_day
from sim.scenario.money import PriceChange, Tariff
from sim.scenario.network import Network
from sim.scenario.offtakes import Offtake
from sim.scenario.record import Name, Names
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Amount, Duration, Factor, Share, SignedDuration


class CapacityLoss(Event):
    """Facilities lose part of their capacity: fire, flood, strike, power cut."""

    kind: Literal["capacity_loss"]
    """Facilities lose part of their capacity."""
    where: Scope
    """Which facilities."""
    size: Share
    """Share of capacity that is lost."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for node in network.places(self.where):
            if node.kind != "market":
                yield self._effect(network, Lever.CAPACITY, node.name, How.TIMES, 1.0 - self.size)


class PartialCut(Event):
    """Dispatch on some links is capped below their usual flow."""

    kind: Literal["partial_cut"]
    """Dispatch on some links is capped below their usual flow."""
    links: LinkScope
    """Which links."""
    size: Share
    """Share of usual flow that is cut."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in network.links(self.links):
            yield self._effect(network, Lever.FLOW, lane.name, How.TIMES, 1.0 - self.size)


class Quota(Event):
    """A country caps what may leave in each period; exporters hold parts of the quota by usual flow."""

    kind: Literal["quota"]
    """A country caps what may leave in each period."""
    country: Name
    """Country that sets the quota."""
    links: LinkScope = LinkScope()
    """Which of its exports share the quota: commodity, destination, …"""
    amount: Amount
    """Amount that may leave in one period."""
    period: Duration = Duration(365.0)
    """Length of a period; the first begins on the effective date."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in network.exports(self.country, self.links):
            yield self._effect(network, Lever.QUOTA, lane.name, How.SET, self.amount.value, period=self.period.days)


class TransitDelay(Event):
    """Goods dispatched meanwhile take longer: a detour, a congested port."""

    kind: Literal["transit_delay"]
    """Goods dispatched meanwhile take longer."""
    links: LinkScope
    """Which links."""
    adds: SignedDuration
    """Calendar days added to the transit time; `-5 days` for a shorter way."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in network.links(self.links):
            yield self._effect(network, Lever.TRANSIT, lane.name, How.PLUS, self.adds.value)


class DemandSurge(Event):
    """Demand of some markets rises or falls."""

    kind: Literal["demand_surge"]
    """Demand of some markets rises or falls."""
    where: Scope
    """Which markets."""
    size: Factor
    """Demand relative to usual: `+20 %` or `1.2`."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for node in network.places(self.where):
            if node.kind == "market":
                yield self._effect(network, Lever.DEMAND, node.name, How.TIMES, self.size)


class StockLoss(Event):
    """Stock on hand is destroyed or seized on the effective date."""

    kind: Literal["stock_loss"]
    """Stock on hand is destroyed or seized on the effective date."""
    where: Scope
    """Whose stock."""
    commodity: Names = ()
    """Stock of which commodities; all if left out."""
    of: Literal["all", "input", "finished"] = "all"
    """Input stock, finished stock, or both."""
    size: Share
    """Share of the stock that is lost."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for node in network.places(self.where):
            if self.of != "finished":
                yield from self._lost(network, Lever.INPUT_LOSS, node.name, node.buys)
            if self.of != "input" and node.kind != "market":
                yield from self._lost(network, Lever.FINISHED_LOSS, node.name, node.commodities)

    def _lost(self, network: Network, lever: Lever, name: str, held: Any) -> Iterator[Effect]:
        for commodity in held:
            if not self.commodity or commodity in self.commodity:
                yield on_its_day(self._effect(network, lever, f"{name}: {commodity}", How.SET, self.size, name))


class InventoryLimit(Event):
    """Every buyer in scope holds this much stock and no more: orders stop until it is at the limit."""

    kind: Literal["inventory_limit"]
    """Every buyer in scope holds this much input stock."""
    where: Scope
    """Whose stock."""
    commodity: Names = ()
    """Stock of which inputs; all if left out."""
    cover: Duration
    """Days of planned use held."""
    excess: Literal["drawn_down", "resold", "seized"] = "drawn_down"
    """What becomes of stock above the limit on the first day: used up, sold back to the sellers by their current
    shares, who have it in stock that very day, or lost. What arrives later and is above is used up in any case."""

    def effects(self, network: Network) -> Iterator[Effect]:
        gone = {"resold": Lever.EXCESS_SALE, "seized": Lever.EXCESS_LOSS}.get(self.excess)
        for node in network.places(self.where):
            for commodity in node.buys:
                if not self.commodity or commodity in self.commodity:
                    target = f"{node.name}: {commodity}"
                    yield self._effect(network, Lever.COVER, target, How.SET, self.cover.days, node.name)
                    if gone is not None:
                        yield on_its_day(self._effect(network, gone, target, How.SET, self.cover.days, node.name))


Shock = Annotated[
    CapacityLoss
    | ExportBan
    | ImportBan
    | PartialCut
    | LaneClosure
    | Sanction
    | EntityFreeze
    | InternalCut
    | Insolvency
    | Offtake
    | Quota
    | Licensing
    | LicenceDelay
    | CustomsHold
    | ApprovalRate
    | BarredShare
    | GeneralLicences
    | AuthoritySuspended
    | TransitDelay
    | DemandSurge
    | StockLoss
    | InventoryLimit
    | Change
    | Tariff
    | PriceChange,
    OneOf("kind"),
]
"""The kinds of shock."""
