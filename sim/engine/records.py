"""What happened: one array per quantity and place, indexed by day and case."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Records:
    """Daily history of a batch of cases, read as `records[what, where]` with shape (day, case).

    | what | where | meaning |
    |---|---|---|
    | output | facility: product | finished on the day |
    | finished | facility: product | finished stock at the end of the day |
    | backlog | facility: product | orders in the book at the end of the day |
    | stock | buyer: commodity | input stock at the end of the day, a market's too |
    | demand, sales | market | asked for that day; sold |
    | unmet, lost, waiting | market | of the day's demand not met that day; given up that day; waiting at its end |
    | shipments | link | released on the lane that day |
    | held | link | waiting at the exporter for a licence, at the end of the day |
    | filed, approved, denied | link | applications, by number of parcels |
    | pending | link | applications waiting for a decision at the end of the day |
    | review_days | link | days in review of the applications decided that day, summed |
    | stopped | facility with `firms` | firms that make nothing that day because an input is missing |
    | ever_stopped | facility with `firms` | firms that did so on that day or before |
    | acting | response | 1 on days on which it acts |

    Where causes are asked for (`run_noting`), also:

    | what | where | meaning |
    |---|---|---|
    | run | facility | activity started that day |
    | book | link | orders in the seller's book at the end of the day |
    | limit, quota | link | most that may be dispatched that day; left of its quota at the end of the day; inf without |
    | needed, chance | link | part of usual flow that needs a licence that day; approval of its applications |
    | barred, denied_waiting | link | orders in the book never approved; denied orders that wait to be filed again |
    | times, added | link: transit, facility: processing | factor on the time, and days added to it |
    """

    rows: Mapping[tuple[str, str], int]
    history: Array
    """Shape (day, row, case)."""

    def __getitem__(self, key: tuple[str, str]) -> Array:
        return self.history[:, self.rows[key], :]

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self.rows

    def where(self, what: str) -> list[str]:
        """Every place that has this quantity, sorted."""
        return sorted(place for kind, place in self.rows if kind == what)

    def cases(self, chosen: slice | NDArray[np.intp]) -> "Records":
        """The same history for some of the cases."""
        return Records(self.rows, self.history[:, :, chosen])

    @property
    def days(self) -> int:
        return int(self.history.shape[0])

    @property
    def size(self) -> int:
        return int(self.history.shape[2])
