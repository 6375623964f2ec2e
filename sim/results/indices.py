"""What a sensitivity study says: which factor the output hangs on, with intervals that hold at their stated rate.

Points of a Sobol' sequence are not independent, and the bootstrap over them gives intervals that are too wide. So the
design comes in replicates, each scrambled anew: what is estimated from one replicate is independent of the others, and
Student's interval over replicates holds (L'Ecuyer, Nakayama, Owen & Tuffin 2023).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results.statistics import CONFIDENCE

ROUNDING: Final = 1e-12
"""An output that varies by less than this share of its size does not vary."""
NOTHING: Final = "there is nothing to divide among factors"
CONSTANT: Final = f"does not vary: {NOTHING}"
ALONE: Final = "one replicate: an interval needs at least 2"
ONE_PATH: Final = "one trajectory: an interval needs at least 2"


@dataclass(frozen=True)
class Indices:
    """Sobol' indices of each output; intervals are 95 %. All but the last two have shape (…, factor).

    An output that does not vary has no index: nan.
    """

    first: Array
    """Share of variance that would go if the factor were known, the others not: its effect on its own."""
    first_low: Array
    first_high: Array
    total: Array
    """Share of variance that would stay if all but the factor were known: its effect with all it takes part in."""
    total_low: Array
    total_high: Array
    variance: Array
    """Of the output, in its unit squared; shape (…)."""
    note: str
    """What must be said with them; empty if nothing."""


@dataclass(frozen=True)
class Effects:
    """Elementary effects of each output, as change of output over the whole range of a factor; shape (…, factor).

    Intervals are 95 %, and nan for a single trajectory.
    """

    mu: Array
    """Mean effect: which way it goes."""
    mu_low: Array
    mu_high: Array
    mu_star: Array
    """Mean size of the effect, whichever way it goes: how much the factor matters."""
    mu_star_low: Array
    mu_star_high: Array
    sigma: Array
    """Standard deviation of the effect: how far it hangs on where the other factors and this one stand."""
    sigma_low: Array
    sigma_high: Array
    note: str
    """What must be said with them; empty if nothing."""


def sobol_of(f_a: Array, f_b: Array, f_ab: Array) -> Indices:
    """Indices from outputs at A, B and AB of a replicated Saltelli design, as `sim.studies.designs.blocks` gives them.

    Shapes (…, replicate, point) twice and (…, replicate, factor, point); what stands before are outputs, if there are
    several. First order by Saltelli et al. (2010), total by Jansen (1999), of centred outputs, over the variance of A
    and B; numerators and variance are pooled over replicates before they are divided. Raises ValueError if an output
    is not finite.
    """
    _check_finite(f_a, f_b, f_ab)
    a, b, ab, constant = _centred(f_a, f_b, f_ab)
    step = ab - a[..., np.newaxis, :]
    variance = np.mean(np.square(a) + np.square(b), axis=-1) / 2
    first = _shares(np.mean(b[..., np.newaxis, :] * step, axis=-1), variance)
    total = _shares(np.mean(np.square(step), axis=-1) / 2, variance)
    shares = (*first, total[0], np.maximum(total[1], 0.0), total[2])
    s, low, high, t, t_low, t_high = (np.where(constant[..., np.newaxis], math.nan, one) for one in shares)
    spread = np.where(constant, 0.0, np.mean(variance, axis=-1))
    return Indices(s, low, high, t, t_low, t_high, spread, _note(constant, f_a.shape[-2]))


def morris_of(values: Array, trajectories: Array) -> Effects:
    """Effects from outputs along the trajectories of `sim.studies.designs.morris`.

    Shapes (…, trajectory, factor + 1), with outputs first if there are several, and (trajectory, factor + 1, factor).
    Means over trajectories have Student's interval, sigma that of its logarithm by the jackknife (Miller 1968), which
    holds where effects take many values: where they take two, it covers 76 % of the time at 10 trajectories, 88 % at
    50. See Morris (1991); mu_star is of Campolongo, Cariboni & Saltelli (2007). Raises ValueError if an output is not
    finite.
    """
    _check_finite(values)
    effects = elementary(values, trajectories)
    mu = _mean_interval(effects)
    size, low, high = _mean_interval(np.abs(effects))
    note = ONE_PATH if effects.shape[-2] < 2 else ""
    return Effects(*mu, size, np.maximum(low, 0.0), high, *_spread_interval(effects), note=note)


def elementary(values: Array, trajectories: Array) -> Array:
    """The effect of each factor where each trajectory moves it; shape (…, trajectory, factor)."""
    moves = np.diff(trajectories, axis=-2)  # (trajectory, move, factor), with one entry that is not 0 in each move
    steps = np.diff(values, axis=-1)[..., np.newaxis]
    return np.asarray(np.sum(steps * np.sign(moves), axis=-2) / np.sum(np.abs(moves), axis=-2))


def _check_finite(*outputs: Array) -> None:
    bad = sum(int(np.count_nonzero(~np.isfinite(one))) for one in outputs)
    if bad:
        count = sum(one.size for one in outputs)
        raise ValueError(
            f"{bad:,} of {count:,} outputs are missing or infinite: choose a figure that every run has, "
            "such as a loss, or take out the factor values that have none"
        )


def _centred(f_a: Array, f_b: Array, f_ab: Array) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """The outputs less their mean at A and B, and which of them are constant, shape (…)."""
    low = np.minimum(np.min(f_ab, axis=(-3, -2, -1)), np.minimum(f_a, f_b).min(axis=(-2, -1)))
    high = np.maximum(np.max(f_ab, axis=(-3, -2, -1)), np.maximum(f_a, f_b).max(axis=(-2, -1)))
    constant = np.asarray(high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high)))
    mean = np.mean(f_a + f_b, axis=(-2, -1), keepdims=True) / 2
    return f_a - mean, f_b - mean, f_ab - mean[..., np.newaxis], constant


def _note(constant: NDArray[np.bool_], replicates: int) -> str:
    count = int(np.count_nonzero(constant))
    whose = "the output" if constant.size == 1 else f"one of {constant.size:,} outputs"
    if count:
        return f"{whose} {CONSTANT}" if count == 1 else f"{count:,} of {constant.size:,} outputs do not vary: {NOTHING}"
    return ALONE if replicates < 2 else ""


def _shares(parts: Array, variance: Array) -> tuple[Array, Array, Array]:
    """Pooled ratio of parts (…, replicate, factor) to variance (…, replicate), with its interval by the delta method.

    The jackknife gives the same intervals to the third digit, and none where all variance is in one replicate.
    """
    whole = np.mean(variance, axis=-1)[..., np.newaxis]
    whole = np.where(whole > 0.0, whole, math.nan)
    share = np.mean(parts, axis=-2) / whole
    residuals = (parts - share[..., np.newaxis, :] * variance[..., np.newaxis]) / whole[..., np.newaxis, :]
    half = _half(residuals)
    return share, share - half, share + half


def _mean_interval(values: Array) -> tuple[Array, Array, Array]:
    """Mean over the last axis but one, with Student's interval."""
    mean, half = np.mean(values, axis=-2), _half(values)
    return mean, mean - half, mean + half


def _spread_interval(values: Array) -> tuple[Array, Array, Array]:
    """Standard deviation over the last axis but one, with the interval of its logarithm by the jackknife.

    nan where leaving one out leaves no deviation or changes none, as with two values equally often, or fewer than two
    are left; no width where there is no deviation at all.
    """
    n = values.shape[-2]
    away = values - np.mean(values, axis=-2, keepdims=True)
    away = np.where(np.abs(away) <= ROUNDING * np.max(np.abs(values), axis=-2, keepdims=True), 0.0, away)
    squares = np.sum(np.square(away), axis=-2)
    sigma = np.sqrt(squares / (n - 1)) if n > 1 else np.full(squares.shape, math.nan)
    if n < 3:
        return sigma, np.full(sigma.shape, math.nan), np.full(sigma.shape, math.nan)
    left = squares[..., np.newaxis, :] - np.square(away) * (n / (n - 1))  # squares about the mean without each
    logs = np.log(left, where=left > ROUNDING * squares[..., np.newaxis, :], out=np.full(left.shape, math.nan)) / 2
    half = (n - 1) * _half(logs)
    half = np.where(squares > 0.0, np.where(half > ROUNDING, half, math.nan), 0.0)
    return sigma, sigma * np.exp(-half), sigma * np.exp(half)


def _half(values: Array) -> Array:
    """Half of Student's 95 % interval of the mean over the last axis but one; nan for a single value."""
    n = values.shape[-2]
    if n < 2:
        return np.full((*values.shape[:-2], values.shape[-1]), math.nan)
    from scipy.special import stdtrit

    wide = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) / math.sqrt(n)
    return np.asarray(wide * np.std(values, axis=-2, ddof=1))
