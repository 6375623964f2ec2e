"""Every response of a scenario, with those that everyone shows unless the file says otherwise.

One that is not active is among them, so that plans with and without it can share a batch; it never acts. Front-loading
that is stated and not active takes the place of what everyone shows, so nobody front-loads.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from sim.scenario.cues import Point, Reaction, Trigger
from sim.scenario.moments import day_of
from sim.scenario.responses import FrontLoad
from sim.scenario.scenario import Scenario


class Window(NamedTuple):
    """When a response acts whose dates are known: days after the start, and the shock it depends on, if any."""

    start: float
    """First day; inf if it waits for a trigger."""
    end: float
    """First day it no longer acts, whatever it waits for; inf to the end of the run, -inf for one that is not taken."""
    shock: str


def reactions(scenario: Scenario) -> Mapping[str, Reaction]:
    """By name, in sorted order, default front-loading included."""
    found: dict[str, Reaction] = dict(scenario.responses)
    stated = {response.before for response in found.values() if isinstance(response, FrontLoad)}
    for name, shock in scenario.shocks.items():
        if shock.random is not None:  # what luck decides is not announced
            continue
        first, last = shock.window(scenario.start)
        heard = first if shock.announced is None else day_of(shock.announced, scenario.start)
        if name not in stated and heard < first < last:
            one = FrontLoad(kind="front_load", before=name, source="assumed")
            if any(one.effects(scenario.network, scenario.shocks)):
                found[f"front-loading before {name}"] = one
    return {name: found[name] for name in sorted(found)}


def window(response: Reaction, scenario: Scenario) -> Window:
    """When it acts, as far as that is known before the run."""
    begins, ends = response.begins(), response.ends()
    end = math.inf if ends is None else _day(ends, scenario)
    if not response.active:  # over before it begins, whatever it waits for
        end = -math.inf
    if isinstance(begins, Trigger):
        return Window(math.inf, end, "")
    start = _day(begins, scenario) + response.after.days
    if response.lasts is not None:
        end = min(end, start + response.lasts.days)
    shock = next((point.shock for point in (begins, ends) if isinstance(point, Point)), "")
    return Window(start, end, shock)


def _day(moment: object, scenario: Scenario) -> float:
    """Days after the start of a date, or of a date of a shock."""
    if not isinstance(moment, Point):
        return day_of(moment, scenario.start)  # type: ignore[arg-type]
    shock = scenario.shocks[moment.shock]
    if moment.announced is not None and shock.announced is not None:
        return day_of(shock.announced, scenario.start)
    return shock.window(scenario.start)[0]
