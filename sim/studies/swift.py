"""Runs for whoever moves sliders: as many replications as they wait for, given up once nobody waits any more."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim.engine.cases import Cases
from sim.errors import TooLarge
from sim.results.outcome import Outcome
from sim.scenario.scenario import Scenario
from sim.studies import run as studies
from sim.studies.run import Numbers, Work, prepare
from sim.studies.study import without_history

FIRST = 40
"""Replications of a first answer at most."""
FIRST_DAYS = 1_000_000
"""Facility-days of a first answer: a few tenths of a second."""
ALL_DAYS = 12_000_000
"""Facility-days of a whole answer: some seconds."""
ONE_DAYS = 6_000_000
"""Facility-days of one replication, beyond which it is no matter of moving sliders."""
MEMORY = 768 * 2**20
"""Bytes of daily history that one answer may keep."""
TOGETHER = 20
"""Replications between two looks at whether anybody still waits."""

StillWanted = Callable[[], None]
"""Raises where nobody waits any more, or it took too long."""


@dataclass(frozen=True)
class WantedWork(Work):
    """Work that looks before each batch whether it is still wanted."""

    still_wanted: StillWanted = field(default=lambda: None)

    def cases(self, replications: Numbers) -> list[Cases]:
        self.still_wanted()
        return super().cases(replications)

    @property
    def together(self) -> int:
        return min(TOGETHER, super().together)


@dataclass(frozen=True)
class Sizes:
    """How many replications are run at once, and in all."""

    first: int
    all: int
    is_random: bool
    why: str
    """What must be said where fewer are run than were asked for; empty if nothing."""

    def said_of(self, outcome: Outcome) -> str:
        """How many replications an outcome has, in words."""
        if not self.is_random:
            return "One replication: nothing is random here, so that all are alike."
        why = f"; {self.why}" if self.why else ""
        return f"{outcome.shocked.size:,} of {self.all:,} replications, seed {outcome.seed}{why}."


def sizes_of(scenario: Scenario, replications: int, seed: int) -> Sizes:
    """Raises TooLarge, with the number, for what takes too long to be moved by sliders."""
    work = prepare(scenario, replications=1, seed=seed)
    days = work.facility_days + 2 * scenario.days * sum(firms.count for firms in work.plan.populations.values())
    if days > ONE_DAYS:
        says = f"one setting of it takes {days:,} facility-days, and here are no more than {ONE_DAYS:,}"
        raise TooLarge(f"{says}: use `sim run`, or a shorter horizon")
    if not without_history(scenario, work.plan, seed).is_random:
        return Sizes(1, 1, False, "")
    most = max(1, min(replications, ALL_DAYS // days, MEMORY // max(1, work.memory)))
    why = f"no more than {most} of its {replications:,} replications are run here" if most < replications else ""
    return Sizes(max(1, min(FIRST, FIRST_DAYS // days, most)), most, True, why)


def lived(scenario: Scenario, replications: int, seed: int, still_wanted: StillWanted) -> Outcome:
    """The scenario and its baseline, replications 1 to `replications`."""
    work = prepare(scenario, replications=replications, seed=seed)
    wanted = WantedWork(work.scenario, work.replications, work.seed, still_wanted)
    return studies.carry_out(wanted).outcome
