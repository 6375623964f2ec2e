"""A loss told as a dated story: shock, shortage, stop, recovery.

Told from the records of one replication. From a place below its baseline the story walks to what its loss is charged
to: from an input to the links that owe it, from a supplier without stock to what bound the supplier, from missing
orders to the buyers who ordered less, and so on to where a shock pulls a lever. It says when and where; how much is
for the tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results import course
from sim.results import sentences as say
from sim.results.causes import DEMAND, PROCESS, WORKS, Cause, blame, curve_of, run_day
from sim.results.chronicle import COVER, Chronicle, Event
from sim.results.losses import TOLERANCE, is_below
from sim.results.shortages import (
    ALLOCATION,
    INPUT,
    LANE,
    LICENCE,
    Noted,
    is_out,
    is_shut,
    planned_transit,
    shortage,
    waiting_by_reason,
)
from sim.results.spells import GAP, Spell, first_day, since, spells, worth_telling
from sim.scenario.network import Lane

MAIN: Final = 0.2
"""Share of a spell's loss, or of the blame for a shortage, from which on a cause is followed."""


@dataclass(frozen=True)
class Story:
    """What happened to one place, in order of time, in one replication."""

    place: str
    replication: int
    chosen: str
    """How the replication was chosen."""
    events: tuple[Event, ...]
    left_out: int = 0
    """How many more spells below baseline there are, each of little."""


def tell(noted: Noted, place: str, chosen: str) -> Story:
    """The story of `facility: product`, or of a market; `noted` has one replication."""
    walk = _Walk(noted)
    all_spells = walk.spells(place)
    told = worth_telling(all_spells)
    walk.place(place, told)
    left_out = len(all_spells) - len(told)
    return Story(place, noted.outcome.replications[0], chosen, walk.chronicle.events(), left_out)


class _Walk:
    """From effect to cause; what has been told once is not told again, so loops of a network come to an end."""

    def __init__(self, noted: Noted):
        self.noted, self.outcome = noted, noted.outcome
        self.chronicle = Chronicle(noted.outcome)
        self.told: dict[tuple[str, Spell], tuple[str, ...]] = {}

    def spells(self, place: str) -> list[Spell]:
        """When a place is below its baseline."""
        return spells(self._missing(place))

    def place(self, place: str, chosen: Sequence[Spell]) -> tuple[str, ...]:
        """Tell spells of a place; returns the shocks behind them."""
        return _once(shock for spell in chosen for shock in self._spell(place, spell))

    def _missing(self, place: str) -> Array:
        curve = curve_of(self.noted, place)
        return np.asarray(np.where(is_below(curve), curve.baseline - curve.shocked, 0.0)[:, 0])

    def _spell(self, place: str, spell: Spell) -> tuple[str, ...]:
        if (place, spell) not in self.told:
            self.told[place, spell] = ()
            causes = self._causes(place, spell)
            roots = _once(shock for cause, days in causes for shock in self._cause(place, cause, days))
            self.told[place, spell] = roots
            if any(cause.kind == DEMAND for cause, _ in causes):
                roots = self._gain(place, spell) or roots
            course.write(self.chronicle, self.noted, place, spell, [cause for cause, _ in causes], roots)
        return self.told[place, spell]

    def _causes(self, place: str, spell: Spell) -> list[tuple[Cause, list[int]]]:
        """What much of the spell is charged to, each with the days of the runs to blame, the earliest first."""
        days = np.arange(spell.first, spell.last + 1)
        missing, runs = self._missing(place)[days], run_day(self.noted, place)[days, 0]
        found = []
        for cause, share in blame(self.noted, place).items():
            charged = missing * share[days, 0]
            if charged.sum() >= MAIN * spell.missing:
                mine = np.where(runs >= 0, runs, days)[charged > 0.0]
                found.append((cause, sorted(int(day) for day in mine)))
        return sorted(found, key=lambda one: (one[1][0], one[0]))

    def _cause(self, place: str, cause: Cause, days: list[int]) -> tuple[str, ...]:
        """Follow one cause from the days on which it held; returns the shocks behind it."""
        name = place.split(": ")[0]
        if cause.kind in (LICENCE, LANE, ALLOCATION, INPUT):
            return self._input(name, cause, days)
        if cause.kind in (WORKS, PROCESS):
            return self.chronicle.behind(cause.kind, (name, place), days[0])
        own = self.chronicle.behind(DEMAND, (name,), days[0])
        return own if own or name in self.outcome.markets else self._buyers(place, days)

    # Upstream

    def _input(self, buyer: str, cause: Cause, days: list[int]) -> tuple[str, ...]:
        """An input that was short: which links owed it, and since when."""
        place = f"{buyer}: {cause.of}"
        shares = shortage(self.noted, place)
        owing = {link: float(share[days, 0].sum()) for (kind, link), share in shares.items() if kind == cause.kind}
        least = MAIN * sum(owing.values())
        main = sorted((link for link in owing if link and owing[link] >= least), key=lambda link: -owing[link])
        roots = _once(
            shock
            for link in main
            for shock in self._link(cause.kind, self.outcome.links[link], _days(shares[cause.kind, link], days))
        )
        roots = roots or self.chronicle.behind(INPUT, (place,), days[0])
        self._ran_out(place, days, roots, [self.outcome.links[link].seller.name for link in main])
        return roots

    def _ran_out(self, place: str, days: list[int], roots: Sequence[str], sellers: Sequence[str]) -> None:
        """The day the stock was gone, unless the buyer lives from hand to mouth anyway."""
        buyer, commodity = place.split(": ")
        gone = is_out(self.noted, place)[:, 0]
        usually = self.outcome.baseline["stock", place][:, 0] <= TOLERANCE * self.outcome.facts.usage[place]
        out = [day for day in days if gone[day] and not usually[day]]
        if out:
            self.chronicle.behind(COVER, (place,), out[0])
            said = (f"{buyer} ran out of", say.bought(commodity, sellers), "")
            self.chronicle.add_goods(since(gone & ~usually, out[0]), place, say.SHORTAGE, said, roots)

    def _link(self, kind: str, lane: Lane, days: list[int]) -> tuple[str, ...]:
        """What is the matter with a link, looked at on the days on which goods should have left."""
        left = [max(0, day - planned_transit(lane)) for day in days]
        waits = waiting_by_reason(self.noted, lane)[kind][:, 0] > 0.0
        waited = [day for day in left if waits[day]]
        begun = since(waits, waited[0]) if waited else left[0]
        seller = f"{lane.seller.name}: {lane.commodity}"
        if kind in (LICENCE, LANE):
            roots = self.chronicle.behind(kind, (lane.name,), begun)
            self._left_again(lane, begun)
            matter = self._matter(kind, lane, begun, bool(waited))
            self.chronicle.add_goods(begun, lane.name, say.SHORTAGE, ("", _goods(lane), matter), roots)
            return roots
        around = _around(self.spells(seller), begun)
        roots = self.place(seller, around) or self.chronicle.behind(INPUT, (seller,), begun)
        if not around or kind == ALLOCATION:  # else that the seller made less has been said
            tell = say.gave_away if kind == ALLOCATION else say.too_little
            says = tell(lane.seller.name, lane.buyer.name, lane.commodity)
            self.chronicle.add(begun, lane.name, say.SHORTAGE, says, roots)
        return roots

    def _matter(self, kind: str, lane: Lane, day: int, waits: bool) -> str:
        """What keeps the goods of a link from leaving, or from arriving in time."""
        if kind == LANE:
            is_shut_then = bool(is_shut(self.outcome, lane.name)[day, 0])
            return say.LANE_IS["slow" if not waits else "shut" if is_shut_then else "capped"]
        network = self.outcome.scenario.network
        names = [name for name, regime in network.regimes.items() if lane in network.controlled(regime)]
        refused = float(self.outcome.shocked["chance", lane.name][day, 0]) <= 0.0
        return say.waits_for_licence(say.listed(names), refused)

    def _left_again(self, lane: Lane, begun: int) -> None:
        """The first day goods left again, where for more than a short rest none did."""
        leaves = self.outcome.shocked["shipments", lane.name][:, 0] > 0.0
        still = first_day(~leaves, begun)
        again = None if still is None else first_day(leaves, still)
        if still is not None and again is not None and again - still > GAP:
            self.chronicle.add_goods(again, lane.name, say.RESTART, ("the first", _goods(lane), "left again"))

    # Downstream

    def _buyers(self, place: str, days: list[int]) -> tuple[str, ...]:
        """Why less was ordered: the buyers who took less, and what stopped them or their goods."""
        lanes = [lane for lane in self.outcome.links.values() if place == f"{lane.seller.name}: {lane.commodity}"]
        less = {lane.name: self._taken_less(lane, days[0]) for lane in lanes}
        main = [lane for lane in lanes if less[lane.name] > 0.0 and less[lane.name] >= MAIN * sum(less.values())]
        roots: list[str] = []
        for lane in main:
            shut = [
                kind for kind in (LICENCE, LANE) if (waiting_by_reason(self.noted, lane)[kind][days, 0] > 0.0).any()
            ]
            for kind in shut:
                roots += self._link(kind, lane, [day + planned_transit(lane) for day in days])
            if not shut:
                roots += self._buyer(lane, days[0])
        return _once(roots)

    def _taken_less(self, lane: Lane, day: int) -> float:
        """How much less was dispatched on a link around a day than without the shocks."""
        some = slice(max(0, day - GAP), day + GAP + 1)
        before, after = (r["shipments", lane.name][some, 0] for r in (self.outcome.baseline, self.outcome.shocked))
        return max(0.0, float((before - after).sum()))

    def _buyer(self, lane: Lane, day: int) -> tuple[str, ...]:
        """What held a buyer back at about that time."""
        name = lane.buyer.name
        places = [name] if name in self.outcome.markets else [f"{name}: {c}" for c in lane.buyer.commodities]
        return _once(shock for p in places for shock in self.place(p, _around(self.spells(p), day)))

    def _gain(self, place: str, spell: Spell) -> tuple[str, ...]:
        """Where a spell pays back what was made before: when that began, and who made less meanwhile."""
        if place in self.outcome.markets or not course.is_payback(self.noted, place, spell):
            return ()
        curve = curve_of(self.noted, place)
        above = (curve.shocked - curve.baseline > TOLERANCE * np.maximum(curve.baseline, 1e-30))[: spell.first, 0]
        begun = first_day(above, 0) or 0
        rivals = [other for other in self._rivals(place) if _around(self.spells(other), begun)]
        roots = _once(shock for other in rivals for shock in self.place(other, _around(self.spells(other), begun)))
        says = say.more(course.name_of(self.outcome, place), [course.name_of(self.outcome, other) for other in rivals])
        self.chronicle.add(begun, place, say.GAIN, says, roots)
        return roots

    def _rivals(self, place: str) -> list[str]:
        """Who else sells the same to the same buyers."""
        lanes = self.outcome.links.values()
        buyers = {lane.buyer.name for lane in lanes if place == f"{lane.seller.name}: {lane.commodity}"}
        commodity = place.split(": ")[1]
        selling = [lane for lane in lanes if lane.buyer.name in buyers and lane.commodity == commodity]
        return [p for p in _once([f"{lane.seller.name}: {commodity}" for lane in selling]) if p != place]


def _goods(lane: Lane) -> str:
    return say.goods(lane.commodity, lane.seller.name, lane.buyer.name)


def _around(found: Sequence[Spell], day: int) -> list[Spell]:
    """The spell a day lies in or follows; one that begins soon after is meant too."""
    begun = [spell for spell in found if spell.first <= day + GAP]
    return begun[-1:]


def _days(share: Array, days: Sequence[int]) -> list[int]:
    """Those of the days on which something has a share."""
    return [day for day in days if share[day, 0] > 0.0]


def _once(names: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
