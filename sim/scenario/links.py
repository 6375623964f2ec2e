"""Lanes from seller to buyer, and how a buyer orders."""

from typing import Literal

from pydantic import Field

from sim.scenario.distributions import RandomDuration
from sim.scenario.fields import Surcharge
from sim.scenario.record import Name, Names, Record
from sim.scenario.units import Count, Duration, Rate, Share


class Link(Record):
    """A lane that carries one commodity from a seller to this buyer."""

    share: Share | None = None
    """Share of the buyer's need ordered on this link; left out, it is what the others leave."""
    transit: RandomDuration
    """Calendar days from dispatch to the buyer's gate."""
    capacity: Rate | None = None
    """Most the lane carries in a day; unlimited if left out."""
    end_use: Name = "civil"
    """End use the goods are declared for: civil, defence, …"""
    firms: Count = 1
    """How many firms the link stands for: an application for a licence splits into as many parcels."""
    priority: Count = 1
    """Class under the seller's priority allocation; 1 is served first."""
    tariff: Surcharge = 0.0
    """Import duty, as a share of the value of what is released on the link."""
    tags: Names = ()
    """Words a scope can select by."""
    source: str = ""
    """Where these numbers come from, if not from the source of the buyer."""


class Purchase(Record):
    """How one input is bought: how much is held, and from whom it comes."""

    cover: Duration = Duration(0.0)
    """Days of planned use held in stock."""
    usage: Literal["planned", "smoothed"] = "planned"
    """What orders are sized by: the plan, or the smoothed amount that was asked of this buyer."""
    smoothing: Duration = Duration(30.0)
    """Averaging time of smoothed usage."""
    learns: Share = 0.0
    """How far orders follow delivery delays as they are experienced; 0 keeps to the planned delay."""
    from_: dict[Name, Link] = Field(alias="from", min_length=1)
    """The sellers, by name."""
