"""The numbers of a plan: the fields of every object as they are on day 0."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.compiled import plain
from sim.engine.desks import DeskPlan, Duty, expected_delay
from sim.engine.drawing import Drawing, product_of
from sim.engine.firms import usual_cover
from sim.engine.laws import expect
from sim.engine.means import law_of
from sim.engine.rules import target
from sim.engine.rulings import share_on_day_0
from sim.scenario.effects import Lever
from sim.scenario.facilities import Stockpile
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Node
from sim.scenario.responses import ALLOCATIONS

Table = NDArray[np.float64]
Cards = NDArray[np.int64]


def numbers_of(d: Drawing) -> dict[str, Table]:
    """The numbers on day 0 by kind of object, shape (object, field)."""
    return {
        "plants": _plants(d),
        "markets": _markets(d),
        "shelves": _shelves(d),
        "inputs": _inputs(d),
        "links": _links(d),
        "desk": _desk(d),
        "responses": np.zeros((len(d.reactions), at.RESPONSE_FIELDS), float),
    }


def _plants(d: Drawing) -> Table:
    table = np.zeros((len(d.plants), at.PLANT_FIELDS))
    table[:, at.PLANT_PLAN] = [d.flows.activity[n.name] for n in d.plants]
    table[:, at.PLANT_RULE] = [ALLOCATIONS.index(n.record.allocation) for n in d.plants]  # type: ignore[union-attr]
    return table


def _markets(d: Drawing) -> Table:
    table = np.zeros((len(d.markets), at.MARKET_FIELDS))
    for m, n in enumerate(d.markets):
        assert isinstance(n.record, Market)
        patience = n.record.patience
        days = math.inf if patience == "endless" else math.ceil(patience.days)
        # Whoever waits beyond the horizon is not seen giving up.
        table[m, at.MARKET_PATIENCE] = -1.0 if days >= d.scenario.days else days
    return table


def _shelves(d: Drawing) -> Table:
    table = np.zeros((len(d.shelves), at.SHELF_FIELDS))
    for s, (n, commodity) in enumerate(d.shelves):
        table[s] = _shelf(d, n, commodity)
    return table


def _shelf(d: Drawing, n: Node, commodity: str) -> Table:
    record, product = n.record, product_of(n, commodity)
    assert not isinstance(record, Market)
    needed = d.flows.needed[n.name, commodity]
    capacity = math.inf if product.capacity is None else product.capacity.value
    storage = math.inf if product.storage is None else product.storage.value
    made = d.flows.output(n.name, product)
    pipeline = expect(law_of(record.processing), lambda p: np.ceil(p))
    row = np.zeros(at.SHELF_FIELDS)
    row[at.SHELF_YIELD] = product.amount.value
    row[at.SHELF_STORAGE], row[at.SHELF_RECOVERY] = storage, capacity
    row[at.SHELF_PIPELINE], row[at.SHELF_COVER] = pipeline, record.finished_cover.days
    finished = min(storage, record.finished_cover.days * made)
    row[at.SHELF_TARGET] = finished + pipeline * made
    row[at.SHELF_IN_PROCESS] = pipeline * made
    # A by-product made beyond need has piled up to its storage; the rest is discarded from the first day on.
    piles_up = not product.paces and storage < math.inf and made > needed
    row[at.SHELF_FINISHED] = storage if piles_up else finished
    if isinstance(record, Stockpile):
        row[at.SHELF_TARGET] = row[at.SHELF_FINISHED] = record.size.value
    return row


def _inputs(d: Drawing) -> Table:
    table = np.zeros((len(d.inputs), at.INPUT_FIELDS))
    for b, (n, commodity) in enumerate(d.inputs):
        purchase = n.buys[commodity]
        table[b, at.INPUT_PER], table[b, at.INPUT_DEPENDENCE] = 1.0, 1.0
        if not isinstance(n.record, Market):
            ingredient = n.record.recipe[commodity]
            table[b, at.INPUT_PER] = ingredient.amount.value
            table[b, at.INPUT_DEPENDENCE] = ingredient.dependence
            table[b, at.INPUT_THROTTLE] = ingredient.throttle
        table[b, at.INPUT_COVER] = usual_cover(n, commodity)
        table[b, at.INPUT_USAGE] = d.flows.usage[n.name, commodity]
        table[b, at.INPUT_SMOOTHING] = max(1.0, purchase.smoothing.days)
        table[b, at.INPUT_STOCK] = usual_cover(n, commodity) * d.flows.usage[n.name, commodity]
    return table


def _links(d: Drawing) -> Table:
    table = np.zeros((len(d.lanes), at.LINK_FIELDS))
    before = _desks_before(d)
    for l, lane in enumerate(d.lanes):
        purchase, usage = lane.buyer.buys[lane.commodity], d.flows.usage[lane.buyer.name, lane.commodity]
        delay = _delay(d, lane, before.get(l, ()))
        table[l, at.LINK_SHARE], table[l, at.LINK_USUAL] = lane.share, d.flows.link[lane.name]
        table[l, at.LINK_DELAY] = table[l, at.LINK_AGE] = delay
        table[l, at.LINK_TARGET] = plain(target)(lane.share, usage, usual_cover(lane.buyer, lane.commodity), delay)
        table[l, at.LINK_LIMIT] = math.inf if lane.record.capacity is None else lane.record.capacity.value
        table[l, at.LINK_QUOTA] = math.inf
        table[l, at.LINK_LEARNS], table[l, at.LINK_SEEN] = purchase.learns, -1.0
    return table


def _desks_before(d: Drawing) -> dict[int, list[tuple[DeskPlan, Duty]]]:
    """By link that needs a licence from the beginning: the authorities before it, in order."""
    found: dict[int, list[tuple[DeskPlan, Duty]]] = {}
    for desk in d.desks:
        for l, duty, needed in zip(desk.links, desk.duties, desk.needed, strict=True):
            if needed:
                found.setdefault(l, []).append((desk, duty))
    return found


def _delay(d: Drawing, lane: Lane, before: Iterable[tuple[DeskPlan, Duty]]) -> float:
    transit = expect(law_of(lane.record.transit), lambda days: np.maximum(1.0, np.ceil(days)))
    for desk, duty in before:
        transit += expected_delay(d.scenario, desk, lane, duty)
    return transit


_SHARES = {
    Lever.APPROVAL: at.DESK_APPROVAL,
    Lever.BARRED: at.DESK_BARRED_SHARE,
    Lever.GENERAL: at.DESK_GENERAL_SHARE,
}


def _desk(d: Drawing) -> Table:
    table = np.zeros((len(d.controlled), at.DESK_FIELDS))
    for desk in d.desks:
        regime = d.scenario.licences[desk.name]
        for l, j, duty, needed in zip(desk.links, desk.rows, desk.duties, desk.needed, strict=True):
            table[j, at.DESK_LICENSED] = table[j, at.DESK_NEEDED] = float(needed)
            table[j, at.DESK_APPROVAL] = 1.0
            if not duty.looks_alike:
                for lever, field in _SHARES.items():
                    table[j, field] = share_on_day_0(lever, regime, d.lanes[l], d.scenario)
                table[j, at.DESK_NEEDED] *= 1.0 - table[j, at.DESK_GENERAL_SHARE]
            table[j, at.DESK_COVERED_UNTIL] = table[j, at.DESK_COVERED_FROM] = -math.inf
            table[j, at.DESK_NOT_BEFORE] = -math.inf
    return table
