"""One page about a result: of a run, lived through again; of a study or comparison, from what its folder holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sim
from sim.errors import OutputError, ScenarioError
from sim.results.explanation import Explanation
from sim.results.plots.headline import worst_hit
from sim.results.provenance import of_scenario, scenario_hash
from sim.results.reasons import told_from
from sim.results.report.html import OURS, html
from sim.results.report.of_run import of_run
from sim.results.report.of_study import of_study
from sim.results.report.parts import Report
from sim.results.report.reread import MEANT, reread
from sim.results.result import Result
from sim.results.table import refuse_existing, write_aside
from sim.scenario.load import loads
from sim.scenario.scenario import Scenario
from sim.studies import explain
from sim.studies.plot import PROVENANCE, ready
from sim.studies.run import Progress, Work, carry_out

NAME: Final = "report.html"
FACILITY_DAYS: Final = 10_000_000
"""Days of facilities, in all cases, that are lived through at most to tell causes: some seconds."""
EXPLAIN: Final = "sim explain SCENARIO.yaml"
DRAWN_BY_RUNS: Final = ("resilience.svg", "resilience.png")
"""What a folder of a single run has, and a folder of a study has not."""


@dataclass(frozen=True)
class Subject:
    """What a report is about, read and checked: a run to live through, or a report of what a folder holds."""

    work: Work | None
    provenance: Mapping[str, Any]
    kept: Report | None


def report(
    what: Result | Scenario | str | Path,
    path: str | Path | None = None,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write one self-contained HTML page about a result, a folder that a verb wrote, or a scenario; where it is.

    Without a path it goes into the folder, as `report.html`, in place of an earlier report. Raises ScenarioError for a
    folder that supplyshock did not write, and OutputError where the page cannot be written.
    """
    if path is None and (isinstance(what, Result | Scenario) or not Path(what).is_dir()):
        raise ScenarioError("say where the report is to be written: sim.report(what, 'report.html')")
    target = Path(path) if path is not None else Path(str(what)) / NAME
    check_target(target, overwrite or (path is None and is_ours(target)))
    if isinstance(what, Result):
        write(of_result(what, what.provenance().data()), target)
    else:
        write(finished(subject(what), progress), target)
    return target


def subject(what: Scenario | str | Path, command: str = "") -> Subject:
    """What a report would be about. Raises ScenarioError with everything that is wrong with it."""
    if not isinstance(what, Scenario) and Path(what).is_dir():
        folder = Path(what)
        if any((folder / name).is_file() for name in DRAWN_BY_RUNS) and (folder / "losses.json").is_file():
            return Subject(ready(folder), _provenance(folder), None)
        return Subject(None, {}, _of_folder(folder))
    work = ready(what)
    beside = Path(what).parent if not isinstance(what, Scenario) else None
    origin = of_scenario(work.scenario, [command] if command else [], beside, work.seed, work.replications)
    return Subject(work, origin.data(), None)


def finished(about: Subject, progress: Progress | None = None) -> Report:
    """The report; of a run, once it is lived through."""
    if about.kept is not None:
        return about.kept
    assert about.work is not None
    return of_result(carry_out(about.work, progress=progress), about.provenance)


def check_target(target: Path, overwrite: bool) -> None:
    """Raises OutputError where the page may not be written, before any work is done."""
    if target.suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{target} is no page that can be written: end its name in .html")
    refuse_existing([target], overwrite)


def is_ours(target: Path) -> bool:
    """Whether the file is an earlier report."""
    try:
        with open(target, encoding="utf-8", errors="replace") as file:
            return OURS in file.read(2_000)
    except OSError:
        return False


def write(page: Report, target: Path) -> None:
    """Put the page in place at once."""
    content = html(page)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    write_aside(target, lambda aside: aside.write_bytes(content))


def _of_folder(folder: Path) -> Report:
    kept = reread(folder)
    try:
        scenario = loads(str(kept.provenance["resolved"]), name=str(folder))
    except ScenarioError as error:
        says = f"{folder} was written by supplyshock {kept.provenance['version']}, whose scenario this one cannot read"
        raise ScenarioError(f"{says}: run it again with this version") from error
    if kept.provenance["version"] == sim.__version__ and scenario_hash(scenario) != kept.provenance["scenario"]:
        raise ScenarioError(f"{folder} holds another scenario than was run: it was changed since; run it again")
    return of_study(kept, scenario)


def _provenance(folder: Path) -> Mapping[str, Any]:
    """What the folder says of its run, of the first table that says it."""
    for file in sorted(folder.glob(PROVENANCE)):
        try:
            said = json.loads(file.read_text("utf-8"))
            if {"version", "scenario", "resolved", "seed", "replications"} <= set(said):
                return dict(said)
        except (OSError, ValueError, TypeError):
            continue
    raise ScenarioError(f"{folder} says of no run: {MEANT}")


def of_result(
    result: Result,
    provenance: Mapping[str, Any],
    days: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report of a run, with as much of its causes as `days` of facilities tell, FACILITY_DAYS if not said."""
    worst = worst_hit(result.outcome)
    if not result.outcome.scenario.shocks or worst is None:
        return of_run(result, provenance)
    try:
        why, left_out = _causes(result, worst[1].node, FACILITY_DAYS if days is None else days, progress)
    except ScenarioError as error:
        why, left_out = None, (f"Causes are not told: {error}.",)
    return of_run(result, provenance, why, left_out)


def _causes(
    result: Result, place: str, days: int, progress: Progress | None
) -> tuple[Explanation | None, tuple[str, ...]]:
    """Why, with the story of a place, and what is left out. Raises ScenarioError where it cannot be explained."""
    outcome = result.outcome
    scenario, of = outcome.scenario, len(outcome.replications)
    one = Work(scenario, 1, result.seed)
    explain.check_explainable(one)
    cases = explain.Inquiry(one, place).cases
    count = min(of, days // (cases * scenario.days * max(1, len(scenario.facilities))))
    if count < 1:
        return None, (f"Causes are not told here, for that takes {cases:,} cases: {EXPLAIN} tells them.",)
    why = explain.carry_out(explain.Inquiry(Work(scenario, count, result.seed), place), progress=progress)
    told = [f"The sentences above are of {story.place}, {told_from(story)}." for story in why.stories]
    fewer = [f"Causes are of the first {count} of {of} replications: {EXPLAIN} tells of all."] * (count < of)
    return why, (*told, *fewer, f"Other places have stories of their own: {EXPLAIN} --at PLACE tells them.")
