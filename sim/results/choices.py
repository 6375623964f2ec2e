"""Which modelling choices a scenario makes: each alone can move a loss by a month, so every report names them."""

from collections.abc import Sequence

from sim.scenario.facilities import Ingredient
from sim.scenario.links import Purchase
from sim.scenario.scenario import Scenario


def choices(scenario: Scenario) -> tuple[str, ...]:
    """How stock is used, which delays buyers reckon with, and what orders are sized by; a sentence each."""
    used = [ingredient for facility in scenario.facilities.values() for ingredient in facility.recipe.values()]
    bought = [purchase for facility in scenario.facilities.values() for purchase in facility.buys.values()]
    bought += scenario.markets.values()
    said = (_use(used), _delays(bought), _usage(bought))
    return tuple(sentence for sentence in said if sentence)


def _use(used: Sequence[Ingredient]) -> str:
    slowed = [ingredient.throttle for ingredient in used if ingredient.throttle > 0.0]
    if not used:
        return ""
    if not slowed:
        return "stock is used at the full rate until it is gone (no throttle)"
    return f"plants slow down once stock runs low (throttle), for {_share(len(slowed), len(used), 'input')}"


def _delays(bought: Sequence[Purchase]) -> str:
    learning = sum(purchase.learns > 0.0 for purchase in bought)
    if not bought:
        return ""
    if not learning:
        return "buyers reckon with planned delays, whatever they see (nobody learns)"
    return f"buyers learn the delays they see, for {_share(learning, len(bought), 'purchase')}"


def _usage(bought: Sequence[Purchase]) -> str:
    smoothed = sum(purchase.usage == "smoothed" for purchase in bought)
    if not bought:
        return ""
    if not smoothed:
        return "orders are sized by planned use"
    return f"orders are sized by what was asked for lately (smoothed), for {_share(smoothed, len(bought), 'purchase')}"


def _share(some: int, total: int, thing: str) -> str:
    return f"all {total} {thing}s" if some == total and total > 1 else f"{some} of {total} {thing}s"
