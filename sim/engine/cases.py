"""Cases side by side: plans that differ in numbers only, stacked into arrays with one value per case."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.draws import CONSTANT, stream_keys
from sim.engine.laws import Laws, largest, stack_laws
from sim.engine.plan import Plan, Pull
from sim.scenario.effects import How, Lever

Table = NDArray[np.float64]
Cards = NDArray[np.int64]

LONGEST = 10_000
"""Days before day 0 from which goods can still be under way."""


@dataclass(frozen=True)
class Cases:
    """Which plan each case follows, with whose luck, and which shocks strike it."""

    plans: tuple[Plan, ...]
    point: NDArray[np.intp]
    """Index of its plan, by case."""
    replication: NDArray[np.int64]
    """Number of its replication, by case."""
    struck: Mapping[str, NDArray[np.bool_]]
    """By shock: whether it strikes the case."""
    seed: int

    @property
    def size(self) -> int:
        return len(self.point)

    @property
    def first(self) -> Plan:
        return self.plans[0]

    def by_case(self, of: Callable[[Plan], Any]) -> Table:
        """A number, or an array of numbers, of each case's plan, with the case axis last."""
        return np.stack([np.asarray(of(plan), float) for plan in self.plans], axis=-1)[..., self.point]

    def some(self, chosen: NDArray[np.intp]) -> "Cases":
        """Only the chosen cases."""
        struck = {name: on[chosen] for name, on in self.struck.items()}
        return Cases(self.plans, self.point[chosen], self.replication[chosen], struck, self.seed)


MERGED = {
    "plants": (at.PLANT_HAS_PROCESSING,),
    "inputs": (at.INPUT_PARTIAL, at.INPUT_DYNAMIC, at.INPUT_SLOWS),
    "links": (at.LINK_LIMITED, at.LINK_HISTORY),
}
"""Columns of cards that say what some case needs done; where it changes nothing for a case, it changes no bit."""


def stack(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The plans, if they may share a batch. Raises ValueError saying what differs besides numbers."""
    first = _structure(plans[0])
    for plan in plans[1:]:
        for what, theirs in _structure(plan).items():
            if theirs != first[what]:
                raise ValueError(
                    f"cases of one batch may differ in numbers only, and these differ in {what}; run them one by one"
                )
    return tuple(plans)


def by_shape(plans: Sequence[Plan]) -> list[list[int]]:
    """Numbers of the plans that may share a batch, in order of their first."""
    shapes: list[dict[str, object]] = []
    groups: list[list[int]] = []
    for i, plan in enumerate(plans):
        shape = _structure(plan)
        if shape not in shapes:
            shapes.append(shape)
            groups.append([])
        groups[shapes.index(shape)].append(i)
    return groups


def calm_part(plan: Plan) -> bytes:
    """A digest of all in a plan that a case without shocks follows: plans of one shape with one digest have one
    baseline."""
    digest = blake2b(digest_size=16)
    for kind in sorted(plan.numbers):
        digest.update(np.ascontiguousarray(plan.numbers[kind]).tobytes())
    pulls = [pull for pull in plan.pulls if not pull.shock]
    watches = [watch for watch in plan.watches if not watch.shock]
    firms = sorted(plan.populations.items())
    digest.update(repr((plan.laws, pulls, watches, plan.desks, plan.habits, firms)).encode())
    return digest.digest()


def _structure(plan: Plan) -> dict[str, object]:
    pulls = [
        (p.effect.lever, p.effect.how, p.effect.fade, p.effect.period, p.row, p.shock, p.response, _struck(p))
        for p in plan.pulls
    ]
    found: dict[str, object] = {"horizon": (plan.start, plan.days), "names": plan.names, "shocks": pulls}
    found["responses"] = plan.watches
    found["firms"] = {name: firms.count for name, firms in plan.populations.items()}
    for kind, cards in plan.cards.items():
        ignored = [*MERGED.get(kind, ()), *((at.SHELF_FREE,) if kind == "shelves" else ())]
        found[f"the structure of {kind}"] = np.delete(cards, ignored, axis=1).tolist()
    found["licences"] = plan.desks
    found["limits on reviewers"] = [[math.isinf(n) for n in habits.reviewers] for habits in plan.habits]
    return found


def _struck(pull: Pull) -> tuple[str, str] | None:
    """What the luck of an effect is drawn under, where luck decides when it holds."""
    luck = pull.effect.luck
    return (luck.struck, luck.group) if luck else None


def merged_cards(cases: Cases, kind: str) -> Cards:
    """The cards of one kind, with everything done that any case needs."""
    cards = cases.first.cards[kind].copy()
    for column in MERGED.get(kind, ()):
        cards[:, column] = np.max([plan.cards[kind][:, column] for plan in cases.plans], axis=0)
    if kind == "shelves":
        cards[:, at.SHELF_FREE] = np.min([plan.cards[kind][:, at.SHELF_FREE] for plan in cases.plans], axis=0)
    return cards


def stacked_laws(cases: Cases) -> tuple[Table, Table]:
    """The laws, shape (law, field, case), and the tables they draw from."""
    count = len(cases.first.laws)
    stacked: Laws = stack_laws([law for plan in cases.plans for law in plan.laws])
    array = np.zeros((count, at.LAW_FIELDS, cases.size))
    parts = ((at.LAW_A, stacked.a), (at.LAW_B, stacked.b), (at.LAW_C, stacked.c), (at.LAW_TABLE, stacked.table))
    for field, values in parts:
        array[:, field] = values.reshape(len(cases.plans), count).T[:, cases.point]
    array[:, at.LAW_TIMES] = 1.0
    array[:, at.LAW_NOW] = array[:, at.LAW_A]
    return array, stacked.tables


def stacked_keys(cases: Cases) -> NDArray[np.uint64]:
    """One key per law and case."""
    names = cases.first.names["laws"]
    keys = np.empty((len(names), cases.size), np.uint64)
    for r, name in enumerate(names):
        keys[r] = stream_keys(cases.seed, cases.replication, name)
    return keys


def longest(cases: Cases, law: int) -> float:
    """Longest the law can be in any case: what is drawn or set, scaled by every factor, and every day added."""
    most = 0.0
    for plan in cases.plans:
        drawn, times, added = largest(plan.laws[law]), 1.0, 0.0
        for pull in plan.pulls:
            if pull.row == law and pull.effect.lever in (Lever.TRANSIT, Lever.PROCESSING):
                if pull.effect.how is How.PLUS:
                    added += max(0.0, pull.effect.size)
                elif pull.effect.how is How.SET:
                    drawn = max(drawn, pull.effect.size)
                elif pull.effect.how is How.TIMES:
                    times *= max(1.0, pull.effect.size)
                else:  # what grows may become any length
                    drawn = max(drawn, float(LONGEST))
        most = max(most, drawn * times + added)
    return most


def fixed_days(cases: Cases, law: int) -> int:
    """Whole days of a transit that is the same in every case and never changes, at least 1; 0 if there is none."""
    laws = [plan.laws[law] for plan in cases.plans]
    touched = any(p.row == law and p.effect.lever is Lever.TRANSIT for plan in cases.plans for p in plan.pulls)
    if touched or any(one.kind != CONSTANT or one.a != laws[0].a for one in laws):
        return 0
    return max(1, math.ceil(laws[0].a))
