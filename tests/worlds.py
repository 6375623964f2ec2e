"""Tiny worlds as plain data, and a way to live through them.

Everything is counted in tonnes, one tonne of each input makes a tonne, and users want 100 t/day unless said. Every
node stands in a country of its own, so that a border can be closed between any two.
"""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine import run as engine
from sim.engine.cases import Cases, stack
from sim.engine.plan import Plan, plan
from sim.engine.records import Array, Records
from sim.scenario.load import loads
from sim.scenario.scenario import Scenario

DEMAND = 100.0
COUNTRIES = ("CN", "DE", "JP", "US", "KR", "FR", "IN", "BR")
USERS = "users"


# Worlds


def world(facilities, markets, shocks=None, licences=None, days=400, **more):
    """The data of a scenario; commodities are those that someone makes."""
    made = {name for facility in facilities.values() for name in makes(facility)}
    return {
        "title": "A tiny world",
        "start": "2025-01-01",
        "horizon": f"{days} days",
        "commodities": {name: {"unit": "t", "source": "test"} for name in sorted(made)},
        "facilities": {name: {"source": "test", **facility} for name, facility in facilities.items()},
        "markets": {name: {"source": "test", **market} for name, market in markets.items()},
        "licences": {name: {"source": "test", **regime} for name, regime in (licences or {}).items()},
        "shocks": {name: {"source": "test", **shock} for name, shock in (shocks or {}).items()},
        **more,
    }


def makes(facility):
    return [facility["makes"]] if isinstance(facility["makes"], str) else list(facility["makes"])


def chain(covers=(30,), transits=None, spare=0.5, shocks=None, market=None, demand=DEMAND, **more):
    """mine > plant_1 > … > plant_n > users: the mine makes good_0, plant i makes good_i and holds covers[i - 1] days.

    `spare` is capacity beyond the plan; `transits` has one entry for each link, that to the users last.
    """
    transits = transits or [2] * (len(covers) + 1)
    capacity = t_a_day(demand * (1 + spare))
    facilities = {"mine": {"kind": "mine", "country": COUNTRIES[0], "makes": "good_0", "capacity": capacity}}
    sellers = ["mine", *(f"plant_{i}" for i in range(1, len(covers) + 1))]
    for i, (cover, transit) in enumerate(zip(covers, transits[:-1], strict=True), 1):
        facilities[f"plant_{i}"] = {
            "kind": "manufacturer",
            "country": COUNTRIES[i],
            "makes": f"good_{i}",
            "capacity": capacity,
            "recipe": {f"good_{i - 1}": "1 t/t"},
            "buys": {f"good_{i - 1}": buying({sellers[i - 1]: {"transit": days(transit)}}, cover)},
        }
    users = {
        "country": COUNTRIES[len(covers) + 1],
        "wants": f"good_{len(covers)}",
        "demand": t_a_day(demand),
        "from": {sellers[-1]: {"transit": days(transits[-1])}},
    }
    return world(facilities, {USERS: users | (market or {})}, shocks, **more)


def two_sources(share="50 %", spare=(0.0, 0.0), cover=20, market_cover=5, transit=2, shocks=None, **more):
    """mine_a and mine_b sell ore to one plant; `share` of the plant's need comes from mine_a."""
    part = float(share.split()[0]) / 100
    mines = {
        name: {"kind": "mine", "country": country, "makes": "ore", "capacity": t_a_day(DEMAND * amount * (1 + beyond))}
        for name, country, amount, beyond in (("mine_a", "CN", part, spare[0]), ("mine_b", "US", 1 - part, spare[1]))
    }
    sellers = {"mine_a": {"share": share, "transit": days(transit)}, "mine_b": {"transit": days(transit)}}
    plant = {
        "kind": "refiner",
        "country": "DE",
        "makes": "oxide",
        "capacity": t_a_day(1.5 * DEMAND),
        "recipe": {"ore": "1 t/t"},
        "buys": {"ore": buying(sellers, cover)},
    }
    users = {
        "country": "FR",
        "wants": "oxide",
        "demand": t_a_day(DEMAND),
        "cover": days(market_cover),
        "from": {"plant": {"transit": "1 day"}},
    }
    return world(mines | {"plant": plant}, {USERS: users}, shocks, **more)


def rivals(available, wants, allocation="usual", **links):
    """One mine, short of `available` t/day from day 10 on, and markets that want so much each, by name.

    `links` are keys of the link to a market, or of the market itself if they are `country`.
    """
    total = sum(wants.values())
    facilities = {
        "mine": {
            "kind": "mine", "country": "CN", "makes": "ore", "capacity": t_a_day(total), "allocation": allocation,
        }
    }  # fmt: skip
    markets = {}
    for name, wanted in wants.items():
        link = {"transit": "1 day", **links.get(name, {})}
        country = link.pop("country", "DE")
        markets[name] = {
            "country": country, "wants": "ore", "demand": t_a_day(wanted), "cover": "2 days", "from": {"mine": link},
        }  # fmt: skip
    lost = f"{100 * (1 - available / total)} %"
    fire = shock("capacity_loss", 10, where={"id": "mine"}, size=lost)
    return world(facilities, markets, {"fire": fire}, days=60)


def buying(sellers, cover=0, **more):
    return {"cover": days(cover), "from": sellers, **more}


def days(number):
    """A number of days as a file says it; what is not a number is left as it is: `45 working days`, a distribution."""
    return number if isinstance(number, str | dict) else f"{number} days"


def t_a_day(rate):
    return f"{rate} t/day"


# Shocks and licences


def shock(kind, start=50, length=None, **more):
    """A shock from day `start` on, for `length` days."""
    window = {"effective": f"day {start}"} | ({} if length is None else {"duration": days(length)})
    return {"kind": kind, **window, **more}


def closure(start=50, length=None, **links):
    """A lane that is shut: `closure(50, 30, buyer="plant_1")`."""
    return shock("lane_closure", start, length, links=links)


def outage(where, start=50, length=None, size="100 %", **more):
    return shock("capacity_loss", start, length, where={"id": where}, size=size, **more)


def regime(review, controls="good_0", country="CN", **more):
    return {"country": country, "controls": controls, "review": days(review), **more}


def licensing(start=50, length=None, authority="office", **more):
    return shock("licensing", start, length, authority=authority, **more)


# Changes


def variant(data, changes: Mapping[str, object]):
    """A copy in which some values are others: `variant(data, {"facilities.plant_1.capacity": "90 t/day"})`.

    None takes the entry out.
    """
    copied = copy.deepcopy(data)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = copied
        for key in parents:
            place = place.setdefault(key, {})
        if value is None:
            place.pop(last)
        else:
            place[last] = value
    return copied


def without_shocks(data):
    return variant(data, {"shocks": {}})


# Living


@dataclass(frozen=True)
class Lived:
    """The same cases without the shocks and with them; each of shape (day, case)."""

    calm: Records
    struck: Records
    scenario: Scenario
    """The first of the worlds."""

    def lost(self, what, where) -> Array:
        """What the shocks cost over the run, by case."""
        return (self.calm[what, where] - self.struck[what, where]).sum(axis=0)

    def first_below(self, what, where, share=0.999) -> int | None:
        """First day on which the first case has less than this share of what it has without shocks."""
        low = self.struck[what, where][:, 0] < share * self.calm[what, where][:, 0]
        return int(np.argmax(low)) if low.any() else None

    def last_below(self, what, where, share=0.999) -> int | None:
        low = self.struck[what, where][:, 0] < share * self.calm[what, where][:, 0]
        return int(len(low) - 1 - np.argmax(low[::-1])) if low.any() else None


def scenario_of(data) -> Scenario:
    return data if isinstance(data, Scenario) else loads(json.dumps(data, indent=1))


def planned(data) -> Plan:
    return plan(scenario_of(data))


def batch(worlds: Sequence, replications=(1,), seed=1) -> Cases:
    """Every world in every replication, first all without their shocks, then all with them."""
    plans = stack([planned(data) for data in worlds])
    point, replication = np.repeat(np.arange(len(plans)), len(replications)), np.tile(replications, len(plans))
    struck = np.repeat([False, True], len(point))
    return Cases(
        plans=plans,
        point=np.tile(point, 2),
        replication=np.tile(replication, 2).astype(np.int64),
        struck={name: struck for name in plans[0].shocks},
        seed=seed,
    )


def live(*worlds, replications=(1,), seed=1, waking=None) -> Lived:
    """Live through the worlds, two cases at least, with the books closed every night."""
    cases = batch(worlds, replications, seed)
    records = engine.run(cases, audit=True, waking=waking)
    half = cases.size // 2
    return Lived(records.cases(slice(0, half)), records.cases(slice(half, None)), scenario_of(worlds[0]))


def differing(a: Records, b: Records) -> list[tuple[str, str]]:
    """The rows of the first history that are not the same to the last bit in the second."""
    return [key for key in sorted(a.rows) if not np.array_equal(a[key], b[key])]
