"""Plans of licence authorities: which links each controls, how it decides, what delay buyers reckon with."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.engine.laws import expect, largest
from sim.engine.means import law_of, mean
from sim.scenario.calendar import WorkingClock
from sim.scenario.caught import ever_needed, needed_from_the_beginning
from sim.scenario.distributions import in_working_days
from sim.scenario.licences import Regime
from sim.scenario.network import Lane
from sim.scenario.scenario import Scenario

WARM_UP = 800
"""Days replayed before day 0 where a regime is in force from the beginning."""
BEYOND = 1500
"""Days after the horizon that the working clock covers."""


@dataclass(frozen=True)
class DeskPlan:
    """One authority, as far as it does not differ between the cases of a batch."""

    name: str
    links: tuple[int, ...]
    """Rows of the links it controls."""
    rows: tuple[int, ...]
    """Rows of these links in the desk array."""
    firms: tuple[int, ...]
    queues: bool
    """Whether the number of reviewers is limited."""
    files_every: int
    again: bool
    general: bool
    in_force: bool
    """Whether any of them needs a licence from the beginning."""
    needed: tuple[bool, ...]
    """Which of them do."""
    country: str
    """Whose public holidays count."""
    working: bool
    """Whether reviews, or delays added to them, are in working days."""


def desk_plans(scenario: Scenario, lanes: Sequence[Lane]) -> tuple[DeskPlan, ...]:
    """A plan for each authority that controls a link of the network and may ever be in force."""
    number = {lane.name: row for row, lane in enumerate(lanes)}
    controlled = {
        name: sorted(number[link] for link in ever_needed(scenario, name)) for name in scenario.network.regimes
    }
    order = {row: j for j, row in enumerate(sorted({row for rows in controlled.values() for row in rows}))}
    return tuple(_desk_plan(scenario, name, rows, lanes, order) for name, rows in sorted(controlled.items()) if rows)


def _desk_plan(
    scenario: Scenario, name: str, links: Sequence[int], lanes: Sequence[Lane], order: dict[int, int]
) -> DeskPlan:
    regime, from_the_beginning = scenario.licences[name], needed_from_the_beginning(scenario, name)
    needed = tuple(lanes[row].name in from_the_beginning for row in links)
    return DeskPlan(
        name=name,
        links=tuple(links),
        rows=tuple(order[row] for row in links),
        firms=tuple(lanes[row].record.firms for row in links),
        queues=regime.reviewers is not None,
        files_every=regime.files_every,
        again=regime.denied == "again",
        general=regime.licence == "general",
        in_force=any(needed),
        needed=needed,
        country=regime.country,
        working=in_working_days(regime.review) or _delayed_in_working_days(scenario, name),
    )


def _delayed_in_working_days(scenario: Scenario, authority: str) -> bool:
    return any(
        shock.kind == "licence_delay" and shock.authority == authority and shock.adds.working
        for shock in scenario.shocks.values()
    )


@lru_cache(maxsize=32)
def working_clock(country: str, start: datetime.date, days: int) -> WorkingClock:
    """The authority's working days over a run, and over what may be filed before and decided after it."""
    return WorkingClock.of(country, start, days + BEYOND, WARM_UP + 30)


def expected_delay(scenario: Scenario, name: str, approval: float) -> float:
    """Calendar days that buyers reckon with for a licence: wait to file, review and hold, for every filing it takes."""
    regime = scenario.licences[name]
    once = (regime.files_every - 1) / 2 + mean_review(scenario, regime) + mean(law_of(regime.customs_hold))
    return once / approval if regime.denied == "again" and approval > 0.0 else once


def mean_review(scenario: Scenario, regime: Regime) -> float:
    """Mean calendar days of one review over a year of filing dates."""
    law = law_of(regime.review)
    if not in_working_days(regime.review):
        return mean(law)
    clock = working_clock(regime.country, scenario.start, scenario.days)
    longest = math.ceil(min(largest(law), float(WARM_UP)))
    whole = list(range(longest + 2))
    calendar = [clock.mean_calendar_days(float(n)) for n in whole]
    return expect(law, lambda days: np.interp(days, whole, calendar))
