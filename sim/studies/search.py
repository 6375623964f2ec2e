"""Where a condition begins to hold along one lever, and the cheapest of several: which spots to try next.

A spot is a level of each lever. Nothing here assumes that more is better: more stock can lose more. What is asked for
is a function from spots to whether they hold, so that the search can be read, and tested, without a world.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sim.results.verdicts import Verdict
from sim.studies.levers import Lever

Spot = tuple[int, ...]
Ask = Callable[[Collection[Spot]], Mapping[Spot, Verdict]]
"""Tries the spots that were not tried before, side by side; what is known of all that were ever tried."""
COARSE, FINE = 17, 15
"""Spots of a first look over a range, and between two neighbours of which one holds and one does not."""
QUARTERS: Final = (1, 2, 3, 4)
MOST_POLLS = 60
"""Rounds around the cheapest spot, at most."""


class Proposer(Protocol):
    """Proposes spots, and learns what came of them."""

    def propose(self, count: int) -> list[Spot]:
        """So many spots to try next, perhaps some twice."""

    def learn(self, spots: Sequence[Spot], costs: Sequence[float], known: Mapping[Spot, Verdict]) -> None:
        """What came of the spots that were proposed last, in their order."""


@dataclass(frozen=True)
class Edge:
    """Where a condition begins to hold along a line of levels, from the free one to the dearest."""

    line: tuple[int, ...]
    before: int | None
    """Place on the line of the last level before it that was tried, where it fails; None where it holds at once."""
    first: int | None
    """Place on the line of the first level where it holds; None where it never does."""
    is_firm: bool
    """Whether it holds at every level beyond that was tried."""

    @property
    def gap(self) -> range:
        """Places between the two that were not tried."""
        return range(0) if self.first is None else range((-1 if self.before is None else self.before) + 1, self.first)


def edge_of(line: Sequence[int], holds: Mapping[int, bool]) -> Edge:
    """The edge from which it holds at all levels beyond; where it fails at the last, of the cheapest stretch."""
    tried = [place for place, level in enumerate(line) if level in holds]
    good = [holds[line[place]] for place in tried]
    if not any(good):
        return Edge(tuple(line), tried[-1], None, False)
    failing = [i for i, held in enumerate(good) if not held]
    start = failing[-1] + 1 if failing else 0
    is_firm = start < len(tried)
    if not is_firm:
        start = good.index(True)
    return Edge(tuple(line), tried[start - 1] if start else None, tried[start], is_firm)


def least(lever: Lever, ask: Ask) -> Edge:
    """The edge nearest to what costs nothing: a coarse look at the range, then closer between failing and holding."""
    count = len(lever.levels)
    lines = [line for line in (range(lever.origin, count), range(lever.origin, -1, -1)) if len(line) > 1]
    wanted = first_look(lever)
    while True:
        known = ask(wanted)
        holds = {level: verdict.holds for (level,), verdict in known.items()}
        edges = [edge_of(line, holds) for line in lines]
        wanted = sorted({(edge.line[place],) for edge in edges for place in spread(edge.gap, FINE)} - set(known))
        if not wanted:
            return min(edges, key=lambda edge: _far(lever, edge))


def first_look(lever: Lever) -> list[Spot]:
    """The levels that are tried first: spread over the whole range, and what costs nothing."""
    return sorted({(level,) for level in (lever.origin, *spread(range(len(lever.levels)), COARSE))})


def _far(lever: Lever, edge: Edge) -> tuple[bool, bool, float]:
    if edge.first is None:
        return True, True, 0.0
    return False, not edge.is_firm, lever.moved(edge.line[edge.first])


def spread(places: range, count: int) -> list[int]:
    """At most so many of the places, evenly spread; both ends among them."""
    if len(places) <= count:
        return list(places)
    return [places[round(i * (len(places) - 1) / (count - 1))] for i in range(count)]


def cost_of(levers: Sequence[Lever], spot: Spot) -> float:
    """What it costs to move every lever there."""
    return sum(lever.cost(level) for lever, level in zip(levers, spot, strict=True))


def cheapest(levers: Sequence[Lever], ask: Ask, proposer: Proposer, rounds: int, batch: int) -> Spot | None:
    """The cheapest spot at which it holds: proposals over the whole space, then ever closer around the best.

    At the end it fails wherever one lever is moved back by a step, and at every exchange of one lever for another that
    was tried and costs less. None where it holds nowhere. Nothing proves that no cheaper one is elsewhere.
    """
    known = ask(corners(levers))
    for _ in range(rounds):
        spots = proposer.propose(batch)
        known = ask(spots)
        proposer.learn(spots, [cost_of(levers, spot) for spot in spots], known)
    best = _best(levers, known)
    reach = max(1, max(len(lever.levels) for lever in levers) // 4)
    for _ in range(MOST_POLLS):
        if best is None:
            return None
        known = ask(sorted(set(nearby(levers, best, reach))))
        better = _best(levers, known)
        if better == best and reach == 1:
            return best
        reach = reach if better != best else reach // 2
        best = better
    return best


def corners(levers: Sequence[Lever]) -> list[Spot]:
    """What costs nothing, each lever alone at either end, and all together at the low and the high ends."""
    origin = tuple(lever.origin for lever in levers)
    ends = [tuple(0 for _ in levers), tuple(len(lever.levels) - 1 for lever in levers)]
    alone = [_with(origin, i, end[i]) for i in range(len(levers)) for end in ends]
    return sorted({origin, *ends, *alone})


def nearby(levers: Sequence[Lever], spot: Spot, reach: int) -> Iterator[Spot]:
    """Cheaper spots: each lever moved back by `reach` or altogether, alone or for a move of another that costs less."""
    cost = cost_of(levers, spot)
    for i, lever in enumerate(levers):
        away = spot[i] - lever.origin
        for back in {min(reach, abs(away)), abs(away)} - {0}:
            lower = _with(spot, i, spot[i] - (back if away > 0 else -back))
            yield lower
            for j in range(len(levers)):
                if j != i:
                    yield from _exchanged(levers, lower, j, cost)


def _exchanged(levers: Sequence[Lever], lower: Spot, j: int, cost: float) -> Iterator[Spot]:
    """Lever j moved on, away from what costs nothing, by quarters of the most that stays below the cost."""
    lever, level = levers[j], lower[j]
    for way in (1, -1):
        if (level - lever.origin) * way < 0:
            continue
        most = 0
        while 0 <= level + way * (most + 1) < len(lever.levels):
            if cost_of(levers, _with(lower, j, level + way * (most + 1))) >= cost * (1.0 - 1e-12):
                break
            most += 1
        yield from (_with(lower, j, level + way * (most * part // 4)) for part in QUARTERS if most * part // 4)


def _with(spot: Spot, i: int, level: int) -> Spot:
    return (*spot[:i], level, *spot[i + 1 :])


def _best(levers: Sequence[Lever], known: Mapping[Spot, Verdict]) -> Spot | None:
    holding = [spot for spot, verdict in known.items() if verdict.holds]
    return min(holding, key=lambda spot: (cost_of(levers, spot), known[spot].missing, spot), default=None)
