"""One at a time: each factor at the low end of its range and at its high end, while all others stay where they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sim.scenario.scenario import Scenario
from sim.studies.factors import Factor, Range
from sim.studies.space import Space

ONE_AT_A_TIME = "oat"
ENDS = (0.0, 1.0)
ENDLESS = (0.05, 0.95)
"""Quantiles at which a distribution without ends is taken, as tables give its range."""
STATED = "as stated"
"""What a factor is set to that stays what the file says."""


def ends_of(factor: Factor) -> tuple[float, float]:
    """Coordinates of the low end and of the high one."""
    return ENDS if factor.has_ends else ENDLESS


@dataclass(frozen=True)
class OneAtATime:
    """Point 0 is the base, 1 + 2i has factor i at its low end, 2 + 2i at its high end; of a list, first and last value.

    At the base a path is what the file says, and a factor that is an entry of `uncertain:` stands at its median. What
    is uncertain and no factor goes on to be drawn for each replication.
    """

    space: Space

    @property
    def paths(self) -> tuple[str, ...]:
        return self.space.names

    @property
    def count(self) -> int:
        return 1 + 2 * len(self.space.factors)

    def values(self, number: int) -> tuple[str, ...]:
        moved = self._coordinates(number)
        return tuple(f.value(moved[f.name]) if f.name in moved else STATED for f in self.space.factors)

    @property
    def levels(self) -> Iterable[Iterable[str]]:
        return zip(*(self.values(number) for number in range(self.count)), strict=True)

    def worlds(self, scenario: Scenario) -> Callable[[int], Scenario]:
        spaces: dict[tuple[str, ...], Space] = {}

        def at(number: int) -> Scenario:
            moved = self._coordinates(number)
            if not moved:
                return scenario
            names = tuple(moved)
            if names not in spaces:
                spaces[names] = Space(scenario, [f for f in self.space.factors if f.name in moved])
            return spaces[names].at([moved[name] for name in spaces[names].names])

        return at

    def plain(self) -> dict[str, object]:
        return {"kind": ONE_AT_A_TIME, "factors": [factor.said or factor.name for factor in self.space.factors]}

    def _coordinates(self, number: int) -> Mapping[str, float]:
        """Where each factor stands that is not as stated."""
        found = {f.name: 0.5 for f in self.space.factors if isinstance(f, Range) and not f.said}
        if number:
            factor = self.space.factors[(number - 1) // 2]
            found[factor.name] = ends_of(factor)[(number - 1) % 2]
        return found
