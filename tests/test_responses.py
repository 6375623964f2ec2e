"""Responses: each kind acts on its day, changes what it says, and waits for what it says, case by case."""

from typing import get_args

import numpy as np
import pytest
from worlds import (
    DEMAND,
    USERS,
    buying,
    chain,
    closure,
    differing,
    licensing,
    live,
    planned,
    regime,
    rivals,
    scenario_of,
    shock,
    two_sources,
    variant,
    world,
)

from sim.errors import ScenarioError
from sim.scenario import responses
from sim.scenario.reach import shocks_reach_something

MINE, MAKER, LANE, STOCK = "mine: good_0", "plant_1: good_1", "mine > plant_1: good_0", "plant_1: good_0"


def response(kind, on="day 50", **more):
    return {"kind": kind, "on": on, "source": "test", **more}


def acting(lived, name="what"):
    return np.flatnonzero(lived.struck["acting", name][:, 0])


def with_and_without(data, what, **more):
    return live(variant(data, {"responses": {"what": what}}), **more), live(data, **more)


# Worlds in which each kind can be seen


def blend(dependence="100 %"):
    """A plant that uses ore, and could use slag instead."""
    mines = {
        name: {"kind": "mine", "country": country, "makes": name, "capacity": "300 t/day"}
        for name, country in (("ore", "CN"), ("slag", "US"))
    }
    plant = {
        "kind": "refiner", "country": "DE", "makes": "oxide", "capacity": "300 t/day",
        "recipe": {"ore": {"amount": "1 t/t", "dependence": dependence}, "slag": "0 t/t"},
        "buys": {"ore": buying({"mine_ore": {"transit": "2 days"}}, 10),
                 "slag": buying({"mine_slag": {"transit": "2 days"}}, 10)},
    }  # fmt: skip
    users = {"country": "FR", "wants": "oxide", "demand": "100 t/day", "from": {"plant": {"transit": "1 day"}}}
    return world({"mine_ore": mines["ore"], "mine_slag": mines["slag"], "plant": plant}, {USERS: users}, days=200)


def with_reserve(refill=True):
    """A plant that buys from a mine and, if it has to, from a reserve of 5,000 t."""
    data = chain((10,), days=400)
    reserve = {"kind": "stockpile", "country": "DE", "holds": "good_0", "size": "5000 t", "source": "test"}
    if refill:
        reserve["buys"] = {"good_0": {"from": {"mine": {"transit": "2 days"}}}}
    return variant(data, {
        "facilities.reserve": reserve,
        "facilities.plant_1.buys.good_0.from.mine.share": "100 %",
        "facilities.plant_1.buys.good_0.from.reserve": {"share": "0 %", "transit": "1 day"},
    })  # fmt: skip


SOURCES = two_sources("50 %", spare=(1.0, 3.0), days=200)
SHUT = variant(chain((30,), days=200), {"shocks": {"ban": {**closure(20, buyer="plant_1"), "source": "test"}}})
SCARCE = rivals(60, {"near": 50, "far": 50})
UNEVEN = rivals(60, {"near": 70, "far": 30})
ANNOUNCED = chain((30,), shocks={"ban": {**closure(100, 10, buyer="plant_1"), "announced": "day 40"}}, days=300)
RECYCLING = two_sources("50 %", spare=(0.0, 0.0), days=200)

KINDS = {
    "front_load": (ANNOUNCED, {"before": "ban", "after": "5 days", "factor": 1.5}),
    "hoard": (chain((20,), days=200), {"where": {"id": "plant_1"}, "cover": "15 days"}),
    "release": (with_reserve(), {"stockpile": "reserve", "share": "40 %"}),
    "refill": (with_reserve(), {"stockpile": "reserve", "rate": "20 t/day"}),
    "second_source": (SOURCES, {"links": {"seller": "mine_b"}, "share": "80 %"}),
    "substitute": (
        blend(),
        {"where": {"id": "plant"}, "replaces": "ore", "use": "slag", "up_to": "50 %", "amount": "2 t/t"},
    ),
    "thrift": (blend(), {"where": {"id": "plant"}, "commodity": "ore", "saves": "20 %"}),
    "recycle": (RECYCLING, {"where": {"id": "mine_b"}, "adds": "30 t/day", "share": "80 %"}),
    "reroute": (SHUT, {"links": {"buyer": "plant_1"}, "share": "40 %", "adds": "10 days"}),
    "ration": (UNEVEN, {"on": "day 15", "where": {"id": "mine"}, "allocation": "equal"}),
    "build": (chain((20,), spare=0.0, days=200), {"where": {"id": "mine"}, "adds": "50 t/day"}),
    "expedite": (
        chain((20,), transits=[30, 2], days=200),
        {"links": {"buyer": "plant_1"}, "transit": "3 days"},
    ),
}


def kinds_there_are():
    return {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(responses.Response)[0])}


def test_every_kind_of_response_has_a_world():
    assert kinds_there_are() == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_response_acts_from_its_day_until_its_end(kind):
    data, more = KINDS[kind]
    if kind == "front_load":
        lived, first, last = live(variant(data, {"responses": {"what": response(kind, None, **more)}})), 45, 100
    else:
        on = more.get("on", "day 50")
        lived, _ = with_and_without(data, response(kind, **{"on": on, "after": "5 days", "lasts": "20 days", **more}))
        first = int(on.split()[1]) + 5
        last = first + 20
    assert acting(lived).tolist() == list(range(first, last))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"front_load", "build", "refill"}))
def test_nothing_differs_before_a_response_acts_and_something_does_after(kind):
    data, more = KINDS[kind]
    what = response(kind, **more)
    first = int(what["on"].split()[1])
    lived, bare = with_and_without(data, what)
    for key in bare.struck.rows:
        assert np.array_equal(lived.struck[key][:first], bare.struck[key][:first]), key
    assert differing(bare.struck, lived.struck)


# What each kind does


def test_front_loading_is_everyones_and_is_paid_back():
    """From a fortnight after the announcement until the ban twice the usual flow is ordered; then nothing for long."""
    lived = live(ANNOUNCED)
    name = "front-loading before ban"
    assert acting(lived, name).tolist() == list(range(54, 100))
    shipped = lived.struck["shipments", LANE][:, 0]
    assert shipped[55:100] == pytest.approx(1.5 * DEMAND, rel=0.35)  # as far as the mine's capacity goes
    assert shipped[56:100].max() <= 2 * DEMAND + 1e-9
    assert lived.struck["output", MAKER][100:, 0].min() == pytest.approx(DEMAND)
    assert shipped[116:200].min() == 0.0  # what was bought ahead is worked off
    assert shipped[-1] == pytest.approx(DEMAND)
    assert shipped.sum() == pytest.approx(lived.calm["shipments", LANE].sum(), rel=1e-3)
    assert lived.calm["acting", name].sum() == 0.0


def test_front_loading_may_be_stated_and_thereby_switched_off():
    calm_down = {"kind": "front_load", "before": "ban", "factor": 1, "source": "test"}
    lived = live(variant(ANNOUNCED, {"responses": {"none": calm_down}}))
    assert lived.struck["shipments", LANE][:100, 0] == pytest.approx(DEMAND)


def test_a_hoarder_orders_until_it_holds_more_and_no_further():
    lived, bare = with_and_without(*_of("hoard"))
    more = (lived.struck["stock", STOCK] - bare.struck["stock", STOCK])[:, 0]
    assert more[-1] == pytest.approx(15 * DEMAND)
    assert more[:50].max() == 0.0


def _of(kind):
    data, more = KINDS[kind]
    return data, response(kind, **more)


def test_a_second_source_takes_over_a_shut_lanes_share():
    ban = closure(50, seller="mine_a")
    data = two_sources("90 %", spare=(0.0, 12.0), cover=3, market_cover=1, shocks={"ban": ban}, days=200)
    switch = response("second_source", {"effective": "ban"}, after="10 days", links={"seller": "mine_b"}, share="100 %")
    lived, bare = with_and_without(data, switch)
    assert bare.lost("sales", USERS)[0] > 0.0
    assert lived.lost("sales", USERS)[0] < 0.2 * bare.lost("sales", USERS)[0]
    assert lived.calm["acting", "what"].sum() == 0.0  # without the shock there is nothing to respond to


def test_what_one_link_gets_its_buyers_other_links_give_up():
    """With shares of 50 and 80 % the flows would stand at 38 and 62."""
    data = two_sources("50 %", spare=(1.0, 1.0), days=400)
    switch = response("second_source", links={"seller": "mine_b"}, share="80 %")
    lived, _ = with_and_without(data, switch)
    late = {name: lived.struck["shipments", f"{name} > plant: ore"][300:, 0].mean() for name in ("mine_a", "mine_b")}
    assert late == pytest.approx({"mine_a": 20.0, "mine_b": 80.0}, rel=0.02)


def test_a_reserve_serves_until_it_is_empty_and_is_filled_again():
    data = variant(
        with_reserve(), {"shocks": {"ban": {**closure(50, 90, seller="mine", buyer="plant_1"), "source": "x"}}}
    )
    release = response("release", {"stopped_for": "3 days", "links": {"buyer": "plant_1", "seller": "mine"}},
                       stockpile="reserve", share="100 %", lasts="87 days")  # fmt: skip
    lived, bare = with_and_without(data, release)
    assert bare.lost("sales", USERS)[0] == pytest.approx((90 - 10) * DEMAND)
    assert lived.lost("sales", USERS)[0] == pytest.approx((90 - 10 - 50) * DEMAND)
    pile = lived.struck["finished", "reserve: good_0"][:, 0]
    assert pile[:50] == pytest.approx(5000.0)
    assert pile.min() == pytest.approx(0.0, abs=1e-6)
    refill = response("refill", "day 200", stockpile="reserve", rate="40 t/day")
    again = live(variant(data, {"responses": {"release": release, "refill": refill}})).struck
    assert again["finished", "reserve: good_0"][-1, 0] == pytest.approx(5000.0)
    assert again["shipments", "mine > reserve: good_0"].max() <= 40 + 1e-9


def test_a_reserve_that_buys_nothing_serves_what_it_holds_and_no_more():
    release = response("release", stockpile="reserve", share="100 %")
    lived = live(variant(with_reserve(refill=False), {"responses": {"release": release}})).struck
    assert lived["shipments", "reserve > plant_1: good_0"].sum() == pytest.approx(5000.0)
    assert lived["finished", "reserve: good_0"][-1, 0] == pytest.approx(0.0, abs=1e-6)


def test_a_substitute_takes_its_place_in_the_recipe_up_to_its_ceiling():
    data, what = blend(), response("substitute", **KINDS["substitute"][1], yield_penalty="10 %")
    lived = live(variant(data, {"responses": {"what": what}})).struck
    # Half of the ore is replaced by twice as much slag, and half of the output is made at a yield of 90 %.
    run = DEMAND / 0.95
    assert lived["shipments", "mine_ore > plant: ore"][-30:, 0].mean() == pytest.approx(run / 2, rel=0.02)
    assert lived["shipments", "mine_slag > plant: slag"][-30:, 0].mean() == pytest.approx(run, rel=0.02)
    assert lived["output", "plant: oxide"][-1, 0] == pytest.approx(DEMAND, rel=0.01)
    assert lived["shipments", "mine_slag > plant: slag"][:50].max() == 0.0


def test_thrift_lowers_what_is_used_and_ordered():
    lived, _ = with_and_without(*_of("thrift"))
    assert lived.struck["shipments", "mine_ore > plant: ore"][-1, 0] == pytest.approx(0.8 * DEMAND)
    assert lived.struck["output", "plant: oxide"][-1, 0] == pytest.approx(DEMAND)


def test_thrift_ramps_in_a_straight_line():
    data, what = _of("thrift")
    lived, _ = with_and_without(data, what | {"ramp": "100 days"})
    used = lived.struck["shipments", "mine_ore > plant: ore"][:, 0]
    assert used[99] > used[-1] == pytest.approx(0.8 * DEMAND)


def test_a_detour_carries_its_share_and_takes_longer():
    lived, bare = with_and_without(*_of("reroute"))
    assert bare.struck["shipments", LANE][20:].max() == 0.0
    assert lived.struck["shipments", LANE][50:, 0] == pytest.approx(0.4 * DEMAND)
    arrived = np.diff(lived.struck["stock", STOCK][:, 0]) > 0
    assert not arrived[40:60].any()
    assert lived.struck["output", MAKER][70:, 0].mean() == pytest.approx(0.4 * DEMAND, rel=0.05)


def test_a_detour_ends_when_it_is_found_out_each_case_on_its_own_day():
    data, what = _of("reroute")
    lived, _ = with_and_without(data, what | {"detection": "5 %"}, replications=tuple(range(1, 41)))
    ends = [int(np.flatnonzero(lived.struck["acting", "what"][:, k])[-1]) for k in range(40)]
    assert len(set(ends)) > 10
    assert np.mean(ends) - 50 == pytest.approx(20, abs=8)  # a chance of a twentieth a day


def test_rationing_changes_who_gets_what_is_short():
    """60 t for 50 and 50: by orders each gets 30 as before, by class one gets all it asks for."""
    data = variant(SCARCE, {"markets.near.from.mine.priority": 1, "markets.far.from.mine.priority": 2})
    what = response("ration", "day 15", where={"id": "mine"}, allocation="priority")
    lived, bare = with_and_without(data, what)
    assert bare.struck["shipments", "mine > far: ore"][40, 0] == pytest.approx(30.0)
    assert lived.struck["shipments", "mine > far: ore"][40, 0] == pytest.approx(10.0)
    assert lived.struck["shipments", "mine > near: ore"][40, 0] == pytest.approx(50.0)


def test_new_capacity_ramps_up_after_its_building_time():
    """A mine that has lost half of its capacity is replaced by new capacity, 30 days to build and 20 to ramp up."""
    fire = shock("capacity_loss", 50, where={"id": "mine"}, size="50 %")
    data = chain((5,), spare=0.0, shocks={"fire": fire}, days=200)
    what = response(
        "build", {"effective": "fire"}, after="30 days", ramp="20 days", where={"id": "mine"}, adds="50 t/day"
    )
    lived, bare = with_and_without(data, what)
    made = lived.struck["output", MINE][:, 0]
    assert bare.struck["output", MINE][60:, 0] == pytest.approx(50.0)
    assert made[50:80] == pytest.approx(50.0)
    assert made[80:100] == pytest.approx([50 + 50 * (day + 1) / 20 for day in range(20)])
    assert made[100:] == pytest.approx(100.0)


def test_capacity_may_come_where_there_was_none():
    data = two_sources("100 %", spare=(0.0, 0.0), days=200)
    data = variant(data, {"facilities.mine_b.capacity": "0 t/day"})
    built = response("build", where={"id": "mine_b"}, adds="40 t/day", share="30 %")
    lived = live(variant(data, {"responses": {"what": built}}))
    assert lived.struck["output", "mine_b: ore"][:50].max() == 0.0
    # The two links share a stock, so their orders swing by turns; on average each has its share.
    assert lived.struck["output", "mine_b: ore"][-30:, 0].mean() == pytest.approx(30.0)
    assert lived.struck["output", "mine_a: ore"][-30:, 0].mean() == pytest.approx(70.0)


def test_expedited_goods_overtake_those_on_the_way():
    fire = shock("stock_loss", 49, where={"id": "plant_1"}, size="100 %")
    data = chain((20,), transits=[30, 2], shocks={"fire": fire}, days=200)
    what = response("expedite", links={"buyer": "plant_1"}, transit="3 days", lasts="10 days")
    lived, bare = with_and_without(data, what)
    assert (lived.struck["stock", STOCK][55:70, 0] > bare.struck["stock", STOCK][55:70, 0]).all()


# What they wait for


def test_a_trigger_is_seen_at_night_and_acted_on_the_day_after():
    data = variant(chain((10,), days=120), {"shocks": {"ban": {**closure(50, buyer="plant_1"), "source": "test"}}})
    what = response(
        "hoard", {"cover_below": "4.5 days", "where": {"id": "plant_1"}}, where={"id": "plant_1"}, cover="5 days"
    )
    lived, _ = with_and_without(data, what)
    low = np.flatnonzero(lived.struck["stock", STOCK][:, 0] < 4.5 * DEMAND)[0]
    assert acting(lived)[0] == low + 1
    assert lived.calm["acting", "what"].sum() == 0.0


def test_a_lane_that_has_stopped_is_noticed_whatever_stopped_it():
    for shocks, licences in (
        ({"ban": closure(50, buyer="plant_1")}, {}),
        ({"rule": licensing(50)}, {"office": regime(500)}),
    ):
        data = chain((10,), shocks=shocks, licences=licences, days=120)
        seen = {"stopped_for": "7 days", "links": {"buyer": "plant_1"}}
        what = response("hoard", seen, after="3 days", where={"id": "plant_1"}, cover="5 days")
        lived, _ = with_and_without(data, what)
        # Stopped on day 50 for the first time, on day 56 for the seventh.
        assert acting(lived)[0] == 56 + 3
        assert lived.calm["acting", "what"].sum() == 0.0


def test_each_case_sees_with_its_own_eyes():
    """Demand is random, so that cover falls below its mark on another day in each replication."""
    data = chain((10,), market={"demand": {"distribution": "normal", "mean": "100 t/day", "sd": "60 t/day"}}, days=150)
    data = variant(data, {"shocks": {"ban": {**closure(50, buyer="plant_1"), "source": "test"}}})
    what = response(
        "hoard", {"cover_below": "5 days", "where": {"id": "plant_1"}}, where={"id": "plant_1"}, cover="1 day"
    )
    many = live(variant(data, {"responses": {"what": what}}), replications=tuple(range(1, 9))).struck
    starts = [int(np.argmax(many["acting", "what"][:, k] > 0)) for k in range(8)]
    assert len(set(starts)) > 2
    for k in (0, 5):
        alone = live(variant(data, {"responses": {"what": what}}), replications=(k + 1,)).struck
        for key in many.rows:
            assert np.array_equal(alone[key][:, 0], many[key][:, k]), key


def test_what_waits_for_something_that_does_not_come_changes_nothing():
    data = chain((20,), days=150)
    seen = {"cover_below": "1 day", "where": {"id": "plant_1"}}
    lived, bare = with_and_without(data, response("hoard", seen, where={"id": "plant_1"}, cover="50 days"))
    for key in bare.struck.rows:
        assert np.array_equal(lived.struck[key], bare.struck[key]), key


def test_hoarding_may_end_when_the_shock_takes_effect():
    what = response("hoard", {"announced": "ban"}, until={"effective": "ban"}, where={"id": "plant_1"}, cover="20 days")
    lived = live(variant(ANNOUNCED, {"responses": {"what": what}}))
    assert acting(lived).tolist() == list(range(40, 100))


def test_a_ban_on_a_link_that_a_response_wakes_is_not_said_to_change_nothing():
    data = two_sources("100 %", shocks={"ban": {**closure(50, seller="mine_b"), "source": "test"}})
    assert [problem.warning for problem in shocks_reach_something(scenario_of(data))] == [True]
    woken = variant(data, {"responses": {"what": response("second_source", links={"seller": "mine_b"}, share="30 %")}})
    assert not list(shocks_reach_something(scenario_of(woken)))


# What is not taken


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_response_that_is_not_active_is_as_if_it_were_not_there(kind):
    data, more = KINDS[kind]
    what = response(kind, None, **more) if kind == "front_load" else response(kind, **more)
    lived = live(variant(data, {"responses": {"what": what | {"active": False}}}))
    bare = live(variant(data, {"responses": {"what": what | {"factor": 1}}}) if kind == "front_load" else data)
    for key in bare.struck.rows.keys() - {("acting", "what")}:
        assert np.array_equal(lived.struck[key], bare.struck[key]), key
    assert lived.struck["acting", "what"].max() == 0.0


@pytest.mark.parametrize(
    "on", ["day 50", {"cover_below": "5 days", "where": {"id": "plant_1"}}, {"stopped_for": "7 days"}]
)
def test_what_is_taken_and_what_is_not_share_a_batch(on):
    data = variant(chain((10,), days=120), {"shocks": {"ban": {**closure(50, buyer="plant_1"), "source": "test"}}})
    taken = variant(data, {"responses": {"what": response("hoard", on, where={"id": "plant_1"}, cover="5 days")}})
    left = variant(taken, {"responses.what.active": False})
    both, one, other = live(taken, left), live(taken), live(left)
    assert differing(one.struck, other.struck)
    for key in one.struck.rows:
        assert np.array_equal(both.struck[key][:, 0], one.struck[key][:, 0]), key
        assert np.array_equal(both.struck[key][:, 1], other.struck[key][:, 0]), key


# What is refused


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (response("hoard", {"announced": "bann"}, where={"id": "plant_1"}, cover="5 days"), "no shock 'bann'"),
        (response("hoard", {}, where={"id": "plant_1"}, cover="5 days"), "say one of `cover_below"),
        (response("second_source", links={"buyer": "plant_1"}, share="50 %"), "would sum to 50 %"),
        (response("release", stockpile="plant_1", share="50 %"), "no stockpile 'plant_1'"),
        (response("build", where={"id": "mine"}, adds="5 wafer/day"), "say it in t"),
        (response("build", where={"id": "mine"}), "say one of `adds"),
        (response("thrift", where={"id": "plant_1"}, commodity="gold", saves="5 %"), "no commodity 'gold'"),
        (response("substitute", where={"id": "plant_1"}, replaces="good_0", use="good_1", up_to="5 %", amount="1 t/t"),
         "'good_1' is not in the recipe"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(what, says):
    with pytest.raises(ScenarioError, match=says):
        planned(variant(ANNOUNCED, {"responses": {"what": what}}))
