"""Nodes in columns from the first stage to the last, each column ordered so that few links cross."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SWEEPS = 12
MOST_COUNTED = 600
"""Links whose crossings are counted; of more, the last order is as good as any."""

Columns = list[list[str]]
Array = NDArray[np.float64]


class Tie(NamedTuple):
    """A link, and how much it weighs."""

    seller: str
    buyer: str
    weight: float


def ordered(stage: Mapping[str, int], ties: Sequence[Tie]) -> Columns:
    """Names by stage, every node near the weighted middle of those it is tied to; ties of rank by name.

    Sweeps forth and back (Sugiyama and others 1981), and the order seen with the least weight of crossings.
    """
    columns = [sorted(name for name in stage if stage[name] == s) for s in sorted(set(stage.values()))]
    tied = _tied(stage, ties)
    best, fewest = columns, crossings(columns, ties)
    for sweep in range(SWEEPS):
        columns = _swept(columns, tied, forth=sweep % 2 == 0)
        count = crossings(columns, ties)
        if count < fewest or len(ties) > MOST_COUNTED:
            best, fewest = columns, count
    return best


def heights(columns: Columns) -> dict[str, float]:
    """Where each name stands in its column, from 0 to 1."""
    return {name: (i + 0.5) / len(column) for column in columns for i, name in enumerate(column)}


def crossings(columns: Columns, ties: Sequence[Tie]) -> float:
    """Weight of all pairs of links that cross between the columns both pass; 0 where there are too many to count."""
    if len(ties) > MOST_COUNTED or len(ties) < 2:
        return 0.0
    at, column = heights(columns), {name: i for i, some in enumerate(columns) for name in some}
    x0, x1 = (
        np.array([float(column[name]) for name in ends])
        for ends in zip(*((t.seller, t.buyer) for t in ties), strict=True)
    )
    y0, y1 = (np.array([at[name] for name in ends]) for ends in zip(*((t.seller, t.buyer) for t in ties), strict=True))
    left, right = np.maximum.outer(x0, x0), np.minimum.outer(x1, x1)
    slope = (y1 - y0) / np.where(x1 > x0, x1 - x0, 1.0)
    below = y0 + slope * (left - x0), y0 + slope * (right - x0)
    apart = [one - one.T for one in below]
    weight = np.array([tie.weight for tie in ties])
    cross = (right > left) & (apart[0] * apart[1] < -1e-12)
    return float(np.sum(np.where(cross, np.minimum.outer(weight, weight), 0.0)) / 2)


def _tied(stage: Mapping[str, int], ties: Sequence[Tie]) -> dict[str, tuple[list[Tie], list[Tie]]]:
    """By name: ties to earlier columns and to later ones."""
    found: dict[str, tuple[list[Tie], list[Tie]]] = {name: ([], []) for name in stage}
    for tie in ties:
        if stage[tie.seller] < stage[tie.buyer]:
            found[tie.buyer][0].append(tie)
            found[tie.seller][1].append(tie)
    return found


def _swept(columns: Columns, tied: Mapping[str, tuple[list[Tie], list[Tie]]], forth: bool) -> Columns:
    """The columns one after the other, each by the middle of what its nodes are tied to in the columns before."""
    made = [list(column) for column in columns]
    for i in range(len(made)) if forth else reversed(range(len(made))):
        at = heights(made)
        made[i] = sorted(made[i], key=lambda name: (_middle(name, tied[name][0 if forth else 1], at), at[name]))
    return made


def _middle(name: str, ties: Sequence[Tie], at: Mapping[str, float]) -> float:
    """The weighted middle of the other ends; where it stands already, if there are none."""
    whole = sum(tie.weight for tie in ties)
    if whole <= 0.0:
        return at[name]
    return sum(tie.weight * at[tie.seller if tie.buyer == name else tie.buyer] for tie in ties) / whole
