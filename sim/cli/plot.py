"""`sim plot`: pictures of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sim.cli.options import sets_option
from sim.results.pictures import ABOUT_A_PLACE, KINDS
from sim.results.plots.sheet import SHEETS

ALL, BOTH = "all", "both"


@dataclass(frozen=True)
class Wanted:
    """Which pictures were asked for."""

    command: str
    """As it was typed."""
    result: Path
    kinds: tuple[str, ...]
    at: str
    width: str
    out: Path | None
    replications: int | None
    seed: int | None
    sets: tuple[str, ...]
    overwrite: bool
    quiet: bool

    @property
    def widths(self) -> tuple[str, ...]:
        """Each picture is drawn once for each."""
        return tuple(SHEETS) if self.width == BOTH else (self.width,)


def _list(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from sim.cli.report import say

        widest = max(map(len, KINDS))
        for kind, line in KINDS.items():
            say(f"{kind:{widest}}  {line}")
        context.exit()


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([*KINDS, ALL]),
    default="resilience",
    show_default=True,
    help="Which picture; --list says what each shows.",
)
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the kinds.")
@click.option("--at", default="", metavar="PLACE", help=f"One place or authority only ({', '.join(ABOUT_A_PLACE)}).")
@click.option(
    "--width",
    type=click.Choice([*SHEETS, BOTH]),
    default="wide",
    show_default=True,
    help="Of the page: narrow is for a telephone, 360 px, with letters as large; named KIND_narrow.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="A .png or .svg, or a folder for both. [default: see above]",
)
@click.option("--replications", type=click.IntRange(min=1), metavar="N", help="How many, for a scenario file.")
@click.option("--seed", type=int, metavar="N", help="Seed of all luck, for a scenario file.")
@sets_option
@click.option("--overwrite", is_flag=True, help="Replace pictures that are there.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.pass_obj
def plot(command: str, /, kind: str, **asked: Any) -> None:
    """Draw pictures of a run, as PNG and SVG.

    RESULT is a folder that `sim run` wrote, or a scenario file. The run is lived through again, with the seed and the
    replications it had, so nothing differs from the tables beside it. Pictures of a folder are written into it;
    those of a scenario file into results/SCENARIO_pictures.
    """
    wishes = Wanted(command, kinds=tuple(KINDS) if kind == ALL else (kind,), **asked)
    if wishes.out and wishes.out.suffix and kind == ALL:
        raise click.UsageError(f"--out {wishes.out} is one file; for all pictures name a folder")
    if wishes.out and wishes.out.suffix and len(wishes.widths) > 1:
        raise click.UsageError(f"--out {wishes.out} is one file; for both widths name a folder")
    from sim.cli.drawing import answer

    answer(wishes)
