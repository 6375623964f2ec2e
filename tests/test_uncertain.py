"""Uncertain inputs: one draw a replication, where the path says, the same with and without the shocks."""

import numpy as np
import pytest
from worlds import chain, closure, outage, regime, scenario_of, two_sources, variant

import sim
from sim.engine.unknown import drawn, plans_of
from sim.errors import ScenarioError
from sim.results.provenance import count_assumed
from sim.scenario.load import loads, resolved
from sim.scenario.unknowns import Unknowns
from sim.studies.check import check
from sim.studies.vary import vary

COVER = "facilities.plant_1.buys.good_0.cover"
MAKER = "plant_1: good_1"
SPREAD = {"distribution": "uniform", "low": "20 days", "high": "50 days"}


def spread(low, high, **more):
    return {"distribution": "uniform", "low": low, "high": high, **more}


def banned(uncertain, length=60, cover=30, **more):
    """A chain whose first lane is shut for so many days from day 50."""
    shocks = {"ban": closure(50, length, buyer="plant_1")}
    return scenario_of(chain((cover,), shocks=shocks, uncertain=uncertain, days=200, **more))


def lost(result):
    history = result.series("output", MAKER, "baseline") - result.series("output", MAKER)
    return history.sum(axis=0)


def at(scenario, **numbers):
    """The scenario with its only uncertain input known."""
    (name,) = scenario.uncertain
    return Unknowns(scenario).at({name: numbers["x"]})


# What is drawn


def test_each_replication_loses_what_its_own_cover_does_not_bridge():
    result = sim.run(banned({COVER: SPREAD}), replications=6, seed=3, audit=True)
    cover = result.table("uncertain")[COVER].to_numpy()
    assert len(set(cover)) == 6
    assert cover.min() >= 20
    assert cover.max() <= 50
    assert lost(result) == pytest.approx(100 * (60 - cover))


def test_a_draw_is_a_constant_of_the_run_and_the_undisturbed_world_is_flat():
    result = sim.run(banned({COVER: SPREAD}), replications=4, seed=3)
    assert result.series("output", MAKER, "baseline") == pytest.approx(100)
    stock = result.series("stock", "plant_1: good_0", "baseline")
    assert np.ptp(stock, axis=0) == pytest.approx(0, abs=1e-6)
    assert len(np.unique(stock[0].round(6))) == 4


def test_draws_depend_on_seed_replication_and_name_and_on_nothing_else():
    data = banned({COVER: SPREAD})
    other = banned({COVER: SPREAD, "shocks.ban.duration": spread("10 days", "90 days")})
    all_of = drawn(data, 7, range(1, 9))[COVER]
    assert drawn(other, 7, range(1, 9))[COVER].tolist() == all_of.tolist()
    assert drawn(data, 7, [5, 2])[COVER].tolist() == all_of[[4, 1]].tolist()
    assert not set(drawn(data, 8, range(1, 9))[COVER]) & set(all_of)
    assert drawn(other, 7, [1])["shocks.ban.duration"][0] != all_of[0]


def test_every_point_of_a_study_has_the_same_draws():
    found = vary(banned({COVER: SPREAD}), "shocks.ban.duration", "55 days,60 days", replications=3, seed=3)
    cover = found.table("uncertain")[COVER].to_numpy()
    for point, length in zip(found.points, (55, 60), strict=True):
        assert point.lost[MAKER] == pytest.approx(100 * (length - cover))


def test_one_run_gives_the_bits_of_many_together():
    many = sim.run(banned({COVER: SPREAD}), replications=5, seed=3)
    alone = sim.run(banned({COVER: SPREAD}), replications=1, seed=3)
    assert np.array_equal(many.series("output", MAKER)[:, :1], alone.series("output", MAKER))


def test_a_draw_at_the_stated_value_is_the_scenario_as_stated():
    data = chain((30,), shocks={"ban": closure(50, 60, buyer="plant_1")}, days=200)
    narrow = {COVER: spread("30 days", "30 days")}
    stated = sim.run(scenario_of(data), replications=2, seed=1)
    drawn_ = sim.run(scenario_of(data | {"uncertain": narrow}), replications=2, seed=1)
    assert np.array_equal(stated.outcome.shocked.history, drawn_.outcome.shocked.history)


# Where it goes


@pytest.mark.parametrize(
    ("path", "value", "drawn_", "comes_to"),
    [
        ("facilities.mine.capacity", spread("150 t/day", "73000 t/year"), None, "mixes"),
        ("facilities.mine.capacity", spread("150 t/day", "200 t/day"), 160.5, "160.5 t/day"),
        ("facilities.plant_1.recipe.good_0", spread("0.8 t/t", "1.2 t/t"), 1.1, "1.1 t/t"),
        ("licences.office.approval.civil", spread("40 %", "80 %"), 55.5, "55.5 %"),
        ("licences.office.reviewers", spread(3, 9), 4.6, 5),
        ("shocks.fire.size", spread("40 %", "80 %"), 62.5, "62.5 %"),
        ("markets.users.season.dec", spread("+10 %", "+30 %"), 20.0, "+20 %"),
    ],
)
def test_a_value_is_said_in_the_unit_of_the_place_it_goes_to(path, value, drawn_, comes_to):
    data = chain(
        (30,),
        licences={"office": regime(5, in_force=True, reviewers=5, approval={"civil": "50 %"})},
        shocks={"fire": outage("mine", size="60 %")},
        market={"season": {"dec": "+20 %"}},
    )
    if comes_to == "mixes":
        with pytest.raises(ScenarioError, match="mixes"):
            scenario_of(data | {"uncertain": {path: value}})
        return
    section, name = path.split(".")[:2]
    changed = at(scenario_of(data | {"uncertain": {path: value}}), x=drawn_)
    asked = scenario_of(variant(data, {path: comes_to}))
    assert getattr(changed, section)[name] == getattr(asked, section)[name]


def test_one_factor_scales_numbers_of_different_units_and_whole_distributions():
    paths = [COVER, "facilities.mine.capacity", "facilities.plant_1.buys.good_0.from.mine.transit"]
    data = chain((30,), [{"distribution": "gamma", "mean": "8 days", "sd": "2 days"}, 1])
    changed = at(scenario_of(data | {"uncertain": {"all": {"paths": paths, "scale": spread(0.9, "150 %")}}}), x=1.25)
    purchase = changed.facilities["plant_1"].buys["good_0"]
    assert str(purchase.cover) == "37.5 days"
    assert changed.facilities["mine"].capacity.value == pytest.approx(1.25 * 150)
    transit = purchase.from_["mine"].transit
    assert (str(transit.mean), str(transit.sd)) == ("10 days", "2.5 days")


def test_several_paths_share_one_draw():
    paths = [COVER, "facilities.plant_2.buys.good_1.cover"]
    data = chain((30, 30), uncertain={"leanness": {"paths": paths, "value": SPREAD}})
    changed = at(scenario_of(data), x=41.0)
    for plant, bought in (("plant_1", "good_0"), ("plant_2", "good_1")):
        assert changed.facilities[plant].buys[bought].cover.days == 41.0


def test_values_are_put_first_and_factors_multiply_them():
    both = {"z": {"paths": COVER, "value": SPREAD}, "a": {"paths": COVER, "scale": spread(1, 2)}}
    changed = Unknowns(scenario_of(chain((30,), uncertain=both))).at({"a": 1.5, "z": 20.0})
    assert changed.facilities["plant_1"].buys["good_0"].cover.days == 30


# What is known is not drawn


def test_what_is_set_is_known_and_a_factor_goes_on_to_scale_it():
    text = resolved(banned({COVER: SPREAD, "all": {"paths": [COVER], "scale": spread(1, 2)}}))
    known = loads(text, sets=[f"{COVER}=12 days"])
    assert list(known.uncertain) == ["all"]
    assert loads(resolved(known)) == known
    changed = loads(text).change(
        "facilities.plant_1.buys.good_0", {"cover": "9 days", "from": {"mine": {"transit": "1 day"}}}
    )
    assert list(changed.uncertain) == ["all"]


def test_of_paths_that_share_a_draw_only_the_one_that_is_set_is_known():
    paths = [COVER, "facilities.plant_2.buys.good_1.cover"]
    scenario = scenario_of(chain((30, 30), uncertain={"leanness": {"paths": paths, "value": SPREAD}}))
    assert scenario.change(COVER, "12 days").uncertain["leanness"].paths == (paths[1],)


def test_a_varied_path_is_known_at_each_value():
    found = vary(banned({COVER: SPREAD}), COVER, "20 days,40 days", replications=2, seed=3)
    assert [list(point.lost[MAKER]) for point in found.points] == [[4000.0] * 2, [2000.0] * 2]
    assert "uncertain" not in found.tables


# What may not be


def test_an_end_that_no_plan_can_carry_is_told_before_the_run():
    data = banned({"facilities.mine.capacity": spread("90 t/day", "200 t/day")})
    with pytest.raises(ScenarioError, match=r"it may be 90 t/day, and then facilities.mine.capacity"):
        check(data)


def test_a_draw_that_cannot_be_names_replication_and_value():
    tail = {"distribution": "normal", "mean": "60 %", "sd": "30 %"}
    scenario = scenario_of(two_sources("50 %", (1, 1), uncertain={"facilities.plant.buys.ore.from.mine_a.share": tail}))
    values = drawn(scenario, 1, range(1, 41))["facilities.plant.buys.ore.from.mine_a.share"]
    bad = int(np.flatnonzero(values > 100)[0])
    with pytest.raises(
        ScenarioError, match=rf"replication {bad + 1} draws .*mine_a.share = {values[bad]:.6g} %"
    ) as told:
        plans_of(Unknowns(scenario), 1, range(1, 41))
    assert "a share is between 0 and 1" in str(told.value)


# What is told


def test_drawn_inputs_count_as_numbers_assumed_unless_they_have_a_source():
    plain, sourced = banned({COVER: SPREAD}), banned({COVER: SPREAD | {"source": "a survey"}})
    assumed, numbers = count_assumed(banned({}))
    assert count_assumed(plain) == (assumed + 1, numbers + 1)
    assert count_assumed(sourced) == (assumed, numbers + 1)


def test_the_table_of_draws_is_kept_with_the_result(tmp_path):
    result = sim.run(banned({COVER: SPREAD}), replications=3, seed=3)
    folder = result.save(tmp_path / "out")
    lines = (folder / "uncertain.csv").read_text().splitlines()
    assert lines[0] == f"replication,{COVER}"
    assert [float(line.split(",")[1]) for line in lines[1:]] == drawn(result.outcome.scenario, 3, [1, 2, 3])[
        COVER
    ].tolist()
    assert result.provenance().uncertain == 1


def test_a_shock_of_uncertain_length_counts_as_over_when_the_longest_is():
    scenario = banned({"shocks.ban.duration": spread("10 days", "90 days")})
    result = sim.run(scenario, replications=5, seed=3)
    lengths = drawn(scenario, 3, range(1, 6))["shocks.ban.duration"]
    assert result.outcome.over_day == np.ceil(50 + lengths.max())
    assert lost(result) == pytest.approx(100 * np.maximum(0, np.ceil(lengths) - 30))
