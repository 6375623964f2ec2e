"""SupplyNetPy is the oracle: an outage at the head of a row of warehouses whose customers do not wait.

By hand: on the day the outage starts buyers have, on hand and on order, what they aim at, S in all; that serves S/d
days. The first goods after T days of outage take L days to the customers, so d·max(0, T + L − S/d) is lost. Ours has a
day of mail on each link, held as a day more of position.

Where the last lane takes a day, goods reach the shop at the very moment at which customers come, and SupplyNetPy lets
the customers come first: a day's demand more is lost there once anything is.
"""

import pytest
import theirs
from pairs import Outage, losses_beside_supplynetpy
from worlds import DEMAND

OUTAGES = [
    Outage(15, (9,), (4,)),
    Outage(5, (9,), (4,)),
    Outage(6, (9,), (4,)),
    Outage(15, (6, 5), (2, 3)),
    Outage(30, (12, 5, 9), (3, 1, 6)),
    Outage(16, (12, 5, 9), (3, 1, 6)),
    Outage(60, (3, 20, 4), (2, 7, 2)),
    Outage(45, (2, 3, 4, 5), (1, 1, 1, 2)),
]
TIES = [Outage(12, (3,), (1,)), Outage(60, (3, 20, 4), (2, 7, 1)), Outage(5, (3, 20, 4), (2, 7, 1))]


@pytest.fixture(scope="module")
def found():
    theirs.need("SupplyNetPy")
    return dict(zip([*OUTAGES, *TIES], losses_beside_supplynetpy([*OUTAGES, *TIES]), strict=True))


@pytest.mark.parametrize("one", OUTAGES)
def test_lost_sales_are_those_of_the_formula_in_both(found, one):
    ours, other = found[one]["lost"]
    assert other == one.formula
    assert ours == pytest.approx(one.formula, abs=1e-6)


@pytest.mark.parametrize("one", OUTAGES)
def test_what_is_sold_is_the_same(found, one):
    ours, other = found[one]["sold"]
    assert ours == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("one", TIES)
def test_where_goods_and_customers_come_at_one_moment_customers_come_first_there(found, one):
    ours, other = found[one]["lost"]
    assert ours == pytest.approx(one.formula, abs=1e-6)
    assert other == one.formula + (DEMAND if one.formula else 0)
