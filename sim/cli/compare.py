"""`sim compare`: scenarios or responses held against each other, with the same luck."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sim.cli.options import json_option, sets_option, strict_option

ALL = "\0all"
"""Stands for every response; no name can be this."""


@dataclass(frozen=True)
class Asked:
    """How a comparison was asked for."""

    command: str
    """As it was typed."""
    scenarios: tuple[Path, ...]
    responses: str | None
    variants: tuple[str, ...]
    of: tuple[str, ...]
    replications: int | None
    seed: int | None
    sets: tuple[str, ...]
    out: Path | None
    no_out: bool
    overwrite: bool
    strict: bool
    audit: bool
    dry_run: bool
    quiet: bool
    as_json: bool


@click.command()
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--responses",
    is_flag=False,
    flag_value=ALL,
    metavar="[NAME,NAME]",
    help="The first with each of its responses switched, one at a time: on if it is not active, off if it is; or only "
    "those named.",
)
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar='"NAME: PATH=VALUE; PATH=VALUE"',
    help='The first with other values, as in --variant "more stock: facilities.maker.buys.ore.cover=45 days".',
)
@click.option("--of", multiple=True, metavar="PLACE", help="What to show and rank by. [default: all sales]")
@click.option("--replications", type=click.IntRange(min=1), metavar="N", help="How many, instead of the first's.")
@click.option("--seed", type=int, metavar="N", help="Seed of all luck, instead of the first's.")
@sets_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to write. [default: see above]")
@click.option("--no-out", is_flag=True, help="Write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace what the folder holds.")
@strict_option
@click.option("--audit", is_flag=True, help="Check the mass balance of every day.")
@click.option("--dry-run", is_flag=True, help="Say what it would take and what it would write, and stop.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option
@click.pass_obj
def compare(command: str, /, **asked: Any) -> None:
    """Compare scenarios or responses: what each avoids of the loss, and at what cost.

    Everything is run with the seed and the replications of the first scenario and held against it, replication by
    replication. What avoids a loss beyond chance is ranked by loss avoided per cost. Tables, a picture and all
    scenarios are written to results/FIRST_compared.
    """
    wishes = Asked(command=command, **asked)
    if wishes.out and wishes.no_out:
        raise click.UsageError("say either --out or --no-out")
    if not wishes.scenarios:
        before = " before --responses" if wishes.responses not in (None, ALL) else ""
        raise click.UsageError(f"give the scenarios{before}")
    from sim.cli.comparing import answer

    answer(wishes)
