"""What people do about a shortage: on a date, when something is announced, or when they see it, and after a delay.

To add a kind: write its class, then list it in `Response`.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import model_validator

from sim.scenario.chosen import OneOf
from sim.scenario.cues import Cued, Point, Reaction, Trigger, When
from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event
from sim.scenario.network import Network
from sim.scenario.record import Name, Names
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Duration, Factor, Rate, Ratio, Share

REACTION_TIME = Duration(14.0)
"""Days buyers take before they front-load, about two weeks."""
FRONT_LOAD_FACTOR = 2.0
"""Multiple of usual flow they order; assumed."""
STOPPING = (Lever.FLOW, Lever.LANE, Lever.QUOTA, Lever.LICENSED)
"""Levers that keep goods from leaving on a link."""


class Hoard(Cued):
    """Buyers want to hold more than usual."""

    kind: Literal["hoard"]
    """Buyers want to hold more stock than usual."""
    where: Scope
    """Who hoards."""
    commodity: Names = ()
    """Which inputs; all if left out."""
    cover: Duration
    """Days of planned use they want to hold beyond the usual cover."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for node in network.places(self.where):
            for commodity in node.buys:
                if not self.commodity or commodity in self.commodity:
                    yield self._effect(Lever.COVER, f"{node.name}: {commodity}", How.PLUS, self.cover.days)


class FrontLoad(Reaction):
    """Between announcement and effect of a shock buyers order a multiple of usual flow on the links it will hit.

    What they then have too much they order less later, so it is paid back, unless they want to hold more (`hoard`).
    Everyone does so: a shock announced before it takes effect has one by default, unless the file states another.
    """

    kind: Literal["front_load"]
    """Buyers order a multiple of usual flow between announcement and effect of a shock."""
    on: When | None = None
    """When they hear of it; the announcement of the shock if left out."""
    before: Name
    """The shock."""
    after: Duration = REACTION_TIME
    """Reaction time."""
    links: LinkScope = LinkScope()
    """Which of the links it will hit."""
    factor: Factor = FRONT_LOAD_FACTOR
    """Orders of a day at least, in multiples of usual flow; 1 is no front-loading."""

    def begins(self) -> datetime.date | int | Point | Trigger:
        return Point(announced=self.before) if self.on is None else self.on

    def ends(self) -> datetime.date | int | Point | None:
        return Point(effective=self.before) if self.until is None and self.lasts is None else self.until

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        hit = {effect.target for effect in shocks[self.before].effects(network) if effect.lever in STOPPING}
        for lane in network.links(self.links):
            if lane.name in hit:
                yield self._effect(Lever.FRONT_LOAD, lane.name, How.PLUS, self.factor)


class SecondSource(Cued):
    """Buyers move a share of their need to other links, once these are qualified."""

    kind: Literal["second_source"]
    """Buyers move a share of their need to other links, once these are qualified."""
    links: LinkScope
    """The links that get the share, also those on standby with a share of 0 %."""
    share: Share
    """Share of the buyer's need that each of these links gets; the buyer's other links keep the rest in proportion."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        yield from self._moved_shares(network, self.links, self.share)


class Release(Cued):
    """A stockpile sells to those who have a link from it."""

    kind: Literal["release"]
    """A stockpile sells to those who have a link from it."""
    stockpile: Names
    """Which stockpiles."""
    share: Share
    """Share of each buyer's need that is asked of the stockpile."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        yield from self._moved_shares(network, LinkScope(seller=self.stockpile), self.share)


class Refill(Cued):
    """A stockpile buys what it can until it is full."""

    kind: Literal["refill"]
    """A stockpile buys what it can until it is full."""
    stockpile: Names
    """Which stockpiles."""
    rate: Rate
    """Orders a day on each of its links."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for lane in network.links(LinkScope(buyer=self.stockpile)):
            yield self._effect(Lever.REFILL, lane.name, How.PLUS, self.rate.value)


class Substitute(Cued):
    """Plants replace a part of one input by another."""

    kind: Literal["substitute"]
    """Plants replace a part of one input by another."""
    where: Scope
    """Which plants."""
    replaces: Name
    """The input that is replaced."""
    use: Name
    """The input that replaces it; it stands in the recipe, with an amount of 0 if it is not used usually."""
    up_to: Share
    """Ceiling: share of the replaced input's usual amount that is replaced once the ramp is over."""
    amount: Ratio
    """Amount of the other input for each unit replaced."""
    yield_penalty: Share = 0.0
    """Share of output lost where the input is replaced."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for node in network.places(self.where):
            recipe = {} if node.kind == "market" else node.record.recipe  # type: ignore[union-attr]
            if self.replaces not in recipe or self.use not in recipe:
                continue
            used = recipe[self.replaces].amount.value
            yield self._effect(Lever.RECIPE, f"{node.name}: {self.replaces}", How.TIMES, 1.0 - self.up_to)
            more = self.up_to * used * self.amount.value
            yield self._effect(Lever.RECIPE, f"{node.name}: {self.use}", How.PLUS, more)
            if self.yield_penalty > 0.0:
                for product in node.commodities:
                    factor = 1.0 - self.up_to * self.yield_penalty
                    yield self._effect(Lever.YIELD, f"{node.name}: {product}", How.TIMES, factor)


class Thrift(Cued):
    """Plants learn to use less of an input."""

    kind: Literal["thrift"]
    """Plants learn to use less of an input."""
    where: Scope
    """Which plants."""
    commodity: Names
    """Which inputs."""
    saves: Share
    """Share of the usual amount they do without once the ramp is over."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for node in network.places(self.where):
            for commodity in node.buys if node.kind != "market" else ():
                if commodity in self.commodity:
                    yield self._effect(Lever.RECIPE, f"{node.name}: {commodity}", How.TIMES, 1.0 - self.saves)


class Build(Cued):
    """Capacity is built; after its building time it ramps up."""

    kind: Literal["build"]
    """New capacity at a facility, which may have had none; `after` is the building time."""
    where: Scope
    """Which facilities: mines, plants or recyclers."""
    adds: Rate | None = None
    """Capacity added at each, in its units of activity."""
    scale: Factor | None = None
    """Capacity is multiplied by this instead."""
    share: Share | None = None
    """Share of their need that buyers move to what it sells, on links that may stand by; left out, none is moved."""

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if (self.adds is None) == (self.scale is None):
            raise ValueError("say one of `adds: 1000 t/year` and `scale: 150 %`")
        return self

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for node in network.places(self.where):
            if node.kind == "market":
                continue
            if self.adds is not None:
                yield self._effect(Lever.CAPACITY, node.name, How.PLUS, self.adds.value)
            elif self.scale is not None:
                yield self._effect(Lever.CAPACITY, node.name, How.TIMES, self.scale)
            yield from self._moved_shares(network, LinkScope(seller=(node.name,)), self.share)


class Recycle(Build):
    """Recyclers collect more; `after` is the time to set up collection."""

    kind: Literal["recycle"]  # type: ignore[assignment]
    """Recyclers collect and make more."""
    where: Scope = Scope(kind=("recycler",))
    """Which facilities."""


class Reroute(Cued):
    """A part of a shut lane's flow goes by a third country, until it is detected."""

    kind: Literal["reroute"]
    """A part of a shut lane's usual flow goes by a third country, until it is detected."""
    links: LinkScope
    """Which links."""
    share: Share
    """Share of usual flow that goes this way, beside what the lane still carries."""
    adds: Duration
    """Days the detour adds to the transit of all that leaves on the link."""
    detection: Share = 0.0
    """Probability a day that the route is found out; from the next day on it is closed for good."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        controlled = {lane.name for regime in network.regimes.values() for lane in network.controlled(regime)}
        for lane in network.links(self.links):
            yield self._effect(Lever.FLOW, lane.name, How.PLUS, self.share)
            if lane.name in controlled:
                yield self._effect(Lever.GENERAL, lane.name, How.PLUS, self.share)
            yield self._effect(Lever.TRANSIT, lane.name, How.PLUS, self.adds.days)


ALLOCATIONS = ("usual", "proportional", "priority", "equal", "domestic_first")
"""Rules of allocation, in the order of their numbers."""


class Ration(Cued):
    """Sellers share what is short by another rule."""

    kind: Literal["ration"]
    """Sellers share what is short by another rule."""
    where: Scope
    """Which sellers."""
    allocation: Literal["usual", "proportional", "priority", "equal", "domestic_first"]
    """The rule they share by from then on."""

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for node in network.places(self.where):
            if node.kind != "market":
                yield self._effect(Lever.ALLOCATION, node.name, How.SET, float(ALLOCATIONS.index(self.allocation)))


class Expedite(Cued):
    """Goods travel faster, by air."""

    kind: Literal["expedite"]
    """Goods travel faster, by air for example."""
    links: LinkScope
    """Which links."""
    transit: Duration | None = None
    """Transit from then on."""
    scale: Factor | None = None
    """Transit is multiplied by this instead."""
    surcharge: Share | None = None
    """What it costs beyond usual freight, as a share of the value of the goods."""

    @model_validator(mode="after")
    def _one_speed(self) -> Self:
        if (self.transit is None) == (self.scale is None):
            raise ValueError("say one of `transit: 3 days` and `scale: 20 %`")
        return self

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        for lane in network.links(self.links):
            if self.transit is not None:
                yield self._effect(Lever.TRANSIT, lane.name, How.SET, self.transit.days)
            elif self.scale is not None:
                yield self._effect(Lever.TRANSIT, lane.name, How.TIMES, self.scale)


Response = Annotated[
    FrontLoad
    | Hoard
    | Release
    | Refill
    | SecondSource
    | Substitute
    | Thrift
    | Recycle
    | Reroute
    | Ration
    | Build
    | Expedite,
    OneOf("kind"),
]
"""The kinds of response."""
