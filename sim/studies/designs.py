"""Where to try: points of the unit cube, each a pure function of its size and the project's seed.

A design knows nothing of the scenario. `sim.studies.space` says what scenario a point stands for, `sim.results.indices`
what the outputs of all points say. A larger design of the same seed holds the smaller one, `lhs` excepted, so that a
study can be made finer without losing what was run.
"""

from collections.abc import Callable, Mapping

import numpy as np

from sim.engine.draws import LARGEST_UNIFORM, name_key
from sim.engine.records import Array
from sim.errors import ScenarioError, TooLarge
from sim.scenario.scenario import SEED_LIMIT

MOST_NUMBERS = 2**26
"""Coordinates that one design may have, all points together: half a gibibyte."""
MOST_DIMENSIONS = 10_000
"""Dimensions that one design may have: the sequence of Sobol' is known for twice as many."""
REPLICATES = 16
"""Scramblings of a Saltelli design unless said. Measured on five known functions with `POINTS`, intervals of `sobol_of`
cover 94.4 to 96.8 % of the time. Where the output is smooth the error of a scrambled mean is far from normal: there
fewer replicates, or more points in each, make intervals too wide (98.5 % with 8 of 128 points or 16 of 256).
"""
POINTS = 64
"""Points in each block of a Saltelli design unless said: with `REPLICATES`, 1,024 runs for each factor and two more."""
LEVELS = 4
"""Levels of a screening unless said."""
BITS = 53
"""Binary digits of a Sobol' point: all that a float below 1 can hold."""


def random(dimensions: int, size: int, seed: int) -> Array:
    """Points that know nothing of each other; shape (point, dimension), in [0, 1)."""
    _check(dimensions, size, size)
    return _luck(seed, "random").random((size, dimensions))


def lhs(dimensions: int, size: int, seed: int) -> Array:
    """Latin hypercube (McKay, Beckman & Conover 1979): in each dimension one point in each of `size` equal slices.

    Shape (point, dimension), in [0, 1).
    """
    _check(dimensions, size, size)
    luck = _luck(seed, "lhs")
    slices = luck.permuted(np.tile(np.arange(size), (dimensions, 1)), axis=1).T
    within = luck.random((size, dimensions))
    return np.asarray(np.minimum((slices + within) / size, LARGEST_UNIFORM))  # the last slice could round up to 1


def sobol(dimensions: int, size: int, seed: int) -> Array:
    """First points of a scrambled Sobol' sequence (Owen 1998; Matousek 1998); shape (point, dimension), in [0, 1).

    Raises ScenarioError unless `size` is a power of two: of another size the points lie unevenly, and an estimate from
    them may be worse than one from fewer.
    """
    _check(dimensions, size, size)
    return _scrambled(dimensions, size, _luck(seed, "sobol"))


DESIGNS: Mapping[str, Callable[[int, int, int], Array]] = {"random": random, "lhs": lhs, "sobol": sobol}
"""Every design of plain points, by its word: from dimensions, size and seed to shape (point, dimension)."""


def morris(dimensions: int, size: int, seed: int, levels: int = LEVELS) -> Array:
    """Trajectories of a screening, each of which moves every dimension once, in an order of its own (Morris 1991).

    Shape (trajectory, dimension + 1, dimension). Coordinates are levels 0, 1/(p - 1), …, 1, ends included, and a move
    is p/(2(p - 1)) up or down, by which every level is met equally often. Raises ScenarioError unless p is even.
    """
    if levels < 2 or levels % 2:
        raise ScenarioError(f"{levels} levels: give an even number of at least 2, for example {LEVELS}")
    _check(dimensions, size, size * (dimensions + 1))
    start = _luck(seed, "morris: start").integers(0, levels, (size, 1, dimensions))
    end = np.where(start < levels // 2, start + levels // 2, start - levels // 2)
    order = _luck(seed, "morris: order").permuted(np.tile(np.arange(dimensions), (size, 1)), axis=1)
    has_moved = order[:, np.newaxis, :] < np.arange(dimensions + 1)[:, np.newaxis]
    return np.where(has_moved, end, start) / (levels - 1)


def replicated_saltelli(dimensions: int, size: int, replicates: int, seed: int) -> Array:
    """Independent replicates of the design for Sobol' indices (Saltelli et al. 2010).

    Shape (replicate, block, point, dimension), in [0, 1): block 0 is A and block 1 is B, the halves of one scrambled
    Sobol' sequence in twice the dimensions, and block 2 + i is A with column i of B. `reshape(-1, dimensions)` gives
    all points in a row, and `blocks` takes their outputs apart again. Raises ScenarioError as `sobol` does.
    """
    if replicates < 1:
        raise ScenarioError(f"{replicates} replicates: give at least 2, for without a second there is no interval")
    _check(dimensions, size, replicates * (dimensions + 2) * size)
    columns = np.arange(dimensions)
    design = np.empty((replicates, dimensions + 2, size, dimensions))
    for r in range(replicates):
        points = _scrambled(2 * dimensions, size, _luck(seed, f"saltelli: {r}"))
        a, b = points[:, :dimensions], points[:, dimensions:]
        design[r] = a
        design[r, 1] = b
        design[r, 2 + columns, :, columns] = b.T
    return design


def blocks(outputs: Array, dimensions: int, replicates: int) -> tuple[Array, Array, Array]:
    """Outputs at A, B and AB of a Saltelli design, as `sobol_of` takes them, from those of all points in a row.

    From shape (…, point) to (…, replicate, point) twice and (…, replicate, dimension, point).
    """
    apart = outputs.reshape(*outputs.shape[:-1], replicates, dimensions + 2, -1)
    return apart[..., 0, :], apart[..., 1, :], apart[..., 2:, :]


def _scrambled(dimensions: int, size: int, luck: np.random.Generator) -> Array:
    from scipy.stats import qmc  # takes a second to import

    if size & (size - 1):
        below = 1 << (size.bit_length() - 1)
        says = f"{size:,} points of a Sobol' sequence lie unevenly: take a power of two, {below:,} or {2 * below:,}"
        raise ScenarioError(says)
    return np.asarray(qmc.Sobol(dimensions, bits=BITS, rng=luck).random(size))


def _luck(seed: int, name: str) -> np.random.Generator:
    """A generator known by the seed and the name of the design, apart from all luck of the engine."""
    if not 0 <= seed < SEED_LIMIT:
        raise ScenarioError(f"seed {seed}: give a whole number from 0 to 2^64 - 1")
    named = name_key(f"design: {name}") % SEED_LIMIT
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, named])))


def _check(dimensions: int, size: int, points: int) -> None:
    """Raises ScenarioError for a design without points or dimensions, TooLarge for one beyond all use."""
    if dimensions < 1:
        raise ScenarioError("nothing to move: name at least one factor")
    if size < 1:
        raise ScenarioError(f"a design of size {size}: give at least 1")
    if dimensions > MOST_DIMENSIONS:
        raise TooLarge(f"{dimensions:,} factors: a design moves at most {MOST_DIMENSIONS:,}")
    if points * dimensions > MOST_NUMBERS:
        most = MOST_NUMBERS // dimensions
        raise TooLarge(f"{points:,} points in {dimensions:,} dimensions: a design has at most {most:,} of these")
