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
