"""The world: the state of a batch, its clock, and a SimPy process for each of its inhabitants."""

from collections.abc import Callable, Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import authority, facility, levers, market, population, response, review, stockpile
from sim.engine import layout as at
from sim.engine.authority import Authority
from sim.engine.cases import Cases, stacked_keys, stacked_laws
from sim.engine.draws import stream_keys
from sim.engine.levers import Levers
from sim.engine.population import Population
from sim.engine.state import laid_out
from sim.engine.transit import State
from sim.scenario.effects import Lever

DAWN, MORNING, REVIEW, AWAKE, EVENING, NIGHT = 0.0, 0.25, 0.5, 0.625, 0.75, 0.875
AFTERNOON, DUSK = 0.6875, 0.8125
"""The shape of a day: levers move, authorities decide, everyone reviews, exporters file, the day is written down.

Who reviews wakes first, and when all are awake their days are lived through. Populations look in the afternoon at what
is ready to be filed, and at dusk at what has gone under way.

All are exact in binary, so that no two phases can change places by rounding.
"""


class Clock:
    """Tells everyone when to wake: one shared event a phase, so that a day costs few events."""

    def __init__(self, env: simpy.Environment, with_authorities: bool, with_responses: bool, with_populations: bool):
        self.env = env
        self.today = 0
        if with_responses:
            self.dawn = self._every("dawn", DAWN)
        self.review = self._every("review", REVIEW)
        self.awake = self._every("awake", AWAKE)
        self.night = self._every("night", NIGHT)
        if with_authorities:
            self.morning = self._every("morning", MORNING)
            self.evening = self._every("evening", EVENING)
        if with_populations:
            self.afternoon = self._every("afternoon", AFTERNOON)
            self.dusk = self._every("dusk", DUSK)

    def dawn_of(self, day: int) -> simpy.Event:
        """The beginning of a day."""
        return self.env.timeout(day + DAWN - self.env.now)

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
        self.least = {lever: np.zeros((len(self.links), cases.size)) for lever in (Lever.ORDERS, Lever.REFILL)}
        self.planned_run = _planned_run(cases)
        self.lane_capacity = self.links[:, at.LINK_LIMIT].copy()
        self.planned_need = _planned_need(cases)
        self.quota_share = _quota_shares(cases)
        self.authorities = [Authority(self, desk, number) for number, desk in enumerate(plan.desks)]
        self.populations = {name: Population(self, name, i) for i, name in enumerate(plan.names["populations"])}
        self.levers = Levers(self)
        self.env = simpy.Environment()
        self.clock = Clock(self.env, bool(self.authorities), bool(plan.watches), bool(self.populations))
        self.awake: list[int] = []
        """Cards of those who have woken for today's review, in the order of waking."""
        self._wake(waking)

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
        lives |= {f"shocks.{name}": levers.live(self, name) for name in ("", *plan.shocks)}
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


def _planned_run(cases: Cases) -> State:
    """By input and case: planned activity of the plant that uses it; nothing for a market."""
    planned = np.zeros((len(cases.first.names["inputs"]), cases.size))
    activity = cases.by_case(lambda p: p.numbers["plants"][:, at.PLANT_PLAN])
    for f, card in enumerate(cases.first.cards["plants"]):
        planned[card[at.PLANT_INPUT] : card[at.PLANT_INPUT_END]] = activity[f]
    return planned


def _planned_need(cases: Cases) -> State:
    """By link and case: what its buyer uses a day of what it carries, as planned."""
    need = np.zeros((len(cases.first.names["links"]), cases.size))
    usage = cases.by_case(lambda p: p.numbers["inputs"][:, at.INPUT_USAGE])
    for b, card in enumerate(cases.first.cards["inputs"]):
        need[card[at.INPUT_LINK] : card[at.INPUT_LINK_END]] = usage[b]
    return need
