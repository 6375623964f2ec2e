"""The scenarios that a page offers, each under a key: the page never names a file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.errors import ScenarioError
from sim.results.measured import Measured, measured
from sim.results.outcome import Outcome
from sim.scenario.scenario import Scenario
from sim.studies.check import runnable
from sim.studies.run import Work, prepare
from sim.studies.study import without_history
from sim.web.knobs import Knob
from sim.web.picks import knobs_of
from sim.web.wishes import check_wishes, with_wishes

ENDINGS = (".yaml", ".yml")
MOST = 100
REPLICATIONS = 200
"""Unless something else is asked for, and if anything is random."""
SEED = 1
"""Of scenarios that say none, so that an address gives the same answer everywhere."""


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


def worlds_of(
    said: Sequence[str | Path | Scenario],
    *,
    replications: int | None = None,
    seed: int | None = None,
    knobs: tuple[str, ...] = (),
) -> tuple[dict[str, World], list[str]]:
    """The worlds by key, and what was left out of a folder and why.

    A file must be right; of a folder, what cannot be run is left out. Raises ScenarioError with what is wrong.
    """
    found, left_out = list[tuple[str, Scenario]](), list[str]()
    for one in said:
        if isinstance(one, Scenario):
            found.append((one.title, one))
        elif Path(one).is_dir():
            found += _in_folder(Path(one), left_out)
        else:
            found.append((Path(one).stem, runnable(one)))
    if not 0 < len(found) <= MOST:
        why = ", ".join(left_out) or f"name files, or a folder that holds some, {MOST} at most"
        raise ScenarioError(f"{len(found)} scenarios to offer: {why}")
    check_wishes([scenario for _, scenario in found], knobs)
    keys = _keys(name for name, _ in found)
    worlds = (_world(key, scenario, replications, seed, knobs) for key, (_, scenario) in zip(keys, found, strict=True))
    return {world.key: world for world in worlds}, left_out


def _world(key: str, scenario: Scenario, replications: int | None, seed: int | None, knobs: tuple[str, ...]) -> World:
    own = SEED if scenario.seed is None else scenario.seed
    world = World(key, scenario, replications or REPLICATIONS, own if seed is None else seed, knobs)
    assert world.knobs is not None  # tells what is wrong now rather than when the page asks
    return world


def _in_folder(folder: Path, left_out: list[str]) -> list[tuple[str, Scenario]]:
    found = []
    for file in sorted(path for path in folder.iterdir() if path.suffix in ENDINGS and path.is_file()):
        try:
            found.append((file.stem, runnable(file)))
        except ScenarioError as error:
            left_out.append(f"{file}: {len(error.problems)} problems, which `sim check` tells")
    return found


def _keys(names: Iterable[str]) -> list[str]:
    """A key of letters, digits, `_` and `-` for each name, no two alike."""
    keys: dict[str, None] = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:60] or "scenario"
        same = (f"{plain}_{number}" for number in range(2, MOST + 2))
        keys[plain if plain not in keys else next(key for key in same if key not in keys)] = None
    return list(keys)
