"""What studies ask of a scenario before anything is run: that it can be, what to read of it, what a value breaks."""

from collections.abc import Sequence
from pathlib import Path

from sim.engine.feasible import examine
from sim.errors import Problem, ScenarioError
from sim.results.measured import ALL_OUTPUT, asked_about, claimed_about, measured
from sim.results.readings import reading_of, usual_readings
from sim.scenario.scenario import Scenario
from sim.studies.run import Work, asked
from sim.studies.study import without_history
from sim.studies.values import at_value

LOSS = "loss_share"
MOST_SHOWN = 6
"""Readings shown unless they are named: as many as a picture can tell apart."""


def prepare_base(
    scenario: Scenario | str | Path, replications: int | None, seed: int | None, sets: tuple[str, ...], strict: bool
) -> Work:
    """The scenario a study starts from, with its seed drawn if none is said, and its plan made."""
    work = asked(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    work.check_firms()
    return work


def readings_of(work: Work, said: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The readings to keep, and those to show: what is said, or the share lost of all sales and each end product."""
    origin = without_history(work.scenario, work.plan, work.seed)
    if said:
        chosen = tuple(dict.fromkeys(reading_of(text, origin).name for text in said))
        return chosen, chosen
    wanted, found = asked_about(origin), measured(origin)
    places = [what.name for what in found if what.is_group or what.name.partition(": ")[0] in wanted]
    claimed = claimed_about(origin)
    shown = [what.name for what in found if what.is_group and what.name != ALL_OUTPUT]
    shown += [what.name for what in found if what.name.partition(": ")[0] in claimed]
    shown = shown or [what.name for what in found if what.name == ALL_OUTPUT]
    kept = usual_readings(origin, places)
    return tuple(reading.name for reading in kept), tuple(f"{LOSS}.{place}" for place in shown[:MOST_SHOWN])


def refused(scenario: Scenario, path: str, values: Sequence[str]) -> list[Problem]:
    """What is wrong at some value of a path, each problem once and with the value."""
    found: dict[str, Problem] = {}
    for value in dict.fromkeys(values):
        try:
            examine(scenario.change(path, value))
        except ScenarioError as error:
            for problem in error.problems:
                found.setdefault(problem.says, at_value(value, problem))
    return [*found.values()]


def checked_share(precision: float) -> float:
    """A precision that can be asked for. Raises ScenarioError for others."""
    if not 0.0 < precision < 1.0:
        raise ScenarioError(f"a precision of {precision:g}: give a share of the mean between 0 and 1, such as 5 %")
    return precision
