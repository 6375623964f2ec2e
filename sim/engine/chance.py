"""Today's value of a duration or a rate that may be random."""

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.compiled import compiled
from sim.engine.draws import (
    CONSTANT,
    NORMAL,
    UNIFORM,
    bell_quantile,
    quantile,
    uniform,
    uniform2,
    uniform_quantile,
)

Cards = NDArray[np.int64]
State = NDArray[np.float64]
Keys = NDArray[np.uint64]


@compiled
def draw_row(r: int, day: int, cards: Cards, laws: State, keys: Keys, tables: State, out: State) -> None:
    """The day's value for every case, never negative: times × draw + added.

    The common kinds have loops of their own, since a choice within the loop would keep it from running side by side;
    parameters alike in all cases are read once. Neither changes a bit.
    """
    card = cards[cards[0, at.HEAD_LAW] + r]
    kind, law, key = card[at.LAW_KIND], laws[r], keys[r]
    if kind == CONSTANT:
        now = law[at.LAW_NOW]
        for k in range(len(out)):
            out[k] = now[k]
        return
    if kind == UNIFORM and card[at.LAW_ALIKE]:
        low, high = law[at.LAW_A, 0], law[at.LAW_B, 0]
        for k in range(len(out)):
            out[k] = uniform_quantile(low, high, uniform(key[k], day))
    elif kind == NORMAL and card[at.LAW_ALIKE]:
        mean, sd = law[at.LAW_A, 0], law[at.LAW_B, 0]
        for k in range(len(out)):
            out[k] = bell_quantile(mean, sd, uniform(key[k], day))
    else:
        a, b, c, table = law[at.LAW_A], law[at.LAW_B], law[at.LAW_C], law[at.LAW_TABLE]
        for k in range(len(out)):
            out[k] = quantile(kind, a[k], b[k], c[k], tables, int(table[k]), uniform(key[k], day))
    if card[at.LAW_TOUCHED]:
        times, added = law[at.LAW_TIMES], law[at.LAW_ADDED]
        for k in range(len(out)):
            out[k] = max(0.0, times[k] * out[k] + added[k])


@compiled
def draw_part(
    kind: int, law: State, k: int, key: np.uint64, day: int, part: int, touched: int, tables: State
) -> float:
    """The value for one case and one parcel (1, 2, …) of a day; `law` has shape (field, case)."""
    if kind == CONSTANT:
        return law[at.LAW_NOW, k]
    u = uniform2(key, day, part)
    drawn = quantile(kind, law[at.LAW_A, k], law[at.LAW_B, k], law[at.LAW_C, k], tables, int(law[at.LAW_TABLE, k]), u)
    if touched:
        drawn = max(0.0, law[at.LAW_TIMES, k] * drawn + law[at.LAW_ADDED, k])
    return drawn


@compiled
def draw_day(r: int, k: int, day: int, cards: Cards, laws: State, keys: Keys, tables: State) -> float:
    """As `draw_row`, for one case."""
    card, law = cards[cards[0, at.HEAD_LAW] + r], laws[r]
    if card[at.LAW_KIND] == CONSTANT:
        return law[at.LAW_NOW, k]
    drawn = quantile(
        card[at.LAW_KIND], law[at.LAW_A, k], law[at.LAW_B, k], law[at.LAW_C, k], tables, int(law[at.LAW_TABLE, k]),
        uniform(keys[r, k], day),
    )  # fmt: skip
    if card[at.LAW_TOUCHED]:
        drawn = max(0.0, law[at.LAW_TIMES, k] * drawn + law[at.LAW_ADDED, k])
    return drawn
