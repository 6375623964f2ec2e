"""Why: every subset of the shocks in every replication, what bound each facility on each day, and one place's story."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.engine import run as engine
from sim.engine.cases import Cases, stack
from sim.engine.plan import Plan
from sim.engine.recorder import DETAILS, WRITTEN, rows_of
from sim.engine.records import Array, Records
from sim.errors import ScenarioError, suggest
from sim.results.causes import Cause, charges
from sim.results.explanation import Explanation
from sim.results.measured import place_of, plan_of
from sim.results.outcome import Outcome
from sim.results.shapley import NOBODY, Game, Subset, game_of
from sim.results.shortages import Noted
from sim.results.story import Story, tell
from sim.scenario.scenario import Scenario
from sim.studies.run import TOGETHER, Progress, Work, paired, prepare

NOTED_MEMORY = 256 * 2**20
"""Bytes of daily records that are looked at at once, on all processors, to tell what bound whom."""

Lived = dict[str, Array]
T = TypeVar("T")


@dataclass(frozen=True)
class Inquiry:
    """A question that is ready to be worked on."""

    work: Work
    at: str
    """The place whose story is asked for, as it was said; empty for none."""

    @cached_property
    def game(self) -> Game:
        return game_of(self.work.plan.shocks, self.work.seed)

    @cached_property
    def origin(self) -> Outcome:
        """Scenario, seed and replications; without any history."""
        nothing = Records({}, np.empty((0, 0, 0)))
        numbers = tuple(range(1, self.work.replications + 1))
        return Outcome(self.work.scenario, self.work.plan.facts, nothing, nothing, numbers, self.work.seed)

    @property
    def cases(self) -> int:
        """Cases lived through: each subset of shocks, and once more in pairs to note what bound whom."""
        return (len(self.game.subsets) + 2) * self.work.replications


def explain(
    scenario: Scenario | str | Path,
    *,
    at: str = "",
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Explanation:
    """Why a scenario loses what it loses: by shock, by constraint, and `at` a facility or market as a dated story.

    Raises ScenarioError with everything that is wrong, also where there is no shock or no such place.
    """
    inquiry = prepare_inquiry(scenario, at=at, replications=replications, seed=seed, sets=sets, strict=strict)
    return carry_out(inquiry, progress=progress)


def prepare_inquiry(
    scenario: Scenario | str | Path,
    *,
    at: str = "",
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> Inquiry:
    """A question that is ready. Raises ScenarioError with what is wrong with it."""
    work = prepare(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    inquiry = Inquiry(work, at)
    if not work.scenario.shocks:
        raise ScenarioError("there is no shock in it, so there is no loss to explain")
    check_explainable(work)
    if at and not place_of(inquiry.origin, at):
        places = sorted({*inquiry.origin.markets, *inquiry.origin.facilities, *work.scenario.facilities})
        raise ScenarioError(f"no facility or market '{at[:60]}'.{suggest(at, places)}")
    return inquiry


def check_explainable(work: Work) -> None:
    """Raises ScenarioError where something stands for many firms."""
    many = [name for name, firms in work.plan.populations.items() if firms.count > 1]
    if many:
        raise ScenarioError(
            f"'{many[0]}' stands for many firms, into which explaining does not look: what binds each is its own; take "
            "out `firms` and `spread` to explain it as one plant"
        )


def carry_out(inquiry: Inquiry, *, progress: Progress | None = None) -> Explanation:
    """Do the work. `progress` counts cases; only what is lost and what it is charged to are kept of each."""
    done = 0

    def count(cases: int) -> None:
        nonlocal done
        done += cases
        if progress:
            progress(done, inquiry.cases)

    usual, lost = _losses(inquiry, count)
    charged = _charges(inquiry, count)
    stories = _stories(inquiry, lost) if inquiry.at else ()
    return Explanation(inquiry.origin, inquiry.game, usual, lost, charged, stories)


def _losses(inquiry: Inquiry, count: Callable[[int], None]) -> tuple[Lived, dict[str, dict[Subset, Array]]]:
    """What each place has without shocks, and loses under every subset of them, by replication."""
    game, replications = inquiry.game, inquiry.work.replications
    subset, number = np.divmod(np.arange(len(game.subsets) * replications), replications)
    batches = [slice(i, i + 2 * TOGETHER) for i in range(0, len(subset), 2 * TOGETHER)]

    def live(some: slice) -> Lived:
        return _totals(engine.run(_struck_by(inquiry, subset[some], number[some] + 1), daily=False))

    parts = list(_together(live, batches, lambda some: count(len(subset[some]))))
    had = {place: np.concatenate([part[place] for part in parts]) for place in parts[0]}
    by_subset = {place: values.reshape(len(game.subsets), replications) for place, values in had.items()}
    usual = {place: values[game.subsets.index(NOBODY)] for place, values in by_subset.items()}
    lost = {p: {s: usual[p] - values[i] for i, s in enumerate(game.subsets)} for p, values in by_subset.items()}
    return usual, lost


def _struck_by(inquiry: Inquiry, subset: NDArray[np.intp], replications: NDArray[np.int64]) -> Cases:
    """Cases of which each is struck by the shocks of its own subset, by number."""
    sets = [inquiry.game.subsets[i] for i in subset]
    chosen, own = np.unique(replications, return_inverse=True)
    plans = _stacked(inquiry.work, chosen.astype(np.int64))
    return Cases(
        plans=plans,
        point=own if len(plans) > 1 else np.zeros(len(subset), np.intp),
        replication=replications.astype(np.int64),
        struck={name: np.array([name in some for some in sets]) for name in inquiry.work.plan.shocks},
        seed=inquiry.work.seed,
    )


def _totals(records: Records) -> Lived:
    """Output of every product and sales to every market, summed over the run."""
    wanted = [key for key in records.rows if key[0] in ("output", "sales")]
    return {where: np.array(records[what, where][0]) for what, where in wanted}


def _charges(inquiry: Inquiry, count: Callable[[int], None]) -> dict[str, dict[Cause, Array]]:
    """What the loss of each place is charged to, by replication."""

    def read(noted: Noted) -> dict[str, dict[Cause, Array]]:
        return {place: charges(noted, place) for place in (*noted.outcome.facilities, *noted.outcome.markets)}

    parts, sizes = zip(*noting(inquiry.work, read, count), strict=True)
    return {place: _joined([part[place] for part in parts], sizes) for place in parts[0]}


def noting(work: Work, read: Callable[[Noted], T], count: Callable[[int], None]) -> Iterator[tuple[T, int]]:
    """What is read of some replications after others, with notes of what bound whom, and of how many it is.

    `count` is told how many cases were lived through.
    """
    rows = len(rows_of(work.plan.names, True, (*WRITTEN, *DETAILS)))
    own = NOTED_MEMORY // (os.cpu_count() or 1)
    size = max(1, min(TOGETHER, own // (2 * 8 * work.scenario.days * rows)))
    numbers = np.arange(1, work.replications + 1)
    batches = [slice(i, i + size) for i in range(0, len(numbers), size)]

    def live(some: slice) -> tuple[T, int]:
        return read(_noted(work, numbers[some])), len(numbers[some])

    return _together(live, batches, lambda some: count(2 * len(numbers[some])))


def _noted(work: Work, numbers: NDArray[np.int64]) -> Noted:
    """Some replications without and with all shocks, with notes of what bound whom."""
    records, bounds = engine.run_noting(paired(_stacked(work, numbers), numbers, work.seed))
    calm, struck = slice(0, len(numbers)), slice(len(numbers), None)
    replications = tuple(int(n) for n in numbers)
    facts, before, after = work.plan.facts, records.cases(calm), records.cases(struck)
    return Noted(Outcome(work.scenario, facts, before, after, replications, work.seed), bounds.cases(struck))


def _stacked(work: Work, numbers: NDArray[np.int64]) -> tuple[Plan, ...]:
    """One plan for all, or one for each. Raises ScenarioError where uncertain inputs make worlds of different build."""
    try:
        return stack(work.plans(numbers))
    except ValueError as error:
        says = f"{error}: give the uncertain inputs narrower bounds, or explain one setting with --set"
        raise ScenarioError(says) from error


def _joined(parts: Sequence[dict[Cause, Array]], sizes: Sequence[int]) -> dict[Cause, Array]:
    causes = dict.fromkeys(cause for part in parts for cause in part)
    zeros = [np.zeros(size) for size in sizes]
    return {c: np.concatenate([part.get(c, z) for part, z in zip(parts, zeros, strict=True)]) for c in causes}


def _stories(inquiry: Inquiry, lost: dict[str, dict[Subset, Array]]) -> tuple[Story, ...]:
    """The story of the place, of that product which loses most days of its plan; none where nothing differs."""
    origin, everybody = inquiry.origin, inquiry.game.everybody
    places = place_of(origin, inquiry.at)
    days = {p: float(np.mean(lost[p][everybody])) / max(plan_of(origin, p), 1e-30) for p in places}
    place = max(places, key=lambda p: (days[p], p))
    index, chosen = _median(lost[place][everybody], origin.is_random)
    noted = _noted(inquiry.work, np.array([index + 1]))
    return (tell(noted, place, chosen),)


def _median(values: Array, is_random: bool) -> tuple[int, str]:
    """The replication whose loss is the median, the lower of two in the middle."""
    index = int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])
    if len(values) == 1:
        return index, "the only one"
    return (index, f"whose loss is the median of {len(values)}") if is_random else (0, "which all others are like")


def _together(live: Callable[[slice], T], batches: Sequence[slice], done: Callable[[slice], None]) -> Iterator[T]:
    """Live through batches on as many threads as there are processors, and give what comes of them in order."""
    with ThreadPoolExecutor(min(len(batches), os.cpu_count() or 1)) as pool:
        for batch, found in zip(batches, pool.map(live, batches), strict=True):
            done(batch)
            yield found
