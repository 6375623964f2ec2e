"""stockpyl's days, in an interpreter of its own: reads a list of systems as JSON, writes what each lived through.

Everything is a node under a base-stock policy whose orders take a day of mail. A node without a supplier that has a
`capacity` makes to order: it holds no stock and receives at once what it orders from outside.
"""

import json
import sys
import warnings
from typing import Any

MAIL = 1


def lived(asked: dict[str, Any]) -> dict[str, Any]:
    """Stock, backlog and what is sent out, by node and day."""
    from stockpyl import sim
    from stockpyl.disruption_process import DisruptionProcess
    from stockpyl.supply_chain_network import network_from_edges

    edges = [tuple(edge) for edge in asked["edges"]]
    nodes = {int(name): node for name, node in asked["nodes"].items()}

    def each(key: str) -> dict[int, Any]:
        return {name: node[key] for name, node in nodes.items()}

    network = network_from_edges(
        edges=edges,
        demand_type={name: "D" if node["demand"] else None for name, node in nodes.items()},
        demand_list={name: node["demand"] for name, node in nodes.items()},
        policy_type="BS",
        base_stock_level=each("position"),
        initial_inventory_level=each("stock"),
        initial_orders=each("orders"),
        initial_shipments=each("orders"),
        order_lead_time={name: MAIL if node["bought"] else 0 for name, node in nodes.items()},
        shipment_lead_time=each("transit"),
        order_capacity=each("capacity"),
        local_holding_cost=1,
        stockout_cost=1,
    )
    for name, node in nodes.items():
        if node["out"]:
            network.nodes_by_index[name].disruption_process = DisruptionProcess(
                random_process_type="E", disruption_type=asked["disruption"], disruption_state_list=node["out"]
            )
    sim.simulation(network, asked["days"], rand_seed=1, progress_bar=False, consistency_checks="E")
    return {str(name): _history(network.nodes_by_index[name], asked["days"]) for name in nodes}


def _history(node: Any, days: int) -> dict[str, Any]:
    history = node.state_vars[:days]
    product = node.product_indices[0]
    return {
        "stock": [max(0.0, day.inventory_level[product]) for day in history],
        "backlog": [max(0.0, -day.inventory_level[product]) for day in history],
        "sent": [sum(amounts[product] for amounts in day.outbound_shipment.values()) for day in history],
        "parts": [{str(name): float(amount) for name, amount in day.raw_material_inventory.items()} for day in history],
    }


def main() -> None:
    warnings.simplefilter("ignore", SyntaxWarning)
    json.dump([lived(one) for one in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
