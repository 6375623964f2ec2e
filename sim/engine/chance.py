"""Today's value of a duration or a rate that may be random."""

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.compiled import inner
from sim.engine.draws import (
    CONSTANT,
    NORMAL,
    UNIFORM,
    bell_quantile,
    is_middle,
    middle_quantile,
    quantile,
    uniform,
    uniform2,
    uniform_quantile,
)

Card = NDArray[np.int64]
State = NDArray[np.float64]
Keys = NDArray[np.uint64]


@inner
def draw_row(card: Card, day: int, state: State, keys: Keys, tables: State, out: State) -> None:
    """The day's value of a law for every case, never negative: times × draw + added.

    The common kinds have loops of their own, since a choice within the loop would keep it from running side by side;
    parameters alike in all cases are read once. Neither changes a bit.
    """
    kind, row, key = card[at.LAW_KIND], card[at.ROW], keys[card[at.LAW_KEY]]
    if kind == CONSTANT:
        copy(state[row + at.LAW_NOW], out)
        return
    a, b = state[row + at.LAW_A], state[row + at.LAW_B]
    if kind == UNIFORM and card[at.LAW_ALIKE]:
        low, high = a[0], b[0]
        for k in range(len(out)):
            out[k] = uniform_quantile(low, high, uniform(key[k], day))
    elif kind == NORMAL and card[at.LAW_ALIKE]:
        bell_row(a[0], b[0], key, day, out)
    else:
        c, table = state[row + at.LAW_C], state[row + at.LAW_TABLE]
        for k in range(len(out)):
            out[k] = quantile(kind, a[k], b[k], c[k], tables, int(table[k]), uniform(key[k], day))
    if card[at.LAW_TOUCHED]:
        times, added = state[row + at.LAW_TIMES], state[row + at.LAW_ADDED]
        for k in range(len(out)):
            out[k] = max(0.0, times[k] * out[k] + added[k])


@inner
def value_row(card: Card, day: int, spare: int, state: State, keys: Keys, tables: State) -> int:
    """Row in which the day's value of a law stands: its own where nothing is left to chance, else `spare`."""
    if card[at.LAW_KIND] == CONSTANT:
        return int(card[at.ROW] + at.LAW_NOW)
    draw_row(card, day, state, keys, tables, state[spare])
    return spare


@inner
def is_settled(law: Card) -> bool:
    """Whether a law gives one number in all cases on all days, so that one is read where a row would be."""
    return bool(law[at.LAW_KIND] == CONSTANT and law[at.LAW_ALIKE] > 0 and law[at.LAW_TOUCHED] == 0)


@inner
def copy(source: State, into: State) -> None:
    """One row to another; numba would make the words of an error, and memory for them, for `into[:] = source`."""
    for k in range(len(into)):
        into[k] = source[k]


@inner
def bell_row(mean: float, sd: float, key: Keys, day: int, out: State) -> None:
    """Normal draws: the middle 85 % side by side, the tails, which need logarithms, one by one afterwards."""
    for k in range(len(out)):
        u = uniform(key[k], day)
        value = max(0.0, mean + sd * middle_quantile(u))
        out[k] = value if is_middle(u) else np.nan
    for k in range(len(out)):
        if np.isnan(out[k]):
            out[k] = bell_quantile(mean, sd, uniform(key[k], day))


@inner
def draw_part(card: Card, k: int, day: int, part: int, state: State, key: np.uint64, tables: State) -> float:
    """The value for one case and one parcel (1, 2, …) of a day."""
    row = card[at.ROW]
    if card[at.LAW_KIND] == CONSTANT:
        return float(state[row + at.LAW_NOW, k])
    a, b, c = state[row + at.LAW_A, k], state[row + at.LAW_B, k], state[row + at.LAW_C, k]
    u = uniform2(key, day, part)
    drawn = quantile(card[at.LAW_KIND], a, b, c, tables, int(state[row + at.LAW_TABLE, k]), u)
    if card[at.LAW_TOUCHED]:
        drawn = max(0.0, state[row + at.LAW_TIMES, k] * drawn + state[row + at.LAW_ADDED, k])
    return drawn
