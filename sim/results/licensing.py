"""What an authority did: metrics of applications for licences, one value per replication each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results.losses import share_of
from sim.results.outcome import Outcome
from sim.scenario.caught import ever_needed


@dataclass(frozen=True)
class Desk:
    """Applications with the shocks, by number of parcels; shape (day, replication)."""

    name: str
    filed: Array
    approved: Array
    denied: Array
    pending: Array
    """Waiting for a decision at the end of the day."""
    review_days: Array
    """Days in review of what was decided that day, summed."""


def licensed_links(outcome: Outcome, authority: str) -> list[str]:
    """Links that need the licence of an authority at some time of the run."""
    needed, lanes = ever_needed(outcome.scenario, authority), outcome.scenario.network.lanes
    return [lane.name for lane in lanes if lane.name in needed and ("filed", lane.name) in outcome.shocked]


def desk_of(outcome: Outcome, links: Sequence[str], name: str) -> Desk:
    """The applications of some links, added up."""
    records = outcome.shocked
    whats = ("filed", "approved", "denied", "pending", "review_days")
    return Desk(name, *(_sum(records[what, link] for link in links) for what in whats))


def filed(desk: Desk) -> Array:
    """Applications filed, those filed again included."""
    return np.asarray(np.sum(desk.filed, axis=0))


def approved(desk: Desk) -> Array:
    """Applications approved."""
    return np.asarray(np.sum(desk.approved, axis=0))


def denied(desk: Desk) -> Array:
    """Applications denied."""
    return np.asarray(np.sum(desk.denied, axis=0))


def approval_share(desk: Desk) -> Array:
    """Approved applications as a share of those decided, from 0 to 1; nan if none was."""
    return _per_decision(approved(desk), desk)


def pending_at_end(desk: Desk) -> Array:
    """Applications that wait for a decision when the run ends."""
    return np.asarray(desk.pending[-1])


def pending_peak(desk: Desk) -> Array:
    """Most applications that wait for a decision at the end of any day."""
    return np.asarray(np.max(desk.pending, axis=0))


def review_time(desk: Desk) -> Array:
    """Mean calendar days in review of the applications decided; nan if none was. Those pending do not count yet."""
    return _per_decision(np.asarray(np.sum(desk.review_days, axis=0)), desk)


def _per_decision(total: Array, desk: Desk) -> Array:
    decided = approved(desk) + denied(desk)
    return np.where(decided > 0.0, share_of(total, decided), np.nan)


def _sum(arrays: Iterable[Array]) -> Array:
    """Added one after the other; of a single one, that one itself."""
    first, *others = arrays
    total = np.array(first) if others else first
    for other in others:
        total += other
    return total
