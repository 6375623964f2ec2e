"""The course of the verbs that hold a scenario against what was seen: refuse early, run, keep, and only then print."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sim.cli import folders, report, summary
from sim.cli.options import share_said
from sim.cli.progress import compiling, progress
from sim.cli.report import heading, prose
from sim.errors import ScenarioError
from sim.results.history import in_words
from sim.results.table import Table
from sim.results.terminal import literal
from sim.studies.backtest import Backtested, backtest
from sim.studies.calibrate import Calibrated, calibrate
from sim.studies.observe import Sighted, observe

if TYPE_CHECKING:
    from sim.studies.run import Progress

SHIPPED = Path("scenarios")
"""Where episodes are looked for if none is named."""
_NAMED = re.compile(r"_(1[89]|20)[0-9]{2}$")
"""How an episode is named: what, and when."""
F = TypeVar("F", Sighted, Calibrated, Backtested)


def observed(
    command: str,
    scenario: Path,
    to: Sequence[str],
    replications: int | None,
    seed: int | None,
    sets: tuple[str, ...],
    out: Path | None,
    overwrite: bool,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Hold the scenario against its series."""
    target = folders.target(scenario, out, overwrite) if out else None
    found = _done(
        lambda update: observe(
            scenario, to, replications=replications, seed=seed, sets=sets, strict=strict, progress=update
        ),
        quiet,
    )
    _keep(found, target, command)
    if as_json:
        return _as_json(found, command, target)
    summary.introduce(found.work, 1, _is_drawn(found, seed))
    _periods(found.tables["periods"])
    _conclude(found, target)


def calibrated(
    command: str,
    scenario: Path,
    to: Sequence[str],
    free: Sequence[str],
    months: str,
    draws: int,
    keep: str,
    seed: int | None,
    sets: tuple[str, ...],
    out: Path | None,
    overwrite: bool,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Fit the scenario to its series."""
    target = folders.target(scenario, out, overwrite) if out else None
    found = _done(
        lambda update: calibrate(
            scenario,
            to,
            free,
            months=months,
            draws=draws,
            keep=_share(keep),
            seed=seed,
            sets=sets,
            strict=strict,
            progress=update,
        ),  # fmt: skip
        quiet,
    )
    _keep(found, target, command)
    if as_json:
        return _as_json(found, command, target)
    summary.introduce(found.work, 1, _is_drawn(found, seed))
    kept = len(found.fit.kept)
    prose(f"{kept:,} of {found.work.replications:,} draws are kept, those nearest to the fitted periods.")
    summary.show(found.tables["fitted"], "What is known of each number", ("correlation", "partner", "unit"))
    summary.show(found.tables["profile"], "How near each tenth of its range comes")
    _periods(found.tables["periods"])
    _conclude(found, target)


def backtested(
    command: str,
    scenarios: tuple[Path, ...],
    draws: int,
    keep: str,
    pages: Path | None,
    seed: int | None,
    out: Path | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Hold the episodes against history."""
    some = scenarios or tuple(_shipped())
    target = folders.target(some[0], out, overwrite) if out else None
    found = _done(lambda update: backtest(some, draws=draws, keep=_share(keep), seed=seed, progress=update), quiet)
    _keep(found, target, command)
    if pages:
        found.save_pages(pages)
    if as_json:
        return _as_json(found, command, target)
    heading("Held against history, on what nothing was fitted to")
    if found.trials:
        summary.print_table(found.tables["backtest"], ("rank", "bias", "last_year", "rush", "single"))
        prose("Errors are mean absolute errors, as a share of the usual level.")
    for one in found.episodes:
        if _is_drawn(one.sighted, seed):
            prose(f"{one.name}: seed {one.sighted.work.seed} (drawn: --seed gives the same luck again)")
    for line in in_words(found.episodes):
        report.say()
        prose(line.replace("**", "").replace("*", ""))
    if found.trials:
        summary.show(found.tables["shapes"], "Trough and return")
    if found.tables["claims"].rows:
        heading("What was dated rather than counted")
        for row in found.tables["claims"].rows:
            prose(_dated(*row))
    if pages:
        report.say(f"\nPages written to {literal(str(pages))}")
    if target:
        summary.kept(target)


def _is_drawn(found: Sighted, seed: int | None) -> bool:
    """Whether neither the command nor the file says the seed."""
    return seed is None and found.scenario.seed is None


def _dated(episode: object, says: object, low: object, high: object, model: object, unit: object, end: object) -> str:
    """A claim in a sentence."""
    found = "has no figure" if model is None else f"says {model:g}" if isinstance(model, float) else f"says {model}"
    return f"{episode}: {says}. Seen: {low:g} to {high:g} {unit}; the model {found}: {end}."


def _shipped() -> list[Path]:
    """The episodes of the folder here. Raises ScenarioError if there is none."""
    found = [path for path in sorted(SHIPPED.glob("*.yaml")) if _is_episode(path)]
    if not found:
        says = f"no scenario was named, and in the folder '{SHIPPED}' here none says a `score` window under `observed`"
        raise ScenarioError(f"{says}: name one, as in sim backtest my_episode.yaml")
    return found


def _is_episode(path: Path) -> bool:
    """Whether a file says what is scored, or is named after the year of what it was held against by dated claims."""
    from sim.scenario.files import read_file
    from sim.scenario.references import mapping

    observed = mapping(read_file(path).data, "observed")
    return _NAMED.search(path.stem) is not None or any("score" in mapping(observed, name) for name in observed)


def _done(work: "Callable[[Progress], F]", quiet: bool) -> F:
    """What the work gives, with its progress shown."""
    compiling(quiet)
    try:
        with progress(1, "replications", quiet) as update:
            return work(update)
    except KeyboardInterrupt as stop:
        stop.add_note("nothing was written")
        raise


def _keep(found: F, target: folders.Target | None, command: str) -> None:
    if target:
        found.save(target.folder, target.replaces, [command])


def _share(text: str) -> float:
    share = share_said(text)
    assert share is not None
    return share


def _periods(table: Table) -> None:
    summary.blocks(table, "{observed}".format_map, ("observed",), ("use", "value", "unit"))


def _conclude(found: Sighted, target: folders.Target | None) -> None:
    summary.conclude(found.scenario)
    if target:
        summary.kept(target)
    if found.scenario.warnings:
        report.note()
        report.problems(found.scenario.warnings)


def _as_json(found: F, command: str, target: folders.Target | None) -> None:
    from sim.cli.as_json import told

    scenario = found.episodes[0].scenario if isinstance(found, Backtested) else found.scenario
    told(found, scenario, scenario.warnings, command, target.folder if target else None)
