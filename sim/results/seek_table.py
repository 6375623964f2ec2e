"""What a search found: a row for each setting that was tried, and the answer in sentences."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sim.results.condition import Condition
from sim.results.point_table import short_titles
from sim.results.table import Cell, Column, Estimate, Table
from sim.results.terminal import number
from sim.results.verdicts import Verdict

ANSWER, BEFORE = "answer", "a step before"
"""What a trial is of the answer; empty for all others."""


@dataclass(frozen=True)
class Trial:
    """A setting of the levers that was tried."""

    round: int
    levels: tuple[str, ...]
    at: tuple[float, ...]
    """The number of each level, or its place among levels that are no numbers."""
    cost: float
    verdict: Verdict
    role: str = ""


@dataclass(frozen=True)
class Answer:
    """A search that has come to its end."""

    condition: Condition
    confidence: float
    paths: tuple[str, ...]
    trials: tuple[Trial, ...]
    """In the order in which they were tried."""
    has_prices: bool
    cost_unit: str
    enough: int = 0
    """Replications without any loss that would show it; 0 where none do."""

    @property
    def found(self) -> Trial | None:
        """The cheapest setting at which it holds; None where it holds nowhere."""
        return next((trial for trial in self.trials if trial.role == ANSWER), None)

    @property
    def before(self) -> tuple[Trial, ...]:
        """The settings a step nearer to what costs nothing, which fail."""
        return tuple(trial for trial in self.trials if trial.role == BEFORE)

    @property
    def nearest(self) -> Trial:
        """What comes nearest to holding, of all that was tried."""
        return min(self.trials, key=lambda trial: (trial.verdict.missing, trial.cost, trial.levels))

    def measured(self, value: float) -> str:
        """A value of the reading with its unit, shares in percent."""
        unit = self.condition.reading.unit
        return f"{number(100.0 * value)} %" if unit == "share" else f"{number(value) or 'unknown'} {unit}"

    def priced(self, trial: Trial) -> str:
        """What a setting costs, in words."""
        if self.has_prices:
            return f"{number(trial.cost) or '0'} {self.cost_unit}".rstrip()
        return f"{number(100.0 * trial.cost)} % of a range"


def seek_table(answer: Answer) -> Table:
    """A row for each setting, in the order in which they were tried."""
    titles = short_titles(answer.paths)
    reading = answer.condition.reading
    columns = (
        Column("reading", "reading", meaning="metric of a place"),
        Column("unit", "unit"),
        Column("round", "round", meaning="when it was tried", shown=False),
        *(Column(path, titles[path], meaning=path) for path in answer.paths),
        Column("mean", "mean", "", "mean over replications with 95 % interval", True),
        Column("bound", "bound", "", "one-sided bound of the mean with the stated confidence", shown=is_random(answer)),
        Column("holds", "holds"),
        Column("cost", "cost", answer.cost_unit, "of moving the levers there, from what costs nothing"),
        Column("n", "n", meaning="replications with a value", shown=is_random(answer)),
        Column("role", "found", meaning="the answer, or a step before it"),
        Column("note", "note", shown=False),
    )
    rows = [_row(answer, trial, (reading.name, reading.unit)) for trial in answer.trials]
    return Table("seek", columns, tuple(rows), tuple(notes(answer)))


def _row(answer: Answer, trial: Trial, before: tuple[str, str]) -> tuple[Cell, ...]:
    v = trial.verdict
    cost = trial.cost if answer.has_prices or len(answer.paths) > 1 else None
    mean, own = Estimate(v.mean, v.low, v.high), (trial.role or None, v.note or None)
    return (*before, trial.round, *trial.levels, mean, v.bound, v.holds, cost, v.n, *own)


def notes(answer: Answer) -> list[str]:
    """What must be said below the table."""
    level = f"{100.0 * answer.confidence:.4g} %"
    said = ["nothing is random: one replication tells the mean"]
    if is_random(answer):
        side = "at most" if answer.condition.wants_less else "at least"
        said = [
            f"bound: the mean is {side} that, with {level} confidence; the condition holds where the bound meets it"
        ]
    if len(answer.paths) > 1 and not answer.has_prices:
        said.append("cost: each move as a share of the range of its lever, for no --cost was said")
    return said + [*dict.fromkeys(trial.verdict.note for trial in answer.trials if trial.verdict.note)]


def is_random(answer: Answer) -> bool:
    """Whether a bound says anything but the mean does."""
    return any(trial.verdict.bound != trial.verdict.mean for trial in answer.trials)


def there(answer: Answer, trial: Trial) -> str:
    """What the reading is at a setting: `4.2 % (95 %: 3.9 to 4.5 %, n = 200), at most 4.45 % with 95 % confidence`."""
    v = trial.verdict
    if not math.isfinite(v.mean):
        return v.note
    if v.bound == v.mean:
        return answer.measured(v.mean)
    side = "at most" if answer.condition.wants_less else "at least"
    between = ""
    if math.isfinite(v.low + v.high):
        between = f"95 %: {answer.measured(v.low)} to {answer.measured(v.high)}, "
    bound = f"{side} {answer.measured(v.bound)} with {100.0 * answer.confidence:.4g} % confidence"
    return f"{answer.measured(v.mean)} ({between}n = {v.n}), {bound}"


def setting(answer: Answer, trial: Trial) -> str:
    """`cover = 51 days, reviewers = 4`, by the paths themselves."""
    return ", ".join(f"{path} = {level}" for path, level in zip(answer.paths, trial.levels, strict=True))


MIXED: Final = "More is not always better here: look at all that was tried."


def verified(answer: Answer) -> list[str]:
    """The answer's figures: the reading there, a step before, and whether it holds elsewhere too."""
    found = answer.found
    if found is None:
        near = answer.nearest
        return [f"Nearest comes {setting(answer, near)}, with {there(answer, near)}.", *_too_few(answer)]
    said = [f"There {answer.condition.reading.name} is {there(answer, found)}."]
    if len(answer.paths) == 1:
        said += [f"At {trial.levels[0]} it is {there(answer, trial)}, and fails." for trial in answer.before]
        return said + _elsewhere(answer, found)
    if answer.before:
        said.append("With any lever a step nearer to what costs nothing it fails.")
    return [*said, f"It costs {answer.priced(found)}. Nothing cheaper was found; that there is none is not proven."]


def _elsewhere(answer: Answer, found: Trial) -> list[str]:
    """Cheaper levels at which it holds too, and dearer ones at which it fails again, of one lever."""
    way = _way(answer, found)
    beyond = [trial for trial in answer.trials if (trial.at[0] - found.at[0]) * way > 0.0]
    before = [trial for trial in answer.trials if (trial.at[0] - found.at[0]) * way < 0.0]
    again = _listed([trial for trial in beyond if not trial.verdict.holds]) if way else ""
    also = _listed([trial for trial in before if trial.verdict.holds]) if answer.before and way else ""
    said = [f"It holds at {also} too, but not at all levels between."] if also else []
    said += [f"It fails again at {again}."] if again else []
    ordered = sorted((trial for trial in answer.trials if way), key=lambda trial: trial.at[0] * way)
    missing = [answer.condition.missing(trial.verdict.mean) for trial in ordered]
    is_mixed = any(later > sooner + 1e-9 * abs(sooner) for sooner, later in pairwise(missing))
    return [*said, MIXED] if said and is_mixed else said


def _too_few(answer: Answer) -> list[str]:
    """Where means meet the condition and bounds cannot: how many replications could show it."""
    met = [trial for trial in answer.trials if answer.condition.met_by(trial.verdict.mean)]
    if not met:
        return []
    best = min(met, key=lambda trial: (trial.cost, trial.levels))
    level = f"{100.0 * answer.confidence:.4g} %"
    said = f"At {setting(answer, best)} the mean itself meets it, {answer.measured(best.verdict.mean)}"
    hint = f": without any loss it takes {answer.enough:,} (--replications)" if answer.enough else ""
    return [f"{said}, but {best.verdict.n} replications are too few to say so with {level} confidence{hint}."]


def _way(answer: Answer, found: Trial) -> float:
    """Whether levels grow (1) or fall (-1) from what costs nothing; 0 where the answer is what costs nothing."""
    origin = min(answer.trials, key=lambda trial: trial.cost)
    return math.copysign(1.0, found.at[0] - origin.at[0]) if found.at[0] != origin.at[0] else 0.0


def _listed(trials: Sequence[Trial], most: int = 5) -> str:
    names = [trial.levels[0] for trial in sorted(trials, key=lambda trial: trial.at)]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
