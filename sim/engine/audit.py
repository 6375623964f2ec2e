"""The books of a world, closed every night: nothing is lost, nothing is negative, nothing comes from nowhere."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import layout as at
from sim.engine.transit import State

if TYPE_CHECKING:
    from sim.engine.world import World

CLOSE = 1e-9
"""Relative imbalance that rounding may leave."""


class ImbalanceError(AssertionError):
    """The books do not close: a fault of the simulator, never of the scenario."""


class Books:
    """Mass balance by commodity, and each link's orders against what is under way."""

    def __init__(self, world: "World"):
        self.world = world
        names = world.cases.first.names
        commodity = [name.split(": ", 1)[1] for kind in ("shelves", "inputs", "links") for name in names[kind]]
        self.commodities = sorted(set(commodity))
        self.shelves = self._of("shelves")
        self.inputs = self._of("inputs")
        self.links = self._of("links")
        self.desk_of = {row: j for a in world.authorities for row, j in zip(a.plan.links, a.plan.rows, strict=True)}
        self.initial = {c: self.held(c) for c in self.commodities}
        self.made = {c: np.zeros(world.cases.size) for c in self.commodities}
        self.used = {c: np.zeros(world.cases.size) for c in self.commodities}
        self.in_process = world.shelves[:, at.SHELF_IN_PROCESS].copy()

    def _of(self, kind: str) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {c: [] for c in self.commodities}
        for row, name in enumerate(self.world.cases.first.names[kind]):
            rows[name.split(": ", 1)[1]].append(row)
        return rows

    def in_transit(self, link: int) -> State:
        """Goods under way on a link."""
        card = self.world.floor.card("links", link)
        return np.asarray(
            self.world.state[card[at.LINK_RING] : card[at.LINK_RING] + card[at.LINK_MASK] + 1].sum(axis=0)
        )

    def desk(self, link: int, field: int) -> State:
        """A number of the link's desk; nothing where no authority controls it."""
        row = self.desk_of.get(link)
        return np.zeros(self.world.cases.size) if row is None else self.world.desk[row, field]

    def held(self, commodity: str) -> State:
        """All of a commodity there is: stock, in process, held, in transit."""
        world, total = self.world, np.zeros(self.world.cases.size)
        for s in self.shelves[commodity]:
            total += world.shelves[s, at.SHELF_FINISHED] + world.shelves[s, at.SHELF_IN_PROCESS]
        for b in self.inputs[commodity]:
            total += world.inputs[b, at.INPUT_STOCK]
        for link in self.links[commodity]:
            total += self.in_transit(link) + self.desk(link, at.DESK_HELD)
            total += self.desk(link, at.DESK_RETURNED)  # denied in the evening, back in stock at the next review
        return total

    def flows(self, commodity: str) -> tuple[State, State]:
        """What was made since day 0, and what was used, consumed, lost or discarded."""
        world = self.world
        gone = self.used[commodity].copy()
        for link in self.links[commodity]:
            gone += world.seized[link]
        for s in self.shelves[commodity]:
            gone += world.shelves[s, at.SHELF_DISCARDED] + world.shelves[s, at.SHELF_LOST]
        for b in self.inputs[commodity]:
            gone += world.inputs[b, at.INPUT_LOST]
        return self.made[commodity], gone

    def enter(self) -> None:
        """Add the day: what was started, which is what was finished and what work in process grew by, and was used."""
        world = self.world
        grown = world.shelves[:, at.SHELF_IN_PROCESS] - self.in_process
        self.in_process += grown
        for commodity in self.commodities:
            for s in self.shelves[commodity]:
                self.made[commodity] += world.shelves[s, at.SHELF_OUTPUT] + grown[s]
            for b in self.inputs[commodity]:
                self.used[commodity] += world.inputs[b, at.INPUT_USED]

    def close(self, day: int) -> None:
        """Raises ImbalanceError naming commodity or link, day and amount."""
        self.enter()
        for commodity in self.commodities:
            made, gone = self.flows(commodity)
            wrong = np.abs(self.initial[commodity] + made - gone - self.held(commodity))
            scale = self.initial[commodity] + made + gone
            self._complain(day, f"commodity '{commodity}'", wrong, scale)
        for link, name in enumerate(self.world.cases.first.names["links"]):
            self._orders(day, link, name)
        for shelf, name in enumerate(self.world.cases.first.names["shelves"]):
            self._work(day, shelf, name)
        for population in self.world.populations.values():
            for what, firms, facility, scale in population.books(day):
                self._complain(day, f"{what} of the firms of '{population.name}'", np.abs(firms - facility), scale)
        self._sound(day)

    def _orders(self, day: int, link: int, name: str) -> None:
        """What a buyer has on order is in the mail, in the book, before an authority or back from it, or under way."""
        row = self.world.links[link]
        under_way = row[at.LINK_MAIL_ODD if day % 2 == 0 else at.LINK_MAIL_EVEN] + row[at.LINK_BOOK]
        under_way = under_way + self.in_transit(link)
        for field in (at.DESK_HELD, at.DESK_WAITING, at.DESK_REBOOKED, at.DESK_CANCELLED):
            under_way = under_way + self.desk(link, field)
        scale = np.maximum(0.0, row[at.LINK_TARGET]) + row[at.LINK_ON_ORDER] + self._ever_sent(name)
        self._complain(day, f"orders on link '{name}'", np.abs(row[at.LINK_ON_ORDER] - under_way), scale)

    def _work(self, day: int, shelf: int, name: str) -> None:
        """Work in process is what stands in the ring of days until it is finished; without processing there is none."""
        card, in_process = self.world.floor.card("shelves", shelf), self.world.shelves[shelf, at.SHELF_IN_PROCESS]
        ring = slice(card[at.SHELF_RING], card[at.SHELF_RING] + card[at.SHELF_MASK] + 1)
        due = self.world.state[ring].sum(axis=0) if card[at.SHELF_MASK] > 0 else 0.0
        scale = self._ever_sent(name) + in_process
        self._complain(day, f"work in process of '{name}'", np.abs(in_process - due), scale)

    def _ever_sent(self, name: str) -> State:
        commodity = name.split(": ", 1)[1]
        return self.flows(commodity)[0]

    def _sound(self, day: int) -> None:
        world = self.world
        for what, array in (
            ("finished stock", world.shelves[:, at.SHELF_FINISHED]),
            ("work in process", world.shelves[:, at.SHELF_IN_PROCESS]),
            ("backlog", world.shelves[:, at.SHELF_OWED]),
            ("input stock", world.inputs[:, at.INPUT_STOCK]),
            ("goods held", world.desk[:, at.DESK_HELD]),
            ("what is under way", self._rings()),
            *((f"stock or order of a firm of '{p.name}'", p.members.rows) for p in world.populations.values()),
            *((f"goods on their way to '{p.name}'", p.members.rings) for p in world.populations.values()),
            ("waiting demand", world.markets[:, at.MARKET_WAITING]),
        ):
            if not np.isfinite(array).all():
                raise ImbalanceError(f"day {day}: {what} is not finite")
            if array.size and float(array.min()) < -CLOSE * max(1.0, float(array.max())):
                raise ImbalanceError(f"day {day}: {what} of {float(array.min()):g}")

    def _rings(self) -> State:
        """Everything that stands behind the fields of objects: rings of goods, work, waiting demand, past orders."""
        last = self.world.cases.first
        return self.world.state[self.world.floor.row["laws"] + len(last.laws) * at.LAW_FIELDS :]

    def _complain(self, day: int, what: str, wrong: State, scale: State) -> None:
        if (wrong > CLOSE * np.maximum(scale, 1e-30)).any():
            case = int(np.argmax(wrong))
            raise ImbalanceError(f"day {day}, case {case}: {what} does not balance by {float(wrong[case]):g}")


def live(world: "World", books: Books) -> Generator[simpy.Event, None, None]:
    """Close the books every night."""
    while True:
        yield world.clock.night
        books.close(world.clock.today)
