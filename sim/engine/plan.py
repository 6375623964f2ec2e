"""What the engine runs: a scenario turned into numbers in rows, one plan for each point of a study.

Every number of the scenario becomes a field of a state array (see layout.py), every name a row, in sorted order.
Shocks become pulls: dated effects on rows. Plans of the same structure can be stacked into the cases of one batch.
"""

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.approvals import approval_changes, approval_on_day_0
from sim.engine.compiled import plain
from sim.engine.desks import DeskPlan, desk_plans, expected_delay
from sim.engine.facts import Facts
from sim.engine.feasible import check
from sim.engine.flows import Flows, solve, stages
from sim.engine.laws import expect
from sim.engine.means import Law, law_of
from sim.engine.rules import target
from sim.scenario.effects import Effect, How, Lever
from sim.scenario.facilities import Product
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Node
from sim.scenario.scenario import Scenario
from sim.scenario.units import Duration

Table = NDArray[np.float64]
Cards = NDArray[np.int64]


@dataclass(frozen=True)
class Pull:
    """One effect on one row; `shock` is empty for what belongs to the undisturbed world too (seasons, dated rules)."""

    effect: Effect
    row: int
    shock: str


@dataclass(frozen=True)
class Plan:
    """A scenario in rows."""

    start: datetime.date
    days: int
    names: Mapping[str, tuple[str, ...]]
    """Names of the rows by kind of object; laws are named for what they draw."""
    cards: Mapping[str, Cards]
    """Integers by kind of object, shape (object, column): the structure, alike in all cases of a batch."""
    outs: Cards
    """Links out of each shelf, one after the other."""
    numbers: Mapping[str, Table]
    """State by kind of object at day 0, shape (object, field)."""
    laws: tuple[Law, ...]
    pulls: tuple[Pull, ...]
    desks: tuple[DeskPlan, ...]
    reviewers: tuple[float, ...]
    """By authority; inf without a limit."""
    waits: tuple[tuple[float, float], ...]
    """By authority: days a denied order waits, and validity of a general licence."""
    shocks: tuple[str, ...]
    facts: Facts


def plan(scenario: Scenario) -> Plan:
    """The plan of one scenario. Raises ScenarioError if its undisturbed world cannot be in equilibrium."""
    drawing = _Drawing(scenario)
    check(scenario, drawing.flows, drawing.lanes)
    numbers = {
        "plants": drawing.plants_numbers(),
        "markets": drawing.markets_numbers(),
        "shelves": drawing.shelves_numbers(),
        "inputs": drawing.inputs_numbers(),
        "links": drawing.links_numbers(),
        "desk": drawing.desk_numbers(),
    }
    regimes = [scenario.licences[desk.name] for desk in drawing.desks]
    return Plan(
        start=scenario.start,
        days=scenario.days,
        names=drawing.names,
        cards=drawing.cards(),
        outs=drawing.outs,
        numbers=numbers,
        laws=tuple(drawing.laws.values()),
        pulls=tuple(drawing.pulls()),
        desks=drawing.desks,
        reviewers=tuple(math.inf if r.reviewers is None else float(r.reviewers) for r in regimes),
        waits=tuple((r.again_after.days, r.validity.days) for r in regimes),
        shocks=tuple(sorted(scenario.shocks)),
        facts=drawing.facts(),
    )


class _Drawing:
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
            regime = self.scenario.licences[desk.name]
            for row in desk.links:
                laws[f"{self.lanes[row].name}: review"] = law_of(regime.review)
                laws[f"{self.lanes[row].name}: hold"] = law_of(regime.customs_hold)
        return laws

    @cached_property
    def outs(self) -> Cards:
        """Links out of each shelf, in sorted order of their names."""
        return np.array([l for links in self._out_of.values() for l in links] or [0], np.int64)

    @cached_property
    def _out_of(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {name: [] for name in self.names["shelves"]}
        for l in sorted(range(len(self.lanes)), key=lambda l: self.lanes[l].name):
            out[f"{self.lanes[l].seller.name}: {self.lanes[l].commodity}"].append(l)
        return out

    # Cards

    def cards(self) -> dict[str, Cards]:
        return {
            "plants": _stack(self._plant_card(n) for n in self.plants),
            "markets": _stack(self._market_card(n) for n in self.markets),
            "shelves": _stack(self._shelf_card(n, c) for n, c in self.shelves),
            "inputs": _stack(self._input_card(n, c) for n, c in self.inputs),
            "links": _stack(self._link_card(lane) for lane in self.lanes),
            "laws": _stack(self._law_card(name, law) for name, law in self.laws.items()),
        }

    def _law_card(self, name: str, law: Law) -> dict[int, int]:
        touched = any(name == e.target + _SUFFIX.get(e.lever, " ") for e in self._effects)
        return {at.LAW_KIND: law.kind, at.LAW_TOUCHED: int(touched)}

    def _plant_card(self, n: Node) -> dict[int, int]:
        record = n.record
        assert not isinstance(record, Market)
        shelves = [self.row["shelves"][f"{n.name}: {c}"] for c in n.commodities]
        inputs = [self.row["inputs"][f"{n.name}: {c}"] for c in n.buys]
        never = isinstance(record.processing, Duration) and record.processing.value == 0.0
        touched = any(p.lever is Lever.PROCESSING and p.target == n.name for p in self._effects)
        return {
            at.PLANT_SHELF: shelves[0],
            at.PLANT_SHELF_END: shelves[-1] + 1,
            at.PLANT_INPUT: inputs[0] if inputs else 0,
            at.PLANT_INPUT_END: inputs[-1] + 1 if inputs else 0,
            at.PLANT_CAPACITY: self.row["laws"][f"{n.name}: capacity"],
            at.PLANT_PROCESSING: self.row["laws"][f"{n.name}: processing"],
            at.PLANT_HAS_PROCESSING: int(not never or touched),
            at.PLANT_FLAT: int(record.run == "flat"),
            at.PLANT_ALLOCATION: at.ALLOCATIONS.index(record.allocation),
            at.PLANT_HAS_STORAGE: int(any(p.paces and p.storage is not None for p in record.makes.values())),
        }

    def _market_card(self, n: Node) -> dict[int, int]:
        name = f"{n.name}: {n.commodities[0]}"
        return {at.MARKET_INPUT: self.row["inputs"][name], at.MARKET_LAW: self.row["laws"][f"{n.name}: demand"]}

    def _shelf_card(self, n: Node, commodity: str) -> dict[int, int]:
        before = 0
        for name, links in self._out_of.items():
            if name == f"{n.name}: {commodity}":
                return {
                    at.SHELF_OUT: before,
                    at.SHELF_OUT_END: before + len(links),
                    at.SHELF_PACES: int(_product(n, commodity).paces),
                    at.SHELF_FREE: int(not any(self._held_back(self.lanes[l]) for l in links)),
                }
            before += len(links)
        raise KeyError(commodity)

    def _input_card(self, n: Node, commodity: str) -> dict[int, int]:
        purchase = n.buys[commodity]
        links = [self.row["links"][f"{seller} > {n.name}: {commodity}"] for seller in sorted(purchase.from_)]
        smoothed = purchase.usage == "smoothed"
        record = n.record
        partial = not isinstance(record, Market) and record.recipe[commodity].dependence < 1.0
        return {
            at.INPUT_LINK: links[0],
            at.INPUT_LINK_END: links[-1] + 1,
            at.INPUT_PARTIAL: int(partial),
            at.INPUT_DYNAMIC: int(smoothed or purchase.learns > 0.0 or self._moves(f"{n.name}: {commodity}", links)),
            at.INPUT_SMOOTHED: int(smoothed),
            at.INPUT_SLOWS: int(not isinstance(record, Market) and record.recipe[commodity].throttle > 0.0),
        }

    def _moves(self, name: str, links: list[int]) -> bool:
        """Whether a shock changes its cover or the shares of its links."""
        lanes = {self.lanes[l].name for l in links}
        return any(
            (e.lever is Lever.COVER and e.target == name) or (e.lever is Lever.SHARE and e.target in lanes)
            for e in self._effects
        )

    def _link_card(self, lane: Lane) -> dict[int, int]:
        j = self.row["desk"].get(lane.name, -1)
        return {
            at.LINK_TRANSIT: self.row["laws"][f"{lane.name}: transit"],
            at.LINK_LIMITED: int(self._is_limited(lane)),
            at.LINK_DESK: j,
            at.LINK_RANK: lane.record.priority,
            at.LINK_HOME: int(lane.seller.country == lane.buyer.country),
            at.LINK_HISTORY: 0 if lane.buyer.buys[lane.commodity].learns > 0.0 else -1,
        }

    def _is_limited(self, lane: Lane) -> bool:
        """Whether the lane has a capacity, or a shock caps what it carries."""
        limits = (Lever.FLOW, Lever.LANE, Lever.QUOTA)
        return lane.record.capacity is not None or any(
            e.lever in limits and e.target == lane.name for e in self._effects
        )

    def _held_back(self, lane: Lane) -> bool:
        return self._is_limited(lane) or lane.name in self.row["desk"]

    # Numbers

    def plants_numbers(self) -> Table:
        table = np.zeros((len(self.plants), at.PLANT_FIELDS))
        table[:, at.PLANT_PLAN] = [self.flows.activity[n.name] for n in self.plants]
        return table

    def markets_numbers(self) -> Table:
        table = np.zeros((len(self.markets), at.MARKET_FIELDS))
        for m, n in enumerate(self.markets):
            assert isinstance(n.record, Market)
            patience = n.record.patience
            days = math.inf if patience == "endless" else math.ceil(patience.days)
            # Whoever waits beyond the horizon is not seen giving up.
            table[m, at.MARKET_PATIENCE] = -1.0 if days >= self.scenario.days else days
        return table

    def shelves_numbers(self) -> Table:
        table = np.zeros((len(self.shelves), at.SHELF_FIELDS))
        for s, (n, commodity) in enumerate(self.shelves):
            table[s] = self._shelf_numbers(n, commodity)
        return table

    def _shelf_numbers(self, n: Node, commodity: str) -> Table:
        record, product = n.record, _product(n, commodity)
        assert not isinstance(record, Market)
        needed = self.flows.needed[n.name, commodity]
        capacity = math.inf if product.capacity is None else product.capacity.value
        storage = math.inf if product.storage is None else product.storage.value
        made = self.flows.output(n.name, product)
        pipeline = expect(law_of(record.processing), lambda p: np.ceil(p))
        row = np.zeros(at.SHELF_FIELDS)
        row[at.SHELF_YIELD] = product.amount.value
        row[at.SHELF_STORAGE], row[at.SHELF_RECOVERY] = storage, capacity
        row[at.SHELF_PIPELINE] = pipeline
        finished = min(storage, record.finished_cover.days * made)
        row[at.SHELF_TARGET] = finished + pipeline * made
        row[at.SHELF_IN_PROCESS] = pipeline * made
        # A by-product made beyond need has piled up to its storage; the rest is discarded from the first day on.
        piles_up = not product.paces and storage < math.inf and made > needed
        row[at.SHELF_FINISHED] = storage if piles_up else finished
        return row

    def inputs_numbers(self) -> Table:
        table = np.zeros((len(self.inputs), at.INPUT_FIELDS))
        for b, (n, commodity) in enumerate(self.inputs):
            purchase = n.buys[commodity]
            table[b, at.INPUT_PER], table[b, at.INPUT_DEPENDENCE] = 1.0, 1.0
            if not isinstance(n.record, Market):
                ingredient = n.record.recipe[commodity]
                table[b, at.INPUT_PER] = ingredient.amount.value
                table[b, at.INPUT_DEPENDENCE] = ingredient.dependence
                table[b, at.INPUT_THROTTLE] = ingredient.throttle
            table[b, at.INPUT_COVER] = purchase.cover.days
            table[b, at.INPUT_USAGE] = self.flows.usage[n.name, commodity]
            table[b, at.INPUT_SMOOTHING] = max(1.0, purchase.smoothing.days)
            table[b, at.INPUT_STOCK] = purchase.cover.days * self.flows.usage[n.name, commodity]
        return table

    def links_numbers(self) -> Table:
        table = np.zeros((len(self.lanes), at.LINK_FIELDS))
        for l, lane in enumerate(self.lanes):
            purchase, usage = lane.buyer.buys[lane.commodity], self.flows.usage[lane.buyer.name, lane.commodity]
            delay = self._delay(l, lane)
            table[l, at.LINK_SHARE], table[l, at.LINK_USUAL] = lane.share, self.flows.link[lane.name]
            table[l, at.LINK_DELAY] = table[l, at.LINK_AGE] = delay
            table[l, at.LINK_TARGET] = plain(target)(lane.share, usage, purchase.cover.days, delay)
            table[l, at.LINK_LIMIT] = math.inf if lane.record.capacity is None else lane.record.capacity.value
            table[l, at.LINK_QUOTA] = math.inf
            table[l, at.LINK_LEARNS] = purchase.learns
        return table

    def _delay(self, l: int, lane: Lane) -> float:
        transit = expect(law_of(lane.record.transit), lambda days: np.maximum(1.0, np.ceil(days)))
        for desk in self.desks:
            if l in desk.links and desk.in_force:
                approval = approval_on_day_0(self.scenario.licences[desk.name], lane, self.scenario)
                transit += expected_delay(self.scenario, desk.name, approval)
        return transit

    def desk_numbers(self) -> Table:
        table = np.zeros((len(self.controlled), at.DESK_FIELDS))
        for desk in self.desks:
            regime = self.scenario.licences[desk.name]
            for l, j in zip(desk.links, desk.rows, strict=True):
                table[j, at.DESK_LICENSED] = table[j, at.DESK_NEEDED] = float(desk.in_force)
                table[j, at.DESK_APPROVAL] = approval_on_day_0(regime, self.lanes[l], self.scenario)
                table[j, at.DESK_COVERED_UNTIL] = -math.inf
                table[j, at.DESK_GENERAL_DUE] = math.inf
                table[j, at.DESK_NOT_BEFORE] = -math.inf
        return table

    # Effects

    @cached_property
    def _effects(self) -> tuple[Effect, ...]:
        return tuple(pull[0] for pull in self._named_effects)

    @cached_property
    def _named_effects(self) -> tuple[tuple[Effect, str], ...]:
        """Every effect with the name of its shock; seasons and dated approvals belong to none."""
        found = [(e, "") for n in self.markets for e in self._seasons(n)]
        for desk in self.desks:
            regime = self.scenario.licences[desk.name]
            found += [(e, "") for l in desk.links for e in approval_changes(regime, self.lanes[l], self.scenario)]
        for name in sorted(self.scenario.shocks):
            effects = self.scenario.shocks[name].effects(self.network)
            found += [(e, name) for e in effects if self._has_row(e)]
        return tuple(found)

    def _has_row(self, effect: Effect) -> bool:
        """Whether there is anything to pull: an authority that is never in force has no desk."""
        needs_desk = effect.lever in (Lever.LICENSED, Lever.APPROVAL, Lever.SUSPENDED, Lever.REVIEW, Lever.HOLD)
        return not needs_desk or effect.target in self._controlled_names

    @cached_property
    def _controlled_names(self) -> frozenset[str]:
        return frozenset(self.lanes[row].name for row in self.controlled)

    def pulls(self) -> Iterator[Pull]:
        for effect, shock in self._named_effects:
            yield Pull(effect, self.row[_KIND_OF[effect.lever]][effect.target + _SUFFIX.get(effect.lever, "")], shock)

    def _seasons(self, n: Node) -> Iterator[Effect]:
        """Each month's factor, as an effect on demand."""
        assert isinstance(n.record, Market)
        if not n.record.season:
            return
        first = self.scenario.start
        months = [
            (first.year + m // 12, m % 12) for m in range(first.month - 1, first.month + self.scenario.days // 28)
        ]
        for year, month in months:
            start = (first.replace(year=year, month=month + 1, day=1) - first).days
            after = (year + (month + 1) // 12, (month + 1) % 12)
            end = (first.replace(year=after[0], month=after[1] + 1, day=1) - first).days
            factor = n.record.factor_of(month)
            yield Effect(Lever.DEMAND, n.name, How.TIMES, factor, float(start), float(end))

    def facts(self) -> Facts:
        flows = self.flows
        made = {f"{n.name}: {c}": flows.output(n.name, _product(n, c)) for n, c in self.shelves}
        return Facts(
            output=made,
            usage={
                name: flows.usage[n.name, c] for name, (n, c) in zip(self.names["inputs"], self.inputs, strict=True)
            },
            stage=stages(self.network),
            flow=dict(flows.link),
            shocks={name: shock.window(self.scenario.start) for name, shock in sorted(self.scenario.shocks.items())},
        )


_KIND_OF = {
    Lever.CAPACITY: "laws",
    Lever.DEMAND: "laws",
    Lever.PROCESSING: "laws",
    Lever.TRANSIT: "laws",
    Lever.REVIEW: "laws",
    Lever.HOLD: "laws",
    Lever.YIELD: "shelves",
    Lever.FINISHED_LOSS: "shelves",
    Lever.COVER: "inputs",
    Lever.INPUT_LOSS: "inputs",
    Lever.FLOW: "links",
    Lever.LANE: "links",
    Lever.SHARE: "links",
    Lever.QUOTA: "links",
    Lever.LICENSED: "desk",
    Lever.APPROVAL: "desk",
    Lever.SUSPENDED: "desk",
}
"""Kind of object whose row an effect on each lever acts on."""

_SUFFIX = {
    lever: f": {lever.value}"
    for lever in (Lever.CAPACITY, Lever.DEMAND, Lever.PROCESSING, Lever.TRANSIT, Lever.REVIEW, Lever.HOLD)
}


def _product(n: Node, commodity: str) -> Product:
    assert not isinstance(n.record, Market)
    return n.record.makes[commodity]


def _stack(cards: Iterator[dict[int, int]]) -> Cards:
    rows = list(cards)
    table = np.zeros((len(rows), at.CARD_COLUMNS), np.int64)
    for i, card in enumerate(rows):
        for column, value in card.items():
            table[i, column] = value
    return table
