"""Small worlds with a history: a scenario and its series as files in one folder.

A mine abroad sends 10 t of ore a day to users, on no luck at all unless a shock brings some.
"""

import json

from worlds import shock, world

START = "2024-11-01"
DAYS = 212
"""1 November 2024 to 31 May 2025."""
CUT = "shocks.cut.size"


def mine(shocks=None, days=DAYS, **more):
    """The data of the world; a cut by name, of what the mine sends."""
    facilities = {"mine": {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "10 t/day"}}
    wants = {"wants": "ore", "demand": "10 t/day", "patience": "0 days"}
    users = {"country": "DE", **wants, "from": {"mine": {"transit": "1 day"}}}
    return {**world(facilities, {"users": users}, shocks, days=days, **more), "start": START, "seed": 1}


def cut(size, effective="2025-02-01", **more):
    """The mine sends less by this share from a date on."""
    return {**shock("partial_cut", links={"seller": "mine"}, size=size, **more), "effective": effective}


def uniform(low, high):
    """What is not known, from a range."""
    return {"distribution": "uniform", "low": low, "high": high, "source": "test"}


def series(values, each="month", unit="t", **more):
    """The data of a series."""
    return {"title": "Ore sent abroad", "unit": unit, "each": each, "source": "test", "values": values, **more}


def entry(name="ore.yaml", measure=None, **more):
    """An entry of `observed`: what leaves China, beside a file here."""
    return {"series": name, "measure": measure or {"quantity": "shipments", "links": {"origin": "CN"}}, **more}


def window(first, until):
    return {"from": first, "until": until}


def written(folder, data, name="w.yaml", **files):
    """The path of the scenario in a folder, and its series beside it, by name without ending."""
    for file, content in {name.removesuffix(".yaml"): data, **files}.items():
        (folder / f"{file}.yaml").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return folder / name


def held(folder, values, observed=None, shocks=None, **more):
    """A scenario that is held against a series of these values, whose level is stated, a mean month of 10 t/day."""
    data = mine(shocks, **more) | {"observed": {"ore": entry(**(observed or {"level": "304.375 t"}))}}
    return written(folder, data, ore=values if "values" in values else series(values))
