"""What a study moves: how a line is read, and what the scenario is at a point of a design."""

import math

import numpy as np
import pytest
from worlds import chain, closure, outage, planned, regime, scenario_of, two_sources

import sim
from sim.engine.unknown import drawn, known_at, plans_of
from sim.errors import ScenarioError, TooLarge
from sim.scenario.unknowns import Unknowns
from sim.studies.factors import Choice, Range, factor_of, factors_of, factors_of_uncertain
from sim.studies.space import Space

COVER = "facilities.plant_1.buys.good_0.cover"
LENGTH = "shocks.ban.duration"
MINE = "facilities.mine.capacity"
SPREAD = {"distribution": "uniform", "low": "20 days", "high": "50 days"}
GAMMA = {"distribution": "gamma", "mean": "40 days", "sd": "10 days"}


def banned(uncertain=None, **more):
    """A chain whose first lane is shut for 60 days from day 50."""
    shocks = {"ban": closure(50, 60, buyer="plant_1")}
    entries = {"uncertain": uncertain} if uncertain else {}
    return scenario_of(chain((30,), shocks=shocks, days=200, **entries, **more))


def space(scenario, *lines):
    return Space(scenario, factors_of(lines, scenario))


def cover(scenario):
    return str(scenario.facilities["plant_1"].buys["good_0"].cover)


def refused(line):
    with pytest.raises(ScenarioError) as told:
        factor_of(line)
    assert str(told.value).startswith("--vary:1:1, ")
    return str(told.value)


# How a line is read


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ("10:90 days", {0.0: "10 days", 0.25: "30 days", 0.5: "50 days", 1.0: "90 days"}),
        ("10 : 90 d", {0.375: "40 days"}),
        ("40:80 %", {0.5: "60 %"}),
        ("0.1:0.4", {1.0: "0.4"}),
        ("-5:5 days", {0.0: "-5 days", 0.5: "+0 days", 0.75: "+2.5 days"}),
        ("+10:+30 %", {0.5: "+20 %"}),
        ("{distribution: triangular, low: 0 t/day, mode: 10 t/day, high: 10 t/day}", {0.25: "5 t/day"}),
        ("{distribution: exponential, mean: 10 days}", {1 - math.exp(-2): "20 days"}),
        ("{distribution: empirical, values: [5 days, 9 days]}", {0.2: "5 days", 0.8: "9 days"}),
    ],
)
def test_a_value_is_the_quantile_said_as_the_line_says_it(values, at):
    factor = factor_of(f"{COVER}={values}")
    assert isinstance(factor, Range) and factor.name == COVER
    assert {u: factor.value(u) for u in at} == at


@pytest.mark.parametrize("values", ["usual,equal,priority", "day 10, day 20, day 30", "1:3:1 days", "[a, b],[c],[d]"])
def test_each_value_of_a_list_has_the_same_chance(values):
    factor = factor_of(f"a.b={values}")
    assert isinstance(factor, Choice)
    points = (np.arange(3000) + 0.5) / 3000
    met, times = np.unique([factor.value(u) for u in points], return_counts=True)
    assert sorted(met) == sorted(factor.values) and times.tolist() == [1000] * 3
    assert (factor.value(0.0), factor.value(1.0)) == (factor.values[0], factor.values[-1])


def test_nothing_is_rounded_away():
    factor = factor_of("a.b=10:90 days")
    for u in (1 / 3, math.pi / 4, 2**-53, 1 - 2**-53):
        number = float(factor.value(u).removesuffix(" days"))
        assert number == 10 + 80 * u


@pytest.mark.parametrize("word", ["normal", "lognormal", "gamma"])
def test_the_quantile_rises_and_half_of_all_values_lie_below_the_median(word):
    factor = factor_of(f"a.b={{distribution: {word}, mean: 40 days, sd: 10 days}}")
    values = [float(factor.value(u).split()[0]) for u in np.linspace(0, 1, 201)]
    assert all(np.diff(values) > 0) or word == "normal" and all(np.diff(values) >= 0)
    assert np.isfinite(values).all()
    assert np.mean(values[1:-1]) == pytest.approx(40, rel=0.01)


@pytest.mark.parametrize("u", [-0.01, 1.01, math.nan])
@pytest.mark.parametrize("values", ["10:90 days", "a,b"])
def test_a_coordinate_outside_the_cube_is_refused(values, u):
    with pytest.raises(ValueError, match="from 0 to 1"):
        factor_of(f"a.b={values}").value(u)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a.b", "there is no '=': write it as shocks.fire.duration=10:90 days"),
        ("a..b=1:2 days", "'a..b' is no path of keys"),
        ("a.b=", "a.b: there is nothing after the '='. Write 10:90 days"),
        ("a.b=7 days", "a.b: '7 days' is one value, and a factor has several. Write 10:90 days"),
        ("a.b=90:10 days", "a.b: from 90 days to 10 days runs backwards: write the smaller end first"),
        ("a.b=10:10 days", "a.b: from 10 days to 10 days moves nothing"),
        ("a.b=10 days:3 weeks", "is one value"),
        ("a.b=x,,y", "a.b: 'x,,y' holds an empty value"),
        ("a.b={distribution: gamma", "a.b: the '{' opened here is never closed"),
        ("a.b={distribution: gama, mean: 3 days}", "Did you mean 'gamma'?"),
        ("a.b={distribution: gamma, mean: 3 days}", "a.b: 'sd' is missing"),
        ("a.b={distribution: uniform, low: 3 days, high: 4 kg}", "a.b: mixes '3 days' and '4 kg'"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_remedy(line, says):
    assert says in refused(line)


def test_more_values_than_may_be_tried_are_too_large():
    with pytest.raises(TooLarge, match=r"a\.b: from 1 to 2000 in steps of 1 are 2,000 values"):
        factor_of("a.b=1:2000:1 days")


# What the scenario calls uncertain


def test_every_uncertain_entry_is_a_factor_with_its_own_distribution():
    scenario = banned({COVER: SPREAD, "ore": {"paths": MINE, "scale": SPREAD | {"low": 0.9, "high": "150 %"}}})
    first, second = factors_of_uncertain(scenario)
    assert (first.name, first.value(0.5), first.paths) == (COVER, "35 days", (tuple(COVER.split(".")),))
    assert (second.name, second.value(0.5), second.paths) == ("ore", "120 %", (tuple(MINE.split(".")),))
    assert factors_of((), scenario) == (first, second)
    assert factors_of(("ore",), scenario) == (second,)


def test_a_name_that_is_no_entry_is_refused_with_the_nearest_and_all_lines_at_once():
    scenario = banned({COVER: SPREAD})
    with pytest.raises(ScenarioError) as told:
        factors_of((COVER[:-1], "a.b=1"), scenario)
    first, second = told.value.problems
    assert f"Did you mean '{COVER}'? To move a path, say where: {COVER[:-1]}=10:90 days" in first.says
    assert "'1' is one value" in second.says


def test_nothing_named_and_nothing_uncertain_is_nothing_to_move():
    with pytest.raises(ScenarioError, match="nothing is `uncertain:` in this scenario: name what to move"):
        factors_of((), banned())
    with pytest.raises(ScenarioError, match="name at least one factor"):
        Space(banned(), ())


# The scenario at a point


def test_a_point_is_the_scenario_in_which_each_value_is_changed_by_hand():
    scenario = banned()
    at = space(scenario, f"{COVER}=10:90 days", f"{LENGTH}=20:60 days", "facilities.mine.allocation=usual,equal")
    for point in ((0.25, 0.5, 0.2), (1 / 3, 0.0, 0.9)):
        by_hand = scenario
        for name, value in zip(at.names, at.values(point), strict=True):
            by_hand = by_hand.change(name, value)
        found = at.at(point)
        assert found == by_hand
        assert not found.uncertain


def test_the_draw_of_a_replication_and_the_same_quantile_given_are_one_scenario():
    scenario = banned({COVER: SPREAD, LENGTH: GAMMA})
    values = drawn(scenario, 7, range(1, 6))
    for i in range(5):
        low = (values[COVER][i] - 20) / 30
        found = space(scenario, COVER).at([low])
        assert drawn(found, 7, range(1, 6))[COVER] == pytest.approx([values[COVER][i]] * 5)
        assert drawn(found, 7, range(1, 6))[LENGTH].tolist() == values[LENGTH].tolist()


def test_paths_that_share_a_draw_move_together():
    paths = [COVER, "facilities.plant_2.buys.good_1.cover"]
    scenario = scenario_of(chain((30, 30), uncertain={"leanness": {"paths": paths, "value": SPREAD}}))
    found = space(scenario, "leanness").at([0.5])
    assert [str(found.facilities[p].buys[g].cover) for p, g in (("plant_1", "good_0"), ("plant_2", "good_1"))] == [
        "35 days"
    ] * 2


def test_a_given_factor_multiplies_a_value_that_is_drawn():
    both = {"z": {"paths": COVER, "value": SPREAD}, "a": {"paths": COVER, "scale": SPREAD | {"low": 1, "high": 2}}}
    scenario = banned(both)
    found = space(scenario, "a").at([0.5])
    value = drawn(scenario, 3, [4])["z"][0]
    numbers = {name: values[0] for name, values in drawn(found, 3, [4]).items()}
    assert numbers == {"a": 1.5, "z": value}
    settled = Unknowns(found).at(numbers)
    assert settled.facilities["plant_1"].buys["good_0"].cover.days == pytest.approx(1.5 * value)
    assert len(plans_of(Unknowns(found), 3, [4, 5])) == 2


def test_where_all_is_given_nothing_is_left_to_draw():
    scenario = banned({COVER: SPREAD, LENGTH: GAMMA})
    found = known_at(Unknowns(scenario), {COVER: 0.5, LENGTH: 0.5})
    assert cover(found) == "35 days" and not found.uncertain
    assert planned(found)
    assert scenario.uncertain, "the scenario itself is as it was"


def test_a_factor_takes_the_place_of_what_the_scenario_draws_there():
    scenario = banned({COVER: SPREAD, LENGTH: GAMMA})
    at = space(scenario, f"{COVER}=60:80 days")
    assert str(at.scenario.uncertain[COVER].spread.low) == "60 days"
    assert list(at.at([0.5]).uncertain) == [LENGTH, COVER]
    assert drawn(at.at([0.5]), 1, [1, 2])[COVER].tolist() == [70, 70]
    assert cover(Unknowns(at.at([0.5])).at({COVER: 70.0, LENGTH: 30.0})) == "70 days"
    chosen = space(scenario, f"{COVER}=60 days,80 days").at([0.9])
    assert cover(chosen) == "80 days" and list(chosen.uncertain) == [LENGTH]


def test_a_count_is_moved_in_whole_numbers():
    office = {"office": regime(5, in_force=True, reviewers=5)}
    scenario = scenario_of(chain((30,), licences=office))
    at = space(scenario, "licences.office.reviewers=3:10")
    assert [at.values([u])[0] for u in (0, 0.1, 0.5, 1)] == ["3", "4", "6", "10"]
    assert [at.at([u]).licences["office"].reviewers for u in (0, 0.1, 0.5, 1)] == [3, 4, 6, 10]
    assert scenario.change("licences.office.reviewers", at.values([0.1])[0]) == at.at([0.1])


def test_a_path_with_a_quoted_key_is_moved_like_any_other():
    data = chain((30,), shocks={"fire.1": outage("mine", size="60 %")})
    at = space(scenario_of(data), 'shocks."fire.1".size=10:30 %')
    assert at.at([0.5]).shocks["fire.1"].size == pytest.approx(0.2)


def test_a_screening_stays_off_the_ends_of_what_has_none():
    scenario = banned()
    at = space(scenario, f"{COVER}=10:90 days", f"{LENGTH}={{distribution: gamma, mean: 40 days, sd: 10 days}}")
    levels = np.array([[0.0, 0.0], [1 / 3, 1 / 3], [1.0, 1.0]])
    assert at.inside(levels) == pytest.approx(np.array([[0, 0.005], [1 / 3, 0.335], [1, 0.995]]))
    assert at.values(at.inside(levels)[2])[0] == "90 days"
    assert 60 < float(at.values(at.inside(levels)[2])[1].split()[0]) < 80


def test_many_choices_are_not_all_kept():
    scenario = banned()
    at = space(scenario, f"{COVER}=1:100:1 days")
    assert [cover(at.at([(i + 0.5) / 100])) for i in range(100)] == [
        f"{i} day{'s' if i > 1 else ''}" for i in range(1, 101)
    ]
    assert len(at._known) < 70


def test_a_point_lives_like_any_scenario_and_loses_what_its_cover_does_not_bridge():
    at = space(banned({LENGTH: SPREAD | {"low": "60 days", "high": "90 days"}}), f"{COVER}=10:50 days")
    found = at.at([0.75])
    result = sim.run(found, replications=3, seed=5)
    history = result.series("output", "plant_1: good_1", "baseline") - result.series("output", "plant_1: good_1")
    length = drawn(found, 5, [1, 2, 3])[LENGTH]
    assert len(set(length)) == 3
    assert history.sum(axis=0) == pytest.approx(100 * (np.ceil(length) - 40))  # a ban ends with a day


# What cannot be moved


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((f"{COVER}=10:90 kg",), f"--vary:1:1, {COVER}: at 50 kg: unknown unit 'kg'"),
        ((f"{COVER}=10:90",), f"--vary:1:1, {COVER}: at 50: '50' has no unit"),
        ((f"{COVER}=10 days,9 kg",), f"--vary:1:1, {COVER}: at 9 kg: unknown unit 'kg'"),
        (("facilities.plant_9.cover=1:2 days",), "there is no key 'plant_9' here. Did you mean 'plant_1'?"),
        (("horizon=300:400 days",), "--vary:1:1, horizon: 'horizon' cannot be uncertain: name a number inside"),
        (("title=1:2",), "title: at 1.5: a text is due here"),
        ((f"{COVER}=1:2 days", f"{COVER}=3:4 days"), f"'{COVER}' is named twice: a factor moves once"),
        (
            (f"{COVER}=1:2 days", "facilities.plant_1.buys.good_0={cover: 1 day},{cover: 2 days}"),
            f"'{COVER}' and 'facilities.plant_1.buys.good_0' both put a value at {COVER}: take one out",
        ),
    ],
)
def test_what_cannot_be_moved_is_refused_before_anything_is_run(lines, says):
    with pytest.raises(ScenarioError) as told:
        space(banned(), *lines)
    assert says in str(told.value)


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(ScenarioError) as told:
        space(banned(), f"{COVER}=10:90 kg", f"{LENGTH}=1:2 t")
    assert {problem.path for problem in told.value.problems} == {COVER, LENGTH}


def test_a_point_that_cannot_be_says_what_it_has():
    path = "facilities.plant.buys.ore.from.mine_a.share"
    scenario = scenario_of(two_sources("50 %", (1, 1)))
    at = space(scenario, f"{path}={{distribution: normal, mean: 60 %, sd: 30 %}}")
    assert at.at([0.5]).facilities["plant"].buys["ore"].from_["mine_a"].share == pytest.approx(0.6)
    with pytest.raises(ScenarioError, match=rf"a point has {path} = 129.\d+ %, and then .* between 0 and 1"):
        at.at([0.99])


def test_two_factors_that_scale_may_meet_at_one_path():
    scales = SPREAD | {"low": 1, "high": 2}
    entries = {"a": {"paths": COVER, "scale": scales}, "b": {"paths": COVER, "scale": scales}}
    scenario = banned(entries)
    assert cover(space(scenario, "a", "b").at([0.5, 1.0])) == "90 days"
    assert cover(space(scenario, "a", "b", f"{COVER}=10:20 days").at([0.5, 1.0, 0.0])) == "30 days"
