"""What shocks do: dated effects on levers, as data."""

import math
from dataclasses import dataclass
from enum import Enum

from sim.scenario.distributions import RandomDuration


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
    SHARE = "share"  # link; the buyer's other links fill up the rest
    TAKE = "offtake"  # link; units a day that its buyer takes of it, which the engine turns into a share of its need
    QUOTA = "quota"  # link
    FRONT_LOAD = "front-loading"  # link; orders of a day at least, in multiples of usual flow
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
    ORDERS = "orders"  # buyer: commodity; 1 while it places none
    INPUT_LOSS = "input stock"  # buyer: commodity; share lost at once
    FINISHED_LOSS = "finished stock"  # facility: product; share lost at once
    EXCESS_LOSS = "stock above a limit"  # buyer: commodity; days of use kept, what is above is lost at once
    EXCESS_SALE = "stock sold back"  # buyer: commodity; days of use kept, what is above returns to its sellers at once
    RECALL = "goods recalled"  # link; share of what is under way that returns to the seller at once
    SEIZURE = "goods seized"  # link; share of what is under way that is lost at once
    CANCEL = "open orders"  # link; share of orders not yet dispatched that is cancelled at once
    TARIFF = "tariff"  # link; a share of value
    PRICE = "price"  # commodity


MONEY = (Lever.TARIFF, Lever.PRICE)
"""What only costs reckon with: no goods move for it, and the engine does not know it."""
SUDDEN = (
    Lever.INPUT_LOSS,
    Lever.FINISHED_LOSS,
    Lever.SEIZURE,
    Lever.RECALL,
    Lever.EXCESS_LOSS,
    Lever.EXCESS_SALE,
    Lever.CANCEL,
)
"""What happens once, on the day an effect starts, in the order in which it happens where several fall on one day."""


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
class Luck:
    """When an effect holds, where that is left to luck.

    Occurrences fall at random, so many a year on average whatever came before. One that falls while another still
    holds prolongs it.
    """

    struck: str
    """The facility, market or link that has occurrences of its own; empty where all of the shock's are one."""
    group: str
    """Whose common occurrences it shares; empty for those of its own shock."""
    every: float
    """Mean days from one occurrence to the next, own and common ones together."""
    common: float
    """Share of its occurrences that are common to the group."""
    lasts: RandomDuration


@dataclass(frozen=True)
class Effect:
    """On days start ≤ t < end the lever on `target` is changed by `size`; then the change fades.

    Where luck decides, it holds during occurrences that fall on [start, end), each for as long as is drawn.
    """

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
    luck: Luck | None = None
