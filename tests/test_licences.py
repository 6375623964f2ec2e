"""Licences day by day: filing, review, calendar, decision, and what becomes of the goods."""

import datetime

import numpy as np
import pytest
from worlds import DEMAND, batch, chain, closure, licensing, live, planned, regime, shock, variant

from sim.engine import layout as at
from sim.engine.steady import settle
from sim.engine.world import World

MAKER = "plant_1: good_1"
MINE = "mine: good_0"
ORE_LANE = "mine > plant_1: good_0"
COVER = "facilities.plant_1.buys.good_0"


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


@pytest.mark.parametrize("every", [1, 7, 28])
def test_a_buyer_learns_in_days_and_not_in_deliveries(every):
    licences = {"office": regime(40, files_every=every)}
    data = chain((100,), [2, 1], shocks={"licences": licensing(28)}, licences=licences, days=200)
    world = World(batch([variant(data, {f"{COVER}.learns": "100 %"})]))
    settle(world)
    world.run(70 + 60)
    # Goods are 42 days old at least, and have come for 60 days: two averaging times close six sevenths of the gap.
    assert world.links[0, at.LINK_AGE, 1] > 30


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


def test_a_general_licence_that_is_granted_is_not_asked_for_again():
    licences = {"office": regime(30, licence="general")}
    shocks = {"licences": licensing(20), "ban": closure(40, 60, buyer="plant_1")}
    filed = live(chain((60,), shocks=shocks, licences=licences, days=200)).struck["filed", ORE_LANE][:, 0]
    assert np.flatnonzero(filed).tolist() == [20]


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


def test_a_denied_order_may_wait_for_longer_than_a_year():
    licences = {"office": regime(5, approval="0.000001 %", again_after="600 days")}
    struck = live(chain((5,), shocks={"licences": licensing(5)}, licences=licences, days=650)).struck
    filed = np.flatnonzero(struck["filed", ORE_LANE][:, 0])
    # Orders stop when the stock is used up; the first comes back 600 days after its denial on day 10.
    assert filed[filed > 100][0] == 10 + 600


def test_nothing_is_filed_once_nothing_is_approved_even_if_it_waits_for_the_filing_day():
    licences = {"office": regime(5, files_every=7)}
    shocks = {"licences": licensing(5), "stop": shock("approval_rate", 10, authority="office", to="0 %")}
    struck = live(chain((30,), shocks=shocks, licences=licences, days=60)).struck
    assert np.flatnonzero(struck["filed", ORE_LANE][:, 0]).tolist() == [7]


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


def test_every_firm_of_a_link_gets_a_decision_of_its_own():
    licences = {"office": regime(5, approval="50 %")}
    data = chain((60,), shocks={"licences": licensing(50)}, licences=licences, days=90)
    struck = live(variant(data, {f"{COVER}.from.mine.firms": 40})).struck
    approved = struck["approved", ORE_LANE][55:, 0]
    assert struck["denied", ORE_LANE][55:, 0] == pytest.approx(40 - approved)
    # A coin thrown forty times: six standard deviations are 19.
    assert (abs(approved - 20) < 19).all()
    assert len(set(approved)) > 5


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
