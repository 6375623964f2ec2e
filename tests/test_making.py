"""Making and sharing by hand: storage, joint products, throttle, allocation, and what orders are sized by."""

import math

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from worlds import (
    DEMAND,
    USERS,
    chain,
    closure,
    licensing,
    live,
    outage,
    planned,
    regime,
    rivals,
    shock,
    t_a_day,
    variant,
    world,
)

from sim.errors import ScenarioError

MAKER = "plant_1: good_1"
MINE = "mine: good_0"
COVER = "facilities.plant_1.buys.good_0"

few = settings(max_examples=25)


# Storage and joint products


def test_a_mine_stops_when_its_storage_is_full_and_not_before():
    data = chain((30,), shocks={"ban": closure(50, 20, buyer="plant_1")}, days=120)
    lived = live(variant(data, {"facilities.mine.makes": {"good_0": {"storage": "500 t"}}}))
    assert lived.struck["output", MINE][50:55] == pytest.approx(DEMAND)
    assert lived.struck["output", MINE][55:70] == pytest.approx(0)
    assert lived.struck["finished", MINE][:70].max() == pytest.approx(500)
    assert lived.struck["output", MINE][70, 0] > DEMAND


@pytest.mark.parametrize(
    "what",
    [
        {"q": shock("quota", 10, country="CN", amount="0 t")},
        {"c": shock("partial_cut", 10, links={"buyer": "plant_1"}, size="60 %")},
        {"l": licensing(10), "no": shock("approval_rate", 10, authority="office", to="0 %")},
    ],
    ids=["quota", "partial cut", "approval"],
)
def test_storage_is_never_exceeded_however_the_lane_is_held_back(what):
    data = chain((30,), shocks=what, licences={"office": regime(10)}, days=130)
    lived = live(variant(data, {"facilities.mine.makes": {"good_0": {"storage": "500 t"}}}))
    assert lived.struck["finished", MINE].max() <= 500 * (1 + 1e-9)


def joint(storage_a=None, storage_b="500 t", paces_b=False, shocks=None, **more):
    """A mine with two products: 100 t/day of a are wanted and 20 of b, of which it makes half a tonne a tonne."""
    a = {} if storage_a is None else {"storage": storage_a}
    b = {"amount": "0.5 t/t", "paces": paces_b, **more} | ({} if storage_b is None else {"storage": storage_b})
    mine = {"kind": "mine", "country": "CN", "makes": {"a": a, "b": b}, "capacity": "200 t/day"}
    markets = {
        f"users_{c}": {
            "country": "DE", "wants": c, "demand": t_a_day(wanted), "from": {"mine": {"transit": "1 day"}},
        }
        for c, wanted in (("a", 100), ("b", 20))
    }  # fmt: skip
    return world({"mine": mine}, markets, shocks, days=100)


def test_a_by_product_piles_up_to_its_storage_and_never_stops_the_plant():
    lived = live(joint(shocks={"shut": closure(20, 30, buyer="users_b")}))
    assert lived.struck["output", "mine: a"] == pytest.approx(100)
    assert lived.struck["output", "mine: b"] == pytest.approx(50)
    assert lived.struck["finished", "mine: b"] == pytest.approx(500)


def test_a_by_product_falls_with_its_host():
    lived = live(joint(shocks={"fall": shock("demand_surge", 20, where={"id": "users_a"}, size="-90 %")}))
    assert lived.struck["output", "mine: b"][21:] == pytest.approx(5)
    # 15 t/day are missing, and the pile of 500 t lasts for 33 days and a third.
    assert lived.first_below("sales", "users_b") == 21 + 33 + 1


def test_a_by_product_is_limited_by_its_own_recovery_and_not_by_its_host():
    lived = live(joint(capacity="25 t/day"))
    assert lived.calm["output", "mine: b"] == pytest.approx(25)
    assert planned(joint(capacity="25 t/day")).facts.output["mine: b"] == pytest.approx(25)


def test_a_capacity_of_a_product_that_paces_holds_alone_and_in_company():
    def limited(amount):
        data = chain((10,), market={"patience": "endless"}, shocks={"fire": outage("mine", 10, 20)}, days=80, spare=1)
        product = {"amount": f"{amount} t/t", "capacity": "120 t/day"}
        return variant(data, {"facilities.mine.makes": {"good_0": product}})

    for worlds in ([limited(1)], [limited(1), limited(1.5)]):
        assert live(*worlds).struck["output", MINE].max(axis=0) == pytest.approx(120)


def test_a_by_product_planned_beyond_its_host_is_refused():
    with pytest.raises(ScenarioError, match="makes 10 beside its other products"):
        planned(joint(amount="0.1 t/t"))


def test_only_a_product_that_paces_stops_the_plant_for_lack_of_room():
    lived = live(joint(storage_b=None, amount="0.2 t/t", paces_b=True, shocks={"shut": closure(20, buyer="users_b")}))
    assert lived.struck["output", "mine: a"] == pytest.approx(100)
    full = joint(amount="0.2 t/t", paces_b=True, shocks={"shut": closure(20, buyer="users_b")})
    lived = live(full)
    assert lived.struck["output", "mine: a"][20:45] == pytest.approx(100)
    assert lived.struck["output", "mine: a"][45:] == pytest.approx(0)


def test_a_plan_that_fills_a_storage_until_the_plant_stops_is_refused():
    with pytest.raises(ScenarioError, match="storage"):
        planned(joint(paces_b=True))


# Running flat and throttle


def test_a_flat_plant_runs_at_plan_until_its_storage_is_full():
    data = chain((30,), shocks={"fall": shock("demand_surge", 20, 10, where={"id": USERS}, size="-100 %")}, days=100)
    flat = {"facilities.mine.run": "flat", "facilities.mine.makes": {"good_0": {"storage": "700 t"}}}
    lived = live(variant(data, flat))
    # No orders from day 22 on, two steps upstream, for ten days.
    assert lived.struck["output", MINE][:29] == pytest.approx(DEMAND)
    assert lived.struck["output", MINE][29:32] == pytest.approx(0)
    assert lived.struck["finished", MINE].max() == pytest.approx(700)


@given(cover=st.integers(4, 40), tenths=st.integers(1, 10), start=st.integers(5, 30))
@example(cover=20, tenths=5, start=10)
@few
def test_a_throttled_plant_slows_as_a_power_of_time(cover, tenths, start):
    pace = cover * tenths / 10  # days of use to which the stock may fall at full rate
    assume(pace >= 1)
    data = chain((cover,), [2, 1], shocks={"ban": closure(start, 60, buyer="plant_1")}, days=start + 62)
    recipe = {"good_0": {"amount": "1 t/t", "throttle": f"{10 * tenths} %"}}
    output = live(variant(data, {"facilities.plant_1.recipe": recipe})).struck["output", MAKER][:, 0]
    stock, expected = cover * DEMAND, []
    for _ in range(start + 2, start + 62):
        run = min(DEMAND, stock / pace)
        expected.append(run)
        stock -= run
    assert output[start + 2 :] == pytest.approx(expected)
    slow = output[start + 2 + math.ceil(cover - pace) + 1 :]
    assert slow[1:] / slow[:-1] == pytest.approx(1 - 1 / pace) if pace > 1 else slow == pytest.approx(0)


# Allocation


WANTS = {"ann": 60, "ben": 30, "cid": 10}


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        ("usual", {"ann": 36, "ben": 18, "cid": 6}),
        ("equal", {"ann": 25, "ben": 25, "cid": 10}),
        ("priority", {"ann": 30 * 6 / 7, "ben": 30, "cid": 30 / 7}),
        ("domestic_first", {"ann": 30 * 6 / 7, "ben": 30, "cid": 30 / 7}),
        ("proportional", {"ann": 36, "ben": 18, "cid": 6}),
    ],
)
def test_sixty_tonnes_are_shared_by_hand(allocation, expected):
    data = rivals(60, WANTS, allocation, ann={"priority": 2}, ben={"country": "CN"}, cid={"priority": 2})
    struck = live(data).struck
    got = {name: struck["shipments", f"mine > {name}: ore"][10, 0] for name in WANTS}
    assert got == pytest.approx(expected)


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        ("usual", {"ann": 36, "ben": 18, "cid": 6}),
        ("proportional", {"ann": 60 * 60 / 130, "ben": 60 * 60 / 130, "cid": 60 * 10 / 130}),
    ],
)
def test_who_orders_more_gains_only_where_orders_count(allocation, expected):
    surge = {"shocks.surge": {"source": "test"} | shock("demand_surge", 9, 1, where={"id": "ben"}, size="+100 %")}
    struck = live(variant(rivals(60, WANTS, allocation), surge)).struck
    got = {name: struck["shipments", f"mine > {name}: ore"][10, 0] for name in WANTS}
    assert got == pytest.approx(expected)


def test_what_a_shut_lane_cannot_take_goes_to_the_others():
    shut = {"shocks.shut": {"source": "test"} | closure(10, 5, buyer="ann")}
    struck = live(variant(rivals(35, WANTS), shut)).struck
    got = {name: struck["shipments", f"mine > {name}: ore"][10, 0] for name in WANTS}
    assert got == pytest.approx({"ann": 0, "ben": 35 * 3 / 4, "cid": 35 / 4})


def test_allocation_follows_the_shares_of_today():
    mines = {
        name: {"kind": "mine", "country": c, "makes": "ore", "capacity": "100 t/day"}
        for name, c in (("mine_a", "CN"), ("mine_b", "US"))
    }
    loyal = {"mine_a": {"transit": "1 day"}}
    newcomer = {"mine_a": {"share": "0 %", "transit": "1 day"}, "mine_b": {"transit": "1 day"}}
    markets = {
        name: {"country": "DE", "wants": "ore", "demand": "100 t/day", "cover": "2 days", "from": sellers}
        for name, sellers in (("loyal", loyal), ("newcomer", newcomer))
    }
    moved = shock("change", 10, what="share", links={"seller": "mine_a", "buyer": "newcomer"}, to="100 %")
    struck = live(world(mines, markets, {"moved": moved}, days=60)).struck
    # Two buyers whose needs and shares are alike get half of the 100 t each.
    assert struck["shipments", "mine_a > newcomer: ore"][-1] == pytest.approx(50)
    assert struck["shipments", "mine_a > loyal: ore"][-1] == pytest.approx(50)


# Usage


def test_smoothed_usage_does_not_forget_the_need_of_a_starved_plant():
    data = chain((10,), shocks={"ban": closure(30, 120, buyer="plant_1")}, market={"patience": "endless"})
    smoothed = variant(data, {f"{COVER}.usage": "smoothed", f"markets.{USERS}.usage": "smoothed"})
    as_planned, as_asked = live(data), live(smoothed)
    for key in as_planned.struck.rows:
        assert as_asked.struck[key] == pytest.approx(as_planned.struck[key], abs=1e-6), key


def test_smoothed_usage_follows_demand_within_its_averaging_time():
    surge = {"surge": shock("demand_surge", 30, where={"id": USERS}, size="+20 %")}
    data = variant(chain((10,), [2, 1], shocks=surge, spare=1.0), {f"markets.{USERS}.usage": "smoothed"})
    planned_use, smoothed = live(data), live(variant(data, {f"{COVER}.usage": "smoothed"}))
    # A plant that keeps to its plan pays for what is under way out of its stock: 13 days of plan, 3 of them larger.
    assert planned_use.struck["stock", "plant_1: good_0"][-1] == pytest.approx((13 - 3 * 1.2) * DEMAND, rel=1e-3)
    assert smoothed.struck["stock", "plant_1: good_0"][-1] == pytest.approx(1.2 * 10 * DEMAND, rel=1e-3)
