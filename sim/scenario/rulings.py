"""What a licence authority lays down for some of the goods, destinations and end uses it deals with, and from when."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BeforeValidator, Field

from sim.scenario.distributions import RandomDuration
from sim.scenario.moments import Moment
from sim.scenario.record import Name, Names, Record
from sim.scenario.selectors import Lane, LinkScope
from sim.scenario.units import Count, Duration, Share


class Ruling(Record):
    """To which applications something applies; every condition said must hold."""

    destination: Names = ()
    """Country of the buyer."""
    end_use: Names = ()
    """End use the link is declared for."""
    commodity: Names = ()
    """What the link carries."""

    @property
    def conditions(self) -> int:
        """How many conditions it states: the rule with most of them is the one that holds."""
        return sum(bool(words) for words in (self.destination, self.end_use, self.commodity))

    @cached_property
    def scope(self) -> LinkScope:
        return LinkScope(destination=self.destination, end_use=self.end_use, commodity=self.commodity)


class DatedShare(Ruling):
    """A share, for which goods and from when."""

    share: Share
    """The share itself."""
    from_: Moment | None = Field(default=None, alias="from")
    """First day it holds, or begins to be reached; from the beginning if left out."""
    over: Duration = Duration(0.0)
    """Days over which it is reached from `from` on, in a straight line from what held before."""


class Approval(DatedShare):
    """How often an application is approved, for which goods and from when."""

    share: Share
    """Probability that an application is approved; 0 shuts the lane and nothing is filed."""


class ReviewClass(Ruling):
    """Applications that are reviewed before others, by reviewers of their own, or faster."""

    rank: Count = 1
    """Served by the same reviewers in ascending order of rank; applications of no class have rank 9."""
    reviewers: Count | None = None
    """Reviewers who serve this class only; if left out, those of the authority."""
    review: RandomDuration | None = None
    """Review time of one application; that of the authority if left out."""


ORDINARY_RANK = 9
"""Rank of applications that belong to no class."""


def _shares(value: Any) -> Any:
    """One share for all, or a mapping: `defence: 0 %` is a rule for the end use `defence`, `all: 90 %` one for any."""
    if not isinstance(value, dict):
        return {"all": {"share": value}}
    return {name: _rule(name, said) for name, said in value.items()}


def _rule(name: Any, said: Any) -> Any:
    if isinstance(said, dict | DatedShare):
        return said
    return {"share": said} if name == "all" else {"share": said, "end_use": name}


Approvals: TypeAlias = Annotated[
    dict[Name, Approval],
    BeforeValidator(_shares, json_schema_input_type=Share | dict[Name, Share | Approval]),
    Field(min_length=1),
]
"""Shares approved: one for all, one for each end use, or rules by destination, end use, goods and date."""
Shares: TypeAlias = Annotated[
    dict[Name, DatedShare],
    BeforeValidator(_shares, json_schema_input_type=Share | dict[Name, Share | DatedShare]),
]
"""One share for all, one for each end use, or rules by destination, end use, goods and date."""

R = TypeVar("R", bound=Ruling)


def fitting(rulings: Mapping[str, R], lane: Lane) -> Iterable[tuple[str, R]]:
    """Those that apply to a link, with their names, in sorted order."""
    return ((name, rulings[name]) for name in sorted(rulings) if rulings[name].scope.admits(lane))


def class_of(classes: Mapping[str, ReviewClass], lane: Lane) -> str | None:
    """The class a link's applications belong to: of those that fit, the one that says most; None if none fits."""
    found = [(ruling.conditions, name) for name, ruling in fitting(classes, lane)]
    return max(found)[1] if found else None
