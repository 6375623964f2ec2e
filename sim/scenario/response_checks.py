"""What is checked of responses: what they reach, what shares they leave, and the units of what they add."""

import math
from collections.abc import Iterator

from sim.errors import Problem
from sim.scenario.cues import Point, Reaction
from sim.scenario.dimensions import activity_unit
from sim.scenario.document import dotted
from sim.scenario.effects import Effect, Lever
from sim.scenario.facilities import Stockpile
from sim.scenario.network import Lane
from sim.scenario.responses import Build, Refill, Substitute
from sim.scenario.scenario import Scenario

Problems = Iterator[Problem]

CLOSE = 1e-9


def _effects(scenario: Scenario, response: Reaction) -> list[Effect]:
    return list(response.effects(scenario.network, scenario.shocks))


def responses_reach_something(scenario: Scenario) -> Problems:
    for name, response in scenario.responses.items():
        if not _effects(scenario, response):
            says = "it matches nothing, so it changes nothing: no facility, market or link fits what it says"
            yield scenario.problem(dotted(("responses", name)), says, warning=True)


def what_they_wait_for_has_a_date(scenario: Scenario) -> Problems:
    """Nobody can wait for the announcement of a shock that strikes at random."""
    for name, response in scenario.responses.items():
        for key, point in (("on", response.begins()), ("until", response.ends())):
            if isinstance(point, Point) and scenario.shocks[point.shock].random is not None:
                says = (
                    f"'{point.shock}' strikes at random and has no date: wait for what is seen, such as `cover_below`"
                )
                yield scenario.problem(dotted(("responses", name, key)), says)


def moved_shares_sum_to_one(scenario: Scenario) -> Problems:
    """What a response sets must be no more than all, and where it is less another link must fill up the rest."""
    by_need: dict[tuple[str, str], list[Lane]] = {}
    for lane in scenario.network.lanes:
        by_need.setdefault((lane.buyer.name, lane.commodity), []).append(lane)
    for name, response in scenario.responses.items():
        given = {effect.target: effect.size for effect in _effects(scenario, response) if effect.lever is Lever.SHARE}
        for (buyer, commodity), lanes in sorted(by_need.items()):
            moved = [given[lane.name] for lane in lanes if lane.name in given]
            total, rest = math.fsum(moved), math.fsum(lane.share for lane in lanes if lane.name not in given)
            if moved and (total > 1.0 + CLOSE or (total < 1.0 - CLOSE and rest == 0.0)):
                says = f"shares of {commodity} of {buyer} would sum to {100 * total:.9g} %; let them sum to 100 %"
                yield scenario.problem(dotted(("responses", name, "share")), says)


def what_is_added_has_its_unit(scenario: Scenario) -> Problems:
    for name, response in scenario.responses.items():
        if isinstance(response, Build) and response.adds is not None:
            for node in scenario.network.places(response.where):
                if node.kind != "market":
                    due = activity_unit(scenario, scenario.facilities[node.name])
                    yield from _unit(scenario, name, "adds", response.adds.unit, due, node.name)
        if isinstance(response, Refill):
            for pile in response.stockpile:
                held = scenario.facilities[pile]
                if isinstance(held, Stockpile):
                    due = scenario.commodities[held.holds].base
                    yield from _unit(scenario, name, "rate", response.rate.unit, due, pile)


def _unit(scenario: Scenario, name: str, key: str, given: str, due: str, of: str) -> Problems:
    if given != due:
        says = f"this is in {given} a day, and {of} is counted in {due}: say it in {due}"
        yield scenario.problem(dotted(("responses", name, key)), says)


def substitutes_stand_in_the_recipe(scenario: Scenario) -> Problems:
    for name, response in scenario.responses.items():
        if not isinstance(response, Substitute):
            continue
        for node in scenario.network.places(response.where):
            recipe = {} if node.kind == "market" else scenario.facilities[node.name].recipe
            for key, word in (("replaces", response.replaces), ("use", response.use)):
                if node.kind != "market" and word not in recipe:
                    says = f"'{word}' is not in the recipe of {node.name}: add recipe.{word}, its amount may be 0"
                    yield scenario.problem(dotted(("responses", name, key)), says)


def stockpiles_stand_by(scenario: Scenario) -> Problems:
    for lane in scenario.network.lanes:
        if lane.seller.kind == "stockpile" and lane.share > 0.0:
            says = f"{lane.seller.name} is a stockpile and sells only when a response says so: give it a share of 0 %"
            yield scenario.problem(f"{lane.path}.share", says)


def stockpiles_are_in_units_of_what_they_hold(scenario: Scenario) -> Problems:
    for name, facility in scenario.facilities.items():
        if isinstance(facility, Stockpile):
            held = scenario.commodities[facility.holds]
            if facility.size.unit != held.base:
                unit = facility.size.unit
                says = f"this is in {unit}, and {facility.holds} is counted in {held.unit}: say it in {held.unit}"
                yield scenario.problem(dotted(("facilities", name, "size")), says)
