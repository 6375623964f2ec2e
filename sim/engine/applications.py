"""Applications for licences: prepared, filed, and begun by a reviewer."""

import math

import numpy as np

from sim.engine import layout as at
from sim.engine import rules
from sim.engine.chance import draw_part
from sim.engine.compiled import inner
from sim.engine.desk_parts import (
    DUE,
    DUTY_FILES_EVERY,
    DUTY_FIRMS,
    DUTY_FIRST,
    DUTY_LINK,
    DUTY_MEMBERS,
    DUTY_POOL,
    DUTY_PREPARATION,
    DUTY_QUEUE,
    DUTY_REVIEW,
    FILED,
    GENERAL,
    GOODS,
    NEVER,
    NEXT,
    OF,
    OWN_LIMIT,
    PART,
    PREPARED,
    QUEUED,
    SELF_FIRST,
    SELF_WORKING,
    STAGE,
    UNDER_REVIEW,
    Desk,
    join_queue,
    leave_queue,
    put,
    row_of,
    take_slot,
)
from sim.engine.draws import CONSTANT
from sim.engine.transit import Card


@inner
def file_singles(day: int, i: int, desk: Desk) -> bool:
    """One application for what is ready on a link, split into as many parcels as it stands for firms.

    Where nothing is approved nothing is filed. True if some parcel is decided on the very day.
    """
    duty, lane = desk.duties[i], desk.cards[desk.duties[i, DUTY_LINK]]
    entry = desk.state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
    card = desk.cards[duty[DUTY_REVIEW]]
    prepares, pool, firms, soon = duty[DUTY_PREPARATION] >= 0, duty[DUTY_POOL], duty[DUTY_FIRMS], False
    members = duty[DUTY_MEMBERS]
    plain = card[at.LAW_KIND] == CONSTANT and not desk.me[SELF_WORKING] and pool < 0 and not prepares and members < 0
    ready, filed, pending = entry[at.DESK_READY], entry[at.DESK_FILED], entry[at.DESK_PENDING]
    approval, delay, limit = entry[at.DESK_APPROVAL], entry[at.DESK_DELAY], desk.own[OWN_LIMIT]
    review = desk.state[card[at.ROW] + at.LAW_NOW]
    goods, due, following = desk.parcels[GOODS], desk.parcels[DUE], desk.marks[NEXT]
    heads, unused, marks = desk.heads[i], desk.unused, desk.marks
    for k in range(entry.shape[1]):
        if ready[k] <= 0.0 or approval[k] <= 0.0:
            continue
        whole, each = ready[k], ready[k] / firms
        ready[k] = 0.0
        for part in range(1, firms + 1):
            if members >= 0:
                each = whole * desk.by_firm[0, members + part - 1, k]
                if each <= 0.0:
                    continue
            if not plain:
                soon = file_one(day, i, part, k, each, desk) or soon
                continue
            # The common case, without a call for each parcel.
            slot = unused[0, k]
            unused[0, k] = following[slot, k]
            days = review[k] if np.isinf(limit[k]) else min(review[k], longest(card, limit[k], k, desk))
            when = min(day + days + delay[k], NEVER)
            goods[slot, k] = each
            due[slot, k] = when
            marks[FILED, slot, k] = day
            marks[PART, slot, k] = part
            marks[STAGE, slot, k] = UNDER_REVIEW
            marks[OF, slot, k] = i
            row = row_of(day, when)
            following[slot, k] = heads[row, k]
            heads[row, k] = slot
            soon = soon or when <= day
        if plain:
            unused[1, k] -= firms
            filed[k] += firms
            pending[k] += firms
    return soon


@inner
def file_one(day: int, i: int, part: int, k: int, amount: float, desk: Desk) -> bool:
    """The application of one firm, or what joins the first one that it still prepares."""
    firm = desk.duties[i, DUTY_FIRST] + part - 1
    prepares = desk.duties[i, DUTY_PREPARATION] >= 0 and desk.prepared[firm, k] > day
    if prepares and desk.firsts[firm, k] >= 0:
        desk.parcels[GOODS, desk.firsts[firm, k], k] += amount
        return False
    slot = take_slot(k, desk)
    desk.parcels[GOODS, slot, k] = amount
    desk.marks[PART, slot, k] = part
    desk.marks[OF, slot, k] = i
    if not prepares:
        return lodge(day, i, k, slot, desk)
    desk.firsts[firm, k] = slot
    wait_to_file(day, i, k, slot, desk.prepared[firm, k], desk)
    return False


@inner
def wait_to_file(day: int, i: int, k: int, slot: int, ready: float, desk: Desk) -> None:
    """An application that is ready at some time is filed on the next filing day."""
    every = desk.duties[i, DUTY_FILES_EVERY]
    due = min(math.ceil(ready / every) * every, NEVER)
    desk.parcels[DUE, slot, k] = due
    desk.marks[STAGE, slot, k] = PREPARED
    put(k, i, slot, row_of(day + 1, due), desk)


@inner
def lodge(day: int, i: int, k: int, slot: int, desk: Desk) -> bool:
    """File an application; True if it is decided on the very day. It stands in a queue, or on the day it is decided."""
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    desk.marks[FILED, slot, k] = day
    desk.state[lane[at.LINK_DESK] + at.DESK_FILED, k] += 1.0
    desk.state[lane[at.LINK_DESK] + at.DESK_PENDING, k] += 1.0
    if desk.duties[i, DUTY_POOL] >= 0:
        desk.marks[STAGE, slot, k] = QUEUED
        join_queue(k, desk.duties[i, DUTY_QUEUE], slot, desk)
        return False
    return put_under_review(day, decided_at(float(day), k, slot, desk), k, slot, desk) <= day


@inner
def put_under_review(day: int, decided: float, k: int, slot: int, desk: Desk) -> float:
    """A review begins that is over at some time; returns when it is decided, days added by a shock included."""
    i = desk.marks[OF, slot, k]
    lane = desk.cards[desk.duties[i, DUTY_LINK]]
    when = min(decided + desk.state[lane[at.LINK_DESK] + at.DESK_DELAY, k], NEVER)
    desk.parcels[DUE, slot, k] = when
    desk.marks[STAGE, slot, k] = UNDER_REVIEW
    put(k, i, slot, row_of(day, when), desk)
    return float(when)


@inner
def decided_at(begins: float, k: int, slot: int, desk: Desk) -> float:
    """Time a review that begins at some time is over."""
    card = desk.cards[desk.duties[desk.marks[OF, slot, k], DUTY_REVIEW]]
    filed, part = desk.marks[FILED, slot, k], desk.marks[PART, slot, k]
    review = draw_part(card, k, filed, part, desk.state, desk.keys[card[at.LAW_KEY], k], desk.tables)
    limit = desk.own[OWN_LIMIT, k]
    if limit < np.inf:
        review = min(review, longest(card, limit, k, desk))
    if desk.me[SELF_WORKING]:
        decided = rules.working_days_passed(begins, review, desk.me[SELF_FIRST], desk.worked, desk.day_of)
        return min(decided, NEVER)
    return min(begins + review, NEVER)


@inner
def longest(card: Card, limit: float, k: int, desk: Desk) -> float:
    """The statutory limit, changed as shocks change the review it limits."""
    row = card[at.ROW]
    return float(desk.state[row + at.LAW_TIMES, k] * limit + desk.state[row + at.LAW_ADDED, k])


@inner
def assign(day: int, desk: Desk) -> bool:
    """Reviewers who are free before tomorrow take what waits; True if something is decided on the very day."""
    soon = False
    for pool in range(len(desk.pools)):
        for k in range(desk.own.shape[1]):
            free = desk.free[pool, k]
            while free[0] < day + 1.0:
                slot = leave_queue(k, pool, desk)
                if slot < 0:
                    break
                # Whoever is free earlier today finds what was filed today, and no earlier.
                begins = max(free[0], float(day))
                decided = decided_at(begins, k, slot, desk)
                rules.busy_until(free, decided)
                soon = put_under_review(day, decided, k, slot, desk) <= day or soon
    return soon


@inner
def file_general(day: int, i: int, desk: Desk) -> bool:
    """Ask for a general licence where goods wait that none covers, none is pending and one may be asked for."""
    duty, lane, soon = desk.duties[i], desk.cards[desk.duties[i, DUTY_LINK]], False
    entry = desk.state[lane[at.LINK_DESK] : lane[at.LINK_DESK] + at.DESK_FIELDS]
    for k in range(entry.shape[1]):
        asked = entry[at.DESK_ASKED, k] > 0.0 or entry[at.DESK_COVERED_UNTIL, k] > day
        if entry[at.DESK_READY, k] <= 0.0 or asked or entry[at.DESK_NOT_BEFORE, k] > day:
            continue
        if duty[DUTY_PREPARATION] >= 0 and desk.prepared[duty[DUTY_FIRST], k] > day:
            continue
        if entry[at.DESK_APPROVAL, k] <= 0.0:
            continue
        entry[at.DESK_ASKED, k] = 1.0
        slot = take_slot(k, desk)
        desk.parcels[GOODS, slot, k] = 0.0
        desk.marks[PART, slot, k] = GENERAL
        desk.marks[OF, slot, k] = i
        soon = lodge(day, i, k, slot, desk) or soon
    return soon
