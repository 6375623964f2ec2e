"""How much each firm of a population makes, and what becomes of it: the rules of a facility, firm by firm."""

import numpy as np

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.compiled import inner
from sim.engine.members import (
    COVER,
    DEPENDENCE,
    EVER,
    FINISHED,
    FIRM_FIELDS,
    IN_PROCESS,
    LEAST,
    OWED,
    RUN,
    SIZE,
    WISHED,
    Members,
)
from sim.engine.transit import Card, Cards, State

STOPPED = 1e-9
"""Share of the run a firm could do below which it stands still; what rounding leaves of a stock makes nothing."""


@inner
def wish(
    k: int, capacity: float, may_leave: float, later: float, plant: Card, shelf: Card, m: Members, state: State
) -> None:
    """What each firm would make if it had its inputs: the least of what is wanted, capacity and room.

    `may_leave` is the part of the book whose lanes are open, `later` what leaves while work begun today is in process.
    """
    row, size, run = shelf[at.ROW], m.same[SIZE, m.point[k]], m.scratch[RUN]
    finished, owed, in_process = m.rows[FINISHED, k], m.rows[OWED, k], m.rows[IN_PROCESS, k]
    target, each, storage = (
        state[row + at.SHELF_TARGET, k],
        state[row + at.SHELF_YIELD, k],
        state[row + at.SHELF_STORAGE, k],
    )
    plan = state[plant[at.ROW] + at.PLANT_PLAN, k]
    if plant[at.PLANT_FLAT]:
        for i in range(len(run)):
            run[i] = min(plan * size[i], capacity * size[i])
    else:
        for i in range(len(run)):
            wanted = rules.wanted(target * size[i], owed[i], finished[i], in_process[i], each)
            run[i] = min(wanted, capacity * size[i])
    if plant[at.PLANT_HAS_STORAGE]:
        for i in range(len(run)):
            leaving = owed[i] * may_leave + size[i] * later
            run[i] = min(run[i], rules.room(storage * size[i], finished[i], in_process[i], leaving, each))
    wished = m.scratch[WISHED]
    for i in range(len(run)):
        wished[i] = run[i]


@inner
def keep_to_stocks(k: int, plant: Card, m: Members, cards: Cards, state: State) -> None:
    """No firm makes more than its inputs allow: essential ones first, then those it can partly do without."""
    run, least, size = m.scratch[RUN], m.scratch[LEAST], m.same[SIZE, m.point[k]]
    first, partial = plant[at.PLANT_INPUT], False
    for b in range(first, plant[at.PLANT_INPUT_END]):
        row, j = cards[b, at.ROW], b - first
        stock, needs = m.rows[FIRM_FIELDS + j, k], m.same[DEPENDENCE + 2 * j, m.point[k]]
        cover = m.same[COVER + 2 * j, m.point[k]]
        per, throttle = state[row + at.INPUT_PER, k], state[row + at.INPUT_THROTTLE, k]
        for i in range(len(run)):
            allowed = rules.allowed_by(stock[i], per, throttle, cover_now(cover[i], m.cover[j], k))
            partial = partial or needs[i] < 1.0
            run[i] = min(run[i], allowed) if needs[i] >= 1.0 else run[i]
    if not partial:
        return
    plan = state[plant[at.ROW] + at.PLANT_PLAN, k]
    for i in range(len(run)):
        least[i] = run[i]
    for b in range(first, plant[at.PLANT_INPUT_END]):
        row, j = cards[b, at.ROW], b - first
        stock, needs = m.rows[FIRM_FIELDS + j, k], m.same[DEPENDENCE + 2 * j, m.point[k]]
        cover = m.same[COVER + 2 * j, m.point[k]]
        per, throttle = state[row + at.INPUT_PER, k], state[row + at.INPUT_THROTTLE, k]
        for i in range(len(run)):
            if needs[i] < 1.0:
                allowed = rules.allowed_by(stock[i], per, throttle, cover_now(cover[i], m.cover[j], k))
                least[i] = min(least[i], rules.with_partial_input(run[i], plan * size[i], allowed, needs[i]))
    for i in range(len(run)):
        run[i] = least[i]


@inner
def cover_now(own: float, effects: State, k: int) -> float:
    """What effects make of a firm's own cover today; see `levers.Levers.value`."""
    chosen = own + (effects[2, k] - own) * effects[3, k]
    return float(max(0.0, effects[0, k] * chosen + effects[1, k]))


@inner
def count_stopped(k: int, m: Members, state: State) -> None:
    """Firms that could work and make nothing because an input is missing, and those that ever did."""
    run, wished, ever = m.scratch[RUN], m.scratch[WISHED], m.rows[EVER, k]
    now, so_far = 0.0, 0.0
    for i in range(len(run)):
        stopped = wished[i] > 0.0 and run[i] <= STOPPED * wished[i]
        now += 1.0 if stopped else 0.0
        ever[i] = 1.0 if stopped else ever[i]
        so_far += ever[i]
    state[m.row + at.POPULATION_STOPPED, k] = now
    state[m.row + at.POPULATION_EVER, k] = so_far


@inner
def use_stocks(k: int, plant: Card, m: Members, cards: Cards, state: State) -> None:
    """Each firm takes off its stocks what it uses; the facility uses and has what they do together."""
    run = m.scratch[RUN]
    for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END]):
        row, stock = cards[b, at.ROW], m.rows[FIRM_FIELDS + b - plant[at.PLANT_INPUT], k]
        per, used, left = state[row + at.INPUT_PER, k], 0.0, 0.0
        for i in range(len(run)):
            taken = min(stock[i], per * run[i])
            stock[i] -= taken
            used += taken
            left += stock[i]
        state[row + at.INPUT_USED, k] = used
        state[row + at.INPUT_STOCK, k] = left


@inner
def finish_work(day: int, k: int, shelf: Card, m: Members) -> None:
    """A firm's work due today becomes its finished stock."""
    due = m.rings[m.work_ring + (day & shelf[at.SHELF_MASK]), k]
    finished, in_process = m.rows[FINISHED, k], m.rows[IN_PROCESS, k]
    for i in range(len(due)):
        finished[i] += due[i]
        in_process[i] -= due[i]
        due[i] = 0.0


@inner
def start_work(day: int, k: int, processing: float, shelf: Card, m: Members, state: State) -> None:
    """Each firm starts its day's work; without processing time it is finished at once."""
    run, size, row = m.scratch[RUN], m.same[SIZE, m.point[k]], shelf[at.ROW]
    each, recovery = state[row + at.SHELF_YIELD, k], state[row + at.SHELF_RECOVERY, k]
    into, work = m.rows[FINISHED, k], m.rows[FINISHED, k]
    if processing > 0.0:
        due = int(min(rules.usable_on(day, float(day), processing), float(day + shelf[at.SHELF_MASK])))
        into, work = m.rows[IN_PROCESS, k], m.rings[m.work_ring + (due & shelf[at.SHELF_MASK]), k]
    for i in range(len(run)):
        made = run[i] * each
        if recovery < np.inf:
            made = min(made, recovery * size[i])
        into[i] += made
        if processing > 0.0:
            work[i] += made


@inner
def offer(k: int, m: Members) -> float:
    """What firms can dispatch today: each its part of the book, as far as it has it."""
    finished, owed, found = m.rows[FINISHED, k], m.rows[OWED, k], 0.0
    for i in range(len(finished)):
        found += min(finished[i], owed[i])
    return found


@inner
def hand_over(day: int, k: int, part: float, m: Members) -> float:
    """Firms dispatch a part of what they can; returns the finished stock that is left."""
    finished, owed, left = m.rows[FINISHED, k], m.rows[OWED, k], 0.0
    sent = m.rings[m.sent_ring + (day & m.sent_mask), k]
    for i in range(len(finished)):
        goes = min(finished[i], owed[i]) * part
        finished[i] -= goes
        owed[i] -= goes
        sent[i] = goes
        left += finished[i]
    return left
