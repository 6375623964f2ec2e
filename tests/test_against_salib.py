"""SALib is the oracle: the same outputs give the same indices and effects, whoever laid the points."""

import numpy as np
import pytest

from sim.results.indices import morris_of, sobol_of
from sim.studies.designs import blocks, morris, replicated_saltelli

pytest.importorskip("SALib")  # the imports below need it

from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from SALib.sample import morris as salib_trajectories
from SALib.sample import sobol as salib_points
from SALib.test_functions import Ishigami, Sobol_G

G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
ISHIGAMI = (3, lambda unit: Ishigami.evaluate(np.pi * (2 * unit - 1)))
G_FUNCTION = (5, lambda unit: Sobol_G.evaluate(unit, a=G))
BOTH = pytest.mark.parametrize(("factors", "world"), [ISHIGAMI, G_FUNCTION], ids=["ishigami", "g"])
KNOWN = {
    "ishigami": ([0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]),
    "g": (Sobol_G.sensitivity_index(G), Sobol_G.total_sensitivity_index(G)),
}


def problem(factors):
    return {"num_vars": factors, "names": [f"x{i}" for i in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def in_salib_order(a, b, ab):
    """Outputs point by point: A, then every AB, then B."""
    rows = [a.ravel(), *np.moveaxis(ab, -2, 0).reshape(ab.shape[-2], -1), b.ravel()]
    return np.stack(rows, axis=1).ravel()


def from_salib_order(outputs, factors):
    """Outputs of SALib's points as one replicate: A, B, AB."""
    rows = outputs.reshape(-1, factors + 2).T
    return rows[:1], rows[-1:], rows[np.newaxis, 1:-1]


@BOTH
def test_the_same_outputs_have_the_same_indices(factors, world):
    a, b, ab = blocks(world(replicated_saltelli(factors, 64, 4, 1).reshape(-1, factors)), factors, 4)
    ours = sobol_of(a, b, ab)
    theirs = salib_sobol.analyze(problem(factors), in_salib_order(a, b, ab), calc_second_order=False, seed=1)
    assert ours.total == pytest.approx(theirs["ST"], abs=1e-12)
    assert ours.first == pytest.approx(theirs["S1"], abs=0.005)  # they centre at the mean over AB too
    middle = np.mean([a, b])
    centred = [one.ravel() - middle for one in (a, b)]
    exact = [
        float(salib_sobol.first_order(centred[0], one, centred[1]))
        for one in np.moveaxis(ab, -2, 0).reshape(factors, -1) - middle
    ]
    assert ours.first == pytest.approx(exact, abs=1e-12)


@BOTH
def test_points_laid_by_salib_have_the_indices_it_finds(factors, world):
    points = salib_points.sample(problem(factors), 1024, calc_second_order=False, seed=3)
    theirs = salib_sobol.analyze(problem(factors), world(points), calc_second_order=False, seed=1)
    ours = sobol_of(*from_salib_order(world(points), factors))
    assert ours.total == pytest.approx(theirs["ST"], abs=1e-12)
    assert ours.first == pytest.approx(theirs["S1"], abs=0.002)
    assert ours.note == "one replicate: an interval needs at least 2" and np.all(np.isnan(ours.first_low))


@pytest.mark.parametrize(("name", "factors", "world"), [("ishigami", *ISHIGAMI), ("g", *G_FUNCTION)])
def test_a_fine_design_comes_to_the_indices_of_the_formula(name, factors, world):
    outputs = world(replicated_saltelli(factors, 4096, 16, 1).reshape(-1, factors))
    found = sobol_of(*blocks(outputs, factors, 16))
    first, total = KNOWN[name]
    assert found.first == pytest.approx(first, abs=0.004)
    assert found.total == pytest.approx(total, abs=0.004)


@BOTH
@pytest.mark.parametrize("levels", [4, 6])
def test_the_same_trajectories_have_the_same_effects(factors, world, levels):
    paths = morris(factors, 25, 2, levels=levels)
    outputs = world(paths.reshape(-1, factors))
    theirs = salib_morris.analyze(problem(factors), paths.reshape(-1, factors), outputs, num_levels=levels, seed=1)
    ours = morris_of(outputs.reshape(25, -1), paths)
    for name in ("mu", "mu_star", "sigma"):
        assert getattr(ours, name) == pytest.approx(np.asarray(theirs[name], float), rel=1e-10, abs=1e-10)


@BOTH
def test_trajectories_laid_by_salib_have_the_effects_and_about_the_interval_it_finds(factors, world):
    points = salib_trajectories.sample(problem(factors), 40, num_levels=4, seed=5)
    outputs = world(points)
    theirs = salib_morris.analyze(problem(factors), points, outputs, num_levels=4, num_resamples=4000, seed=1)
    ours = morris_of(outputs.reshape(40, -1), points.reshape(40, -1, factors))
    for name in ("mu", "mu_star", "sigma"):
        assert getattr(ours, name) == pytest.approx(np.asarray(theirs[name], float), rel=1e-10, abs=1e-10)
    half = (ours.mu_star_high - ours.mu_star_low) / 2
    assert half == pytest.approx(np.asarray(theirs["mu_star_conf"], float), rel=0.12, abs=1e-12)
