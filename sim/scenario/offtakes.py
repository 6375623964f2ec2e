"""The shock that says who gets what a mine or a plant makes."""

import math
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, field_validator

from sim.scenario.distributions import Distribution
from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Network
from sim.scenario.record import Name
from sim.scenario.units import Rate, Share


class Offtake(Event):
    """Contracts divide the output of a seller, such as a new mine: from a date on so much of it goes to each buyer.

    Links are shares of a buyer's need, so each buyer asks for its part of the output as a share of its planned need,
    and its other suppliers fill up the rest in proportion. Buyers that are not named keep what is left: their shares
    shrink by what is given away. A link is needed for each buyer; one of a contract to come has a share of 0 %.
    Refused are parts above 100 % in all, more than a buyer's planned need, and buyers left with a gap that no other
    link fills. A plant that only now gets customers needs `usage: smoothed` on its own inputs, or it orders none.
    """

    kind: Literal["offtake"]
    """Contracts divide the output of a seller among buyers."""
    seller: Name
    """The facility whose output is divided."""
    commodity: Name | None = None
    """Which of its products; may be left out if it has one."""
    amount: Rate | None = None
    """Output that is divided; the seller's capacity if left out."""
    to: dict[Name, Share] = Field(min_length=1)
    """Share of the output by buyer: `{cell_maker_us: 70 %, cell_maker_cn: 30 %}`."""

    @field_validator("to")
    @classmethod
    def _no_more_than_all(cls, to: dict[str, float]) -> dict[str, float]:
        total = math.fsum(to.values())
        if total > 1.0 + 1e-9:
            raise ValueError(f"{100 * total:.9g} % of the output is given away: let it be 100 % at most")
        return to

    def product(self, network: Network) -> str:
        """The product that is divided; empty if the seller is unknown, does not make it, or makes several."""
        node = network.nodes.get(self.seller)
        made = node.commodities if node and not isinstance(node.record, Market) else ()
        if self.commodity is not None:
            return self.commodity if self.commodity in made else ""
        return made[0] if len(made) == 1 else ""

    def divided(self, network: Network) -> float | None:
        """Output a day that is divided; None if it is not stated and the seller's capacity is random."""
        if self.amount is not None:
            return self.amount.value
        record = network.nodes[self.seller].record
        if isinstance(record, Market) or isinstance(record.capacity, Distribution):
            return None
        product = record.makes[self.product(network)]
        made = record.capacity.value * product.amount.value
        return made if product.capacity is None else min(made, product.capacity.value)

    def lanes(self, network: Network) -> list[Lane]:
        """The links that carry the product from the seller."""
        product = self.product(network)
        return [o for o in network.lanes if product and (o.seller.name, o.commodity) == (self.seller, product)]

    def effects(self, network: Network) -> Iterator[Effect]:
        lanes = self.lanes(network)
        output = self.divided(network) if lanes else None
        if output is None:
            return
        left = max(0.0, 1.0 - math.fsum(self.to.values()))
        for lane in lanes:
            part = self.to.get(lane.buyer.name)
            if part is not None:
                yield self._effect(network, Lever.TAKE, lane.name, How.SET, output * part)
            elif lane.share > 0.0:
                yield self._effect(network, Lever.SHARE, lane.name, How.SET, lane.share * left)
