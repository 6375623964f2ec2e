"""stockpyl is the oracle: base-stock systems in which a supplier is out, day by day.

In stockpyl a node passes every order on to its supplier, also those it cannot serve. Ours orders what it used, so its
position is on hand and on order; an order waits at one seller only. Where capacity decides how fast a shortage is made
up, goods move on the same days all the same; what differs is how many orders wait further up.
"""

import numpy as np
import pytest
import theirs
from pairs import START, Row, assemblies_beside_stockpyl, rows_beside_stockpyl

EXACT = {"rel": 0, "abs": 1e-9}
ROWS = {
    "nothing": Row(0),
    "less than the first cover": Row(3),
    "some cover": Row(10),
    "beyond all cover": Row(25),
    "long lanes, little spare": Row(40, (9, 12, 8), (7, 6, 9), 0.2, 320),
    "four buyers": Row(30, (2, 6, 3, 5), (1, 4, 2, 3), 0.25, 300),
}
ASSEMBLIES = {
    "within cover": Row(5, (6, 4), (3, 2)),
    "beyond all cover": Row(25, (6, 4), (3, 2)),
    "for long": Row(60, (10, 3), (5, 1), 0.25, 400),
}


@pytest.fixture(scope="module")
def found():
    theirs.need("stockpyl")
    return dict(zip(ROWS, rows_beside_stockpyl(list(ROWS.values())), strict=True))


@pytest.fixture(scope="module")
def assembled():
    theirs.need("stockpyl")
    return dict(zip(ASSEMBLIES, assemblies_beside_stockpyl(list(ASSEMBLIES.values())), strict=True))


@pytest.mark.parametrize("row", ROWS)
def test_in_a_serial_system_stocks_and_shipments_are_the_same_every_day(found, row):
    for name, (ours, other) in found[row].items():
        if not name.startswith("backlog"):
            assert ours == pytest.approx(other, **EXACT), name


@pytest.mark.parametrize(("row", "short"), [("some cover", 0), ("beyond all cover", 10), ("four buyers", 14)])
def test_users_wait_for_what_the_outage_lasts_beyond_all_cover(found, row, short):
    """A day's demand for each day beyond; the day by hand: all transits and all covers after the outage began."""
    ours, other = found[row]["waiting users"]
    assert [ours.max(), other.max()] == pytest.approx([100 * short] * 2)
    if short:
        first = START + sum(ROWS[row].transits) + sum(ROWS[row].covers)
        assert np.flatnonzero(ours > 1e-6)[0] == np.flatnonzero(other > 1e-6)[0] == first


@pytest.mark.parametrize("row", ROWS)
def test_orders_wait_at_stockpyls_sellers_for_what_waits_at_their_buyers_too(found, row):
    """Positions: theirs is S + B on order at a buyer that owes B, ours S; a day of mail later the seller has it."""
    buyers = ["mine", *(f"plant_{i}" for i in range(1, len(ROWS[row].covers)))]
    for seller, buyer in zip(buyers[:-1], buyers[1:], strict=True):
        ours, other = found[row][f"backlog of {seller}"]
        owed = found[row][f"backlog of {buyer}"][1]
        assert (other - ours)[1:] == pytest.approx(owed[:-1], **EXACT)
    ours, other = found[row][f"backlog of {buyers[-1]}"]
    assert ours == pytest.approx(other, **EXACT)


@pytest.mark.parametrize("row", ASSEMBLIES)
def test_in_an_assembly_system_the_missing_component_decides_the_same_every_day(assembled, row):
    for name, (ours, other) in assembled[row].items():
        if name != "stock of b":
            assert ours == pytest.approx(other, **EXACT), name


@pytest.mark.parametrize("row", ASSEMBLIES)
def test_of_the_other_component_stockpyl_goes_on_buying_for_orders_that_cannot_be_served(assembled, row):
    """It orders for what the plant owes, ours up to its position: B more, a day of mail and the transit later."""
    ours, other = assembled[row]["stock of b"]
    owed, lag = assembled[row]["backlog of plant"][1], 1 + ASSEMBLIES[row].transits[0]
    assert (other - ours)[lag:] == pytest.approx(owed[:-lag], **EXACT)


def test_with_capacity_to_spare_stockpyl_makes_up_at_once_and_ours_as_fast_as_positions_allow():
    """Until goods are made again nothing differs; then theirs sends all that was ordered, ours a position at a time."""
    theirs.need("stockpyl")
    row = Row(25, spare=9.0)
    (pairs,) = rows_beside_stockpyl([row])
    again = START + row.length + sum(row.transits)
    ours, other = pairs["waiting users"]
    assert ours[:again] == pytest.approx(other[:again], **EXACT)
    assert np.flatnonzero(ours > 1e-6)[-1] > np.flatnonzero(other > 1e-6)[-1]
    assert pairs["sent to users"][0].sum() == pytest.approx(pairs["sent to users"][1].sum())
