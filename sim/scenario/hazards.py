"""When a shock strikes, where nobody can say on which day: how often, for how long, and what strikes together."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.distributions import RandomDuration
from sim.scenario.effects import Luck
from sim.scenario.record import Name, Record
from sim.scenario.units import Duration, Share


class Hazard(Record):
    """A shock that strikes at random, any number of times, on days drawn anew in each replication.

    Occurrences are a Poisson process: as likely on any day as on any other, whatever came before. One that falls while
    another holds prolongs it. Correlation is the beta factor of reliability engineering: that share of all occurrences
    is common and strikes everything in the group on the same day, for durations drawn with the same luck; the rest
    strikes each by itself. How often each is struck does not hang on it.
    """

    every: Duration
    """Mean time from one occurrence to the next: `2 years`."""
    lasts: RandomDuration
    """How long each occurrence holds."""
    strikes: Literal["all", "each"] = "all"
    """Everything in scope together, or each facility, market or link by itself."""
    correlation: Share = 0.0
    """Share of occurrences that are common to the group."""
    group: Name | None = None
    """Shocks of one group have their common occurrences together; the shock is a group of its own if left out."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.every.value < 1.0:
            raise ValueError(f"every '{self.every}' is more than once a day: say '1 day' or longer")
        if self.correlation and self.strikes == "all" and self.group is None:
            raise ValueError(
                "a correlation needs several that are struck: say `strikes: each`, or a `group` it shares with others"
            )
        return self

    def luck(self, struck: str) -> Luck:
        """The luck of one facility, market or link that the shock may strike."""
        own = struck if self.strikes == "each" else ""
        return Luck(own, self.group or "", self.every.days, self.correlation, self.lasts)
