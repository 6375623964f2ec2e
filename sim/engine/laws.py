"""Distributions as the engine draws them: a kind, three numbers and perhaps a table."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine import draws
from sim.engine.compiled import compiled
from sim.engine.inverse import Row, Rows, empirical_table, gamma_table, poisson_table, stack_tables
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

Values = NDArray[np.float64]

MIDPOINTS = 8192


class Law(NamedTuple):
    """One distribution; what a, b, c mean is told at `draws.quantile`. Equal laws draw equal numbers."""

    kind: int
    a: float
    b: float = 0.0
    c: float = 0.0
    table: tuple[object, ...] = ()
    """What the table is made of: (shape,), (mean,), or (values, weights); empty for kinds without one."""


class Laws(NamedTuple):
    """One law per case as arrays, the arguments of `draws.quantile`; cases with equal tables share a row."""

    kind: NDArray[np.int64]
    a: Values
    b: Values
    c: Values
    table: NDArray[np.int64]
    """Row of `tables`; 0 where the kind needs none."""
    tables: Rows


def stack_laws(laws: Sequence[Law]) -> Laws:
    """The laws of all cases side by side."""
    tabled = {(law.kind, law.table): law for law in laws if law.table}
    rows = {key: i for i, key in enumerate(tabled)}
    return Laws(
        kind=np.array([law.kind for law in laws], dtype=np.int64),
        a=np.array([law.a for law in laws], dtype=float),
        b=np.array([law.b for law in laws], dtype=float),
        c=np.array([law.c for law in laws], dtype=float),
        table=np.array([rows.get((law.kind, law.table), 0) for law in laws], dtype=np.int64),
        tables=stack_tables([table_of(law) for law in tabled.values()]),
    )


TABLES: dict[int, Callable[..., Row]] = {
    draws.GAMMA: gamma_table,
    draws.POISSON: poisson_table,
    draws.EMPIRICAL: empirical_table,
}


def table_of(law: Law) -> Row:
    """The law's table, made once; it is shared, so do not write into it."""
    return _table(law.kind, law.table)


@functools.lru_cache(maxsize=1024)
def _table(kind: int, contents: tuple[object, ...]) -> Row:
    return TABLES[kind](*contents) if contents else np.zeros(1)


def quantiles(law: Law, u: Values) -> Values:
    """The law's quantile at each u."""
    return _quantiles(law.kind, law.a, law.b, law.c, table_of(law)[np.newaxis, :], u)


@compiled
def _quantiles(kind: int, a: float, b: float, c: float, tables: Rows, u: Values) -> Values:
    values = np.empty(u.size)
    for i in range(u.size):
        values[i] = draws.quantile(kind, a, b, c, tables, 0, u[i])
    return values


def smallest(law: Law) -> float:
    """The smallest value a draw can give."""
    return float(quantiles(law, np.array([draws.SMALLEST_UNIFORM]))[0])


def largest(law: Law) -> float:
    """The largest value a draw can give; finite for every law, since a uniform number never reaches 1."""
    return float(quantiles(law, np.array([draws.LARGEST_UNIFORM]))[0])


def expect(law: Law, f: Callable[[Values], Values]) -> float:
    """Mean of f over the law, by its quantiles in the middle of 8,192 equal slices; f takes and gives an array."""
    return float(np.mean(f(_slices(law))))


@functools.lru_cache(maxsize=256)
def _slices(law: Law) -> Values:
    middles = (np.arange(MIDPOINTS) + 0.5) / MIDPOINTS
    values = quantiles(law, middles[:1] if law.kind == draws.CONSTANT else middles)
    values.flags.writeable = False
    return values


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
    return law.a * float(np.average(np.array(values), weights=np.array(weights)))


def _table_mean(law: Law) -> float:
    return law.a * float(law.table[0])  # type: ignore[arg-type]  # shape, or mean count


MEANS: dict[int, Callable[[Law], float]] = {
    draws.CONSTANT: lambda law: law.a,
    draws.UNIFORM: lambda law: (law.a + law.b) / 2,
    draws.TRIANGULAR: lambda law: (law.a + law.b + law.c) / 3,
    draws.NORMAL: _normal_mean,
    draws.LOGNORMAL: lambda law: math.exp(law.a + law.b**2 / 2),
    draws.EXPONENTIAL: lambda law: law.a,
    draws.GAMMA: _table_mean,
    draws.POISSON: _table_mean,
    draws.EMPIRICAL: _empirical_mean,
}


def law_of(value: RandomDuration | RandomRate) -> Law:
    """What the scenario says, as a law in base units: days, or the commodity's unit a day."""
    if not isinstance(value, Distribution):
        return Law(draws.CONSTANT, value.value)
    kind = next(kind for kind in type(value).__mro__ if kind in LAWS)
    return LAWS[kind](value)


def _lognormal(mean: float, sd: float) -> Law:
    if mean == 0 or sd == 0:
        return Law(draws.CONSTANT, mean)
    variance = math.log1p((sd / mean) ** 2)
    return Law(draws.LOGNORMAL, math.log(mean) - variance / 2, math.sqrt(variance))


def _gamma(mean: float, sd: float) -> Law:
    if mean == 0 or sd == 0:
        return Law(draws.CONSTANT, mean)
    return Law(draws.GAMMA, sd * sd / mean, table=((mean / sd) ** 2,))


def _empirical(values: Sequence[float], weights: Sequence[float] | None) -> Law:
    return Law(draws.EMPIRICAL, 1.0, table=(tuple(values), tuple(weights or [1.0] * len(values))))


LAWS: dict[type, Callable[..., Law]] = {
    Uniform: lambda d: Law(draws.UNIFORM, d.low.value, d.high.value),
    Triangular: lambda d: Law(draws.TRIANGULAR, d.low.value, d.mode.value, d.high.value),
    Normal: lambda d: Law(draws.NORMAL, d.mean.value, d.sd.value),
    Lognormal: lambda d: _lognormal(d.mean.value, d.sd.value),
    Gamma: lambda d: _gamma(d.mean.value, d.sd.value),
    Exponential: lambda d: Law(draws.EXPONENTIAL, d.mean.value),
    Poisson: lambda d: Law(draws.POISSON, 1.0, table=(d.mean.value,)),
    Empirical: lambda d: _empirical([v.value for v in d.values], d.weights),
}
