"""What the plan knows before the first day: the numbers that results are measured against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Facts:
    """Numbers of the solved plan, keyed like the records; one value for all replications.

    Where inputs are uncertain they are those of the scenario as the file states it, whatever a replication draws.
    """

    output: Mapping[str, float]
    """`facility: product` to planned output in a day."""
    usage: Mapping[str, float]
    """`buyer: commodity` to planned use in a day; for a market its demand."""
    stage: Mapping[str, int]
    """Facility or market to its stage along the chain: 0 for mines, the largest for markets."""
    flow: Mapping[str, float]
    """Link to its usual flow in a day."""
    shocks: Mapping[str, tuple[float, float]]
    """Shock to the first day it holds and the first day it no longer does (may be inf), in days after the start."""

    def widened(self, others: Iterable["Facts"]) -> "Facts":
        """The same with the windows of shocks as wide as the widest of the others: from the first day to the last."""
        shocks = dict(self.shocks)
        for other in others:
            for name, (first, last) in other.shocks.items():
                shocks[name] = (min(first, shocks[name][0]), max(last, shocks[name][1]))
        return replace(self, shocks=shocks)
