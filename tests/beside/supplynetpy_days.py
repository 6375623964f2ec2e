"""SupplyNetPy's days, in an interpreter of its own: reads a list of chains as JSON, writes what customers lost.

A supplier with as much as anyone asks for, warehouses that order up to `positions` whenever something leaves them, and
customers who come once a day and do not wait. From `start` on the supplier takes no order for `length` days.
"""

import json
import sys
from typing import Any


def lived(asked: dict[str, Any]) -> dict[str, float]:
    import SupplyNetPy.Components as scm

    names = [f"n{i}" for i in range(len(asked["positions"]) + 1)]
    waits = iter([asked["start"]] * 2)  # asked once to check it, and then for each disruption
    outage = {"node_disrupt_time": lambda: next(waits, 10**9), "node_recovery_time": lambda: asked["length"]}
    sites = [{"ID": names[0], "name": names[0], "node_type": "infinite_supplier", "logging": False, **outage}]
    for name, position in zip(names[1:], asked["positions"], strict=True):
        sites.append(_warehouse(scm, name, position))
    links = [
        {"ID": f"l_{buyer}", "source": seller, "sink": buyer, "cost": 1, "lead_time": lambda days=days: days}
        for seller, buyer, days in zip(names[:-1], names[1:], asked["transits"], strict=True)
    ]
    users = {
        "ID": "users",
        "name": "users",
        "demand_node": names[-1],
        "order_arrival_model": lambda: 1,
        "order_quantity_model": lambda: asked["demand"],
        "consume_available": True,
        "logging": False,
    }
    network = scm.create_sc_net(sites, links, [users])
    scm.simulate_sc_net(network, sim_time=asked["days"], logging=False)
    shop = network["nodes"][names[-1]].stats
    return {"lost": float(shop.lost_sales[1]), "sold": float(shop.demand_fulfilled[1])}


def _warehouse(scm: Any, name: str, position: float) -> dict[str, Any]:
    return {
        "ID": name,
        "name": name,
        "node_type": "warehouse",
        "capacity": float("inf"),
        "initial_level": position,
        "replenishment_policy": scm.SSReplenishment,
        "policy_param": {"s": position, "S": position},
        "inventory_holding_cost": 1,
        "product_buy_price": 1,
        "product_sell_price": 2,
        "logging": False,
    }


def main() -> None:
    import SupplyNetPy.Components as scm

    scm.global_logger.disable_logging()
    json.dump([lived(one) for one in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
