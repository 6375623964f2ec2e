"""How an authority decides about a link, on day 0 and as dated rules take hold."""

import math
from collections.abc import Iterator

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.licences import Approval, Regime
from sim.scenario.moments import day_of
from sim.scenario.network import Lane
from sim.scenario.scenario import Scenario


def approval_on_day_0(regime: Regime, lane: Lane, scenario: Scenario) -> float:
    """Probability that an application for this link is approved on day 0."""
    return _approval_on(0.0, _fitting(regime, lane, scenario))


def approval_changes(regime: Regime, lane: Lane, scenario: Scenario) -> Iterator[Effect]:
    """What the approval becomes on each day on which another rule for this link takes hold during the run."""
    rules = _fitting(regime, lane, scenario)
    before = _approval_on(0.0, rules)
    for day in sorted({day for day, _ in rules if day > 0.0}):
        share = _approval_on(day, rules)
        if share != before:  # a rule that changes nothing must not end what a shock has set
            yield Effect(Lever.APPROVAL, lane.name, How.SET, share, day)
        before = share


def _fitting(regime: Regime, lane: Lane, scenario: Scenario) -> list[tuple[float, Approval]]:
    """Rules for the link with the day each takes hold."""
    rules = [rule for _, rule in sorted(regime.approval.items()) if rule.scope().admits(lane)]
    return [(-math.inf if rule.from_ is None else day_of(rule.from_, scenario.start), rule) for rule in rules]


def _approval_on(day: float, rules: list[tuple[float, Approval]]) -> float:
    """Of the rules that hold, the one that says most about the link; of equals, the latest."""
    holding = [(rule.conditions, since, rule.share) for since, rule in rules if since <= day]
    return max(holding)[2] if holding else 1.0
