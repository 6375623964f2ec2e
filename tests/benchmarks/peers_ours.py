"""The networks of `peers_lives.py` for this project's engine."""

import os
import sys
import time
from pathlib import Path

os.environ["NUMBA_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np
from peers_lives import CAPACITY, COVER, DEMAND, OUTAGE, TRANSIT

from sim.engine import recorder
from sim.engine.cases import Cases, stack
from sim.engine.plan import Plan, plan
from sim.engine.size import cases_together
from sim.engine.state import rows_of_state
from sim.engine.steady import settle
from sim.engine.world import World
from sim.scenario.load import loads

SHOCK = (
    "shocks: {outage: {kind: capacity_loss, where: {id: f0}, size: 100 %, "
    f"effective: day {OUTAGE[0]}, duration: {OUTAGE[1] - OUTAGE[0]} days, source: assumed}}}}"
)


def plant(number: int, recipe: dict[int, float]) -> str:
    """A facility that makes its own commodity of those of others; a mine if of none."""
    made = f"makes: c{number}, country: AA, finished_cover: {COVER} days, source: assumed"
    if not recipe:
        return f"  f{number}: {{kind: mine, capacity: {CAPACITY} u/day, {made}}}"
    uses = ", ".join(f"c{i}: {amount!r} u/u" for i, amount in recipe.items())
    buys = ", ".join(f"c{i}: {{cover: {COVER} days, from: {{f{i}: {{transit: {TRANSIT} days}}}}}}" for i in recipe)
    capacity = f"capacity: {CAPACITY} u/day"
    return f"  f{number}: {{kind: manufacturer, {capacity}, {made}, recipe: {{{uses}}}, buys: {{{buys}}}}}"


def market(number: int, amount: float, drawn: bool) -> str:
    """Customers of one facility, who wait; their demand is the same every day, or drawn."""
    demand = f"{{distribution: normal, mean: {amount} u/day, sd: {amount / 5} u/day}}" if drawn else f"{amount} u/day"
    buys = f"cover: {COVER} days, from: {{f{number}: {{transit: {TRANSIT} days}}}}"
    says = f"country: AA, wants: c{number}, demand: {demand}, patience: endless, source: assumed"
    return f"  m{number}: {{{says}, {buys}}}"


def text(shape: str, nodes: int, days: int, drawn: bool) -> str:
    """The scenario: a row of facilities and a market, or a half that buys from everyone in the other half."""
    if shape == "chain":
        plants = [plant(i, {i - 1: 1.0} if i else {}) for i in range(nodes - 1)]
        markets = [market(nodes - 2, DEMAND, drawn)]
    else:
        half = nodes // 2
        plants = [plant(i, dict.fromkeys(range(half), 1.0 / half) if i >= half else {}) for i in range(nodes)]
        markets = [market(i, DEMAND, drawn) for i in range(half, nodes)]
    goods = [f"  c{i}: {{unit: u, source: assumed}}" for i in range(len(plants))]
    head = ["title: Chain", "start: 2025-01-01", f"horizon: {days} days"]
    return "\n".join([*head, "commodities:", *goods, "facilities:", *plants, "markets:", *markets, SHOCK, ""])


class Ours:
    """Batches of cases; `setup_s` is what they took before their first day, the scenario and its plan apart."""

    def __init__(self, shape: str, nodes: int, days: int, cases: int, struck: bool):
        self.plan: Plan = plan(loads(text(shape, nodes, days, drawn=cases > 1)))
        self.together = cases_together(rows_of_state(self.plan)) if cases > 1 else 1
        self.days, self.cases, self.struck = days, cases, struck
        self.setup_s = 0.0

    def __call__(self) -> tuple[float, float]:
        totals = np.zeros(2)
        for first in range(0, self.cases, self.together):
            totals += self.batch(first, min(self.together, self.cases - first))
        return float(totals[0]), float(totals[1])

    def batch(self, first: int, count: int) -> tuple[float, float]:
        began = time.process_time()
        struck = {"outage": np.full(count, self.struck)}
        numbers = np.arange(first, first + count) + 1
        world = World(Cases(stack([self.plan]), np.zeros(count, np.intp), numbers, struck, seed=1))
        settle(world)
        history = recorder.Recorder(world, self.days, daily=self.cases == 1)
        world.env.process(recorder.live(world, history))
        self.setup_s += time.process_time() - began
        world.run(self.days)
        records = history.records()
        names = self.plan.names["markets"]
        sold = sum(float(records["sales", name].sum()) for name in names)
        return sold + sum(float(records["unmet", name].sum()) for name in names), sold


def prepared(shape: str, nodes: int, days: int, cases: int, struck: bool) -> Ours:
    return Ours(shape, nodes, days, cases, struck)
