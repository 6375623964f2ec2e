"""The course of `sim plot`: refuse early, run, draw, keep, and only then print."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import report
from sim.cli.folders import RESULTS
from sim.cli.progress import compiling, progress
from sim.errors import OutputError, ScenarioError
from sim.results.pictures import ABOUT_A_PLACE, check_kind
from sim.results.plots.sheet import ending_of
from sim.results.plots.style import missing_glyphs_told_once, save
from sim.results.table import refuse_existing
from sim.results.terminal import literal
from sim.studies.plot import drawn_in, ready
from sim.studies.run import carry_out

if TYPE_CHECKING:
    from sim.cli.plot import Wanted
    from sim.results.result import Result

ENDINGS = (".png", ".svg")


def answer(wanted: "Wanted") -> None:
    """Do what was asked for."""
    places = {kind: wanted.at if kind in ABOUT_A_PLACE else "" for kind in wanted.kinds}
    if len(wanted.kinds) == 1:
        check_kind(wanted.kinds[0], wanted.at)
    files = {(kind, width): _files(wanted, kind, width) for kind in wanted.kinds for width in wanted.widths}
    overwrite = wanted.overwrite or (wanted.out is None and wanted.result.is_dir())  # its own pictures of the same run
    refuse_existing([file for some in files.values() for file in some], overwrite)
    work = ready(wanted.result, replications=wanted.replications, seed=wanted.seed, sets=wanted.sets)
    compiling(wanted.quiet)
    with progress(work.replications, "replications", wanted.quiet) as update:
        result = carry_out(work, progress=update)
    with missing_glyphs_told_once():
        written = [file for kind in wanted.kinds for file in _draw(result, kind, places[kind], files, wanted)]
    for file in written:
        report.say(f"Written to {literal(str(file))}")


def _draw(
    result: "Result", kind: str, at: str, files: Mapping[tuple[str, str], list[Path]], wanted: "Wanted"
) -> list[Path]:
    """The files that were written; none, and a note, where one of several pictures cannot be drawn."""
    try:
        figures = drawn_in(result, kind, wanted.widths, at)
    except ScenarioError as error:
        if len(wanted.kinds) == 1:
            raise
        report.warn(f"no {kind}: {error}")
        return []
    for width, figure in figures.items():
        for file in files[kind, width]:
            _make(file.parent)
            save(figure, file, overwrite=True)
    return [file for width in figures for file in files[kind, width]]


def _files(wanted: "Wanted", kind: str, width: str) -> list[Path]:
    """Where a picture goes: the file that was named, or both endings in a folder."""
    if wanted.out and wanted.out.suffix.lower() in ENDINGS:
        return [wanted.out]
    if wanted.out and wanted.out.suffix and not wanted.out.is_dir():
        raise OutputError(f"{wanted.out} is no picture that can be written: end its name in .png or .svg")
    beside = wanted.result if wanted.result.is_dir() else RESULTS / f"{wanted.result.stem or 'scenario'}_pictures"
    return [(wanted.out or beside) / f"{kind}{ending_of(width)}{ending}" for ending in ENDINGS]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
