"""What goods cost on each day, with the shocks and without: prices, tariffs, and what stock costs to hold.

Prices are inputs: they follow the scenario and its shocks, and no shortage moves them. Where they are uncertain, each
replication has its own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from sim.engine.compiled import plain
from sim.engine.records import Array
from sim.engine.rules import strength
from sim.engine.targets import FADES
from sim.engine.unknown import drawn
from sim.results.outcome import Outcome
from sim.scenario.effects import MONEY, Effect, How, Lever
from sim.scenario.money import PriceChange, Tariff
from sim.scenario.responses import Expedite
from sim.scenario.scenario import Scenario
from sim.scenario.unknowns import Keys, Unknowns, paths_of

COSTLY = ("tariff", "surcharge")
"""Keys of links and responses that only costs reckon with."""


@dataclass(frozen=True)
class Prices:
    """Values of one world by day, shape (day, replication), or (day, 1) where all replications share them."""

    price: Mapping[str, Array]
    """By commodity: money per unit; nan without a price."""
    holding: Mapping[str, Array]
    """By commodity: share of its value for a year of holding it; 0 where none is stated."""
    tariff: Mapping[str, Array]
    """By link: share of the value of what is released on the day."""
    surcharge: Mapping[str, Array]
    """By response that sends goods in haste: share of their value paid on top; only where it states one."""


def prices_of(outcome: Outcome, struck: bool) -> Prices:
    """Prices with the shocks (`struck`) or without them."""
    worlds = [_in_world(world, outcome.days, struck) for world in known_worlds(outcome)]
    together = {
        field.name: {
            name: np.stack([getattr(world, field.name)[name] for world in worlds], axis=-1)
            for name in getattr(worlds[0], field.name)
        }
        for field in fields(Prices)
    }
    return Prices(**together)


def known_worlds(outcome: Outcome) -> Sequence[Scenario]:
    """The scenario, or one for each replication where something that costs reckon with is uncertain."""
    scenario = outcome.scenario
    costly = [n for n, e in scenario.uncertain.items() if any(_costs(scenario, keys) for keys in paths_of(n, e))]
    if not costly:
        return (scenario,)
    values, unknowns = drawn(scenario, outcome.seed, outcome.replications), Unknowns(scenario)
    return [unknowns.at({name: float(values[name][i]) for name in costly}) for i in range(len(outcome.replications))]


def _costs(scenario: Scenario, keys: Keys) -> bool:
    """Whether a path leads to something that costs reckon with."""
    shock = scenario.shocks.get(keys[1]) if keys[0] == "shocks" else None
    return keys[0] == "commodities" or keys[-1] in COSTLY or isinstance(shock, Tariff | PriceChange)


def _in_world(scenario: Scenario, days: int, struck: bool) -> Prices:
    """Prices of one scenario; each array has shape (day,)."""
    pulled = effects_on(scenario) if struck else {}
    goods = scenario.commodities
    links = {lane.name: lane.record for lane in scenario.network.lanes}
    price = {c: math.nan if (said := goods[c].price) is None else said.value for c in sorted(goods)}
    return Prices(
        price={c: by_day(pulled.get((Lever.PRICE, c), ()), price[c], days) for c in price},
        holding={c: np.full(days, goods[c].holding or 0.0) for c in price},
        tariff={l: by_day(pulled.get((Lever.TARIFF, l), ()), links[l].tariff, days) for l in links},
        surcharge={name: np.full(days, share) for name, share in surcharges(scenario).items()},
    )


def surcharges(scenario: Scenario) -> dict[str, float]:
    """What responses that send goods in haste cost, as a share of value; those that state none are left out."""
    hasty = {name: one for name, one in sorted(scenario.responses.items()) if isinstance(one, Expedite)}
    return {name: one.surcharge for name, one in hasty.items() if one.surcharge is not None}


def effects_on(scenario: Scenario) -> dict[tuple[Lever, str], list[Effect]]:
    """Effects of shocks on prices and tariffs, by what they act on; in order of the shocks' names."""
    found: dict[tuple[Lever, str], list[Effect]] = {}
    for name in sorted(scenario.shocks):
        shock = scenario.shocks[name]
        for effect in shock.effects(scenario.network) if isinstance(shock, Tariff | PriceChange) else ():
            found.setdefault((effect.lever, effect.target), []).append(effect)
    assert all(lever in MONEY for lever, _ in found)
    return found


def by_day(effects: Sequence[Effect], base: float, days: int) -> Array:
    """A value on each day, shape (day,): as levers are, (the base, or as far as it is set that) × factors + additions.

    Of values that are set the latest to start holds; never negative.
    """
    value, times, plus = np.full(days, base), np.ones(days), np.zeros(days)
    for effect in sorted(effects, key=lambda e: e.start):
        part = _strength(effect, days)
        if effect.how is How.SET:
            blended = base * (1.0 - part) + effect.size * part
            value = np.where(part >= 1.0, effect.size, np.where(part > 0.0, blended, value))
        elif effect.how is How.TIMES:
            times = times * (1.0 + (effect.size - 1.0) * part)
        else:
            plus = plus + effect.size * part
    return np.asarray(np.maximum(0.0, value * times + plus))


def _strength(effect: Effect, days: int) -> Array:
    return _window(days, effect.start, effect.end, effect.onset, FADES[effect.fade], effect.fade_days)


@lru_cache(maxsize=256)  # many links share the window of one shock
def _window(days: int, start: float, end: float, onset: float, fade: int, fade_days: float) -> Array:
    """How much of an effect holds on each day."""
    rule = plain(strength)
    held = np.array([rule(float(day), start, end, onset, fade, fade_days) for day in range(days)])
    held.flags.writeable = False
    return held
