"""The course of verbs that run nothing: refuse early, keep what was asked for, then print."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import folders, report
from sim.results.terminal import literal

if TYPE_CHECKING:
    from sim.results.static import Static


def answer(
    found: "Static",
    show: Callable[[], None],
    *,
    scenario: Path,
    command: str,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Keep the tables if a folder was named, then print them: as JSON, or as `show` does."""
    target = folders.target(scenario, out, overwrite) if out else None
    if target:
        found.save(target.folder, overwrite=target.replaces, command=[command])
    if as_json:
        from sim.cli.as_json import told

        return told(found, found.scenario, found.scenario.warnings, command, target.folder if target else None)
    report.heading(found.scenario.title)
    show()
    if target:
        report.say(f"\nWritten to {literal(str(target.folder))}")
    if found.scenario.warnings:
        report.note()
        report.problems(found.scenario.warnings)
