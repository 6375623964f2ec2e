"""Whether numbers have the unit of what they count: capacity, recipe, demand, lanes, quotas, prices and claims."""

from collections.abc import Iterator

from sim.errors import Problem
from sim.scenario.changes import Change
from sim.scenario.claims import Measure
from sim.scenario.distributions import Distribution
from sim.scenario.document import Path, dotted
from sim.scenario.facilities import Facility, Product, Stockpile
from sim.scenario.markets import Market
from sim.scenario.money import PriceChange
from sim.scenario.offtakes import Offtake
from sim.scenario.scenario import Scenario
from sim.scenario.selectors import admits
from sim.scenario.shocks import Quota
from sim.scenario.units import Amount, Rate, Ratio

Problems = Iterator[Problem]


def rate_unit(value: object) -> str:
    """The unit of a rate, constant or random."""
    first = value.quantities()[0] if isinstance(value, Distribution) else value
    return first.unit if isinstance(first, Rate) else ""


def activity_unit(scenario: Scenario, facility: Facility) -> str:
    """What a facility's activity is counted in: its one product if that is counted one to one, else as its capacity."""
    (name, product), *others = facility.makes.items()
    return rate_unit(facility.capacity) if others or product.amount.unit else scenario.commodities[name].base


def _differs(scenario: Scenario, path: str, unit: str, commodity: str) -> Problems:
    """A problem if the unit of a value is not the base unit of the commodity."""
    if unit != scenario.commodities[commodity].base:
        due = scenario.commodities[commodity].unit
        yield scenario.problem(path, f"this is in {unit}, and {commodity} is counted in {due}: say it in {due}")


def prices(scenario: Scenario) -> Problems:
    first = ""
    for name in sorted(scenario.commodities):
        price = scenario.commodities[name].price
        if price is None:
            if scenario.commodities[name].holding is not None:
                says = "a share of a value that is not known: state the price of it too"
                yield scenario.problem(dotted(("commodities", name, "holding")), says)
            continue
        yield from _differs(scenario, dotted(("commodities", name, "price")), price.unit, name)
        first = first or price.currency
        if price.currency != first:
            says = f"this is in {price.currency}, and other prices are in {first}: give all of them in one currency"
            yield scenario.problem(dotted(("commodities", name, "price")), says)


def price_shocks(scenario: Scenario) -> Problems:
    for name, shock in scenario.shocks.items():
        if not isinstance(shock, PriceChange):
            continue
        for commodity in shock.commodity:
            usual = scenario.commodities[commodity].price
            if shock.to is not None:
                yield from _differs(scenario, dotted(("shocks", name, "to")), shock.to.unit, commodity)
                if usual is not None and usual.currency != shock.to.currency:
                    says = f"this is in {shock.to.currency}, and prices are in {usual.currency}: give it in that"
                    yield scenario.problem(dotted(("shocks", name, "to")), says)
            if usual is None:
                says = f"{commodity} has no price that could change: state commodities.{commodity}.price"
                yield scenario.problem(dotted(("shocks", name, "commodity")), says)


def facilities(scenario: Scenario) -> Problems:
    for name, facility in scenario.facilities.items():
        if isinstance(facility, Stockpile):
            continue
        path: Path = ("facilities", name)
        activity = activity_unit(scenario, facility)
        if rate_unit(facility.capacity) != activity:
            at = dotted((*path, "capacity"))
            yield from _differs(scenario, at, rate_unit(facility.capacity), next(iter(facility.makes)))
        for commodity, product in facility.makes.items():
            yield from _ratio(scenario, (*path, "makes", commodity), product.amount, commodity, activity)
            yield from _stored(scenario, (*path, "makes", commodity), product, commodity)
        for commodity, ingredient in facility.recipe.items():
            yield from _ratio(scenario, (*path, "recipe", commodity), ingredient.amount, commodity, activity)


def _ratio(scenario: Scenario, path: Path, ratio: Ratio, commodity: str, activity: str) -> Problems:
    """A ratio says the commodity's unit per unit of activity; one without units fits only if both are the same."""
    base = scenario.commodities[commodity].base
    said = (ratio.unit, ratio.per) if ratio.unit else (base, base)
    if said == (base, activity):
        return
    due = f"{base} of {commodity} per {activity} of activity, such as '0.5 {base}/{activity}'"
    yield scenario.problem(dotted(path), f"this is {said[0]} per {said[1]}, and due is {due}")


def _stored(scenario: Scenario, path: Path, product: Product, commodity: str) -> Problems:
    if product.storage is not None:
        yield from _differs(scenario, dotted((*path, "storage")), product.storage.unit, commodity)
    if product.capacity is not None:
        yield from _differs(scenario, dotted((*path, "capacity")), product.capacity.unit, commodity)


def markets(scenario: Scenario) -> Problems:
    for name, market in scenario.markets.items():
        yield from _differs(scenario, dotted(("markets", name, "demand")), rate_unit(market.demand), market.wants)


def lanes(scenario: Scenario) -> Problems:
    for lane in scenario.network.lanes:
        if lane.record.capacity is not None:
            yield from _differs(scenario, f"{lane.path}.capacity", lane.record.capacity.unit, lane.commodity)


def quotas(scenario: Scenario) -> Problems:
    for name, shock in scenario.shocks.items():
        if isinstance(shock, Quota):
            carried = {lane.commodity for lane in scenario.network.exports(shock.country, shock.links)}
            for commodity in sorted(carried):
                yield from _differs(scenario, dotted(("shocks", name, "amount")), shock.amount.unit, commodity)


def contracts(scenario: Scenario) -> Problems:
    for name, shock in scenario.shocks.items():
        if isinstance(shock, Offtake) and shock.amount is not None and (product := shock.product(scenario.network)):
            yield from _differs(scenario, dotted(("shocks", name, "amount")), shock.amount.unit, product)


def changes(scenario: Scenario) -> Problems:
    for name, shock in scenario.shocks.items():
        if isinstance(shock, Change) and shock.to is not None:
            value, path = shock.value(), ("shocks", name, "to")
            if isinstance(value, Rate):
                yield from _changed_rate(scenario, path, shock, value.unit)
            elif isinstance(value, Ratio):
                yield from _changed_yield(scenario, path, shock, value)


def _changed_rate(scenario: Scenario, path: Path, shock: Change, unit: str) -> Problems:
    if shock.what == "lane_capacity":
        for commodity in sorted({lane.commodity for lane in scenario.network.links(shock.links)}):
            yield from _differs(scenario, dotted(path), unit, commodity)
        return
    for node in scenario.network.places(shock.where):
        if isinstance(node.record, Market):
            if shock.what == "demand":
                yield from _differs(scenario, dotted(path), unit, node.record.wants)
        elif shock.what == "capacity" and unit != (due := rate_unit(node.record.capacity)):
            yield scenario.problem(dotted(path), f"this is in {unit}, and the capacity of {node.name} is in {due}")


def _changed_yield(scenario: Scenario, path: Path, shock: Change, value: Ratio) -> Problems:
    for node in scenario.network.places(shock.where):
        if not isinstance(node.record, Market):
            for commodity in node.commodities:
                if not shock.commodity or commodity in shock.commodity:
                    yield from _ratio(scenario, path, value, commodity, activity_unit(scenario, node.record))


def claims(scenario: Scenario) -> Problems:
    """An amount claimed is in the unit of what is measured."""
    for name, claim in scenario.claims.items():
        for key, bound in (("low", claim.low), ("high", claim.high)):
            if isinstance(bound, Amount):
                for commodity in sorted(_measured(scenario, claim.measure)):
                    yield from _differs(scenario, dotted(("claims", name, key)), bound.unit, commodity)


def _measured(scenario: Scenario, measure: Measure) -> set[str]:
    """Commodities in the scope of a measure."""
    if measure.quantity == "shipments":
        return {lane.commodity for lane in scenario.network.links(measure.links)}
    words, markets = measure.where.commodity, measure.quantity != "output"
    places = scenario.network.places(measure.where)
    return {c for p in places if (p.kind == "market") == markets for c in p.commodities if admits(words, c)}
