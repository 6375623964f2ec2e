"""A population: a facility that stands for many firms, each with its own stocks, orders and deliveries.

To everyone else it is one facility with one shelf and one link a seller. Inside, every firm lives through the day by
the rules of a facility. What sellers ship on a link is shared among the firms by their open orders; what buyers order
is shared so that as much is outstanding with each firm as its size asks for, and waits where a firm cannot deliver.
"""

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import layout as at
from sim.engine import members as of
from sim.engine.cases import Cases
from sim.engine.desk_parts import in_parcels
from sim.engine.firms import Firms, shuffled, spread_over
from sim.engine.member_day import population_day
from sim.engine.member_goods import look_at_desk, look_at_lanes
from sim.engine.members import Members, Table
from sim.engine.state import Floor, laid_out
from sim.engine.transit import Cards

if TYPE_CHECKING:
    from sim.engine.world import World

NOBODY = np.zeros((of.PARCEL_ROWS, 0, 0))
"""Parcels by firm where no authority tells firms apart."""


class Population:
    """The firms of one facility, in all cases of a batch."""

    def __init__(self, world: "World", name: str, number: int):
        cases, plan = world.cases, world.cases.first
        self.name, self.count = name, plan.populations[name].count
        self.world, self.card = world, world.floor.first["plants"] + plan.names["plants"].index(name)
        self.plant_number = plan.names["plants"].index(name)
        self.plant = plan.cards["plants"][self.plant_number]
        self.inputs = range(self.plant[at.PLANT_INPUT], self.plant[at.PLANT_INPUT_END])
        self.links = [l for b in self.inputs for l in _links_of(cases, b)]
        self.shelf = int(self.plant[at.PLANT_SHELF])
        self.members = self._members(number)
        same, point = self.members.same, self.members.point
        for j in range(len(self.links)):
            if (first := self.members.into[j, of.INTO_PARCELS]) >= 0:
                self.parcels(j)[of.SPLIT, first : first + self.count] = same[of.SIZE][point].T
        for j, b in enumerate(self.inputs):
            world.inputs[b, at.INPUT_COVER] = (same[of.SIZE] * same[of.COVER + 2 * j]).sum(axis=1)[point]

    def _members(self, number: int) -> Members:
        world, cases = self.world, self.world.cases
        same = np.stack([self._same(firms.populations[self.name]) for firms in cases.plans], axis=1)
        room = rooms(self.world.floor, self.plant, cases)
        fields = of.FIRM_FIELDS + len(self.inputs) + of.LINK_ROWS * len(self.links)
        return Members(
            plant=self.card,
            row=world.floor.row["populations"] + at.POPULATION_FIELDS * number,
            into=self._into(room),
            same=same,
            point=np.asarray(cases.point, np.int64),
            rows=np.zeros((fields, cases.size, self.count)),
            rings=np.zeros((room["all"], cases.size, self.count)),
            work_ring=room["work"],
            sent_ring=room["sent"],
            sent_mask=room["sent mask"],
            window=_window(cases, self.plant),
            scratch=np.zeros((of.SCRATCH_ROWS, self.count)),
            known=np.zeros((of.KNOWN_FIELDS + len(self.inputs) + 2 * len(self.links), cases.size)),
            seen=np.zeros((room["seen"], cases.size)),
            cover=np.tile(np.array([1.0, 0.0, 0.0, 0.0])[:, np.newaxis], (len(self.inputs), 1, cases.size)),
        )

    def _same(self, firms: Firms) -> Table:
        """Sizes as shares of all, then cover and dependence by input; shape (field, firm)."""
        seed, plan = self.world.cases.seed, self.world.cases.first
        size = shuffled(spread_over(firms.size, firms.count), seed, f"{self.name}: capacity")
        rows = [size / size.sum()]
        for b in self.inputs:
            commodity = plan.names["inputs"][b].split(": ", 1)[1]
            for what, laws in (("cover", firms.cover), ("dependence", firms.dependence)):
                values = spread_over(laws[commodity], firms.count)
                rows.append(shuffled(values, seed, f"{self.name}: {what} of {commodity}"))
        return np.array(rows)

    def _into(self, room: Mapping[str, int]) -> Cards:
        world, plan = self.world, self.world.cases.first
        into = np.full((len(self.links), of.INTO_COLUMNS), -1, np.int64)
        seen = 0
        for j, l in enumerate(self.links):
            card = world.floor.card("links", l)
            seller = plan.names["plants"].index(plan.names["links"][l].split(" > ", 1)[0])
            into[j, of.INTO_LINK] = world.floor.first["links"] + l
            into[j, of.INTO_SELLER] = world.floor.row["plants"] + at.PLANT_FIELDS * seller + at.PLANT_RULE
            into[j, of.INTO_ROW] = of.FIRM_FIELDS + len(self.inputs) + of.LINK_ROWS * j
            into[j, of.INTO_RING] = into[j, of.INTO_SEEN] = seen
            into[j, of.INTO_KNOWN] = of.KNOWN_FIELDS + len(self.inputs) + 2 * j
            into[j, of.INTO_AGAIN] = 1
            seen += int(card[at.LINK_MASK]) + 1
            for a, authority in enumerate(world.authorities):
                if (first := authority.parcels_of(l)) >= 0:
                    into[j, [of.INTO_AUTHORITY, of.INTO_PARCELS, of.INTO_AGAIN]] = a, first, authority.plan.again
        return into

    def begin(self) -> None:
        """Everything that the settled world has, shared by size; stocks by each firm's own cover."""
        m, world, size = self.members, self.world, self.members.same[of.SIZE][self.members.point]
        for b, entry in enumerate(self.inputs):
            planned = world.cases.by_case(lambda p: p.numbers["inputs"][:, at.INPUT_COVER])[entry]
            own = (m.same[of.COVER + 2 * b][m.point] - planned[:, np.newaxis]) * size
            stock, usage = world.inputs[entry, [at.INPUT_STOCK, at.INPUT_USAGE]][:, :, np.newaxis]
            m.rows[of.FIRM_FIELDS + b] = np.maximum(0.0, stock * size + own * usage)
            world.inputs[entry, at.INPUT_STOCK] = m.rows[of.FIRM_FIELDS + b].sum(axis=-1)
            m.known[of.KNOWN_FIELDS + b] = world.inputs[entry, at.INPUT_STOCK]
        self._begin_links(size)
        shelf, card = world.shelves[self.shelf], world.floor.card("shelves", self.shelf)
        m.rows[of.FINISHED] = shelf[at.SHELF_FINISHED][:, np.newaxis] * size
        m.rows[of.IN_PROCESS] = shelf[at.SHELF_IN_PROCESS][:, np.newaxis] * size
        m.known[of.KNOWN_FINISHED] = shelf[at.SHELF_FINISHED]
        if self.plant[at.PLANT_HAS_PROCESSING]:
            ring = world.state[card[at.SHELF_RING] : card[at.SHELF_RING] + card[at.SHELF_MASK] + 1]
            m.rings[m.work_ring : m.work_ring + len(ring)] = ring[:, :, np.newaxis] * size
        usual = sum(world.links[l, at.LINK_USUAL] for l in _outs_of(world.cases, self.plant))
        for k, days in enumerate(m.window):
            for day in range(-int(days), 0):
                m.rings[m.sent_ring + (day & m.sent_mask), k] = np.asarray(usual)[k] * size[k]
            m.rows[of.ASKED, k] = m.rings[m.sent_ring : m.sent_ring + m.sent_mask + 1, k].sum(axis=0)

    def _begin_links(self, size: Table) -> None:
        m, world = self.members, self.world
        for j, l in enumerate(self.links):
            card, fields = world.floor.card("links", l), m.into[j, of.INTO_ROW]
            ring = world.state[card[at.LINK_RING] : card[at.LINK_RING] + card[at.LINK_MASK] + 1]
            mine = slice(m.into[j, of.INTO_RING], m.into[j, of.INTO_RING] + len(ring))
            np.multiply(ring[:, :, np.newaxis], size, out=m.rings[mine])
            m.seen[mine] = ring
            on_order = world.links[l, at.LINK_ON_ORDER]
            m.rows[fields + of.ON_ORDER] = on_order[:, np.newaxis] * size
            m.known[m.into[j, of.INTO_KNOWN]] = on_order
            open_orders = on_order - ring.sum(axis=0)
            if m.into[j, of.INTO_PARCELS] >= 0:
                desk = world.state[card[at.LINK_DESK] : card[at.LINK_DESK] + at.DESK_FIELDS]
                ready, held = desk[at.DESK_READY], desk[at.DESK_HELD]
                m.rows[fields + of.READY] = ready[:, np.newaxis] * size
                m.rows[fields + of.HELD] = self._filed(j, l)
                m.known[m.into[j, of.INTO_KNOWN] + 1] = ready
                open_orders = open_orders - held
            # Read by the seller on day 0 with the letters of the day before.
            m.rows[fields + of.MAIL] = np.maximum(0.0, open_orders)[:, np.newaxis] * size

    def _filed(self, j: int, link: int) -> Table:
        """Goods of each firm in the parcels before an authority; shape (case, firm). Forgets what happened before."""
        authority = self.world.authorities[self.members.into[j, of.INTO_AUTHORITY]]
        first, filed = self.members.into[j, of.INTO_PARCELS], np.zeros((self.count, self.world.cases.size))
        authority.by_firm[[of.RELEASED, of.SENT_BACK], first : first + self.count] = 0.0
        number = authority.plan.links.index(link)
        in_parcels(number, authority.heads, authority.queues, authority.parcels, authority.marks, filed)
        return np.ascontiguousarray(filed.T)

    def books(self, day: int) -> Iterator[tuple[str, Table, Table, Table]]:
        """What must agree at night: what it is, the sum over the firms, what the facility has, and their size."""
        m, world = self.members, self.world
        shelf, made = world.shelves[self.shelf], world.plants[self.plant_number, at.PLANT_PLAN]
        for field, what, of_all in (
            (of.FINISHED, "finished stock", shelf[at.SHELF_FINISHED]),
            (of.OWED, "book", shelf[at.SHELF_OWED]),
            (of.IN_PROCESS, "work in process", shelf[at.SHELF_IN_PROCESS]),
        ):
            yield what, m.rows[field].sum(axis=-1), of_all, of_all + 30.0 * made
        for j, b in enumerate(self.inputs):
            entry = world.inputs[b]
            scale = entry[at.INPUT_STOCK] + 30.0 * entry[at.INPUT_USAGE]
            yield "input stock", m.rows[of.FIRM_FIELDS + j].sum(axis=-1), entry[at.INPUT_STOCK], scale
        for j, l in enumerate(self.links):
            yield from self._lane_books(j, world.links[l], world.floor.card("links", l))

    def _lane_books(self, j: int, link: Table, card: Cards) -> Iterator[tuple[str, Table, Table, Table]]:
        m, fields, first = self.members, self.members.into[j, of.INTO_ROW], self.members.into[j, of.INTO_RING]
        scale = link[at.LINK_TARGET] + link[at.LINK_ON_ORDER]
        under_way = m.rings[first : first + card[at.LINK_MASK] + 1].sum(axis=(0, -1))
        lane = self.world.state[card[at.LINK_RING] : card[at.LINK_RING] + card[at.LINK_MASK] + 1].sum(axis=0)
        on_order = m.rows[fields + of.ON_ORDER].sum(axis=-1)
        yield "goods on the way", under_way, lane, scale
        open_orders = sum(m.rows[fields + field].sum(axis=-1) for field in (of.BOOK, of.MAIL, of.READY, of.HELD))
        yield "orders", on_order, under_way + open_orders, scale
        yield "all orders", on_order, link[at.LINK_ON_ORDER] - self._cancelled(j, card), scale

    def _cancelled(self, j: int, card: Cards) -> Table:
        """What firms have taken off their orders already, and the facility reads of tomorrow."""
        told_apart = self.members.into[j, of.INTO_PARCELS] >= 0
        return self.world.state[card[at.LINK_DESK] + at.DESK_CANCELLED] if told_apart else np.zeros(1)

    def parcels(self, j: int) -> Table:
        """Parcels by firm of the authority on a link."""
        number = self.members.into[j, of.INTO_AUTHORITY]
        return NOBODY if number < 0 else self.world.authorities[number].by_firm


def live(world: "World", population: Population) -> Generator[simpy.Event, None, None]:
    """The population as a SimPy process: it reviews, and looks at its lanes when the day's goods are under way."""
    clock, m = world.clock, population.members
    told_apart = [j for j in range(len(m.into)) if m.into[j, of.INTO_PARCELS] >= 0]
    while True:
        yield clock.review
        population_day(clock.today, m, world.cards, world.state, world.keys, world.tables)
        if told_apart:
            yield clock.afternoon
            for j in told_apart:
                look_at_desk(m, j, population.parcels(j), world.cards, world.state)
        yield clock.dusk
        for j in range(len(m.into)):
            look_at_lanes(m, j, population.parcels(j), world.cards, world.state)


def memory(cases: Cases) -> int:
    """Bytes that the firms of a batch need."""
    floor, plan, count = laid_out(cases), cases.first, 0
    for name, firms in plan.populations.items():
        plant = plan.cards["plants"][plan.names["plants"].index(name)]
        inputs = range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END])
        links = sum(len(_links_of(cases, b)) for b in inputs)
        rows = of.FIRM_FIELDS + len(inputs) + of.LINK_ROWS * links + rooms(floor, plant, cases)["all"]
        count += 8 * firms.count * (rows * cases.size + (1 + 2 * len(inputs)) * len(cases.plans))
    return count


def rooms(floor: Floor, plant: Cards, cases: Cases) -> dict[str, int]:
    """Where the rings of a population's firms begin: goods on each link, work in process, dispatch of the last days."""
    row = 0
    for b in range(plant[at.PLANT_INPUT], plant[at.PLANT_INPUT_END]):
        row += sum(int(floor.card("links", l)[at.LINK_MASK]) + 1 for l in _links_of(cases, b))
    found = {"seen": row, "work": row}
    if plant[at.PLANT_HAS_PROCESSING]:
        row += int(floor.card("shelves", plant[at.PLANT_SHELF])[at.SHELF_MASK]) + 1
    found["sent"] = row
    found["sent mask"] = (1 << int(_window(cases, plant).max() + 1).bit_length()) - 1
    found["all"] = row + found["sent mask"] + 1
    return found


def _links_of(cases: Cases, entry: int) -> range:
    card = cases.first.cards["inputs"][entry]
    return range(card[at.INPUT_LINK], card[at.INPUT_LINK_END])


def _outs_of(cases: Cases, plant: Cards) -> list[int]:
    shelf = cases.first.cards["shelves"][plant[at.PLANT_SHELF]]
    return [int(l) for l in cases.first.outs[shelf[at.SHELF_OUT] : shelf[at.SHELF_OUT_END]]]


def _window(cases: Cases, plant: Cards) -> Cards:
    """Whole days from dispatch to the buyer as planned, by case: the mean of the links out, by usual flow."""
    outs = _outs_of(cases, plant)
    if not outs:
        return np.ones(cases.size, np.int64)
    usual = cases.by_case(lambda p: p.numbers["links"][outs, at.LINK_USUAL])
    delay = cases.by_case(lambda p: p.numbers["links"][outs, at.LINK_DELAY])
    weight = np.where(usual.sum(axis=0) > 0.0, usual, 1.0)
    return np.asarray(np.maximum(1, np.rint((delay * weight).sum(axis=0) / weight.sum(axis=0))), np.int64)
