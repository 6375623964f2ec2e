"""How long the chain stands the loss of a plant, of a country's exports or of a link: static, from covers and shares.

What is lost is missing from day 0 on. It travels down the chain as a step function: goods under way and work in process
still arrive, finished stock and input stock are used up, then output falls, as far as it depends on what is missing.
Nobody makes more than planned, no share moves, no standby link wakes, nothing is refilled, every buyer takes its usual
part; random times count at their mean. So no run is needed, and where a second source has capacity to spare the true
time is longer.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from sim.engine.approvals import approval_on_day_0
from sim.engine.flows import Flows, stages
from sim.engine.means import law_of, mean
from sim.results import steps
from sim.results.steps import NOTHING, Steps
from sim.scenario.caught import needed_from_the_beginning
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Node
from sim.scenario.scenario import Scenario

TURNS = 40
"""How often what is missing is followed round a loop, to say when; how much in the end is solved exactly."""
PASSES = 10_000
CLOSE = 1e-6
"""Days, or share of them, within which a time to survive is known where goods come by ways of different length."""


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


class Chain:
    """A network as what is missing sees it."""

    def __init__(self, scenario: Scenario, flows: Flows):
        self.scenario, self.network, self.flows = scenario, scenario.network, flows
        stage = stages(self.network)
        self.order = sorted(self.network.nodes, key=lambda name: (stage[name], name))
        self.loops = any(stage[lane.seller.name] >= stage[lane.buyer.name] for lane in self.network.lanes)
        self.into: dict[tuple[str, str], list[Lane]] = {}
        for lane in self.network.lanes:
            self.into.setdefault((lane.buyer.name, lane.commodity), []).append(lane)

    @cached_property
    def lags(self) -> dict[str, float]:
        """Days from dispatch to use by link, licences that are needed from the beginning included."""
        found = {lane.name: float(max(1, math.ceil(mean(law_of(lane.record.transit))))) for lane in self.network.lanes}
        for name, regime in self.network.regimes.items():
            needed = needed_from_the_beginning(self.scenario, name)
            for lane in (lane for lane in self.network.lanes if lane.name in needed):
                from sim.engine.desks import expected_delay  # numpy comes with it

                found[lane.name] += expected_delay(self.scenario, name, approval_on_day_0(regime, lane, self.scenario))
        return found

    def losses(self) -> Iterator[Loss]:
        """Every country that exports, every plant and every link, as far as anything flows."""
        lanes = [lane for lane in self.network.lanes if self.flows.link[lane.name] > 0.0]
        abroad = [lane for lane in lanes if lane.seller.country != lane.buyer.country]
        for country in sorted({lane.seller.country for lane in abroad}):
            links = frozenset(lane.name for lane in abroad if lane.seller.country == country)
            yield Loss(country, "exports stop", country, frozenset(), links)
        for name in sorted({lane.seller.name for lane in lanes}):
            yield Loss(name, "plant stops", self.network.nodes[name].country, frozenset({name}), frozenset())
        for lane in lanes:
            yield Loss(lane.name, "link shut", lane.seller.country, frozenset(), frozenset({lane.name}))

    def reach(self, loss: Loss) -> Reach:
        """What it does for good, and how long it can last without harm to demand."""
        missing, end = self.missing(loss), self.in_the_end(loss)
        falls = {name: (steps.first(s), end[name]) for name, s in missing.items() if self._works(name, s)}
        hit = {name: falls[name][0] for name in falls if self.network.nodes[name].kind == "market"}
        if not hit:
            return Reach(loss, falls, "", math.inf, math.inf)
        market = min(sorted(hit), key=lambda name: hit[name])
        return Reach(loss, falls, market, hit[market], self._survives(loss, hit))

    def _works(self, name: str, missing: Steps) -> bool:
        """Whether a node that is hit has any part in the plan."""
        return steps.first(missing) < math.inf and self.flows.activity.get(name, 1.0) > 0.0

    def _survives(self, loss: Loss, hit: Mapping[str, float]) -> float:
        """The longest outage that no market notices; at first guess, days until one does less the days under way."""
        market = min(sorted(hit), key=lambda name: hit[name])
        low, high = 0.0, hit[market]
        guess = high - self._under_way(loss).get(market, high)
        for length in (guess, guess + CLOSE):
            low, high = (max(low, length), high) if self._harmless(loss, length) else (low, min(high, length))
        while high - low > CLOSE * max(1.0, high):
            middle = (low + high) / 2
            low, high = (middle, high) if self._harmless(loss, middle) else (low, middle)
        return guess if low == guess else low

    def _harmless(self, loss: Loss, length: float) -> bool:
        missing = self.missing(loss, max(0.0, length - steps.SMALL))
        markets = (missing.get(name, NOTHING) for name, n in self.network.nodes.items() if n.kind == "market")
        return all(math.isinf(steps.first(s)) for s in markets)

    def _under_way(self, loss: Loss) -> dict[str, float]:
        """Days until goods already under way have passed a node, along the shortest way."""
        found = {name: 0.0 for name in sorted(loss.plants)}
        for _ in self.order:  # once more for each link that closes a loop
            before = dict(found)
            for name in (name for name in self.order if name not in loss.plants):
                lanes = [lane for commodity in self.network.nodes[name].buys for lane in self.into[name, commodity]]
                shut = [self.lags[lane.name] for lane in lanes if lane.name in loss.links]
                fed = [found[lane.seller.name] + self.lags[lane.name] for lane in lanes if lane.seller.name in found]
                if shut or fed:
                    found[name] = min([*shut, *fed]) + self._processing(self.network.nodes[name])
            if found == before:
                break
        return found

    def missing(self, loss: Loss, length: float = math.inf) -> dict[str, Steps]:
        """What is missing of the output of each facility and the sales of each market, as far as anything is."""
        made = {name: steps.outage(length) for name in sorted(loss.plants)}
        for _ in range(TURNS if self.loops else 1):
            before = dict(made)
            for name in self.order:
                if name not in loss.plants and (now := self._output(name, made, loss, length)):
                    made[name] = now
            if made == before:
                break
        return made

    def left_missing(self, loss: Loss) -> dict[str, float]:
        """Share missing in the end of what comes by each link, if the loss is for good."""
        end = self.in_the_end(loss)
        return {lane.name: self._left(lane, end, loss) for lane in self.network.lanes}

    def in_the_end(self, loss: Loss) -> dict[str, float]:
        """Share missing of every output and of all sales once stocks are gone, if the loss is for good."""
        end = {name: 1.0 if name in loss.plants else 0.0 for name in self.order}
        for _ in range(PASSES):
            before = dict(end)
            for name in (name for name in self.order if name not in loss.plants):
                node = self.network.nodes[name]
                lanes = [self.into[name, commodity] for commodity in node.buys]
                coming = [1.0 - math.fsum(lane.share * self._left(lane, end, loss) for lane in some) for some in lanes]
                end[name] = 1.0 - steps.run(coming, [0.0] * len(coming), _dependences(node))
            if max(abs(end[name] - before[name]) for name in self.order) <= steps.SMALL:
                break
        return end

    def _left(self, lane: Lane, end: Mapping[str, float], loss: Loss) -> float:
        if lane.name in loss.links:
            return 1.0
        missing = end[lane.seller.name]
        return steps.last(self._sold(lane, ((0.0, missing),))) if missing > 0.0 else 0.0

    def _output(self, name: str, made: Mapping[str, Steps], loss: Loss, length: float) -> Steps:
        node = self.network.nodes[name]
        inflows = [
            steps.mixed((lane.share, self._arriving(lane, made, loss, length)) for lane in self.into[name, commodity])
            for commodity in node.buys
        ]
        if not any(inflows):
            return NOTHING
        covers = [purchase.cover.days for purchase in node.buys.values()]
        return steps.later(steps.output(inflows, covers, _dependences(node)), self._processing(node))

    def _arriving(self, lane: Lane, made: Mapping[str, Steps], loss: Loss, length: float) -> Steps:
        if lane.name in loss.links:
            return steps.later(steps.outage(length), self.lags[lane.name])
        sold = made.get(lane.seller.name, NOTHING)
        return steps.later(self._sold(lane, sold), self.lags[lane.name]) if sold else NOTHING

    def _sold(self, lane: Lane, made: Steps) -> Steps:
        """What is missing of a product when so much is missing of output: finished stock and surplus come first."""
        record = lane.seller.record
        assert not isinstance(record, Market)
        product, needed = record.makes[lane.commodity], self.flows.needed[lane.seller.name, lane.commodity]
        output = self.flows.output(lane.seller.name, product)
        if needed <= 0.0 or output <= 0.0:
            return NOTHING
        storage = math.inf if product.storage is None else product.storage.value
        finished = min(storage, record.finished_cover.days * output)
        if not product.paces and output > needed and storage < math.inf:
            finished = storage  # what is made beyond need has piled up
        short = steps.joined((day, max(0.0, 1.0 - (1.0 - share) * output / needed)) for day, share in made)
        return steps.output([short], [finished / needed], [1.0])

    def _processing(self, node: Node) -> float:
        return 0.0 if isinstance(node.record, Market) else float(math.ceil(mean(law_of(node.record.processing))))


def _dependences(node: Node) -> list[float]:
    if isinstance(node.record, Market):
        return [1.0]
    return [node.record.recipe[commodity].dependence for commodity in node.buys]
