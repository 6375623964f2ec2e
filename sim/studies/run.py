"""One scenario, all its replications, each with its baseline."""

import gc
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engine import population
from sim.engine import run as engine
from sim.engine.cases import Cases, stack
from sim.engine.facts import Facts
from sim.engine.plan import Plan, plan
from sim.engine.recorder import rows_of
from sim.engine.records import Array, Records
from sim.engine.size import MEMORY_LIMIT
from sim.engine.unknown import plans_of
from sim.errors import Problem, ScenarioError, TooLarge
from sim.results.outcome import Outcome
from sim.results.result import Result
from sim.scenario.load import load
from sim.scenario.scenario import SEED_LIMIT, Scenario
from sim.scenario.unknowns import Unknowns

TOGETHER = 100
"""Replications that live through one batch with their baselines at most: enough to share the cost of a day, few enough
that the batch stays in the processor's cache."""

FIRMS_TOGETHER = 2**30
"""Bytes that the firms of populations take at once, in all batches side by side, unless a single one takes more."""
FIRMS_LIMIT = 3 * 2**30
"""Bytes that the firms of one replication and its baseline may take."""

Progress = Callable[[int, int], None]
Numbers = NDArray[np.int64]
Rows = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Work:
    """A run that is ready to start, and what it will take."""

    scenario: Scenario
    replications: int
    seed: int

    @cached_property
    def plan(self) -> Plan:
        """The plan, made when first asked for. Raises ScenarioError with the place in the file."""
        try:
            return plan(self.scenario)
        except ScenarioError as error:
            raise ScenarioError([self._placed(problem) for problem in error.problems]) from error

    def _placed(self, problem: Problem) -> Problem:
        return problem if problem.place else self.scenario.problem(problem.path, problem.says, problem.warning)

    @cached_property
    def unknowns(self) -> Unknowns:
        """What is not known about the scenario."""
        return Unknowns(self.scenario)

    def plans(self, replications: Numbers) -> Sequence[Plan]:
        """One plan for all, or one for each with uncertain inputs. Raises ScenarioError if a draw has none."""
        if not self.scenario.uncertain:
            return [self.plan]
        return plans_of(self.unknowns, self.seed, replications.tolist())

    def cases(self, replications: Numbers) -> list[Cases]:
        """Each replication without and with the shocks, in as few batches as may be, in their order.

        Uncertain inputs give each replication a plan of its own. Raises ScenarioError if a draw has none.
        """
        plans = self.plans(replications)
        if len(plans) == 1:
            return [paired(plans, replications, self.seed)]
        try:
            return [paired(plans, replications, self.seed)]
        except ValueError:  # draws that differ in more than numbers
            return [paired([one], replications[i : i + 1], self.seed) for i, one in enumerate(plans)]

    @property
    def memory(self) -> int:
        """Bytes of daily history it will keep: every recorded row, with the shocks and without."""
        return 8 * 2 * self.replications * self.scenario.days * len(rows_of(self.plan.names, daily=True))

    @property
    def facility_days(self) -> int:
        """Days lived through by facilities and markets, in all replications and their baselines."""
        return 2 * self.replications * self.scenario.days * len(self.scenario.network.nodes)

    @cached_property
    def firms_memory(self) -> int:
        """Bytes that the firms of all populations need in one replication and its baseline."""
        return population.memory(paired([self.plan], np.ones(1, np.int64), 0)) if self.plan.populations else 0

    @property
    def threads(self) -> int:
        """Batches that live side by side: one a processor, as far as their firms fit."""
        return max(1, min(os.cpu_count() or 1, FIRMS_TOGETHER // max(1, self.firms_memory)))

    @property
    def together(self) -> int:
        """Replications in a batch: few enough that every processor has one, as far as their firms fit."""
        share = -(-self.replications // self.threads)
        return max(1, min(TOGETHER, share, FIRMS_TOGETHER // max(1, self.threads * self.firms_memory)))

    def check_size(self) -> None:
        """Raises TooLarge, with the number, if the history or the firms of a single replication would not fit."""
        self.check_firms()
        if self.memory > MEMORY_LIMIT:
            fits = max(1, self.replications * MEMORY_LIMIT // self.memory)
            raise TooLarge(
                f"the daily history of {self.replications:,} replications takes {self.memory / 2**30:,.1f} GiB, and "
                f"a run may keep {MEMORY_LIMIT / 2**30:g}; use at most {fits:,} replications or a shorter horizon"
            )

    def check_one(self) -> None:
        """Raises TooLarge if a single replication would not fit: enough where few are kept at once."""
        replace(self, replications=1).check_size()

    def check_firms(self) -> None:
        """Raises TooLarge, with the number, if the firms of a single replication would not fit."""
        if self.firms_memory > FIRMS_LIMIT:
            firms = {name: one.count for name, one in self.plan.populations.items()}
            fits = sum(firms.values()) * FIRMS_LIMIT // self.firms_memory
            raise TooLarge(
                f"the {sum(firms.values()):,} firms of {', '.join(firms)} take {self.firms_memory / 2**30:,.1f} GiB in "
                f"one replication with its baseline, and may take {FIRMS_LIMIT / 2**30:g}; use at most {fits:,} firms, "
                "or links with a shorter longest transit"
            )


def prepare(
    scenario: Scenario | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> Work:
    """A run that is ready to start. Raises as `asked`, and TooLarge if it is beyond one run."""
    work = asked(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    work.check_size()
    return work


def asked(
    scenario: Scenario | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> Work:
    """What is asked for, whatever its size. The seed is the one given, else the scenario's, else drawn.

    Raises ScenarioError with everything that is wrong with the scenario.
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario, sets, strict)
    elif sets:
        raise ValueError("`sets` applies to a file; use scenario.change(path, value) on a loaded scenario")
    if replications is not None and replications < 1:
        raise ScenarioError(f"{replications} replications: give at least 1")
    if seed is not None and not 0 <= seed < SEED_LIMIT:
        raise ScenarioError(f"seed {seed}: give a whole number from 0 to 2^64 - 1")
    chosen = seed if seed is not None else scenario.seed
    return Work(
        scenario,
        replications if replications is not None else scenario.replications,
        secrets.randbits(64) if chosen is None else chosen,
    )


def run(
    scenario: Scenario | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    audit: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario, or the file it is in, and its baseline: the same replications with all shocks removed.

    `audit` checks the mass balance of every day. `progress(done, all)` is called as replications are done.
    """
    work = prepare(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    return carry_out(work, audit=audit, progress=progress)


def carry_out(work: Work, *, audit: bool = False, progress: Progress | None = None) -> Result:
    """Do the work, some replications at a time, on as many threads as there are processors.

    Compiled days let other threads go on meanwhile. Batches share nothing, so threads cannot change a result.
    """
    numbers = np.arange(1, work.replications + 1)
    histories = _histories(work, work.replications)

    def live_through(some: slice) -> tuple[Rows, list[Facts]]:
        return _live(work, numbers[some], [history[:, :, some] for history in histories], audit)

    parts = [slice(first, min(first + work.together, len(numbers))) for first in range(0, len(numbers), work.together)]
    rows: Rows = {}
    facts = work.plan.facts
    with ThreadPoolExecutor(min(len(parts), work.threads)) as pool:
        for part, (meaning, found) in zip(parts, pool.map(live_through, parts), strict=True):
            rows, facts = meaning, facts.widened(found)
            if progress:
                progress(part.stop, work.replications)
    return Result(_outcome(work, numbers, histories, rows, facts))


def carried_out(work: Work, numbers: Numbers) -> Outcome:
    """What became of some replications, on this thread, with all of their history.

    For results that look at batch after batch and keep little of each.
    """
    histories = _histories(work, len(numbers))
    rows, known = _live(work, numbers, histories)
    return _outcome(work, numbers, histories, rows, work.plan.facts.widened(known))


def _histories(work: Work, replications: int) -> list[Array]:
    """Room for every recorded row without the shocks and with them, each of shape (day, row, replication)."""
    shape = (work.scenario.days, len(rows_of(work.plan.names, daily=True)), replications)
    return [np.empty(shape), np.empty(shape)]


def _live(work: Work, numbers: Numbers, into: Sequence[Array], audit: bool = False) -> tuple[Rows, list[Facts]]:
    """Live through some replications, on this thread: what each row is, and the facts of their plans."""
    rows: Rows = {}
    known, first = list[Facts](), 0
    baseline, shocked = into
    for cases in work.cases(numbers):
        these = slice(first, first + cases.size // 2)
        rows = engine.run_into(cases, (baseline[:, :, these], shocked[:, :, these]), audit=audit)
        first, known = these.stop, [*known, *(plan.facts for plan in cases.plans)]
    if work.firms_memory:
        gc.collect()  # a world refers to itself in rings, and its firms must not outlive it
    return rows, known


def _outcome(work: Work, numbers: Numbers, histories: Sequence[Array], rows: Rows, facts: Facts) -> Outcome:
    baseline, shocked = histories
    return Outcome(
        scenario=work.scenario,
        facts=facts,
        baseline=Records(rows, baseline),
        shocked=Records(rows, shocked),
        replications=tuple(int(n) for n in numbers),
        seed=work.seed,
    )


def paired(plans: Sequence[Plan], replications: Numbers, seed: int) -> Cases:
    """Each replication twice, first without and then with the shocks, with the same luck.

    One plan for all, or one for each; ValueError if they may not share a batch.
    """
    count = len(replications)
    struck = np.repeat([False, True], count)
    own = np.zeros(count, np.intp) if len(plans) == 1 else np.arange(count)
    return Cases(
        plans=stack(plans),
        point=np.tile(own, 2),
        replication=np.tile(replications, 2),
        struck={name: struck for name in plans[0].shocks},
        seed=seed,
    )
