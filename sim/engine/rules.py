"""How much: every decision of the model, as a plain function of the numbers of one case.

Nothing here knows the day, SimPy or who is asking, so each rule can be read, tested and plotted on its own. Compiled,
the same functions run over the case axis; nothing is written twice.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import compiled
from sim.scenario.calendar import passed

STEP, LINEAR, EXPONENTIAL = range(3)


@compiled
def wanted(target: float, owed: float, finished: float, in_process: float, per_activity: float) -> float:
    """Activity that brings finished stock back to its target and serves the book."""
    return max(0.0, target + owed - finished - in_process) / per_activity


@compiled
def room(storage: float, finished: float, in_process: float, leaving: float, per_activity: float) -> float:
    """Activity for which there is storage, when `leaving` goes out on open lanes."""
    return max(0.0, storage - finished - in_process + leaving) / per_activity


@compiled
def allowed_by(stock: float, per_activity: float, throttle: float, cover: float) -> float:
    """Activity that an essential input allows.

    Without a throttle, all of the stock. With throttle ψ, no more a day than 1/(ψ·cover) of the stock, so that the run
    slows once cover falls below ψ of its target.
    """
    return stock / (per_activity * max(1.0, throttle * cover))


@compiled
def with_partial_input(run: float, plan: float, available: float, dependence: float) -> float:
    """Activity when an input of dependence d < 1 is short; `available` is what its stock would allow.

    The share x of the run that has the input goes on in full; of the rest, 1 − d of the planned rate can do without.
    Spare capacity cannot replace the input.
    """
    if run <= 0.0:
        return 0.0
    x = min(1.0, available / run)
    return min(run, x * run + (1.0 - x) * (1.0 - dependence) * min(run, plan))


@compiled
def order(target: float, share: float, waiting: float, on_hand: float, on_order: float) -> float:
    """Order on one link: its target position, less its share of what is on hand and what is on order on it."""
    return max(0.0, target + share * (waiting - on_hand) - on_order)


@compiled
def target(share: float, usage: float, cover: float, delay: float) -> float:
    """Target position of one link: its share of the use over cover, one day of order mail, and delay."""
    return share * (usage * (cover + 1.0 + delay))


@compiled
def unlicensed(amount: float, needed: float, usual: float) -> float:
    """What of a dispatch needs no licence: all where none is needed, else the part of usual flow that needs none."""
    return amount if needed <= 0.0 else min(amount, (1.0 - needed) * usual)


@compiled
def licensable(asked: float, book: float, barred: float, needed: float, approval: float, usual: float) -> float:
    """Orders that may be dispatched before an authority: those it bars wait, and where it approves none, all do.

    What needs no licence leaves all the same.
    """
    if needed <= 0.0:
        return asked
    open_orders = book - barred if approval > 0.0 else 0.0
    return max(0.0, min(asked, max(open_orders, (1.0 - needed) * usual)))


@compiled
def usable_on(day: int, released: float, transit: float) -> float:
    """Day on whose review goods can be used that were released at `released`, on `day`: never that same day."""
    return max(day + 1.0, float(np.ceil(released + transit)))


@compiled
def strength(day: float, start: float, end: float, onset: float, fade: int, fade_days: float) -> float:
    """How much of an effect holds on a day: 1 on [start, end) after its onset, fading from its end."""
    if day < start or end <= start:
        return 0.0
    reached = min(1.0, (min(day + 1.0, end) - start) / onset) if onset > 1.0 else 1.0
    if day < end:
        return reached
    past = day - end + 1.0
    if fade == LINEAR:
        return reached * max(0.0, 1.0 - past / (fade_days + 1.0))
    if fade == EXPONENTIAL and fade_days > 0.0:
        return reached * math.exp(-past / fade_days)
    return 0.0


@compiled
def share_out(
    available: float,
    asked: NDArray[np.float64],
    weight: NDArray[np.float64],
    rank: NDArray[np.float64],
    given: NDArray[np.float64],
) -> None:
    """Share what is available among orders, into `given`; nobody gets more than asked.

    Ranks are served one after the other, lowest first. Within a rank each gets in proportion to its weight, and what
    one does not need is shared again among the rest. Orders without weight get what is left, in proportion to orders.
    """
    left, done, n = available, -1.0, len(asked)
    for j in range(n):
        given[j] = 0.0
    while left > 0.0:
        current = np.inf
        for j in range(n):
            if done < rank[j] < current:
                current = rank[j]
        if current == np.inf:
            break
        missing = 0.0
        while left > 0.0:
            weights, missing, filled = 0.0, 0.0, False
            for j in range(n):
                if rank[j] == current and given[j] < asked[j]:
                    weights += weight[j]
                    missing += asked[j] - given[j]
            if weights <= 0.0:
                break
            level = left / weights
            for j in range(n):
                if rank[j] == current and given[j] < asked[j] and asked[j] - given[j] <= level * weight[j]:
                    left = max(0.0, left - (asked[j] - given[j]))
                    given[j] = asked[j]
                    filled = True
            if not filled:
                for j in range(n):
                    if rank[j] == current and given[j] < asked[j]:
                        given[j] += level * weight[j]
                left = 0.0
        if left > 0.0 and missing > 0.0:
            part = left / missing if left < missing else 1.0
            for j in range(n):
                if rank[j] == current:
                    given[j] += part * (asked[j] - given[j])
            left = max(0.0, left - missing)
        done = current


@compiled
def busy_until(free: NDArray[np.float64], decided: float) -> None:
    """Give the reviewer who is free first, `free[0]`, work until `decided`; `free` is a heap of next-free times."""
    slot, size = 0, len(free)
    while True:
        child = 2 * slot + 1
        if child >= size:
            break
        if child + 1 < size and free[child + 1] < free[child]:
            child += 1
        if free[child] >= decided:
            break
        free[slot] = free[child]
        slot = child
    free[slot] = decided


working_days_passed = compiled(passed)
"""Time at which so many working days of an authority have passed; the calendar's own rule, compiled."""
