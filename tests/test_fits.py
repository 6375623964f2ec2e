"""Fits: what was put in comes out, at the rate that is promised, and what is held out never comes in."""

import datetime
import math

import numpy as np
import pytest
from histories import CUT, cut, entry, held, mine, series, uniform, window, written

import sim
from sim.errors import ScenarioError
from sim.results.fits import Fit, fit_to, told_of
from sim.results.sightings import Sighting, seen_of
from sim.scenario.observed import Observed
from sim.scenario.series import Series

MONTHS = ("2025-02", "2025-03", "2025-04", "2025-05")
CALM = {"2025-02": 280, "2025-03": 310, "2025-04": 300, "2025-05": 310}
FIT, SCORE = window("2025-02-01", "2025-05-01"), window("2025-05-01", "2025-06-01")
WINDOWS = {"level": "304.375 t", "fit": FIT, "score": SCORE}
HISTORIES = 200


def after(size):
    """What is sent in each month once a share is cut."""
    return {name: amount * (1.0 - size) for name, amount in CALM.items()}


def cut_world(folder, values, observed=None, **uncertain):
    """A flow that is cut by an unknown share on 1 February."""
    unknown = {CUT: uniform("0 %", "100 %"), **{k.replace("__", "."): v for k, v in uncertain.items()}}
    return held(folder, values, observed or WINDOWS, {"cut": cut("40 %")}, uncertain=unknown)


# Recovery


def test_a_known_share_is_found_again(tmp_path):
    found = sim.calibrate(cut_world(tmp_path, after(0.4)), draws=800)
    told = {one.name: one for one in found.told}[CUT]
    low, high = told.after
    assert low < 40.0 < high and high - low < 8.0 and told.words == "fixed by the data"
    assert told.middle == pytest.approx(40.0, abs=2.0)
    forecast = found.kept["ore"].median[-1]
    assert forecast == pytest.approx(310 * 0.6 / 304.375, abs=0.03)


def lucky_world(folder, fit):
    """The same with luck that no parameter tells: the mine stands still for ten days, about every forty."""
    strikes = {
        "kind": "capacity_loss", "where": {"id": "mine"}, "size": "100 %", "source": "test",
        "random": {"every": "30 days", "lasts": "10 days"},
    }  # fmt: skip
    shocks = {"cut": cut("40 %"), "strikes": strikes}
    return held(folder, CALM, {"level": "304.375 t", "fit": fit}, shocks, uncertain={CUT: uniform("0 %", "90 %")})


def covered(folder, fit, keep):
    """Of histories drawn from the model itself, the share whose parameter the 80 % interval of a fit to them holds.

    Histories are replications of another seed: neither their parameters nor their luck are among the draws.
    """
    path = lucky_world(folder, fit)
    truth, found = sim.calibrate(path, draws=400, seed=77), sim.calibrate(path, draws=3000, seed=5)
    drawn, modelled, of = truth.draws[CUT], truth.sightings["ore"].modelled, found.sightings["ore"]
    hits = []
    for i in range(HISTORIES):
        values = dict(zip(MONTHS, 304.375 * modelled[:, i], strict=True))
        seen = seen_of("ore", of.seen.entry, Series.model_validate(series(values)), found.scenario.start, 212)
        (told,) = told_of(fit_to([Sighting(seen, of.modelled)], keep), found.draws)
        hits.append(told.after[0] <= drawn[i] <= told.after[1])
        assert told.width < 1.1
    return np.mean(hits)


def test_the_interval_holds_the_truth_as_often_as_it_says_where_the_nearest_are_near(tmp_path):
    """Of 200 intervals of 80 %, 160 are due, give or take 6: one month to fit to, and a fiftieth of the draws kept."""
    assert 0.75 <= covered(tmp_path, window("2025-03-01", "2025-04-01"), 0.02) <= 0.89


def test_the_interval_is_rather_too_wide_where_a_twentieth_is_kept_for_three_months(tmp_path):
    """The nearest are not very near then, and what they differ by adds to the width: never to be taken as too sure."""
    assert 0.80 <= covered(tmp_path, FIT, 0.05) <= 0.96


def test_a_number_without_influence_is_told_as_one(tmp_path):
    """A hundredth of a day in which the cut sets in moves no month by a thousandth."""
    unknown = {"shocks__cut__onset": uniform("0 days", "0.01 days")}
    found = sim.calibrate(cut_world(tmp_path, after(0.4), **unknown), draws=1000)
    told = {one.name: one for one in found.told}
    assert told["shocks.cut.onset"].words == "the data say nothing" and told[CUT].words == "fixed by the data"
    assert told["shocks.cut.onset"].width > 0.8
    assert found.table("fitted").set_index("name")["finding"]["shocks.cut.onset"] == "the data say nothing"


def test_the_profile_is_lowest_where_the_truth_lies(tmp_path):
    found = sim.calibrate(cut_world(tmp_path, after(0.45)), draws=800)
    profile = found.told[0].profile
    assert int(np.argmin(profile)) == 4 and profile[0] > profile[2] > profile[4] < profile[6] < profile[9]


def test_two_numbers_that_only_their_product_fixes_are_told_to_move_together(tmp_path):
    shocks = {"cut": cut("40 %"), "more": cut("10 %")}
    unknown = {CUT: uniform("0 %", "60 %"), "shocks.more.size": uniform("0 %", "60 %")}
    path = held(tmp_path, after(0.5), WINDOWS, shocks, uncertain=unknown)
    told = {one.name: one for one in sim.calibrate(path, draws=1500).told}
    assert told[CUT].partner == "shocks.more.size" and told[CUT].correlation < -0.9


# What is held out


def bits(found):
    """All that a fit says."""
    return found.fit.kept.tolist(), found.fit.distance.tolist(), [(t.name, t.middle, t.after) for t in found.told]


def test_scored_figures_change_no_bit_of_a_fit(tmp_path):
    found = []
    for value in (0, 186, 10_000):
        folder = tmp_path / str(value)
        folder.mkdir()
        found.append(sim.calibrate(cut_world(folder, after(0.4) | {"2025-05": value}), draws=400))
    assert bits(found[0]) == bits(found[1]) == bits(found[2])
    assert found[0].kept["ore"].seen.shares[-1] != found[1].kept["ore"].seen.shares[-1]


def test_fitted_figures_do_change_it(tmp_path):
    (tmp_path / "other").mkdir()
    one = sim.calibrate(cut_world(tmp_path, after(0.4)), draws=400)
    other = sim.calibrate(cut_world(tmp_path / "other", after(0.4) | {"2025-04": 100}), draws=400)
    assert bits(one)[0] != bits(other)[0]


def test_an_entry_may_not_score_what_another_is_fitted_to(tmp_path):
    observed = {
        "ore": entry(level="300 t", fit=FIT),
        "again": entry(level="300 t", score=window("2025-04-01", "2025-06-01")),
    }
    data = mine({"cut": cut("40 %")}, uncertain={CUT: uniform("0 %", "100 %")}) | {"observed": observed}
    with pytest.raises(ScenarioError, match=r"observed\.again\.score: 'ore' is fitted to days of the same file"):
        sim.calibrate(written(tmp_path, data, ore=series(CALM)), draws=400)


def test_months_may_not_reach_into_what_is_scored(tmp_path):
    path = cut_world(tmp_path, CALM)
    with pytest.raises(ScenarioError, match="what is scored must not have been fitted"):
        sim.calibrate(path, months="2025-04-01:2025-06-01", draws=400)


# Keeping


def fit_of(distances, share):
    of = Observed.model_validate(entry(level="100 t", fit=window("2025-01-01", "2025-02-01")))
    seen = seen_of("ore", of, Series.model_validate(series({"2025-01": 0})), datetime.date(2025, 1, 1), 31)
    return fit_to([Sighting(seen, np.array([distances], float))], share)


def test_the_nearest_are_kept_nearest_first_and_ties_by_number():
    fit = fit_of([0.3, 0.1, 0.2, 0.1], 0.75)
    assert fit.kept.tolist() == [1, 3, 2] and fit.nearest == 1 and fit.reach == pytest.approx(0.2)


@pytest.mark.parametrize(("draws", "share", "kept"), [(100, 0.07, 7), (100, 0.05, 5), (30, 0.11, 4), (3, 0.01, 1)])
def test_so_many_are_kept_as_the_share_says_rounded_up(draws, share, kept):
    assert len(fit_of(np.arange(draws), share).kept) == kept


def test_the_distance_is_the_root_mean_square_over_the_fitted_periods(tmp_path):
    found = sim.calibrate(cut_world(tmp_path, after(0.4)), draws=400)
    of = found.sightings["ore"]
    squares = (of.modelled[:3] - of.seen.shares[:3, None]) ** 2
    assert found.fit.distance == pytest.approx(np.sqrt(squares.mean(axis=0)))


def test_a_number_that_does_not_move_says_nothing():
    fit = Fit(np.arange(20), np.arange(100.0))
    told = told_of(fit, {"still": np.ones(100), "moving": np.arange(100.0)})
    assert math.isnan(told[0].width) and told[0].words == "the data say nothing" and told[0].correlation == 0.0
    assert told[1].words == "fixed by the data"


# Bad questions


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"draws": 100}, "leave 5, and a band needs 20: use at least 400 draws"),
        ({"keep": 0.0}, "is no share to keep"),
        ({"keep": 1.5}, "is no share to keep"),
        ({"keep": math.nan}, "is no share to keep"),
        ({"months": "2025-02-01"}, "is no window: write first day and first day after"),
        ({"months": "2025-02-31:2025-03-01"}, "2025-02-31"),
        ({"months": "2024-01-01:2024-02-01"}, "no period"),
        ({"to": ("or",), "months": "2025-02-01:2025-03-01"}, "no observed series 'or'"),
        ({"free": ("shocks.cut.size=10 %, 20 %",)}, "a fit needs a range"),
        ({"free": ("shocks.cat.size=10:20 %",)}, "Did you mean"),
    ],
)
def test_a_fit_that_cannot_be_is_refused_before_it_runs(tmp_path, asked, says):
    with pytest.raises(ScenarioError, match=says):
        sim.calibrate(cut_world(tmp_path, CALM), **{"draws": 400, **asked})


def test_nothing_to_fit_or_to_fit_it_to_is_refused(tmp_path):
    certain = held(tmp_path, CALM, WINDOWS, {"cut": cut("40 %")})
    with pytest.raises(ScenarioError, match="nothing is `uncertain`"):
        sim.calibrate(certain, draws=400)
    unfitted = cut_world(tmp_path, CALM, {"level": "300 t", "score": SCORE})
    with pytest.raises(ScenarioError, match="has a `fit` window"):
        sim.calibrate(unfitted, draws=400)


def test_a_free_number_is_drawn_from_its_range_beside_what_is_uncertain(tmp_path):
    path = cut_world(tmp_path, after(0.4))
    found = sim.calibrate(path, free="markets.users.demand=9:10 t/day", draws=400)
    assert sorted(found.draws) == ["markets.users.demand", CUT]
    assert 9.0 <= found.draws["markets.users.demand"].min() < 9.2
    without = sim.calibrate(path, draws=400)
    assert np.array_equal(found.draws[CUT], without.draws[CUT]), "a new name changes no other's luck"


def test_a_window_of_one_period_is_a_window(tmp_path):
    found = sim.calibrate(cut_world(tmp_path, after(0.4)), months="2025-03-01:2025-04-01", draws=400)
    assert found.told[0].middle == pytest.approx(40.0, abs=3.0)
    assert found.table("periods")["use"].tolist() == ["", "fitted", "", "scored"]


def test_a_draw_that_has_no_world_is_named(tmp_path):
    unknown = {"markets__users__demand": uniform("5 t/day", "50 t/day")}
    with pytest.raises(ScenarioError, match=r"replication \d+ draws .*markets\.users\.demand"):
        sim.calibrate(cut_world(tmp_path, CALM, **unknown), draws=400)
