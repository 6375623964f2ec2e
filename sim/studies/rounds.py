"""The rounds of a search: each a study of listed points, kept in a folder of its own, all with the same luck."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import sim
from sim.engine.records import Array
from sim.errors import OutputError
from sim.results.condition import Condition
from sim.results.readings import Instrument
from sim.results.table import write_aside
from sim.results.verdicts import Range, Verdict, counted, taken_over, verdict_of
from sim.scenario.load import resolved
from sim.studies.conduct import Conducted, Help, Progress, conduct
from sim.studies.levers import Lever
from sim.studies.lock import NAME as LOCK
from sim.studies.lock import locked
from sim.studies.points import Listed
from sim.studies.run import Work
from sim.studies.search import Spot
from sim.studies.store import LEDGER, PARTS, SCENARIO
from sim.studies.study import Study, without_history

QUESTION = "question.json"
ROUND = "round_{:02d}"
OTHERWISE = "choose another folder with --out"


@dataclass(frozen=True)
class Quest:
    """What is searched for, ready to start; two equal ones have equal answers."""

    work: Work
    levers: tuple[Lever, ...]
    condition: Condition
    confidence: float
    """From 0 to 1."""
    cost_unit: str
    rounds: int
    """Of proposals, where there are several levers."""

    @cached_property
    def text(self) -> str:
        """The scenario, resolved, as YAML."""
        return resolved(self.work.scenario)

    @property
    def paths(self) -> tuple[str, ...]:
        """Of the levers."""
        return tuple(lever.path for lever in self.levers)

    def levels(self, spot: Spot) -> tuple[str, ...]:
        """What the levers are set to."""
        return tuple(lever.levels[level] for lever, level in zip(self.levers, spot, strict=True))

    def study(self, spots: Collection[Spot]) -> Study:
        """The study that tries these spots."""
        points = Listed(self.paths, tuple(self.levels(spot) for spot in spots))
        name = self.condition.reading.name
        return Study("seek", self.text, points, self.work.replications, self.work.seed, (name,))

    def plain(self) -> dict[str, object]:
        """As plain data for JSON."""
        levers = [[x.path, list(x.levels), x.levels[x.origin], x.price] for x in self.levers]
        return {
            "version": sim.__version__,
            "scenario": self.text,
            "levers": levers,
            "condition": self.condition.said,
            "confidence": self.confidence,
            "cost": self.cost_unit,
            "rounds": self.rounds,
            "replications": self.work.replications,
            "seed": self.work.seed,
            "own seed": self.work.scenario.seed,
        }

    @cached_property
    def is_random(self) -> bool:
        """Whether replications may differ."""
        return without_history(self.work.scenario, self.work.plan, self.work.seed).is_random

    @cached_property
    def span(self) -> Range:
        """All there is to lose of what is read, by the plan of what the file states."""
        origin = without_history(self.work.scenario, self.work.plan, self.work.seed)
        mark = Instrument([self.condition.reading], origin).mark(origin)
        days = float(self.work.scenario.days)
        end = days if mark.first != mark.first else days - mark.first
        match self.condition.reading.unit:
            case "share":
                return Range(1.0, end)
            case "day" | "days":
                return Range(days, end)
        price = mark.price[0] if self.condition.reading.metric == "loss_value" else 1.0
        return Range(days * mark.plan[0] * price, end)


class Rounds:
    """Tries spots that were not tried before, a round each time it is asked, and remembers all."""

    def __init__(
        self, quest: Quest, help: Help, provenance: Mapping[str, object], progress: Progress | None = None
    ) -> None:
        self.quest, self.help, self.provenance, self.progress = quest, help, provenance, progress
        self.known: dict[Spot, Verdict] = {}
        self._own: dict[Spot, tuple[Verdict, Array]] = {}
        """What each spot says by itself, and its values by replication."""
        self.round_of: dict[Spot, int] = {}
        self.conducted: list[Conducted] = []

    def __call__(self, spots: Collection[Spot]) -> Mapping[Spot, Verdict]:
        """What is known of all spots that were ever tried, once these are."""
        if new := [spot for spot in dict.fromkeys(spots) if spot not in self.known]:
            self._try(new)
        return self.known

    def _try(self, spots: list[Spot]) -> None:
        quest, number = self.quest, len(self.conducted) + 1
        folder = self.help.folder and self.help.folder / ROUND.format(number)
        help = replace(self.help, folder=folder, overwrite=True)  # the question that all answer is the same
        found = conduct(quest.study(spots), self.provenance, help, self._progress(len(spots)))
        self.conducted.append(found)
        kept = found.read([quest.condition.reading.name])
        (values,) = kept.values.values()
        for point, spot in enumerate(spots):
            own = values[kept.point == point]
            self._own[spot] = self._verdict(own), counted(quest.condition, own, quest.span)
            self.round_of[spot] = number
        verdicts, lived = zip(*self._own.values(), strict=True)
        self.known = dict(zip(self._own, taken_over(quest.condition, verdicts, lived), strict=True))

    def _verdict(self, values: Array) -> Verdict:
        q = self.quest
        return verdict_of(q.condition, values, q.work.replications, q.confidence, q.is_random, q.span)

    def _progress(self, count: int) -> Progress | None:
        tell, before = self.progress, len(self.known) * self.quest.work.replications
        if tell is None:
            return None
        return lambda done, total: tell(before + done, before + count * self.quest.work.replications)


@contextmanager
def kept_in(folder: Path | None, quest: Quest, overwrite: bool) -> Iterator[None]:
    """The folder of a search, new or as it was left, locked for this process; nothing where there is none.

    Raises OutputError where it holds another search (unless `overwrite`), or what no search wrote.
    """
    if folder is None:
        yield
        return
    _make(folder)
    with locked(folder):
        path, asked = folder / QUESTION, quest.plain()
        kept = _read(path) if path.exists() else asked
        if difference := ", ".join(name for name in asked if kept.get(name) != asked[name]):
            if not overwrite:
                says = f"{folder} holds another search, which differs in {difference}: {OTHERWISE}"
                raise OutputError(f"{says}, or say --overwrite to lose it")
            _empty(folder)
        write_aside(path, lambda aside: aside.write_text(json.dumps(asked, indent=1) + "\n", encoding="utf-8"))
        yield


def kept_seed(folder: Path | None) -> int | None:
    """The seed of the search that a folder holds, to go on with where none is said.

    None if it holds none, or if its scenario says a seed itself: then that of the file counts, whatever it is by now.
    """
    if folder is None or not (folder / QUESTION).is_file():
        return None
    kept = _read(folder / QUESTION)
    seed = kept.get("seed")
    return seed if isinstance(seed, int) and kept.get("own seed") is None else None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {file.name for file in folder.iterdir() if not file.name.startswith(".")}
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
    if QUESTION not in names and names - {LOCK}:
        raise OutputError(f"{folder} holds something that no search wrote: {OTHERWISE}")


def _read(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        data = None
    if not isinstance(data, dict):
        raise OutputError(f"{path} is damaged, or was not written by supplyshock: {OTHERWISE}")
    return data


def _empty(folder: Path) -> None:
    """Take out the rounds of another search; its question goes first, so that none ever speaks of rounds half gone.

    What no study wrote is left alone.
    """
    (folder / QUESTION).unlink()
    for ledger in sorted(folder.glob(f"round_*/{LEDGER}")):
        kept = ledger.parent
        for file in [*sorted((kept / PARTS).glob("*.parquet")), *kept.glob(f"{LEDGER}*"), kept / SCENARIO, kept / LOCK]:
            file.unlink(missing_ok=True)
        with suppress(OSError):  # something else is in it
            (kept / PARTS).rmdir()
            kept.rmdir()
