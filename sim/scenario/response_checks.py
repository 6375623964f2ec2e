"""What is checked of responses: what they reach, what shares they leave, and the units of what they add."""

from collections.abc import Iterator

from sim.errors import Problem
from sim.scenario.dimensions import activity_unit
from sim.scenario.document import dotted
from sim.scenario.effects import Effect, Lever
from sim.scenario.facilities import Stockpile
from sim.scenario.responses import Build, Reaction, Refill, Substitute
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


def moved_shares_sum_to_one(scenario: Scenario) -> Problems:
    need = {lane.name: (lane.buyer.name, lane.commodity) for lane in scenario.network.lanes}
    for name, response in scenario.responses.items():
        total: dict[tuple[str, str], float] = {}
        for effect in _effects(scenario, response):
            if effect.lever is Lever.SHARE:
                total[need[effect.target]] = total.get(need[effect.target], 0.0) + effect.size
        for (buyer, commodity), share in sorted(total.items()):
            if abs(share - 1.0) > CLOSE:
                says = f"shares of {commodity} of {buyer} would sum to {100 * share:.9g} %; let them sum to 100 %"
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
