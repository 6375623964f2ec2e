"""Snyder & Shen, Fundamentals of Supply Chain Theory, is the oracle: base-stock levels where a supplier is out.

Example 9.3, newsvendor with disruptions: demand d is known, a working supplier fails overnight with probability α, a
failed one is repaired with probability β, and the buyer orders up to S whenever it can. After n days of outage it has
S − (n + 1)d left, so a day costs h·[S − (n+1)d]⁺ + p·[(n+1)d − S]⁺ with the probability π(n) of the chain:
π(0) = β/(α+β), π(n) = αβ/(α+β)·(1−β)ⁿ⁻¹. Mail and transit move everything by a day or two and change no cost.

Example 9.1, order quantities with disruptions, needs buyers who order in lots. Ours order every day what they lack.
"""

import numpy as np
import pytest
from worlds import USERS, days, live, shock, t_a_day, world

D, H, P, FAILS, REPAIRED = 2000.0, 0.25, 3.0, 0.04, 0.25
LONGEST = 100  # days; an outage as long as this has a probability of 4e-14
START = 10


def shop(outages, cover, horizon):
    """One mine that can make up for any outage in a day, and users who wait, with so many days of cover."""
    mine = {"kind": "mine", "country": "CN", "makes": "good", "capacity": t_a_day(D * 2 * LONGEST)}
    users = {
        "country": "FR",
        "wants": "good",
        "demand": t_a_day(D),
        "cover": days(cover),
        "patience": "endless",
        "from": {"mine": {"transit": "1 day"}},
    }
    shocks = {
        f"out_{first}": shock("capacity_loss", first, length, where={"id": "mine"}, size="100 %")
        for first, length in outages
    }
    return world({"mine": mine}, {USERS: users}, shocks, days=horizon)


def left(lived):
    """What users have left in the evening, less what they wait for; by day."""
    return (lived.struck["stock", f"{USERS}: good"] - lived.struck["waiting", USERS])[:, 0]


def cost(left):
    return H * np.maximum(left, 0) + P * np.maximum(-left, 0)


def probabilities(longest=LONGEST):
    n = np.arange(1, longest)
    share = FAILS / (FAILS + REPAIRED)
    return np.append(1 - share, share * REPAIRED * (1 - REPAIRED) ** (n - 1))


def expected_cost(level):
    """Cost of a day on average, from the engine's days of one outage without end."""
    lived = live(shop([(START, LONGEST)], round(level / D - 1), START + LONGEST))
    return probabilities() @ cost(left(lived)[START : START + LONGEST])


def test_the_probabilities_are_all_there():
    assert probabilities().sum() == pytest.approx(1, abs=1e-11)


def test_a_base_stock_of_8000_costs_2737_069_a_day():
    assert expected_cost(8000) == pytest.approx(2737.069, abs=5e-4)


def test_no_other_base_stock_costs_less_than_8000():
    costs = {level: expected_cost(level) for level in range(2000, 18001, 2000)}
    assert min(costs, key=costs.get) == 8000


def test_after_any_outages_what_is_left_is_the_level_less_a_days_demand_for_each_day_without_supply():
    """A year and more of the chain of the example, every day of it."""
    luck, horizon = np.random.default_rng(4), 500
    out = np.zeros(horizon + 1, dtype=int)  # days of outage behind each evening
    for day in range(START, horizon):
        out[day + 1] = out[day] + 1 if luck.random() < (1 - REPAIRED if out[day] else FAILS) else 0
    ends = [day for day in range(1, horizon + 1) if out[day] and (day == horizon or not out[day + 1])]
    lived = live(shop([(day - out[day], int(out[day])) for day in ends], 3, horizon))
    assert len(ends) > 8 and out.max() > 6
    assert left(lived) == pytest.approx(8000 - (out[:horizon] + 1) * D, abs=1e-6)
