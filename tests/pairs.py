"""The same system in our engine and in another program: what each has on every day, or in all, by name.

Every function gives, by name, what we find and what the other program finds, in that order. Systems are those of
`worlds.py`; a buyer's position in another program is its cover, a day of mail and the transit, times the demand.
"""

from dataclasses import dataclass

import numpy as np
from aside import answers
from worlds import DEMAND, USERS, buying, chain, days, live, outage, t_a_day, variant, world

START = 30
Pair = tuple[np.ndarray, np.ndarray]
Pairs = dict[str, Pair]


@dataclass(frozen=True)
class Row:
    """A mine, plants in a row and users who wait; the last cover and transit are theirs. The mine is out `length` days.

    `spare` is capacity beyond the demand.
    """

    length: int
    covers: tuple[int, ...] = (4, 6, 5)
    transits: tuple[int, ...] = (2, 3, 2)
    spare: float = 0.25
    horizon: int = 250


def ours_row(row: Row):
    data = chain(
        row.covers[:-1],
        row.transits,
        spare=row.spare,
        shocks={"fire": outage("mine", START, row.length)},
        market={"cover": days(row.covers[-1]), "patience": "endless"},
        days=row.horizon,
    )
    return live(data).struck


def source(row: Row, struck: bool) -> dict:
    """A node of stockpyl that makes to order and holds nothing."""
    out = [START <= day < START + row.length for day in range(row.horizon)] if struck else None
    capacity = DEMAND * (1 + row.spare)
    none = {"demand": None, "position": 0, "stock": 0, "orders": 0, "transit": 0, "bought": False}
    return {**none, "capacity": capacity, "out": out}


def holder(row: Row, cover: int, transit: int, last: bool) -> dict:
    demand = [DEMAND] * row.horizon if last else None
    held = {"position": DEMAND * (cover + 1 + transit), "stock": DEMAND * cover, "orders": DEMAND}
    return {**held, "demand": demand, "transit": transit, "bought": True, "capacity": None, "out": None}


def stockpyl_case(row: Row) -> dict:
    last = len(row.covers)
    nodes = {0: source(row, True)}
    for i, (cover, transit) in enumerate(zip(row.covers, row.transits, strict=True), 1):
        nodes[i] = holder(row, cover, transit, i == last)
    edges = [[i, i + 1] for i in range(last)]
    return {"edges": edges, "nodes": nodes, "days": row.horizon, "disruption": "OP"}


def rows_beside_stockpyl(rows: list[Row]) -> list[Pairs]:
    found = answers("stockpyl", [stockpyl_case(row) for row in rows])
    return [_row_pairs(row, theirs) for row, theirs in zip(rows, found, strict=True)]


def _row_pairs(row: Row, theirs: dict) -> Pairs:
    ours, last = ours_row(row), len(row.covers)
    names = ["mine", *(f"plant_{i}" for i in range(1, last)), USERS]
    pairs: Pairs = {}
    for i, (seller, buyer) in enumerate(zip(names[:-1], names[1:], strict=True)):
        stock = ours["stock", f"{buyer}: good_{i}"]
        pairs[f"stock of {buyer}"] = (stock[:, 0], np.array(theirs[str(i + 1)]["stock"]))
        lane = ours["shipments", f"{seller} > {buyer}: good_{i}"]
        pairs[f"sent to {buyer}"] = (lane[:, 0], np.array(theirs[str(i)]["sent"]))
        backlog = ours["backlog", f"{seller}: good_{i}"]
        pairs[f"backlog of {seller}"] = (backlog[:, 0], np.array(theirs[str(i)]["backlog"]))
    pairs["waiting users"] = (ours["waiting", USERS][:, 0], np.array(theirs[str(last)]["backlog"]))
    return pairs


# Assembly: mine_a and mine_b > plant > users; mine_a is out


def assembly(row: Row) -> dict:
    """Two components make one car; `covers` and `transits` are of the plant, for both components, and of the users."""
    capacity = t_a_day(DEMAND * (1 + row.spare))
    mines = {
        f"mine_{name}": {"kind": "mine", "country": country, "makes": name, "capacity": capacity}
        for name, country in (("a", "CN"), ("b", "US"))
    }
    lane = {"transit": days(row.transits[0])}
    plant = {
        "kind": "manufacturer",
        "country": "DE",
        "makes": "car",
        "capacity": capacity,
        "recipe": {"a": "1 t/t", "b": "1 t/t"},
        "buys": {name: buying({f"mine_{name}": lane}, row.covers[0]) for name in "ab"},
    }
    users = {
        "country": "FR",
        "wants": "car",
        "demand": t_a_day(DEMAND),
        "patience": "endless",
        "cover": days(row.covers[1]),
        "from": {"plant": {"transit": days(row.transits[1])}},
    }
    shocks = {"fire": outage("mine_a", START, row.length)}
    return world({**mines, "plant": plant}, {USERS: users}, shocks, days=row.horizon)


def assemblies_beside_stockpyl(rows: list[Row]) -> list[Pairs]:
    cases = []
    for row in rows:
        nodes = {0: source(row, True), 1: source(row, False)}
        nodes |= {i: holder(row, row.covers[i - 2], row.transits[i - 2], i == 3) for i in (2, 3)}
        cases.append({"edges": [[0, 2], [1, 2], [2, 3]], "nodes": nodes, "days": row.horizon, "disruption": "OP"})
    return [_assembly_pairs(row, found) for row, found in zip(rows, answers("stockpyl", cases), strict=True)]


def _assembly_pairs(row: Row, theirs: dict) -> Pairs:
    ours = live(assembly(row)).struck
    plant, cars = theirs["2"], np.array(theirs["2"]["stock"])
    spared = np.array([sum(parts.values()) for parts in plant["parts"]])
    return {
        "stock of a": (ours["stock", "plant: a"][:, 0], cars),
        "stock of b": (ours["stock", "plant: b"][:, 0], cars + spared),
        "backlog of plant": (ours["backlog", "plant: car"][:, 0], np.array(plant["backlog"])),
        "cars sent": (ours["shipments", "plant > users: car"][:, 0], np.array(plant["sent"])),
        "stock of users": (ours["stock", "users: car"][:, 0], np.array(theirs["3"]["stock"])),
        "waiting users": (ours["waiting", USERS][:, 0], np.array(theirs["3"]["backlog"])),
    }


# Lost sales in a row of warehouses


@dataclass(frozen=True)
class Outage:
    """The first supplier is out for `length` days; `positions` are what each buyer aims at, in days of demand."""

    length: int
    positions: tuple[int, ...]
    transits: tuple[int, ...]
    horizon: int = 200

    @property
    def formula(self) -> float:
        """Customers' loss in SupplyNetPy: the outage and all transits less what the positions hold."""
        return DEMAND * max(0, self.length + sum(self.transits) - sum(self.positions))


def losses_beside_supplynetpy(outages: list[Outage]) -> list[Pairs]:
    """Ours have a day of mail on each link, so they aim at a day more."""
    cases = [
        {
            "positions": [DEMAND * days_ for days_ in one.positions],
            "transits": list(one.transits),
            "demand": DEMAND,
            "start": START,
            "length": one.length,
            "days": one.horizon,
        }
        for one in outages
    ]
    pairs = []
    for one, theirs in zip(outages, answers("SupplyNetPy", cases), strict=True):
        covers = [position - transit for position, transit in zip(one.positions, one.transits, strict=True)]
        market = {"cover": days(covers[-1])}
        shocks = {"fire": outage("mine", START, one.length)}
        data = chain(covers[:-1], one.transits, shocks=shocks, market=market, days=one.horizon, spare=5)
        ours = live(data).struck
        pairs.append(
            {
                "lost": (ours["lost", USERS].sum(axis=0)[0], theirs["lost"]),
                "sold": (ours["sales", USERS].sum(axis=0)[0], theirs["sold"]),
            }
        )
    return pairs


# A sector that loses a share of its capacity for good


@dataclass(frozen=True)
class Loss:
    """`throttle` is ours, of each plant in the row; all have the same threshold in days of use."""

    share: float
    covers: tuple[int, ...]
    threshold: float
    horizon: int = 140

    def throttle(self, cover: int) -> float:
        """Ours is a share of the cover; that of BoARIO is of the cover and what is used today."""
        return self.threshold * (cover + 1) / cover


def throttled(loss: Loss) -> dict:
    shocks = {"loss": outage("mine", START, None, f"{100 * loss.share} %")}
    data = chain(loss.covers, [1] * (len(loss.covers) + 1), spare=0.0, shocks=shocks, days=loss.horizon)
    for i, cover in enumerate(loss.covers, 1):
        slows = {f"good_{i - 1}": {"amount": "1 t/t", "throttle": f"{100 * loss.throttle(cover)} %"}}
        data = variant(data, {f"facilities.plant_{i}.recipe": slows})
    return data


def losses_beside_boario(losses: list[Loss]) -> list[Pairs]:
    """An event of BoARIO is felt the day after, and must end before the run does: its runs are three days longer."""
    cases = [
        {
            "covers": [cover + 1 for cover in one.covers],
            "threshold": one.threshold,
            "restored_in": 1,
            "demand": DEMAND,
            "start": START - 1,
            "length": one.horizon - START + 2,
            "share": one.share,
            "days": one.horizon + 3,
        }
        for one in losses
    ]
    return [_loss_pairs(one, theirs) for one, theirs in zip(losses, answers("BoARIO", cases), strict=True)]


def _loss_pairs(loss: Loss, theirs: dict) -> Pairs:
    ours = live(throttled(loss)).struck
    pairs = {}
    for i, name in enumerate(["mine", *(f"plant_{i}" for i in range(1, len(loss.covers) + 1))]):
        made = np.array(theirs["output"][f"s{i}"])[: loss.horizon]
        pairs[f"output of {name}"] = (ours["output", f"{name}: good_{i}"][:, 0], made)
        if i:
            # Their stock is counted in the morning, ours in the evening.
            morning = ours["stock", f"{name}: good_{i - 1}"][:, 0] + ours["output", f"{name}: good_{i}"][:, 0]
            pairs[f"stock of {name}"] = (morning, np.array(theirs["stock"][f"s{i}"])[: loss.horizon])
    return pairs
