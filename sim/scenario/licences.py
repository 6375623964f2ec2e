"""Export-control authorities and what they control."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from sim.scenario.distributions import RandomDuration, in_working_days
from sim.scenario.record import Name, Names, Record, Sourced
from sim.scenario.rulings import Approval, Approvals, ReviewClass, Shares
from sim.scenario.selectors import LinkScope
from sim.scenario.units import Count, Duration, Factor, Share


class LookAlikes(Record):
    """Goods outside the regime that look like those it controls, and so are stopped at the border."""

    commodity: Names
    """What looks alike."""
    hold: RandomDuration
    """Days one consignment is held; those that are waved through are held for 0 days."""


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
    statutory_limit: Duration | None = None
    """Longest a review may take, in days of the same kind; whatever would take longer takes just that."""
    reviewers: Count | None = None
    """Number of reviewers, who serve first in first out; unlimited if left out."""
    classes: dict[Name, ReviewClass] = {}
    """Fast lanes: applications reviewed before others, by reviewers of their own, or faster."""
    preparation: RandomDuration = Duration(0.0)
    """Days each firm needs to prepare its first application once licences are needed."""
    approval: Approvals = {"all": Approval(share=1.0)}
    """Share of applications approved: one number, one per end use, or rules by destination, end use, goods and date."""
    barred: Shares = {}
    """Share of orders that never gets a licence whatever is filed; these orders wait in the book as at a shut lane."""
    returned: Share = 0.0
    """Share of reviews that end in a request for completion, after which the application is filed again."""
    completion: RandomDuration = Duration(0.0)
    """Days it takes to complete an application that was returned."""
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
    general_share: Shares = {}
    """Share of usual flow whose customers hold general licences and need no single ones; may come as a dated ramp."""
    shipment_lag: RandomDuration = Duration(0.0)
    """Days from the grant of a licence to the shipment."""
    customs_hold: RandomDuration = Duration(0.0)
    """Days goods are held at the border after approval."""
    release_cap: Factor | None = None
    """Most that leaves a link under licence in a day, in multiples of its usual flow; unlimited if left out."""
    look_alikes: LookAlikes | None = None
    """Goods it does not control but that look alike, held at the border while licences are needed for the others."""

    @model_validator(mode="after")
    def _limit_fits_review(self) -> "Regime":
        limit = self.statutory_limit
        if limit is not None and limit.working != in_working_days(self.review):
            kind = "working days" if in_working_days(self.review) else "calendar days"
            raise ValueError(f"its review is in {kind}, and so must its `statutory_limit` be")
        return self

    @model_validator(mode="after")
    def _classes_count_alike(self) -> "Regime":
        for name, one in self.classes.items():
            if one.review is not None and in_working_days(one.review) != in_working_days(self.review):
                raise ValueError(f"reviews of class '{name}' and of the authority must be in days of the same kind")
        return self

    @field_validator("returned")
    @classmethod
    def _some_are_complete(cls, returned: float) -> float:
        if returned >= 1.0:
            raise ValueError("if every application is returned none is ever decided; say less than 100 %")
        return returned
