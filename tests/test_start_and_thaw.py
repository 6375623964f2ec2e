"""Licensing as it is done: how it sets in, who comes first, what is never approved, and how it thaws."""

import numpy as np
import pytest
from worlds import DEMAND, batch, chain, licensing, live, planned, regime, shock, variant, world

from sim.engine import layout as at
from sim.engine.steady import settle
from sim.engine.world import World
from sim.errors import ScenarioError

MINE, LANE, STOCK = "mine: good_0", "mine > plant_1: good_0", "plant_1: good_0"
LINK = "facilities.plant_1.buys.good_0.from.mine"


def imposed(rules, cover=60, start=20, days=200, firms=None, shocks=None, onset=None, **more):
    """Licences from day 20 on."""
    extra = {} if onset is None else {"onset": onset}
    data = chain(
        (cover,), shocks={"licences": licensing(start, **extra), **(shocks or {})}, licences={"office": rules},
        days=days, **more,
    )  # fmt: skip
    return variant(data, {f"{LINK}.firms": firms}) if firms else data


def shipped(data, **more):
    return live(data, **more).struck["shipments", LANE][:, 0]


# How it sets in


def test_what_was_declared_before_still_leaves_while_the_regime_sets_in():
    leaving = shipped(imposed(regime(500), onset="20 days"))
    assert leaving[:20] == pytest.approx(DEMAND)
    assert leaving[20:40] == pytest.approx([DEMAND * (1 - (day + 1) / 20) for day in range(20)])
    assert leaving[40:].max() == 0.0


def test_a_shut_lane_sets_in_no_faster_than_a_slow_one():
    """Where nothing is approved the ordinary flow fades all the same, and the book does not leak through it."""
    leaving = shipped(imposed(regime(5, approval="0 %"), onset="20 days"))
    assert leaving[20:40] == pytest.approx([DEMAND * (1 - (day + 1) / 20) for day in range(20)])
    assert leaving[40:].max() == 0.0


def test_the_first_application_is_filed_when_it_is_prepared():
    lived = live(imposed(regime(10, preparation="15 days"))).struck
    filed = lived["filed", LANE][:, 0]
    assert np.flatnonzero(filed)[0] == 35
    assert filed[35:60] == pytest.approx([2, *[1] * 24])  # what was prepared, and what is ready that day
    leaving = lived["shipments", LANE][:, 0]
    assert leaving[20:45].max() == 0.0
    # The first application holds the goods of fifteen days.
    assert leaving[45] == pytest.approx(16 * DEMAND)


def test_firms_are_ready_one_after_the_other():
    preparation = {"distribution": "uniform", "low": "5 days", "high": "45 days"}
    filed = live(imposed(regime(10, preparation=preparation), firms=40)).struck["filed", LANE][:, 0]
    assert filed[20:25].max() == 0.0
    # A fortieth of the firms joins each day, on average.
    assert filed[45] == pytest.approx(20, abs=12)
    assert (filed[66:] == 40).all()


def test_nobody_prepares_where_licences_have_been_needed_all_along():
    data = chain((60,), licences={"office": regime(10, preparation="15 days", in_force=True)}, days=50)
    assert (live(data).calm["filed", LANE][:, 0] == 1).all()


# How long it takes


def test_no_review_takes_longer_than_the_law_allows():
    review = {"distribution": "exponential", "mean": "40 days"}
    struck = live(imposed(regime(review, statutory_limit="30 days"), firms=500, cover=20)).struck
    filed, approved = struck["filed", LANE][:, 0], struck["approved", LANE][:, 0]
    # All that was filed on the first day is decided on the thirtieth at the latest, and exp(-29/40) of it just then.
    assert filed[20] == 500
    assert approved[20:51].sum() >= 500
    days = struck["review_days", LANE][:, 0]
    mean = days[110:].sum() / approved[110:].sum()
    assert mean == pytest.approx(40 * (1 - np.exp(-30 / 40)), rel=0.02)


def test_buyers_reckon_with_the_limit():
    review = {"distribution": "exponential", "mean": "40 days"}
    rules = regime(review, statutory_limit="30 days", in_force=True)
    delay = planned(chain((60,), licences={"office": rules})).numbers["links"][0, at.LINK_DELAY]
    assert delay == pytest.approx(2 + 40 * (1 - np.exp(-30 / 40)), rel=1e-4)


def test_the_limit_counts_working_days_where_the_review_does():
    rules = regime("400 working days", statutory_limit="45 working days")
    data = chain((120,), shocks={"licences": licensing("x") | {"effective": "2025-04-04"}}, licences={"office": rules})
    approved = np.flatnonzero(live(data).struck["approved", LANE][:, 0])
    assert approved[0] == 161  # 11 June 2025
    with pytest.raises(ScenarioError, match="so must its `statutory_limit` be"):
        planned(imposed(regime("40 working days", statutory_limit="45 days")))


def test_a_returned_application_is_completed_and_filed_again():
    rules = regime(5, returned="50 %", completion="3 days")
    struck = live(imposed(rules, firms=200, days=300)).struck
    filed, approved = struck["filed", LANE][150:, 0].sum(), struck["approved", LANE][150:, 0].sum()
    assert filed / approved == pytest.approx(2.0, rel=0.02)
    assert struck["denied", LANE].sum() == 0.0
    # Half of the first applications leave after 5 days, a quarter after 5 + 3 + 5.
    leaving = struck["shipments", LANE][:, 0]
    assert leaving[25] == pytest.approx(0.5 * DEMAND, rel=0.2)
    assert leaving[33] == pytest.approx(0.75 * DEMAND, rel=0.2)
    assert leaving[20:25].max() == 0.0


def test_buyers_reckon_with_what_is_returned():
    rules = regime(5, returned="50 %", completion="3 days", shipment_lag="4 days", in_force=True)
    delay = planned(chain((60,), licences={"office": rules})).numbers["links"][0, at.LINK_DELAY]
    assert delay == pytest.approx(2 + 5 + (5 + 3) + 4)


def test_an_approved_parcel_leaves_after_its_lag():
    leaving = shipped(imposed(regime(5, shipment_lag="4 days", customs_hold="2 days")))
    assert np.flatnonzero(leaving[20:])[0] == 5 + 2 + 4


# Who comes first


def two_buyers(rules, **more):
    """A mine that sells 50 t/day each to a market in the US and one in Japan, both with 200 days of cover."""
    mine = {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "300 t/day"}
    markets = {
        name: {
            "country": name.upper(), "wants": "ore", "demand": "50 t/day", "cover": "200 days",
            "from": {"mine": {"transit": "1 day"}},
        }
        for name in ("us", "jp")
    }  # fmt: skip
    return world({"mine": mine}, markets, {"licences": licensing(20)}, {"office": rules}, days=200, **more)


def in_review(lived, market):
    days, decided = (lived.struck[what, f"mine > {market}: ore"][:, 0] for what in ("review_days", "approved"))
    return days.sum() / decided.sum()


def test_a_class_is_served_before_the_others():
    rules = regime(2, controls="ore", reviewers=3)
    plain = live(two_buyers(rules))
    ranked = live(two_buyers(rules | {"classes": {"friends": {"destination": "JP"}}}))
    # Two applications a day, a day and a half of one reviewer's time each would do; three reviewers cannot keep up.
    assert in_review(plain, "jp") == pytest.approx(in_review(plain, "us"), rel=0.1)
    assert in_review(ranked, "jp") == 2.0
    assert in_review(ranked, "us") > in_review(plain, "us")
    done = [sum(x.struck["approved", f"mine > {m}: ore"].sum() for m in ("us", "jp")) for x in (plain, ranked)]
    assert done[0] == done[1]


def test_a_class_may_have_reviewers_and_a_time_of_its_own():
    rules = regime(20, controls="ore", classes={"fast": {"destination": "JP", "reviewers": 1, "review": "2 days"}})
    lived = live(two_buyers(rules))
    assert in_review(lived, "us") == 20.0  # unlimited reviewers
    approved = lived.struck["approved", "mine > jp: ore"][:, 0]
    # One reviewer, two days each: one decision every second day, and the queue grows.
    assert approved[22:].sum() == pytest.approx((200 - 22) / 2, abs=1)
    assert lived.struck["pending", "mine > jp: ore"][-1, 0] == pytest.approx(180 / 2, abs=2)


def test_goods_in_a_queue_are_let_go_with_all_others_when_the_regime_ends():
    rules = regime(2, controls="ore", reviewers=1, classes={"friends": {"destination": "JP"}})
    data = two_buyers(rules)
    data = variant(data, {"shocks.licences.duration": "60 days"})
    lived = live(data).struck
    assert lived["held", "mine > us: ore"][79, 0] > 0.0
    assert lived["held", "mine > us: ore"][80:, 0].max() == 0.0
    assert lived["pending", "mine > us: ore"][80:, 0].max() == 0.0


# What never gets a licence


def test_barred_orders_wait_as_at_a_shut_lane_and_the_rest_flows():
    struck = live(imposed(regime(5, barred="30 %"), days=150)).struck
    assert struck["shipments", LANE][30:80, 0] == pytest.approx(0.7 * DEMAND)
    assert np.diff(struck["backlog", MINE][30:70, 0]) == pytest.approx(0.3 * DEMAND)
    assert struck["denied", LANE].sum() == 0.0


def test_a_barred_destination_gets_nothing_and_others_all():
    rules = regime(5, controls="ore", barred={"us": {"share": "100 %", "destination": "US"}})
    lived = live(two_buyers(rules)).struck
    assert lived["filed", "mine > us: ore"].sum() == 0.0
    assert lived["shipments", "mine > jp: ore"][30:, 0] == pytest.approx(50.0)


def test_barred_orders_leave_once_no_licence_is_needed():
    data = imposed(regime(5, barred="30 %"), days=150)
    struck = live(variant(data, {"shocks.licences.duration": "40 days"})).struck
    assert struck["shipments", LANE][60, 0] > DEMAND
    assert struck["backlog", MINE][75:, 0].max() == pytest.approx(0.0, abs=1e-6)


def test_a_plan_that_is_barred_on_day_0_is_refused():
    with pytest.raises(ScenarioError, match="is barred on day 0"):
        planned(chain((60,), licences={"office": regime(5, barred="30 %", in_force=True)}))


# How it thaws


def test_approval_follows_a_dated_curve():
    rules = regime(5, approval={"all": "100 %", "later": {"share": "20 %", "from": "day 50", "over": "40 days"}})
    cases = batch([chain((60,), licences={"office": rules | {"in_force": True}}, days=200)])
    alone = World(cases)
    settle(alone)
    alone.run(50)
    seen = []
    for day in (51, 70, 90, 100):
        alone.run(day)
        seen.append(alone.desk[0, at.DESK_APPROVAL, 0])
    assert seen == pytest.approx([1 - 0.8 / 40, 1 - 0.8 / 2, 0.2, 0.2])


def test_a_second_turn_of_the_curve_starts_from_where_the_first_has_come():
    rules = regime(5, approval={
        "all": "100 %",
        "b": {"share": "20 %", "from": "day 50", "over": "10 days"},
        "c": {"share": "60 %", "from": "day 80", "over": "20 days"},
    })  # fmt: skip
    cases = batch([chain((60,), licences={"office": rules | {"in_force": True}}, days=200)])
    alone = World(cases)
    settle(alone)
    alone.run(90)
    assert alone.desk[0, at.DESK_APPROVAL, 0] == pytest.approx(0.4)


def test_general_licences_come_as_a_ramp_of_the_flow():
    ramp = shock("general_licences", 60, authority="office", to="80 %", onset="40 days")
    leaving = shipped(imposed(regime(500), cover=100, shocks={"general": ramp}, days=160))
    assert leaving[20:60].max() == 0.0
    assert leaving[79] == pytest.approx(0.4 * DEMAND)
    assert leaving[100:] == pytest.approx(0.8 * DEMAND)


def test_releases_of_a_day_are_capped():
    """After a stop of forty days the goods that waited come out at one and a half times the usual flow."""
    stop = shock("authority_suspended", 40, 40, authority="office")
    leaving = shipped(imposed(regime(5, release_cap=1.5), cover=100, shocks={"stop": stop}, days=200))
    assert leaving.max() == pytest.approx(1.5 * DEMAND)
    assert leaving[80:150] == pytest.approx(1.5 * DEMAND)


def test_goods_that_look_alike_are_held_but_not_filed():
    mine = {"kind": "mine", "country": "CN", "makes": {"ore": "1 t/t", "slag": {"amount": "1 t/t", "paces": True}},
            "capacity": "300 t/day"}  # fmt: skip
    markets = {
        name: {"country": "US", "wants": name, "demand": "50 t/day", "from": {"mine": {"transit": "1 day"}}}
        for name in ("ore", "slag")
    }
    rules = regime(5, controls="ore", look_alikes={"commodity": "slag", "hold": "12 days"})
    lived = live(world({"mine": mine}, markets, {"licences": licensing(20, 60)}, {"office": rules}, days=150)).struck
    slag = lived["shipments", "mine > slag: slag"][:, 0]
    assert np.flatnonzero(slag[20:])[0] == 12
    assert lived["shipments", "mine > ore: ore"][20:25, 0].max() == 0.0
    assert lived["held", "mine > slag: slag"][80:].max() == 0.0


def test_customs_may_hold_longer_for_a_while():
    hold = shock("customs_hold", 40, 30, authority="office", adds="10 days")
    lived = live(chain((60,), licences={"office": regime(5, in_force=True)}, shocks={"hold": hold}, days=150)).struck
    leaving = lived["shipments", LANE][:, 0]
    # Decided on day 40, so held from then on; the last is decided on day 69.
    assert leaving[40:50].max() == 0.0
    assert leaving[50:70] == pytest.approx(DEMAND)
    assert leaving[70:80] == pytest.approx(2 * DEMAND)
    assert leaving[80:] == pytest.approx(DEMAND)
