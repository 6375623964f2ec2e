"""How far a slider goes and in which steps, from the number that the file says and its unit."""

import math
from dataclasses import dataclass

FINE = 100
"""Steps of a slider at least, unless whole numbers are fewer."""
SHORTEST = 30.0
"""Days that a slider of a length of time reaches at least."""
WHOLE = 20.0
"""From here on a slider of whole numbers moves by whole numbers."""
FINER = 5
"""Powers of ten that are tried."""
ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0)


@dataclass(frozen=True)
class Span:
    """Lowest and highest value of a slider, and what it moves by."""

    low: float
    high: float
    step: float


def of_time(days: float, horizon: float) -> Span:
    """For a length of time: to three times what the file says, as far as the run goes."""
    high = max(days, min(max(SHORTEST, rounded_up(3.0 * days)), horizon))
    return Span(0.0, high, step_for(days, high))


def of_percent(percent: float, most: float) -> Span:
    """For a percentage: to `most`, or to twice what the file says if that is more than it."""
    high = most if percent <= most else rounded_up(2.0 * percent)
    return Span(0.0, high, step_for(percent, high))


def of_number(value: float) -> Span:
    """For anything else: to twice what the file says, below zero where that is."""
    if value < 0.0:
        mirrored = of_number(-value)
        return Span(-mirrored.high, mirrored.high, mirrored.step)
    high = rounded_up(2.0 * value) or 1.0
    return Span(0.0, high, step_for(value, high))


def step_for(value: float, high: float) -> float:
    """The largest of 5, 2, 1, 0.5, … that leaves the slider fine and meets the value; 1 for whole numbers at least."""
    power = math.floor(math.log10(high / FINE))
    sizes = [factor * 10.0**exponent for exponent in range(power, power - FINER, -1) for factor in (5.0, 2.0, 1.0)]
    if float(value).is_integer() and high >= WHOLE:
        sizes = [size for size in sizes if size > 1.0] + [1.0]
    fitting = (size for size in sizes if size <= max(1.0, high / FINE) and _meets(value, size))
    return next(fitting, sizes[-1])


def rounded_up(value: float) -> float:
    """The next round number that is no less."""
    if value <= 0.0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(number * power for number in ROUND if number * power >= value * (1.0 - 1e-9))


def _meets(value: float, step: float) -> bool:
    return math.isclose(value / step, round(value / step), abs_tol=1e-9)
