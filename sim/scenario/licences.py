"""Export-control authorities and what they control."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.distributions import RandomDuration
from sim.scenario.moments import Moment
from sim.scenario.record import Name, Names, Record, Sourced
from sim.scenario.selectors import LinkScope
from sim.scenario.units import Count, Duration, Share


class Approval(Record):
    """How often an application is approved, for which goods and from when."""

    share: Share
    """Probability that an application is approved; 0 shuts the lane and nothing is filed."""
    destination: Names = ()
    """Country of the buyer."""
    end_use: Names = ()
    """End use the link is declared for."""
    commodity: Names = ()
    """What the link carries."""
    from_: Moment | None = Field(default=None, alias="from")
    """First day it holds; from the beginning if left out."""

    @property
    def conditions(self) -> int:
        """How many conditions it states: the rule with most of them is the one that holds."""
        return sum(bool(words) for words in (self.destination, self.end_use, self.commodity))

    def scope(self) -> LinkScope:
        return LinkScope(destination=self.destination, end_use=self.end_use, commodity=self.commodity)


def _approvals(value: Any) -> Any:
    """One share for all, or a mapping: `defence: 0 %` is a rule for the end use `defence`, `all: 90 %` one for any."""
    if not isinstance(value, dict):
        return {"all": {"share": value}}
    return {name: _rule(name, said) for name, said in value.items()}


def _rule(name: Any, said: Any) -> Any:
    if isinstance(said, dict | Approval):
        return said
    return {"share": said} if name == "all" else {"share": said, "end_use": name}


Approvals = Annotated[
    dict[Name, Approval],
    BeforeValidator(_approvals, json_schema_input_type=Share | dict[Name, Share | Approval]),
    Field(min_length=1),
]


class ForeignMade(Record):
    """The reach of a regime abroad: goods made elsewhere from what it controls."""

    goods: Names = Field(min_length=1)
    """Goods that need its licence when they are made and sold abroad; links into its own country, or that cross no
    border, never do."""
    content: Share
    """They need it if their content is above this share of their price: what they hold of controlled goods that come
    out of the country of the authority, at the price of those goods, traced through every recipe between."""
    links: LinkScope = LinkScope()
    """Which of their links: destination, end use, …; all of them if left out."""


class Regime(Sourced):
    """An export-control authority: what it controls, how long it takes and how it decides."""

    country: Name
    """Country of the authority; its public holidays count for working days."""
    controls: Names
    """Commodities it controls."""
    scope: LinkScope = LinkScope()
    """Which links, beyond carrying a controlled commodity out of the country; left out, all of them. Links of goods
    made abroad are chosen under `foreign_made`."""
    foreign_made: ForeignMade | None = None
    """Goods made abroad that it reaches too, by their content (*de minimis*); `sim content` shows which links."""
    in_force: bool = False
    """Whether licences are needed from the beginning; if not, a shock of kind `licensing` imposes them."""
    review: RandomDuration
    """Review time of one application, in calendar or in the authority's working days."""
    reviewers: Count | None = None
    """Number of reviewers, who serve first in first out; unlimited if left out."""
    approval: Approvals = {"all": Approval(share=1.0)}
    """Share of applications approved: one number, one per end use, or rules by destination, end use, goods and date."""
    denied: Literal["again", "cancelled"] = "again"
    """What becomes of denied goods: the order is filed again, or it is cancelled and the buyer may order anew."""
    again_after: Duration = Duration(0.0)
    """How long a denied order waits before it returns to the book."""
    files_every: Count = 1
    """Days between filing days: 1 is daily, 7 weekly."""
    licence: Literal["single", "general"] = "single"
    """Single: one licence for each application. General: one licence covers a link for its validity."""
    validity: Duration = Duration(365.0)
    """How long a general licence holds."""
    customs_hold: RandomDuration = Duration(0.0)
    """Days goods are held at the border after approval."""
