"""A scenario as the engine sees it: who stands in which row, what may be random, and every dated effect."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.contracts import as_share
from sim.engine.desks import desk_plans
from sim.engine.firms import firms_of
from sim.engine.flows import Flows, solve
from sim.engine.means import Law, law_of
from sim.engine.rulings import share_changes
from sim.scenario.cues import Reaction
from sim.scenario.effects import MONEY, Effect, How, Lever
from sim.scenario.facilities import Product
from sim.scenario.markets import Market
from sim.scenario.network import Node
from sim.scenario.reactions import Window, reactions, window
from sim.scenario.scenario import Scenario

Table = NDArray[np.float64]
Cards = NDArray[np.int64]


SUFFIX = {
    lever: f": {lever.value}"
    for lever in (Lever.CAPACITY, Lever.DEMAND, Lever.PROCESSING, Lever.TRANSIT, Lever.REVIEW, Lever.HOLD)
}
"""What the name of a law adds to the target of an effect that acts on it."""
AT_A_DESK = frozenset(
    (
        Lever.LICENSED,
        Lever.APPROVAL,
        Lever.BARRED,
        Lever.GENERAL,
        Lever.SUSPENDED,
        Lever.REVIEW,
        Lever.DELAY,
        Lever.HOLD,
    )
)
"""Levers that only links before an authority have."""


PLANNED_BY = (Lever.SHARE, Lever.RECIPE, Lever.YIELD, Lever.PROCESSING)
"""Levers on what usual flows, and the work in process that goes with them, are solved from."""


class Named(NamedTuple):
    """An effect, and who brings it about."""

    effect: Effect
    shock: str
    """The shock it comes and goes with; empty for what belongs to the undisturbed world too."""
    response: str = ""
    """The response whose effect it is; empty for what shocks, seasons and dated rules do."""


class Drawing:
    """Who stands in which row, and the numbers of each row."""

    def __init__(self, scenario: Scenario):
        self.scenario, self.network = scenario, scenario.network
        self.flows: Flows = solve(self.network)
        nodes = self.network.nodes.values()
        self.plants = [n for n in nodes if n.kind != "market"]
        self.markets = [n for n in nodes if n.kind == "market"]
        self.shelves = [(n, c) for n in self.plants for c in n.commodities]
        self.inputs = [(n, c) for n in [*self.plants, *self.markets] for c in n.buys]
        rank = {f"{n.name}: {c}": i for i, (n, c) in enumerate(self.inputs)}
        self.lanes = sorted(self.network.lanes, key=lambda x: (rank[f"{x.buyer.name}: {x.commodity}"], x.seller.name))
        self.desks = desk_plans(scenario, self.lanes)
        self.controlled = sorted({row for desk in self.desks for row in desk.links})

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        return {
            "plants": tuple(n.name for n in self.plants),
            "markets": tuple(n.name for n in self.markets),
            "shelves": tuple(f"{n.name}: {c}" for n, c in self.shelves),
            "inputs": tuple(f"{n.name}: {c}" for n, c in self.inputs),
            "links": tuple(lane.name for lane in self.lanes),
            "desk": tuple(self.lanes[row].name for row in self.controlled),
            "laws": tuple(self.laws),
            "populations": tuple(n.name for n in self.plants if firms_of(n.record) is not None),
            "responses": tuple(self.reactions),
        }

    @cached_property
    def row(self) -> dict[str, dict[str, int]]:
        """Row of each name, by kind of object."""
        return {kind: {name: i for i, name in enumerate(names)} for kind, names in self.names.items()}

    @cached_property
    def laws(self) -> dict[str, Law]:
        """Everything that may be random, by the name its draws go under."""
        laws: dict[str, Law] = {}
        for n in self.plants:
            laws[f"{n.name}: capacity"] = law_of(n.record.capacity)  # type: ignore[union-attr]
            laws[f"{n.name}: processing"] = law_of(n.record.processing)  # type: ignore[union-attr]
        for n in self.markets:
            laws[f"{n.name}: demand"] = law_of(n.record.demand)  # type: ignore[union-attr]
        for lane in self.lanes:
            laws[f"{lane.name}: transit"] = law_of(lane.record.transit)
        for desk in self.desks:
            for row, duty in zip(desk.links, desk.duties, strict=True):
                laws |= {f"{self.lanes[row].name}: {what}": law for what, law in duty.laws.items()}
        return laws

    @cached_property
    def outs(self) -> Cards:
        """Links out of each shelf, in sorted order of their names."""
        return np.array([l for links in self.out_of.values() for l in links] or [0], np.int64)

    @cached_property
    def first_out(self) -> dict[str, int]:
        """By shelf: where its links begin among all `outs`."""
        counts = [len(links) for links in self.out_of.values()]
        return dict(zip(self.out_of, accumulate(counts, initial=0), strict=False))

    @cached_property
    def out_of(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {name: [] for name in self.names["shelves"]}
        for l in sorted(range(len(self.lanes)), key=lambda l: self.lanes[l].name):
            out[f"{self.lanes[l].seller.name}: {self.lanes[l].commodity}"].append(l)
        return out

    @cached_property
    def reactions(self) -> Mapping[str, Reaction]:
        """Responses by name, those that everyone shows included."""
        return reactions(self.scenario)

    @cached_property
    def touched(self) -> dict[Lever, frozenset[str]]:
        """Names of what some effect acts on, by lever."""
        found: dict[Lever, set[str]] = {lever: set() for lever in Lever}
        for effect in self.effects:
            found[effect.lever].add(effect.target)
        return {lever: frozenset(names) for lever, names in found.items()}

    @cached_property
    def capped(self) -> frozenset[str]:
        """Links on which some shock caps what they carry."""
        return self.touched[Lever.FLOW] | self.touched[Lever.LANE] | self.touched[Lever.QUOTA]

    @cached_property
    def touched_laws(self) -> frozenset[str]:
        """Names of the laws on which some effect acts."""
        return frozenset(name + suffix for lever, suffix in SUFFIX.items() for name in self.touched[lever])

    @cached_property
    def windows(self) -> Mapping[str, Window]:
        """When each response acts, as far as that is known."""
        return {name: window(response, self.scenario) for name, response in self.reactions.items()}

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(named.effect for named in self.named_effects)

    @cached_property
    def named_effects(self) -> tuple[Named, ...]:
        """Every effect with who brings it about."""
        found = [Named(effect, shock) for effect, shock in self._of_shocks()]
        for name, response in self.reactions.items():
            first, last, shock = self.windows[name]
            for effect in response.effects(self.network, self.scenario.shocks):
                if self._has_row(effect):
                    found.append(Named(replace(effect, start=first, end=last), shock, name))
        return tuple(found)

    def _of_shocks(self) -> tuple[tuple[Effect, str], ...]:
        """Effects with the name of their shock; seasons and dated approvals belong to none."""
        found = [(e, "") for n in self.markets for e in self._seasons(n)]
        for desk in self.desks:
            regime = self.scenario.licences[desk.name]
            for l, duty in zip(desk.links, desk.duties, strict=True):
                if not duty.looks_alike:
                    found += [(e, "") for e in share_changes(regime, self.lanes[l], self.scenario)]
        for name in sorted(self.scenario.shocks):
            effects = self.scenario.shocks[name].effects(self.network)
            found += [(as_share(e, self.network, self.flows), name) for e in effects if self._has_row(e)]
        return tuple(found)

    @cached_property
    def is_replanned(self) -> bool:
        """Whether something changes that usual flows are solved from."""
        return any(effect.lever in PLANNED_BY for effect in self.effects)

    def _has_row(self, effect: Effect) -> bool:
        """Whether there is anything to pull: no goods move for money, and what is never in force has no desk."""
        if effect.lever in MONEY:
            return False
        return effect.lever not in AT_A_DESK or effect.target in self._controlled_names

    @cached_property
    def _controlled_names(self) -> frozenset[str]:
        return frozenset(self.lanes[row].name for row in self.controlled)

    def _seasons(self, n: Node) -> Iterator[Effect]:
        """Each month's factor, as an effect on demand."""
        assert isinstance(n.record, Market)
        if not n.record.season:
            return
        month = self.scenario.start.replace(day=1)
        while (start := (month - self.scenario.start).days) < self.scenario.days:
            following = (month + datetime.timedelta(days=32)).replace(day=1)
            end = (following - self.scenario.start).days
            factor = n.record.factor_of(month.month - 1)
            yield Effect(Lever.DEMAND, n.name, How.TIMES, factor, float(start), float(end))
            month = following


def product_of(n: Node, commodity: str) -> Product:
    assert not isinstance(n.record, Market)
    return n.record.makes[commodity]
