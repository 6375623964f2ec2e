"""A scenario with what can be moved in it: the same knobs, places and luck for the page and for notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sim.results.measured import Measured, measured
from sim.results.outcome import Outcome
from sim.scenario.scenario import Scenario
from sim.studies.knobs import Knob
from sim.studies.picks import knobs_of
from sim.studies.run import Work, prepare
from sim.studies.study import without_history
from sim.studies.wishes import with_wishes

REPLICATIONS = 200
"""Unless something else is asked for, and if anything is random."""
SEED = 1
"""Of scenarios that say none, so that the same setting gives the same answer everywhere."""


@dataclass(frozen=True)
class World:
    """A scenario with what can be moved in it."""

    key: str
    scenario: Scenario
    replications: int
    seed: int
    wishes: tuple[str, ...] = ()

    @cached_property
    def work(self) -> Work:
        """One replication of it as the file says it. Raises ScenarioError where it cannot be run."""
        return prepare(self.scenario, replications=1, seed=self.seed)

    @cached_property
    def knobs(self) -> Mapping[str, Knob]:
        """What can be moved, by name."""
        return with_wishes(self.scenario, knobs_of(self.scenario, self.work.plan.facts), self.wishes)

    @cached_property
    def origin(self) -> Outcome:
        """The scenario without any history."""
        return without_history(self.scenario, self.work.plan, self.seed)

    @cached_property
    def places(self) -> Mapping[str, Measured]:
        """What losses are shown of, by name."""
        return {what.name: what for what in measured(self.origin)}

    def at(self, values: Mapping[str, float]) -> Scenario:
        """The scenario with some knobs moved. Raises ScenarioError with everything that is wrong with it."""
        if not values:
            return self.scenario
        said = {path: value for name, number in values.items() for path, value in self.knobs[name].said(number).items()}
        return self.scenario.changed(said)

    def as_run(self, moved: Scenario, replications: int, is_random: bool) -> Scenario:
        """A setting as it is kept: it says its seed and replications, so that `sim run` finds what was shown."""
        said: dict[str, object] = {"seed": self.seed}
        return moved.changed(said | ({"replications": replications} if is_random else {}))

    def plain(self) -> dict[str, object]:
        """As plain data for the page."""
        scenario = self.scenario
        return {
            "key": self.key,
            "title": scenario.title,
            "question": scenario.question,
            "believe": scenario.believe,
            "seed": self.seed,
            "knobs": [knob.plain(scenario.start) for knob in self.knobs.values()],
            "places": list(self.places),
        }


def world_of(
    key: str,
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    knobs: tuple[str, ...] = (),
) -> World:
    """The scenario under its key. Raises ScenarioError where it cannot be run or a slider asked for cannot be."""
    own = SEED if scenario.seed is None else scenario.seed
    world = World(key, scenario, replications or REPLICATIONS, own if seed is None else seed, knobs)
    assert world.knobs is not None  # tells what is wrong now rather than when somebody moves one
    return world
