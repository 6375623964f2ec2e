"""What a sensitivity study says, against worlds solved by hand; and that 95 % intervals hold 95 % of the time."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from sim.results.indices import elementary, morris_of, sobol_of
from sim.studies.designs import POINTS, REPLICATES, blocks, morris, replicated_saltelli

TRIALS = 600


# Worlds of three factors, each uniform from 0 to 1, and their indices by hand


def additive(x):
    """Variance of each term is its weight squared / 12."""
    return 100 + x @ np.array([1.0, 2.0, 3.0])


def product(x):
    """(1 + x) (1 + y), whose factors have mean 3/2 and variance 1/12, so 1/27 of the squared mean; z does nothing."""
    return (1 + x[..., 0]) * (1 + x[..., 1])


def shortage(x):
    """What x and y together are beyond 1: mean 1/6, variance 1/18, and x alone explains x²/2, of variance 1/45."""
    return np.maximum(0.0, x[..., 0] + x[..., 1] - 1)


def ishigami(x):
    angle = np.pi * (2 * x - 1)
    return np.sin(angle[..., 0]) + 7 * np.sin(angle[..., 1]) ** 2 + 0.1 * angle[..., 2] ** 4 * np.sin(angle[..., 0])


def g_function(x):
    a = np.array([0.0, 1.0, 4.5])
    return np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=-1)


def of_ishigami():
    main, both = 0.1 * math.pi**4 / 5 + 0.01 * math.pi**8 / 50 + 0.5, 0.01 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = main + 49 / 8 + both
    return np.array([main, 49 / 8, 0.0]) / whole, np.array([main + both, 49 / 8, both]) / whole


def of_g_function():
    own = 1 / 3 / (1 + np.array([0.0, 1.0, 4.5])) ** 2
    whole = np.prod(1 + own) - 1
    return own / whole, own * np.prod(1 + own) / (1 + own) / whole


WEIGHTS = np.array([1, 4, 9]) / 14
ALONE, WITH = 27 / 55, 28 / 55
WORLDS = {
    "additive": (additive, WEIGHTS, WEIGHTS),
    "product": (product, [ALONE, ALONE, 0], [WITH, WITH, 0]),
    "shortage": (shortage, [0.4, 0.4, 0], [0.6, 0.6, 0]),
    "ishigami": (ishigami, *of_ishigami()),
    "g": (g_function, *of_g_function()),
}
EVERY = pytest.mark.parametrize(("world", "first", "total"), WORLDS.values(), ids=WORLDS)


def found(world, points=1024, replicates=8, seed=1):
    return sobol_of(*blocks(world(replicated_saltelli(3, points, replicates, seed).reshape(-1, 3)), 3, replicates))


# Sobol'


@EVERY
def test_indices_are_those_worked_out_by_hand(world, first, total):
    indices = found(world)
    assert indices.first == pytest.approx(np.array(first), abs=0.01)
    assert indices.total == pytest.approx(np.array(total), abs=0.01)
    assert indices.note == ""


def test_variance_is_that_of_the_output():
    assert found(additive).variance == pytest.approx(14 / 12, rel=1e-3)
    assert found(shortage).variance == pytest.approx(1 / 18, rel=0.01)


def test_in_an_additive_world_shares_sum_to_one_and_nothing_takes_part_in_more():
    indices = found(additive)
    assert indices.first.sum() == pytest.approx(1, abs=0.005)
    assert indices.total == pytest.approx(indices.first, abs=0.005)


def test_a_factor_that_does_nothing_has_no_share_and_no_doubt_about_it():
    indices = found(product)
    for one in (indices.first, indices.first_low, indices.first_high, indices.total, indices.total_high):
        assert one[2] == 0.0


def test_neither_unit_nor_level_of_the_output_matters():
    plain, moved = found(ishigami), found(lambda x: 1e6 + 1000 * ishigami(x))
    assert moved.first == pytest.approx(plain.first, abs=1e-8)
    assert moved.first_high == pytest.approx(plain.first_high, abs=1e-8)
    assert moved.total_low == pytest.approx(plain.total_low, abs=1e-8)


def test_several_outputs_stand_before_and_each_is_judged_by_itself():
    flat = replicated_saltelli(3, 64, 8, 1).reshape(-1, 3)
    together = sobol_of(*blocks(np.stack([additive(flat), shortage(flat)]), 3, 8))
    assert together.first.shape == (2, 3) and together.variance.shape == (2,)
    for row, world in enumerate((additive, shortage)):
        alone = sobol_of(*blocks(world(flat), 3, 8))
        assert together.first[row] == pytest.approx(alone.first, abs=1e-15)
        assert together.total_high[row] == pytest.approx(alone.total_high, abs=1e-15)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e12])
def test_an_output_that_does_not_vary_has_no_index_and_says_so(constant):
    indices = found(lambda x: constant + 1e-14 * constant * x[:, 0])
    for one in (indices.first, indices.first_low, indices.total, indices.total_high):
        assert np.all(np.isnan(one))
    assert indices.variance == 0.0
    assert indices.note == "the output does not vary: there is nothing to divide among factors"


def test_a_constant_beside_others_leaves_them_alone():
    flat = replicated_saltelli(3, 16, 4, 1).reshape(-1, 3)
    one = sobol_of(*blocks(np.stack([additive(flat), 0 * flat[:, 0]]), 3, 4))
    assert np.isfinite(one.first[0]).all() and np.isnan(one.first[1]).all()
    assert one.note.startswith("one of 2 outputs does not vary")
    two = sobol_of(*blocks(np.stack([additive(flat), 0 * flat[:, 0], 0 * flat[:, 0]]), 3, 4))
    assert two.note.startswith("2 of 3 outputs do not vary")


def test_a_loss_seen_in_one_replicate_only_has_an_interval_all_the_same():
    outputs = np.zeros((8, 5, 16))
    outputs[3, :, 5] = (1.0, 0.0, 1.0, 0.0, 0.0)
    indices = sobol_of(outputs[:, 0], outputs[:, 1], outputs[:, 2:])
    assert np.isfinite(indices.first_low).all() and np.isfinite(indices.total_high).all()


def test_outputs_that_are_not_finite_are_refused_with_their_number():
    a, b, ab = blocks(additive(replicated_saltelli(3, 16, 4, 1).reshape(-1, 3)), 3, 4)
    a, ab = a.copy(), ab.copy()
    a[0, 0], ab[1, 2, 3], ab[2, 2, 3] = math.nan, math.inf, -math.inf
    with pytest.raises(ValueError, match="3 of 320 outputs are missing or infinite"):
        sobol_of(a, b, ab)


def test_one_replicate_has_indices_and_no_interval():
    indices = found(additive, replicates=1)
    assert indices.first == pytest.approx(WEIGHTS, abs=0.02) and np.isnan(indices.total_high).all()
    assert indices.note == "one replicate: an interval needs at least 2"


# Intervals


def band(trials):
    """Covered trials, of so many, that chance allows a 95 % interval 99.9 % of the time."""
    return binom.ppf(0.0005, trials, 0.95), binom.ppf(0.9995, trials, 0.95)


def covered(low, high, truth):
    """Trials whose interval holds the truth, for each factor; where nothing varies a hair's breadth is allowed."""
    hair = 1e-12
    return np.count_nonzero((low - hair <= truth) & (truth <= high + hair), axis=0)


@pytest.fixture(scope="module")
def trials():
    """Six hundred designs of the default size, which share nothing: shape (trial, replicate, block, point, factor)."""
    return replicated_saltelli(3, POINTS, REPLICATES * TRIALS, 2025).reshape(TRIALS, REPLICATES, 5, POINTS, 3)


@EVERY
def test_intervals_hold_the_truth_95_times_in_a_hundred(world, first, total, trials):
    outputs = world(trials)
    indices = sobol_of(outputs[..., 0, :], outputs[..., 1, :], outputs[..., 2:, :])
    fewest, most = band(TRIALS)
    moves = np.array(total) > 0
    for low, high, truth in (
        (indices.first_low, indices.first_high, first),
        (indices.total_low, indices.total_high, total),
    ):
        times = covered(low, high, np.array(truth))
        assert np.all((fewest <= times[moves]) & (times[moves] <= most)), times / TRIALS
        assert np.all(times[~moves] == TRIALS)


def test_estimates_are_right_on_average(trials):
    outputs = ishigami(trials)
    indices = sobol_of(outputs[..., 0, :], outputs[..., 1, :], outputs[..., 2:, :])
    for estimate, truth in zip((indices.first, indices.total), of_ishigami(), strict=True):
        error = np.std(estimate, axis=0, ddof=1) / math.sqrt(TRIALS)
        assert np.all(np.abs(np.mean(estimate, axis=0) - truth) < 3.3 * error)


# Screening


def test_effects_of_an_additive_world_are_its_weights_and_do_not_spread():
    paths = morris(3, 10, 1)
    effects = morris_of(additive(paths), paths)
    assert effects.mu == pytest.approx([1, 2, 3]) and effects.mu_star == pytest.approx([1, 2, 3])
    assert effects.mu_high - effects.mu_low == pytest.approx([0, 0, 0], abs=1e-10)
    assert effects.sigma == pytest.approx([0, 0, 0], abs=1e-10)


def test_effects_that_go_both_ways_cancel_in_the_mean_and_not_in_the_size():
    paths = morris(2, 400, 1)
    effects = morris_of((paths[..., 0] - 0.5) * (paths[..., 1] - 0.5), paths)
    assert effects.mu == pytest.approx([0, 0], abs=0.06)
    assert effects.mu_star == pytest.approx([1 / 3, 1 / 3], abs=0.03)  # of sizes 1/6 and 1/2, equally often
    assert effects.sigma == pytest.approx([math.sqrt(5) / 6] * 2, abs=0.03)


def test_students_interval_of_effects_as_tabled():
    path = np.array([[[0.0], [1.0]]] * 4)
    effects = morris_of(np.array([[0.0, 1.0], [0.0, 2.0], [5.0, 8.0], [0.0, 4.0]]), path)
    half = 3.182446 * math.sqrt(5 / 3) / 2
    assert (effects.mu[0], effects.mu_low[0], effects.mu_high[0]) == pytest.approx((2.5, 2.5 - half, 2.5 + half))
    assert effects.sigma[0] == pytest.approx(math.sqrt(5 / 3))
    assert 0 < effects.sigma_low[0] < effects.sigma[0] < effects.sigma_high[0]


def test_a_move_down_counts_as_the_move_up_would():
    path = np.array([[[1 / 3], [1.0]], [[1.0], [1 / 3]]])
    assert elementary(np.array([[2.0, 6.0], [6.0, 2.0]]), path) == pytest.approx(np.array([[6.0], [6.0]]))


def test_the_size_of_an_effect_is_not_negative_whatever_the_interval():
    path = np.array([[[0.0], [1.0]]] * 3)
    effects = morris_of(np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 3.0]]), path)
    assert effects.mu_low[0] < 0 and effects.mu_star_low[0] == 0


def test_one_trajectory_has_effects_and_no_interval():
    paths = morris(3, 1, 1)
    effects = morris_of(additive(paths), paths)
    assert effects.mu == pytest.approx([1, 2, 3])
    assert np.isnan(effects.mu_low).all() and np.isnan(effects.sigma).all()
    assert effects.note == "one trajectory: an interval needs at least 2"


def test_no_interval_of_sigma_is_claimed_where_the_jackknife_sees_none():
    path = np.array([[[0.0], [1.0]]] * 4)
    halves = morris_of(np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 3.0], [0.0, 3.0]]), path)
    lonely = morris_of(np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 3.0]]), path)
    assert halves.sigma[0] > 0 and np.isnan(halves.sigma_low[0])
    assert lonely.sigma[0] > 0 and np.isnan(lonely.sigma_high[0])


def test_missing_outputs_of_a_screening_are_refused_with_their_number():
    paths = morris(3, 4, 1)
    outputs = additive(paths)
    outputs[2, 1] = math.nan
    with pytest.raises(ValueError, match="1 of 16 outputs are missing or infinite"):
        morris_of(outputs, paths)


def exact_effects(world):
    """Every effect there is on four levels, each as likely: shape (effect, factor)."""
    corners = np.array(list(itertools.product((0, 1 / 3, 2 / 3, 1), repeat=3)))
    effects = []
    for i in range(3):
        low = corners[corners[:, i] < 0.5]
        effects.append((world(low + np.eye(3)[i] * 2 / 3) - world(low)) * 1.5)
    return np.array(effects).T


@pytest.mark.parametrize("world", [shortage, g_function])
def test_intervals_of_a_screening_hold_the_truth_95_times_in_a_hundred(world):
    size = 50
    paths = morris(3, size * TRIALS, 7).reshape(TRIALS, size, 4, 3)
    effects, truth = morris_of(world(paths), paths), exact_effects(world)
    fewest, most = band(TRIALS)
    moves = np.ptp(np.abs(truth), axis=0) > 1e-12
    for low, high, exact in (
        (effects.mu_low, effects.mu_high, truth.mean(axis=0)),
        (effects.mu_star_low, effects.mu_star_high, np.abs(truth).mean(axis=0)),
        (effects.sigma_low, effects.sigma_high, truth.std(axis=0)),
    ):
        times = covered(low, high, exact)[moves]
        assert np.all((fewest <= times) & (times <= most)), times / TRIALS
