"""What a study asks: a scenario, points, replications, readings; as plain data that a store keeps and workers share."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import sim
from sim.engine.plan import Plan
from sim.engine.records import Records
from sim.errors import TooLarge
from sim.results.outcome import Outcome
from sim.results.readings import Instrument, Reading, reading_of
from sim.scenario.load import loads
from sim.scenario.scenario import Scenario
from sim.studies.points import MOST_POINTS, Points, points_of
from sim.studies.run import Work

BLOCK_DAYS = 30_000_000
"""Facility-days of a block, baselines not counted: about a second, so that little is lost with one."""
MOST_TOGETHER = 4096
"""Replications of all its points that a block may hold."""
MOST_CASES = 100_000_000


@dataclass(frozen=True)
class Block:
    """Some replications of some points, which are lived through, kept and counted as one."""

    first_point: int
    last_point: int
    """The first that is no longer in it."""
    first_replication: int
    """From 1."""
    last_replication: int
    """The first that is no longer in it."""

    @property
    def size(self) -> int:
        """Replications of all its points."""
        return (self.last_point - self.first_point) * (self.last_replication - self.first_replication)


@dataclass(frozen=True)
class Study:
    """Everything that decides the numbers of a study, and nothing else: two equal ones give equal results."""

    verb: str
    text: str
    """The scenario, resolved, as YAML."""
    points: Points
    replications: int
    """Of each point, to begin with."""
    seed: int
    names: tuple[str, ...]
    """Readings kept of each case."""
    precision: tuple[float, str] | None = None
    """Half the width of the interval as a share of the mean, and the reading it is asked of; None for no such wish."""

    def plain(self) -> dict[str, object]:
        """As plain data for JSON."""
        return {
            "version": sim.__version__,
            "verb": self.verb,
            "scenario": self.text,
            "points": self.points.plain(),
            "replications": self.replications,
            "seed": self.seed,
            "readings": list(self.names),
            "precision": list(self.precision) if self.precision else None,
        }

    @property
    def about(self) -> dict[str, object]:
        """What is told of it at a glance."""
        counts = {"points": self.points.count, "replications": self.replications, "readings": len(self.names)}
        return {"verb": self.verb, "title": self.scenario.title, "seed": self.seed} | counts

    @cached_property
    def json(self) -> str:
        """The same text for equal studies."""
        return json.dumps(self.plain(), sort_keys=True, ensure_ascii=False)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, read from its text."""
        return _read(self.text)

    @cached_property
    def work(self) -> Work:
        """One replication of the scenario as it stands."""
        return Work(self.scenario, 1, self.seed)

    @cached_property
    def origin(self) -> Outcome:
        """The scenario as it stands, without any history."""
        return without_history(self.scenario, self.work.plan, self.seed)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What is kept of each case."""
        return tuple(reading_of(name, self.origin) for name in self.names)

    @cached_property
    def instrument(self) -> Instrument:
        """What reads it."""
        return Instrument(self.readings, self.origin)

    @property
    def facility_days(self) -> int:
        """Days lived through by facilities and markets in one case; firms of a population count each."""
        firms = sum(firms.count for firms in self.work.plan.populations.values())
        return self.scenario.days * (len(self.scenario.network.nodes) + firms)

    def blocks(self, first: int = 1, last: int | None = None) -> Iterator[Block]:
        """The replications from `first` up to and without `last` of all points, in blocks, points first to last.

        A function of the study alone, so that a block is the same whoever lives through it.
        """
        last = self.replications + 1 if last is None else last
        fits = max(1, min(MOST_TOGETHER, BLOCK_DAYS // self.facility_days))
        runs = min(last - first, fits)
        points = max(1, fits // runs)
        for point in range(0, self.points.count, points):
            for run in range(first, last, runs):
                yield Block(point, min(point + points, self.points.count), run, min(run + runs, last))

    def check_size(self) -> None:
        """Raises TooLarge, with the number, if it is beyond one study."""
        if self.points.count > MOST_POINTS:
            raise TooLarge(f"{self.points.count:,} points: one study has at most {MOST_POINTS:,}")
        if (cases := self.points.count * self.replications) > MOST_CASES:
            raise TooLarge(f"{cases:,} cases: one study has at most {MOST_CASES:,}; use fewer points or replications")


def study_of(plain: dict[str, object]) -> Study:
    """The study that was kept as plain data."""
    data: dict[str, object] = dict(plain)
    points, names, precision = data["points"], data["readings"], data["precision"]
    assert isinstance(points, dict) and isinstance(names, list)
    text = str(data["scenario"])
    return Study(
        verb=str(data["verb"]),
        text=text,
        points=points_of(points, _read(text)),
        replications=int(str(data["replications"])),
        seed=int(str(data["seed"])),
        names=tuple(map(str, names)),
        precision=(float(precision[0]), str(precision[1])) if isinstance(precision, list) else None,
    )


@lru_cache(maxsize=4)
def _read(text: str) -> Scenario:
    return loads(text, name="scenario.yaml")


def without_history(scenario: Scenario, plan: Plan, seed: int, replications: Sequence[int] = ()) -> Outcome:
    """An outcome of which only scenario, plan and seed are known."""
    import numpy as np

    nothing = Records({}, np.empty((scenario.days, 0, 0)))
    return Outcome(scenario, plan.facts, nothing, nothing, tuple(replications), seed)
