"""One example of every kind of shock: a small world, the shock, and the series in which its window can be read.

An example is written so that its effect shows on every day from `first` days after the shock starts until `last` days
after it ends, and on no other day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from worlds import USERS, Lived, chain, regime, two_sources, variant

from sim.results.prices import by_day, effects_on
from sim.scenario.effects import Lever

MINE, MAKER = "mine: good_0", "plant_1: good_1"
LANE = "mine > plant_1: good_0"
STOCK = "plant_1: good_0"
TO_MINE = {"where": {"id": "mine"}}
ON_LANE = {"links": {"buyer": "plant_1"}}
OFFICE = {"authority": "office"}


@dataclass(frozen=True)
class Example:
    """`shows` tells by day whether the effect is visible; `nothing` are values with which the shock is none."""

    shock: dict[str, Any]
    shows: Callable[[Lived], np.ndarray]
    nothing: dict[str, Any] | None
    """None for kinds that have no size: only their window can be empty."""
    data: dict[str, Any] = field(default_factory=lambda: chain((20,)))
    first: int = 0
    last: int = 0

    def world(self, effective="day 50", **more):
        shock = {"source": "test", "effective": effective, **self.shock, **more}
        return variant(self.data, {"shocks": {"what": {k: v for k, v in shock.items() if v is not None}}})


def none_of(what, where):
    return lambda lived: lived.struck[what, where][:, 0] == 0.0


def around(what, where, value):
    return lambda lived: np.isclose(lived.struck[what, where][:, 0], value)


def missing(what, where):
    """Days at whose end less has come in all than without the shock."""
    return lambda lived: np.cumsum(lived.calm[what, where] - lived.struck[what, where], axis=0)[:, 0] > 1e-6


def first_time(shows):
    """The days of another view up to the first on which it no longer shows."""

    def until_it_ends(lived):
        shown = shows(lived)
        ended = np.logical_or.accumulate(np.diff(shown.astype(int), prepend=0) < 0)
        return shown & ~ended

    return until_it_ends


def less(what, where):
    return lambda lived: lived.struck[what, where][:, 0] < lived.calm[what, where][:, 0] - 1e-6


def falls(what, where):
    """Days on which a stock falls further behind what it is without the shock."""

    def shows(lived):
        behind = (lived.calm[what, where] - lived.struck[what, where])[:, 0]
        return np.diff(behind, prepend=0.0) > 1e-6

    return shows


def costs(lever, target, value):
    """Days on which something that only costs reckon with has a value; a tariff is 10 % and a price 10 otherwise."""

    def shows(lived):
        base = {Lever.TARIFF: 0.1, Lever.PRICE: 10.0}[lever]
        effects = effects_on(lived.scenario).get((lever, target), ())
        return np.isclose(by_day(effects, base, lived.struck.days), value)

    return shows


PRICED = variant(
    chain((20,)),
    {
        "commodities.good_0.price": "10 USD/t",
        "facilities.plant_1.buys.good_0.from": {"mine": {"transit": "2 days", "tariff": "10 %"}},
    },
)
LICENSED = chain((60,), licences={"office": regime(5, in_force=True)})
UNLICENSED = chain((60,), licences={"office": regime(300)})
SWIFT = chain((20,), spare=100)
ONE_FIRM = variant(chain((20,)), {"facilities.mine.tags": "acme", "facilities.plant_1.tags": ["acme", "other"]})
WAITING = chain((20,), spare=0, market={"patience": "endless"})
BUYERS = {"where": {"id": USERS}}

EXAMPLES: dict[str, Example] = {
    "capacity_loss": Example(
        {"kind": "capacity_loss", **TO_MINE, "size": "100 %"}, none_of("output", MINE), {"size": "0 %"}
    ),
    "export_ban": Example({"kind": "export_ban", "country": "CN"}, none_of("shipments", LANE), {"leakage": "100 %"}),
    "import_ban": Example({"kind": "import_ban", "country": "DE"}, none_of("shipments", LANE), {"leakage": "100 %"}),
    "partial_cut": Example(
        {"kind": "partial_cut", **ON_LANE, "size": "60 %"}, around("shipments", LANE, 40), {"size": "0 %"}
    ),
    "lane_closure": Example({"kind": "lane_closure", **ON_LANE}, none_of("shipments", LANE), None),
    "sanction": Example({"kind": "sanction", "who": {"id": "mine"}}, none_of("shipments", LANE), {"leakage": "100 %"}),
    "internal_cut": Example(
        {"kind": "internal_cut", "firm": "acme"}, none_of("shipments", LANE), {"size": "0 %"}, ONE_FIRM
    ),
    "entity_freeze": Example(
        {"kind": "entity_freeze", "where": {"id": "plant_1"}, "stops": ["orders", "shipments", "inputs"]},
        first_time(none_of("shipments", "plant_1 > users: good_1")),
        None,
    ),
    "insolvency": Example({"kind": "insolvency", **TO_MINE}, none_of("output", MINE), None),
    # As with a share that moves: what is asked on the first day is read on the next.
    "offtake": Example(
        {"kind": "offtake", "seller": "mine_b", "amount": "100 t/day", "to": {"plant": "100 %"}},
        first_time(none_of("shipments", "mine_a > plant: ore")),
        {"to": {"plant": "50 %"}},
        two_sources(spare=(9.0, 9.0)),
        first=1,
        last=1,
    ),
    "quota": Example(
        {"kind": "quota", "country": "CN", "amount": "10 t", "period": "1 day"},
        around("shipments", LANE, 10),
        {"amount": "1 Mt"},
    ),
    "licensing": Example(
        {"kind": "licensing", **OFFICE},
        lambda lived: lived.struck["held", LANE][:, 0] > 0,
        None,
        UNLICENSED,
    ),
    # What is filed on the first day would have left 5 days later; what is filed on the last leaves 8 days later.
    "licence_delay": Example(
        {"kind": "licence_delay", **OFFICE, "adds": "3 days"},
        missing("shipments", LANE),
        {"adds": "0 days"},
        LICENSED,
        first=5,
        last=5 + 3 - 1,
    ),
    "approval_rate": Example(
        {"kind": "approval_rate", **OFFICE, "to": "0 %"}, none_of("filed", LANE), {"to": "100 %"}, LICENSED
    ),
    # Held from the day it is decided; what is decided on the last day leaves 3 days later.
    "customs_hold": Example(
        {"kind": "customs_hold", **OFFICE, "adds": "3 days"},
        missing("shipments", LANE),
        {"adds": "0 days"},
        LICENSED,
        last=3 - 1,
    ),
    "barred_share": Example(
        {"kind": "barred_share", **OFFICE, "to": "100 %"}, around("filed", LANE, 0), {"to": "0 %"}, LICENSED
    ),
    "general_licences": Example(
        {"kind": "general_licences", **OFFICE, "to": "100 %"}, around("filed", LANE, 0), {"to": "0 %"}, LICENSED
    ),
    "authority_suspended": Example(
        {"kind": "authority_suspended", **OFFICE}, none_of("approved", LANE), None, LICENSED
    ),
    # Transit is 2 days: the last delayed goods are in on the day on which the next would have been 4 days ahead.
    "transit_delay": Example(
        {"kind": "transit_delay", **ON_LANE, "adds": "+5 days"},
        less("stock", STOCK),
        {"adds": "+0 days"},
        first=2,
        last=2 + 5 - 1,
    ),
    "demand_surge": Example(
        {"kind": "demand_surge", **BUYERS, "size": "+20 %"}, around("demand", USERS, 120), {"size": "+0 %"}
    ),
    "stock_loss": Example(
        {"kind": "stock_loss", "where": {"id": "plant_1"}, "size": "50 %"}, falls("stock", STOCK), {"size": "0 %"}
    ),
    # Orders stop on the first day, and are read on the next.
    "inventory_limit": Example(
        {"kind": "inventory_limit", "where": {"id": "plant_1"}, "cover": "5 days"},
        missing("shipments", LANE),
        {"cover": "20 days"},
        SWIFT,
        first=1,
        last=1,
    ),
    "tariff": Example(
        {"kind": "tariff", **ON_LANE, "adds": "25 %"}, costs(Lever.TARIFF, LANE, 0.35), {"adds": "0 %"}, PRICED
    ),
    "price": Example(
        {"kind": "price", "commodity": "good_0", "scale": "+40 %"},
        costs(Lever.PRICE, "good_0", 14),
        {"scale": "+0 %"},
        PRICED,
    ),
    "change": Example(
        {"kind": "change", "what": "capacity", **TO_MINE, "scale": "-100 %"},
        none_of("output", MINE),
        {"scale": "+0 %"},
    ),
}

MOVE_NO_GOODS = ("tariff", "price")
"""Kinds that only costs reckon with."""

CHANGES: dict[str, Example] = {
    "capacity": Example(
        {"kind": "change", "what": "capacity", **TO_MINE, "to": "50 t/day"},
        around("output", MINE, 50), {"to": "150 t/day"},
    ),
    # Work started meanwhile is finished 3 days later than it would have been.
    "processing": Example(
        {"kind": "change", "what": "processing", "where": {"id": "plant_1"}, "to": "4 days"},
        missing("output", MAKER), {"to": "1 day"},
        # Without spare capacity, so that the work in process now needed cannot be caught up with.
        variant(chain((20,), spare=0, market={"cover": "10 days"}), {"facilities.plant_1.processing": "1 day"}),
        first=1, last=1 + 3 - 1,
    ),
    "yield": Example(
        {"kind": "change", "what": "yield", **TO_MINE, "scale": "-50 %"},
        around("output", MINE, 50), {"scale": "+0 %"}, WAITING,
    ),
    "demand": Example(
        {"kind": "change", "what": "demand", **BUYERS, "to": "70 t/day"},
        around("demand", USERS, 70), {"to": "100 t/day"},
    ),
    "cover": Example(
        {"kind": "change", "what": "cover", "where": {"id": "plant_1"}, "to": "5 days"},
        missing("shipments", LANE), {"scale": "+0 %", "to": None}, SWIFT, first=1, last=1,
    ),
    # All is asked of one mine from the first day on, which it reads on the next, and makes with its spare capacity.
    "share": Example(
        {"kind": "change", "what": "share", "links": {"seller": "mine_a"}, "to": "0 %"},
        first_time(none_of("shipments", "mine_a > plant: ore")), {"to": "50 %"},
        two_sources(spare=(9.0, 9.0)), first=1, last=1,
    ),
    "transit": Example(
        {"kind": "change", "what": "transit", **ON_LANE, "to": "7 days"},
        less("stock", STOCK), {"to": "2 days"}, first=2, last=2 + 5 - 1,
    ),
    "lane_capacity": Example(
        {"kind": "change", "what": "lane_capacity", **ON_LANE, "to": "30 t/day"},
        around("shipments", LANE, 30), {"to": "1000000 t/day"},
    ),
}  # fmt: skip
"""An example for each thing that `change` can change."""
