"""Usual flows: what everyone makes, uses and sends when nothing is wrong, solved from demand upstream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.engine.means import law_of, mean
from sim.errors import Problem, ScenarioError
from sim.scenario.facilities import Product
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Network, Node

PASSES = 10_000
CLOSE = 1e-14


@dataclass(frozen=True)
class Flows:
    """Planned throughput per day."""

    activity: Mapping[str, float]
    """By facility, in units of activity."""
    usage: Mapping[tuple[str, str], float]
    """By buyer and commodity."""
    link: Mapping[str, float]
    """By link."""
    needed: Mapping[tuple[str, str], float]
    """By facility and product: what its buyers take."""

    def output(self, facility: str, product: Product) -> float:
        """What is made of a product: with the facility's activity, as far as a by-product's recovery reaches."""
        made = self.activity[facility] * product.amount.value
        return made if product.capacity is None else min(made, product.capacity.value)


def solve(network: Network) -> Flows:
    """Planned throughput from demand through recipes and shares, loops included.

    Walks from the markets upstream, and again while loops keep adding. Raises ScenarioError naming the loop if a
    recipe loop gains material, so that no throughput can serve demand.
    """
    out = _lanes_out(network)
    order = downstream_first(network)
    usage = {
        (n.name, c): _demand(n.record) for n in network.nodes.values() if isinstance(n.record, Market) for c in n.buys
    }
    activity = {name: 0.0 for name in order}
    for _ in range(PASSES):
        before = dict(activity)
        for name in order:
            activity[name] = _pace(network.nodes[name], out, usage)
            for commodity, ingredient in network.nodes[name].record.recipe.items():  # type: ignore[union-attr]
                usage[name, commodity] = activity[name] * ingredient.amount.value
        if all(abs(activity[n] - before[n]) <= CLOSE * activity[n] for n in order):
            break
        if max(activity.values(), default=0.0) > 1e30:
            raise _gains(network, activity, before)
    else:
        raise _gains(network, activity, before)
    link = {lane.name: usage[lane.buyer.name, lane.commodity] * lane.share for lane in network.lanes}
    needed = {key: sum(link[lane.name] for lane in lanes) for key, lanes in out.items()}
    return Flows(activity, usage, link, needed)


def _demand(market: Market) -> float:
    season = sum(market.factor_of(month) for month in range(12)) / 12
    return mean(law_of(market.demand)) * season


def _lanes_out(network: Network) -> dict[tuple[str, str], list[Lane]]:
    out: dict[tuple[str, str], list[Lane]] = {
        (n.name, c): [] for n in network.nodes.values() if n.kind != "market" for c in n.commodities
    }
    for lane in sorted(network.lanes, key=lambda lane: lane.name):
        out[lane.seller.name, lane.commodity].append(lane)
    return out


def _pace(node: Node, out: Mapping[tuple[str, str], list[Lane]], usage: Mapping[tuple[str, str], float]) -> float:
    """Activity that serves the product most needed among those that pace the facility."""
    products = node.record.makes  # type: ignore[union-attr]
    paces = 0.0
    for commodity in node.commodities:
        if products[commodity].paces:
            need = sum(usage.get((lane.buyer.name, commodity), 0.0) * lane.share for lane in out[node.name, commodity])
            paces = max(paces, need / products[commodity].amount.value)
    return paces


def downstream_first(network: Network) -> list[str]:
    """Facilities, each after those who buy from it, as far as loops allow."""
    buyers: dict[str, list[str]] = {name: [] for name in network.nodes}
    for lane in network.lanes:
        buyers[lane.seller.name].append(lane.buyer.name)
    seen: set[str] = set()
    order: list[str] = []
    for name in network.nodes:
        stack = [(name, iter(buyers[name]))] if name not in seen else []
        seen.add(name)
        while stack:
            current, rest = stack[-1]
            following = next((n for n in rest if n not in seen), None)
            if following is None:
                order.append(current)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(buyers[following])))
    return [name for name in order if network.nodes[name].kind != "market"]


def _gains(network: Network, activity: Mapping[str, float], before: Mapping[str, float]) -> ScenarioError:
    growing = {name for name in activity if activity[name] > before[name] * (1.0 + CLOSE)}
    loop = next(iter(_loops(network, growing)), sorted(growing))
    path = f"facilities.{loop[0]}.recipe"
    chain = " > ".join([*loop, loop[0]])
    return ScenarioError(
        [Problem(path, f"the loop {chain} uses as much as it makes, so no throughput serves demand; lower an amount")]
    )


def _loops(network: Network, growing: set[str]) -> Iterator[list[str]]:
    """Walk from seller to buyer among the growing facilities until a name comes back."""
    sellers = {
        lane.buyer.name: lane.seller.name for lane in network.lanes if {lane.buyer.name, lane.seller.name} <= growing
    }
    for name in sorted(growing):
        walk = [name]
        while walk[-1] in sellers and sellers[walk[-1]] not in walk:
            walk.append(sellers[walk[-1]])
        if walk[-1] in sellers:
            yield list(reversed(walk[walk.index(sellers[walk[-1]]) :]))


def stages(network: Network) -> dict[str, int]:
    """Stage of each node along the chain: 0 for what buys nothing, else one more than its furthest seller.

    Around a loop the link that closes it does not count.
    """
    order = downstream_first(network)[::-1] + [n.name for n in network.nodes.values() if n.kind == "market"]
    sellers: dict[str, set[str]] = {name: set() for name in order}
    for lane in network.lanes:
        sellers[lane.buyer.name].add(lane.seller.name)
    stage: dict[str, int] = {}
    for name in order:
        stage[name] = max((stage[seller] + 1 for seller in sellers[name] if seller in stage), default=0)
    return stage
