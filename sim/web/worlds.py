"""The scenarios that a page offers, each under a key: the page never names a file."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.errors import ScenarioError
from sim.scenario.scenario import Scenario
from sim.studies.check import runnable
from sim.studies.movable import World, world_of
from sim.studies.wishes import check_wishes

ENDINGS = (".yaml", ".yml")
MOST = 100


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
    worlds = (
        world_of(key, scenario, replications, seed, knobs) for key, (_, scenario) in zip(keys, found, strict=True)
    )
    return {world.key: world for world in worlds}, left_out


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
