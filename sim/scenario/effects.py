"""What shocks do: dated effects on levers, as data."""

import math
from dataclasses import dataclass
from enum import Enum


class Lever(Enum):
    """What can be pulled, and on what: the words after it say how a target is named."""

    CAPACITY = "capacity"  # facility
    DEMAND = "demand"  # market
    PROCESSING = "processing"  # facility
    YIELD = "yield"  # facility: product
    COVER = "cover"  # buyer: commodity
    FLOW = "flow"  # link; 1 is open without limit, less caps dispatch at that multiple of usual flow
    TRANSIT = "transit"  # link
    LANE = "lane"  # link
    SHARE = "share"  # link
    QUOTA = "quota"  # link
    ORDERS = "orders"  # link; orders of a day at least, in multiples of usual flow
    REFILL = "refill"  # link; orders of a day at least
    ALLOCATION = "allocation"  # facility; number of the rule
    RECIPE = "recipe"  # buyer: commodity; amount per unit of activity
    LICENSED = "licensed"  # link; 1 while a licence is needed
    REVIEW = "review"  # link
    DELAY = "delay"  # link; calendar days added to its reviews
    APPROVAL = "approval"  # link
    BARRED = "barred share"  # link; of its orders, never approved
    GENERAL = "general licences"  # link; share of its usual flow that needs no single licence
    HOLD = "hold"  # link; days at customs
    SUSPENDED = "suspended"  # link; 1 while nothing is decided
    INPUT_LOSS = "input stock"  # buyer: commodity
    FINISHED_LOSS = "finished stock"  # facility: product
    TARIFF = "tariff"  # link; a share of value
    PRICE = "price"  # commodity


MONEY = (Lever.TARIFF, Lever.PRICE)
"""What only costs reckon with: no goods move for it, and the engine does not know it."""


class How(Enum):
    """How an effect changes a lever. Factors multiply, added amounts add, of set values the latest to start wins."""

    TIMES = "times"
    PLUS = "plus"
    SET = "set"
    GROW = "grow"  # by this share a year, compounding from the start


class Fade(Enum):
    """How an effect goes away after its end."""

    STEP = "step"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"


@dataclass(frozen=True)
class Effect:
    """On days start ≤ t < end the lever on `target` is changed by `size`; then the change fades."""

    lever: Lever
    target: str
    how: How
    size: float
    start: float
    end: float = math.inf
    onset: float = 0.0
    """Days over which it builds up, linearly from `start`."""
    fade: Fade = Fade.STEP
    fade_days: float = 0.0
    """Days until it is gone (linear), or its time constant (exponential)."""
    period: float = math.inf
    """Days after which a quota is renewed."""
