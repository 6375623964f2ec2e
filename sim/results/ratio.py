"""The ratio of two means that are measured together, with its interval."""

import math

import numpy as np

from sim.engine.records import Array
from sim.results.statistics import CONFIDENCE


def ratio_interval(above: Array, below: Array) -> tuple[float, float, float]:
    """Mean of one over mean of the other, paired, with its 95 % interval (Fieller 1954).

    The interval is nan for a single pair, and where the lower mean is not surely above 0: any ratio would then do. The
    ratio is nan where the lower mean is not above 0 at all.
    """
    x, y = float(np.mean(above)), float(np.mean(below))
    if not y > 0.0:
        return math.nan, math.nan, math.nan
    n = len(above)
    if n < 2:
        return x / y, math.nan, math.nan
    from scipy.special import stdtrit

    (xx, xy), (_, yy) = np.cov(above, below, ddof=1) / n * float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) ** 2
    scale = y * y - yy
    if scale <= 0.0:
        return x / y, math.nan, math.nan
    middle = x * y - xy
    half = math.sqrt(max(0.0, middle * middle - scale * (x * x - xx)))
    return x / y, (middle - half) / scale, (middle + half) / scale
