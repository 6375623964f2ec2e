"""When shocks strike that strike at random: the windows of every case, drawn ahead.

Occurrences are a Poisson process on the days on which the shock may strike. A share of them is common to a group, the
rest is an object's own: two streams of their own luck, which together strike as often as one. Everything is a pure
function of seed, replication and name.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from sim.engine.cases import Cases
from sim.engine.draws import stream_keys, uniform, uniform2
from sim.engine.laws import quantiles
from sim.engine.means import law_of
from sim.engine.plan import Pull

Window = tuple[float, float]

LASTS = 1
"""Part of a stream's luck that says how long an occurrence lasts."""


def windows(pulls: Sequence[Pull], cases: Cases) -> list[list[Window]]:
    """By case, when an effect holds: days [start, end) in order, apart from each other; none where it never strikes.

    `pulls` is the effect in the plan of each point.
    """
    luck, shock = pulls[0].effect.luck, pulls[0].shock
    assert luck is not None
    own = f"shocks.{shock}: {luck.struck}: strikes" if luck.struck else f"shocks.{shock}: strikes"
    shared = f"groups.{luck.group}: strikes" if luck.group else f"shocks.{shock}: all: strikes"
    keys = [stream_keys(cases.seed, cases.replication, name) for name in (own, shared)]
    found = []
    for case, point in enumerate(cases.point):
        key = (np.uint64(keys[0][case]), np.uint64(keys[1][case]))
        found.append(joined(occurrences(pulls[point], key, cases.first.days)) if cases.struck[shock][case] else [])
    return found


def occurrences(pull: Pull, keys: tuple[np.uint64, np.uint64], days: int) -> list[Window]:
    """Every occurrence of one case in a run of so many days, own ones and common ones, in no order."""
    luck, effect = pull.effect.luck, pull.effect
    assert luck is not None
    last, law, found = min(effect.end, float(days)), law_of(luck.lasts), []
    for key, share in zip(keys, (1.0 - luck.common, luck.common), strict=True):
        falls = list(_falls(key, effect.start, last, luck.every / share)) if share > 0.0 else []
        lengths = quantiles(law, np.array([uniform2(key, n, LASTS) for n in range(len(falls))]))
        found += [(day, day + float(length)) for day, length in zip(falls, lengths, strict=True)]
    return found


def _falls(key: np.uint64, first: float, last: float, gap: float) -> Iterator[float]:
    """Days on which the occurrences of one stream fall, with exponential times between them."""
    moment, n = first, 0
    while True:
        moment -= gap * math.log1p(-uniform(key, n))
        if moment >= last:
            return
        yield float(math.floor(moment))
        n += 1


def joined(found: list[Window]) -> list[Window]:
    """Windows in order, those that overlap as one."""
    apart: list[Window] = []
    for start, end in sorted(found):
        if end <= start:
            continue
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return apart
