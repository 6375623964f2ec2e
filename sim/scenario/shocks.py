"""What can go wrong.

A shock is data plus one method, `effects`, which says which levers it pulls, where, when and how much. To add a
kind: write its class, then list it in `Shock` at the end.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal

from sim.scenario.changes import Change
from sim.scenario.chosen import OneOf
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
from sim.scenario.events import Event
from sim.scenario.money import PriceChange, Tariff
from sim.scenario.network import Network
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


class ExportBan(Event):
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
        for lane in network.exports(self.country, self.links):
            yield self._effect(network, Lever.FLOW, lane.name, How.TIMES, self.leakage)


class ImportBan(Event):
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
        for lane in network.imports(self.country, self.links):
            yield self._effect(network, Lever.FLOW, lane.name, How.TIMES, self.leakage)


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


class LaneClosure(Event):
    """A lane, strait or port is shut: nothing is dispatched; what is under way arrives."""

    kind: Literal["lane_closure"]
    """A lane, strait or port is shut."""
    links: LinkScope
    """Which links."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in network.links(self.links):
            yield self._effect(network, Lever.FLOW, lane.name, How.TIMES, 0.0)


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
                effect = self._effect(network, lever, f"{name}: {commodity}", How.SET, self.size)
                yield effect if effect.end <= effect.start else _for_one_day(effect)


class InventoryLimit(Event):
    """Every buyer in scope holds this much stock and no more; what is above is used up, not sold."""

    kind: Literal["inventory_limit"]
    """Every buyer in scope holds this much input stock."""
    where: Scope
    """Whose stock."""
    commodity: Names = ()
    """Stock of which inputs; all if left out."""
    cover: Duration
    """Days of planned use held."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for node in network.places(self.where):
            for commodity in node.buys:
                if not self.commodity or commodity in self.commodity:
                    yield self._effect(network, Lever.COVER, f"{node.name}: {commodity}", How.SET, self.cover.days)


def _for_one_day(effect: Effect) -> Effect:
    return replace(effect, end=effect.start + 1.0, fade_days=0.0)


Shock = Annotated[
    CapacityLoss
    | ExportBan
    | ImportBan
    | PartialCut
    | LaneClosure
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
