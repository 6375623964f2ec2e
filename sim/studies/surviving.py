"""Time to survive: the longest outage, in whole days, after which all demand is still met.

An outage without end says when demand is first missed. Goods under way put that off, and yet an outage may not last so
long: the gap it leaves travels with them, and what of it the stocks cannot fill reaches the market. So outages of
different lengths are tried, those of all objects together, until each is known to the day: one of these days was lived
through without harm, and one a day longer did harm. That a longer one does no less harm is taken for granted.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sim.engine.flows import Flows
from sim.results.chain import chain_of
from sim.results.knockout import Knockout
from sim.results.survival import Loss, reach
from sim.scenario.scenario import Scenario

K = TypeVar("K", bound=Hashable)
Trial = tuple[K, int]
"""What is out, and for how many days."""
FURTHER = 4
"""How many times further off it is looked for each time."""


@dataclass(frozen=True)
class Bracket:
    """What is known of the longest harmless outage, in days."""

    longest: int
    """An outage of these days is harmless."""
    shortest: int
    """One of these days is not."""
    guess: int = -1
    """How long the longest harmless one may be; a negative one is no guess."""
    step: int = 1
    """How far from what is known it is looked for next, where the guess is wrong; from 1."""

    def trials(self) -> list[int]:
        """Lengths to try next: the guess, at first with a day more, which settles it if right; else the middle."""
        guessed = range(self.guess, self.guess + 2 if self.step == 1 else self.guess + 1)
        near = [days for days in guessed if self.longest < days < self.shortest]
        middle = (self.longest + self.shortest) // 2
        return near or ([middle] if self.longest < middle else [])

    def learnt(self, harmless: Mapping[int, bool]) -> "Bracket":
        """What is known after some trials; it is then looked for near what they say, and each time further off."""
        shortest = min([self.shortest, *(days for days, well in harmless.items() if not well)])
        longest = max([self.longest, *(days for days, well in harmless.items() if well and days < shortest)])
        further = self.step * FURTHER
        guess = shortest - further if longest == self.longest else longest + further
        return Bracket(longest, shortest, guess, further)


def bracket_of(missed_after: float, guess: float, known: Mapping[float, bool]) -> Bracket:
    """What is known from an outage without end, missed after so many days, and from others: whether they are harmless.

    An outage as long as that is not harmless: what leaves when it is over takes a day at least to arrive.
    """
    start = Bracket(0, max(1, math.floor(missed_after)))
    days = {math.floor(length) if well else math.ceil(length): well for length, well in known.items()}
    learnt = start.learnt(days)
    return Bracket(learnt.longest, learnt.shortest, round(guess))


def longest_harmless(
    brackets: Mapping[K, Bracket], try_out: Callable[[Sequence[Trial[K]], int], Mapping[Trial[K], bool]]
) -> dict[K, int]:
    """The longest harmless outage of each, in days.

    `try_out` says of outages, and the number of the round from 1, whether each is harmless; one of which it says
    nothing counts as not.
    """
    known, rounds = dict(brackets), 0
    while wanted := {key: trials for key, bracket in known.items() if (trials := bracket.trials())}:
        rounds += 1
        found = try_out([(key, days) for key, trials in wanted.items() for days in trials], rounds)
        for key, trials in wanted.items():
            known[key] = known[key].learnt({days: found.get((key, days), False) for days in trials})
    return {key: bracket.longest for key, bracket in known.items()}


class Guesses:
    """How long an outage may be harmless, from covers, shares and days under way alone."""

    def __init__(self, scenario: Scenario, flows: Flows):
        self.chain = chain_of(scenario, flows)

    def of(self, knockout: Knockout, missed_after: float) -> float:
        """Days: as many less than until it is missed as goods are under way or in process.

        Half of them where that is not known.
        """
        links = frozenset({"{} > {}: {}".format(*knockout.link)} if knockout.link else ())
        loss = Loss(knockout.name, "link shut" if links else "plant stops", "", frozenset(knockout.facilities), links)
        static = reach(self.chain, loss)
        in_process = max((self.chain.posts[name].processing for name in knockout.facilities), default=0.0)
        under_way = static.first_days - static.survives_days + in_process
        return missed_after - under_way if math.isfinite(under_way) else missed_after / 2
