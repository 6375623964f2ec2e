"""How long the chain stands the loss of a plant, of a country's exports or of a link: static, from covers and shares.

What is lost is missing from day 0 on. It travels down the chain as a step function: goods under way and work in process
still arrive, finished stock and input stock are used up, then output falls, as far as it depends on what is missing.
Nobody makes more than planned, no share moves, no standby link wakes, nothing is refilled, every buyer takes its usual
part. So no run is needed, and where a second source has capacity to spare the true time is longer. More may be missing
in the end than it says where a plant that stands still takes less from one that makes several products, for that one
then makes less of all of them.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from sim.results import steps
from sim.results.chain import Chain, Post, Way
from sim.results.steps import NOTHING, Steps

TURNS = 40
"""How often what is missing is followed round a loop, to say when; how much in the end is solved exactly."""
PASSES = 10_000
CLOSE = 0.05
"""Days within which a time to survive is known where goods come by ways of different length; else it is exact."""


@dataclass(frozen=True)
class Loss:
    """What is lost: plants that stop, links that shut."""

    name: str
    what: Literal["plant stops", "exports stop", "link shut"]
    country: str
    plants: frozenset[str]
    links: frozenset[str]


@dataclass(frozen=True)
class Reach:
    """What a loss that lasts does."""

    loss: Loss
    falls: Mapping[str, tuple[float, float]]
    """By node whose output or sales fall: days until they do, and the share missing in the end."""
    market: str
    """Where demand is missed first; empty if nowhere."""
    first_days: float
    """Days until demand is first missed, goods under way included; inf if it never is."""
    survives_days: float
    """*Time to survive*, static: the longest it can be lost with all demand met; inf if for good."""


def losses(chain: Chain) -> Iterator[Loss]:
    """Every country that exports, every plant and every link, as far as anything flows."""
    lanes = [way.lane for post in chain.posts.values() for way in post.all_ways()]
    lanes = [lane for lane in sorted(lanes, key=lambda lane: lane.name) if chain.flows.link[lane.name] > 0.0]
    abroad = [lane for lane in lanes if lane.seller.country != lane.buyer.country]
    for country in sorted({lane.seller.country for lane in abroad}):
        links = frozenset(lane.name for lane in abroad if lane.seller.country == country)
        yield Loss(country, "exports stop", country, frozenset(), links)
    for name in sorted({lane.seller.name for lane in lanes}):
        yield Loss(name, "plant stops", chain.posts[name].country, frozenset({name}), frozenset())
    for lane in lanes:
        yield Loss(lane.name, "link shut", lane.seller.country, frozenset(), frozenset({lane.name}))


def reach(chain: Chain, loss: Loss) -> Reach:
    """What it does for good, and how long it can last without harm to demand."""
    return Absence(chain, loss).reach()


@dataclass(frozen=True)
class Absence:
    """A loss on its way down the chain."""

    chain: Chain
    loss: Loss

    @cached_property
    def below(self) -> tuple[Post, ...]:
        """What it can reach, sellers before buyers as far as loops allow."""
        posts, found = self.chain.posts, set[str]()
        waiting = [post.name for post in posts.values() if any(w.lane.name in self.loss.links for w in post.all_ways())]
        waiting += [buyer for plant in self.loss.plants for buyer in self.chain.buyers[plant]]
        while waiting:
            if (name := waiting.pop()) not in found | self.loss.plants:
                found.add(name)
                waiting.extend(self.chain.buyers[name])
        return tuple(post for post in posts.values() if post.name in found)

    def reach(self) -> Reach:
        """What it does for good, and how long it can last without harm to demand."""
        posts, end = self.chain.posts, self.in_the_end()
        days = {name: steps.first(missing) for name, missing in self.missing().items() if posts[name].works}
        falls = {name: (day, end[name]) for name, day in days.items() if day < math.inf}
        hit = {name: day for name, (day, _) in falls.items() if posts[name].is_market}
        if not hit:
            return Reach(self.loss, falls, "", math.inf, math.inf)
        market = min(sorted(hit), key=lambda name: hit[name])
        return Reach(self.loss, falls, market, hit[market], self._survives(hit))

    def _survives(self, hit: Mapping[str, float]) -> float:
        """The longest outage that no market notices.

        It is no longer than the days until a market misses demand less the shortest way to it, for so long nothing of
        the recovery has come; nor shorter than the days until one does less the longest way. Between them it is halved.
        """
        shortest, longest = self._under_way(min), self._under_way(max)
        high = max(0.0, min(day - shortest.get(name, 0.0) for name, day in hit.items()))
        if self.is_harmless(high):
            return high
        low = 0.0 if self.chain.loops else max(0.0, min(hit.values()) - max(longest[name] for name in hit))
        while high - low > CLOSE:
            middle = (low + high) / 2
            low, high = (middle, high) if self.is_harmless(middle) else (low, middle)
        return low

    def is_harmless(self, length: float) -> bool:
        """Whether all demand is met if it is lost for so many days."""
        missing = self.missing(max(0.0, length - steps.SMALL))
        return all(math.isinf(steps.first(missing.get(post.name, NOTHING))) for post in self.below if post.is_market)

    def _under_way(self, which: Callable[[list[float]], float]) -> dict[str, float]:
        """Days until goods already under way have passed a node, along the shortest or the longest way."""
        found = {name: 0.0 for name in sorted(self.loss.plants)}
        for _ in range(TURNS if self.chain.loops else 1):
            before = dict(found)
            for post in self.below:
                shut = [way.lag for way in post.all_ways() if way.lane.name in self.loss.links]
                fed = [found[way.seller] + way.lag for way in post.all_ways() if way.seller in found]
                if shut or fed:
                    found[post.name] = which([*shut, *fed]) + post.processing
            if found == before:
                break
        return found

    def missing(self, length: float = math.inf) -> dict[str, Steps]:
        """What is missing of the output of facilities and the sales of markets, if it is lost for so many days."""
        made = {name: steps.outage(length) for name in sorted(self.loss.plants)}
        for _ in range(TURNS if self.chain.loops else 1):
            before = dict(made)
            for post in self.below:
                if now := self._output(post, made, length):
                    made[post.name] = now
            if made == before:
                break
        return made

    def _output(self, post: Post, made: Mapping[str, Steps], length: float) -> Steps:
        inflows = [steps.mixed((way.share, self._arriving(way, made, length)) for way in ways) for ways in post.ways]
        if not any(inflows):
            return NOTHING
        return steps.later(steps.output(inflows, post.covers, post.dependences), post.processing)

    def _arriving(self, way: Way, made: Mapping[str, Steps], length: float) -> Steps:
        if way.lane.name in self.loss.links:
            return steps.later(steps.outage(length), way.lag)
        return steps.later(_sold(way, made[way.seller]), way.lag) if way.seller in made else NOTHING

    def in_the_end(self) -> dict[str, float]:
        """Share missing of every output and of all sales once stocks are gone, if it is lost for good."""
        end = {name: 1.0 if name in self.loss.plants else 0.0 for name in self.chain.posts}
        for _ in range(PASSES if self.chain.loops else 1):
            moved = 0.0
            for post in self.below:
                coming = [1.0 - math.fsum(way.share * self.left_out(way, end) for way in ways) for ways in post.ways]
                now = 1.0 - steps.run(coming, [0.0] * len(coming), post.dependences)
                moved, end[post.name] = max(moved, abs(now - end[post.name])), now
            if moved <= steps.SMALL:
                break
        return end

    def left_out(self, way: Way, end: Mapping[str, float]) -> float:
        """Share missing in the end of what comes by a link."""
        if way.lane.name in self.loss.links:
            return 1.0
        return max(0.0, 1.0 - (1.0 - end[way.seller]) * way.surplus)


def _sold(way: Way, made: Steps) -> Steps:
    """What is missing of a product when so much is missing of output: finished stock and surplus come first."""
    if way.surplus == 1.0 and way.finished == 0.0:
        return made
    short = steps.joined((day, max(0.0, 1.0 - (1.0 - missing) * way.surplus)) for day, missing in made)
    return steps.output([short], [way.finished], [1.0])
