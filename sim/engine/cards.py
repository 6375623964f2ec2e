"""The cards of a plan: for each object where its neighbours stand and what it is, as integers."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.drawing import Drawing, product_of
from sim.engine.means import Law
from sim.scenario.effects import Lever
from sim.scenario.markets import Market
from sim.scenario.network import Lane, Node
from sim.scenario.units import Duration

Table = NDArray[np.float64]
Cards = NDArray[np.int64]


def cards_of(d: Drawing) -> dict[str, Cards]:
    """All cards by kind of object, shape (object, column); pointers count within their kind."""
    return {
        "plants": _stack(_plant_card(d, n) for n in d.plants),
        "markets": _stack(_market_card(d, n) for n in d.markets),
        "shelves": _stack(_shelf_card(d, n, c) for n, c in d.shelves),
        "inputs": _stack(_input_card(d, n, c) for n, c in d.inputs),
        "links": _stack(_link_card(d, lane) for lane in d.lanes),
        "laws": _stack(_law_card(d, name, law) for name, law in d.laws.items()),
    }


def _law_card(d: Drawing, name: str, law: Law) -> dict[int, int]:
    return {at.LAW_KIND: law.kind, at.LAW_TOUCHED: int(name in d.touched_laws)}


def _plant_card(d: Drawing, n: Node) -> dict[int, int]:
    record = n.record
    assert not isinstance(record, Market)
    shelves = [d.row["shelves"][f"{n.name}: {c}"] for c in n.commodities]
    inputs = [d.row["inputs"][f"{n.name}: {c}"] for c in n.buys]
    never = isinstance(record.processing, Duration) and record.processing.value == 0.0
    touched = n.name in d.touched[Lever.PROCESSING]
    return {
        at.PLANT_SHELF: shelves[0],
        at.PLANT_SHELF_END: shelves[-1] + 1,
        at.PLANT_INPUT: inputs[0] if inputs else 0,
        at.PLANT_INPUT_END: inputs[-1] + 1 if inputs else 0,
        at.PLANT_CAPACITY: d.row["laws"][f"{n.name}: capacity"],
        at.PLANT_PROCESSING: d.row["laws"][f"{n.name}: processing"],
        at.PLANT_HAS_PROCESSING: int(not never or touched),
        at.PLANT_FLAT: int(record.run == "flat"),
        at.PLANT_HAS_STORAGE: int(any(p.paces and p.storage is not None for p in record.makes.values())),
    }


def _market_card(d: Drawing, n: Node) -> dict[int, int]:
    name = f"{n.name}: {n.commodities[0]}"
    return {at.MARKET_INPUT: d.row["inputs"][name], at.MARKET_LAW: d.row["laws"][f"{n.name}: demand"]}


def _shelf_card(d: Drawing, n: Node, commodity: str) -> dict[int, int]:
    name = f"{n.name}: {commodity}"
    first, links = d.first_out[name], d.out_of[name]
    return {
        at.SHELF_OUT: first,
        at.SHELF_OUT_END: first + len(links),
        at.SHELF_PACES: int(product_of(n, commodity).paces),
        at.SHELF_FREE: int(not any(_held_back(d, d.lanes[l]) for l in links)),
    }


def _input_card(d: Drawing, n: Node, commodity: str) -> dict[int, int]:
    purchase = n.buys[commodity]
    links = [d.row["links"][f"{seller} > {n.name}: {commodity}"] for seller in sorted(purchase.from_)]
    smoothed = purchase.usage == "smoothed"
    record = n.record
    partial = not isinstance(record, Market) and record.recipe[commodity].dependence < 1.0
    return {
        at.INPUT_LINK: links[0],
        at.INPUT_LINK_END: links[-1] + 1,
        at.INPUT_PARTIAL: int(partial),
        at.INPUT_DYNAMIC: int(smoothed or purchase.learns > 0.0 or _moves(d, f"{n.name}: {commodity}")),
        at.INPUT_SMOOTHED: int(smoothed),
        at.INPUT_SLOWS: int(not isinstance(record, Market) and record.recipe[commodity].throttle > 0.0),
    }


def _moves(d: Drawing, name: str) -> bool:
    """Whether something changes its cover or stops its orders, or plans are made again and may move its use."""
    return d.is_replanned or name in d.touched[Lever.COVER] or name in d.touched[Lever.ORDERS]


def _link_card(d: Drawing, lane: Lane) -> dict[int, int]:
    j = d.row["desk"].get(lane.name, -1)
    return {
        at.LINK_TRANSIT: d.row["laws"][f"{lane.name}: transit"],
        at.LINK_LIMITED: int(_is_limited(d, lane)),
        at.LINK_DESK: j,
        at.LINK_RANK: lane.record.priority,
        at.LINK_HOME: int(lane.seller.country == lane.buyer.country),
        at.LINK_PUSHED: int(lane.name in d.touched[Lever.FRONT_LOAD] or lane.name in d.touched[Lever.REFILL]),
        at.LINK_HISTORY: 0 if lane.buyer.buys[lane.commodity].learns > 0.0 else -1,
    }


def _is_limited(d: Drawing, lane: Lane) -> bool:
    """Whether the lane has a capacity, or a shock caps what it carries."""
    return lane.record.capacity is not None or lane.name in d.capped


def _held_back(d: Drawing, lane: Lane) -> bool:
    return _is_limited(d, lane) or lane.name in d.row["desk"]


def _stack(cards: Iterator[dict[int, int]]) -> Cards:
    rows = list(cards)
    table = np.zeros((len(rows), at.CARD_COLUMNS), np.int64)
    for i, card in enumerate(rows):
        for column, value in card.items():
            table[i, column] = value
    return table
