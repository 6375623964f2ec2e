"""Small outcomes made by hand: mine_a (CN) digs ore, maker (DE) makes magnets of it, cars is the market.

Ten tonnes a day everywhere; a ban stops the ore from day 10 for 20 days.
"""

from typing import Any

import numpy as np

from sim.engine.facts import Facts
from sim.engine.records import Records
from sim.results.outcome import Outcome
from sim.scenario.scenario import Scenario

LINK = "mine_a > maker: ore"
PLAN = 10.0
DEMAND = ("demand", "sales")
AT_MARKET = ("unmet", "lost", "waiting")
LICENCE = ("held", "filed", "approved", "denied", "pending", "review_days")


def world(**changes: Any) -> dict[str, Any]:
    """The scenario as plain data, whole sections replaced by the changes."""
    data: dict[str, Any] = {
        "title": "Ore ban",
        "start": "2025-01-01",
        "horizon": "100 days",
        "commodities": {
            "ore": {"unit": "t", "price": "2 USD/t", "source": "assumed"},
            "magnet": {"unit": "t", "price": "50 USD/t", "source": "a price list"},
        },
        "facilities": {
            "mine_a": {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "20 t/day", "source": "assumed"},
            "maker": {
                "kind": "manufacturer",
                "country": "DE",
                "makes": "magnet",
                "capacity": "20 t/day",
                "recipe": {"ore": "1 t/t"},
                "buys": {"ore": {"cover": "30 days", "from": {"mine_a": {"transit": "7 days"}}}},
                "source": "a yearbook",
            },
        },
        "markets": {
            "cars": {
                "country": "US",
                "wants": "magnet",
                "demand": "10 t/day",
                "from": {"maker": {"transit": "3 days"}},
                "source": "a yearbook",
            }
        },
        "shocks": {
            "ban": {
                "kind": "export_ban",
                "country": "CN",
                "effective": "day 10",
                "duration": "20 days",
                "source": "assumed",
            }
        },
    }
    return data | changes


def random_world(**changes: Any) -> dict[str, Any]:
    """The same with a random transit time, so that replications may differ."""
    data = world(**changes)
    lane = {"transit": {"distribution": "gamma", "mean": "7 days", "sd": "2 days"}}
    maker = data["facilities"]["maker"] | {"buys": {"ore": {"cover": "30 days", "from": {"mine_a": lane}}}}
    return data | {"facilities": data["facilities"] | {"maker": maker}}


def outcome(
    shocked: dict[tuple[str, str], Any],
    data: dict[str, Any] | None = None,
    baseline: dict[tuple[str, str], Any] | None = None,
    days: int = 100,
    replications: int = 1,
) -> Outcome:
    """An outcome in which all runs on plan but for what is given: arrays of (day,) or (day, replication)."""
    scenario = Scenario.model_validate(data or world())
    facts = facts_of(scenario)
    usual = flat(scenario, facts)
    before = records(usual | (baseline or {}), days, replications)
    after = records(usual | (baseline or {}) | shocked, days, replications)
    return Outcome(scenario, facts, before, after, tuple(range(replications)), seed=7)


def facts_of(scenario: Scenario) -> Facts:
    network = scenario.network
    stages = {"mine": 0, "refiner": 1, "manufacturer": 2, "recycler": 0, "market": 3}
    return Facts(
        output={f"{n.name}: {c}": PLAN for n in network.nodes.values() if n.kind != "market" for c in n.commodities},
        usage={f"{n.name}: {c}": PLAN for n in network.nodes.values() for c in n.buys},
        stage={n.name: stages[n.kind] for n in network.nodes.values()},
        flow={lane.name: PLAN for lane in network.lanes},
        shocks={name: shock.window(scenario.start) for name, shock in scenario.shocks.items()},
    )


def flat(scenario: Scenario, facts: Facts) -> dict[tuple[str, str], Any]:
    """Everything on plan, every day."""
    rows: dict[tuple[str, str], Any] = {}
    for place in facts.output:
        rows |= {("output", place): PLAN, ("finished", place): 0.0, ("backlog", place): 0.0}
    for place in facts.usage:
        rows[("stock", place)] = 30 * PLAN
    for market in scenario.markets:
        rows |= {(what, market): PLAN for what in DEMAND} | {(what, market): 0.0 for what in AT_MARKET}
    for link in facts.flow:
        rows |= {("shipments", link): PLAN} | {(what, link): 0.0 for what in LICENCE}
    return rows


def records(rows: dict[tuple[str, str], Any], days: int, replications: int) -> Records:
    history = np.empty((days, len(rows), replications))
    for index, value in enumerate(rows.values()):
        amounts = np.asarray(value, dtype=float)
        history[:, index, :] = amounts[:, None] if amounts.ndim == 1 else amounts
    return Records({key: index for index, key in enumerate(rows)}, history)


def level(days: int = 100, usual: float = PLAN, **changes: float) -> np.ndarray:
    """A daily series at `usual` but for ranges of days: `level(d20_30=0)` is nothing on days 20 to 29."""
    series = np.full(days, float(usual))
    for window, value in changes.items():
        first, last = window.removeprefix("d").split("_")
        series[int(first) : int(last)] = value
    return series
