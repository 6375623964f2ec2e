"""A network as a loss sees it: who feeds whom, how long goods are under way, and what stock stands between."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.engine.firms import usual_cover
from sim.engine.flows import Flows, stages
from sim.engine.means import law_of, mean
from sim.scenario.caught import needed_from_the_beginning
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Node
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Way:
    """A link, from dispatch to use."""

    lane: Lane
    seller: str
    share: float
    """Of what the buyer needs."""
    lag: float
    """Days from dispatch to use, licences that are needed from the beginning included."""
    surplus: float
    """What the seller makes of it by plan, over what its buyers take: above 1 where a by-product is left over."""
    finished: float
    """Days of what buyers take that lie finished at the seller."""


@dataclass(frozen=True)
class Post:
    """A facility or a market: what comes in, and what it holds."""

    name: str
    country: str
    is_market: bool
    ways: tuple[tuple[Way, ...], ...]
    """By input."""
    covers: tuple[float, ...]
    dependences: tuple[float, ...]
    processing: float
    """Whole days from start to finished stock."""
    works: bool
    """Whether it has any part in the plan."""

    def all_ways(self) -> Iterator[Way]:
        return (way for ways in self.ways for way in ways)


@dataclass(frozen=True)
class Chain:
    """Every facility and market, sellers before buyers as far as loops allow."""

    posts: Mapping[str, Post]
    buyers: Mapping[str, tuple[str, ...]]
    """By seller, in the order of the posts."""
    loops: bool
    flows: Flows


def chain_of(scenario: Scenario, flows: Flows) -> Chain:
    """The chain by plan; random times count at their mean."""
    network, stage = scenario.network, stages(scenario.network)
    lags, ways = _lags(scenario), dict[tuple[str, str], list[Way]]()
    for lane in network.lanes:
        surplus, finished = _shelf(lane, flows)
        way = Way(lane, lane.seller.name, lane.share, lags[lane.name], surplus, finished)
        ways.setdefault((lane.buyer.name, lane.commodity), []).append(way)
    order = sorted(network.nodes, key=lambda name: (stage[name], name))
    posts = {name: _post(network.nodes[name], ways, flows) for name in order}
    buyers: dict[str, list[str]] = {name: [] for name in order}
    for name, post in posts.items():
        for seller in {way.seller for way in post.all_ways()}:
            buyers[seller].append(name)
    loops = any(stage[lane.seller.name] >= stage[lane.buyer.name] for lane in network.lanes)
    return Chain(posts, {seller: tuple(names) for seller, names in buyers.items()}, loops, flows)


def _post(node: Node, ways: Mapping[tuple[str, str], list[Way]], flows: Flows) -> Post:
    record, fed = node.record, tuple(tuple(ways[node.name, commodity]) for commodity in node.buys)
    covers = tuple(usual_cover(node, commodity) for commodity in node.buys)
    if isinstance(record, Market):
        return Post(node.name, node.country, True, fed, covers, (1.0,), 0.0, True)
    dependences = tuple(record.recipe[commodity].dependence for commodity in node.buys)
    processing = float(math.ceil(mean(law_of(record.processing))))
    return Post(node.name, node.country, False, fed, covers, dependences, processing, flows.activity[node.name] > 0.0)


def _lags(scenario: Scenario) -> dict[str, float]:
    network = scenario.network
    found = {lane.name: float(max(1, math.ceil(mean(law_of(lane.record.transit))))) for lane in network.lanes}
    if not any(needed_from_the_beginning(scenario, name) for name in network.regimes):
        return found
    from sim.engine.desks import desk_plans, expected_delay  # numpy comes with it

    for desk in desk_plans(scenario, network.lanes):
        for row, duty, needed in zip(desk.links, desk.duties, desk.needed, strict=True):
            lane = network.lanes[row]
            found[lane.name] += expected_delay(scenario, desk, lane, duty) if needed else 0.0
    return found


def _shelf(lane: Lane, flows: Flows) -> tuple[float, float]:
    """What the seller makes over what is taken, and days of it that lie finished."""
    record = lane.seller.record
    assert not isinstance(record, Market)
    product, needed = record.makes[lane.commodity], flows.needed[lane.seller.name, lane.commodity]
    output = flows.output(lane.seller.name, product)
    if needed <= 0.0:
        return 1.0, 0.0
    storage = math.inf if product.storage is None else product.storage.value
    finished = min(storage, record.finished_cover.days * output)
    if not product.paces and output > needed and storage < math.inf:
        finished = storage  # what is made beyond need has piled up
    return output / needed, finished / needed
