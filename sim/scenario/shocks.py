"""What can go wrong.

A shock is data plus one method, `effects`, which says which levers it pulls, where, when and how much. To add a
kind: write its class, then list it in `Shock` at the end.
"""

import datetime
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from sim.scenario.effects import Effect, Fade, How, Lever
from sim.scenario.fields import Said, read_share
from sim.scenario.moments import Moment, day_of
from sim.scenario.network import Lane, Network
from sim.scenario.record import Name, Names, Record, Sourced
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Amount, Duration, Factor, Growth, Rate, Ratio, Share, SignedDuration
from sim.scenario.words import said

Shape = Literal["step", "linear", "exponential"]


class Recovery(Record):
    """How the effect of a shock goes away after its end."""

    shape: Shape = "step"
    """At once, in a straight line, or by a constant share of what is left each day."""
    over: Duration = Duration(0.0)
    """Days until it is gone (linear), or its time constant (exponential)."""


def _recovery(value: Any) -> Any:
    return {"shape": value} if isinstance(value, str) else value


class Event(Sourced):
    """What every shock has: when it is announced, when it holds, how it sets in and goes away."""

    announced: Moment | None = None
    """When it becomes known; the effective date if left out."""
    effective: Moment
    """First day it holds."""
    duration: Duration | None = None
    """Calendar days it holds; to the end of the run if neither this nor `until` is given."""
    until: Moment | None = None
    """First day it no longer holds, instead of a duration."""
    onset: Duration = Duration(0.0)
    """Days over which it builds up, in a straight line."""
    recovery: Annotated[Recovery, BeforeValidator(_recovery, json_schema_input_type=Shape | Recovery)] = Recovery()
    """How its effect goes away after its end."""

    @field_validator("until")
    @classmethod
    def _one_end(cls, until: Moment | None, info: ValidationInfo) -> Moment | None:
        if until is not None and info.data.get("duration") is not None:
            raise ValueError("give `duration` or `until`, not both")
        return until

    def window(self, start: datetime.date) -> tuple[float, float]:
        """First day it holds and first day it no longer does, in days after the start of the run."""
        first = day_of(self.effective, start)
        if self.until is not None:
            return first, day_of(self.until, start)
        return first, first + self.duration.days if self.duration is not None else math.inf

    def effects(self, network: Network) -> Iterator[Effect]:
        """The levers it pulls; empty where it changes nothing."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does")

    def _effect(self, network: Network, lever: Lever, target: str, how: How, size: float, **more: float) -> Effect:
        first, last = self.window(network.start)
        fade = Fade(self.recovery.shape)
        return Effect(lever, target, how, size, first, last, self.onset.days, fade, self.recovery.over.days, **more)


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


class Licensing(Event):
    """An authority begins to require licences for what it controls; at the end goods held are let go."""

    kind: Literal["licensing"]
    """An authority begins to require licences for what it controls."""
    authority: Name
    """Which authority, of those under `licences`."""
    links: LinkScope = LinkScope()
    """Which of the links it controls; all of them if left out."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, Lever.LICENSED, lane.name, How.SET, 1.0)


class LicenceDelay(Event):
    """Applications filed meanwhile take longer."""

    kind: Literal["licence_delay"]
    """Applications filed meanwhile take longer."""
    authority: Name
    """Which authority."""
    adds: Duration
    """Days added to each review; working days if the authority's review is in working days."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    def effects(self, network: Network) -> Iterator[Effect]:
        lever = Lever.REVIEW if self.adds.working else Lever.HOLD
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, lever, lane.name, How.PLUS, self.adds.value)


class ApprovalRate(Event):
    """An authority approves more or fewer of the applications it decides."""

    kind: Literal["approval_rate"]
    """An authority approves more or fewer of the applications filed meanwhile."""
    authority: Name
    """Which authority."""
    to: Share
    """Share approved."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, Lever.APPROVAL, lane.name, How.SET, self.to)


class AuthoritySuspended(Event):
    """An authority decides nothing; what falls due meanwhile is decided on the first day after."""

    kind: Literal["authority_suspended"]
    """An authority decides nothing meanwhile."""
    authority: Name
    """Which authority."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, LinkScope()):
            yield self._effect(network, Lever.SUSPENDED, lane.name, How.SET, 1.0)


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


def _target(value: object) -> str | float:
    """As it was said; its unit hangs on what changes."""
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{said(value)} does not fit: write a value in the unit of what changes, for example '500 t/year'")


Target: TypeAlias = Annotated[
    str | float, Said(_target, ({"type": ["string", "number"], "examples": ["500 t/year", "60 days", "40 %"]},))
]


class Change(Event):
    """Something about a set of objects is scaled, set, or grows from a date: for worse or for better."""

    kind: Literal["change"]
    """Something about a set of objects is scaled, set, or grows from a date."""
    what: Literal["capacity", "processing", "yield", "demand", "cover", "share", "transit", "lane_capacity"]
    """What changes."""
    where: Scope = Scope()
    """Which facilities or markets, for capacity, processing, yield, demand and cover."""
    links: LinkScope = LinkScope()
    """Which links, for share, transit and lane_capacity."""
    commodity: Names = ()
    """Which products (yield) or inputs (cover); all if left out."""
    scale: Factor | None = None
    """Multiplied by this: `1.5` or `-40 %`."""
    to: Target | None = None
    """Set to this, in the unit of what changes: `500 t/year`, `60 days`, `40 %`."""
    growth: Growth | None = None
    """Grows by this share a year, compounding from the effective date: `11 %/year`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(x is not None for x in (self.scale, self.to, self.growth)) != 1:
            raise ValueError("say one of `scale`, `to` or `growth`")
        if self.what == "share" and self.to is None:
            raise ValueError("a share is set, `to: 40 %`; the buyer's other links fill up the rest in proportion")
        return self

    @field_validator("to")
    @classmethod
    def _fits_what(cls, to: str | float | None, info: ValidationInfo) -> str | float | None:
        if to is not None and "what" in info.data:
            _READ[info.data["what"]](to)
        return to

    def value(self) -> Rate | Duration | Ratio | float:
        """What `to` says, with its unit. Raises ValueError if there is no `to`."""
        return _READ[self.what](self.to)

    def target(self) -> float:
        """The number `to` stands for, in base units."""
        value = self.value()
        return value if isinstance(value, float) else value.value

    def effects(self, network: Network) -> Iterator[Effect]:
        if self.what == "share":
            yield from self._moved_shares(network)
            return
        how, size = How.TIMES, self.scale
        if self.to is not None:
            how, size = How.SET, self.target()
        elif self.growth is not None:
            how, size = How.GROW, float(self.growth)
        lever = _LEVER_OF[self.what]
        for target in self._targets(network):
            yield self._effect(network, lever, target, how, float(size or 0.0))

    def _targets(self, network: Network) -> Iterator[str]:
        if self.what in ("transit", "lane_capacity"):
            yield from (lane.name for lane in network.links(self.links))
            return
        for node in network.places(self.where):
            if (self.what == "demand") != (node.kind == "market") and self.what != "cover":
                continue
            if self.what in ("capacity", "processing", "demand"):
                yield node.name
            else:
                held = node.commodities if self.what == "yield" else tuple(node.buys)
                yield from (f"{node.name}: {c}" for c in held if not self.commodity or c in self.commodity)

    def _moved_shares(self, network: Network) -> Iterator[Effect]:
        chosen = {lane.name for lane in network.links(self.links)}
        for lane in network.lanes:
            siblings = [o for o in network.lanes if (o.buyer, o.commodity) == (lane.buyer, lane.commodity)]
            moved = [o for o in siblings if o.name in chosen]
            if not moved:
                continue
            rest = 1.0 - self.target() * len(moved)
            others = sum(o.share for o in siblings if o not in moved)
            share = self.target() if lane in moved else rest * lane.share / others if others else 0.0
            yield self._effect(network, Lever.SHARE, lane.name, How.SET, max(0.0, share))


_READ: dict[str, Callable[[object], Rate | Duration | Ratio | float]] = {
    "capacity": Rate.read,
    "demand": Rate.read,
    "lane_capacity": Rate.read,
    "processing": Duration.read,
    "cover": Duration.read,
    "transit": Duration.read,
    "yield": Ratio.read,
    "share": read_share,
}
_LEVER_OF = {
    "capacity": Lever.CAPACITY,
    "demand": Lever.DEMAND,
    "lane_capacity": Lever.LANE,
    "processing": Lever.PROCESSING,
    "cover": Lever.COVER,
    "transit": Lever.TRANSIT,
    "yield": Lever.YIELD,
}


def _under(network: Network, authority: str, scope: LinkScope) -> Iterator[Lane]:
    return (lane for lane in network.controlled(network.regimes[authority]) if scope.admits(lane))


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
    | ApprovalRate
    | AuthoritySuspended
    | TransitDelay
    | DemandSurge
    | StockLoss
    | InventoryLimit
    | Change,
    Field(discriminator="kind"),
]
"""The kinds of shock."""
