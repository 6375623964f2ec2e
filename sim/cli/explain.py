"""`sim explain`: why a loss came about, by shock, by constraint, and as a dated story."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sim.cli.options import scenario_argument, sets_option, strict_option


@dataclass(frozen=True)
class Question:
    """How an explanation was asked for."""

    command: str
    """As it was typed."""
    scenario: Path
    at: str
    replications: int | None
    seed: int | None
    sets: tuple[str, ...]
    out: Path | None
    no_out: bool
    overwrite: bool
    strict: bool
    quiet: bool
    as_json: bool


@click.command()
@scenario_argument
@click.option("--at", default="", metavar="PLACE", help="Facility or market whose story is told, from its records.")
@click.option(
    "--replications", type=click.IntRange(min=1), metavar="N", help="How many, instead of what the file says."
)
@click.option("--seed", type=int, metavar="N", help="Seed of all luck; drawn if neither this nor the file says one.")
@sets_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to write. [default: see above]")
@click.option("--no-out", is_flag=True, help="Write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace what the folder holds.")
@strict_option
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@click.pass_obj
def explain(command: str, /, **asked: Any) -> None:
    """Explain a loss: by shock, by constraint, and as a dated story.

    By shock: every subset of the shocks is run with the same luck, and the loss is split by Shapley values, what each
    shock adds over all orders of adding them. By constraint: each day below baseline is charged to what bound it. With
    --at, the story of one place is told in words, from the replication with the median loss. Tables and story are
    written to results/SCENARIO_explained.
    """
    question = Question(command=command, **asked)
    if question.out and question.no_out:
        raise click.UsageError("say either --out or --no-out")
    from sim.cli.answer import answer

    answer(question)
