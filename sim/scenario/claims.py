"""Claims a scenario is held against: what someone said, and how to measure it here."""

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from sim.scenario.fields import Said, read_factor
from sim.scenario.moments import Moment
from sim.scenario.record import Name, Record
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Amount, Share

IN_UNITS = ("total", "lost")
"""Ways to measure whose figure is an amount, in the unit of what is measured."""


def read_bound(value: object) -> float | Amount:
    """A factor or a number of days, or an amount with its unit: `0.6`, `30`, `148000 car`."""
    if isinstance(value, Amount) or (isinstance(value, str) and not value.strip().endswith("%")):
        return Amount.read(value)
    return read_factor(value)


def write_bound(value: object) -> str | float:
    """What reads back as the same bound."""
    return value if isinstance(value, float) else str(value)


Bound: TypeAlias = Annotated[
    float | Amount,
    Said(read_bound, ({"type": ["string", "number"], "examples": ["60 %", 30, "148000 car"]},), write_bound),
]


class Subject(Record):
    """A quantity of some places or links."""

    examples: ClassVar[tuple[str, ...]] = ("{quantity: shipments, links: {origin: CN}}",)

    quantity: Literal["output", "sales", "unmet", "shipments"]
    """Output of facilities, sales or unmet demand of markets, or shipments released on links."""
    where: Scope = Scope()
    """Which facilities or markets."""
    links: LinkScope = LinkScope()
    """Which links, for shipments."""


class Measure(Subject):
    """One number taken from a run: a quantity of some places or links, over some days, compared with the baseline."""

    examples: ClassVar[tuple[str, ...]] = ("{quantity: output, by: drop}",)

    from_: Moment | None = Field(default=None, alias="from")
    """First day; the day the first shock takes effect if left out."""
    until: Moment | None = None
    """First day no longer counted; the end of the run if left out."""
    by: Literal["share", "drop", "days_to_drop", "days_below", "total", "lost", "part"]
    """Share of the baseline, drop below it, days until first below, days below, amount, amount less, or part."""
    deeper: Share = 0.0
    """For days_below: a day counts if more than this share is missing."""
    of: Scope | None = None
    """For a part: which facilities or markets are the whole it is held against, with the shocks. Several commodities
    have to be named, and counted in one unit."""
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
    low: Bound
    """Least value that counts as agreement: a share, a number of days, or an amount with its unit."""
    high: Bound
    """Largest value that counts as agreement."""
    disputed: str = ""
    """Who disputes it and why; a disputed claim is run and labelled so, never tuned to."""
    hangs_on: Name
    """The assumption the model's figure hangs on most."""
    source: Name
    """Where the claim comes from."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and largest value as numbers, amounts in their base unit."""
        low, high = (bound.value if isinstance(bound, Amount) else bound for bound in (self.low, self.high))
        return low, high

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.bounds
        if low > high:
            raise ValueError(f"low {low:g} is above high {high:g}")
        return self

    @model_validator(mode="after")
    def _bounds_fit_the_measure(self) -> Self:
        by = self.measure.by
        for bound in (self.low, self.high):
            if by in IN_UNITS and not isinstance(bound, Amount):
                raise ValueError(f"`by: {by}` measures an amount, and {bound:g} has no unit: say for example '20 t'")
            if by not in IN_UNITS and isinstance(bound, Amount):
                raise ValueError(f"'{bound}' is an amount, and `by: {by}` is a share or a number of days")
        return self
