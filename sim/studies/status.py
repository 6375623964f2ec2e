"""How far a study has come, told from its ledger alone."""

from dataclasses import dataclass
from pathlib import Path

from sim.errors import OutputError
from sim.studies.blocks import Failure
from sim.studies.ledger import SET_ASIDE, Entry, Progress, read_only
from sim.studies.lock import holder

TOLD = 20
"""Failures that a status names."""


@dataclass(frozen=True)
class Status:
    """How far a study has come."""

    folder: Path
    verb: str
    title: str
    points: int
    replications: int
    """Of each point, to begin with."""
    seed: int
    progress: Progress
    failures: tuple[Failure, ...]
    """The first cases for which there is no world."""
    set_aside: tuple[Entry, ...]
    """Blocks that failed twice."""
    working: str
    """Who is at work in it; empty if nobody is."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.progress.done + self.progress.set_aside == self.progress.blocks


def status(folder: str | Path) -> Status:
    """How far the study in a folder has come, in a fraction of a second, whatever its size."""
    where = Path(folder)
    with read_only(where) as ledger:
        about = ledger.fact("about")
        if not isinstance(about, dict):
            raise OutputError(f"{where} holds no study")
        return Status(
            folder=where,
            verb=str(about["verb"]),
            title=str(about["title"]),
            points=int(about["points"]),
            replications=int(about["replications"]),
            seed=int(about["seed"]),
            progress=ledger.progress(),
            failures=tuple(ledger.failures(TOLD)),
            set_aside=tuple(ledger.entries(SET_ASIDE)),
            working=holder(where),
        )
