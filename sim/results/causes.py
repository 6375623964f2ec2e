"""Which constraint: what every day below baseline is charged to. The charges of a place add up to its loss.

A day of a facility is charged to what bound the run that should have been finished on it, that is the run started so
many whole days before as processing is planned to take. If that run was below the baseline's, the charge goes to the
limit that allowed no more; to several in equal parts where they allowed the same:

- **demand**: no more was wanted, by orders and by the target for finished stock;
- **capacity**: the plant could do no more;
- **room**: there was no storage for more;
- an input the plant was short of, by why it is short (see `shortages`): **licence**, **lane** or **allocation** of
  that input, or **input**, where suppliers had none.

If the run was not below the baseline's, and yet less came out of it, the charge is to **process**: yield, recovery or
processing time. A market's day is charged to its input where demand was missed or kept waiting, else to demand. What
is above baseline on other days is **made up later**, a negative charge; made ahead counts there too.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.laws import expect
from sim.engine.means import law_of
from sim.engine.notes import CAPACITY, FIRST_INPUT, ROOM, WANTED
from sim.engine.records import Array
from sim.results.curves import Curve
from sim.results.losses import TOLERANCE, is_below
from sim.results.measured import curve_at
from sim.results.outcome import Outcome
from sim.results.shortages import ALLOCATION, INPUT, LANE, LICENCE, Noted, shortage
from sim.scenario.distributions import Distribution
from sim.scenario.facilities import Facility
from sim.scenario.markets import Market

DEMAND: Final = "demand"
WORKS: Final = "capacity"
STORAGE: Final = "room"
PROCESS: Final = "process"
MADE_UP: Final = "made up later"
KINDS: Final = {
    DEMAND: "no more was asked for",
    WORKS: "the plant could do no more",
    STORAGE: "there was no storage for more",
    PROCESS: "yield, recovery or processing time were worse",
    INPUT: "suppliers had none of it",
    LICENCE: "it waited for a licence",
    LANE: "its lane was shut, capped or slow",
    ALLOCATION: "suppliers gave it to others",
    MADE_UP: "above baseline on other days",
}
"""The kinds of cause, with what each means."""


class Cause(NamedTuple):
    """What a loss is charged to."""

    kind: str
    of: str
    """The input that was short; empty for the rest."""


def charges(noted: Noted, place: str) -> dict[Cause, Array]:
    """The loss of a facility's product, or of a market, by cause; one value per replication, adding up to the loss."""
    # Added day by day, for a sum over one axis adds in another order where there is only one replication.
    return {cause: np.array(np.cumsum(daily, axis=0)[-1]) for cause, daily in daily_charges(noted, place).items()}


def daily_charges(noted: Noted, place: str) -> dict[Cause, Array]:
    """The same by day, shape (day, replication); causes that are charged nothing are left out."""
    curve = curve_of(noted, place)
    missing = curve.baseline - curve.shocked
    below = is_below(curve)
    found = {cause: np.where(below, missing * share, 0.0) for cause, share in blame(noted, place).items()}
    found[Cause(MADE_UP, "")] = np.where(below, 0.0, missing)
    return {cause: daily for cause, daily in found.items() if np.any(daily != 0.0)}


def curve_of(noted: Noted, place: str) -> Curve:
    """Output of `facility: product`, or sales of a market."""
    return curve_at(noted.outcome, place)


def blame(noted: Noted, place: str) -> dict[Cause, Array]:
    """Shares of each day's loss by cause, adding up to one on every day; they mean something on days of loss only."""
    return _of_market(noted, place) if place in noted.outcome.markets else _of_facility(noted, place)


def run_day(noted: Noted, place: str) -> NDArray[np.int64]:
    """By day and replication the day of the run that is to blame for what is missing; -1 where none is."""
    outcome = noted.outcome
    if place in outcome.markets:
        return np.broadcast_to(np.arange(outcome.days)[:, None], outcome.shocked["sales", place].shape)
    node = outcome.facilities[place][0]
    return _started(noted, node.name, node.record)


def _of_market(noted: Noted, market: str) -> dict[Cause, Array]:
    outcome = noted.outcome
    wanted = outcome.markets[market][1]
    least = TOLERANCE * max(outcome.facts.usage[f"{market}: {wanted}"], 1e-30)
    missed = (outcome.shocked["unmet", market] > least) | (outcome.shocked["waiting", market] > least)
    found = {Cause(DEMAND, ""): np.where(missed, 0.0, 1.0)}
    return found | _by_reason(noted, f"{market}: {wanted}", np.where(missed, 1.0, 0.0))


def _of_facility(noted: Noted, place: str) -> dict[Cause, Array]:
    node = noted.outcome.facilities[place][0]
    started = _started(noted, node.name, node.record)
    found: dict[Cause, Array] = {}
    for cause, share in _limits(noted, node.name):
        found[cause] = found.get(cause, 0.0) + _on(started, share)
    found[Cause(PROCESS, "")] = np.where(started < 0, 1.0, 0.0)
    return found


def _limits(noted: Noted, facility: str) -> Iterator[tuple[Cause, Array]]:
    """Each limit's share of the blame for the run of each day, by day of start."""
    bounds = noted.bounds
    inputs = bounds.inputs[facility]
    bits = [bounds.bit(facility, number) for number in range(FIRST_INPUT + len(inputs))]
    count = np.sum(bits, axis=0)
    shares = [np.where(bit, 1.0 / np.maximum(count, 1), 0.0) for bit in bits]
    for number, kind in ((WANTED, DEMAND), (CAPACITY, WORKS), (ROOM, STORAGE)):
        yield Cause(kind, ""), shares[number]
    for number, commodity in enumerate(inputs):
        yield from _by_reason(noted, f"{facility}: {commodity}", shares[FIRST_INPUT + number]).items()


def _by_reason(noted: Noted, place: str, share: Array) -> dict[Cause, Array]:
    """The blame of one short input, parted by why it is short."""
    commodity = noted.outcome.inputs[place][1]
    found: dict[Cause, Array] = {}
    if not np.any(share > 0.0):
        return found
    for (reason, _), part in shortage(noted, place).items():
        cause = Cause(reason, commodity)
        found[cause] = found.get(cause, 0.0) + share * part
    return found


def _started(noted: Noted, facility: str, record: Facility | Market) -> NDArray[np.int64]:
    """By day and replication the day of the run to blame, one that was below the baseline's; -1 if there is none.

    It is the day that lies planned processing time before. Where processing is random or a shock prolongs it, what is
    finished on a day may come from another: then the nearest day with a run below baseline, by at most that time.
    """
    outcome = noted.outcome
    before, after = outcome.baseline["run", facility], outcome.shocked["run", facility]
    low = before - after > TOLERANCE * np.maximum(before, 1e-30)
    assert not isinstance(record, Market)
    takes = round(expect(law_of(record.processing), np.ceil))
    day = np.arange(outcome.days)[:, None]
    due = np.broadcast_to(day - takes, low.shape)
    on_time = np.where(due >= 0, np.take_along_axis(low, np.maximum(due, 0), axis=0), False)
    longer = _prolonged(outcome, f"{facility}: processing", takes)
    reach = takes + longer if longer > 0.0 or isinstance(record.processing, Distribution) else 0.0
    nearest = _nearest(low, np.maximum(due, 0), day)
    return np.where(on_time, due, np.where((nearest >= 0) & (np.abs(nearest - due) <= reach), nearest, -1))


def _prolonged(outcome: Outcome, law: str, takes: int) -> float:
    """Most days by which shocks prolong what is planned to take so many."""
    before, after = outcome.baseline, outcome.shocked
    added = float(np.max(after["added", law] - before["added", law]))
    return max(0.0, added) + takes * max(0.0, float(np.max(after["times", law] - before["times", law])))


def _nearest(low: NDArray[np.bool_], due: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """The day nearest to `due`, and not after `last`, on which `low` holds; -1 if there is none."""
    days, far = np.arange(len(low))[:, None], 2 * len(low)
    earlier = np.maximum.accumulate(np.where(low, days, -far), axis=0)
    later = np.minimum.accumulate(np.where(low, days, far)[::-1], axis=0)[::-1]
    before, after = np.take_along_axis(earlier, due, axis=0), np.take_along_axis(later, due, axis=0)
    after = np.where(after <= last, after, far)
    nearest = np.where(due - before <= after - due, before, after)
    return np.where((nearest >= 0) & (nearest < len(low)), nearest, -1)


def _on(days: NDArray[np.int64], daily: Array) -> Array:
    """What holds on the day to blame; 0 where there is none."""
    return np.where(days >= 0, np.take_along_axis(daily, np.maximum(days, 0), axis=0), 0.0)
