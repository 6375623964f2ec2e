"""Luck with names: every number drawn is a pure function of seed, replication and what it is for.

No generator, no state, no order: a key is made of seed, replication and name, and a counter (the day, the parcel, the
attempt) picks the number. So a draw is the same ahead or on demand, alone or in company, and a shock changes only the
luck of what it touches.

The hash is the finalizer of splitmix64 (Steele, Lea & Flood 2014) on a Weyl sequence, with the key mixed in twice:
once only, and two keys that lie a few steps apart on the sequence would give the same numbers some days apart.
"""

import functools
import math
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import compiled
from sim.engine.inverse import Rows, smooth, stepped
from sim.engine.means import CONSTANT as CONSTANT
from sim.engine.means import EXPONENTIAL, GAMMA, LOGNORMAL, TRIANGULAR
from sim.engine.means import NORMAL as NORMAL
from sim.engine.means import UNIFORM as UNIFORM

Keys = NDArray[np.uint64]

STEP: Final = np.uint64(0x9E3779B97F4A7C15)
ONE: Final = np.uint64(0x3FF0000000000000)  # the bits of 1.0
MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
MIX_2: Final = np.uint64(0x94D049BB133111EB)
SALT: Final = np.uint64(0xD1B54A32D192ED03)
"""Sets keys made from keys apart from numbers drawn from them."""

SMALLEST_UNIFORM: Final = 2.0**-53
LARGEST_UNIFORM: Final = 1 - 2.0**-53


@functools.cache
def name_key(name: str) -> int:
    """64 bits that stand for the name, the same on every machine, read as a signed number."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)


def stream_keys(seed: int, replications: NDArray[np.int64], name: str) -> Keys:
    """The key of everything drawn under this name, one per case; a case is known by its replication alone."""
    if not 0 <= seed < 2**64:
        raise ValueError(f"a seed is a whole number from 0 to 2^64 - 1, not {seed}")
    named = np.uint64(hashed(np.uint64(seed), name_key(name)))
    return subkeys(named, np.asarray(replications, dtype=np.int64))


# `np.multiply` and `np.add` wrap around at 64 bits in silence, compiled or not; `*` and `+` would warn where not. Every
# operand is cast to uint64, because numba makes a float of a signed and an unsigned number.
@compiled
def hashed(key: np.uint64, counter: int) -> np.uint64:
    """64 random bits; for one key no two counters give the same. Counters may be negative."""
    k = np.uint64(key)
    x = np.add(k, np.multiply(np.uint64(np.int64(counter)), STEP))
    x = np.multiply(x ^ (x >> np.uint64(30)), MIX_1)
    x = np.add(x, k)
    x = np.multiply(x ^ (x >> np.uint64(27)), MIX_2)
    return np.uint64(x ^ (x >> np.uint64(31)))


@compiled
def subkey(key: np.uint64, part: int) -> np.uint64:
    """The key of one part of a stream: a parcel, an attempt, an occurrence.

    Called from Python, compiled code gives a plain int back: wrap it in `np.uint64` before it goes in again.
    """
    return hashed(np.uint64(key) ^ SALT, part)


def subkeys(key: np.uint64, parts: NDArray[np.int64]) -> Keys:
    """The keys of many parts."""
    keys = np.empty(parts.size, np.uint64)
    _write_subkeys(key, parts, keys)
    return keys


@compiled
def _write_subkeys(key: np.uint64, parts: NDArray[np.int64], keys: Keys) -> None:
    for i in range(parts.size):
        keys[i] = subkey(key, parts[i])


@compiled
def uniform(key: np.uint64, counter: int) -> float:
    """A number strictly between 0 and 1: an odd multiple of 2^-53, so that 1 - u is exact too."""
    # 52 random bits behind the sign and exponent of 1 make a number from 1 to 2. To turn an integer into a number
    # would keep cases from running side by side.
    bits = np.uint64(hashed(key, counter)) >> np.uint64(12)
    return float(np.uint64(bits | ONE).view(np.float64)) - (1.0 - 2.0**-53)


@compiled
def uniform2(key: np.uint64, counter: int, second: int) -> float:
    """As `uniform`, for something known by two numbers, such as (day, parcel)."""
    return uniform(subkey(key, second), counter)


@compiled
def uniform3(key: np.uint64, counter: int, second: int, third: int) -> float:
    """As `uniform`, for something known by three numbers, such as (day, parcel, attempt)."""
    return uniform(subkey(subkey(key, third), second), counter)


@compiled
def quantile(kind: int, a: float, b: float, c: float, tables: Rows, table: int, u: float) -> float:
    """The value of which a share u of all draws is not larger. What a, b, c mean depends on the kind.

    CONSTANT a · UNIFORM from a to b · TRIANGULAR from a over the mode b to c · NORMAL mean a, sd b, where what would
    be negative is 0 · LOGNORMAL mean a and sd b of the logarithm · EXPONENTIAL mean a · GAMMA, POISSON, EMPIRICAL
    a times what the row of `tables` says.
    """
    if kind == CONSTANT:
        return a
    return _varied(kind, a, b, c, tables, table, u)


@compiled  # apart from `quantile`, which so is small enough to melt into its callers: constants cost next to nothing
def _varied(kind: int, a: float, b: float, c: float, tables: Rows, table: int, u: float) -> float:
    if kind == UNIFORM:
        return uniform_quantile(a, b, u)
    if kind == GAMMA:
        return a * smooth(tables, table, u)
    if kind == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if kind == TRIANGULAR:
        return triangular_quantile(a, b, c, u)
    if kind == NORMAL:
        return bell_quantile(a, b, u)
    if kind == EXPONENTIAL:
        return -a * math.log1p(-u)
    return a * stepped(tables, table, u)


@compiled
def uniform_quantile(low: float, high: float, u: float) -> float:
    return low + (high - low) * u


@compiled
def bell_quantile(mean: float, sd: float, u: float) -> float:
    return max(0.0, mean + sd * normal_quantile(u))


@compiled
def triangular_quantile(low: float, mode: float, high: float, u: float) -> float:
    width = high - low
    if u * width < mode - low:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


@compiled
def normal_quantile(u: float) -> float:
    """Standard normal quantile to 16 digits: algorithm AS 241, PPND16 (Wichura 1988)."""
    q = u - 0.5
    if is_middle(u):
        return middle_quantile(u)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    z = _shoulder(r - 1.6) if r <= 5.0 else _tail(r - 5.0)
    return -z if q < 0.0 else z


@compiled
def is_middle(u: float) -> bool:
    """Whether the standard normal quantile at u needs no logarithm."""
    return abs(u - 0.5) <= 0.425


@compiled
def middle_quantile(u: float) -> float:
    """Standard normal quantile where u is in the middle; elsewhere the number means nothing."""
    q = u - 0.5
    return q * _middle(0.180625 - q * q)


@compiled
def _middle(r: float) -> float:
    above = (2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4
    above = ((above * r + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3
    above = (above * r + 1.3314166789178437745e2) * r + 3.3871328727963666080
    below = (5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4
    below = ((below * r + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2
    return above / ((below * r + 4.2313330701600911252e1) * r + 1.0)


@compiled
def _shoulder(r: float) -> float:
    above = (7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1
    above = ((above * r + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.76949722146069140550
    above = (above * r + 4.63033784615654529590) * r + 1.42343711074968357734
    below = (1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2
    below = ((below * r + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940
    return above / ((below * r + 2.05319162663775882187) * r + 1.0)


@compiled
def _tail(r: float) -> float:
    above = (2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3
    above = ((above * r + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580
    above = (above * r + 5.46378491116411436990) * r + 6.65790464350110377720
    below = (2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5
    below = ((below * r + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1
    return above / ((below * r + 5.99832206555887937690e-1) * r + 1.0)
