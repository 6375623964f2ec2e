"""Worlds whose answer is known by hand: the exact cases of the model, and what follows from its rules to the day."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from worlds import (
    DEMAND,
    USERS,
    buying,
    chain,
    closure,
    days,
    licensing,
    live,
    outage,
    regime,
    shock,
    two_sources,
    variant,
    world,
)

MAKER = "plant_1: good_1"
MINE = "mine: good_0"
ORE_LANE = "mine > plant_1: good_0"
COVER = "facilities.plant_1.buys.good_0"

few = settings(max_examples=25)


# 1 Flat


@pytest.mark.parametrize("covers", [(0,), (30,), (10, 20, 15)])
def test_without_a_shock_every_series_is_constant(covers):
    calm = live(chain(covers, days=100)).calm
    for key in calm.rows:
        assert np.ptp(calm[key], axis=0).max() == 0.0, key


# 2 Ban


@given(
    length=st.integers(0, 80),
    cover=st.integers(0, 40),
    transit=st.integers(1, 30),
    start=st.integers(0, 60),
    upstream=st.booleans(),
)
@example(length=60, cover=30, transit=7, start=50, upstream=True)
@example(length=20, cover=30, transit=7, start=50, upstream=True)
@example(length=45, cover=10, transit=7, start=50, upstream=True)
@few
def test_a_ban_costs_what_it_lasts_beyond_cover_and_starts_when_the_sea_and_the_stock_are_empty(
    length, cover, transit, start, upstream
):
    covers, lanes = ((0, cover), [2, transit, 1]) if upstream else ((cover,), [transit, 1])
    buyer = f"plant_{len(covers)}"
    lived = live(chain(covers, lanes, shocks={"ban": closure(start, length, buyer=buyer)}, days=300))
    where = f"{buyer}: good_{len(covers)}"
    lost = max(0, length - cover)
    assert lived.lost("output", where) == pytest.approx(DEMAND * lost)
    assert lived.lost("sales", USERS) == pytest.approx(DEMAND * lost)
    assert lived.first_below("output", where) == (start + transit + cover if lost else None)


@pytest.mark.parametrize(("cover", "length", "lost"), [(30, 60, 30), (30, 20, 0), (10, 45, 35)])
@pytest.mark.parametrize("kind", ["export_ban", "import_ban", "lane_closure"])
def test_every_way_to_shut_the_border_costs_the_same(kind, cover, length, lost):
    scope = {"links": {"buyer": "plant_2"}} if kind == "lane_closure" else {"country": {"e": "DE", "i": "JP"}[kind[0]]}
    lived = live(chain((0, cover), [5, 38, 2], shocks={"ban": shock(kind, 50, length, **scope)}, days=300))
    assert lived.lost("output", "plant_2: good_2") == pytest.approx(DEMAND * lost)
    assert lived.first_below("output", "plant_2: good_2") == (50 + 38 + cover if lost else None)


def test_the_seller_under_a_ban_goes_on_making_until_it_holds_all_that_was_ordered():
    lived = live(chain((30,), [7, 1], shocks={"ban": closure(50, 60, buyer="plant_1")}, days=300))
    # The buyer's position is cover, a day of mail and transit; the goods at sea arrive and are ordered anew.
    assert lived.struck["finished", MINE].max() == pytest.approx(DEMAND * (30 + 1 + 7))
    assert lived.lost("output", MINE) == pytest.approx(DEMAND * 30)


# 3 Partial cut


@given(cut=st.integers(5, 100), cover=st.integers(0, 30), length=st.integers(1, 120), transit=st.integers(1, 9))
@example(cut=60, cover=30, length=90, transit=7)
@few
def test_a_partial_cut_empties_the_stock_at_its_own_pace(cut, cover, length, transit):
    cutting = shock("partial_cut", 20, length, links={"buyer": "plant_1"}, size=f"{cut} %")
    lived = live(chain((cover,), [transit, 1], shocks={"cut": cutting}, days=250, spare=4))
    share = cut / 100
    lost = max(0.0, share * length - cover)
    assert lived.lost("output", MAKER) == pytest.approx(DEMAND * lost, abs=1e-6)
    if lost > 0.01:
        lasts = math.floor(cover / share + 1e-9)
        assert lived.first_below("output", MAKER, 1 - 1e-9) == 20 + transit + lasts


def test_a_cut_of_60_percent_is_felt_on_day_50_and_costs_24_days():
    cutting = shock("partial_cut", 0, 90, links={"buyer": "plant_1"}, size="60 %")
    lived = live(chain((30,), [1, 1], shocks={"cut": cutting}, days=250))
    assert lived.first_below("output", MAKER) == 0 + 1 + 50
    assert lived.lost("output", MAKER) == pytest.approx(24 * DEMAND)


# 4 Serial chain


@given(
    covers=st.lists(st.integers(0, 25), min_size=1, max_size=4),
    length=st.integers(0, 90),
    transit=st.integers(1, 6),
    spare=st.sampled_from([0.0, 0.2, 3.0]),
    banned=st.booleans(),
)
@example(covers=[10, 20, 15], length=60, transit=2, spare=0.0, banned=False)
@example(covers=[10, 20, 15], length=60, transit=2, spare=0.0, banned=True)
@few
def test_a_chain_survives_the_sum_of_its_covers(covers, length, transit, spare, banned):
    what = closure(30, length, seller="mine") if banned else outage("mine", 30, length)
    lived = live(chain(covers, [transit] * (len(covers) + 1), spare=spare, shocks={"what": what}, days=250))
    lost = max(0, length - sum(covers))
    assert lived.lost("sales", USERS) == pytest.approx(DEMAND * lost)
    assert lived.first_below("sales", USERS) == (30 + transit * (len(covers) + 1) + sum(covers) if lost else None)


# 5 Refill


@pytest.mark.parametrize("length", [45, 60])
def test_stocks_are_refilled_at_the_pace_of_spare_capacity(length):
    lived = live(chain((10, 20, 15), spare=0.2, shocks={"fire": outage("mine", 20, length)}, days=400))
    at_full_rate = np.flatnonzero(lived.struck["output", MINE][:, 0] > DEMAND + 1e-6)
    assert len(at_full_rate) == 225
    assert at_full_rate[0] == 20 + length
    assert at_full_rate[-1] == 20 + length + 224
    for name in lived.calm.where("stock"):
        assert lived.struck["stock", name][-1] == pytest.approx(lived.calm["stock", name][-1])


def test_without_spare_capacity_stocks_are_never_refilled():
    lived = live(chain((10, 20, 15), spare=0.0, shocks={"fire": outage("mine", 20, 45)}, days=1000))
    missing = sum(lived.calm["stock", name][-1] - lived.struck["stock", name][-1] for name in lived.calm.where("stock"))
    assert missing == pytest.approx(45 * DEMAND)
    assert lived.lost("sales", USERS) == pytest.approx(0)


# 6 Lasting licence delay


@given(transit=st.integers(1, 12), cover=st.integers(0, 15), beyond=st.integers(1, 25), usual_review=st.integers(0, 6))
@example(transit=7, cover=10, beyond=20, usual_review=0)
@few
def test_under_a_lasting_delay_nobody_learns_output_is_what_the_position_can_carry(
    transit, cover, beyond, usual_review
):
    delay = cover + beyond
    if usual_review:
        licences = {"office": regime(usual_review, in_force=True)}
        later = shock("licence_delay", 30, authority="office", adds=days(delay))
    else:
        licences, later = {"office": regime(delay)}, licensing(30)
    cycle = 1 + transit + usual_review + delay
    world_of = chain((cover,), [transit, 1], shocks={"later": later}, licences=licences, days=30 + 7 * cycle)
    settled = live(world_of).struck["output", MAKER][-5 * cycle :]
    assert settled.mean() == pytest.approx(DEMAND * (1 + transit + usual_review + cover) / cycle)


def test_30_days_of_licence_against_10_days_of_cover_leave_18_of_38():
    licences = {"office": regime(30)}
    lived = live(chain((10,), [7, 1], shocks={"licences": licensing(30)}, licences=licences, days=30 + 380 + 380))
    assert lived.struck["output", MAKER][-380:].mean() == pytest.approx(DEMAND * 18 / 38)


def test_who_learns_the_delay_recovers_and_who_keeps_to_the_plan_stays_starved():
    licences = {"office": regime(30)}
    stubborn = chain((10,), [7, 1], shocks={"licences": licensing(30)}, licences=licences, days=1000)
    learns = variant(stubborn, {f"{COVER}.learns": "100 %"})
    assert live(stubborn).struck["output", MAKER][-380:].mean() < 0.5 * DEMAND
    assert live(learns).struck["output", MAKER][-380:].mean() == pytest.approx(DEMAND, rel=0.005)
    assert live(learns).struck["stock", "plant_1: good_0"][-380:].min() > 0.0


def test_half_learnt_is_between_the_two():
    licences = {"office": regime(30)}
    data = chain((10,), [7, 1], shocks={"licences": licensing(30)}, licences=licences, days=1000)
    settled = [
        live(variant(data, {f"{COVER}.learns": share})).struck["output", MAKER][-380:].mean()
        for share in ("0 %", "30 %", "100 %")
    ]
    assert settled[0] < settled[1] < settled[2]


# 7 Two sources


# With less cover than a lane is long, the split order echoes: the lane that was shut is then asked for nothing.
@given(share=st.integers(10, 90), length=st.integers(0, 150), cover=st.integers(5, 25), market=st.integers(0, 10))
@example(share=50, length=120, cover=20, market=5)
@few
def test_of_two_sources_the_share_that_is_shut_is_lost_beyond_cover(share, length, cover, market):
    shut = {"shut": closure(20, length, seller="mine_a")}
    lived = live(two_sources(f"{share} %", (0.0, 0.0), cover, market, shocks=shut, days=300))
    lost = max(0.0, share / 100 * length - cover - market)
    assert lived.lost("sales", USERS) == pytest.approx(DEMAND * lost, abs=1e-6)


def test_half_the_supply_shut_for_120_days_costs_35_days_and_none_if_the_other_half_can_double():
    shut = {"shut": closure(20, 120, seller="mine_a")}
    assert live(two_sources(shocks=shut)).lost("sales", USERS) == pytest.approx(35 * DEMAND)
    assert live(two_sources(spare=(0, 1), shocks=shut)).lost("sales", USERS) == pytest.approx(0)


def test_an_open_lane_is_asked_for_more_while_orders_wait_at_a_shut_one():
    shut = {"shut": closure(20, 120, seller="mine_a")}
    lived = live(two_sources(spare=(0, 1), shocks=shut))
    assert lived.struck["shipments", "mine_b > plant: ore"][60:120].mean() == pytest.approx(DEMAND, rel=1e-4)
    assert lived.struck["backlog", "mine_a: ore"][60:120].min() > 0.0


# 8 Dependence


@pytest.mark.parametrize("spare", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("dependence", [0, 40, 50, 100])
def test_output_falls_by_the_dependence_whatever_the_spare_capacity(spare, dependence):
    data = chain((10,), shocks={"gone": closure(20, buyer="plant_1")}, spare=spare, market={"patience": "endless"})
    recipe = {"good_0": {"amount": "1 t/t", "dependence": f"{dependence} %"}}
    lived = live(variant(data, {"facilities.plant_1.recipe": recipe}))
    assert lived.struck["output", MAKER][100:] == pytest.approx(DEMAND * (1 - dependence / 100))


def test_of_two_inputs_gone_the_one_that_matters_more_decides():
    mine = {"kind": "mine", "country": "CN", "makes": {"a": {}, "b": {}}, "capacity": "200 t/day"}
    plant = {
        "kind": "manufacturer",
        "country": "DE",
        "makes": "car",
        "capacity": "150 t/day",
        "recipe": {"a": {"amount": "1 t/t", "dependence": "30 %"}, "b": {"amount": "1 t/t", "dependence": "70 %"}},
        "buys": {c: buying({"mine": {"transit": "1 day"}}, 5) for c in ("a", "b")},
    }
    users = {"country": "FR", "wants": "car", "demand": "100 t/day", "from": {"plant": {"transit": "1 day"}}}
    data = world({"mine": mine, "plant": plant}, {USERS: users}, {"gone": closure(20, buyer="plant")})
    assert live(data).struck["output", "plant: car"][100:] == pytest.approx(30.0)


# 9 Waiting demand


def test_demand_that_waits_without_end_is_all_served_in_the_end():
    data = chain((10,), shocks={"ban": closure(50, 60, buyer="plant_1")}, market={"patience": "endless"})
    lived = live(data)
    assert lived.struck["waiting", USERS].max() == pytest.approx(50 * DEMAND)
    assert lived.lost("sales", USERS) == pytest.approx(0, abs=1e-6)
    assert lived.struck["waiting", USERS][-1] == pytest.approx(0, abs=1e-6)
    assert lived.struck["lost", USERS].sum() == 0.0


@pytest.mark.parametrize(("patience", "lost"), [("0 days", 60), ("1 day", 59), ("10 days", 50), ("3 years", 0)])
def test_demand_is_lost_once_its_patience_is_over(patience, lost):
    ban = {"ban": closure(50, 60, buyer="plant_1")}
    lived = live(chain((0,), [2, 1], shocks=ban, market={"patience": patience}, spare=100, days=200))
    assert lived.struck["lost", USERS].sum(axis=0) == pytest.approx(DEMAND * lost)
    first = np.flatnonzero(lived.struck["lost", USERS][:, 0])
    if lost:
        assert first[0] == 53 + int(patience.split()[0])
    assert lived.struck["waiting", USERS].max() <= DEMAND * 60 + 1e-6


def test_the_oldest_demand_is_served_first():
    ban = {"ban": closure(50, 6, buyer="plant_1")}
    lived = live(chain((0,), [1, 1], shocks=ban, market={"patience": "8 days"}, spare=0.25, days=120))
    # A quarter more a day works off 600 t; what came first has waited longest, so all is served within its patience.
    served_late = lived.struck["sales", USERS][:, 0] > DEMAND + 1e-6
    assert served_late.any()
    assert lived.struck["lost", USERS].sum() == pytest.approx(0, abs=1e-6)


# Time: round the sum, once


@given(review=st.integers(1, 60), transit=st.integers(1, 60))
@example(review=34, transit=23)
@few
def test_goods_are_usable_on_the_first_day_after_release_and_transit_together(review, transit):
    review, transit = review / 10, transit / 10
    data = chain((0,), [1, transit], shocks={"licences": licensing(50)}, days=120)
    data = variant(data, {"licences.office": {"source": "test", **regime(review, "good_1", "DE")}})
    sales = live(data).struck["sales", USERS][:, 0]
    # Filed at the end of review 50, so decided at 50 + review, and released on the day that has come by then.
    released = 50 + math.ceil(round(review, 6))
    arrives = max(released + 1, math.ceil(round(50 + review + transit, 6)))
    last_before = 49 + max(1, math.ceil(round(transit, 6)))
    assume(arrives > last_before + 1)
    assert sales[: last_before + 1] == pytest.approx(DEMAND)
    assert sales[last_before + 1 : arrives] == pytest.approx(0)
    assert sales[arrives] == pytest.approx(DEMAND)


@pytest.mark.parametrize(("transit", "whole"), [(0, 1), (0.2, 1), (1, 1), (1.2, 2), (2.5, 3), (3, 3)])
def test_transit_takes_whole_days_and_at_least_one(transit, whole):
    lived = live(chain((0,), [transit, 1], shocks={"ban": closure(50, 30, buyer="plant_1")}, days=120))
    assert lived.first_below("output", MAKER) == 50 + whole


@pytest.mark.parametrize(("processing", "whole"), [(0, 0), (0.5, 1), (3, 3), (3.2, 4), (40, 40)])
def test_what_is_started_is_finished_stock_after_the_processing_time(processing, whole):
    data = chain((5,), [2, 1], shocks={"ban": closure(50, 30, buyer="plant_1")}, days=200)
    lived = live(variant(data, {"facilities.plant_1.processing": days(processing)}))
    assert lived.first_below("output", MAKER) == 50 + 2 + 5 + whole
    assert lived.lost("output", MAKER) == pytest.approx(25 * DEMAND)
    assert np.ptp(lived.calm["output", MAKER]) == 0.0
