"""`sim run --dry-run`: what a run would take, without running it."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.progress import duration
from sim.cli.report import counted, heading, say
from sim.engine.compiled import is_warm
from sim.engine.run import rules_of
from sim.studies.run import Work

if TYPE_CHECKING:
    from sim.cli.folders import Target

# Processor time on one core of a small server (Python 3.11, November 2026): of shipped scenarios without licences
# (fab_30_days) and with (rare_earth_licences), from batches of 1 and of 50 replications; tables and picture of 200.
START = 3.0
"""Seconds to start, to load the rules, to draw the picture and to write."""
BATCH_DAY = 3e-6
"""Seconds a day of one facility costs a batch, however many cases live through it together."""
CASE_DAY, LICENSED_CASE_DAY = 0.1e-6, 0.35e-6
"""Seconds it costs each case besides, tables included; the second where there are licences to decide about."""

FIRM_DAY = 0.05e-6
"""Seconds a day of one firm of a population costs."""


def foretell(works: Sequence[Work], target: "Target | None") -> None:
    """Runs, facility-days, time, memory and files."""
    first = works[0]
    runs = f"{counted(first.replications, 'replication')}, with the shocks and without"
    values = f" at each of {len(works)} values" if len(works) > 1 else ""
    heading(first.scenario.title)
    say(f"  runs           {2 * sum(work.replications for work in works):,} ({runs}{values})")
    say(f"  facility-days  {sum(work.facility_days for work in works):,}")
    compiling = "" if is_warm(rules_of(first.plan)) else ", and half a minute to compile the rules, once"
    say(f"  time           about {duration(seconds(works))}{compiling}")
    say(f"  memory         {megabytes(max(work.memory for work in works))} of daily history")
    if first.firms_memory:
        say(f"  firms          {megabytes(first.firms_memory * first.together * first.threads)} at once at most")
    say(f"  would write    {_files(target)}")
    say("Nothing was run, and nothing was written.")


def seconds(works: Sequence[Work]) -> float:
    """Roughly how long it takes."""
    batches = sum(math.ceil(work.replications / work.together) for work in works)
    first = works[0].scenario
    each = LICENSED_CASE_DAY if first.licences else CASE_DAY
    days = sum(work.facility_days for work in works)
    firms = sum(one.count for one in works[0].plan.populations.values())
    lived = 2 * sum(work.replications for work in works) * first.days * firms
    return FIRM_DAY * lived + START + BATCH_DAY * batches * first.days * len(first.network.nodes) + each * days


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB" if size < 2**30 else f"{size / 2**30:,.2f} GiB"


def _files(target: "Target | None") -> str:
    if target is None:
        return "nothing"
    instead = ", in place of the earlier run" if target.replaces else ""
    return f"{target.folder}: tables, picture, scenario, provenance{instead}"
