"""Laws at work: side by side in arrays, with their tables, quantiles and expectations."""

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine import draws
from sim.engine.compiled import compiled
from sim.engine.inverse import Row, Rows, empirical_table, gamma_table, poisson_table, stack_tables
from sim.engine.means import CONSTANT, EMPIRICAL, GAMMA, POISSON, Law

Values = NDArray[np.float64]

MIDPOINTS = 8192


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
    GAMMA: gamma_table,
    POISSON: poisson_table,
    EMPIRICAL: empirical_table,
}


def table_of(law: Law) -> Row:
    """The law's table, made once; it is shared, so do not write into it."""
    return _table(law.kind, law.table)


@functools.lru_cache(maxsize=1024)
def _table(kind: int, contents: tuple[object, ...]) -> Row:
    return TABLES[kind](*contents) if contents else np.zeros(1)


def quantiles(law: Law, u: Values) -> Values:
    """The law's quantile at each u."""
    values = np.empty(u.size)
    _write_quantiles(law.kind, law.a, law.b, law.c, table_of(law)[np.newaxis, :], u, values)
    return values


@compiled
def _write_quantiles(kind: int, a: float, b: float, c: float, tables: Rows, u: Values, values: Values) -> None:
    for i in range(u.size):
        values[i] = draws.quantile(kind, a, b, c, tables, 0, u[i])


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
    values = quantiles(law, middles[:1] if law.kind == CONSTANT else middles)
    values.flags.writeable = False
    return values
