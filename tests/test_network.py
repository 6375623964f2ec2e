"""Chokepoints: concentration and what is left without the largest, dependence, and static times to survive.

Times and shares are held against runs of the engine on the worlds whose answer is known by hand.
"""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_content import recycling
from worlds import (
    DEMAND,
    USERS,
    buying,
    chain,
    closure,
    days,
    live,
    outage,
    scenario_of,
    shock,
    t_a_day,
    two_sources,
    variant,
    world,
)

import sim
from sim.engine.flows import solve
from sim.results.chain import chain_of
from sim.results.dependence import dependences
from sim.results.steps import NOTHING, first, joined, last, output
from sim.results.supply import herfindahl, met_by_anyone, met_over_links, supplies
from sim.results.survival import Absence, losses, reach

few = settings(max_examples=15, deadline=None)


def table(data, name):
    """A table as rows by their first columns."""
    return sim.network(scenario_of(data)).tables[name]


def reaches(data):
    scenario = scenario_of(data)
    chain = chain_of(scenario, solve(scenario.network))
    return {(loss.what, loss.name): reach(chain, loss) for loss in losses(chain)}


def rows(data, name):
    found = table(data, name)
    return [dict(zip([c.name for c in found.columns], row, strict=True)) for row in found.rows]


# Concentration


@pytest.mark.parametrize(("amounts", "index"), [([1], 1), ([5, 5], 0.5), ([60, 30, 10], 0.46), ([7] * 4, 0.25)])
def test_the_herfindahl_index_is_the_sum_of_squared_shares(amounts, index):
    assert herfindahl(amounts) == pytest.approx(index)


def test_the_herfindahl_index_of_nothing_is_not_a_number():
    assert math.isnan(herfindahl([])) and math.isnan(herfindahl([0.0]))


def mines(shares, spares, countries, **more):
    """Mines that sell ore to one plant, each with its share of the need and its spare capacity in t/day."""
    names = [f"mine_{i}" for i in range(len(shares))]
    facilities = {
        name: {"kind": "mine", "country": country, "makes": "ore", "capacity": t_a_day(DEMAND * share / 100 + spare)}
        for name, share, spare, country in zip(names, shares, spares, countries, strict=True)
    }
    sellers = {n: {"share": f"{share} %", "transit": "2 days"} for n, share in zip(names, shares, strict=True)}
    facilities["plant"] = {
        "kind": "refiner", "country": "DE", "makes": "oxide", "capacity": t_a_day(200), "recipe": {"ore": "1 t/t"},
        "buys": {"ore": buying(sellers, 20)},
    }  # fmt: skip
    users = {"country": "FR", "wants": "oxide", "demand": t_a_day(DEMAND), "from": {"plant": {"transit": "1 day"}}}
    return world(facilities, {USERS: users}, {}, **more)


def test_concentration_by_plant_and_by_country_and_what_is_left_without_the_largest():
    """By hand. 50, 30 and 20 t/day, the first two in CN: 0.38 by plant, 0.8² + 0.2² = 0.68 by country. Without the
    first the others have 30 + 10 and 20 + 25 of 100: 85 %; without CN 45 %.
    """
    row = next(
        r
        for r in rows(mines((50, 30, 20), (9, 10, 25), ("CN", "CN", "US")), "concentration")
        if r["commodity"] == "ore"
    )
    assert (row["herfindahl"], row["herfindahl_country"]) == pytest.approx((0.38, 0.68))
    assert (row["top"], row["top_share"], row["top_country"], row["top_country_share"]) == ("mine_0", 0.5, "CN", 0.8)
    assert (row["met_without_top"], row["met_without_country"]) == pytest.approx((0.85, 0.45))
    assert (row["linked_without_top"], row["linked_without_country"]) == pytest.approx((0.85, 0.45))


def test_spare_capacity_counts_over_links_only_as_far_as_they_lead():
    """Two buyers of 100 t/day, each with a mine of its own and no link to the other's: half is left at any spare."""
    data = mines((100,), (500,), ("CN",))
    data["facilities"]["other"] = {**data["facilities"]["mine_0"], "country": "US"}
    data["markets"]["more"] = {
        "country": "US",
        "wants": "ore",
        "demand": t_a_day(DEMAND),
        "from": {"other": {"transit": "1 day"}},
        "source": "test",
    }
    scenario = scenario_of(data)
    ore = next(s for s in supplies(scenario, solve(scenario.network)) if s.commodity == "ore")
    assert met_by_anyone(ore, lambda name: name == "other") == pytest.approx(1)
    assert met_over_links(ore, lambda name: name == "other") == pytest.approx(0.5)
    standby = variant(data, {"markets.more.from.mine_0": {"transit": "1 day", "share": "0 %", "capacity": t_a_day(40)}})
    scenario = scenario_of(variant(standby, {"markets.more.from.other.share": "100 %"}))
    ore = next(s for s in supplies(scenario, solve(scenario.network)) if s.commodity == "ore")
    assert met_over_links(ore, lambda name: name == "other") == pytest.approx(0.7)


def test_a_by_product_cannot_be_raised_to_stand_in_for_the_largest():
    data = mines((50, 50), (50, 50), ("CN", "US"))
    host = {"ore": {"amount": "1 t/t", "paces": False}, "host": "1 t/t"}
    data["facilities"]["mine_1"] |= {"makes": host, "capacity": t_a_day(200)}
    data["commodities"]["host"] = {"unit": "t", "source": "test"}
    data["markets"]["host_users"] = {
        "country": "US",
        "wants": "host",
        "demand": t_a_day(60),
        "from": {"mine_1": {"transit": "1 day"}},
        "source": "test",
    }
    scenario = scenario_of(data)
    ore = next(s for s in supplies(scenario, solve(scenario.network)) if s.commodity == "ore")
    assert ore.most["mine_1"] == pytest.approx(60)
    assert met_by_anyone(ore, lambda name: name == "mine_0") == pytest.approx(0.6)


# Dependence


def test_what_is_bought_at_home_may_hang_on_another_country_upstream():
    data = chain((10, 10), market={"country": "JP"})  # mine in CN, plant_1 in DE, plant_2 and users in JP
    data["facilities"]["plant_2"]["recipe"]["good_1"] = {"amount": "1 t/t", "dependence": "40 %"}
    found = {(r["country"], r["commodity"]): r for r in rows(data, "dependence")}
    last_leg, inputs = found["JP", "good_2"], found["JP", "good_1"]
    assert (last_leg["abroad"], last_leg["top_source"]) == (0, None)
    assert last_leg["top_origin_share"] == pytest.approx(0.4)
    assert (inputs["abroad"], inputs["top_source"], inputs["top_source_share"]) == (1, "DE", 1)
    origins = {(r["country"], r["commodity"], r["origin"]): r["traced"] for r in rows(data, "origins")}
    assert origins["JP", "good_1", "CN"] == pytest.approx(1)  # DE could sell nothing without ore
    assert origins["JP", "good_2", "CN"] == pytest.approx(0.4)


def test_traced_dependence_is_the_share_that_the_engine_loses_in_the_end():
    data = mines((70, 30), (0, 0), ("CN", "US"), days=300)
    data["facilities"]["plant"]["capacity"] = t_a_day(DEMAND)  # nobody makes more than planned
    data["facilities"]["plant"]["recipe"]["ore"] = {"amount": "1 t/t", "dependence": "60 %"}
    scenario = scenario_of(data)
    flows = solve(scenario.network)
    found = {(d.country, d.commodity): d for d in dependences(scenario, flows, chain_of(scenario, flows))}
    assert found["DE", "ore"].direct == pytest.approx({"CN": 0.7, "US": 0.3})
    assert found["FR", "oxide"].traced == pytest.approx({"CN": 0.42, "US": 0.18, "DE": 1.0})
    lived = live(
        variant(data, {"shocks": {"ban": shock("export_ban", 50, country="CN", source="test")}}), replications=(1, 2)
    )
    assert lived.struck["sales", USERS][-1] == pytest.approx(DEMAND * (1 - 0.42))


# Time to survive


@given(
    covers=st.lists(st.integers(0, 25), min_size=1, max_size=4), transit=st.integers(1, 6), finished=st.integers(0, 9)
)
@example(covers=[10, 20, 15], transit=2, finished=0)
@few
def test_a_chain_survives_the_sum_of_its_covers_and_misses_demand_when_the_lanes_are_empty_too(
    covers, transit, finished
):
    lanes = [transit] * (len(covers) + 1)
    data = variant(chain(covers, lanes, days=300), {"facilities.mine.finished_cover": days(finished)})
    found = reaches(data)
    shut, stopped = found["link shut", "mine > plant_1: good_0"], found["plant stops", "mine"]
    assert shut.survives_days == pytest.approx(sum(covers))
    assert shut.first_days == pytest.approx(sum(covers) + transit * len(lanes))
    assert stopped.survives_days == pytest.approx(sum(covers) + finished)
    assert (shut.market, stopped.falls[USERS][1]) == (USERS, 1)


@pytest.mark.parametrize("what", ["link shut", "plant stops"])
@pytest.mark.parametrize("covers", [(10, 20, 15), (5,), (0, 8)])
def test_the_engine_survives_just_as_long_as_the_covers_say_and_not_a_day_more(what, covers):
    data = variant(chain(covers, days=250), {"facilities.mine.finished_cover": "4 days"})
    felt = next(r for (how, _), r in reaches(data).items() if how == what)
    length = round(felt.survives_days)

    def struck(days_out):
        blow = closure(30, days_out, seller="mine") if what == "link shut" else outage("mine", 30, days_out)
        return variant(data, {"shocks": {"blow": {"source": "test", **blow}}})

    assert live(struck(length), replications=(1, 2)).lost("sales", USERS) == pytest.approx(0)
    assert live(struck(length + 1), replications=(1, 2)).lost("sales", USERS) == pytest.approx(DEMAND)
    assert live(struck(length + 30), replications=(1, 2)).first_below("sales", USERS) == 30 + felt.first_days


def test_two_sources_survive_as_long_as_the_missing_half_takes_to_empty_all_covers():
    """By hand: half is missing, cover 20 + 5: 50 days; half of demand is missing in the end."""
    data = two_sources("50 %", cover=20, market_cover=5, days=300)
    felt = reaches(data)["exports stop", "CN"]
    assert (felt.survives_days, felt.falls[USERS][1]) == pytest.approx((50, 0.5))
    for length, lost in ((50, 0), (120, 35)):
        lived = live(
            variant(data, {"shocks": {"ban": {"source": "test", **closure(50, length, seller="mine_a")}}}),
            replications=(1, 2),
        )
        assert lived.lost("sales", USERS) == pytest.approx(lost * DEMAND)
    assert lived.first_below("sales", USERS) == 50 + felt.first_days


@pytest.mark.parametrize("dependence", [100, 40, 0])
def test_a_plant_falls_as_far_as_it_depends_on_what_is_gone(dependence):
    data = chain((30,), spare=0.5, days=200)
    data["facilities"]["plant_1"]["recipe"]["good_0"] = {"amount": "1 t/t", "dependence": f"{dependence} %"}
    felt = reaches(data)["plant stops", "mine"]
    lived = live(variant(data, {"shocks": {"out": {"source": "test", **outage("mine", 50)}}}), replications=(1, 2))
    assert lived.struck["sales", USERS][-1] == pytest.approx(DEMAND * (1 - dependence / 100))
    assert felt.falls.get(USERS, (0, 0))[1] == pytest.approx(dependence / 100)
    assert felt.survives_days == pytest.approx(30 if dependence else math.inf)


def two_ways(long, cover=5):
    """Ore goes to users by two plants, one of them far away: what is missing arrives twice."""
    data = two_sources("100 %", cover=cover, market_cover=10, days=300)
    data["facilities"].pop("mine_b"), data["facilities"]["plant"]["buys"]["ore"]["from"].pop("mine_b")
    data["facilities"]["mine_a"]["capacity"] = t_a_day(DEMAND)
    far = variant(data["facilities"]["plant"], {"buys.ore.from.mine_a.transit": days(long), "country": "IN"})
    data["facilities"]["far"] = far
    data["markets"][USERS]["from"] = {
        "plant": {"share": "50 %", "transit": "1 day"},
        "far": {"share": "50 %", "transit": "1 day"},
    }
    return data


@pytest.mark.parametrize("long", [2, 8, 60])
def test_a_loss_that_comes_by_two_ways_draws_on_the_same_cover_twice(long):
    """By hand. Each plant holds 5 days and makes half; the market holds 10. An outage of D days takes D − 5 days of
    either half from the market, together or one after the other: D − 5 = 10, so D = 15 whatever the way is like.
    """
    data = two_ways(long)
    felt = reaches(data)["plant stops", "mine_a"]
    assert felt.survives_days == pytest.approx(15, abs=0.01)
    for length, lost in ((15, 0), (17, 2)):
        blow = {"source": "test", **outage("mine_a", 50, length)}
        lived = live(variant(data, {"shocks": {"out": blow}}), replications=(1, 2))
        assert lived.lost("sales", USERS) == pytest.approx(lost * DEMAND)


def test_round_a_loop_what_is_missing_grows_and_the_first_turn_says_when():
    """By hand. Half of the oxide comes back by a recycler with 10 days of cover, whose link is shut: after 10 days half
    of the oxide is missing, which empties 10 days of cover in 20: 30 days. Without new oxide nothing is left at last.
    """
    found = reaches(recycling("50 %"))
    assert found["link shut", "magnets > recycler: magnet"].survives_days == pytest.approx(30, rel=1e-9)
    assert found["link shut", "magnets > recycler: magnet"].falls["u"] == pytest.approx((36, 0.5))
    assert found["exports stop", "CN"].falls["u"][1] == pytest.approx(1)


@pytest.mark.parametrize("seed", range(3))
def test_the_steps_end_where_the_solved_end_lies(seed):
    data = variant(
        two_sources("30 %", cover=4 * seed), {"facilities.plant.recipe.ore": {"amount": "1 t/t", "dependence": "70 %"}}
    )
    scenario = scenario_of(data)
    seen = chain_of(scenario, solve(scenario.network))
    for loss in losses(seen):
        ends, missing = Absence(seen, loss).in_the_end(), Absence(seen, loss).missing()
        assert {name: last(missing.get(name, NOTHING)) for name in ends} == pytest.approx(ends), loss.name


# Steps


def test_stock_that_nobody_uses_because_another_input_is_missing_lasts_longer():
    """An input of 10 days is missing from day 0, another of 30 days from day 5, and nobody uses that after day 10."""
    gone = output([((0.0, 1.0),), ((5.0, 1.0),)], [10.0, 30.0], [1.0, 1.0])
    assert gone == ((10.0, 1.0),)


def test_nothing_missing_is_nothing():
    assert output([NOTHING, NOTHING], [1.0, 2.0], [1.0, 1.0]) == NOTHING
    assert (first(NOTHING), last(NOTHING)) == (math.inf, 0.0)


# The verb


def test_the_tables_come_as_frames_and_files(tmp_path):
    found = sim.network(scenario_of(chain((10,))))
    assert list(found.tables) == ["concentration", "dependence", "origins", "survival", "reach"]
    assert found.table().columns[0] == "commodity"
    assert found.table("survival").loc[0, "survives_days"] == 0
    with pytest.raises(ValueError, match="Did you mean 'survival'"):
        found.table("survivl")
    folder = found.save(tmp_path / "out")
    assert (folder / "survival.csv").read_text("utf-8").startswith("lost,what,country,")


@given(
    times=st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True),
    shares=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=4, max_size=4),
    cover=st.integers(0, 12),
    dependence=st.sampled_from([1.0, 0.4]),
)
@few
def test_one_input_alone_is_as_one_beside_another_that_never_fails(times, shares, cover, dependence):
    inflow = joined((float(day), share) for day, share in zip(sorted(times), shares, strict=False))
    alone = output([inflow], [float(cover)], [dependence])
    beside = output([inflow, NOTHING], [float(cover), 5.0], [dependence, 1.0])
    assert [x for step in alone for x in step] == pytest.approx([x for step in beside for x in step])
