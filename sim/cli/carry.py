"""The course of `sim run`: refuse early, run, keep, and only then print: whoever stops reading loses nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli import folders, report, summary
from sim.cli.options import share_said
from sim.cli.progress import compiling, progress
from sim.cli.report import prose
from sim.errors import ScenarioError
from sim.studies.check import runnable
from sim.studies.run import Work, carry_out, prepare
from sim.studies.vary import Points, Variation, prepare_points
from sim.studies.vary import carry_out as carry_out_points

if TYPE_CHECKING:
    from sim.cli.folders import Target
    from sim.cli.run import Asked
    from sim.errors import Problem
    from sim.results.result import Result
    from sim.scenario.scenario import Scenario
    from sim.studies.precise import Precise


def carry(asked: "Asked") -> None:
    """Do what was asked for."""
    scenario = runnable(asked.scenario, asked.sets, asked.strict, asked.replications)
    target = (
        None
        if asked.no_out
        else folders.target(asked.scenario, asked.out, asked.overwrite, "_varied" if asked.vary else "")
    )
    if not asked.dry_run:
        compiling(asked.quiet)
    precise = _precise(asked, scenario)
    ready = precise.work if precise else _prepared(asked, scenario)
    works = ready.works if isinstance(ready, Points) else (ready,)
    if asked.dry_run:
        from sim.cli.dry_run import foretell

        return foretell(works, target)
    if not asked.as_json:
        summary.introduce(works[0], len(works), asked.seed is None and scenario.seed is None)
        if precise:
            prose(precise.words)
    found = _done(asked, ready, target)
    warnings = ready.warnings if isinstance(ready, Points) else scenario.warnings
    if asked.as_json:
        from sim.cli.as_json import told

        told(found, scenario, warnings, asked.command, target.folder if target else None)
    else:
        _tell(found, scenario, warnings, target)


def _precise(asked: "Asked", scenario: "Scenario") -> "Precise | None":
    """The run with as many replications as the precision takes, if one is asked for."""
    share = share_said(asked.precision)
    if share is None:
        return None
    if asked.dry_run:
        raise ScenarioError("--dry-run cannot say how many replications a precision takes: say --replications")
    from sim.studies.conduct import LEAST
    from sim.studies.precise import prepare_precise

    try:
        with progress(LEAST, "replications, to find how many it takes", asked.quiet) as update:
            return prepare_precise(scenario, share, replications=asked.replications, seed=asked.seed, progress=update)
    except KeyboardInterrupt as stop:
        stop.add_note("nothing was written")
        raise


def _prepared(asked: "Asked", scenario: "Scenario") -> Work | Points:
    if not asked.vary:
        return prepare(scenario, replications=asked.replications, seed=asked.seed)
    path, equals, values = asked.vary[0].partition("=")
    if not equals:
        raise ScenarioError(f"--vary {path}: there is no '='; write it as shocks.ban.duration=10:90:10 days")
    return prepare_points(scenario, path.strip(), values, replications=asked.replications, seed=asked.seed)


def _done(asked: "Asked", ready: Work | Points, target: "Target | None") -> "Result | Variation":
    """The result, written where it belongs."""
    works = ready.works if isinstance(ready, Points) else (ready,)
    try:
        with progress(sum(work.replications for work in works), "replications", asked.quiet) as update:
            found: Result | Variation = (
                carry_out_points(ready, audit=asked.audit, progress=update)
                if isinstance(ready, Points)
                else carry_out(ready, audit=asked.audit, progress=update)
            )
        if target:
            found.save(target.folder, overwrite=target.replaces, command=[asked.command])
    except KeyboardInterrupt as stop:
        stop.add_note("nothing was written")
        raise
    return found


def _tell(
    found: "Result | Variation", scenario: "Scenario", warnings: "Sequence[Problem]", target: "Target | None"
) -> None:
    """Everything a reader needs to judge the result."""
    summary.tables(found)
    summary.conclude(scenario)
    if target:
        summary.kept(target)
    if warnings:
        report.note()
        report.problems(warnings)
