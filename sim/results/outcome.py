"""One run and its baseline, side by side: what all results are computed from."""

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from sim.engine.facts import Facts
from sim.engine.records import Records
from sim.scenario.controls import ApprovalRate
from sim.scenario.distributions import Distribution
from sim.scenario.effects import MONEY, Effect, How
from sim.scenario.firms import Spread
from sim.scenario.hazards import Hazard
from sim.scenario.licences import Regime
from sim.scenario.network import Lane, Node
from sim.scenario.responses import Reroute
from sim.scenario.rulings import Approval
from sim.scenario.scenario import Scenario

_NO_CHANGE = {How.TIMES: 1.0, How.PLUS: 0.0, How.GROW: 0.0}


@dataclass(frozen=True)
class Outcome:
    """What happened with the shocks and without them, replication by replication with the same luck."""

    scenario: Scenario
    facts: Facts
    baseline: Records
    """Without shocks and announcements; shape (day, row, replication)."""
    shocked: Records
    """With them; the same rows."""
    replications: tuple[int, ...]
    """Number of each replication, in the order of the last axis."""
    seed: int

    @property
    def days(self) -> int:
        return self.shocked.days

    def date(self, day: float) -> datetime.date:
        """The calendar day of a review."""
        return self.scenario.start + datetime.timedelta(days=int(day))

    @cached_property
    def windows(self) -> Mapping[str, tuple[float, float]]:
        """First review a shock holds and first it no longer does (inf possible), of those that hold during the run.

        In order of time; a shock in force before the start counts from day 0.
        """
        reviews = {name: (max(0.0, _up(first)), _up(last)) for name, (first, last) in self.facts.shocks.items()}
        held = {name: (first, last) for name, (first, last) in reviews.items() if first < min(last, self.days)}
        return {name: held[name] for name in sorted(held, key=lambda n: (held[n], n))}

    @property
    def first_day(self) -> float:
        """Review at which the first shock takes effect; nan if none does."""
        return min((first for first, _ in self.windows.values()), default=math.nan)

    @property
    def over_day(self) -> float:
        """First review at which no shock holds any more, inf if one holds beyond all ends; nan without shocks."""
        return max((last for _, last in self.windows.values()), default=math.nan)

    @cached_property
    def facilities(self) -> Mapping[str, tuple[Node, str]]:
        """`facility: product` as in the records, with the facility and the product."""
        return {f"{n.name}: {c}": (n, c) for n in self._nodes(market=False) for c in n.commodities}

    @cached_property
    def markets(self) -> Mapping[str, tuple[Node, str]]:
        """Markets with the commodity they want."""
        return {node.name: (node, node.commodities[0]) for node in self._nodes(market=True)}

    @cached_property
    def inputs(self) -> Mapping[str, tuple[Node, str]]:
        """`buyer: commodity` as in the records, with the buyer and the commodity."""
        return {f"{n.name}: {c}": (n, c) for n in self.scenario.network.nodes.values() for c in n.buys}

    @cached_property
    def links(self) -> Mapping[str, Lane]:
        """Links by name."""
        return {lane.name: lane for lane in self.scenario.network.lanes}

    @cached_property
    def struck(self) -> frozenset[str]:
        """What the shocks pull levers of, named as effects name it: links, facilities, `facility: product`, others."""
        return frozenset(effect.target for effect in self._effects())

    @cached_property
    def directly_hit(self) -> frozenset[str]:
        """Facilities and markets whose own levers a shock pulls, and both ends of every link it touches."""
        ends = {name: {name} for name in self.scenario.network.nodes}
        ends |= {key: {node.name} for key, (node, _) in (*self.facilities.items(), *self.inputs.items())}
        ends |= {name: {lane.seller.name, lane.buyer.name} for name, lane in self.links.items()}
        return frozenset(name for target in self.struck for name in ends[target])

    @cached_property
    def is_random(self) -> bool:
        """Whether the scenario states anything that is drawn, so that replications may differ."""
        scenario = self.scenario
        if scenario.uncertain:
            return True
        world = (scenario.facilities, scenario.markets, scenario.licences)
        groups = (*world, scenario.shocks, scenario.responses)
        return any(_is_drawn(record) for group in groups for record in group.values())

    def _nodes(self, market: bool) -> Iterator[Node]:
        return (node for node in self.scenario.network.nodes.values() if (node.kind == "market") == market)

    def _effects(self) -> Iterator[Effect]:
        for name in self.windows:
            for effect in self.scenario.shocks[name].effects(self.scenario.network):
                if _NO_CHANGE.get(effect.how) != effect.size and effect.lever not in MONEY:
                    yield effect


def _up(day: float) -> float:
    """The first review on or after a moment."""
    return day if math.isinf(day) else float(math.ceil(day))


def _chances(value: object) -> Iterator[float]:
    """What a record leaves to a draw each time, of which only 0 and 1 are certain."""
    if isinstance(value, Approval):
        yield value.share
    elif isinstance(value, ApprovalRate):
        yield value.to
    elif isinstance(value, Regime):
        yield value.returned
    elif isinstance(value, Reroute):
        yield value.detection


def _is_drawn(value: object) -> bool:
    if isinstance(value, Spread):  # over firms, the same in all replications
        return False
    if isinstance(value, Distribution | Hazard) or any(0.0 < chance < 1.0 for chance in _chances(value)):
        return True
    if isinstance(value, BaseModel):
        return any(_is_drawn(getattr(value, name)) for name in type(value).model_fields)
    return isinstance(value, Mapping) and any(_is_drawn(inner) for inner in value.values())
