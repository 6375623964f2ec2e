"""Plans of licence authorities: which links each controls, how it decides, what delay buyers reckon with."""

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.engine.laws import expect, largest, law_of, mean
from sim.errors import Problem
from sim.scenario.calendar import WorkingClock
from sim.scenario.distributions import in_working_days
from sim.scenario.effects import Effect, How, Lever
from sim.scenario.licences import Approval, Regime
from sim.scenario.moments import day_of
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
    country: str
    """Whose public holidays count."""
    working: bool
    """Whether reviews, or delays added to them, are in working days."""


def desk_plans(scenario: Scenario, lanes: Sequence[Lane]) -> tuple[DeskPlan, ...]:
    """A plan for each authority that controls a link of the network."""
    number = {lane.name: row for row, lane in enumerate(lanes)}
    controlled = {
        name: sorted(number[lane.name] for lane in scenario.network.controlled(regime))
        for name, regime in scenario.network.regimes.items()
    }
    order = {row: j for j, row in enumerate(sorted({row for rows in controlled.values() for row in rows}))}
    return tuple(
        _desk_plan(scenario, name, rows, lanes, order) for name, rows in sorted(controlled.items()) if rows
    )


def _desk_plan(
    scenario: Scenario, name: str, links: Sequence[int], lanes: Sequence[Lane], order: dict[int, int]
) -> DeskPlan:
    regime = scenario.licences[name]
    return DeskPlan(
        name=name,
        links=tuple(links),
        rows=tuple(order[row] for row in links),
        firms=tuple(lanes[row].record.firms for row in links),
        queues=regime.reviewers is not None,
        files_every=regime.files_every,
        again=regime.denied == "again",
        general=regime.licence == "general",
        in_force=regime.in_force,
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


def approval_on_day_0(regime: Regime, lane: Lane, scenario: Scenario) -> float:
    """Probability that an application for this link is approved on day 0."""
    rules = [r for r in _rules_for(regime, lane) if r.from_ is None or day_of(r.from_, scenario.start) <= 0]
    return rules[-1].share if rules else 1.0


def approval_changes(regime: Regime, lane: Lane, scenario: Scenario) -> Iterator[Effect]:
    """Dated approval rules that take hold during the run."""
    for rule in _rules_for(regime, lane):
        if rule.from_ is not None and (day := day_of(rule.from_, scenario.start)) > 0:
            yield Effect(Lever.APPROVAL, lane.name, How.SET, rule.share, day)


def _rules_for(regime: Regime, lane: Lane) -> list[Approval]:
    """Rules that hold for the link in the order they take hold; among those, the ones that say most about it."""
    fitting = [rule for _, rule in sorted(regime.approval.items()) if rule.scope().admits(lane)]
    most = max((rule.conditions for rule in fitting), default=0)
    chosen = [rule for rule in fitting if rule.conditions == most]
    return sorted(chosen, key=lambda rule: -math.inf if rule.from_ is None else _ordinal(rule))


def _ordinal(rule: Approval) -> float:
    return float(rule.from_) if isinstance(rule.from_, int) else float(rule.from_.toordinal())  # type: ignore[union-attr]


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


def infeasible(scenario: Scenario, lanes: Sequence[Lane], flow: dict[str, float]) -> Iterator[Problem]:
    """Licences in force from the beginning that can never carry the planned flow."""
    for desk in desk_plans(scenario, lanes):
        regime = scenario.licences[desk.name]
        for row in desk.links:
            lane = lanes[row]
            if desk.in_force and flow[lane.name] > 0.0 and approval_on_day_0(regime, lane, scenario) == 0.0:
                yield scenario.problem(
                    f"licences.{desk.name}.approval",
                    f"no application for '{lane.name}' is approved on day 0, so the plan cannot be carried; "
                    "approve a share of them, or impose the licence by a shock of kind licensing",
                )
