"""How far a forecast was from what was seen: figures by hand, ties, and nothing to compare."""

import datetime
import math

import numpy as np
import pytest
from histories import entry, series

from sim.results.backtest_tables import Trial, backtest_table, shapes_table
from sim.results.fits import _correlation
from sim.results.scores import alone, coverage, score_of, shape_of
from sim.results.sightings import Sighting, seen_of
from sim.scenario.observed import Observed
from sim.scenario.series import Series

NAN = math.nan


def sighting(seen, modelled, **observed):
    """Shares seen from January 2025 on, beside the replications of a model, shape (period, replication)."""
    values = {f"2025-{month:02d}": 100.0 * share for month, share in enumerate(seen, 1)}
    of = Observed.model_validate(entry(level="100 t", **observed))
    found = seen_of("ore", of, Series.model_validate(series(values)), datetime.date(2025, 1, 1), 366)
    return Sighting(found, np.asarray(modelled, float))


# One forecast


def test_the_error_is_the_mean_distance_and_the_bias_the_mean_difference():
    score = score_of(np.array([0.5, 1.0, 1.2]), np.array([0.4, 1.2, 1.0]))
    assert score.error == pytest.approx(0.5 / 3) and score.bias == pytest.approx(0.1 / 3)
    assert score.total == pytest.approx(2.7 / 2.6 - 1.0) and score.periods == 3


def test_the_rank_correlation_is_of_ranks_by_hand():
    """Ranks 1 2 3 4 beside 1 3 2 4: one less six times the squares, 2, over 4 times 15."""
    assert score_of(np.array([1.0, 2.0, 3.0, 9.0]), np.array([0.0, 5.0, 4.0, 6.0])).rank == pytest.approx(0.8)


def test_ties_share_their_rank_whatever_their_order():
    """Ranks 1.5 1.5 3 4 beside 1 2 3 4, by hand: 4.5 over the root of 4.5 times 5."""
    one, other = np.array([0.0, 0.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0, 4.0])
    assert score_of(one, other).rank == pytest.approx(4.5 / math.sqrt(4.5 * 5.0))
    turned = [1, 0, 2, 3]
    assert score_of(one[turned], other[turned]).rank == pytest.approx(score_of(one, other).rank)
    assert _correlation(one, other) == pytest.approx(4.5 / math.sqrt(4.5 * 5.0))


def test_only_ties_say_nothing_of_order():
    assert math.isnan(score_of(np.ones(4), np.arange(4.0)).rank) and _correlation(np.ones(4), np.arange(4.0)) == 0.0


def test_only_what_both_know_is_compared():
    score = score_of(np.array([NAN, 0.5, 1.0]), np.array([0.4, NAN, 0.8]))
    assert score.periods == 1 and score.error == pytest.approx(0.2) and math.isnan(score.rank)


def test_a_forecast_of_nothing_has_no_score():
    for forecast in (np.array([]), np.array([NAN])):
        score = score_of(forecast, np.ones(forecast.size))
        assert score.periods == 0 and math.isnan(score.error) and math.isnan(score.total)


def test_beside_a_sum_of_nothing_there_is_no_share_of_it():
    score = score_of(np.array([0.1, 0.3]), np.zeros(2))
    assert math.isnan(score.total) and score.error == pytest.approx(0.2)


# Replications


def test_coverage_counts_what_lies_in_the_middle_four_fifths():
    band = np.tile(np.linspace(0.0, 1.0, 11), (4, 1))
    found = sighting([0.05, 0.1, 0.5, 0.95], band)
    assert coverage(found, np.array([True] * 4)) == 0.5
    assert coverage(found, np.array([True, False, False, True])) == 0.0
    assert coverage(found, np.array([False, True, False, False])) == 1.0, "an end belongs to the band"


def test_nothing_beside_next_to_nothing_is_covered():
    found = sighting([0.0, 0.5], np.array([[1e-17, 1e-17], [0.5, 0.5]]))
    assert coverage(found, np.array([True, True])) == 1.0


def test_no_scored_period_has_neither_coverage_nor_error():
    found = sighting([0.5], [[0.5]])
    none = np.array([False])
    assert math.isnan(coverage(found, none)) and math.isnan(alone(found, none))


def test_a_single_run_is_off_by_more_than_the_median_of_many():
    found = sighting([0.5, 0.5], [[0.3, 0.5, 0.7], [0.2, 0.5, 0.5]])
    assert alone(found, np.array([True, True])) == pytest.approx((0.2 + 0 + 0.2 + 0.3) / 6)
    assert score_of(found.median, found.seen.shares).error == 0.0


# The shape


@pytest.mark.parametrize(
    ("shares", "trough", "when", "back"),
    [
        ([1.0, 0.2, 0.5, 0.8, 0.4], 0.2, "2025-02", "2025-04"),
        ([1.0, 0.0, 0.0, 0.5, 0.7], 0.0, "2025-02", ""),
        ([1.0, 1e-17, 0.0, 0.5, 0.8 - 1e-12], 0.0, "2025-02", "2025-05"),
        ([1.0, 0.95, 0.9, 1.0, 1.0], 0.9, "2025-03", "2025-03"),
    ],
)
def test_the_trough_is_the_first_of_the_lowest_and_back_is_four_fifths_after_it(shares, trough, when, back):
    found = shape_of(np.array(shares), sighting(shares, [[0.0]] * 5).seen.periods)
    assert (found.trough_in, found.back_in) == (when, back) and found.trough == pytest.approx(trough, abs=1e-9)


# The table


def trial(seen, model, **windows):
    held = sighting(seen, np.tile(np.array(model, float)[:, None], (1, 3)), **windows)
    return Trial("an episode", held, np.full(len(seen), NAN), None)


WINDOWS = {
    "fit": {"from": "2025-01-01", "until": "2025-02-01"},
    "score": {"from": "2025-02-01", "until": "2025-06-01"},
}


def test_only_scored_periods_are_scored_and_fitted_ones_belong_to_the_shape():
    one = trial([0.1, 0.5, 0.9, 1.0, 1.0], [0.9, 0.4, 0.9, 1.0, 1.0], **WINDOWS)
    row = dict(zip([c.name for c in backtest_table([one]).columns], backtest_table([one]).rows[0], strict=True))
    assert row["periods"] == 4 and row["model"] == pytest.approx(0.025) and row["no_change"] == pytest.approx(0.15)
    assert row["last_value"] == pytest.approx(0.75) and row["stop"] is None and row["nearest"] is None
    shape = dict(zip([c.name for c in shapes_table([one]).columns], shapes_table([one]).rows[0], strict=True))
    assert shape["trough_in_seen"] == "2025-01" and shape["trough_in_model"] == "2025-02"


def test_the_model_beats_no_forecast_by_less_than_a_two_hundredth():
    better, alike, worse = (
        trial([0.1, 0.5, 0.5, 0.5, 0.5], [0.0, *[1.0 - by] * 4], **WINDOWS) for by in (0.01, 0.004, -0.2)
    )
    assert "no_change" not in better.unbeaten
    assert "no_change" in alike.unbeaten and "no_change" in worse.unbeaten
