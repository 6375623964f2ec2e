"""Pictures of a result, of a folder that a run wrote, or of a scenario: lived through again where it has to be."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sim
from sim.errors import ScenarioError
from sim.results.pictures import OF_CAUSES, check_kind, draw
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import scenario_hash
from sim.results.result import Result
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.studies.charge import charge
from sim.studies.run import Progress, Work, carry_out, prepare

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCENARIO, PROVENANCE = "scenario.yaml", "*.provenance.json"


@dataclass(frozen=True)
class Kept:
    """What the provenance of a folder says of the run that wrote it."""

    version: str
    scenario: str
    """Hash of the scenario."""
    seed: int
    replications: int


def plot(
    what: Result | Scenario | str | Path,
    kind: str = "resilience",
    *,
    at: str = "",
    path: str | Path | None = None,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    width: str = "wide",
) -> "Figure":
    """A picture of a result, of the folder a run wrote, or of a scenario or its file; also written to `path`.

    A folder is lived through again with its own seed, so `replications`, `seed` and `sets` are for scenarios only.
    `width` is `wide`, or `narrow` for a telephone or a column of a page, with letters as large and panels as high.
    Raises ScenarioError where there is no such picture, place or width, or where the folder is not
    what a run left there.
    """
    check_kind(kind, at)
    sheet_of(width)
    if isinstance(what, Result):
        result = what
    else:
        result = carry_out(ready(what, replications=replications, seed=seed, sets=sets), progress=progress)
    figure = drawn(result, kind, at, progress, width)
    if path is not None:
        from sim.results.plots.style import save

        save(figure, Path(path), overwrite)
    return figure


def drawn(result: Result, kind: str, at: str = "", progress: Progress | None = None, width: str = "wide") -> "Figure":
    """A picture of a result; for one of causes the run is lived through once more."""
    return drawn_in(result, kind, (width,), at, progress)[width]


def drawn_in(
    result: Result, kind: str, widths: Sequence[str], at: str = "", progress: Progress | None = None
) -> dict[str, "Figure"]:
    """A picture in each width; for one of causes the run is lived through once more, for all of them."""
    charged = charge(result.outcome, at, progress) if kind in OF_CAUSES else None
    return {width: draw(result.outcome, kind, at, charged=charged, width=width) for width in widths}


def ready(
    what: Scenario | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
) -> Work:
    """The run that a folder holds, or of a scenario or its file. Raises ScenarioError with what is wrong with it."""
    if isinstance(what, Scenario) or not Path(what).is_dir():
        return prepare(what, replications=replications, seed=seed, sets=sets)
    if replications is not None or seed is not None or sets:
        raise ScenarioError(f"{what} is run again as it was: give a scenario file to say another seed, number or value")
    folder = Path(what)
    kept, file = _kept(folder), folder / SCENARIO
    if not file.is_file():
        raise ScenarioError(f"{folder} holds no {SCENARIO}: give a folder that a run wrote, or a scenario file")
    scenario = load(file)
    _compare(folder, kept, scenario)
    return prepare(scenario, replications=kept.replications, seed=kept.seed)


def _kept(folder: Path) -> Kept:
    """What the folder knows of its run. Raises ScenarioError if it knows nothing."""
    for file in sorted(folder.glob(PROVENANCE)):
        try:
            said = json.loads(file.read_text("utf-8"))
            return Kept(str(said["version"]), str(said["scenario"]), int(said["seed"]), int(said["replications"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    raise ScenarioError(f"{folder} says of no run: give a folder that `sim run` wrote, or a scenario file")


def _compare(folder: Path, kept: Kept, scenario: Scenario) -> None:
    """A warning if another version wrote the folder; ScenarioError if this one did, and the scenario is another."""
    same = scenario_hash(scenario) == kept.scenario
    if kept.version != sim.__version__:
        reads = "which reads its scenario alike" if same else "which reads its scenario in another way"
        says = f"{folder} was written by supplyshock {kept.version}, and this is {sim.__version__}, {reads}: "
        warnings.warn(f"{says}the picture may differ from the tables beside it", stacklevel=4)
    elif not same:
        raise ScenarioError(
            f"{folder / SCENARIO} is not what was run: it was changed since, and the tables beside it are of another; "
            "run it again, or give the file itself"
        )
