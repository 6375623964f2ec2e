"""Why an input is short: where the goods are that should have come.

Goods usable at the buyer on day t left the seller on day t - L, L being the whole days of planned transit. So the
links of an input are looked at on that day, and what waits there beyond what waits without the shocks says why:

- **licence**: goods held before an authority, and denied orders that wait to be filed again; orders it never approves,
  that may not be dispatched because it approves none, or that wait for it while the seller has finished stock.
- **lane**: orders that wait because the lane is shut, its quota is used up, or its limit leaves the seller with stock;
  and goods that take longer on the way than planned, where nothing waits at the seller.
- **allocation**: orders the seller cannot serve as far as an even split of what it sent, by usual flow, would have
  served them that day: it gave the goods to others.
- **input**: the rest of the orders the seller cannot serve: it has none, so look upstream. Also where goods were lost
  or never ordered, and nothing waits anywhere.

Links that have sent less since day 0 than without the shocks share the blame, each by the amount that waits on it and
at most by what it has not sent: who sent as much as ever is not to blame for not sending more. Where none has, as
after stock was destroyed, all share it by what waits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.laws import expect
from sim.engine.means import law_of
from sim.engine.notes import Bounds
from sim.engine.records import Array
from sim.results.losses import TOLERANCE
from sim.results.outcome import Outcome
from sim.scenario.network import Lane

LICENCE: Final = "licence"
LANE: Final = "lane"
ALLOCATION: Final = "allocation"
INPUT: Final = "input"


@dataclass(frozen=True)
class Noted:
    """An outcome with the records that tell causes, and the limits that bound each facility under the shocks."""

    outcome: Outcome
    bounds: Bounds


def shortage(noted: Noted, place: str) -> dict[tuple[str, str], Array]:
    """Shares of the blame for an input `buyer: commodity`, by reason and link; shape (day, replication).

    They add up to one on every day, whether it is short or not: who asks knows on which days it is. The link is empty
    where no link is to blame.
    """
    outcome, lanes = noted.outcome, lanes_of(noted.outcome, place)
    waiting = {(r, lane.name): _late(a, lane) for lane in lanes for r, a in waiting_by_reason(noted, lane).items()}
    unsent = {lane.name: _late(not_sent(outcome, lane.name), lane) for lane in lanes}
    owed = {
        key: amount * np.minimum(1.0, _part(unsent[key[1]], _of_link(waiting, key[1])))
        for key, amount in waiting.items()
    }
    slow = {(LANE, lane.name): _late(_is_slow(outcome, lane) * lane.share, lane) for lane in lanes}
    left, shares = np.ones((outcome.days, outcome.shocked.size)), dict.fromkeys(waiting, np.zeros(()))
    for amounts in (owed, waiting, slow):  # each speaks only where those before have nothing to say
        total = np.sum([*amounts.values()], axis=0)
        for key, amount in amounts.items():
            shares[key] = shares[key] + left * _part(amount, total)
        left = np.where(total > 0.0, 0.0, left)
    return {**shares, (INPUT, ""): left}


def not_sent(outcome: Outcome, link: str) -> Array:
    """How much less has been released on a link since day 0 than without the shocks; shape (day, replication)."""
    behind = np.cumsum(outcome.baseline["shipments", link] - outcome.shocked["shipments", link], axis=0)
    return np.where(behind > TOLERANCE * max(outcome.facts.flow[link], 1e-30), behind, 0.0)


def _of_link(amounts: Mapping[tuple[str, str], Array], link: str) -> Array:
    return np.asarray(np.sum([amount for (_, name), amount in amounts.items() if name == link], axis=0))


def waiting_by_reason(noted: Noted, lane: Lane) -> dict[str, Array]:
    """Amounts that wait on a link beyond those of the baseline, by reason; shape (day, replication)."""
    outcome, link = noted.outcome, lane.name
    at_office = _beyond(outcome, "held", link) + _beyond(outcome, "denied_waiting", link)
    book, barred = _beyond(outcome, "book", link), _beyond(outcome, "barred", link)
    shut, capped, has_stock = is_shut(outcome, link), _is_limited(outcome, link), seller_has_stock(outcome, lane)
    refused = _needed(outcome, link) & (_shocked(outcome, "chance", link, 1.0) <= 0.0)
    at_lane = shut | (capped & has_stock)
    at_desk = ~at_lane & (refused | (_needed(outcome, link) & has_stock))
    never = np.where(at_lane | at_desk, 0.0, np.minimum(book, barred))
    unserved = np.where(at_lane | at_desk, 0.0, book - never)
    given_away = unserved * _given_to_others(outcome, lane)
    return {
        LICENCE: at_office + np.where(at_desk, book, never),
        LANE: np.where(at_lane, book, 0.0),
        ALLOCATION: given_away,
        INPUT: unserved - given_away,
    }


def lanes_of(outcome: Outcome, place: str) -> list[Lane]:
    """The links of an input `buyer: commodity`."""
    node, commodity = outcome.inputs[place]
    return [lane for lane in outcome.links.values() if lane.buyer is node and lane.commodity == commodity]


def planned_transit(lane: Lane) -> int:
    """Whole days of planned transit, at least one; of a random one the mean, rounded."""
    return max(1, round(expect(law_of(lane.record.transit), lambda days: np.maximum(1.0, np.ceil(days)))))


def seller_has_stock(outcome: Outcome, lane: Lane) -> NDArray[np.bool_]:
    """Whether the seller has finished stock left at the end of the day."""
    place = f"{lane.seller.name}: {lane.commodity}"
    return np.asarray(outcome.shocked["finished", place] > TOLERANCE * max(outcome.facts.output[place], 1e-30))


def is_out(noted: Noted, place: str) -> NDArray[np.bool_]:
    """Whether nothing is left of an input at the end of the day."""
    usage = noted.outcome.facts.usage[place]
    return np.asarray(noted.outcome.shocked["stock", place] <= TOLERANCE * max(usage, 1e-30))


def _given_to_others(outcome: Outcome, lane: Lane) -> Array:
    """Of what a link lacks against its usual flow, the share that an even split of what was sent would have brought.

    Even means by usual flow over all links out of the seller's stock. 0 where the link lacks nothing that day.
    """
    selling = [x for x in outcome.links.values() if x.seller is lane.seller and x.commodity == lane.commodity]
    usual = math.fsum(outcome.facts.flow[x.name] for x in selling)
    sent = np.sum([_dispatched(outcome, x.name) for x in selling], axis=0)
    own, mine = outcome.facts.flow[lane.name], _dispatched(outcome, lane.name)
    if usual <= 0.0 or own <= 0.0:
        return np.zeros_like(sent)
    even = np.minimum(own, sent * own / usual)
    lacking = own - mine
    given = np.where(lacking > TOLERANCE * own, (even - mine) / np.where(lacking > 0.0, lacking, 1.0), 0.0)
    return np.clip(given, 0.0, 1.0)


def _dispatched(outcome: Outcome, link: str) -> Array:
    """What left finished stock for a link that day: released on the lane, or newly held before an authority."""
    released = outcome.shocked["shipments", link]
    if ("held", link) not in outcome.shocked:
        return released
    held = outcome.shocked["held", link]
    return np.asarray(np.maximum(0.0, released + np.diff(held, axis=0, prepend=held[:1])))


def is_shut(outcome: Outcome, link: str) -> NDArray[np.bool_]:
    """Whether a lane is shut that day, or its quota used up; shape (day, replication)."""
    return np.asarray((outcome.shocked["limit", link] <= 0.0) | (outcome.shocked["quota", link] <= 0.0))


def _is_limited(outcome: Outcome, link: str) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(outcome.shocked["limit", link]) | np.isfinite(outcome.shocked["quota", link]))


def _needed(outcome: Outcome, link: str) -> NDArray[np.bool_]:
    """Whether dispatch needs a licence that day."""
    return np.asarray(_shocked(outcome, "needed", link, 0.0) > 0.0)


def _is_slow(outcome: Outcome, lane: Lane) -> Array:
    """1 where goods dispatched that day are longer on their way than without the shocks; shape (day, replication)."""
    law = f"{lane.name}: transit"
    before, after = outcome.baseline, outcome.shocked
    slower = (after["times", law] > before["times", law]) | (after["added", law] > before["added", law])
    return np.where(slower, 1.0, 0.0)


def _shocked(outcome: Outcome, what: str, link: str, otherwise: float) -> Array:
    """A record of a link before an authority; the other value for links that stand before none."""
    if (what, link) in outcome.shocked:
        return outcome.shocked[what, link]
    return np.full((outcome.days, outcome.shocked.size), otherwise)


def _beyond(outcome: Outcome, what: str, link: str) -> Array:
    """How much more waits than without the shocks, as far as it is more than rounding."""
    if (what, link) not in outcome.shocked:
        return np.zeros((outcome.days, outcome.shocked.size))
    more = outcome.shocked[what, link] - outcome.baseline[what, link]
    return np.where(more > TOLERANCE * max(outcome.facts.flow[link], 1e-30), more, 0.0)


def _late(daily: Array, lane: Lane) -> Array:
    """By the day of arrival instead of dispatch; what arrives in the first days left on or before day 0."""
    days = np.maximum(0, np.arange(len(daily)) - planned_transit(lane))
    return np.asarray(daily[days])


def _part(amount: Array, total: Array) -> Array:
    return np.divide(amount, total, out=np.zeros_like(total), where=total > 0.0)
