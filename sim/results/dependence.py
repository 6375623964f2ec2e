"""How far a country's use of a commodity hangs on others: directly, and traced upstream through recipes.

Traced: the share of use that is missing in the end if the exports of one country stop for good, anywhere in the chain,
and nobody makes more or buys elsewhere. An essential input stops a plant as far as it is missing, another as far as the
plant depends on it; of several inputs the worst counts. Where a good is made at home of what comes from abroad, direct
dependence is nothing and traced dependence is not.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.engine.flows import Flows
from sim.results.chain import Chain
from sim.results.survival import Absence, Loss, losses
from sim.scenario.network import Network
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Dependence:
    """A country's use of one commodity."""

    country: str
    commodity: str
    use: float
    """Plan use per day, in the commodity's base unit, by facilities and markets."""
    direct: Mapping[str, float]
    """Share of use bought from each other country."""
    traced: Mapping[str, float]
    """Share of use that is missing in the end without the exports of each other country."""

    @property
    def abroad(self) -> float:
        """Share of use that is imported."""
        return math.fsum(self.direct.values())


def dependences(scenario: Scenario, flows: Flows, chain: Chain) -> Iterator[Dependence]:
    """Every commodity that is used in a country, by country and then by commodity."""
    network = scenario.network
    stopped = [loss for loss in losses(chain) if loss.what == "exports stop"]
    missing = {loss.name: _missing(chain, loss) for loss in stopped}
    for country, commodity in sorted({(network.nodes[name].country, c) for name, c in flows.usage}):
        buyers = [n for n in network.nodes.values() if n.country == country and commodity in n.buys]
        use = math.fsum(flows.usage[n.name, commodity] for n in buyers)
        if use > 0.0:
            direct = _direct(network, flows, country, commodity)
            keys = [(n.name, commodity) for n in buyers]
            lost = {origin: math.fsum(gone.get(key, 0.0) for key in keys) for origin, gone in missing.items()}
            traced = {origin: amount / use for origin, amount in lost.items() if origin != country and amount > 0.0}
            yield Dependence(country, commodity, use, {o: a / use for o, a in direct.items()}, traced)


def _direct(network: Network, flows: Flows, country: str, commodity: str) -> dict[str, float]:
    """Amounts bought from other countries."""
    found: dict[str, float] = {}
    for lane in network.lanes:
        origin = lane.seller.country
        if lane.commodity == commodity and lane.buyer.country == country != origin and flows.link[lane.name] > 0.0:
            found[origin] = found.get(origin, 0.0) + flows.link[lane.name]
    return dict(sorted(found.items()))


def _missing(chain: Chain, loss: Loss) -> dict[tuple[str, str], float]:
    """Amount missing in the end of what each buyer uses, by buyer and commodity."""
    absence = Absence(chain, loss)
    end, found = absence.in_the_end(), dict[tuple[str, str], float]()
    for post in absence.below:
        for way in post.all_ways():
            key = (post.name, way.lane.commodity)
            found[key] = found.get(key, 0.0) + chain.flows.link[way.lane.name] * absence.left_out(way, end)
    return found
