"""What an authority lays down for a link, on day 0 and as dated rules take hold."""

import math
from collections.abc import Iterator, Mapping

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.licences import Regime
from sim.scenario.moments import day_of
from sim.scenario.network import Lane
from sim.scenario.rulings import DatedShare, fitting
from sim.scenario.scenario import Scenario

DEFAULT = {Lever.APPROVAL: 1.0, Lever.BARRED: 0.0, Lever.GENERAL: 0.0}
"""Share that holds where no rule fits."""


def rulings_of(regime: Regime) -> dict[Lever, Mapping[str, DatedShare]]:
    """The rules behind each lever."""
    return {Lever.APPROVAL: regime.approval, Lever.BARRED: regime.barred, Lever.GENERAL: regime.general_share}


def share_on_day_0(lever: Lever, regime: Regime, lane: Lane, scenario: Scenario) -> float:
    """The share that holds for this link on day 0."""
    return _share_on(0.0, _fitting(lever, regime, lane, scenario), DEFAULT[lever])


def share_changes(regime: Regime, lane: Lane, scenario: Scenario) -> Iterator[Effect]:
    """What each share becomes on each day on which another rule for this link takes hold during the run."""
    for lever in sorted(DEFAULT, key=lambda lever: lever.value):
        rules = _fitting(lever, regime, lane, scenario)
        before = _share_on(0.0, rules, DEFAULT[lever])
        for day in sorted({day for day, _ in rules if day > 0.0}):
            share = _share_on(day, rules, DEFAULT[lever])
            over = max(rule.over.days for since, rule in rules if since == day)
            if share != before:  # a rule that changes nothing must not end what a shock has set
                yield Effect(lever, lane.name, How.SET, share, day, onset=over)
            before = share


def _fitting(lever: Lever, regime: Regime, lane: Lane, scenario: Scenario) -> list[tuple[float, DatedShare]]:
    """Rules for the link with the day each takes hold."""
    rules = [rule for _, rule in fitting(rulings_of(regime)[lever], lane)]
    return [(-math.inf if rule.from_ is None else day_of(rule.from_, scenario.start), rule) for rule in rules]


def _share_on(day: float, rules: list[tuple[float, DatedShare]], default: float) -> float:
    """Of the rules that hold, the one that says most about the link; of equals, the latest."""
    holding = [(rule.conditions, since, rule.share) for since, rule in rules if since <= day]
    return max(holding)[2] if holding else default
