"""What shocks do, as data: which levers each pulls, on what, by how much. No engine is needed to tell."""

import math

import pytest
from worlds import buying, chain, scenario_of, shock, two_sources, variant, world

from sim.errors import ScenarioError
from sim.scenario.effects import How, Lever, Luck
from sim.scenario.units import Duration


def effects(data, **said):
    """The effects of a shock on the network of a world: lever, target, size."""
    scenario = scenario_of(variant(data, {"shocks": {"what": {"source": "test", "effective": "day 50", **said}}}))
    return list(scenario.shocks["what"].effects(scenario.network))


def pulled(data, **said):
    return {(effect.lever, effect.target): effect.size for effect in effects(data, **said)}


def flows(data, **said):
    """Links whose dispatch is capped, and at which share of usual flow."""
    return {target: size for (lever, target), size in pulled(data, **said).items() if lever is Lever.FLOW}


def diamond():
    """Two mines, a firm of two sites and a rival, and two markets, with a link between any that fit."""
    mines = {
        name: {"kind": "mine", "country": country, "makes": "ore", "capacity": "500 t/day", "tags": name}
        for name, country in (("mine_cn", "CN"), ("mine_au", "AU"))
    }
    both = {name: {"transit": "2 days"} for name in mines}

    def plant(country, makes, needs, sellers, tags):
        return {
            "kind": "refiner", "country": country, "makes": makes, "capacity": "500 t/day", "tags": tags,
            "recipe": {needs: "1 t/t"}, "buys": {needs: buying(sellers, 10)},
        }  # fmt: skip

    wafers = plant("DE", "wafer", "ore", both, ["acme"])
    rival = plant("DE", "wafer", "ore", both, ["rival"])
    from_both = {"wafers": {"transit": "1 day"}, "rival": {"transit": "1 day"}}
    packaging = plant("CN", "chip", "wafer", from_both, ["acme", "packaging"])
    users = {
        name: {"country": country, "wants": "chip", "demand": "50 t/day", "from": {"packaging": {"transit": "1 day"}}}
        for name, country in (("cars", "US"), ("phones", "CN"))
    }
    return world(mines | {"wafers": wafers, "rival": rival, "packaging": packaging}, users)


# Sanctions


def test_a_sanction_shuts_all_links_of_a_firm_in_both_directions():
    assert flows(diamond(), kind="sanction", who={"id": "packaging"}) == {
        "wafers > packaging: wafer": 0.0, "rival > packaging: wafer": 0.0,
        "packaging > cars: chip": 0.0, "packaging > phones: chip": 0.0,
    }  # fmt: skip


def test_a_sanction_binds_only_those_who_apply_it():
    assert set(flows(diamond(), kind="sanction", who={"country": "CN"}, by={"country": "US"})) == {
        "packaging > cars: chip"
    }


def test_a_sanction_may_forbid_buying_or_selling_only():
    said = {"kind": "sanction", "who": {"id": "wafers"}}
    buying_from = flows(diamond(), **said, forbids="buying")
    selling_to = flows(diamond(), **said, forbids="selling")
    assert set(buying_from) == {"wafers > packaging: wafer"}
    assert set(selling_to) == {"mine_cn > wafers: ore", "mine_au > wafers: ore"}
    assert flows(diamond(), **said) == buying_from | selling_to


def test_sanctioned_firms_may_deal_with_each_other():
    closed = flows(diamond(), kind="sanction", who={"tag": "acme"})
    assert "wafers > packaging: wafer" not in closed
    assert set(closed) == {
        "mine_cn > wafers: ore", "mine_au > wafers: ore", "rival > packaging: wafer",
        "packaging > cars: chip", "packaging > phones: chip",
    }  # fmt: skip


def test_a_sanction_may_leak_and_be_narrowed_by_commodity():
    said = {"kind": "sanction", "who": {"id": "packaging"}, "links": {"commodity": "chip"}, "leakage": "20 %"}
    assert flows(diamond(), **said) == {"packaging > cars: chip": 0.2, "packaging > phones: chip": 0.2}


# Cuts and recalls


def test_an_internal_cut_is_between_sites_of_one_firm():
    assert flows(diamond(), kind="internal_cut", firm="acme") == {"wafers > packaging: wafer": 0.0}
    assert flows(diamond(), kind="internal_cut", firm=["acme", "rival"]) == {"wafers > packaging: wafer": 0.0}
    assert flows(diamond(), kind="internal_cut", firm="acme", size="30 %") == {"wafers > packaging: wafer": 0.7}
    assert flows(diamond(), kind="internal_cut", firm="rival") == {}


CLOSINGS = {
    "export_ban": {"country": "CN", "leakage": "25 %"},
    "import_ban": {"country": "DE", "leakage": "25 %"},
    "sanction": {"who": {"id": "mine"}, "leakage": "25 %"},
    "internal_cut": {"firm": "acme", "size": "75 %"},
    "lane_closure": {"links": {"seller": "mine"}},
}


@pytest.mark.parametrize("kind", CLOSINGS)
@pytest.mark.parametrize(("recall", "lever"), [("returned", Lever.RECALL), ("seized", Lever.SEIZURE)])
def test_every_closing_can_call_back_goods_in_transit_on_its_first_day(kind, recall, lever):
    data = variant(chain(), {"facilities.mine.tags": "acme", "facilities.plant_1.tags": "acme"})
    said = {"kind": kind, **CLOSINGS[kind], "duration": "30 days", "onset": "9 days", "recovery": "linear"}
    found = {e.lever: e for e in effects(data, **said, recall=recall)}
    left = found[Lever.FLOW].size
    assert left == (0.0 if kind == "lane_closure" else 0.25)
    once = found[lever]
    assert (once.target, once.how, once.size) == ("mine > plant_1: good_0", How.SET, 1.0 - left)
    assert (once.start, once.end, once.onset) == (50.0, 51.0, 0.0)
    assert [e.lever for e in effects(data, **said)] == [Lever.FLOW]


def test_nothing_is_recalled_by_a_closing_of_no_duration():
    said = {"kind": "lane_closure", **CLOSINGS["lane_closure"], "duration": "0 days", "recall": "seized"}
    assert all(effect.end <= effect.start for effect in effects(chain(), **said))


# Firms


def test_a_freeze_stops_what_it_says_and_nothing_else():
    expected = {
        "orders": {(Lever.ORDERS, "plant_1: good_0"): 1.0},
        "shipments": {(Lever.FLOW, "plant_1 > users: good_1"): 0.0},
        "inputs": {(Lever.FLOW, "mine > plant_1: good_0"): 0.0},
    }
    for stops, pulls in expected.items():
        assert pulled(chain(), kind="entity_freeze", where={"id": "plant_1"}, stops=stops) == pulls
    every = pulled(chain(), kind="entity_freeze", where={"id": "plant_1"}, stops=list(expected))
    assert every == expected["orders"] | expected["shipments"] | expected["inputs"]


def test_an_insolvent_firm_makes_orders_and_ships_nothing_and_its_orders_are_void():
    failed = {"kind": "insolvency", "where": {"id": "plant_1"}}
    assert pulled(chain(), **failed) == {
        (Lever.CAPACITY, "plant_1"): 0.0, (Lever.ORDERS, "plant_1: good_0"): 1.0,
        (Lever.FLOW, "plant_1 > users: good_1"): 0.0, (Lever.CANCEL, "mine > plant_1: good_0"): 1.0,
    }  # fmt: skip
    kept = pulled(chain(), **failed, orders="kept", holdings="sold")
    assert kept == {(Lever.CAPACITY, "plant_1"): 0.0, (Lever.ORDERS, "plant_1: good_0"): 1.0}
    seized = pulled(chain(), **failed, holdings="seized")
    assert seized[Lever.INPUT_LOSS, "plant_1: good_0"] == seized[Lever.FINISHED_LOSS, "plant_1: good_1"] == 1.0


def test_only_the_output_of_an_insolvent_firm_comes_back_gradually():
    ramp = {"shape": "linear", "over": "40 days"}
    found = effects(chain(), kind="insolvency", where={"id": "plant_1"}, duration="90 days", recovery=ramp)
    assert {e.lever: e.fade_days for e in found} == {
        Lever.CAPACITY: 40.0, Lever.ORDERS: 0.0, Lever.FLOW: 0.0, Lever.CANCEL: 0.0,
    }  # fmt: skip
    assert {e.lever: e.end for e in found} == {
        Lever.CAPACITY: 140.0, Lever.ORDERS: 140.0, Lever.FLOW: 140.0, Lever.CANCEL: 51.0,
    }  # fmt: skip


def test_markets_do_not_fail():
    assert pulled(chain(), kind="insolvency", where={"kind": "market"}) == {}


# Offtakes


def test_an_offtake_divides_the_sellers_capacity_or_a_stated_output():
    taken = {(Lever.TAKE, "packaging > cars: chip"): 350.0, (Lever.TAKE, "packaging > phones: chip"): 150.0}
    contract = {"kind": "offtake", "seller": "packaging", "to": {"cars": "70 %", "phones": "30 %"}}
    assert pulled(diamond(), **contract) == taken
    stated = pulled(diamond(), **contract, amount="3650 t/year")
    assert stated == {key: size / 50.0 for key, size in taken.items()}


def test_buyers_that_are_not_named_keep_what_is_left():
    contract = {"kind": "offtake", "seller": "mine_cn", "amount": "100 t/day", "to": {"wafers": "40 %"}}
    assert pulled(diamond(), **contract) == {
        (Lever.TAKE, "mine_cn > wafers: ore"): 40.0, (Lever.SHARE, "mine_cn > rival: ore"): pytest.approx(0.5 * 0.6),
    }  # fmt: skip


# Random shocks

HAZARD = {"every": "2 years", "lasts": "30 days"}
FIRE = {"kind": "capacity_loss", "where": {"kind": ["mine", "refiner"]}, "size": "50 %"}


def random_effects(**said):
    return effects(two_sources(), **FIRE, random=HAZARD | said)


def test_all_that_strikes_at_once_has_one_luck():
    lucks = {effect.luck for effect in random_effects()}
    assert lucks == {Luck("", "", 730.0, 0.0, Duration(30.0))}


def test_each_that_is_struck_by_itself_has_its_own():
    lucks = [e.luck for e in random_effects(strikes="each", correlation="20 %", group="strikes")]
    assert [luck.struck for luck in lucks] == ["mine_a", "mine_b", "plant"]
    assert {(luck.group, luck.common) for luck in lucks} == {("strikes", 0.2)}


def test_all_effects_on_one_firm_come_together():
    said = {
        "kind": "insolvency",
        "where": {"id": "plant"},
        "random": HAZARD | {"strikes": "each"},
        "holdings": "seized",
    }
    found = effects(two_sources(), **said)
    assert len(found) == 7
    assert {effect.luck.struck for effect in found} == {"plant"}


def test_what_strikes_at_random_may_do_so_on_the_days_of_its_window():
    free = effects(two_sources(), **FIRE, random=HAZARD)
    assert {(e.start, e.end) for e in free} == {(50.0, math.inf)}
    bound = effects(two_sources(), **FIRE, random=HAZARD, duration="100 days")
    assert {(e.start, e.end) for e in bound} == {(50.0, 150.0)}


def test_without_a_first_day_it_may_strike_from_the_start():
    data = variant(two_sources(), {"shocks": {"what": {"source": "test", **FIRE, "random": HAZARD}}})
    assert scenario_of(data).shocks["what"].window(scenario_of(data).start) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"random": HAZARD, "announced": "day 3"}, "not announced"),
        ({"random": HAZARD | {"correlation": "20 %"}}, "a correlation needs several"),
        ({"random": HAZARD | {"every": "6 hours"}}, "more than once a day"),
        ({"random": HAZARD | {"lasts": "20 working days"}}, "working days have no meaning here"),
        ({"random": HAZARD | {"every": "20 working days"}}, "working days have no meaning here"),
    ],
)
def test_a_hazard_that_cannot_be_is_refused(said, says):
    with pytest.raises(ScenarioError, match=says):
        effects(two_sources(), **FIRE, **said)


def test_a_shock_needs_a_day_or_a_hazard():
    with pytest.raises(ScenarioError, match="no day is given"):
        scenario_of(variant(chain(), {"shocks": {"what": {"source": "test", **FIRE}}}))


def test_more_occurrences_than_can_be_followed_are_refused():
    often = {"shocks": {"what": {"source": "test", **FIRE, "random": HAZARD | {"every": "1 day"}}}}
    with pytest.raises(ScenarioError, match="2,000 occurrences in the run: let there be 1,000 at most"):
        scenario_of(variant(two_sources(days=2000), often))


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"random": HAZARD | {"group": "g", "correlation": "30 %"}}, "shocks.b.random.correlation"),
        ({"random": HAZARD | {"group": "g", "correlation": "20 %", "every": "1 year"}}, "shocks.b.random.every"),
        ({"random": HAZARD | {"group": "g", "correlation": "20 %"}, "effective": "day 9"}, "shocks.b"),
    ],
)
def test_shocks_of_a_group_strike_together_or_are_refused(other, path):
    one = {"random": HAZARD | {"group": "g", "correlation": "20 %"}}
    shocks = {name: {"source": "test", **FIRE, **said} for name, said in (("a", one), ("b", other))}
    with pytest.raises(ScenarioError, match="of its group") as raised:
        scenario_of(variant(two_sources(), {"shocks": shocks}))
    assert [problem.path for problem in raised.value.problems] == [path]


# Offtakes that cannot be


def contract(**said):
    return variant(two_sources(spare=(9.0, 9.0)), {"shocks": {"deal": shock("offtake", **said) | {"source": "test"}}})


@pytest.mark.parametrize(
    ("said", "path", "says"),
    [
        ({"seller": "mine_a", "to": {"plant": "60 %", "users": "50 %"}}, "to", "110 % of the output is given away"),
        ({"seller": "mine_a", "to": {"users": "50 %"}}, "to.users", "'users' has no link from 'mine_a'"),
        ({"seller": "mine_c", "to": {"plant": "50 %"}}, "seller", "no facility 'mine_c'"),
        ({"seller": "mine_a", "to": {"plan": "50 %"}}, "to.plan", "Did you mean 'plant'"),
        ({"seller": "mine_a", "commodity": "oxide", "to": {"plant": "50 %"}}, "commodity", "one of ore"),
        ({"seller": "mine_a", "amount": "5 GWh/day", "to": {"plant": "50 %"}}, "amount", "ore is counted in t"),
    ],
)
def test_an_offtake_that_makes_no_sense_is_refused(said, path, says):
    with pytest.raises(ScenarioError, match=says) as raised:
        scenario_of(contract(**said))
    assert raised.value.problems[0].path == f"shocks.deal.{path}"


def test_the_output_of_a_seller_of_random_capacity_must_be_said():
    random = {"distribution": "uniform", "low": "400 t/day", "high": "600 t/day"}
    data = variant(contract(seller="mine_a", to={"plant": "20 %"}), {"facilities.mine_a.capacity": random})
    with pytest.raises(ScenarioError, match="the capacity of 'mine_a' is random: say how much is divided"):
        scenario_of(data)
    assert scenario_of(variant(data, {"shocks.deal.amount": "100 t/day"}))
