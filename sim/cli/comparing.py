"""The course of `sim compare`: refuse early, run one after the other, keep, and only then print."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.cli import folders, report, summary
from sim.cli.compare import ALL
from sim.cli.progress import compiling, progress
from sim.results.compare_tables import for_screen
from sim.studies.alternatives import Alternative, prepare_alternatives
from sim.studies.compare import carry_out, shown_of

if TYPE_CHECKING:
    from sim.cli.compare import Asked
    from sim.cli.folders import Target
    from sim.errors import Problem
    from sim.studies.compare import Compared

SPARED = ("note", "avoided_value", "lost", "avoided_share")
SPARED_OF_COSTS = ("without_shocks", "purchase", "expediting", "tariff", "dearer")
"""Columns to leave out on a narrow screen, the first ones first."""


def answer(asked: "Asked") -> None:
    """Do what was asked for."""
    target = None if asked.no_out else folders.target(asked.scenarios[0], asked.out, asked.overwrite, "_compared")
    alternatives = prepare_alternatives(
        asked.scenarios,
        responses=asked.responses == ALL or asked.responses or False,
        variants=asked.variants,
        replications=asked.replications,
        seed=asked.seed,
        sets=asked.sets,
        strict=asked.strict,
    )
    shown = shown_of(alternatives, asked.of)
    if asked.dry_run:
        from sim.cli.dry_run import foretell

        return foretell([one.work for one in alternatives], target, "alternative")
    found = _done(asked, alternatives, shown, target)
    warnings = tuple(dict.fromkeys(problem for one in alternatives for problem in one.work.scenario.warnings))
    if asked.as_json:
        from sim.cli.as_json import told

        told(found, found.origin.scenario, warnings, asked.command, target.folder if target else None)
    else:
        _tell(found, warnings, target)


def _done(
    asked: "Asked", alternatives: Sequence[Alternative], shown: Sequence[str], target: "Target | None"
) -> "Compared":
    """The result, written where it belongs."""
    compiling(asked.quiet)
    if not asked.as_json:
        _introduce(alternatives, asked.seed is None and alternatives[0].work.scenario.seed is None)
    try:
        with progress(sum(one.work.replications for one in alternatives), "replications", asked.quiet) as update:
            found = carry_out(alternatives, shown, audit=asked.audit, progress=update)
        if target:
            found.save(target.folder, overwrite=target.replaces, command=[asked.command])
    except KeyboardInterrupt as stop:
        stop.add_note("nothing was written")
        raise
    return found


def _introduce(alternatives: Sequence[Alternative], drawn: bool) -> None:
    """Title, question, and what is run."""
    work = alternatives[0].work
    report.heading(work.scenario.title)
    if work.scenario.question:
        report.prose(work.scenario.question)
    runs = f"{report.counted(work.replications, 'replication')} of each of {len(alternatives)}"
    luck = f"seed {work.seed}{' (drawn: --seed gives the same luck again)' if drawn else ''}"
    report.say()
    report.prose(f"{runs}, with the shocks and without; {luck}; held against {alternatives[0].name}")


def _tell(found: "Compared", warnings: "Sequence[Problem]", target: "Target | None") -> None:
    """A block for each place that is shown, what it costs, the best in words, and what it rests on."""
    report.heading("What each avoids")
    stated = ("place", "unit") if len(set(found.headline.column("unit"))) == 1 else ("place",)
    title = "{place} ({unit})" if "unit" in stated else "{place}"
    summary.blocks(for_screen(found.headline), title.format_map, stated, SPARED)
    if "costs" in found.tables:
        summary.show(for_screen(replace(found.tables["costs"], notes=())), "What it costs more", SPARED_OF_COSTS)
    report.heading("Which is best")
    report.prose(found.best)
    summary.conclude(found.origin.scenario)
    if target:
        summary.kept(target)
    if warnings:
        report.note()
        report.problems(warnings)
