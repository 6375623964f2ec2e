"""What new kinds of shock do to a chain, by known answers; the books are closed every night of every run."""

import math
import random

import numpy as np
import pytest
from examples import LANE, MAKER, MINE, STOCK
from rich_world import rich
from worlds import USERS, chain, closure, differing, live, outage, scenario_of, shock, two_sources, variant, world

from sim.engine.plan import plan
from sim.errors import ScenarioError

L, S = 10, 20
"""Transit on the first link, and days of cover at the plant."""


def far(shocks, **more):
    """mine > plant_1 > users with ten days at sea and twenty of cover."""
    return chain((S,), [L, 1], shocks=shocks, **more)


def stops(lived, what="output", where=MAKER):
    """First day without any, and how many days' worth are lost."""
    shown = lived.struck[what, where][:, 0]
    return int(np.flatnonzero(shown <= 1e-9)[0]), lived.lost(what, where)[0] / 100.0


# Recall


def test_goods_in_transit_go_on_unless_they_are_recalled():
    goes_on = live(far({"shut": closure(50, 40, buyer="plant_1")}))
    assert stops(goes_on) == (50 + L + S, pytest.approx(40 - S))
    for recall in ("returned", "seized"):
        recalled = live(far({"shut": closure(50, 40, buyer="plant_1") | {"recall": recall}}))
        # What was at sea does not come, so the plant lives on its cover alone, and waits for the first ship after.
        assert stops(recalled) == (50 + S, pytest.approx(40 - S + L))


def test_returned_goods_are_in_the_sellers_stock_and_leave_again():
    shut = closure(50, 40, buyer="plant_1")
    goes_on, returned = (live(far({"shut": shut | {"recall": r}})) for r in ("none", "returned"))
    at_home = [lived.struck["finished", MINE][:, 0] for lived in (goes_on, returned)]
    # On the closed lane orders grow with what the plant makes; what was dispatched is in stock beside them.
    assert at_home[0][49] == at_home[1][49] == 0.0
    assert at_home[1][50] - at_home[0][50] == pytest.approx(100 * L)
    # The orders they were for are in the book again: as much leaves on the first day as would have otherwise.
    shipped = [lived.struck["shipments", LANE][90, 0] for lived in (goes_on, returned)]
    assert shipped[0] == pytest.approx(shipped[1])
    assert [lived.lost("output", MINE)[0] / 100 for lived in (goes_on, returned)] == pytest.approx([40 - S, 40 - S + L])


def test_seized_goods_have_to_be_made_again():
    shut = closure(50, 40, buyer="plant_1")
    returned, seized = (live(far({"shut": shut | {"recall": r}}, days=800)) for r in ("returned", "seized"))
    more = (seized.struck["output", MINE] - returned.struck["output", MINE]).sum(axis=0)
    assert more == pytest.approx(100 * L)
    assert differing_rows(seized, returned, "output", MAKER) == []


def differing_rows(a, b, what, where):
    return [] if np.allclose(a.struck[what, where], b.struck[what, where]) else [(what, where)]


def test_a_border_that_leaks_recalls_only_what_would_not_leak():
    ban = shock("export_ban", 50, 40, country="CN", leakage="30 %", recall="seized")
    lived = live(far({"ban": ban}))
    stock = lived.calm["stock", STOCK] - lived.struck["stock", STOCK]
    # Of each day's arrivals 30 % still come.
    assert stock[50 : 50 + L, 0] == pytest.approx(70.0 * np.arange(1, L + 1))


def test_a_recall_at_the_very_start_takes_the_goods_of_the_steady_state():
    lived = live(far({"shut": closure(0, 400, buyer="plant_1") | {"recall": "returned"}}, days=60))
    # Beside them stands what was made for the order of the day, which cannot leave.
    assert lived.struck["finished", MINE][0, 0] == pytest.approx(100 * (L + 1))
    assert stops(lived)[0] == S


def test_a_recall_on_a_lane_with_random_transit_and_learning_closes_the_books():
    gamma = {"distribution": "gamma", "mean": "12 days", "sd": "5 days"}
    changes = {
        "facilities.plant_1.buys.good_0.from.mine.transit": gamma,
        "facilities.plant_1.buys.good_0.learns": "80 %",
    }
    for recall in ("returned", "seized"):
        shut = {f"shut_{day}": closure(day, 6, buyer="plant_1") | {"recall": recall} for day in (40, 70, 100)}
        lived = live(variant(far(shut, spare=0.3), changes), replications=(1, 2, 3))
        assert differing(lived.calm, lived.struck)


# Freezes


def test_a_firm_that_may_not_order_lives_on_its_cover():
    frozen = shock("entity_freeze", 50, 30, where={"id": "plant_1"}, stops="orders")
    lived = live(chain((S,), [2, 1], spare=9, shocks={"frozen": frozen}))
    shipped = lived.struck["shipments", LANE][:, 0]
    # Orders posted on the day before are dispatched on day 50, the first after the thaw is read on day 81.
    assert np.flatnonzero(shipped == 0.0)[:30].tolist() == list(range(51, 81))
    # The last delivery comes on day 52 and is used with the cover until day 72; the first after comes on day 83.
    assert stops(lived) == (53 + S, pytest.approx(30 - S))


def test_a_firm_whose_suppliers_refuse_it_is_as_behind_a_closed_lane():
    frozen = live(far({"what": shock("entity_freeze", 50, 40, where={"id": "plant_1"}, stops=["inputs"])}))
    shut = live(far({"what": closure(50, 40, buyer="plant_1")}))
    assert differing(frozen.struck, shut.struck) == []


def test_a_firm_that_may_not_ship_goes_on_making_for_its_book():
    frozen = shock("entity_freeze", 50, 40, where={"id": "plant_1"}, stops=["shipments"])
    lived = live(far({"what": frozen}))
    shipped, made = lived.struck["shipments", "plant_1 > users: good_1"][:, 0], lived.struck["output", MAKER][:, 0]
    assert np.flatnonzero(shipped[:90] == 0.0).tolist() == list(range(50, 90))
    assert made[50] == 100.0
    assert lived.struck["finished", MAKER][89, 0] == pytest.approx(made[50:90].sum())


def test_a_market_may_be_frozen_too():
    frozen = shock("entity_freeze", 50, 10, where={"id": USERS}, stops=["orders", "inputs"])
    lived = live(chain((S,), [2, 1], spare=9, shocks={"what": frozen}))
    # The ship of the day before is in on day 50; after the thaw the next is read on day 61, and in on day 62.
    short = np.flatnonzero(lived.struck["sales", USERS][:, 0] < 50)
    assert short.tolist() == list(range(51, 61))


def test_orders_stop_and_cover_changes_do_not_hide_each_other():
    where = {"where": {"id": "plant_1"}}
    both = {
        "frozen": shock("entity_freeze", 50, 30, **where, stops="orders"),
        "stocked": shock("change", 60, 100, what="cover", **where, to="40 days"),
    }
    shipped = live(chain((S,), [2, 1], spare=99, shocks=both)).struck["shipments", LANE][:, 0]
    assert shipped[51:81].max() == 0.0
    assert shipped[81] == pytest.approx(100 * (40 + 1 + 2))


def test_throttled_use_does_not_change_while_orders_are_stopped():
    frozen = shock("entity_freeze", 50, 10, where={"id": "plant_1"}, stops="orders")
    data = variant(chain((S,), [2, 1], spare=9, shocks={"what": frozen}), {
        "facilities.plant_1.recipe": {"good_0": {"amount": "1 t/t", "throttle": "20 %"}},
    })  # fmt: skip
    assert live(data).lost("output", MAKER) == pytest.approx(0.0)


# Insolvency


def failed(start=50, length=20, finished="5 days", spare=9, **more):
    fails = shock("insolvency", start, length, where={"id": "plant_1"}, **more)
    data = chain((S,), [2, 1], spare=spare, shocks={"what": fails})
    return live(variant(data, {"facilities.plant_1.finished_cover": finished}))


def test_an_insolvent_firm_stands_still_until_it_is_taken_over():
    lived = failed()
    made, shipped = lived.struck["output", MAKER][:, 0], lived.struck["shipments", "plant_1 > users: good_1"][:, 0]
    assert np.flatnonzero(made[:71] == 0.0).tolist() == list(range(50, 70))
    assert np.flatnonzero(shipped[:71] == 0.0).tolist() == list(range(50, 70))
    assert lived.struck["finished", MAKER][50:70, 0] == pytest.approx(500.0)


def test_its_orders_are_cancelled_or_still_delivered():
    cancelled, kept = (failed(orders=orders).struck["shipments", LANE][:, 0] for orders in ("cancelled", "kept"))
    # Posted on day 49, read on day 50; then nothing is ordered until day 70.
    assert np.flatnonzero(cancelled[:71] == 0.0).tolist() == list(range(50, 71))
    assert np.flatnonzero(kept[:71] == 0.0).tolist() == list(range(51, 71))


def test_its_stock_is_kept_sold_or_seized():
    kept, sold, seized = (failed(holdings=holdings) for holdings in ("kept", "sold", "seized"))
    left = [lived.struck["shipments", "plant_1 > users: good_1"][50:70, 0] for lived in (kept, sold, seized)]
    assert left[0].max() == left[2].max() == 0.0
    assert left[1].tolist() == [100.0] * 5 + [0.0] * 15
    assert seized.struck["finished", MAKER][50, 0] == 0.0
    # Two days of goods were at sea and come all the same.
    assert kept.struck["stock", STOCK][69, 0] == pytest.approx(100 * (S + 2))
    assert seized.struck["stock", STOCK][69, 0] == pytest.approx(100 * 2)


def test_a_firm_taken_over_comes_back_gradually_and_ships_at_once():
    lived = failed(recovery={"shape": "linear", "over": "4 days"}, spare=0)
    assert lived.struck["output", MAKER][69:76, 0] == pytest.approx([0, 20, 40, 60, 80, 100, 100])
    # Users with no cover are ordered two days: one in the mail and one at sea.
    assert lived.struck["shipments", "plant_1 > users: good_1"][69:71, 0] == pytest.approx([0, 200])


def test_a_firm_that_is_not_taken_over_never_comes_back():
    lived = failed(length=None)
    assert lived.struck["output", MAKER][50:].max() == 0.0


def test_an_insolvency_in_the_rich_world_closes_the_books():
    fails = shock("insolvency", 60, 50, where={"id": "maker"}, holdings="seized")
    lived = live(rich({"fails": fails}), replications=(1, 2, 3))
    assert differing(lived.calm, lived.struck)


# Inventory limits


def limited(excess, length=100, **more):
    limit = shock("inventory_limit", 50, length, where={"id": "plant_1"}, cover="5 days", excess=excess)
    return live(chain((S,), [2, 1], shocks={"limit": limit, **more}))


def test_stock_above_a_limit_is_drawn_down_seized_or_sold_back():
    drawn, seized, resold = map(limited, ("drawn_down", "seized", "resold"))
    stocks = [lived.struck["stock", STOCK][:, 0] for lived in (drawn, seized, resold)]
    assert [stock[49] for stock in stocks] == [2000.0] * 3
    # The lane carries on while two days of goods are on it; drawn down, the stock falls by a day's use a day.
    assert stocks[0][50:68] == pytest.approx([2000.0] * 3 + [2000.0 - 100 * i for i in range(1, 16)])
    assert stocks[1][50:149] == pytest.approx(500.0) and stocks[2][50:149] == pytest.approx(500.0)
    made = [lived.struck["output", MINE][:, 0] for lived in (drawn, seized, resold)]
    assert made[1][50:149] == pytest.approx(100.0)
    # The mine sells what it bought back first.
    assert np.flatnonzero(made[2][:149] == 0.0).tolist() == list(range(50, 65))
    assert resold.struck["finished", MINE][50, 0] == pytest.approx(1500.0 - 100.0)
    assert all(lived.lost("sales", USERS) == pytest.approx(0.0) for lived in (drawn, seized, resold))


def test_excess_goes_back_to_each_seller_by_its_share():
    limit = shock("inventory_limit", 50, 100, where={"id": "plant"}, cover="10 days", excess="resold")
    lived = live(two_sources("70 %", spare=(9.0, 9.0), shocks={"limit": limit}))
    back = [lived.struck["finished", f"mine_{x}: ore"][50, 0] for x in "ab"]
    shipped = [lived.struck["shipments", f"mine_{x} > plant: ore"][50, 0] for x in "ab"]
    assert [b + s for b, s in zip(back, shipped, strict=True)] == pytest.approx([700.0, 300.0])


def test_stock_below_a_limit_is_left_alone():
    limit = shock("inventory_limit", 50, 100, where={"id": "plant_1"}, cover="20 days", excess="seized")
    lived = live(chain((S,), [2, 1], shocks={"limit": limit}))
    assert np.allclose(lived.calm["stock", STOCK], lived.struck["stock", STOCK])


def test_what_happens_at_once_on_one_day_happens_in_one_order():
    once = {
        "z_theft": shock("stock_loss", 50, where={"id": "plant_1"}, size="50 %"),
        "a_recall": closure(50, 30, buyer="plant_1") | {"recall": "returned"},
        "m_limit": shock("inventory_limit", 50, 100, where={"id": "plant_1"}, cover="5 days", excess="resold"),
    }
    lived = live(chain((S,), [2, 1], shocks=once))
    # Half of 2000 is stolen, then what is above 500 goes back, with what was at sea: a day's arrivals are used.
    assert lived.struck["stock", STOCK][50, 0] == pytest.approx(2000 / 2 - 500 - 100)
    assert lived.struck["finished", MINE][50, 0] == pytest.approx(200 + 500)

    def shuffled(names):
        chosen = list(names)
        random.Random(3).shuffle(chosen)
        return chosen

    for order in (shuffled, lambda names: list(reversed(names))):
        assert differing(live(chain((S,), [2, 1], shocks=once), waking=order).struck, lived.struck) == []


# Offtakes


def new_mine(shares, **contracts):
    """An old mine serves two markets of 100 t/day each; a new one of 100 t/day has links and no customers yet."""
    mines = {
        name: {"kind": "mine", "country": country, "makes": "ore", "capacity": f"{capacity} t/day"}
        for name, country, capacity in (("old", "CN", 300), ("new", "KZ", 100))
    }
    markets = {
        name: {
            "country": country, "wants": "ore", "demand": "100 t/day", "cover": "5 days",
            "from": {"old": {"transit": "2 days"}, "new": {"share": "0 %", "transit": "2 days"}},
        }
        for name, country in (("us", "US"), ("cn", "CN"))
    }  # fmt: skip
    deal = {"kind": "offtake", "effective": "day 50", "seller": "new", "to": shares}
    return world(mines, markets, {"deal": deal | contracts}, days=120)


def mean_shipped(lived, link, last=30):
    """Over whole cycles of orders, which are lumpy while cover of old and new flows evens out."""
    return lived.struck["shipments", link][-last:, 0].mean()


@pytest.mark.parametrize(("us", "cn"), [(70, 30), (50, 50), (0, 100), (100, 0), (40, 20)])
def test_the_output_of_a_new_mine_goes_to_whom_it_is_promised(us, cn):
    lived = live(new_mine({"us": f"{us} %", "cn": f"{cn} %"}))
    for name, part in (("us", us), ("cn", cn)):
        assert mean_shipped(lived, f"new > {name}: ore") == pytest.approx(part, rel=1e-2)
        assert mean_shipped(lived, f"old > {name}: ore") == pytest.approx(100 - part, rel=1e-2)
        assert lived.calm["shipments", f"new > {name}: ore"].max() == 0.0
    assert lived.struck["output", "new: ore"][-30:, 0].mean() == pytest.approx(us + cn, rel=1e-2)


def test_the_output_of_a_mine_that_is_short_is_shared_as_promised():
    data = new_mine({"us": "70 %", "cn": "30 %"}, amount="100 t/day")
    lived = live(variant(data, {"shocks.fire": {"source": "test"} | outage("new", 80, size="50 %")}))
    # By usual flow, which follows the contract.
    assert lived.struck["shipments", "new > us: ore"][-10:, 0] == pytest.approx(35)
    assert lived.struck["shipments", "new > cn: ore"][-10:, 0] == pytest.approx(15)


def test_contracts_with_several_sellers_stand_beside_each_other():
    data = new_mine({"us": "30 %"})
    newer = {"kind": "mine", "country": "AU", "makes": "ore", "capacity": "100 t/day", "source": "test"}
    sellers = data["markets"]["us"]["from"] | {"newer": {"share": "0 %", "transit": "2 days"}}
    deal = {"source": "test", "kind": "offtake", "effective": "day 60", "seller": "newer", "to": {"us": "50 %"}}
    lived = live(variant(data, {"facilities.newer": newer, "markets.us.from": sellers, "shocks.deal_2": deal}))
    for seller, amount in (("old", 20), ("new", 30), ("newer", 50)):
        assert mean_shipped(lived, f"{seller} > us: ore") == pytest.approx(amount, rel=1e-2)


def test_buyers_not_named_give_way():
    from_both = {"old": {"transit": "2 days"}, "new": {"share": "40 %", "transit": "2 days"}}
    lived = live(variant(new_mine({"us": "50 %"}), {"markets.cn.from": from_both}))
    assert mean_shipped(lived, "new > us: ore") == pytest.approx(50, rel=1e-2)
    assert mean_shipped(lived, "new > cn: ore") == pytest.approx(40 * 0.5, rel=1e-2)
    assert mean_shipped(lived, "old > cn: ore") == pytest.approx(80, rel=1e-2)


def test_a_contract_that_ends_gives_the_old_shares_back():
    lived = live(new_mine({"us": "70 %"}, duration="40 days"))
    assert np.flatnonzero(lived.struck["shipments", "new > us: ore"][:, 0] > 0)[-1] == 90
    assert lived.struck["shipments", "old > us: ore"][-10:, 0] == pytest.approx(100)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shocks.deal.amount": "200 t/day"}, "shares of ore of us would sum to 140 %"),
        (
            {"markets.us.from": {"new": {"transit": "2 days"}}, "facilities.new.capacity": "110 t/day"},
            "shares of ore of us would sum to 77 %, and it has no other link",
        ),
        (
            {
                "shocks.more": shock("change", 60, what="share", links={"seller": "old", "buyer": "us"}, to="60 %")
                | {"source": "test"}
            },
            "shares of ore of us would sum to 130 %",
        ),
    ],
)  # fmt: skip
def test_contracts_that_cannot_be_kept_are_refused_with_the_number(changes, says):
    data = variant(new_mine({"us": "70 %"}), changes)
    with pytest.raises(ScenarioError, match=says):
        plan(scenario_of(data))


# Growth


def growing(what, start="day 50", **more):
    return {
        "kind": "change", "what": what, "growth": "100 %/year", "effective": start, "source": "test", **more,
    }  # fmt: skip


def test_capacity_that_grows_catches_up_with_demand():
    # Demand is half above a full mine; with a book that never empties, output is capacity, until it is enough.
    data = chain((S,), [2, 1], spare=0, market={"patience": "endless", "usage": "smoothed"}, days=300)
    shocks = {
        "surge": shock("demand_surge", 40, where={"id": USERS}, size="+50 %") | {"source": "test"},
        "grows": growing("capacity", where={"kind": ["mine", "manufacturer"]}),
    }
    made = live(variant(data, {"shocks": shocks})).struck["output", MAKER][:, 0]
    assert made[45:50] == pytest.approx(100.0)
    assert made[50:250] == pytest.approx(100 * 2 ** (np.arange(0, 200) / 365))


def test_growth_from_before_the_start_has_compounded_by_day_0():
    data = chain((5,), spare=9, days=40, shocks={"grows": growing("demand", "2024-01-02", where={"id": USERS})})
    assert live(data).struck["demand", USERS][:, 0] == pytest.approx(100 * 2 ** ((365 + np.arange(40)) / 365))


def test_growth_that_fades_goes_back_from_what_it_has_reached():
    fade = {"duration": "100 days", "recovery": {"shape": "linear", "over": "4 days"}}
    data = chain((5,), spare=9, days=200, shocks={"grows": growing("demand", where={"id": USERS}, **fade)})
    demand = live(data).struck["demand", USERS][:, 0]
    reached = 2 ** (100 / 365) - 1
    assert demand[150:156] == pytest.approx([100 * (1 + reached * part) for part in (0.8, 0.6, 0.4, 0.2, 0, 0)])


def test_shrinking_is_growth_below_nothing():
    data = chain((5,), days=200, shocks={"falls": growing("demand", where={"id": USERS}) | {"growth": "-50 %/year"}})
    assert live(data).struck["demand", USERS][199, 0] == pytest.approx(100 * 0.5 ** (149 / 365))


def test_growth_is_eleven_percent_a_year_whatever_the_number_of_days():
    grows = growing("demand", "day 0", where={"id": USERS}) | {"growth": "11 %/year"}
    data = chain((5,), days=800, shocks={"grows": grows})
    demand = live(data).struck["demand", USERS][:, 0]
    assert demand[[0, 365, 730]] == pytest.approx([100, 111, 123.21])
    assert math.log(demand[1] / demand[0]) == pytest.approx(math.log(1.11) / 365)


def test_two_growths_multiply():
    shocks = {name: growing("demand", where={"id": USERS}) for name in ("a", "b")}
    assert live(chain((5,), spare=9, days=200, shocks=shocks)).struck["demand", USERS][150, 0] == pytest.approx(
        100 * 4 ** (100 / 365)
    )


# Sanctions in numbers


def test_a_sanctioned_source_is_replaced_as_far_as_the_other_reaches():
    sanction = shock("sanction", 50, 120, who={"id": "mine_a"}, by={"id": "plant"})
    lived = live(two_sources(cover=20, market_cover=5, shocks={"what": sanction}))
    # Half of the supply is shut for 120 days, and the other mine has no spare capacity.
    assert lived.lost("sales", USERS)[0] / 100 == pytest.approx(0.5 * 120 - 20 - 5)


# Together


def test_a_firm_that_fails_on_the_day_its_accounts_are_frozen_is_no_contradiction():
    where = {"where": {"id": "plant_1"}}
    both = {
        "fails": shock("insolvency", 50, 30, **where),
        "frozen": shock("entity_freeze", 50, 40, **where, stops=["orders"]),
    }
    shipped = live(chain((S,), [2, 1], spare=9, shocks=both)).struck["shipments", LANE][:, 0]
    assert np.flatnonzero(shipped[:92] == 0.0).tolist() == list(range(50, 91))
