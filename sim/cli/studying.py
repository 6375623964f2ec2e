"""What the verbs that keep a study have in common: their options, their folder, their course and their exit code."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from sim.cli.options import json_option, scenario_argument, sets_option, strict_option

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.results.provenance import Provenance
    from sim.results.table import Table
    from sim.scenario.scenario import Scenario
    from sim.studies.conduct import Conducted, Help, Progress
    from sim.studies.study import Study

SOME_FAILED = 3
"""Exit code where some cases failed."""
WORTH_PROCESSES = 30.0
"""Seconds of engine time from which on worker processes are started unasked: they take a few to start, and one that
dies costs only its block."""
F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True)
class Wishes:
    """How a study was asked for, whatever its verb."""

    command: str
    """As it was typed."""
    scenario: Path
    replications: int | None
    seed: int | None
    sets: tuple[str, ...]
    out: Path | None
    no_out: bool
    overwrite: bool
    workers: int | None
    scheduler: str | None
    strict: bool
    dry_run: bool
    quiet: bool
    as_json: bool

    def folder(self, verb: str) -> Path | None:
        """Where the study is kept: the folder that was asked for, or results/SCENARIO_VERB."""
        if self.out and self.no_out:
            raise click.UsageError("say either --out or --no-out")
        if self.no_out:
            return None
        return self.out or Path("results") / f"{self.scenario.stem or 'scenario'}_{verb}"


_OPTIONS = (
    scenario_argument,
    click.option(
        "--replications", type=click.IntRange(min=1), metavar="N", help="How many, instead of what the file says."
    ),
    click.option(
        "--seed", type=int, metavar="N", help="Seed of all luck; drawn if neither this nor the file says one."
    ),
    sets_option,
    click.option(
        "--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to keep it. [default: see above]"
    ),
    click.option("--no-out", is_flag=True, help="Keep nothing."),
    click.option("--overwrite", is_flag=True, help="Lose another study that the folder holds."),
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes to work with. [default: one for each processor, if it is worth it]",
    ),
    click.option("--scheduler", metavar="ADDRESS", help="Use the workers of a Dask cluster, such as tcp://host:8786."),
    strict_option,
    click.option("--dry-run", is_flag=True, help="Say what it would take and what it would write, and stop."),
    click.option("--quiet", is_flag=True, help="Show no progress."),
    json_option,
)


def study_options(command: F) -> F:
    """The options of every study."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def wishes_of(command: str, asked: dict[str, Any]) -> Wishes:
    """The common part of what was asked, taken out of it."""
    return Wishes(command, **{name: asked.pop(name) for name in Wishes.__dataclass_fields__ if name != "command"})


class Found(Protocol):
    """What a study ends in."""

    @property
    def tables(self) -> "dict[str, Table]":
        """By name, also that of their files."""

    @property
    def conducted(self) -> "Conducted":
        """How it was carried through."""

    def plot(self, *, width: str) -> "Figure":
        """Its picture."""

    def provenance(self, command: Sequence[str] = ()) -> "Provenance":
        """Everything needed to get it again."""


def help_for(wishes: Wishes, study: "Study", folder: Path | None) -> "Help":
    """Who does the work: who was asked for, else worker processes where it is worth it and Dask is there."""
    from importlib.util import find_spec

    from sim.cli.dry_run import engine_seconds
    from sim.studies.conduct import Help

    workers = wishes.workers
    cores = os.cpu_count() or 1
    if workers is None and not wishes.scheduler and cores > 1 and engine_seconds(study) > WORTH_PROCESSES:
        workers = cores if find_spec("distributed") else None
    return Help(folder, wishes.overwrite, workers, wishes.scheduler)


@contextmanager
def working(wishes: Wishes, total: int, folder: Path | None) -> Iterator["Progress"]:
    """Progress while it is worked on, and what is kept if it is interrupted."""
    from sim.cli.progress import compiling, progress

    compiling(wishes.quiet)
    try:
        with progress(total, "cases", wishes.quiet) as update:
            yield update
    except KeyboardInterrupt as stop:
        stop.add_note(
            f"what is done is kept in {folder}, and the same command goes on" if folder else "nothing is kept"
        )
        raise


def introduce(study: "Study", scenario: "Scenario", drawn: bool, of: str = "") -> None:
    """Title, question, and what is run; `of` what, where it is not so many points."""
    from sim.cli.report import counted, heading, prose, say

    heading(scenario.title)
    if scenario.question:
        prose(scenario.question)
    of = of or f"of {counted(study.points.count, 'point')}"
    runs = f"{counted(study.replications, 'replication')} {of}"
    luck = f"seed {study.seed}{' (drawn: --seed gives the same luck again)' if drawn else ''}"
    say()
    prose(f"{runs}, {counted(scenario.days, 'day')} from {scenario.start}, with the shocks and without; {luck}")


def keep(found: Found, folder: Path, picture: str, command: str) -> None:
    """Write tables and picture beside what is kept of the study."""
    from sim.results.pictures import keep_picture

    provenance = found.provenance([command])
    for name, table in found.tables.items():
        table.to_csv(folder / f"{name}.csv", provenance, overwrite=True)
        table.to_json(folder / f"{name}.json", provenance, overwrite=True)
        table.to_parquet(folder / f"{name}.parquet", provenance, overwrite=True)
    keep_picture(lambda width: found.plot(width=width), folder, picture, overwrite=True)


def conclude(found: Found, scenario: "Scenario", folder: Path | None, picture: str) -> None:
    """What it rests on, where it is, what failed; ends with exit code 3 if something did."""
    from sim.cli import report, summary
    from sim.results.terminal import literal

    summary.conclude(scenario)
    if folder:
        report.say(f"\nKept in {literal(str(folder))}; the picture is {picture}.png")
    if scenario.warnings:
        report.note()
        report.problems(scenario.warnings)
    if told := failures(found.conducted):
        report.note()
        for line in told:
            report.warn(line)
        raise click.exceptions.Exit(SOME_FAILED)


def failures(conducted: "Conducted") -> list[str]:
    """What could not be lived through, in words: kinds of failure with their first case, then blocks set aside."""
    from sim.cli.report import counted

    told = []
    kinds = {failure.says: failure for failure in reversed(conducted.failures)}
    if conducted.failed:
        told.append(f"{counted(conducted.failed, 'case')} could not be run, and no mean counts them")
        told += [f"point {f.point}, replication {f.replication}: {f.says}" for f in list(kinds.values())[:5]]
    for entry in conducted.set_aside:
        told.append(
            f"points {entry.block.first_point} to {entry.block.last_point - 1}, replications "
            f"{entry.block.first_replication} to {entry.block.last_replication - 1} were set aside: {entry.says}; "
            "the same command tries them again"
        )
    return told
