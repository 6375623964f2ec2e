"""What the plan knows before the first day: the numbers that results are measured against."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """Numbers of the solved plan, keyed like the records; one value for all replications."""

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
