"""Designs on the unit cube: where they lie, what they share, and that the seed says all."""

import numpy as np
import pytest

from sim.errors import ScenarioError, TooLarge
from sim.studies.designs import DESIGNS, blocks, lhs, morris, random, replicated_saltelli, sobol

EVERY = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)


# Every design


@EVERY
def test_every_point_lies_in_the_unit_cube_without_its_upper_ends(design):
    points = design(3, 1024, 7)
    assert points.shape == (1024, 3) and points.dtype == np.float64
    assert points.min() >= 0.0 and points.max() < 1.0


@EVERY
def test_the_seed_says_all_of_a_design_and_another_seed_gives_another(design):
    assert np.array_equal(design(3, 16, 2**64 - 1), design(3, 16, 2**64 - 1))
    assert not np.any(design(3, 16, 1) == design(3, 16, 2))


def test_designs_share_no_luck():
    found = [design(2, 8, 5) for design in DESIGNS.values()]
    assert len({float(points[0, 0]) for points in found}) == len(found)
    replicates = replicated_saltelli(1, 8, 2, 5)
    assert not np.any(replicates[0, :2] == replicates[1, :2])


@EVERY
def test_points_fill_the_cube_evenly(design):
    points = design(2, 4096, 3)
    assert points.mean(axis=0) == pytest.approx(0.5, abs=0.02)
    assert np.cov(points.T) * 12 == pytest.approx(np.eye(2), abs=0.06)


@pytest.mark.parametrize("design", [random, sobol, morris])
def test_a_larger_design_holds_the_smaller_one(design):
    assert np.array_equal(design(3, 64, 9)[:16], design(3, 16, 9))


@EVERY
def test_a_design_of_nothing_is_refused(design):
    with pytest.raises(ScenarioError, match="a design of size 0: give at least 1"):
        design(2, 0, 1)
    with pytest.raises(ScenarioError, match="name at least one factor"):
        design(0, 8, 1)
    with pytest.raises(ScenarioError, match="seed -1: give a whole number"):
        design(2, 8, -1)


@EVERY
def test_a_design_beyond_all_use_is_refused_with_the_number(design):
    with pytest.raises(TooLarge, match="134,217,728 points in 8 dimensions: a design has at most 8,388,608"):
        design(8, 2**27, 1)
    with pytest.raises(TooLarge, match="20,000 factors"):
        design(20_000, 1, 1)


# Latin hypercube and Sobol'


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_dimension():
    slices = np.floor(lhs(4, 50, 2) * 50).astype(int)
    assert np.array_equal(np.sort(slices, axis=0), np.tile(np.arange(50)[:, np.newaxis], 4))
    assert not np.array_equal(slices[:, 0], slices[:, 1])


@pytest.mark.parametrize("cells", [(64, 1), (8, 8), (2, 32)])
def test_sobol_points_lie_one_to_each_elementary_box(cells):
    points = sobol(2, 64, 11)
    boxes = np.floor(points * np.array(cells)).astype(int)
    assert len(np.unique(boxes, axis=0)) == 64


def test_a_sobol_sequence_of_no_power_of_two_is_refused_with_the_nearest_two():
    with pytest.raises(ScenarioError, match="1,000 points .* take a power of two, 512 or 1,024"):
        sobol(3, 1000, 1)
    with pytest.raises(ScenarioError, match="48 points .* 32 or 64"):
        replicated_saltelli(3, 48, 4, 1)
    assert sobol(3, 1, 1).shape == (1, 3)


def test_scrambling_keeps_points_uniform_from_seed_to_seed():
    first = np.array([sobol(1, 1, seed)[0, 0] for seed in range(400)])
    counts = np.histogram(first, bins=10, range=(0, 1))[0]
    assert np.sum((counts - 40) ** 2 / 40) < 27.9  # chi-square with 9 degrees of freedom, one in a thousand


# Screening


def test_each_move_of_a_trajectory_moves_one_factor_by_the_step_and_each_factor_moves_once():
    paths = morris(5, 30, 4)
    moves = np.diff(paths, axis=1)
    assert paths.shape == (30, 6, 5)
    assert np.count_nonzero(moves, axis=2).tolist() == [[1] * 5] * 30
    assert np.count_nonzero(moves, axis=1).tolist() == [[1] * 5] * 30
    assert np.abs(moves[moves != 0]) == pytest.approx(4 / (2 * 3))
    orders = {tuple(np.nonzero(trajectory)[1]) for trajectory in moves}
    assert len(orders) > 20


@pytest.mark.parametrize("levels", [2, 4, 6])
def test_every_level_is_met_equally_often_and_half_of_all_moves_go_up(levels):
    paths = morris(2, 3000, 8, levels=levels)
    met, times = np.unique(paths, return_counts=True)
    assert met == pytest.approx(np.arange(levels) / (levels - 1))
    assert times / paths.size == pytest.approx(1 / levels, abs=0.02)
    moves = np.diff(paths, axis=1)
    assert np.mean(moves[moves != 0] > 0) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("levels", [0, 1, 3, 5])
def test_an_odd_number_of_levels_is_refused(levels):
    with pytest.raises(ScenarioError, match="give an even number of at least 2, for example 4"):
        morris(2, 4, 1, levels=levels)


# Saltelli


def test_block_ab_is_a_with_one_column_of_b():
    design = replicated_saltelli(3, 8, 2, 6)
    assert design.shape == (2, 5, 8, 3)
    a, b = design[:, 0], design[:, 1]
    for i in range(3):
        for column in range(3):
            assert np.array_equal(design[:, 2 + i, :, column], (b if i == column else a)[:, :, column])


def test_a_and_b_are_halves_of_one_sequence():
    design = replicated_saltelli(1, 64, 1, 6)
    both = np.stack([design[0, 0, :, 0], design[0, 1, :, 0]], axis=1)
    assert len(np.unique(np.floor(both * 8), axis=0)) == 64


def test_more_replicates_keep_those_there_are():
    assert np.array_equal(replicated_saltelli(2, 16, 6, 3)[:4], replicated_saltelli(2, 16, 4, 3))


def test_outputs_of_all_points_in_a_row_come_apart_into_the_blocks_they_belong_to():
    design = replicated_saltelli(3, 8, 4, 6)
    flat = design.reshape(-1, 3)
    a, b, ab = blocks(np.stack([flat[:, 0], flat @ [1.0, 2.0, 4.0]]), 3, 4)
    assert (a.shape, b.shape, ab.shape) == ((2, 4, 8), (2, 4, 8), (2, 4, 3, 8))
    assert np.array_equal(a[0], design[:, 0, :, 0]) and np.array_equal(b[0], design[:, 1, :, 0])
    assert np.array_equal(ab[1], design[:, 2:] @ [1.0, 2.0, 4.0])


def test_a_design_without_replicates_is_refused():
    with pytest.raises(ScenarioError, match="give at least 2"):
        replicated_saltelli(2, 8, 0, 1)
