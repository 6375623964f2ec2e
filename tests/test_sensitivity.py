"""Which factor a loss hangs on: worlds whose indices can be worked out by hand, and SALib on their closed form."""

import json
import re

import numpy as np
import pandas
import pytest
from legible import assert_legible
from scipy.stats import gamma
from scipy.stats import t as student
from worlds import chain, outage, two_sources

import sim
from sim.errors import ScenarioError
from sim.scenario.load import loads
from sim.studies import study as studies
from sim.studies import workers
from sim.studies.sensitivity import LUCK

FIRST, SECOND = "facilities.plant_1.buys.good_0.cover", "facilities.plant_2.buys.good_1.cover"
LOST = "loss_days.users"
RANGES = {FIRST: (10.0, 40.0), SECOND: (5.0, 25.0)}


def serial(length, **more):
    """mine > plant_1 > plant_2 > users; the mine is out for so many days, of which both covers are not felt."""
    data = chain((30, 20), shocks={"fire": outage("mine", 50, length)}, days=300, **more)
    return loads(json.dumps(data))


def weighed(scenario, **more):
    lines = [f"{path}={low:g}:{high:g} days" for path, (low, high) in RANGES.items()]
    return sim.sensitivity(scenario, lines, readings=[LOST], seed=3, **more)


def uniform(low, high):
    return {"distribution": "uniform", "low": f"{low} days", "high": f"{high} days"}


def covers(found):
    """What both covers are at every point; shape (point, factor)."""
    points = found.points
    return np.array([[float(value.split()[0]) for value in points.values(i)] for i in range(points.count)])


def by_factor(found):
    """The rows of the table by the factor they are about."""
    return found.table().set_index("factor").loc[[FIRST, SECOND]]


@pytest.mark.parametrize("length", [80, 40])
def test_every_point_loses_what_the_closed_form_says(length):
    found = weighed(serial(length))
    assert found.means(LOST) == pytest.approx(np.maximum(0.0, length - covers(found).sum(axis=1)), abs=1e-9)


def test_where_losses_add_up_a_share_of_variance_is_the_square_of_a_range():
    rows = by_factor(weighed(serial(80)))
    wide, narrow = ((high - low) ** 2 for low, high in RANGES.values())
    exact = np.array([wide, narrow]) / (wide + narrow)
    assert rows["total"].to_numpy() == pytest.approx(exact, abs=0.005)
    for kind in ("first", "total"):
        assert np.all((rows[f"{kind}_low"] <= exact) & (exact <= rows[f"{kind}_high"]))


def test_where_stocks_stand_in_for_each_other_salib_finds_the_same_from_the_closed_form():
    """Sample of its own, function in closed form: nothing of ours but the answer is shared."""
    salib_points = pytest.importorskip("SALib.sample.sobol")
    salib_indices = pytest.importorskip("SALib.analyze.sobol")
    problem = {"num_vars": 2, "names": ["first", "second"], "bounds": [[10.0, 40.0], [5.0, 25.0]]}
    sample = salib_points.sample(problem, 2**13, calc_second_order=False, seed=1)
    lost = np.maximum(0.0, 40.0 - sample.sum(axis=1))
    theirs = salib_indices.analyze(problem, lost, calc_second_order=False, seed=1)
    rows = by_factor(weighed(serial(40)))
    for ours, other in (("first", "S1"), ("total", "ST")):
        within = theirs[f"{other}_conf"]
        assert np.all(rows[f"{ours}_low"] <= theirs[other] + within)
        assert np.all(theirs[other] - within <= rows[f"{ours}_high"])
    assert (rows["total"] > rows["first"] + 0.05).all(), "covers stand in for each other, so neither matters alone"


def test_a_screening_finds_the_slope_times_the_range():
    rows = by_factor(weighed(serial(80), method="morris", size=5))
    assert rows["effect"].to_numpy() == pytest.approx([-30.0, -20.0])
    assert rows["size"].to_numpy() == pytest.approx([30.0, 20.0])
    assert rows["spread"].to_numpy() == pytest.approx([0.0, 0.0], abs=1e-9)


def test_all_that_is_uncertain_is_weighed_unless_factors_are_named():
    spread = {path: uniform(*ends) for path, ends in RANGES.items()}
    found = sim.sensitivity(serial(80, uncertain=spread), readings=[LOST], seed=3, size=16)
    assert set(found.points.paths) == set(RANGES)
    assert found.means(LOST) == pytest.approx(80.0 - covers(found).sum(axis=1), abs=1e-9)


def test_an_uncertain_input_that_is_no_factor_goes_on_to_be_drawn_for_each_replication():
    spread = {SECOND: uniform(5, 25)}
    found = sim.sensitivity(serial(80, uncertain=spread), [f"{FIRST}=10:40 days"], readings=[LOST], seed=3, size=4)
    assert found.study.replications == LUCK
    kept = found.conducted.read([LOST])
    second = 80.0 - np.repeat(covers(found)[:, 0], LUCK) - kept.values[LOST]
    drawn = second.reshape(-1, LUCK)
    assert np.ptp(drawn[0]) > 1.0
    assert drawn == pytest.approx(np.tile(drawn[0], (len(drawn), 1)), abs=1e-9), "the same luck at every point"


def test_a_factor_of_choices_takes_each_as_often():
    data = two_sources("50 %", shocks={"shut": outage("mine_a", 50, 120)}, days=300)
    stock = "facilities.plant.buys.ore.cover=10 days,30 days"
    found = sim.sensitivity(loads(json.dumps(data)), [stock], readings=[LOST])
    assert sorted(set(found.means(LOST))) == pytest.approx([60.0 - 35.0, 60.0 - 15.0])
    assert found.table()["total"].iloc[0] == pytest.approx(1.0, abs=0.05)


def test_a_reading_that_nothing_moves_is_told_and_shown_nowhere():
    found = sim.sensitivity(serial(80), [f"{FIRST}=35:40 days"], readings=[LOST, "peak_loss.users"], size=4)
    assert set(found.headline.column("reading")) == {LOST}
    assert any("peak_loss.users does not vary" in note for note in found.tables["indices"].notes)


def test_a_reading_without_a_number_at_some_point_is_refused_with_how_many():
    found = sim.sensitivity(serial(40), [f"{FIRST}=10:40 days"], readings=["time_to_impact.users"], size=4)
    with pytest.raises(ScenarioError, match=r"time_to_impact.users has no number at \d+ of 192 points"):
        found.table()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"method": "sobool"}, "no method 'sobool'. Did you mean 'sobol'"),
        ({"size": 60}, "take a power of two"),
        ({"readings": ["loss_days.user"]}, "Did you mean 'users'"),
        ({"readings": ["los_days.users"]}, "Did you mean 'loss_days'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_is_run(more, says):
    with pytest.raises(ScenarioError, match=says):
        sim.sensitivity(serial(80), [f"{FIRST}=10:40 days"], **more)


def test_without_anything_uncertain_it_says_how_to_name_a_factor():
    with pytest.raises(ScenarioError, match="nothing is `uncertain:` in this scenario"):
        sim.sensitivity(serial(80))


# One at a time


LASTS = {"shocks.fire.duration": uniform(40, 100)}
"""Uncertain, and no factor."""


def one_at_a_time(**more):
    return weighed(serial(80), method="oat", **more)


def test_one_at_a_time_each_end_loses_what_the_closed_form_says_while_the_other_stays_as_stated():
    rows = by_factor(one_at_a_time())
    assert rows["base"].to_numpy() == pytest.approx([80 - 30 - 20] * 2)
    assert rows["low"].to_numpy() == pytest.approx([80 - 10 - 20, 80 - 30 - 5])
    assert rows["high"].to_numpy() == pytest.approx([80 - 40 - 20, 80 - 30 - 25])
    assert rows["low_change"].to_numpy() == pytest.approx([20, 15])
    assert one_at_a_time().study.points.count == 5


def test_an_uncertain_factor_stands_at_its_median_while_another_is_moved():
    data = {"uncertain": {FIRST: uniform(10, 50)}}
    found = sim.sensitivity(serial(80, **data), [FIRST, f"{SECOND}=5:25 days"], method="oat", readings=[LOST], seed=3)
    rows = by_factor(found)
    assert rows["base"].to_numpy() == pytest.approx([80 - 30 - 20] * 2)
    assert rows["low"].to_numpy() == pytest.approx([80 - 10 - 20, 80 - 30 - 5])


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_tornado_has_bars_from_the_base_to_both_ends_the_widest_on_top(width):
    figure = one_at_a_time().plot(width=width)
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in figure.axes[0].patches]
    ends = [sorted(bar) for bar in bars]
    assert ends == [pytest.approx(sorted([30, other])) for other in (50, 20, 45, 25)]
    assert_legible(figure)


def test_one_at_a_time_takes_no_size():
    with pytest.raises(ScenarioError, match="leave --size out"):
        one_at_a_time(size=8)


def test_intervals_of_a_swing_are_those_of_paired_differences():
    """The fire lasts as long as luck will have it, at all points alike, so little of the luck is left in a change."""
    found = weighed(serial(80, uncertain=LASTS), method="oat", replications=30)
    values = found.paired(LOST)
    assert values.shape == (5, 30) and np.std(values[0], ddof=1) > 5
    row = by_factor(found).loc[FIRST]
    for end, point in (("low", 1), ("high", 2)):
        change = values[point] - values[0]
        half = float(student.ppf(0.975, 29)) * np.std(change, ddof=1) / np.sqrt(30)
        assert row[f"{end}_change"] == pytest.approx(change.mean())
        assert row[f"{end}_change_low"] == pytest.approx(change.mean() - half)
        assert row[f"{end}_change_high"] == pytest.approx(change.mean() + half)
        assert half < 2 < student.ppf(0.975, 29) * np.std(values[0], ddof=1) / np.sqrt(30)


def test_a_single_replication_has_no_interval_and_says_so():
    table = one_at_a_time().tables["swings"]
    assert np.isnan(table.column("low_change")[0].low)
    assert any("an interval needs at least 2" in note for note in table.notes)


def test_of_choices_the_first_and_the_last_are_the_ends():
    data = two_sources("50 %", shocks={"shut": outage("mine_a", 50, 120)}, days=300)
    stock = "facilities.plant.buys.ore.cover=30 days,20 days,10 days"
    found = sim.sensitivity(loads(json.dumps(data)), [stock], readings=[LOST], method="oat")
    row = found.table().iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((60.0 - 35.0, 60.0 - 15.0))
    assert list(found.points.values(1)) == ["30 days"] and list(found.points.values(2)) == ["10 days"]


def test_a_distribution_without_ends_is_taken_from_its_5_to_its_95_percent_quantile():
    spread = {FIRST: {"distribution": "gamma", "mean": "24 days", "sd": "8 days"}}
    found = sim.sensitivity(serial(100, uncertain=spread), [FIRST], method="oat", readings=[LOST], seed=3)
    law = gamma(9, scale=24 / 9)
    row = found.table().iloc[0]
    ends = [float(found.points.values(point)[0].split()[0]) for point in (1, 2)]
    assert ends == pytest.approx([law.ppf(0.05), law.ppf(0.95)], rel=1e-6)
    assert [row["base"], row["low"], row["high"]] == pytest.approx(
        [100 - 20 - x for x in (law.ppf(0.5), *ends)], abs=0.01
    )
    assert re.findall(r"[0-9.]+", row["range"]) == [pytest.approx(f"{x:.4g}") for x in ends]


def test_a_tornado_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "BLOCK_DAYS", 10 * 300 * 4)
    more = {"method": "oat", "replications": 10, "workers": 1}
    whole = weighed(serial(80, uncertain=LASTS), **more)
    lived, count = workers.live, []

    def stopping(study, block):
        count.append(block)
        if len(count) == 3:
            raise KeyboardInterrupt
        return lived(study, block)

    monkeypatch.setattr(workers, "live", stopping)
    with pytest.raises(KeyboardInterrupt):
        weighed(serial(80, uncertain=LASTS), folder=tmp_path / "kept", **more)
    found = weighed(serial(80, uncertain=LASTS), folder=tmp_path / "kept", **more)
    pandas.testing.assert_frame_equal(found.table(), whole.table(), check_exact=True)
    assert len(set(count)) == len(count) - 1, "only the block that was stopped is lived through twice"
