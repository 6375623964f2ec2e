"""The course of `sim sensitivity`: refuse early, live through what is left, keep, and only then print."""

from collections.abc import Sequence

from sim.cli import studying
from sim.cli.report import heading
from sim.cli.studying import Wishes
from sim.cli.summary import blocks
from sim.studies.sensitivity import carry_out, prepare_sensitivity
from sim.studies.store import kept_seed

PICTURE = "sensitivity"
SPARED = ("range", "spread", "effect")
"""Columns to leave out on a narrow screen, the first ones first."""
TITLES = {
    "indices": "How much of the variance each factor brings about",
    "effects": "What each factor does over its range",
    "swings": "What each factor does by itself, from its low end to its high one",
}


def answer(wishes: Wishes, vary: Sequence[str], method: str, size: int | None, readings: Sequence[str]) -> None:
    """Do what was asked for."""
    folder = wishes.folder("sensitivity")
    study, scenario = prepare_sensitivity(
        wishes.scenario,
        vary,
        method=method,
        size=size,
        replications=wishes.replications,
        seed=wishes.seed if wishes.seed is not None or folder is None else kept_seed(folder),
        readings=readings,
        sets=wishes.sets,
        strict=wishes.strict,
    )
    if wishes.dry_run:
        from sim.cli.dry_run import foretell_study

        return foretell_study(study, scenario, folder)
    if not wishes.as_json:
        studying.introduce(study, scenario, wishes.seed is None and scenario.seed is None)
    with studying.working(wishes, study.points.count * study.replications, folder) as progress:
        found = carry_out(study, scenario, method, studying.help_for(wishes, study, folder), progress, [wishes.command])
        if folder:
            studying.keep(found, folder, PICTURE, wishes.command)
    if wishes.as_json:
        from sim.cli.as_json import told

        return told(found, scenario, scenario.warnings, wishes.command, folder)
    heading(TITLES[found.headline.name])
    blocks(found.headline, "{reading}".format_map, ("reading",), SPARED)
    studying.conclude(found, scenario, folder, PICTURE)
