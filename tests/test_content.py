"""*De minimis*: content of controlled origin traced by value, and the links it puts under a licence."""

import pytest
from worlds import buying, days, licensing, live, regime, scenario_of, shock, t_a_day, variant, world

from sim.errors import ScenarioError
from sim.scenario.caught import ever_needed, tracings
from sim.scenario.content import content

PRICES = {"oxide": 100, "magnet": 50, "motor": 200}
MAGNETS, MOTORS, AT_HOME = (
    "magnets_jp > motors_vn: magnet",
    "motors_vn > users_de: motor",
    "magnets_jp > cars_jp: magnet",
)


def priced(data, prices):
    return variant(data, {f"commodities.{name}.price": f"{price} USD/t" for name, price in prices.items()})


def maker(country, makes, recipe, sellers, **more):
    """Turns inputs into products; `sellers` is by input, then by name the share."""
    buys = {
        good: buying({name: {"share": share, "transit": "2 days"} for name, share in of.items()}, 10)
        for good, of in sellers.items()
    }
    kind = {"kind": "manufacturer", "country": country, "makes": makes, "capacity": t_a_day(1000)}
    return (
        kind
        | {"source": "test", "recipe": {good: f"{amount} t/t" for good, amount in recipe.items()}, "buys": buys}
        | more
    )


def mine(country, makes="oxide"):
    return {"kind": "mine", "country": country, "makes": makes, "capacity": t_a_day(1000)}


def users(country, wants, seller, demand=10):
    return {"country": country, "wants": wants, "demand": t_a_day(demand), "from": {seller: {"transit": "2 days"}}}


def three_countries(threshold="10 %", shocks=None, licences=None, **more):
    """Oxide of CN and AU goes into magnets of JP, and these into motors of VN; 30 % of a magnet is oxide."""
    facilities = {
        "oxide_cn": mine("CN"),
        "oxide_au": mine("AU"),
        "magnets_jp": maker("JP", "magnet", {"oxide": 0.3}, {"oxide": {"oxide_cn": "60 %", "oxide_au": "40 %"}}),
        "motors_vn": maker("VN", "motor", {"magnet": 0.5}, {"magnet": {"magnets_jp": "100 %"}}),
    }
    markets = {
        "users_de": users("DE", "motor", "motors_vn"),
        "users_cn": users("CN", "motor", "motors_vn"),
        "cars_jp": users("JP", "magnet", "magnets_jp"),
    }
    reach = {"goods": ["magnet", "motor"], "content": threshold}
    office = {**regime(20, ["oxide", "magnet"], foreign_made=reach), **(licences or {})}
    shocks = {"rule": licensing(50)} if shocks is None else shocks
    return priced(world(facilities, markets, shocks, {"office": office}, **{"days": 120, **more}), PRICES)


def traced(data, authority="office"):
    scenario = scenario_of(data)
    return content(scenario.network, scenario.licences[authority])


def caught(data):
    return sorted(tracing.lane.name for tracing in tracings(scenario_of(data), "office") if tracing.caught)


# How much is inside


def test_content_is_traced_by_value_through_two_countries():
    """By hand. A magnet holds 0.3 t of oxide, 60 % of it from CN at 100 USD/t: 0.3 × 0.6 × 100 = 18 USD, of a price of
    50 USD: 36 %. A motor holds half a magnet made in JP, which counts by what is inside: 0.5 × 18 = 9 USD of 200 USD:
    4.5 %. All of it came as oxide, by oxide_cn > magnets_jp > motors_vn.
    """
    found = {(r.lane.seller.name, r.lane.buyer.name): r for r in tracings(scenario_of(three_countries()), "office")}
    magnets, motors = found["magnets_jp", "motors_vn"], found["motors_vn", "users_de"]
    assert (magnets.worth, magnets.share) == pytest.approx((18, 0.36))
    assert (motors.worth, motors.share) == pytest.approx((9, 0.045))
    assert magnets.inputs == motors.inputs == (("oxide", 1.0),)
    assert [lane.name for lane in motors.path] == ["oxide_cn > magnets_jp: oxide", MAGNETS]
    assert motors.path_share == pytest.approx(1)
    # Neither what comes into the authority's country nor what crosses no border is reached.
    assert set(found) == {("magnets_jp", "motors_vn"), ("motors_vn", "users_de")}


def test_a_controlled_good_made_abroad_counts_by_its_content_and_one_from_home_by_its_price():
    """By hand. Motors now buy a quarter of their magnets in CN: 0.5 × (0.75 × 18 + 0.25 × 50) = 13 USD of 200: 6.5 %.
    Of these 6.75 USD are oxide (51.9 %), 6.25 USD magnets (48.1 %).
    """
    data = three_countries()
    data["facilities"]["magnets_cn"] = maker("CN", "magnet", {"oxide": 0.3}, {"oxide": {"oxide_cn": "100 %"}})
    data["facilities"]["motors_vn"] = maker(
        "VN", "motor", {"magnet": 0.5}, {"magnet": {"magnets_jp": "75 %", "magnets_cn": "25 %"}}
    )
    tracing = next(r for r in tracings(scenario_of(data), "office") if r.lane.name == MOTORS)
    assert tracing.worth == pytest.approx(13)
    assert dict(tracing.inputs) == pytest.approx({"oxide": 6.75 / 13, "magnet": 6.25 / 13})
    assert [lane.name for lane in tracing.path] == ["oxide_cn > magnets_jp: oxide", MAGNETS]
    assert tracing.path_share == pytest.approx(6.75 / 13)


def test_co_products_carry_content_by_their_value():
    """By hand. A ton through the plant holds 0.5 t of oxide from CN: 50 USD. It gives 0.8 t of alloy at 200 USD/t and
    0.4 t of slag at 10 USD/t: 164 USD in all. Both are 50/164 = 30.5 % content: 60.98 USD/t of alloy, 3.05 of slag.
    """
    plant = maker("JP", {"alloy": "0.8 t/t", "slag": "0.4 t/t"}, {"oxide": 0.5}, {"oxide": {"oxide_cn": "100 %"}})
    markets = {"a": users("DE", "alloy", "plant", 8), "s": users("DE", "slag", "plant", 4)}
    office = regime(20, "oxide", foreign_made={"goods": ["alloy", "slag"], "content": "1 %"})
    data = world({"oxide_cn": mine("CN"), "plant": plant}, markets, {}, {"office": office})
    found = traced(priced(data, {"oxide": 100, "alloy": 200, "slag": 10}))
    assert found.worth["plant", "alloy"] == pytest.approx(200 * 50 / 164)
    assert found.worth["plant", "slag"] == pytest.approx(10 * 50 / 164)
    # All that goes in comes out, in one product or the other.
    assert 0.8 * found.worth["plant", "alloy"] + 0.4 * found.worth["plant", "slag"] == pytest.approx(50)


def recycling(back="50 %"):
    """Magnets of JP are made of oxide from CN and of oxide that a recycler wins back from magnets of the same plant."""
    facilities = {
        "oxide_cn": mine("CN"),
        "recycler": maker("JP", "oxide", {"magnet": 1}, {"magnet": {"magnets": "100 %"}}, kind="recycler"),
        "magnets": maker("JP", "magnet", {"oxide": 1}, {"oxide": {"oxide_cn": None, "recycler": back}}),
    }
    facilities["magnets"]["buys"]["oxide"]["from"]["oxide_cn"].pop("share")
    office = regime(20, "oxide", foreign_made={"goods": "magnet", "content": "1 %"})
    data = world(facilities, {"u": users("DE", "magnet", "magnets")}, {}, {"office": office})
    return priced(data, {"oxide": 100, "magnet": 400})


@pytest.mark.parametrize(("back", "worth"), [("0 %", 100), ("50 %", 100), ("90 %", 100)])
def test_what_goes_round_a_loop_is_all_of_it_from_where_it_came(back, worth):
    """By hand. c = (1 − b) · 100 + b · c, so c = 100 whatever b: nothing but oxide of CN ever came in."""
    assert traced(recycling(back)).worth["magnets", "magnet"] == pytest.approx(worth, rel=1e-9)


def test_a_loop_that_loses_material_holds_what_is_fed_in():
    """By hand. The recycler needs two tons of magnets for a ton of oxide, so its oxide holds 2c. A quarter of the
    oxide is its own: c = 0.75 · 100 + 0.25 · 2c, so c = 150.
    """
    data = variant(recycling("25 %"), {"facilities.recycler.recipe.magnet": "2 t/t"})
    assert traced(data).worth["magnets", "magnet"] == pytest.approx(150, rel=1e-9)


def test_content_is_not_below_nothing_and_grows_with_the_share_from_home():
    worths = []
    for share in (0, 20, 60, 100):
        sellers = {"oxide_cn": f"{share} %", "oxide_au": f"{100 - share} %"}
        data = variant(
            three_countries(),
            {f"facilities.magnets_jp.buys.oxide.from.{name}.share": said for name, said in sellers.items()},
        )
        worths.append(traced(data).worth.get(("motors_vn", "motor"), 0.0))
    assert worths == pytest.approx([0, 3, 9, 15])


# Who is caught


@pytest.mark.parametrize(
    ("threshold", "links"),
    [
        ("0 %", [MAGNETS, MOTORS]),
        ("0.1 %", [MAGNETS, MOTORS]),
        ("4.4999 %", [MAGNETS, MOTORS]),
        ("4.5 %", [MAGNETS]),  # equal is not above
        ("10 %", [MAGNETS]),
        ("36 %", []),
    ],
)
def test_a_link_is_caught_above_the_threshold_and_not_at_it(threshold, links):
    assert caught(three_countries(threshold)) == links


def test_a_good_without_any_content_is_not_caught_by_a_threshold_of_nothing():
    data = variant(three_countries("0 %"), {"facilities.oxide_cn.country": "AU"})
    assert caught(data) == []


def test_each_licensing_shock_may_have_a_threshold_of_its_own():
    shocks = {"first": licensing(20), "second": licensing(60, content="1 %")}
    scenario = scenario_of(three_countries("10 %", shocks))
    found = {(r.rule, r.lane.name): r.caught for r in tracings(scenario, "office")}
    assert found == {
        ("first", MAGNETS): True,
        ("first", MOTORS): False,
        ("second", MAGNETS): True,
        ("second", MOTORS): True,
    }
    assert {e.target: e.start for e in scenario.shocks["second"].effects(scenario.network)}[MOTORS] == 60


def test_a_change_of_shares_puts_links_under_the_licence_and_lets_them_go():
    """By hand: motors hold 7.5 % while all oxide comes from CN, 4.5 % before and after; the threshold lies between."""
    more = shock("change", 60, 20, what="share", links={"seller": "oxide_cn"}, to="100 %")
    scenario = scenario_of(three_countries("5 %", {"rule": licensing(30), "more": more}))
    windows = {e.target: (e.start, e.end) for e in scenario.shocks["rule"].effects(scenario.network)}
    assert windows[MOTORS] == (60, 80)
    assert windows[MAGNETS][0] == 30
    found = [(r.first, r.last, round(r.share, 4)) for r in tracings(scenario, "office") if r.lane.name == MOTORS]
    assert found == [(30, 60, 0.045), (60, 80, 0.075), (80, float("inf"), 0.045)]


def test_the_scope_of_foreign_made_and_of_the_shock_choose_among_links():
    assert caught(variant(three_countries(), {"licences.office.foreign_made.links": {"destination": "DE"}})) == []
    only_abroad = three_countries(shocks={"rule": licensing(50, links={"origin": "not CN"})})
    scenario = scenario_of(only_abroad)
    assert {e.target for e in scenario.shocks["rule"].effects(scenario.network)} == {MAGNETS}
    assert ever_needed(scenario, "office") == {MAGNETS}


# Prices


def test_a_price_that_is_needed_and_missing_is_told_with_its_reason():
    with pytest.raises(ScenarioError) as told:
        scenario_of(variant(three_countries(), {"commodities.oxide.price": None, "commodities.motor.price": None}))
    says = [(p.path, p.says) for p in told.value.problems]
    assert [path for path, _ in says] == ["commodities.motor", "commodities.oxide"]
    assert "'motors_vn' makes it with controlled goods of CN inside; say a price above 0" in says[0][1]


def test_a_price_is_not_asked_for_where_nothing_controlled_comes():
    nobody = {"licences.office.foreign_made.goods": "motor", "commodities.magnet.price": None}
    assert caught(variant(three_countries("1 %"), nobody)) == [MOTORS]  # what is passed on needs no price of its own
    clean = {"facilities.oxide_cn.country": "AU", "commodities.oxide.price": None, "commodities.motor.price": None}
    assert caught(variant(three_countries(), clean)) == []
    never = three_countries(shocks={})
    assert scenario_of(variant(never, {"commodities.oxide.price": None}))  # an authority that is never in force


# In the engine


def test_goods_of_a_caught_link_wait_for_the_licence_and_others_do_not():
    lived = live(three_countries("10 %"), replications=(1, 2))
    held = lived.struck["shipments", MAGNETS][:, 0]
    assert held[:50] == pytest.approx(held[0])
    assert held[50:70] == pytest.approx(0)  # 20 days of review
    assert held[70] > 0
    exported = lived.struck["shipments", "oxide_cn > magnets_jp: oxide"][:, 0]
    assert exported[50:70] == pytest.approx(0)
    assert ("held", MOTORS) not in lived.struck
    assert lived.struck["shipments", MOTORS][50, 0] > 0


def test_a_lower_threshold_from_a_later_date_holds_more_goods_from_that_date():
    shocks = {
        "first": licensing(20, 40, links={"origin": "not CN"}),
        "second": licensing(60, content="1 %", links={"origin": "not CN"}),
    }
    data = three_countries("10 %", shocks, {"review": days(5)}, days=100)
    lived = live(data, replications=(1, 2))
    motors, magnets = (lived.struck["shipments", link][:, 0] for link in (MOTORS, MAGNETS))
    assert magnets[20:25] == pytest.approx(0)
    assert motors[:60] == pytest.approx(motors[0])
    assert motors[60:65] == pytest.approx(0)


def test_a_regime_in_force_from_the_beginning_delays_caught_links_alone_and_stays_flat():
    data = three_countries("10 %", {}, {"in_force": True, "review": days(5)}, days=80)
    calm = live(data, replications=(1, 2)).calm
    assert calm["held", MAGNETS][:, 0].min() > 0
    assert ("held", MOTORS) not in calm
    for link in (MAGNETS, MOTORS, AT_HOME):
        assert calm["shipments", link] == pytest.approx(
            calm["shipments", link][0, 0] * (calm["shipments", link] * 0 + 1)
        )


def test_a_regime_in_force_that_a_shock_makes_stricter_leaves_the_world_before_it_as_it_was():
    stricter = {"rule": licensing(40, content="1 %", links={"origin": "not CN"})}
    data = three_countries("10 %", stricter, {"in_force": True, "review": days(5)}, days=80)
    lived = live(data, replications=(1, 2))
    motors = lived.struck["shipments", MOTORS][:, 0]
    assert motors[:40] == pytest.approx(motors[0])
    assert motors[40:45] == pytest.approx(0)
    assert lived.calm["shipments", MOTORS][:, 0] == pytest.approx(motors[0])
