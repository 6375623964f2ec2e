"""Shocks that change what goods cost: they move no goods, and only cost tables know them."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event
from sim.scenario.fields import Factor, Surcharge
from sim.scenario.network import Network
from sim.scenario.record import Names
from sim.scenario.selectors import LinkScope
from sim.scenario.units import Price


class _Dated(Event):
    """A shock whose dates must be said: costs are reckoned month by month for all replications alike."""

    @model_validator(mode="after")
    def _has_dates(self) -> Self:
        if self.random is not None:
            raise ValueError("duties and prices change on a date: say `effective`, for costs know no luck")
        return self


class Tariff(_Dated):
    """An import duty on goods released meanwhile, where they cross a border; what is under way is spared."""

    kind: Literal["tariff"]
    """An import duty is set or raised."""
    links: LinkScope
    """Which links; only those between two countries pay."""
    to: Surcharge | None = None
    """The duty, a share of value, instead of what the link states: `25 %`."""
    adds: Surcharge | None = None
    """Added to what the link states and to other shocks' additions, in points of value: `25 %`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.to is None) == (self.adds is None):
            raise ValueError("say one of `to` or `adds`: a share of value, such as `to: 25 %`")
        return self

    def effects(self, network: Network) -> Iterator[Effect]:
        how, size = (How.SET, self.to) if self.adds is None else (How.PLUS, self.adds)
        for lane in network.links(self.links):
            if lane.seller.country != lane.buyer.country:
                yield self._effect(network, Lever.TARIFF, lane.name, how, size or 0.0)


class PriceChange(_Dated):
    """Commodities cost more or less meanwhile; nobody buys more or less for it."""

    kind: Literal["price"]
    """The price of commodities changes."""
    commodity: Names = Field(min_length=1)
    """Which commodities."""
    scale: Factor | None = None
    """Multiplied by this: `+40 %` or `1.4`."""
    to: Price | None = None
    """Set to this: `310 USD/kg`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.scale is None) == (self.to is None):
            raise ValueError("say one of `scale` or `to`: `scale: +40 %`, or `to: 310 USD/kg`")
        return self

    def effects(self, network: Network) -> Iterator[Effect]:
        how, size = (How.TIMES, self.scale) if self.to is None else (How.SET, self.to.value)
        for commodity in self.commodity:
            yield self._effect(network, Lever.PRICE, commodity, how, 1.0 if size is None else size)
