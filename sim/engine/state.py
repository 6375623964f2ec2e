"""All numbers of a batch in one array, and a card for every object that says where its numbers begin."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine import layout as at
from sim.engine.cases import Cases, fixed_days, longest, merged_cards
from sim.engine.plan import Plan
from sim.scenario.effects import Lever

Table = NDArray[np.float64]
Cards = NDArray[np.int64]

LONGEST = 10_000
"""Days before day 0 from which goods can still be under way."""

FIELDS = {
    "plants": at.PLANT_FIELDS,
    "markets": at.MARKET_FIELDS,
    "shelves": at.SHELF_FIELDS,
    "inputs": at.INPUT_FIELDS,
    "links": at.LINK_FIELDS,
    "desk": at.DESK_FIELDS,
    "populations": at.POPULATION_FIELDS,
    "responses": at.RESPONSE_FIELDS,
    "laws": at.LAW_FIELDS,
}
"""Kinds of object that have numbers, in the order in which they stand, and how many rows each takes."""

CARDED = ("plants", "markets", "shelves", "inputs", "links", "laws", "outs")
"""Kinds of object that have cards, in order; `outs` lists the links out of each shelf."""

POINTS_TO = {
    "plants": {
        at.PLANT_SHELF: "shelves",
        at.PLANT_SHELF_END: "shelves",
        at.PLANT_INPUT: "inputs",
        at.PLANT_INPUT_END: "inputs",
        at.PLANT_CAPACITY: "laws",
        at.PLANT_PROCESSING: "laws",
    },
    "markets": {at.MARKET_INPUT: "inputs", at.MARKET_LAW: "laws"},
    "shelves": {at.SHELF_OUT: "outs", at.SHELF_OUT_END: "outs"},
    "inputs": {at.INPUT_LINK: "links", at.INPUT_LINK_END: "links"},
    "links": {at.LINK_TRANSIT: "laws"},
    "laws": {},
    "outs": {at.OUT_LINK: "links"},
}
"""Columns of cards that hold the number of another card."""


@dataclass(frozen=True)
class Floor:
    """Where everything stands."""

    cards: Cards
    first: Mapping[str, int]
    """First card of each kind."""
    row: Mapping[str, int]
    """First row of each kind's numbers."""
    rows: int

    def card(self, kind: str, number: int) -> Cards:
        """The card of one object by its number among its kind."""
        return np.asarray(self.cards[self.first[kind] + number])

    def view(self, state: Table, kind: str, count: int) -> Table:
        """A kind's numbers as shape (object, field, case), no copy."""
        fields = FIELDS[kind]
        return state[self.row[kind] : self.row[kind] + count * fields].reshape(count, fields, state.shape[1])


def laid_out(cases: Cases) -> Floor:
    """Give every object its rows and its card, and every ring its rows behind them."""
    plan = cases.first
    cards = {kind: merged_cards(cases, kind) for kind in CARDED if kind != "outs"}
    cards["outs"] = np.zeros((len(plan.outs), at.CARD_COLUMNS), np.int64)
    cards["outs"][:, at.OUT_LINK] = plan.outs
    row, place = 0, {}
    for kind, fields in FIELDS.items():
        place[kind] = row
        count = len(plan.names[kind])
        if kind in cards:
            cards[kind][:, at.ROW] = row + fields * np.arange(count)
        row += fields * count
    widest = max((card[at.SHELF_OUT_END] - card[at.SHELF_OUT] for card in cards["shelves"]), default=0)
    scratch = row
    rings = Rings(row + 1 + 4 * int(widest))
    _place_rings(cases, cards, rings)
    _mark_alike(cases, cards)
    _mark_denied(cases, cards["links"])
    cards["laws"][:, at.LAW_KEY] = np.arange(len(cards["laws"]))
    desk = cards["links"][:, at.LINK_DESK]
    desk[desk >= 0] = place["desk"] + at.DESK_FIELDS * desk[desk >= 0]
    return _joined(cards, place, scratch, rings.next_row)


def rows_of_state(plan: Plan) -> int:
    """How many numbers a case of the plan keeps, the firms of populations apart; no world is built for it."""
    nobody = Cases((plan,), np.zeros(1, np.intp), np.ones(1, np.int64), {}, seed=0)
    return laid_out(nobody).rows


def _joined(cards: dict[str, Cards], place: dict[str, int], scratch: int, rows: int) -> Floor:
    """All cards in one array under a header, their pointers made absolute."""
    first, number = {}, 1
    for kind in CARDED:
        first[kind] = number
        number += len(cards[kind])
    for kind, columns in POINTS_TO.items():
        for column, other in columns.items():
            cards[kind][:, column] += first[other]
    header = np.zeros((1, at.CARD_COLUMNS), np.int64)
    header[0, at.HEAD_SCRATCH] = scratch
    header[0, at.HEAD_PLANT], header[0, at.HEAD_PLANT_END] = first["plants"], first["markets"]
    header[0, at.HEAD_LINK], header[0, at.HEAD_LINK_END] = first["links"], first["laws"]
    return Floor(np.concatenate([header, *(cards[kind] for kind in CARDED)]), first, place, rows)


@dataclass
class Rings:
    """Hands out rings of rows, each a power of two deep, so that a day finds its row by a mask."""

    next_row: int

    def take(self, days: float, horizon: int) -> tuple[int, int]:
        """First row and mask of a ring that reaches `days` ahead; beyond the horizon nobody looks."""
        depth = 1 << math.ceil(math.log2(min(math.ceil(days), horizon + 1) + 2))
        first = self.next_row
        self.next_row += depth
        return first, depth - 1


def _place_rings(cases: Cases, cards: Mapping[str, Cards], rings: Rings) -> None:
    days = cases.first.days
    for card in cards["links"]:
        card[at.LINK_FIXED] = fixed_days(cases, card[at.LINK_TRANSIT])
        transit = card[at.LINK_FIXED] or longest(cases, card[at.LINK_TRANSIT])
        card[at.LINK_LONGEST] = min(math.ceil(transit), LONGEST)
        card[at.LINK_RING], card[at.LINK_MASK] = rings.take(transit + 1.0, days)
        if card[at.LINK_HISTORY] >= 0:
            card[at.LINK_HISTORY], card[at.LINK_HISTORY_MASK] = rings.take(days + 400.0, days + 400)
    for plant in cards["plants"]:
        cards["shelves"][plant[at.PLANT_SHELF] : plant[at.PLANT_SHELF_END], at.SHELF_AT_ONCE] = (
            plant[at.PLANT_HAS_PROCESSING] == 0
        )
        if plant[at.PLANT_HAS_PROCESSING]:
            processing = longest(cases, plant[at.PLANT_PROCESSING])
            for card in cards["shelves"][plant[at.PLANT_SHELF] : plant[at.PLANT_SHELF_END]]:
                card[at.SHELF_LONGEST] = min(math.ceil(processing), LONGEST)
                card[at.SHELF_RING], card[at.SHELF_MASK] = rings.take(processing, days)
    patience = cases.by_case(lambda p: p.numbers["markets"][:, at.MARKET_PATIENCE])
    for m, card in enumerate(cards["markets"]):
        card[at.MARKET_RING], card[at.MARKET_MASK] = rings.take(max(0.0, float(patience[m].max())), days)
        card[at.MARKET_QUEUES] = patience[m].max() > 0.0


def _mark_alike(cases: Cases, cards: Mapping[str, Cards]) -> None:
    """Say which numbers are the same in all cases, so that they are read once a day instead of once a case."""
    pulled = {(pull.effect.lever, pull.row) for pull in cases.first.pulls}
    for r, card in enumerate(cards["laws"]):
        card[at.LAW_ALIKE] = len({plan.laws[r][1:4] for plan in cases.plans}) == 1
    for s, card in enumerate(cards["shelves"]):
        same = _same(cases, "shelves", s, at.SHELF_YIELD, at.SHELF_TARGET)
        card[at.SHELF_ALIKE] = same and not cases.first.is_replanned
        card[at.SHELF_UNCAPPED] = all(plan.numbers["shelves"][s, at.SHELF_RECOVERY] == math.inf for plan in cases.plans)
    for b, card in enumerate(cards["inputs"]):
        card[at.INPUT_ALIKE] = _same(cases, "inputs", b, at.INPUT_PER) and (Lever.RECIPE, b) not in pulled
        for l in range(card[at.INPUT_LINK], card[at.INPUT_LINK_END]):
            same = _same(cases, "links", l, at.LINK_SHARE, at.LINK_TARGET)
            cards["links"][l, at.LINK_ALIKE] = same and not card[at.INPUT_DYNAMIC]


def _mark_denied(cases: Cases, links: Cards) -> None:
    """Say on which links applications may be denied, so that nobody looks for an authority's letters elsewhere."""
    pulled = {pull.row for pull in cases.first.pulls if pull.effect.lever is Lever.APPROVAL}
    for desk in cases.first.desks:
        for link, row in zip(desk.links, desk.rows, strict=True):
            least = min(plan.numbers["desk"][row, at.DESK_APPROVAL] for plan in cases.plans)
            links[link, at.LINK_DENIED] = least < 1.0 or row in pulled


def _same(cases: Cases, kind: str, row: int, *fields: int) -> bool:
    first = cases.first.numbers[kind][row, list(fields)]
    return all(bool((plan.numbers[kind][row, list(fields)] == first).all()) for plan in cases.plans)
