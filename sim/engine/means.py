"""Distributions as the engine knows them, a kind and some numbers, and the mean, which is all a plan of flows asks for.

Numpy and numba stay out, so that `sim check` can tell whether a plan is feasible without waiting for them.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sim.scenario.distributions import (
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Poisson,
    RandomDuration,
    RandomRate,
    Triangular,
    Uniform,
)
from sim.scenario.units import Percentage

CONSTANT: Final = 0
UNIFORM: Final = 1
TRIANGULAR: Final = 2
NORMAL: Final = 3
LOGNORMAL: Final = 4
GAMMA: Final = 5
EXPONENTIAL: Final = 6
POISSON: Final = 7
EMPIRICAL: Final = 8


class Law(NamedTuple):
    """One distribution; what a, b, c mean is told at `draws.quantile`. Equal laws draw equal numbers."""

    kind: int
    a: float
    b: float = 0.0
    c: float = 0.0
    table: tuple[object, ...] = ()
    """What the table is made of: (shape,), (mean,), or (values, weights); empty for kinds without one."""


def law_of(value: RandomDuration | RandomRate | Percentage | Distribution[Any]) -> Law:
    """What the scenario says, as a law in base units: days, or the commodity's unit a day; else in the unit said."""
    if not isinstance(value, Distribution):
        return Law(CONSTANT, value.value)
    return LAWS[_kind_of(type(value))](value)


@cache
def _kind_of(made: type) -> type:
    """The distribution a type is made from: `Gamma` of `Gamma[Rate]`."""
    return next(kind for kind in made.__mro__ if kind in LAWS)


def _lognormal(mean: float, sd: float) -> Law:
    if mean == 0 or sd == 0:
        return Law(CONSTANT, mean)
    variance = math.log1p((sd / mean) ** 2)
    return Law(LOGNORMAL, math.log(mean) - variance / 2, math.sqrt(variance))


def _gamma(mean: float, sd: float) -> Law:
    if mean == 0 or sd == 0:
        return Law(CONSTANT, mean)
    return Law(GAMMA, sd * sd / mean, table=((mean / sd) ** 2,))


def _empirical(values: Sequence[float], weights: Sequence[float] | None) -> Law:
    return Law(EMPIRICAL, 1.0, table=(tuple(values), tuple(weights or [1.0] * len(values))))


LAWS: dict[type, Callable[..., Law]] = {
    Uniform: lambda d: Law(UNIFORM, d.low.value, d.high.value),
    Triangular: lambda d: Law(TRIANGULAR, d.low.value, d.mode.value, d.high.value),
    Normal: lambda d: Law(NORMAL, d.mean.value, d.sd.value),
    Lognormal: lambda d: _lognormal(d.mean.value, d.sd.value),
    Gamma: lambda d: _gamma(d.mean.value, d.sd.value),
    Exponential: lambda d: Law(EXPONENTIAL, d.mean.value),
    Poisson: lambda d: Law(POISSON, 1.0, table=(d.mean.value,)),
    Empirical: lambda d: _empirical([v.value for v in d.values], d.weights),
}


def mean(law: Law) -> float:
    """The exact mean, also of a normal law whose negative values are 0."""
    return MEANS[law.kind](law)


def _normal_mean(law: Law) -> float:
    if law.b == 0:
        return max(0.0, law.a)
    z = law.a / law.b
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return law.a * math.erfc(-z / math.sqrt(2)) / 2 + law.b * density


def _empirical_mean(law: Law) -> float:
    values, weights = law.table
    pairs = list(zip(values, weights, strict=True))  # type: ignore[call-overload]  # two sequences of numbers
    return law.a * math.fsum(v * w for v, w in pairs) / math.fsum(w for _, w in pairs)


def _table_mean(law: Law) -> float:
    return law.a * float(law.table[0])  # type: ignore[arg-type]  # shape, or mean count


MEANS: dict[int, Callable[[Law], float]] = {
    CONSTANT: lambda law: law.a,
    UNIFORM: lambda law: (law.a + law.b) / 2,
    TRIANGULAR: lambda law: (law.a + law.b + law.c) / 3,
    NORMAL: _normal_mean,
    LOGNORMAL: lambda law: math.exp(law.a + law.b**2 / 2),
    EXPONENTIAL: lambda law: law.a,
    GAMMA: _table_mean,
    POISSON: _table_mean,
    EMPIRICAL: _empirical_mean,
}
