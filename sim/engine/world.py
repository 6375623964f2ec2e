"""The world: the state of a batch, its clock, and a SimPy process for each of its inhabitants."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import authority, facility, levers, market, population, replan, response, review, stockpile, sudden
from sim.engine import layout as at
from sim.engine.authority import Authority
from sim.engine.cases import Cases, stacked_keys, stacked_laws
from sim.engine.draws import stream_keys
from sim.engine.levers import Levers
from sim.engine.plan import Plan
from sim.engine.population import Population
from sim.engine.state import laid_out
from sim.engine.transit import State
from sim.scenario.effects import SUDDEN, Lever

PHASES = {
    "dawn": 0.0,  # levers move
    "planned": 0.125,  # plans are made again where they must
    "morning": 0.25,  # authorities decide
    "review": 0.5,  # everyone who reviews wakes
    "awake": 0.625,  # and when all are awake their days are lived through
    "afternoon": 0.6875,  # populations look at what is ready to be filed
    "evening": 0.75,  # exporters file
    "dusk": 0.8125,  # populations look at what has gone under way
    "night": 0.875,  # the day is written down
}
"""The shape of a day. All are exact in binary, so that no two phases can change places by rounding."""


class Clock:
    """Tells everyone when to wake: one shared event a phase, so that a day costs few events."""

    dawn: simpy.Event
    planned: simpy.Event
    morning: simpy.Event
    review: simpy.Event
    awake: simpy.Event
    afternoon: simpy.Event
    evening: simpy.Event
    dusk: simpy.Event
    night: simpy.Event

    def __init__(self, env: simpy.Environment, unused: Collection[str]):
        """Without the phases at which nobody wakes."""
        self.env = env
        self.today = 0
        for name in PHASES:
            if name not in unused:
                setattr(self, name, self._every(name, PHASES[name]))

    def dawn_of(self, day: int) -> simpy.Event:
        """The beginning of a day."""
        return self.env.timeout(day + PHASES["dawn"] - self.env.now)

    def _every(self, name: str, phase: float) -> simpy.Event:
        """An event each day at this phase; when one fires, the next stands in its place before anyone wakes."""

        def renew(_: simpy.Event) -> None:
            self.today = int(self.env.now)
            following = self.env.timeout(1.0)
            following.callbacks.append(renew)
            setattr(self, name, following)

        first = self.env.timeout(phase)
        first.callbacks.append(renew)
        return first


class World:
    """A batch of cases being lived through."""

    def __init__(self, cases: Cases, waking: Callable[[Sequence[str]], Sequence[str]] | None = None):
        plan = cases.first
        self.cases, self.start = cases, plan.start
        self.floor = laid_out(cases)
        self.cards = self.floor.cards
        self.state = np.zeros((self.floor.rows, cases.size))
        self.markets, self.shelves = self._filled("markets"), self._filled("shelves")
        self.inputs, self.links, self.desk = self._filled("inputs"), self._filled("links"), self._filled("desk")
        self.plants, self.responses = self._filled("plants"), self._filled("responses")
        self.laws = self.floor.view(self.state, "laws", len(plan.laws))
        self.laws[:], self.tables = stacked_laws(cases)
        self.keys = stacked_keys(cases)
        self.verdicts = _verdict_keys(cases)
        self.flow_factor = np.ones((len(self.links), cases.size))
        self.moved = False  # whether some lever has moved that plans are made from
        self.planned_pipeline = self.shelves[:, at.SHELF_PIPELINE].copy()
        self.least = {lever: np.zeros((len(self.links), cases.size)) for lever in (Lever.FRONT_LOAD, Lever.REFILL)}
        self.lane_capacity = self.links[:, at.LINK_LIMIT].copy()
        self.quota_share = _quota_shares(cases)
        self.seized = np.zeros((len(self.links), cases.size))  # on each link, since day 0
        self.shelf_of = _shelves_of_links(plan)
        self.authorities = [Authority(self, desk, number) for number, desk in enumerate(plan.desks)]
        self.populations = {name: Population(self, name, i) for i, name in enumerate(plan.names["populations"])}
        self.levers = Levers(self)
        self.env = simpy.Environment()
        self.clock = Clock(self.env, self._unused())
        self.awake: list[int] = []
        """Cards of those who have woken for today's review, in the order of waking."""
        self._wake(waking)

    def _unused(self) -> set[str]:
        """Phases of the day at which nobody wakes."""
        unused = set() if self.cases.first.watches else {"dawn"}
        unused |= set() if self.cases.first.is_replanned else {"planned"}
        unused |= set() if self.cases.first.populations else {"afternoon", "dusk"}
        return unused | (set() if self.authorities else {"morning", "evening"})

    def _filled(self, kind: str) -> State:
        """A view on the numbers of one kind of object, shape (object, field, case), as they are on day 0."""
        view = self.floor.view(self.state, kind, len(self.cases.first.names[kind]))
        view[:] = self.cases.by_case(lambda p: p.numbers[kind])
        return view

    def array(self, kind: str) -> State:
        """A state array by kind of object."""
        return {
            "plants": self.plants,
            "shelves": self.shelves,
            "inputs": self.inputs,
            "links": self.links,
            "desk": self.desk,
        }[kind]

    def _wake(self, waking: Callable[[Sequence[str]], Sequence[str]] | None) -> None:
        """Start everyone's process; tests pass an order, which must not matter."""
        plan = self.cases.first
        lives = {
            name: stockpile.live(self, f)
            if name in plan.stockpiles
            else facility.live(self, self.floor.first["plants"] + f)
            for f, name in enumerate(plan.names["plants"])
        }
        lives |= {name: population.live(self, firms) for name, firms in self.populations.items()}
        lives |= {
            name: market.live(self, self.floor.first["markets"] + m) for m, name in enumerate(plan.names["markets"])
        }
        lives |= {f"licences.{a.plan.name}": authority.live(self, a) for a in self.authorities}
        lives |= {f"responses.{watch.response}": response.live(self, n) for n, watch in enumerate(plan.watches)}
        if plan.is_replanned:
            lives["plan"] = replan.live(self)
        lives |= {f"shocks.{name}": levers.live(self, name) for name in ("", *plan.shocks)}
        if any(target.lever in SUDDEN for target in self.levers.targets):
            lives["what happens at once"] = sudden.live(self)
        for name in waking(sorted(lives)) if waking else sorted(lives):
            self.env.process(lives[name])
        self.env.process(review.live(self))

    def run(self, days: int) -> None:
        """Live through days 0 to `days` − 1."""
        self.env.run(until=days)


def _verdict_keys(cases: Cases) -> NDArray[np.uint64]:
    names = cases.first.names["desk"]
    keys = np.empty((len(names), cases.size), np.uint64)
    for j, name in enumerate(names):
        keys[j] = stream_keys(cases.seed, cases.replication, f"{name}: verdict")
    return keys


def _quota_shares(cases: Cases) -> dict[str, State]:
    """By quota, then link and case: the link's part of the usual flow of the links that share the quota."""
    rows: dict[str, set[int]] = {}
    for pull in cases.first.pulls:
        if pull.effect.lever is Lever.QUOTA:
            rows.setdefault(pull.shock, set()).add(pull.row)
    usual = cases.by_case(lambda p: p.numbers["links"][:, at.LINK_USUAL])
    shares = {}
    for shock, sharing in sorted(rows.items()):
        total = np.asarray(sum(usual[row] for row in sorted(sharing)))
        shares[shock] = np.divide(usual, total, out=np.zeros_like(usual), where=total > 0.0)
    return shares


def _shelves_of_links(plan: Plan) -> dict[int, int]:
    """By link: the shelf it is served from."""
    cards = plan.cards["shelves"]
    return {
        int(plan.outs[o]): s for s, card in enumerate(cards) for o in range(card[at.SHELF_OUT], card[at.SHELF_OUT_END])
    }
