"""What the engine runs: a scenario turned into numbers in rows, one plan for each point of a study.

Every number of the scenario becomes a field of a state array (see layout.py), every name a row, in sorted order.
Shocks become pulls: dated effects on rows. Plans of the same structure can be stacked into the cases of one batch.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.cards import cards_of
from sim.engine.desks import DeskPlan, Habits
from sim.engine.drawing import SUFFIX, Drawing, product_of
from sim.engine.facts import Facts
from sim.engine.feasible import check
from sim.engine.firms import Firms, firms_of
from sim.engine.flows import downstream_first, stages
from sim.engine.means import Law
from sim.engine.numbers import numbers_of
from sim.engine.watches import Watch, watches
from sim.scenario.effects import Effect, Lever
from sim.scenario.scenario import Scenario

Table = NDArray[np.float64]
Cards = NDArray[np.int64]


@dataclass(frozen=True)
class Pull:
    """One effect on one row, and who brings it about."""

    effect: Effect
    row: int
    shock: str
    """The shock it comes and goes with; empty for what belongs to the undisturbed world too (seasons, dated rules)."""
    response: str
    """The response whose effect it is, or empty."""


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
    habits: tuple[Habits, ...]
    """By authority: its numbers."""
    shocks: tuple[str, ...]
    downstream_first: tuple[int, ...]
    """Rows of facilities, each after those who buy from it, as far as loops allow."""
    is_replanned: bool
    """Whether usual flows may change during the run."""
    populations: Mapping[str, Firms]
    """Facilities that stand for many firms."""
    stockpiles: tuple[str, ...]
    """Facilities that are stockpiles."""
    watches: tuple[Watch, ...]
    """What each response waits for, in the order of their names."""
    facts: Facts


def plan(scenario: Scenario) -> Plan:
    """The plan of one scenario. Raises ScenarioError if its undisturbed world cannot be in equilibrium."""
    drawing = Drawing(scenario)
    check(scenario, drawing.flows, drawing.lanes)
    return Plan(
        start=scenario.start,
        days=scenario.days,
        names=drawing.names,
        cards=cards_of(drawing),
        outs=drawing.outs,
        numbers=numbers_of(drawing),
        laws=tuple(drawing.laws.values()),
        pulls=tuple(_pulls(drawing)),
        desks=drawing.desks,
        habits=tuple(Habits.of(scenario.licences[desk.name]) for desk in drawing.desks),
        shocks=tuple(sorted(scenario.shocks)),
        downstream_first=tuple(drawing.row["plants"][name] for name in downstream_first(drawing.network)),
        is_replanned=drawing.is_replanned,
        populations={n.name: firms for n in drawing.plants if (firms := firms_of(n.record)) is not None},
        stockpiles=tuple(n.name for n in drawing.plants if n.kind == "stockpile"),
        watches=watches(drawing),
        facts=_facts(drawing),
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
    Lever.ORDERS: "inputs",
    Lever.EXCESS_LOSS: "inputs",
    Lever.EXCESS_SALE: "inputs",
    Lever.RECALL: "links",
    Lever.SEIZURE: "links",
    Lever.CANCEL: "links",
    Lever.FLOW: "links",
    Lever.LANE: "links",
    Lever.SHARE: "links",
    Lever.QUOTA: "links",
    Lever.FRONT_LOAD: "links",
    Lever.REFILL: "links",
    Lever.ALLOCATION: "plants",
    Lever.RECIPE: "inputs",
    Lever.LICENSED: "desk",
    Lever.DELAY: "desk",
    Lever.APPROVAL: "desk",
    Lever.SUSPENDED: "desk",
    Lever.BARRED: "desk",
    Lever.GENERAL: "desk",
}
"""Kind of object whose row an effect on each lever acts on."""


def _pulls(d: Drawing) -> Iterator[Pull]:
    for effect, shock, response in d.named_effects:
        row = d.row[_KIND_OF[effect.lever]][effect.target + SUFFIX.get(effect.lever, "")]
        yield Pull(effect, row, shock, response)


def _facts(d: Drawing) -> Facts:
    flows = d.flows
    made = {f"{n.name}: {c}": flows.output(n.name, product_of(n, c)) for n, c in d.shelves}
    return Facts(
        output=made,
        usage={name: flows.usage[n.name, c] for name, (n, c) in zip(d.names["inputs"], d.inputs, strict=True)},
        stage=stages(d.network),
        flow=dict(flows.link),
        shocks={name: shock.window(d.scenario.start) for name, shock in sorted(d.scenario.shocks.items())},
    )
