"""A world without luck, and whether it lies still."""

import numpy as np

FLOWING = ("output", "sales", "demand", "unmet", "lost", "waiting", "backlog", "finished")
"""What must not move where nothing happens; held goods, goods in transit and buyers' stock may follow a calendar."""


def certain(node):
    """The same data with a value in the place of every distribution, and no season."""
    if isinstance(node, list):
        return [certain(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "distribution" in node:
        value = next(node[key] for key in ("mean", "mode", "high", "values") if key in node)
        return value[0] if isinstance(value, list) else value
    return {key: certain(value) for key, value in node.items() if key != "season"}


def assert_flat(calm, what=FLOWING):
    """Flat to rounding: what moves is a billionth of the most of any quantity at its place."""
    most = {}
    for quantity, place in calm.rows:
        most[place] = max(most.get(place, 1.0), calm[quantity, place].max())
    for quantity, place in calm.rows:
        if quantity in what:
            assert np.ptp(calm[quantity, place], axis=0).max() <= 1e-9 * most[place], (quantity, place)
