"""Worlds whose answer is known by hand: the exact cases of the model, and what follows from its rules to the day."""

import datetime
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
    planned,
    regime,
    rivals,
    shock,
    t_a_day,
    two_sources,
    variant,
    world,
)

from sim.engine import layout as at
from sim.errors import ScenarioError

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
    world_of = chain((cover,), [transit, 1], shocks={"later": later}, licences=licences, days=30 + 12 * cycle)
    settled = live(world_of).struck["output", MAKER][-10 * cycle :]
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


# Licences


def test_45_working_days_from_4_april_2025_end_on_11_june():
    licences = {"mofcom": regime("45 working days")}
    rule = {"licences": licensing("x", authority="mofcom") | {"effective": "2025-04-04"}}
    lived = live(chain((120,), shocks=rule, licences=licences))
    filed = np.flatnonzero(lived.struck["filed", ORE_LANE][:, 0])
    approved = np.flatnonzero(lived.struck["approved", ORE_LANE][:, 0])
    start = datetime.date(2025, 1, 1)
    assert start + datetime.timedelta(days=int(filed[0])) == datetime.date(2025, 4, 4)
    assert start + datetime.timedelta(days=int(approved[0])) == datetime.date(2025, 6, 11)
    # 4 to 6 April are a holiday and a weekend: three days of filings are decided together.
    assert lived.struck["approved", ORE_LANE][approved[0], 0] == 3


def test_weekly_filing_costs_three_days_on_average():
    daily, weekly = (regime(20, in_force=True, files_every=n) for n in (1, 7))
    delays = [
        planned(chain((30,), licences={"office": office})).numbers["links"][0, at.LINK_DELAY]
        for office in (daily, weekly)
    ]
    assert delays[1] - delays[0] == 3.0
    lived = live(chain((30,), licences={"office": weekly}, days=200))
    filed = np.flatnonzero(lived.calm["filed", ORE_LANE][:, 0])
    assert set(filed % 7) == {0}
    leaving = lived.calm["shipments", ORE_LANE][:, 0]
    assert set(np.flatnonzero(leaving) % 7) == {(0 + 20) % 7}
    assert leaving[leaving > 0] == pytest.approx(7 * DEMAND)
    assert np.ptp(lived.calm["output", MAKER]) == 0.0


def test_buyers_reckon_with_filing_review_hold_and_every_filing_it_takes():
    office = regime(20, in_force=True, files_every=7, customs_hold="2 days", approval="50 %")
    delay = planned(chain((60,), [5, 1], licences={"office": office})).numbers["links"][0, at.LINK_DELAY]
    assert delay == pytest.approx(5 + (3 + 20 + 2) / 0.5)


def test_a_general_licence_lets_everything_pass_until_it_ends():
    licences = {"office": regime(30, licence="general", validity="100 days")}
    lived = live(chain((90,), [2, 1], shocks={"licences": licensing(50)}, licences=licences, days=250, spare=5))
    leaving = lived.struck["shipments", ORE_LANE][:, 0]
    assert leaving[:50] == pytest.approx(DEMAND)
    assert leaving[50:80] == pytest.approx(0)
    assert leaving[80] == pytest.approx(31 * DEMAND)
    assert leaving[81:180] == pytest.approx(DEMAND)
    assert leaving[180:210] == pytest.approx(0)
    assert leaving[210] == pytest.approx(31 * DEMAND)
    assert lived.struck["filed", ORE_LANE].sum(axis=0) == pytest.approx(2)


def test_no_licence_opens_a_lane_that_is_shut():
    licences = {"office": regime(30, licence="general")}
    shocks = {"licences": licensing(20), "ban": closure(40, 60, buyer="plant_1")}
    for kind in ("single", "general"):
        data = chain((60,), shocks=shocks, licences=licences, days=200)
        lived = live(variant(data, {"licences.office.licence": kind}))
        assert lived.struck["shipments", ORE_LANE][40:100].max() == 0.0
        assert lived.struck["shipments", ORE_LANE][100, 0] > 0.0


def denied(then, **more):
    """Licences from day 10 on that take 5 days, and practically none is approved."""
    licences = {"office": regime(5, approval="0.000001 %", denied=then, **more)}
    return live(chain((40,), shocks={"licences": licensing(10)}, licences=licences, days=30)).struck


def test_a_denied_order_is_filed_again_the_same_day():
    struck = denied("again")
    assert struck["denied", ORE_LANE][14:17, 0].tolist() == [0, 1, 1]
    # The 100 t of day 10 come back on the morning of day 15 and leave again beside the 100 t of that day.
    assert struck["held", ORE_LANE][13:17, 0] == pytest.approx([400, 500, 600, 700])
    assert struck["output", MINE][9:17, 0] == pytest.approx(DEMAND)


def test_a_cancelled_order_is_placed_anew_and_read_a_day_later():
    struck = denied("cancelled")
    assert struck["held", ORE_LANE][13:18, 0] == pytest.approx([400, 500, 500, 600, 700])
    # The goods that came back serve the orders of the day.
    assert struck["output", MINE][14:16, 0] == pytest.approx([DEMAND, 0])


def test_a_denied_order_waits_before_it_is_filed_again():
    struck = denied("again", again_after="3 days")
    assert struck["held", ORE_LANE][14:20, 0] == pytest.approx([500, 500, 500, 500, 600, 700])
    assert struck["finished", MINE][14:20, 0] == pytest.approx([0, 0, 0, 0, 0, 0])


def test_approval_of_nothing_shuts_the_lane_and_nothing_is_filed():
    licences = {"office": regime(5, approval="0 %")}
    struck = live(chain((40,), shocks={"licences": licensing(10)}, licences=licences, days=60)).struck
    assert struck["filed", ORE_LANE].sum() == 0.0
    assert struck["held", ORE_LANE].sum() == 0.0
    assert struck["backlog", MINE][20:].min() > 0.0


def test_the_rule_for_all_holds_until_a_narrower_one_begins():
    rules = {"all": {"share": "50 %"}, "later": {"share": "100 %", "destination": "DE", "from": "day 200"}}
    lived = live(chain((90,), licences={"office": regime(5, in_force=True, approval=rules)}), replications=(1, 2))
    decided = lived.calm["approved", ORE_LANE] + lived.calm["denied", ORE_LANE]
    before = lived.calm["approved", ORE_LANE][:200].sum() / decided[:200].sum()
    assert 0.4 < before < 0.6
    assert lived.calm["denied", ORE_LANE][200:].sum() == 0.0


def test_an_authority_that_is_never_in_force_changes_nothing_of_another():
    office, other = regime(10, in_force=True), regime(50)
    alone = live(chain((60,), licences={"office": office}, days=60)).calm
    beside = live(chain((60,), licences={"office": office, "zoo": other}, days=60)).calm
    assert beside["held", ORE_LANE] == pytest.approx(alone["held", ORE_LANE])


def test_goods_that_are_approved_leave_customs_while_the_authority_is_suspended():
    licences = {"office": regime(5, in_force=True, customs_hold="10 days")}
    shocks = {"strike": shock("authority_suspended", 50, 20, authority="office")}
    lived = live(chain((60,), licences=licences, shocks=shocks, days=120))
    leaving = lived.struck["shipments", ORE_LANE][:, 0]
    # The last decision before it, on day 49, leaves on day 59; the first after it, on day 70, on day 80.
    assert leaving[:60] == pytest.approx(DEMAND)
    assert leaving[60:80] == pytest.approx(0)
    assert leaving[80] == pytest.approx(21 * DEMAND)


def test_a_link_of_many_firms_files_for_each_and_answers_in_parts():
    review = {"distribution": "uniform", "low": "5 days", "high": "15 days"}
    licences = {"office": regime(review)}
    data = chain((60,), shocks={"licences": licensing(50)}, licences=licences, days=120)
    whole = live(data).struck["shipments", ORE_LANE][50:90, 0]
    parts = live(variant(data, {f"{COVER}.from.mine.firms": 4})).struck
    smooth = parts["shipments", ORE_LANE][50:90, 0]
    assert parts["filed", ORE_LANE][50:80, 0] == pytest.approx(4)
    assert whole / DEMAND == pytest.approx(np.round(whole / DEMAND))
    assert 4 * smooth / DEMAND == pytest.approx(np.round(4 * smooth / DEMAND))
    assert smooth[15:].std() < whole[15:].std()


def test_many_firms_under_a_certain_review_ship_as_one():
    licences = {"office": regime(10, in_force=True)}
    data = chain((60,), licences=licences, days=100)
    one, many = (live(variant(data, {f"{COVER}.from.mine.firms": n})).calm for n in (1, 7))
    assert many["shipments", ORE_LANE] == pytest.approx(one["shipments", ORE_LANE])


def test_at_the_end_of_licensing_everything_held_is_let_go():
    licences = {"office": regime(200)}
    lived = live(chain((90,), shocks={"licences": licensing(50, 30)}, licences=licences, days=120))
    leaving = lived.struck["shipments", ORE_LANE][:, 0]
    assert leaving[50:80] == pytest.approx(0)
    assert leaving[80] == pytest.approx(31 * DEMAND)
    assert lived.struck["pending", ORE_LANE][80:].max() == 0.0


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
