"""Claims a scenario is held against: what someone said, and how to measure it here."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.moments import Moment
from sim.scenario.record import Name, Record
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Factor


class Measure(Record):
    """One number taken from a run: a quantity of some places or links, over some days, compared with the baseline."""

    quantity: Literal["output", "sales", "unmet", "shipments"]
    """Output of facilities, sales or unmet demand of markets, or shipments released on links."""
    where: Scope = Scope()
    """Which facilities or markets."""
    links: LinkScope = LinkScope()
    """Which links, for shipments."""
    from_: Moment | None = Field(default=None, alias="from")
    """First day; the day the first shock takes effect if left out."""
    until: Moment | None = None
    """First day no longer counted; the end of the run if left out."""
    by: Literal["share", "drop", "days_to_drop", "part"]
    """Share of the baseline, drop below it, days from `from` until it is first below, or part of a whole."""
    of: Scope | None = None
    """For a part: which facilities or markets are the whole it is held against, with the shocks."""
    of_links: LinkScope | None = None
    """For a part of shipments: which links are the whole."""

    @model_validator(mode="after")
    def _has_its_whole(self) -> Self:
        due, other = ("of_links", "of") if self.quantity == "shipments" else ("of", "of_links")
        if getattr(self, other) is not None:
            raise ValueError(f"`{other}` does not go with {self.quantity}; a whole of {self.quantity} is `{due}`")
        if (self.by == "part") != (getattr(self, due) is not None):
            raise ValueError(f"`by: part` and `{due}` go together: `{due}` says what it is a part of")
        return self


class Claim(Record):
    """What someone said would happen or found to have happened, held against this model."""

    says: Name
    """The claim in a sentence."""
    measure: Measure
    """How to measure it here."""
    low: Factor
    """Least value that counts as agreement, a share or a number of days."""
    high: Factor
    """Largest value that counts as agreement."""
    disputed: str = ""
    """Who disputes it and why; a disputed claim is run and labelled so, never tuned to."""
    hangs_on: Name
    """The assumption the model's figure hangs on most."""
    source: Name
    """Where the claim comes from."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self
