"""Decisions about licences, and what follows: goods leave, return to stock, or wait at customs."""

import math

import numpy as np

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.applications import lodge, wait_to_file
from sim.engine.chance import draw_part
from sim.engine.compiled import inner
from sim.engine.desk_parts import (
    AGAIN,
    CLEARED,
    DONE,
    DUE,
    DUTY_COMPLETION,
    DUTY_FIRMS,
    DUTY_FIRST,
    DUTY_HOLD,
    DUTY_LAG,
    DUTY_LINK,
    DUTY_MEMBERS,
    DUTY_PLAIN,
    DUTY_VERDICT,
    FILED,
    GENERAL,
    GOODS,
    NEXT,
    OF,
    OWN_AGAIN_AFTER,
    OWN_CAP,
    OWN_RETURNED,
    OWN_VALIDITY,
    PART,
    PREPARED,
    QUEUED,
    RING,
    SELF_AGAIN,
    STAGE,
    UNDER_REVIEW,
    Desk,
    give_back,
    put,
    row_of,
)
from sim.engine.draws import CONSTANT, uniform2
from sim.engine.plain_desk import gather
from sim.engine.transit import Card, State


@inner
def put_off(day: int, i: int, desk: Desk) -> None:
    """A suspended authority decides nothing: what is to be decided is due tomorrow. What is approved goes on.

    A plain link has slots by the morning on which something must be put off.
    """
    if desk.duties[i, DUTY_PLAIN] >= 0:
        return
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    suspended = desk.state[lane[at.LINK_DESK] + at.DESK_SUSPENDED]
    for k in range(len(suspended)):
        if suspended[k] <= 0.0:
            continue
        slot = desk.heads[i, day % RING, k]
        desk.heads[i, day % RING, k] = -1
        while slot >= 0:
            following, row = desk.marks[NEXT, slot, k], day % RING
            if desk.marks[STAGE, slot, k] == UNDER_REVIEW:
                desk.parcels[DUE, slot, k] = max(desk.parcels[DUE, slot, k], day + 1.0)
                row = row_of(day + 1, desk.parcels[DUE, slot, k])
            put(k, i, slot, row, desk)
            slot = following


@inner
def decide(day: int, i: int, transit: State, desk: Desk) -> None:
    """Go through the parcels of one link that are due: file, judge, hold at customs, release, or send back.

    The common case, approved and released, is one loop without calls that hand arrays on, since it runs for every
    parcel of every case.
    """
    duty, lane = desk.duties[i], desk.cards[desk.duties[i, DUTY_LINK]]
    state, entry = desk.state, desk.state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
    card = desk.cards[duty[DUTY_HOLD]]
    hold_now, verdict = state[card[at.ROW] + at.LAW_NOW], desk.verdicts[duty[DUTY_VERDICT]]
    at_once = card[at.LAW_KIND] == CONSTANT and duty[DUTY_LAG] < 0
    limit, usual = state[lane[at.ROW] + at.LINK_LIMIT], state[lane[at.ROW] + at.LINK_USUAL]
    goods, due, following, stage = desk.parcels[GOODS], desk.parcels[DUE], desk.marks[NEXT], desk.marks[STAGE]
    held, released, approval = entry[at.DESK_HELD], entry[at.DESK_RELEASED], entry[at.DESK_APPROVAL]
    cap, cleared, incomplete = desk.own[OWN_CAP], entry[at.DESK_CLEARED], desk.own[OWN_RETURNED]
    ring, mask, heads, unused, marks = lane[at.LINK_RING], lane[at.LINK_MASK], desk.heads[i], desk.unused, desk.marks
    today = heads[day % RING]
    for k in range(entry.shape[1]):
        slot = today[k]
        if slot < 0:
            continue
        today[k] = -1
        while slot >= 0:
            upcoming = following[slot, k]
            if due[slot, k] <= day and stage[slot, k] == PREPARED:
                file_prepared(day, i, k, slot, desk)
                if due[slot, k] > day or stage[slot, k] == QUEUED:
                    slot = upcoming
                    continue
                heads[row_of(day, due[slot, k]), k] = following[slot, k]  # decided at once: taken off its day again
            when = due[slot, k]
            if when <= day and stage[slot, k] == UNDER_REVIEW:
                filed, part = marks[FILED, slot, k], marks[PART, slot, k]
                entry[at.DESK_PENDING, k] -= 1.0
                entry[at.DESK_REVIEW_DAYS, k] += when - filed
                # An approval of 1 needs no luck: every draw is below it.
                luck = 0.0
                if approval[k] < 1.0 or incomplete[k] > 0.0:
                    luck = uniform2(verdict[k], filed, part)
                if luck < incomplete[k]:
                    complete(day, i, k, slot, when, desk)
                    slot = upcoming
                    continue
                approved = approval[k] >= 1.0 or (luck - incomplete[k]) / (1.0 - incomplete[k]) < approval[k]
                entry[at.DESK_APPROVED if approved else at.DESK_DENIED, k] += 1.0
                if part == GENERAL:
                    grant(k, when, approved, desk, entry)
                    stage[slot, k] = DONE
                elif approved:
                    when += hold_now[k] if at_once else held_up(i, k, slot, desk)
                    stage[slot, k] = CLEARED
                else:
                    if duty[DUTY_MEMBERS] >= 0:
                        note_firm(2, goods[slot, k], duty, k, slot, desk)
                    when = send_back(day, k, slot, desk, entry)
            if stage[slot, k] == AGAIN and when <= day:
                entry[at.DESK_REBOOKED, k] += goods[slot, k]
                entry[at.DESK_WAITING, k] = max(0.0, entry[at.DESK_WAITING, k] - goods[slot, k])
                stage[slot, k] = DONE
            if stage[slot, k] == CLEARED and when <= day:
                amount = goods[slot, k]
                if cap[k] < np.inf and usual[k] > 0.0:
                    amount = min(amount, max(0.0, cap[k] * usual[k] - cleared[k]))
                if limit[k] <= 0.0:  # approved, but the lane is shut: tomorrow again
                    amount = 0.0
                if amount > 0.0:
                    arrival = int(min(rules.usable_on(day, when, transit[k]), day + mask))
                    state[ring + (arrival & mask), k] += amount
                    held[k] = max(0.0, held[k] - amount)
                    released[k] += amount
                    cleared[k] += amount
                    goods[slot, k] -= amount
                    if duty[DUTY_MEMBERS] >= 0:
                        note_firm(1, amount, duty, k, slot, desk)
                when = day + 1.0
                stage[slot, k] = DONE if goods[slot, k] <= 0.0 else CLEARED
            if stage[slot, k] == DONE:
                following[slot, k] = unused[0, k]
                unused[0, k] = slot
                unused[1, k] += 1
            else:
                due[slot, k] = when
                row = row_of(day + 1, when)
                following[slot, k] = heads[row, k]
                heads[row, k] = slot
            slot = upcoming


@inner
def note_firm(what: int, amount: float, duty: Card, k: int, slot: int, desk: Desk) -> None:
    """Which firm of a population a parcel is, for what was released (1) and denied (2) today."""
    firm = duty[DUTY_MEMBERS] + (desk.marks[PART, slot, k] - 1) % duty[DUTY_FIRMS]
    desk.by_firm[what, firm, k] += amount


@inner
def file_prepared(day: int, i: int, k: int, slot: int, desk: Desk) -> None:
    """An application that has been prepared, or completed, is filed."""
    duty = desk.duties[i]
    if desk.marks[PART, slot, k] != GENERAL:
        firm = duty[DUTY_FIRST] + (desk.marks[PART, slot, k] - 1) % duty[DUTY_FIRMS]
        if desk.firsts[firm, k] == slot:
            desk.firsts[firm, k] = -1
    lodge(day, i, k, slot, desk)


@inner
def complete(day: int, i: int, k: int, slot: int, when: float, desk: Desk) -> None:
    """An application returned for completion is filed again once it is complete, with luck of its own."""
    duty, ready = desk.duties[i], when
    if duty[DUTY_COMPLETION] >= 0:
        card = desk.cards[duty[DUTY_COMPLETION]]
        filed, part = desk.marks[FILED, slot, k], desk.marks[PART, slot, k]
        ready += draw_part(card, k, filed, part, desk.state, desk.keys[card[at.LAW_KEY], k], desk.tables)
    if desk.marks[PART, slot, k] != GENERAL:
        desk.marks[PART, slot, k] += duty[DUTY_FIRMS]
    # Nothing is filed on the day it comes back.
    wait_to_file(day, i, k, slot, max(ready, day + 1.0), desk)


@inner
def held_up(i: int, k: int, slot: int, desk: Desk) -> float:
    """Days between approval and shipment: the hold at the border, and the lag from the grant to the shipment."""
    days, filed, part = 0.0, desk.marks[FILED, slot, k], desk.marks[PART, slot, k]
    for column in (DUTY_HOLD, DUTY_LAG):
        if desk.duties[i, column] >= 0:
            card = desk.cards[desk.duties[i, column]]
            days += draw_part(card, k, filed, part, desk.state, desk.keys[card[at.LAW_KEY], k], desk.tables)
    return days


@inner
def grant(k: int, when: float, approved: bool, desk: Desk, entry: State) -> None:
    """A general licence covers its link from now for its validity; denied, it may be asked for again after a while.

    Where denied orders are cancelled, so is all that waits for it.
    """
    entry[at.DESK_ASKED, k] = 0.0
    if approved:
        entry[at.DESK_COVERED_FROM, k] = when
        entry[at.DESK_COVERED_UNTIL, k] = when + desk.own[OWN_VALIDITY, k]
        return
    entry[at.DESK_NOT_BEFORE, k] = when + desk.own[OWN_AGAIN_AFTER, k]
    if not desk.me[SELF_AGAIN]:
        goods = entry[at.DESK_READY, k]
        entry[at.DESK_READY, k] = 0.0
        entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
        entry[at.DESK_RETURNED, k] += goods
        entry[at.DESK_CANCELLED, k] += goods


@inner
def send_back(day: int, k: int, slot: int, desk: Desk, entry: State) -> float:
    """Denied goods return to the seller's stock; the order is cancelled, or due back in the book."""
    goods = desk.parcels[GOODS, slot, k]
    entry[at.DESK_HELD, k] = max(0.0, entry[at.DESK_HELD, k] - goods)
    entry[at.DESK_RETURNED, k] += goods
    if not desk.me[SELF_AGAIN]:
        entry[at.DESK_CANCELLED, k] += goods
        desk.marks[STAGE, slot, k] = DONE
    else:
        entry[at.DESK_WAITING, k] += goods
        desk.marks[STAGE, slot, k] = AGAIN
    return day + float(math.ceil(desk.own[OWN_AGAIN_AFTER, k]))


@inner
def let_go(day: int, i: int, transit: State, desk: Desk) -> None:
    """Where no licence is needed any more, all that is held on an open lane is released."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    entry = desk.state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
    licensed, held = entry[at.DESK_LICENSED], entry[at.DESK_HELD]
    limit = desk.state[lane[at.ROW] + at.LINK_LIMIT]
    for k in range(entry.shape[1]):
        if licensed[k] > 0.0 or held[k] <= 0.0 or limit[k] <= 0.0:
            continue
        before = gather(day, i, k, desk) if desk.duties[i, DUTY_PLAIN] >= 0 else clear_away(i, k, desk)
        goods = entry[at.DESK_READY, k] + before
        for firm in range(desk.duties[i, DUTY_FIRST], desk.duties[i, DUTY_FIRST] + desk.duties[i, DUTY_FIRMS]):
            desk.firsts[firm, k] = -1
        release(day, i, k, float(day), goods, transit[k], desk)
        entry[at.DESK_READY, k] = 0.0
        entry[at.DESK_PENDING, k] = 0.0
        held[k] = 0.0
        entry[at.DESK_ASKED, k], entry[at.DESK_COVERED_UNTIL, k] = 0.0, -np.inf


@inner
def clear_away(i: int, k: int, desk: Desk) -> float:
    """Take a link's parcels off the desk and return their goods; orders that wait to return to the book stay."""
    goods = 0.0
    for row in range(RING):
        slot = desk.heads[i, row, k]
        desk.heads[i, row, k] = -1
        while slot >= 0:
            following = desk.marks[NEXT, slot, k]
            if desk.marks[STAGE, slot, k] == AGAIN:
                put(k, i, slot, row, desk)
            else:
                goods += desk.parcels[GOODS, slot, k]
                give_back(k, slot, desk)
            slot = following
    for queue in range(len(desk.queues)):
        before, slot = -1, desk.queues[queue, 0, k]
        while slot >= 0:
            following = desk.marks[NEXT, slot, k]
            if desk.marks[OF, slot, k] != i:
                before = slot
            else:
                if before < 0:
                    desk.queues[queue, 0, k] = following
                else:
                    desk.marks[NEXT, before, k] = following
                if desk.queues[queue, 1, k] == slot:
                    desk.queues[queue, 1, k] = before
                goods += desk.parcels[GOODS, slot, k]
                give_back(k, slot, desk)
            slot = following
    return goods


@inner
def release(day: int, i: int, k: int, when: float, goods: float, transit: float, desk: Desk) -> None:
    """Goods cleared at time `when` go under way on `day`."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    arrival = int(min(rules.usable_on(day, when, transit), day + lane[at.LINK_MASK]))
    desk.state[lane[at.LINK_RING] + (arrival & lane[at.LINK_MASK]), k] += goods
    held = desk.state[lane[at.LINK_DESK] + at.DESK_HELD]
    held[k] = max(0.0, held[k] - goods)
    desk.state[lane[at.LINK_DESK] + at.DESK_RELEASED, k] += goods
    desk.state[lane[at.LINK_DESK] + at.DESK_CLEARED, k] += goods


@inner
def ship_under_general(day: int, i: int, transit: State, desk: Desk) -> None:
    """Goods that waited for a general licence leave as soon as it is granted and the lane is open."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    entry = desk.state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
    limit = desk.state[lane[at.ROW] + at.LINK_LIMIT]
    for k in range(entry.shape[1]):
        goods, since = entry[at.DESK_READY, k], entry[at.DESK_COVERED_FROM, k]
        if goods > 0.0 and entry[at.DESK_COVERED_UNTIL, k] > day and limit[k] > 0.0:
            entry[at.DESK_READY, k] = 0.0
            release(day, i, k, since if since > day - 1.0 else float(day), goods, transit[k], desk)
