"""How much a facility makes today, and what becomes of it."""

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import copy, is_settled, value_row
from sim.engine.compiled import inner
from sim.engine.transit import Card, Cards, Keys, State, may_leave


@inner
def finish(day: int, shelf: Card, state: State) -> None:
    """Work due today becomes finished stock."""
    due = state[shelf[at.SHELF_RING] + (day & shelf[at.SHELF_MASK])]
    finished, in_process = state[shelf[at.ROW] + at.SHELF_FINISHED], state[shelf[at.ROW] + at.SHELF_IN_PROCESS]
    output = state[shelf[at.ROW] + at.SHELF_OUTPUT]
    for k in range(len(due)):
        finished[k] += due[k]
        in_process[k] -= due[k]
        output[k] = due[k]
        due[k] = 0.0


@inner
def decide_run(
    day: int, plant: Card, run: State, spare: State, cards: Cards, state: State, keys: Keys, tables: State
) -> None:
    """Activity of the day: the least of capacity, what is wanted, room, and what each input allows."""
    if plant[at.PLANT_FLAT]:
        copy(state[plant[at.ROW] + at.PLANT_PLAN], run)
    else:
        run[:] = 0.0
        for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
            if cards[s, at.SHELF_PACES]:
                want(run, cards[s], state)
    law = cards[plant[at.PLANT_CAPACITY]]
    capacity = state[value_row(law, day, cards[0, at.HEAD_SCRATCH], state, keys, tables)]
    if is_settled(law):
        most = capacity[0]
        for k in range(len(run)):
            run[k] = min(run[k], most)
    else:
        for k in range(len(run)):
            run[k] = min(run[k], capacity[k])
    if plant[at.PLANT_HAS_STORAGE]:
        keep_to_storage(plant, run, spare, cards, state)
    keep_to_inputs(plant, run, spare, cards, state)


@inner
def want(run: State, shelf: Card, state: State) -> None:
    """Raise the run to what one pacing product needs."""
    row = shelf[at.ROW]
    target, per_activity, owed = state[row + at.SHELF_TARGET], state[row + at.SHELF_YIELD], state[row + at.SHELF_OWED]
    finished, in_process = state[row + at.SHELF_FINISHED], state[row + at.SHELF_IN_PROCESS]
    if shelf[at.SHELF_ALIKE]:
        aim, each = target[0], per_activity[0]
        if shelf[at.SHELF_AT_ONCE]:
            for k in range(len(run)):
                run[k] = max(run[k], rules.wanted(aim, owed[k], finished[k], 0.0, each))
        else:
            for k in range(len(run)):
                run[k] = max(run[k], rules.wanted(aim, owed[k], finished[k], in_process[k], each))
    else:
        for k in range(len(run)):
            run[k] = max(run[k], rules.wanted(target[k], owed[k], finished[k], in_process[k], per_activity[k]))


@inner
def keep_to_storage(plant: Card, run: State, leaving: State, cards: Cards, state: State) -> None:
    """No more is started than pacing products have room for, counting what may leave today."""
    for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
        shelf = cards[s]
        if not shelf[at.SHELF_PACES]:
            continue
        leaving[:] = 0.0
        pipeline = state[shelf[at.ROW] + at.SHELF_PIPELINE]
        for o in range(shelf[at.SHELF_OUT], shelf[at.SHELF_OUT_END]):
            lane = cards[cards[o, at.OUT_LINK]]
            may_leave(lane, leaving, state)
            usual, limit = state[lane[at.ROW] + at.LINK_USUAL], state[lane[at.ROW] + at.LINK_LIMIT]
            for k in range(len(run)):
                # What is started now needs room only after the processing time, when usual flow has left.
                leaving[k] += min(usual[k], limit[k]) * pipeline[k]
        row = shelf[at.ROW]
        storage, per_activity = state[row + at.SHELF_STORAGE], state[row + at.SHELF_YIELD]
        finished, in_process = state[row + at.SHELF_FINISHED], state[row + at.SHELF_IN_PROCESS]
        for k in range(len(run)):
            run[k] = min(run[k], rules.room(storage[k], finished[k], in_process[k], leaving[k], per_activity[k]))


@inner
def keep_to_inputs(plant: Card, run: State, least: State, cards: Cards, state: State) -> None:
    """No more is made than inputs allow: essential ones first, then those the plant can partly do without."""
    some_partial = False
    for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END]):
        entry, row = cards[b], cards[b, at.ROW]
        stock, per = state[row + at.INPUT_STOCK], state[row + at.INPUT_PER]
        if entry[at.INPUT_PARTIAL] or entry[at.INPUT_SLOWS]:
            some_partial = some_partial or entry[at.INPUT_PARTIAL] > 0
            dependence = state[row + at.INPUT_DEPENDENCE]
            throttle, cover = state[row + at.INPUT_THROTTLE], state[row + at.INPUT_COVER]
            for k in range(len(run)):
                allowed = rules.allowed_by(stock[k], per[k], throttle[k], cover[k])
                run[k] = min(run[k], allowed) if dependence[k] >= 1.0 else run[k]
        elif entry[at.INPUT_ALIKE]:
            each = per[0]
            for k in range(len(run)):
                run[k] = min(run[k], rules.allowed_by(stock[k], each, 0.0, 0.0))
        else:
            for k in range(len(run)):
                run[k] = min(run[k], rules.allowed_by(stock[k], per[k], 0.0, 0.0))
    if some_partial:
        keep_to_partial_inputs(plant, run, least, cards, state)


@inner
def keep_to_partial_inputs(plant: Card, run: State, least: State, cards: Cards, state: State) -> None:
    """Inputs a plant can partly do without: each allows so much of the run, and the least of that holds."""
    plan = state[plant[at.ROW] + at.PLANT_PLAN]
    copy(run, least)
    for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END]):
        if not cards[b, at.INPUT_PARTIAL]:
            continue
        row = cards[b, at.ROW]
        stock, per, dependence = (
            state[row + at.INPUT_STOCK],
            state[row + at.INPUT_PER],
            state[row + at.INPUT_DEPENDENCE],
        )
        throttle, cover = state[row + at.INPUT_THROTTLE], state[row + at.INPUT_COVER]
        for k in range(len(run)):
            if dependence[k] < 1.0:
                available = rules.allowed_by(stock[k], per[k], throttle[k], cover[k])
                least[k] = min(least[k], rules.with_partial_input(run[k], plan[k], available, dependence[k]))
    copy(least, run)


@inner
def use_inputs(plant: Card, run: State, cards: Cards, state: State) -> None:
    """Take off each input what the run uses, as far as it is there."""
    for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END]):
        row = cards[b, at.ROW]
        stock, per, used = state[row + at.INPUT_STOCK], state[row + at.INPUT_PER], state[row + at.INPUT_USED]
        if cards[b, at.INPUT_ALIKE]:
            each = per[0]
            for k in range(len(run)):
                used[k] = min(stock[k], each * run[k])
                stock[k] -= used[k]
        else:
            for k in range(len(run)):
                used[k] = min(stock[k], per[k] * run[k])
                stock[k] -= used[k]


@inner
def start(day: int, plant: Card, run: State, cards: Cards, state: State, keys: Keys, tables: State) -> None:
    """Start the day's work; without processing time it is finished stock at once."""
    processing = cards[0, at.HEAD_SCRATCH]
    if plant[at.PLANT_HAS_PROCESSING]:
        processing = value_row(cards[plant[at.PLANT_PROCESSING]], day, processing, state, keys, tables)
    for s in range(plant[at.PLANT_SHELF], plant[at.PLANT_SHELF_END]):
        shelf, row = cards[s], cards[s, at.ROW]
        per_activity, recovery = state[row + at.SHELF_YIELD], state[row + at.SHELF_RECOVERY]
        finished, output = state[row + at.SHELF_FINISHED], state[row + at.SHELF_OUTPUT]
        if plant[at.PLANT_HAS_PROCESSING]:
            process(day, run, state[processing], shelf, state)
        elif shelf[at.SHELF_ALIKE] and shelf[at.SHELF_UNCAPPED]:
            each = per_activity[0]
            for k in range(len(run)):
                output[k] = run[k] * each
                finished[k] += output[k]
        else:
            for k in range(len(run)):
                output[k] = min(run[k] * per_activity[k], recovery[k])
                finished[k] += output[k]


@inner
def process(day: int, run: State, processing: State, shelf: Card, state: State) -> None:
    """What is started now is finished after its processing time; in cases without one, at once."""
    row, ring, mask = shelf[at.ROW], shelf[at.SHELF_RING], shelf[at.SHELF_MASK]
    per_activity, recovery = state[row + at.SHELF_YIELD], state[row + at.SHELF_RECOVERY]
    in_process, finished = state[row + at.SHELF_IN_PROCESS], state[row + at.SHELF_FINISHED]
    output = state[row + at.SHELF_OUTPUT]
    for k in range(len(run)):
        made = min(run[k] * per_activity[k], recovery[k])
        if processing[k] <= 0.0:
            finished[k] += made
            output[k] += made
        else:
            due = int(min(rules.usable_on(day, float(day), processing[k]), day + mask))
            in_process[k] += made
            state[ring + (due & mask), k] += made
