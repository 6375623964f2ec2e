"""Every kind of shock and of facility: none without a test, and each starts and ends on the day it says."""

import math
from typing import get_args

import numpy as np
import pytest
from examples import CHANGES, EXAMPLES, MAKER, MINE, MOVE_NO_GOODS
from worlds import USERS, buying, chain, days, differing, live, outage, shock, variant, world

from sim.scenario import facilities, shocks

START, END = 50, 70
BOTH = {kind: (kind, example) for kind, example in EXAMPLES.items()}
BOTH |= {f"change {what}": ("change", example) for what, example in CHANGES.items()}


def kinds_of(union):
    """The words of a list of kinds: `Annotated[A | B, …]`."""
    return {get_args(record.model_fields["kind"].annotation)[0] for record in get_args(get_args(union)[0])}


def one_day(kind):
    return kind == "stock_loss"


# Nothing without a test


def test_every_kind_of_shock_has_an_example():
    assert kinds_of(shocks.Shock) == set(EXAMPLES)


def test_everything_that_can_change_has_an_example():
    assert set(get_args(shocks.Change.model_fields["what"].annotation)) == set(CHANGES)


# Windows


@pytest.mark.parametrize("name", BOTH)
def test_a_shock_starts_and_ends_on_the_day_it_says(name):
    kind, example = BOTH[name]
    data = example.world(f"day {START}", duration=None if one_day(kind) else days(END - START))
    days_shown = np.flatnonzero(example.shows(live(data)))
    end = START + 1 if one_day(kind) else END
    assert days_shown.tolist() == list(range(START + example.first, end + example.last))


@pytest.mark.parametrize("name", [name for name in BOTH if name not in MOVE_NO_GOODS])
def test_nothing_differs_before_a_shock_starts(name):
    _, example = BOTH[name]
    lived = live(example.world(f"day {START}"))
    for key in lived.calm.rows:
        assert np.array_equal(lived.struck[key][:START], lived.calm[key][:START]), key
    assert differing(lived.calm, lived.struck)


@pytest.mark.parametrize("name", [name for name, (kind, _) in BOTH.items() if not one_day(kind)])
def test_a_duration_that_is_no_whole_number_of_days_covers_the_last_day_it_touches(name):
    _, example = BOTH[name]
    half, whole, until = (
        live(example.world(f"day {START}", **window)).struck
        for window in ({"duration": "9.5 days"}, {"duration": "10 days"}, {"until": f"day {START + 10}"})
    )
    assert differing(half, whole) == []
    assert differing(until, whole) == []


@pytest.mark.parametrize("name", [name for name, (kind, _) in BOTH.items() if kind not in ("stock_loss", "quota")])
def test_a_shock_from_before_the_start_holds_from_day_0(name):
    _, example = BOTH[name]
    before = live(example.world("2024-12-20", until="day 30")).struck
    from_0 = live(example.world("day 0", until="day 30")).struck
    assert differing(before, from_0) == []


@pytest.mark.parametrize("name", MOVE_NO_GOODS)
def test_what_only_changes_costs_moves_no_goods(name):
    lived = live(EXAMPLES[name].world(f"day {START}"))
    assert differing(lived.calm, lived.struck) == []


def test_a_quota_from_before_the_start_holds_from_day_0():
    lived = live(EXAMPLES["quota"].world("2024-12-20", amount="300 t", period="60 days"))
    shipped = lived.struck["shipments", "mine > plant_1: good_0"][:, 0]
    # Its periods end on days 48 and 108. What was used before the start is not known, so the first counts in full.
    assert shipped[:48].sum() <= 300 + 1e-6
    assert shipped[48:108].sum() == pytest.approx(300)


def test_stock_lost_before_the_start_is_not_lost_again():
    lived = live(EXAMPLES["stock_loss"].world("2024-12-20", duration="60 days"))
    assert differing(lived.calm, lived.struck) == []


# Nothing


@pytest.mark.parametrize("name", BOTH)
def test_an_announcement_changes_nothing_where_nobody_front_loads(name):
    _, example = BOTH[name]
    calm = {"responses.none": {"kind": "front_load", "before": "what", "factor": 1, "source": "test"}}
    announced = live(variant(example.world(f"day {START}", announced="day 20"), calm)).struck
    plain = live(example.world(f"day {START}")).struck
    assert differing(plain, announced) == []


# Building up and going away


def capacity_left(**more):
    """Output of a mine without spare capacity and with a full book is what is left of its capacity, in shares."""
    data = chain((20,), spare=0, market={"patience": "endless"}, shocks={"fire": outage("mine", START, 10, **more)})
    return live(variant(data, {f"markets.{USERS}.usage": "smoothed"})).struck["output", MINE][:, 0] / 100


def test_a_shock_with_an_onset_builds_up_in_a_straight_line():
    left = capacity_left(onset="5 days")
    assert left[START - 1 : START + 7] == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0])
    assert left[START + 10] == pytest.approx(1)


def test_a_step_is_over_at_once():
    left = capacity_left(recovery="step")
    assert left[START + 9 : START + 11] == pytest.approx([0, 1])


def test_a_linear_recovery_takes_the_days_it_says():
    left = capacity_left(recovery={"shape": "linear", "over": "4 days"})
    assert left[START + 9 : START + 15] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])


def test_an_exponential_recovery_closes_a_constant_share_of_the_gap_each_day():
    left = capacity_left(recovery={"shape": "exponential", "over": "3 days"})
    gone = 1 - left[START + 10 : START + 30]
    assert gone == pytest.approx([math.exp(-t / 3) for t in range(1, 21)])


def test_half_a_shock_recovers_from_half():
    left = capacity_left(onset="20 days", recovery={"shape": "linear", "over": "4 days"})
    assert left[START + 9] == pytest.approx(0.5)
    assert left[START + 10 : START + 15] == pytest.approx([0.6, 0.7, 0.8, 0.9, 1.0])


@pytest.mark.parametrize("shape", ["linear", "exponential"])
@pytest.mark.parametrize("name", [n for n, (kind, _) in BOTH.items() if not one_day(kind) and n not in MOVE_NO_GOODS])
def test_every_shock_may_build_up_and_fade_with_the_books_closed(name, shape):
    _, example = BOTH[name]
    fade = {"onset": "6 days", "recovery": {"shape": shape, "over": "5 days"}}
    lived = live(example.world(f"day {START}", duration="20 days", **fade))
    assert differing(lived.calm, lived.struck)
    for key in lived.calm.rows:
        assert np.isfinite(lived.struck[key]).all(), key
        assert np.array_equal(lived.struck[key][:START], lived.calm[key][:START]), key


@pytest.mark.parametrize("duration", ["100 days", None], ids=["for a time", "for good"])
@pytest.mark.parametrize("what", ["capacity", "demand", "lane_capacity", "transit", "processing", "yield", "cover"])
def test_everything_but_a_share_can_grow(what, duration):
    example = CHANGES[what]
    lived = live(example.world("day 50", to=None, scale=None, growth="100 %/year", duration=duration))
    for key in lived.struck.rows:
        assert np.isfinite(lived.struck[key]).all(), key
    # There is room to grow in capacity and lanes; whatever else grows is felt.
    assert (differing(lived.calm, lived.struck) == []) == (what in ("capacity", "lane_capacity"))


def test_growth_compounds_from_its_first_day():
    surge = CHANGES["demand"].world("day 50", to=None, growth="100 %/year", duration="100 days")
    demand = live(surge).struck["demand", USERS][:, 0]
    assert demand[50] == 100.0
    assert demand[149] == pytest.approx(100 * 2 ** (99 / 365))
    assert demand[150] == 100.0


# Several at once


def test_factors_multiply_and_the_latest_value_set_wins():
    half = shock("change", 10, 40, what="demand", where={"id": USERS}, scale="-50 %")
    first = shock("change", 20, 10, what="demand", where={"id": USERS}, to="80 t/day")
    later = shock("change", 25, 20, what="demand", where={"id": USERS}, to="60 t/day")
    demand = live(chain((5,), shocks={"a": half, "b": first, "c": later}, days=80)).struck["demand", USERS][:, 0]
    assert demand[[9, 10, 20, 25, 30, 44, 45, 50]] == pytest.approx([100, 50, 40, 30, 30, 30, 50, 100])


def test_added_days_add_and_set_days_are_scaled():
    longer = {name: shock("transit_delay", 20, links={"buyer": "plant_1"}, adds="+3 days") for name in ("a", "b")}
    lived = live(chain((0,), [2, 1], shocks=longer, days=60))
    assert lived.first_below("output", MAKER) == 22
    assert np.flatnonzero(lived.struck["output", MAKER][22:, 0])[0] == 3 + 3
    tripled = shock("change", 20, what="transit", links={"buyer": "plant_1"}, scale="+200 %")
    moved = shock("change", 20, what="transit", links={"buyer": "plant_1"}, to="60 days")
    lived = live(chain((0,), [5, 1], shocks={"a": tripled, "b": moved}, days=300))
    assert lived.first_below("output", MAKER) == 25
    assert lived.struck["output", MAKER][25 : 20 + 180].max() == 0.0
    assert lived.struck["output", MAKER][20 + 180] > 0.0


def test_a_later_quota_begins_its_own_periods():
    quotas = {
        "old": shock("quota", 10, country="CN", amount="1000 t", period="30 days"),
        "new": shock("quota", 25, country="CN", amount="500 t", period="20 days"),
    }
    shipped = live(chain((0,), shocks=quotas, days=105)).struck["shipments", "mine > plant_1: good_0"][:, 0]
    assert shipped[10:25].sum() == pytest.approx(1000)
    assert [shipped[day : day + 20].sum() for day in (25, 45, 65, 85)] == pytest.approx([500] * 4)


def test_a_share_that_moves_is_filled_up_by_the_others():
    lived = live(CHANGES["share"].world("day 50", to="20 %"))
    # What was ordered on the day of the change comes back as often as a day of mail and the transit have passed.
    assert lived.struck["shipments", "mine_a > plant: ore"][-60:].mean() == pytest.approx(20)
    assert lived.struck["shipments", "mine_b > plant: ore"][-60:].mean() == pytest.approx(80)


def test_a_lane_without_limit_can_be_closed_by_its_capacity():
    shut = shock("change", 20, 10, what="lane_capacity", links={"buyer": "plant_1"}, scale="-100 %")
    lived = live(chain((0,), shocks={"shut": shut}, days=60))
    shipped = lived.struck["shipments", "mine > plant_1: good_0"][:, 0]
    # Then all that waits leaves at once; the next order comes when what has arrived is used.
    assert np.flatnonzero(shipped[:31] == 0).tolist() == list(range(20, 30))


def test_lost_stock_is_lost_once_and_in_turn():
    half = {"where": {"id": "plant_1"}, "size": "50 %"}
    loss = {"a": shock("stock_loss", 10, **half), "b": shock("stock_loss", 20, **half)}
    # Nothing comes, so the stock only falls by use and by the losses.
    shocks_of = {"shut": shock("lane_closure", 0, links={"buyer": "plant_1"}), **loss}
    stock = live(chain((40,), [1, 1], shocks=shocks_of, days=30)).struck["stock", "plant_1: good_0"][:, 0]
    expected, held = [], 4000.0
    for day in range(30):
        held = held / 2 if day in (10, 20) else held
        held += (100 if day == 0 else 0) - 100
        expected.append(max(0.0, held))
    assert stock == pytest.approx(expected)


# Kinds of facility


def facility(kind):
    """A world in which one facility of the kind serves the users, from a mine if it needs an input."""
    plain = {"kind": kind, "country": "DE", "makes": "thing", "capacity": "120 t/day"}
    users = {USERS: {"country": "FR", "wants": "thing", "demand": "100 t/day", "from": {"it": {"transit": "1 day"}}}}
    if kind in ("mine", "recycler"):
        return world({"it": plain}, users, days=60)
    mine = {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "240 t/day"}
    fed = plain | {"recipe": {"ore": "2 t/t"}, "buys": {"ore": buying({"mine": {"transit": "3 days"}}, 10)}}
    return world({"mine": mine, "it": fed}, users, days=60)


@pytest.mark.parametrize("kind", sorted(kinds_of(facilities.Facility) - {"stockpile"}))  # it makes nothing
def test_every_kind_of_facility_makes_what_is_wanted(kind):
    data = variant(facility(kind), {"shocks.fire": {"source": "test"} | outage("it", 20, 10)})
    lived = live(data)
    assert lived.calm["output", "it: thing"] == pytest.approx(100)
    assert np.flatnonzero(lived.struck["output", "it: thing"][:, 0] == 0).tolist() == list(range(20, 30))


def test_a_recycler_can_live_on_scrap_that_another_makes():
    data = facility("refiner")
    lived = live(variant(data, {"facilities.it.kind": "recycler"}))
    assert lived.calm["output", "it: thing"] == pytest.approx(100)
    assert lived.calm["output", "mine: ore"] == pytest.approx(200)
