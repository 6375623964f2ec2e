"""What an address asks: which scenario, which knobs at which value, which place. Nothing of it is a path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import Problem, ScenarioError, suggest
from sim.results.measured import Measured
from sim.scenario.words import NUMBER
from sim.studies.movable import World

KNOB = "k."
"""What stands before the name of a knob: `?s=fab_30_days&k.shocks.stock_rule.cover=60`."""
KEYS = ("s", "place", "n", "page", "turn")
"""Scenario, place, `all` for all replications, which page asks, and the how manieth of its questions it is."""
PAGE = re.compile(r"[a-z0-9]{1,40}")
LONGEST = 200


class Unknown(ValueError):
    """The address names what is not there; no fault of a scenario."""


@dataclass(frozen=True)
class Question:
    """A question that can be worked on."""

    world: World
    values: Mapping[str, float]
    """By name of the knob, of those that are moved."""
    place: str
    """Empty for the most telling one."""
    whole: bool
    """Whether all replications are wanted, or the first will do."""
    page: str
    """Who asks; empty for nobody in particular."""
    turn: int

    @property
    def key(self) -> tuple[object, ...]:
        """The same for questions with the same answer."""
        return (self.world.key, tuple(sorted(self.values.items())), self.place, self.whole)

    def measured(self, place: str) -> Measured:
        """What losses are told of, for a place that is there."""
        return self.world.places[place]


def question(worlds: Mapping[str, World], said: Mapping[str, str]) -> Question:
    """Raises Unknown for what is not there, ScenarioError for a value that is no number."""
    world = worlds.get(said.get("s", next(iter(worlds))))
    if world is None:
        raise Unknown(f"no scenario '{said['s'][:60]}'.{suggest(said['s'], worlds)}")
    for key in said:
        if key not in KEYS and not key.startswith(KNOB):
            raise Unknown(f"the address says '{key[:60]}', which means nothing here.{suggest(key, KEYS)}")
    moved = {key.removeprefix(KNOB): value for key, value in said.items() if key.startswith(KNOB)}
    for name in moved:
        if name not in world.knobs:
            raise Unknown(f"nothing to move at '{name[:LONGEST]}'.{suggest(name, world.knobs)}")
    place = said.get("place", "")
    if place and place not in world.places:
        raise Unknown(f"no place '{place[:LONGEST]}'.{suggest(place, world.places)}")
    page, turn = said.get("page", ""), said.get("turn", "0")
    if (page and not PAGE.fullmatch(page)) or not re.fullmatch(r"[0-9]{1,9}", turn):
        raise Unknown("`page` is letters and digits, and `turn` a whole number")
    values = {name: _number(name, text) for name, text in moved.items()}
    changed = {name: value for name, value in values.items() if value != world.knobs[name].value}
    return Question(world, changed, place, said.get("n") == "all", page, int(turn))


def _number(name: str, text: str) -> float:
    if len(text) > 30 or not re.fullmatch(NUMBER, text):
        raise ScenarioError([Problem(name, f"'{text[:30]}' is no number")])
    return float(text)
