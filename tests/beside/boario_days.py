"""BoARIO's days, in an interpreter of its own: reads a list of rows of sectors as JSON, writes what each made.

One region, in which each sector sells all to the next and the last to customers. From `start` on the first has lost a
`share` of its capacity. A sector that holds less than `threshold` of its target inventory slows in proportion.
"""

import json
import sys
import warnings
from typing import Any

A_YEAR = 365


def lived(asked: dict[str, Any]) -> dict[str, Any]:
    """Production and inventory of what the sector before makes, by sector and day."""
    import pandas as pd
    from boario.event import from_series
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    sectors = [f"s{i}" for i in range(len(asked["covers"]) + 1)]
    model = ARIOPsiModel(
        _economy(sectors, asked["demand"]),
        inventory_dict=dict(zip(sectors, [*asked["covers"], asked["covers"][-1]], strict=True)),
        psi_param=asked["threshold"],
        inventory_restoration_tau=asked["restored_in"],
        alpha_max=1.0,
        monetary_factor=1,
        productive_capital_to_VA_dict=dict.fromkeys(sectors, 4),
    )
    simulation = Simulation(model, n_temporal_units_to_sim=asked["days"], register_stocks=True)
    struck = pd.MultiIndex.from_tuples([("r", sectors[0])], names=["region", "sector"])
    simulation.add_event(
        from_series(
            pd.Series([asked["share"]], index=struck),
            event_type="arbitrary",
            occurrence=asked["start"],
            duration=asked["length"],
            recovery_tau=1,
        )
    )
    simulation.loop()
    if simulation.current_temporal_unit != asked["days"]:
        raise SystemExit(f"BoARIO stopped on day {simulation.current_temporal_unit}")
    made, stock = simulation.production_realised, simulation.inputs_stocks
    return {
        "output": {name: made["r", name].tolist() for name in sectors},
        "stock": {
            buyer: stock.xs(seller, level="input")["r", buyer].tolist()
            for seller, buyer in zip(sectors[:-1], sectors[1:], strict=True)
        },
        "unmet": simulation.final_demand_unmet.sum(axis=1).tolist(),
    }


def _economy(sectors: list[str], demand: float) -> Any:
    """Yearly flows; what the value added of a sector must be is too little to be seen."""
    import numpy as np
    import pandas as pd
    import pymrio

    output = demand * A_YEAR
    flows = output * np.eye(len(sectors), k=1) * (1.0 - 1e-12)
    index = pd.MultiIndex.from_product([["r"], sectors], names=["region", "sector"])
    customers = pd.MultiIndex.from_tuples([("r", "all")], names=["region", "category"])
    final = (output - flows.sum(axis=1))[:, None]
    table = pymrio.IOSystem(Z=pd.DataFrame(flows, index, index), Y=pd.DataFrame(final, index, customers))
    return table.calc_system()


def main() -> None:
    warnings.simplefilter("ignore")
    import boario

    boario.logger.disabled = True
    answers = [lived(one) for one in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
