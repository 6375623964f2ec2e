"""As many replications as make the main loss precise, and the verb `run` that may ask for them."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.engine.size import MEMORY_LIMIT
from sim.errors import TooLarge
from sim.results.provenance import gather
from sim.results.result import Result
from sim.results.statistics import ENOUGH_EVENTS, TOO_FEW, Summary, summarize
from sim.scenario.scenario import Scenario
from sim.studies.asking import checked_share
from sim.studies.conduct import conduct
from sim.studies.run import Progress, Work, asked, carry_out, prepare
from sim.studies.sweep import prepare_sweep


@dataclass(frozen=True)
class Precise:
    """A run with as many replications as were found to be needed."""

    work: Work
    words: str
    """What was found, in a sentence."""


def run(
    scenario: Scenario | str | Path,
    *,
    replications: int | None = None,
    precision: float | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    audit: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario, or the file it is in, and its baseline: the same replications with all shocks removed.

    `precision`, a share such as 0.05, makes as many replications as bring the 95 % interval of the share lost of all
    sales within so much of its mean. `audit` checks the mass balance of every day. `progress(done, all)` is called as
    replications are done.
    """
    if precision is None:
        work = prepare(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    else:
        found = prepare_precise(scenario, precision, replications=replications, seed=seed, sets=sets, strict=strict)
        work = found.work
    return carry_out(work, audit=audit, progress=progress)


def prepare_precise(
    scenario: Scenario | str | Path,
    precision: float,
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Precise:
    """A run with enough replications, found by doubling with a study that counts and keeps no history.

    It begins with `replications`, or 20 if that is more. One is enough where nothing is random. An interval that is
    looked at again and again until it is narrow covers the mean a little less often than it says: 93 to 95 % of the
    time where that was tried. Losses so rare that too few are seen in as many replications as a run may keep are run
    that often, and it is said. Raises TooLarge, with the number, where the interval is still too wide then.
    """
    share = checked_share(precision)
    base = asked(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    one = prepare(base.scenario, replications=1, seed=base.seed)
    study, _, (reading, *_) = prepare_sweep(
        base.scenario, precision=share, replications=base.replications, seed=base.seed
    )
    if not study.origin.is_random:
        return Precise(one, "1 replication: nothing is random")
    most = MEMORY_LIMIT // max(1, one.memory)
    conducted = conduct(study, gather(study.origin).data(), progress=progress, most=most)
    values = conducted.read([reading]).values[reading]
    summary, events = summarize(values), int(np.sum(values != 0.0))
    if not conducted.precise and events >= ENOUGH_EVENTS:
        raise TooLarge(_too_wide(summary, share, reading, most))
    work = prepare(base.scenario, replications=conducted.replications, seed=base.seed)
    return Precise(work, _words(summary, events, reading, conducted.precise))


def _words(summary: Summary, events: int, reading: str, precise: bool) -> str:
    if not events:
        return f"{summary.n:,} replications: {reading}: {summary.note}"
    if not precise:
        return f"{reading}: {TOO_FEW} ({events} of {summary.n:,}) in as many replications as a run may keep"
    return f"{summary.n:,} replications: {reading} is within {100 * _half(summary):.2g} % of its mean (95 %)"


def _too_wide(summary: Summary, share: float, reading: str, most: int) -> str:
    needed = math.ceil(summary.n * (_half(summary) / share) ** 2)
    return (
        f"after {summary.n:,} replications {reading} is within {100 * _half(summary):.2g} % of its mean; for "
        f"{100 * share:g} % about {needed:,} are needed, and a run may keep the daily history of {most:,}: use "
        "`sim sweep --precision`, which keeps none"
    )


def _half(summary: Summary) -> float:
    """Half the width of the interval as a share of the mean."""
    return (summary.high - summary.mean) / abs(summary.mean) if summary.mean else math.inf
