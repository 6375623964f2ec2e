"""`sim run`: a scenario with and without its shocks, to tables and a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sim.cli.options import scenario_argument, sets_option, strict_option

SMALLEST = click.IntRange(min=1)


@dataclass(frozen=True)
class Asked:
    """How a run was asked for."""

    command: str
    """As it was typed."""
    scenario: Path
    replications: int | None
    precision: str | None
    seed: int | None
    sets: tuple[str, ...]
    vary: tuple[str, ...]
    out: Path | None
    no_out: bool
    overwrite: bool
    strict: bool
    audit: bool
    dry_run: bool
    quiet: bool
    as_json: bool


@click.command()
@scenario_argument
@click.option("--replications", type=SMALLEST, metavar="N", help="How many, instead of what the file says.")
@click.option(
    "--precision",
    metavar="SHARE",
    help="As many as bring the interval of the share lost of all sales within so much of its mean: 5 %.",
)
@click.option("--seed", type=int, metavar="N", help="Seed of all luck; drawn if neither this nor the file says one.")
@sets_option
@click.option(
    "--vary",
    multiple=True,
    metavar="PATH=VALUES",
    help='Run it once for each value and compare, as in --vary "shocks.ban.duration=10:90:10 days" (from, to, step) '
    'or "...=10 days,30 days".',
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to write. [default: see above]")
@click.option("--no-out", is_flag=True, help="Write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace what the folder holds.")
@strict_option
@click.option("--audit", is_flag=True, help="Check the mass balance of every day.")
@click.option("--dry-run", is_flag=True, help="Say what it would take and what it would write, and stop.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def run(command: str, /, **asked: Any) -> None:
    """Run a scenario: how much is lost, when and for how long.

    Every replication is run twice with the same luck, with the shocks and without; the difference is the loss. Tables,
    a picture, the scenario and its provenance are written to results/SCENARIO. What an earlier run of the same file
    left there is replaced; anything else is not, unless you say --overwrite.
    """
    wishes = Asked(command=command, **asked)
    if wishes.out and wishes.no_out:
        raise click.UsageError("say either --out or --no-out")
    if len(wishes.vary) > 1:
        raise click.UsageError("one --vary at a time; --set changes other values for all of its runs")
    if wishes.vary and wishes.precision:
        raise click.UsageError("--precision is of one run; sim sweep --precision is of many")
    from sim.cli.carry import carry

    carry(wishes)
