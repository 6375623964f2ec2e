"""`sim report`: one page about a result, to be mailed or printed."""

from pathlib import Path

import click


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Where to write. [default: see above]"
)
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.pass_obj
def report(command: str, /, result: Path, out: Path | None, overwrite: bool, quiet: bool) -> None:
    """Write one page about a result: answer, pictures, tables, causes, sources.

    RESULT is a folder that `sim run`, `sweep`, `stress`, `sensitivity`, `seek`, `compare` or `explain` wrote, or a
    scenario file, which is run. The page is one HTML file that needs no network, to be mailed or printed. It goes into
    the folder as report.html, in place of an earlier report; for a scenario file into results/SCENARIO_report.html.
    """
    from sim.cli import report as terminal
    from sim.cli.folders import RESULTS
    from sim.cli.progress import compiling, progress
    from sim.results.terminal import literal
    from sim.studies.report import NAME, check_target, finished, is_ours, subject, write

    default = result / NAME if result.is_dir() else RESULTS / f"{result.stem or 'scenario'}_{NAME}"
    target = out or default
    check_target(target, overwrite or (out is None and is_ours(target)))
    about = subject(result, command)
    if about.work is None:
        write(finished(about), target)
    else:
        compiling(quiet)
        with progress(about.work.replications, "replications", quiet) as update:
            write(finished(about, update), target)
    terminal.say(f"Written to {literal(str(target))}: one file, to be opened, mailed or printed")
