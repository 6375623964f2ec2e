"""`sim status`: how far a study has come."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.studies.archive import Status


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(folder: Path, as_json: bool) -> None:
    """Tell how far a study has come, and what failed.

    FOLDER is where it is kept. While somebody is at work in it, that is told too.
    """
    from sim.cli.report import say
    from sim.studies.archive import status as status_of

    found = status_of(folder)
    if as_json:
        import json
        from dataclasses import asdict

        return say(json.dumps(asdict(found), indent=1, default=str))
    tell(found)


def tell(found: "Status") -> None:
    """A line for each thing worth knowing."""
    from sim.cli.report import counted, heading, say, warn
    from sim.results.terminal import literal

    come = found.progress
    heading(found.title)
    say(f"  study     {found.verb}, {counted(found.points, 'point')}, seed {found.seed}")
    share = 100.0 * (come.lived + come.failed) / come.cases if come.cases else 100.0
    say(f"  done      {come.lived:,} of {come.cases:,} cases ({share:.0f} %), {come.done:,} of {come.blocks:,} blocks")
    where = literal(str(found.folder))
    say(f"  kept      {come.bytes / 2**20:,.1f} MiB in {where}; {come.seconds:,.0f} s of engine time")
    if found.working:
        say(f"  at work   {found.working}")
    elif not found.is_done:
        say("  at work   nobody: the same command as before finishes the rest")
    if come.failed:
        warn(
            f"{counted(come.failed, 'case')} could not be run; the first: point {found.failures[0].point}, "
            f"replication {found.failures[0].replication}: {found.failures[0].says}"
        )
    for entry in found.set_aside:
        warn(f"block {entry.number} was set aside: {entry.says}; the same command as before tries it again")
