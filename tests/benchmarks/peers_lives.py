"""One program living through one network, in an interpreter of its own; `peers.py` starts it and tells it when.

    python tests/benchmarks/peers_lives.py stockpyl chain 30 365 1

Reads a word a line: `calm` lives without the outage, `struck` with it; `with 20` sets the days. Each time it builds
the network anew and prints a line of JSON: processor seconds of setup and of the days, and what was asked and served.

The chain: a mine, plants in a row that make one unit of one unit, a market that asks for 10 a day; goods are 5 days
under way, everyone aims at 10 days of cover, and from day 100 on the mine stands still for 20 days.
"""

import json
import logging
import random
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

DEMAND, CAPACITY, TRANSIT, COVER, OUTAGE = 10, 20, 5, 10, (100, 120)
TARGET = DEMAND * (COVER + 1 + TRANSIT)
"""On hand and on order that everyone aims at."""
Days = Callable[[], tuple[float, float]]
"""Lives through the days; returns what customers asked for and what they got."""


def supplynetpy(shape: str, nodes: int, days: int, cases: int, struck: bool) -> Days:
    """A supplier that mines, warehouses that order up to their target once a day, customers who wait."""
    import SupplyNetPy.Components as scm

    scm.global_logger.disable_logging()
    common = {"inventory_holding_cost": 1, "logging": False}
    names = [f"n{i}" for i in range(nodes - 1)]
    kinds = [_mine(scm, struck), *[_warehouse(scm)] * (nodes - 2)]
    sites = [{"ID": name, "name": name, **kind, **common} for name, kind in zip(names, kinds, strict=True)]
    pairs = zip(names, names[1:], strict=False)
    links = [{"ID": f"l{b}", "source": a, "sink": b, "cost": 1, "lead_time": lambda: TRANSIT} for a, b in pairs]
    asking = {"order_arrival_model": lambda: 1, "order_quantity_model": lambda: DEMAND, "tolerance": float("inf")}
    market = {"ID": "market", "name": "market", "demand_node": names[-1], "logging": False, **asking}
    network = scm.create_sc_net(sites, links, [market])

    def live() -> tuple[float, float]:
        done = scm.simulate_sc_net(network, sim_time=days, logging=False)
        return done["demand_by_customers"][1], done["fulfillment_received_by_customers"][1]

    return live


def _mine(scm: Any, struck: bool) -> dict[str, Any]:
    """It has room for what is ordered at once after the outage, for it sends an order only as a whole."""
    ore = scm.RawMaterial("ore", "ore", extraction_quantity=CAPACITY, extraction_time=1, mining_cost=1, cost=1)
    waits = iter([OUTAGE[0]] * 2 if struck else [])  # asked once to check it, and then for each disruption
    outage = {"node_disrupt_time": lambda: next(waits, 10**9), "node_recovery_time": lambda: OUTAGE[1] - OUTAGE[0]}
    return {"node_type": "supplier", "capacity": 10 * TARGET, "initial_level": TARGET, "raw_material": ore, **outage}


def _warehouse(scm: Any) -> dict[str, Any]:
    orders = {"replenishment_policy": scm.SSReplenishment, "policy_param": {"s": TARGET, "S": TARGET, "period": 1}}
    prices = {"product_buy_price": 1, "product_sell_price": 2}
    return {"node_type": "warehouse", "capacity": float("inf"), "initial_level": TARGET, **orders, **prices}


def stockpyl(shape: str, nodes: int, days: int, cases: int, struck: bool) -> Days:
    """A serial system under base-stock policies; during the outage the first node orders nothing."""
    from stockpyl import sim
    from stockpyl.disruption_process import DisruptionProcess
    from stockpyl.supply_chain_network import serial_system

    sys.setrecursionlimit(100 * nodes + 1000)  # it visits the chain by recursion
    orders = {"policy_type": "BS", "base_stock_level": TARGET, "shipment_lead_time": TRANSIT}
    costs = {"local_holding_cost": 1, "stockout_cost": 1}
    network = serial_system(nodes, demand_type="D", demand_list=DEMAND, **orders, **costs)
    out = [struck and OUTAGE[0] <= day < OUTAGE[1] for day in range(days)]
    network.nodes_by_index[0].disruption_process = DisruptionProcess(
        random_process_type="E", disruption_type="OP", disruption_state_list=out
    )
    sim.initialize(network, days, rand_seed=1)

    def live() -> tuple[float, float]:
        for _ in range(days):
            sim.step(network)
        sim.close(network)
        lived = network.nodes_by_index[nodes - 1].state_vars[:days]
        return DEMAND * days, sum(sum(day.outbound_shipment[None].values()) for day in lived)

    return live


def boario(shape: str, nodes: int, days: int, cases: int, struck: bool) -> Days:
    """An economy of one region: a row of sectors, a half that buys from the other, or all that buy from all."""
    import boario as library
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    library.logger.disabled = True
    sectors = [f"s{i:04d}" for i in range(nodes)]
    model = ARIOPsiModel(
        _economy(shape, sectors),
        main_inv_dur=COVER + TRANSIT,
        inventory_restoration_tau=TRANSIT,
        productive_capital_to_VA_dict=dict.fromkeys(sectors, 4),
    )
    simulation = Simulation(model, n_temporal_units_to_sim=days)
    if struck and days > OUTAGE[0]:
        simulation.add_event(_outage(sectors[0]))

    def live() -> tuple[float, float]:
        simulation.loop()
        if simulation.current_temporal_unit != days:
            raise SystemExit(f"BoARIO stopped on day {simulation.current_temporal_unit}")
        asked = float(simulation.final_demand.to_numpy().sum())
        return asked, asked - float(simulation.final_demand_unmet.to_numpy().sum())

    return live


def _outage(sector: str) -> Any:
    """The sector loses nine tenths of its capacity."""
    import pandas as pd
    from boario.event import from_series

    lost = pd.Series([0.9], index=pd.MultiIndex.from_tuples([("r", sector)], names=["region", "sector"]))
    length = OUTAGE[1] - OUTAGE[0]
    return from_series(lost, event_type="arbitrary", occurrence=OUTAGE[0], duration=length, recovery_tau=1)


def _economy(shape: str, sectors: list[str]) -> Any:
    """Yearly flows, 3,650 through each sector."""
    import numpy as np
    import pandas as pd
    import pymrio

    count, output = len(sectors), 365.0 * DEMAND
    half = count // 2
    flows = np.full((count, count), 0.5 * output / count)
    if shape == "chain":
        flows = output * np.eye(count, k=1)
    elif shape == "dense":
        flows = np.zeros((count, count))
        flows[:half, half:] = output / half
    flows *= 1.0 - 1e-9  # every sector must have a value added
    index = pd.MultiIndex.from_product([["r"], sectors], names=["region", "sector"])
    final = (output - flows.sum(axis=1))[:, None]
    customers = pd.MultiIndex.from_tuples([("r", "all")], names=["region", "category"])
    economy = pymrio.IOSystem(Z=pd.DataFrame(flows, index, index), Y=pd.DataFrame(final, index, customers))
    return economy.calc_system()


def supplyshock(shape: str, nodes: int, days: int, cases: int, struck: bool) -> Days:
    """This project's engine: one case with its daily history, or many with sums over the year and demand drawn."""
    from peers_ours import prepared

    return prepared(shape, nodes, days, cases, struck)


LIVES = {"supplyshock": supplyshock, "SupplyNetPy": supplynetpy, "stockpyl": stockpyl, "BoARIO": boario}


def measure(name: str, shape: str, nodes: int, days: int, cases: int, struck: bool) -> dict[str, float]:
    """Live once; our own many cases come in batches, whose setup and days are told apart by the engine's side."""
    random.seed(1)
    began = time.process_time()
    live = LIVES[name](shape, nodes, days, cases, struck)
    start = time.process_time()
    asked, served = live()
    done = time.process_time()
    apart = float(getattr(live, "setup_s", 0.0))
    setup, run = start - began + apart, done - start - apart
    return {"days": days, "setup_s": setup, "run_s": run, "asked": asked, "served": served}


def main() -> None:
    name, shape, nodes, days, cases = (*sys.argv[1:3], *map(int, sys.argv[3:6]))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "with":
            days = int(rest[0])
        else:
            print(json.dumps(measure(name, shape, nodes, days, cases, word == "struck")), flush=True)


if __name__ == "__main__":
    main()
