"""What every day of a loss is charged to, on average over replications."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.engine.records import Array
from sim.results.causes import Cause
from sim.results.measured import Measured


@dataclass(frozen=True)
class Charged:
    """The loss of a place or a group, day by day and cause by cause."""

    what: Measured
    by_cause: Mapping[Cause, Array]
    """Mean over replications by day, in the unit of `what`; what is made up later is negative."""
    baseline: float
    """Mean of the whole baseline, in the same unit."""
