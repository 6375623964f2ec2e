"""Levers: what effects make of the numbers of a day, and the shocks as SimPy processes that pull them."""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.cases import Cases
from sim.engine.compiled import compiled, inner
from sim.engine.draws import CONSTANT
from sim.engine.plan import Pull
from sim.scenario.effects import Fade, How, Lever

if TYPE_CHECKING:
    from sim.engine.world import World

Table = NDArray[np.float64]

FADES = {Fade.STEP: rules.STEP, Fade.LINEAR: rules.LINEAR, Fade.EXPONENTIAL: rules.EXPONENTIAL}
WAYS = {How.TIMES: 0, How.PLUS: 1, How.SET: 2, How.GROW: 3}
LONG_GONE = 40.0
"""Time constants after which an exponential fade is below the resolution of a double beside 1."""


@dataclass(frozen=True)
class Target:
    """One lever on one row, with every effect on it, an array with one value per case for each number."""

    lever: Lever
    row: int
    way: NDArray[np.int64]
    fade: NDArray[np.int64]
    numbers: Table
    """Shape (effect, 5, case): size, start, end, onset, days of fading."""
    pulls: tuple[Pull, ...]
    """The effects, with the numbers of the first plan."""
    days: tuple[int, ...]
    """Days on which the lever may move in some case."""
    shocks: tuple[str, ...]
    """Those that act on it, with an empty name for seasons and dated rules."""

    @classmethod
    def of(cls, pulls: Sequence[Sequence[Pull]], cases: Cases) -> "Target":
        """`pulls[e][p]` is effect e in the plan of point p; where its shock does not strike, it ends at its start."""
        first = [group[0] for group in pulls]
        numbers = np.empty((len(pulls), 5, cases.size))
        for e, group in enumerate(pulls):
            values = [(p.effect.size, p.effect.start, p.effect.end, p.effect.onset, p.effect.fade_days) for p in group]
            numbers[e] = np.array(values).T[:, cases.point]
            if group[0].shock:  # a response to a shock that does not strike has nothing to respond to
                off = ~cases.struck[group[0].shock]
                numbers[e, 2, off] = numbers[e, 1, off]
        days = {d for e, p in enumerate(first) for d in moving_days(p, numbers[e], cases.first.days)}
        return cls(
            lever=first[0].effect.lever,
            row=first[0].row,
            way=np.array([WAYS[p.effect.how] for p in first]),
            fade=np.array([FADES[p.effect.fade] for p in first]),
            numbers=numbers,
            pulls=tuple(first),
            days=tuple(sorted(days)),
            shocks=tuple(sorted({p.shock for p in first if not p.response})),
        )


def targets(cases: Cases) -> list[Target]:
    """Every lever that some effect acts on."""
    groups: dict[tuple[Lever, int], list[tuple[Pull, ...]]] = {}
    for group in zip(*(plan.pulls for plan in cases.plans), strict=True):
        groups.setdefault((group[0].effect.lever, group[0].row), []).append(group)
    return [Target.of(group, cases) for group in groups.values()]


def moving_days(pull: Pull, numbers: Table, horizon: int) -> set[int]:
    """Days on which one effect may change in some case."""
    on = numbers[2] > numbers[1]
    if not on.any():
        return set()
    _, start, end, onset, fade = numbers[:, on]
    days = {math.ceil(x) for x in np.unique(np.concatenate([start, end])) if x < horizon}
    gradual = [(start, start + onset)] if onset.max() > 1.0 else []
    if pull.effect.fade is not Fade.STEP:
        gradual.append((end, end + fade * (LONG_GONE if pull.effect.fade is Fade.EXPONENTIAL else 1.0) + 2.0))
    if pull.effect.how is How.GROW:
        gradual.append((start, end))
    if pull.effect.period < horizon:
        days |= {math.ceil(x) for s in np.unique(start) for x in np.arange(s, horizon, pull.effect.period)}
    for first, last in gradual:
        if first.min() < horizon:
            days |= set(range(math.ceil(first.min()), math.ceil(min(horizon, last.max() + 1.0))))
    return {max(0, day) for day in days if day < horizon}


@compiled
def combine(day: float, way: NDArray[np.int64], fade: NDArray[np.int64], numbers: Table, now: Table) -> None:
    """What all effects on one lever come to: factors multiply, added amounts add, the latest to start is set last.

    `now` has a row each for the factor, what is added, what is set, and how far it is set: 0 where nothing is.
    """
    times, plus, setto, part = now[0], now[1], now[2], now[3]
    for k in range(times.shape[0]):
        times[k], plus[k], setto[k], part[k] = 1.0, 0.0, 0.0, 0.0
        for e in range(way.shape[0]):
            size, start, end = numbers[e, 0, k], numbers[e, 1, k], numbers[e, 2, k]
            strength = rules.strength(day, start, end, numbers[e, 3, k], fade[e], numbers[e, 4, k])
            if strength <= 0.0:
                continue
            if way[e] == 0:
                times[k] *= 1.0 + (size - 1.0) * strength
            elif way[e] == 1:
                plus[k] += size * strength
            elif way[e] == 3:
                times[k] *= (1.0 + size) ** ((day - start) / 365.0)
        set_in_turn(day, k, way, fade, numbers, now)


@inner
def set_in_turn(
    day: float, k: int, way: NDArray[np.int64], fade: NDArray[np.int64], numbers: Table, now: Table
) -> None:
    """Set values in the order they start, each moving on from where those before have brought the lever."""
    since, count = -np.inf, 0
    for e in range(way.shape[0]):
        count += 1 if way[e] == 2 else 0
    for _ in range(count):
        upcoming, which = np.inf, -1
        for e in range(way.shape[0]):
            # Equal starts are a tie, which is refused; where the two are one and the same value, either will do.
            if way[e] == 2 and since < numbers[e, 1, k] < upcoming:
                upcoming, which = numbers[e, 1, k], e
        if which < 0 or upcoming > day:
            return
        since = upcoming
        strength = rules.strength(day, upcoming, numbers[which, 2, k], numbers[which, 3, k], fade[which],
                                  numbers[which, 4, k])  # fmt: skip
        if strength >= 1.0:
            now[2, k], now[3, k] = numbers[which, 0, k], 1.0
        elif strength > 0.0:
            part = now[3, k] + (1.0 - now[3, k]) * strength
            set_before = now[2, k] * now[3, k] * (1.0 - strength)
            now[2, k], now[3, k] = (set_before + numbers[which, 0, k] * strength) / part, part


class Levers:
    """All levers of a world, and how each writes what it comes to."""

    def __init__(self, world: "World"):
        self.world = world
        self.targets = targets(world.cases)
        self.base = {
            (t.lever, t.row): world.array(_ARRAY[t.lever])[t.row, _FIELD[t.lever]].copy()
            for t in self.targets
            if t.lever in _FIELD
        }
        self.now = np.empty((4, world.cases.size))
        self.times, self.plus, self.setto, self.part = self.now

    def pull(self, target: Target, day: int) -> None:
        """Bring one lever to what its effects make of it on this day."""
        combine(float(day), target.way, target.fade, target.numbers, self.now)
        _WRITERS[target.lever](self, target, day)

    def value(self, target: Target) -> Table:
        """(The base, or as far as something is set that) × factors + what is added; never negative."""
        chosen = self.base[target.lever, target.row].copy()
        whole, partly = self.part >= 1.0, (self.part > 0.0) & (self.part < 1.0)
        chosen[whole] = self.setto[whole]
        # What had no limit has none to go back to: a limit that fades grows without end instead.
        free, bound = partly & np.isinf(chosen), partly & np.isfinite(chosen)
        chosen[free] = self.setto[free] / self.part[free]
        chosen[bound] += (self.setto[bound] - chosen[bound]) * self.part[bound]
        # Nothing of something without limit is nothing.
        scaled = np.multiply(chosen, self.times, out=np.zeros_like(chosen), where=self.times > 0.0)
        return np.asarray(np.maximum(0.0, scaled + self.plus))


def _write_field(levers: Levers, target: Target, day: int) -> None:
    levers.world.array(_ARRAY[target.lever])[target.row, _FIELD[target.lever]] = levers.value(target)


def _write_share(levers: Levers, target: Target, day: int) -> None:
    """A link's share, and with it its usual flow, which allocation and cuts go by."""
    world = levers.world
    _write_field(levers, target, day)
    planned = world.planned_need[target.row]
    world.links[target.row, at.LINK_USUAL] = planned * world.links[target.row, at.LINK_SHARE]
    _write_limit(world, target.row)


def _write_law(levers: Levers, target: Target, day: int) -> None:
    """A law keeps what it draws; today's value is times × draw + added, and as far as it is set it is not drawn."""
    law = levers.world.laws[target.row]
    law[at.LAW_TIMES] = levers.times * (1.0 - levers.part)
    law[at.LAW_ADDED] = levers.plus + levers.setto * levers.part * levers.times
    if levers.world.cases.first.laws[target.row].kind == CONSTANT:
        law[at.LAW_NOW] = np.maximum(0.0, law[at.LAW_TIMES] * law[at.LAW_A] + law[at.LAW_ADDED])


def _write_flow(levers: Levers, target: Target, day: int) -> None:
    """A link's limit of the day: its lane, and a share of usual flow where its flow is cut."""
    world = levers.world
    # What goes by another way does so beside what a cut lane still carries.
    world.flow_factor[target.row] = levers.times + levers.plus
    _write_limit(world, target.row)


def _write_lane(levers: Levers, target: Target, day: int) -> None:
    levers.world.lane_capacity[target.row] = levers.value(target)
    _write_limit(levers.world, target.row)


def _write_limit(world: "World", row: int) -> None:
    factor = world.flow_factor[row]
    with np.errstate(invalid="ignore"):
        cut = np.where(factor >= 1.0, np.inf, factor * world.links[row, at.LINK_USUAL])
    world.links[row, at.LINK_LIMIT] = np.minimum(cut, world.lane_capacity[row])


def _write_quota(levers: Levers, target: Target, day: int) -> None:
    """Fill up the quota on the first day of each period: the link's part, by usual flow, of the amount for all.

    Of several quotas the latest to start holds. What was used of a period before day 0 is not known, so a quota that
    is older than the run starts full.
    """
    world, numbers = levers.world, target.numbers
    left = world.links[target.row, at.LINK_QUOTA]
    start = np.where((numbers[:, 1] <= day) & (day < numbers[:, 2]), numbers[:, 1], -np.inf)
    latest = np.argmax(start, axis=0)
    left[levers.part <= 0.0] = np.inf
    for e, pull in enumerate(target.pulls):
        holds = (latest == e) & (levers.part > 0.0)
        periods = np.floor((np.array([day, day - 1]) - numbers[e, 1][:, np.newaxis]) / pull.effect.period)
        renewed = holds & ((periods[:, 0] > periods[:, 1]) | (day == 0))
        left[renewed] = (numbers[e, 0] * world.quota_share[pull.shock][target.row])[renewed]


def _write_least(levers: Levers, target: Target, day: int) -> None:
    """Orders of a day at least: a multiple of usual flow, or an amount, whichever is more."""
    world, row = levers.world, target.row
    world.least[target.lever][row] = levers.plus
    front_load = world.least[Lever.ORDERS][row] * world.links[row, at.LINK_USUAL]
    world.links[row, at.LINK_LEAST] = np.maximum(front_load, world.least[Lever.REFILL][row])


def _write_rule(levers: Levers, target: Target, day: int) -> None:
    """The rule of allocation: that which is set, as soon as it is."""
    rule = np.where(levers.part > 0.0, levers.setto, levers.base[target.lever, target.row])
    levers.world.plants[target.row, at.PLANT_RULE] = rule


def _write_recipe(levers: Levers, target: Target, day: int) -> None:
    """What a plant uses of an input, and with it what it plans to use, to order and to be sent."""
    world, row = levers.world, target.row
    _write_field(levers, target, day)
    if world.cases.first.cards["inputs"][row, at.INPUT_SMOOTHED]:
        return
    card = world.cases.first.cards["inputs"][row]
    world.inputs[row, at.INPUT_USAGE] = world.planned_run[row] * world.inputs[row, at.INPUT_PER]
    for l in range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]):
        world.planned_need[l] = world.inputs[row, at.INPUT_USAGE]
        world.links[l, at.LINK_USUAL] = world.planned_need[l] * world.links[l, at.LINK_SHARE]
        _write_limit(world, l)


def _write_cover(levers: Levers, target: Target, day: int) -> None:
    """The cover of a buyer; where it stands for many firms, each has its own and the effects act on that."""
    _write_field(levers, target, day)
    for population in levers.world.populations.values():
        if target.row in population.inputs:
            population.members.cover[target.row - population.inputs[0]] = levers.now


def _write_loss(levers: Levers, target: Target, day: int) -> None:
    """Stock is lost once, on the day the shock starts."""
    world = levers.world
    share = np.where(target.numbers[:, 1] == day, target.numbers[:, 0], 0.0)
    share = np.where(target.numbers[:, 2] > target.numbers[:, 1], share, 0.0)
    kept = np.prod(1.0 - share, axis=0)
    if target.lever is Lever.INPUT_LOSS:
        array, stock, lost = world.inputs, at.INPUT_STOCK, at.INPUT_LOST
    else:
        array, stock, lost = world.shelves, at.SHELF_FINISHED, at.SHELF_LOST
    gone = array[target.row, stock] * (1.0 - kept)
    array[target.row, stock] -= gone
    array[target.row, lost] += gone


_FIELD = {
    Lever.YIELD: at.SHELF_YIELD,
    Lever.COVER: at.INPUT_COVER,
    Lever.SHARE: at.LINK_SHARE,
    Lever.LANE: at.LINK_LIMIT,
    Lever.LICENSED: at.DESK_LICENSED,
    Lever.APPROVAL: at.DESK_APPROVAL,
    Lever.DELAY: at.DESK_DELAY,
    Lever.SUSPENDED: at.DESK_SUSPENDED,
    Lever.ALLOCATION: at.PLANT_RULE,
    Lever.RECIPE: at.INPUT_PER,
    Lever.BARRED: at.DESK_BARRED_SHARE,
    Lever.GENERAL: at.DESK_GENERAL_SHARE,
}
_ARRAY = {
    Lever.YIELD: "shelves",
    Lever.COVER: "inputs",
    Lever.SHARE: "links",
    Lever.LANE: "links",
    Lever.LICENSED: "desk",
    Lever.APPROVAL: "desk",
    Lever.DELAY: "desk",
    Lever.SUSPENDED: "desk",
    Lever.ALLOCATION: "plants",
    Lever.RECIPE: "inputs",
    Lever.BARRED: "desk",
    Lever.GENERAL: "desk",
}
_WRITERS: dict[Lever, Callable[[Levers, Target, int], None]] = {
    Lever.CAPACITY: _write_law,
    Lever.DEMAND: _write_law,
    Lever.PROCESSING: _write_law,
    Lever.TRANSIT: _write_law,
    Lever.REVIEW: _write_law,
    Lever.HOLD: _write_law,
    Lever.DELAY: _write_field,
    Lever.YIELD: _write_field,
    Lever.COVER: _write_cover,
    Lever.SHARE: _write_share,
    Lever.LICENSED: _write_field,
    Lever.APPROVAL: _write_field,
    Lever.SUSPENDED: _write_field,
    Lever.BARRED: _write_field,
    Lever.GENERAL: _write_field,
    Lever.FLOW: _write_flow,
    Lever.LANE: _write_lane,
    Lever.QUOTA: _write_quota,
    Lever.ORDERS: _write_least,
    Lever.REFILL: _write_least,
    Lever.ALLOCATION: _write_rule,
    Lever.RECIPE: _write_recipe,
    Lever.INPUT_LOSS: _write_loss,
    Lever.FINISHED_LOSS: _write_loss,
}


def live(world: "World", shock: str) -> Generator[simpy.Event, None, None]:
    """A shock as a SimPy process: at dawn of each day on which it moves something, it pulls its levers.

    Several shocks may share a lever; each pull reckons with all of them, so who pulls first does not matter.
    """
    mine = [target for target in world.levers.targets if shock in target.shocks]
    due: dict[int, list[Target]] = {}
    for target in mine:
        for day in target.days:
            due.setdefault(day, []).append(target)
    for day in sorted(due):
        yield world.clock.dawn_of(day)
        for target in due[day]:
            if target.lever not in (Lever.INPUT_LOSS, Lever.FINISHED_LOSS) or target.shocks[0] == shock:
                world.levers.pull(target, day)
