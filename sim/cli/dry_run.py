"""`sim run --dry-run`: what a run would take, without running it."""

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.progress import duration
from sim.cli.report import counted, heading, say
from sim.engine.compiled import is_warm
from sim.engine.run import rules_of
from sim.engine.size import cases_together
from sim.engine.state import rows_of_state
from sim.studies.run import Work

if TYPE_CHECKING:
    from pathlib import Path

    from sim.cli.folders import Target
    from sim.scenario.scenario import Scenario
    from sim.studies.study import Study

# Processor time on one core of a small server (Python 3.11, November 2026): of shipped scenarios without licences
# (fab_30_days) and with (rare_earth_licences), from batches of 1 and of 50 replications; tables and picture of 200.
START = 3.0
"""Seconds to start, to load the rules, to draw the picture and to write."""
BATCH_DAY = 3e-6
"""Seconds a day of one facility costs a batch, however many cases live through it together."""
CASE_DAY, LICENSED_CASE_DAY = 0.1e-6, 0.35e-6
"""Seconds it costs each case besides, tables included; the second where there are licences to decide about."""

STUDY_DAY, LICENSED_STUDY_DAY = 0.025e-6, 0.08e-6
"""As `CASE_DAY` where no history is kept, in studies; of the benchmark's reference network, and of
rare_earth_licences, whose authority decides about each application."""
POINT = 3e-3
"""Seconds it takes to read a point's values and to plan its world."""
BASE_MEMORY, READ_BYTES, DISK_BYTES = 300 * 2**20, 48, 8
"""Bytes a process takes, bytes of each case while one reading is summed up, and of each reading kept on the disk."""

FIRM_DAY = 0.05e-6
"""Seconds a day of one firm of a population costs."""


def foretell(works: Sequence[Work], target: "Target | None", each: str = "value") -> None:
    """Runs, facility-days, time, memory and files; `each` is what the works differ in."""
    first = works[0]
    runs = f"{counted(first.replications, 'replication')}, with the shocks and without"
    values = f" at each of {counted(len(works), each)}" if len(works) > 1 else ""
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


def foretell_study(study: "Study", scenario: "Scenario", folder: "Path | None") -> None:
    """Points, runs, time, memory and disk of a study."""
    cases, kept = study.points.count * study.replications, len(study.names)
    heading(scenario.title)
    say(f"  points         {study.points.count:,}, with {counted(study.replications, 'replication')} each")
    say(f"  runs           {cases:,}, and their baselines, in {counted(sum(1 for _ in study.blocks()), 'block')}")
    say(f"  facility-days  {2 * cases * study.facility_days:,}, less where points share baselines")
    compiling = "" if is_warm(rules_of(study.work.plan)) else ", and half a minute to compile the rules, once"
    cores = os.cpu_count() or 1
    say(f"  time           about {duration(START + engine_seconds(study) / cores)} on {cores} processors{compiling}")
    rows = rows_of_state(study.work.plan)
    here, each = BASE_MEMORY + cases * READ_BYTES, BASE_MEMORY + 8 * rows * cases_together(rows)
    say(f"  memory         about {megabytes(here)} here, and {megabytes(each)} a worker")
    say(f"  disk           about {megabytes(cases * kept * DISK_BYTES)} for {counted(kept, 'reading')} of each case")
    say(
        f"  would write    {folder}/: parts, ledger, scenario, tables, picture"
        if folder
        else "  would write    nothing"
    )
    say("Nothing was run, and nothing was written.")


def engine_seconds(study: "Study") -> float:
    """Roughly how long one processor takes to live through a study, baselines included."""
    each = LICENSED_STUDY_DAY if study.scenario.licences else STUDY_DAY
    cases = study.points.count * study.replications
    return cases * 2 * study.facility_days * each + study.points.count * POINT


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB" if size < 2**30 else f"{size / 2**30:,.2f} GiB"


def _files(target: "Target | None") -> str:
    if target is None:
        return "nothing"
    instead = ", in place of the earlier run" if target.replaces else ""
    return f"{target.folder}: tables, picture, scenario, provenance{instead}"
