"""How much of a good's price is controlled goods from the country of a regime: *de minimis*, traced through recipes.

Content per unit of a product f made anywhere: c_f = Σ inputs amount · Σ sellers share · (price of the input where it is
controlled and the seller is in the country of the regime, else c of the seller); its share is c_f over the price of f.
Co-products carry content by their value, as their recipe counts them. Loops are included: content goes round until
nothing is added. Prices and amounts are those of the file; shares are those planned on the day that is asked for, dated
changes counted at their full size from their first day to their last. Not counted: shares that a response moves, dated
changes of yields, and what a shortage does to flows.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sim.scenario.effects import Effect
from sim.scenario.facilities import Product
from sim.scenario.licences import Regime
from sim.scenario.network import Lane, Network

CLOSE = 1e-13
"""Relative growth of content below which a loop has settled."""
ROUNDS = 10_000
"""How often a facility may be visited before a loop is said to grow without end."""
SLACK = 1e-9
"""Relative amount by which rounding may lift content above a threshold."""

Key = tuple[str, str]
"""A facility and what it makes."""


@dataclass(frozen=True)
class Purchase:
    """One link of an input, per unit of the buyer's activity."""

    lane: Lane
    amount: float
    """Recipe amount × share."""
    price: float | None
    """Where what it carries is controlled and comes out of the country of the regime; else None."""


@dataclass(frozen=True)
class Content:
    """What is inside everything made, by the day's shares."""

    worth: Mapping[Key, float]
    """Money of controlled goods in one unit of a product; none where there is nothing."""
    of: Mapping[str, Mapping[Key, float]]
    """The same by controlled commodity; adds up to `worth`."""
    paths: Mapping[str, tuple[tuple[Lane, ...], float]]
    """By facility: the chain of links, from the controlled goods on, that brings most, and its share of the content."""
    unpriced: Mapping[str, str]
    """Commodities whose price is needed and missing: the reason for each."""
    endless: tuple[str, ...]
    """Facilities in whose loops content grows without end."""


def content(network: Network, regime: Regime, day: float = -math.inf) -> Content:
    """Content of what the regime controls, by the shares planned on a day; the plan's own before any change."""
    return _Tracer(network, regime, _moved(network, day)).content()


def share_of(worth: float, price: float | None) -> float:
    """Content as a share of the price; nan without a price."""
    return math.nan if price is None else worth / price


def is_above(share: float, threshold: float) -> bool:
    """Whether content is above a threshold; equal to it is not above it."""
    return share > threshold * (1.0 + SLACK)


def dates(network: Network, first: float, last: float) -> list[float]:
    """Days of a window on which planned shares are others than the day before, its first day included."""
    return sorted({first, *(day for move in network.moves for day in (move.start, move.end) if first < day < last)})


def _moved(network: Network, day: float) -> dict[str, float]:
    """Shares that are set on a day, by link: of several the latest to start."""
    holding: dict[str, Effect] = {}
    for move in network.moves:
        latest = holding.get(move.target)
        if move.start <= day < move.end and (latest is None or move.start >= latest.start):
            holding[move.target] = move
    return {link: move.size for link, move in holding.items()}


class _Tracer:
    """Content going from seller to buyer until it settles; only what it reaches needs a price."""

    def __init__(self, network: Network, regime: Regime, moved: Mapping[str, float]):
        self.network, self.regime, self.moved = network, regime, moved
        self.bought: dict[str, list[Purchase]] = {}
        self.buyers: dict[str, set[str]] = {}
        self.unpriced: dict[str, str] = {}
        self.endless: set[str] = set()
        into: dict[str, list[Lane]] = {}
        for lane in network.lanes:
            into.setdefault(lane.buyer.name, []).append(lane)
        self.sold = sorted({(lane.seller.name, lane.commodity) for lane in network.made_abroad(regime)})
        waiting, asked = [name for name, _ in self.sold], set()
        while waiting:
            if (name := waiting.pop()) not in asked:
                asked.add(name)
                waiting.extend(self._bought(name, into.get(name, [])))

    def _bought(self, name: str, lanes: Iterable[Lane]) -> Iterator[str]:
        """Take down what a facility buys; those of its sellers whose own content counts."""
        for lane in lanes:
            share = self.moved.get(lane.name, lane.share)
            amount = lane.buyer.record.recipe[lane.commodity].amount.value * share  # type: ignore[union-attr]
            if amount == 0.0:
                continue
            home = self.regime.country
            price = None
            if lane.commodity in self.regime.controls and lane.seller.country == home:
                price = self._price(lane.commodity, f"'{lane.name}' carries it, and it is controlled by {home}")
            else:
                self.buyers.setdefault(lane.seller.name, set()).add(name)
                yield lane.seller.name
            self.bought.setdefault(name, []).append(Purchase(lane, amount, price))

    def content(self) -> Content:
        found = {name: self._settle(_sum, {name}) for name in self.regime.controls}
        whole = self._settle(_sum, set(self.regime.controls))
        best = self._settle(max, set(self.regime.controls))
        by_product = {name: self._by_product(worths) for name, worths in found.items()}
        paths = {name: self._path(name, best, whole[name]) for name in whole}
        worth = self._by_product(whole)
        for name, commodity in self.sold:
            if worth.get((name, commodity), 0.0) > 0.0:
                self._price(commodity, f"'{name}' makes it with controlled goods of {self.regime.country} inside")
        return Content(worth, by_product, paths, dict(sorted(self.unpriced.items())), tuple(sorted(self.endless)))

    def _settle(self, combine: Callable[[Iterable[float]], float], controlled: set[str]) -> dict[str, float]:
        """Content per unit of activity, by facility; grows from nothing, so what settles is the least solution."""
        worth: dict[str, float] = {}
        fed = (f for f, bought in self.bought.items() if any(_brings(p, controlled) for p in bought))
        waiting, visits = deque(sorted(fed)), Counter[str]()
        while waiting:
            name = waiting.popleft()
            now = combine(self._part(p, worth, controlled) for p in self.bought[name])
            if now <= worth.get(name, 0.0) * (1.0 + CLOSE):
                continue
            worth[name] = now
            visits[name] += 1
            if visits[name] > ROUNDS:
                self.endless.add(name)
                break
            waiting.extend(sorted(self.buyers.get(name, set()) - set(waiting)))
        return worth

    def _part(self, purchase: Purchase, worth: Mapping[str, float], controlled: set[str]) -> float:
        """What one link brings to one unit of its buyer's activity."""
        lane = purchase.lane
        if purchase.price is not None:
            return purchase.amount * purchase.price if lane.commodity in controlled else 0.0
        inside = worth.get(lane.seller.name, 0.0)
        return purchase.amount * inside * self._split(lane.seller.name, lane.commodity) if inside else 0.0

    def _split(self, facility: str, commodity: str) -> float:
        """Part of a facility's content, per unit of activity, that one unit of a product carries."""
        makes: Mapping[str, Product] = self.network.nodes[facility].record.makes  # type: ignore[union-attr]
        made = {name: makes[name].amount.value for name in sorted(makes) if makes[name].amount.value > 0.0}
        if commodity not in made:
            return 0.0
        if len(made) == 1:
            return 1.0 / made[commodity]
        reason = f"'{facility}' makes it beside other products, which carry content by their value"
        prices = {name: self._price(name, reason) for name in made}
        return prices[commodity] / sum(made[name] * prices[name] for name in made)

    def _price(self, commodity: str, reason: str) -> float:
        """The price; 1 where there is none, which is told."""
        if commodity not in self.network.prices:
            self.unpriced.setdefault(commodity, reason)
        return self.network.prices.get(commodity, 1.0)

    def _by_product(self, worths: Mapping[str, float]) -> dict[Key, float]:
        products = ((name, c) for name in worths for c in self.network.nodes[name].commodities)
        return {(name, c): worths[name] * self._split(name, c) for name, c in products}

    def _path(self, name: str, best: Mapping[str, float], whole: float) -> tuple[tuple[Lane, ...], float]:
        """The chain that brings most, walked upstream from the facility to the controlled goods."""
        chain: list[Lane] = []
        at, everything = name, set(self.regime.controls)
        while len(chain) <= len(best):
            purchase = max(self.bought[at], key=lambda p: (self._part(p, best, everything), p.lane.name))
            chain.append(purchase.lane)
            if purchase.price is not None:
                break
            at = purchase.lane.seller.name
        return tuple(reversed(chain)), best[name] / whole


def _brings(purchase: Purchase, controlled: set[str]) -> bool:
    return purchase.price is not None and purchase.lane.commodity in controlled


def _sum(parts: Iterable[float]) -> float:
    return math.fsum(parts)


def periods(
    network: Network, regime: Regime, threshold: float, first: float, last: float
) -> Iterator[tuple[Lane, float, float]]:
    """Links of foreign-made goods above a threshold of content, each with the days [first, last) on which it is."""
    lanes, since = list(network.made_abroad(regime)), dict[str, float]()
    for day in dates(network, first, last) if lanes and last > first else ():
        inside = content(network, regime, day)
        for lane in lanes:
            worth = inside.worth.get((lane.seller.name, lane.commodity), 0.0)
            caught = worth > 0.0 and is_above(share_of(worth, network.prices.get(lane.commodity)), threshold)
            if caught:
                since.setdefault(lane.name, day)
            elif lane.name in since:
                yield lane, since.pop(lane.name), day
    for lane in lanes:
        if lane.name in since:
            yield lane, since[lane.name], last
