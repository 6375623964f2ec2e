"""Shocks to one firm's business while its plant stands, and to the firm itself."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event, on_its_day, switched
from sim.scenario.network import Network, Node
from sim.scenario.selectors import Scope

Business = Literal["orders", "shipments", "inputs"]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


class EntityFreeze(Event):
    """A firm cannot do business while its plants stand: accounts are frozen, suppliers refuse it, its goods are held.

    It goes on making what its stocks and its order book allow.
    """

    kind: Literal["entity_freeze"]
    """A firm's orders, shipments or inputs stop while its plants stand."""
    where: Scope
    """Whose business."""
    stops: Annotated[
        tuple[Business, ...],
        BeforeValidator(_as_tuple, json_schema_input_type=Business | list[Business]),
        Field(min_length=1),
    ]
    """Any of: its orders (none are placed; what is in its suppliers' books still comes), its shipments (orders wait in
    its book), its inputs (suppliers ship nothing to it; its orders wait in their books)."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for node in network.places(self.where):
            if "orders" in self.stops:
                yield from _no_orders(self, network, node)
            for lane in network.lanes:
                shut = ("shipments" in self.stops and lane.seller is node) or (
                    "inputs" in self.stops and lane.buyer is node
                )
                if shut:
                    yield self._effect(network, Lever.FLOW, lane.name, How.TIMES, 0.0, node.name)


class Insolvency(Event):
    """A firm fails: its plants stop, for good or until someone takes them over, and it buys nothing meanwhile.

    Its end (`duration` or `until`) is the day it is taken over, its recovery how output comes back from there. On that
    day it orders again, and ships what waits in its book.
    """

    kind: Literal["insolvency"]
    """A firm's plants stop, for good or until taken over."""
    where: Scope
    """Which facilities."""
    orders: Literal["cancelled", "kept"] = "cancelled"
    """What it has ordered and not been sent: cancelled on the first day, or still delivered to it.

    What is under way, or before a licence authority, comes in either case.
    """
    holdings: Literal["kept", "sold", "seized"] = "kept"
    """What it has in stock: kept for whoever takes over, sold on as ordered until it is gone, or lost on the first day.

    Work in process is finished either way, and then goes as kept stock does, or as sold.
    """

    def effects(self, network: Network) -> Iterator[Effect]:
        for node in network.places(self.where):
            if node.kind != "market":
                yield self._effect(network, Lever.CAPACITY, node.name, How.TIMES, 0.0)
                yield from _no_orders(self, network, node)
                yield from self._dealings(network, node)
                yield from self._seized(network, node)

    def _dealings(self, network: Network, node: Node) -> Iterator[Effect]:
        for lane in network.lanes:
            if lane.seller is node and self.holdings != "sold":
                yield switched(self._effect(network, Lever.FLOW, lane.name, How.TIMES, 0.0, node.name))
            if lane.buyer is node and self.orders == "cancelled":
                yield on_its_day(self._effect(network, Lever.CANCEL, lane.name, How.SET, 1.0, node.name))

    def _seized(self, network: Network, node: Node) -> Iterator[Effect]:
        if self.holdings == "seized":
            for lever, held in ((Lever.INPUT_LOSS, node.buys), (Lever.FINISHED_LOSS, node.commodities)):
                for commodity in held:
                    target = f"{node.name}: {commodity}"
                    yield on_its_day(self._effect(network, lever, target, How.SET, 1.0, node.name))


def _no_orders(shock: Event, network: Network, node: Node) -> Iterator[Effect]:
    for commodity in node.buys:
        target = f"{node.name}: {commodity}"
        yield switched(shock._effect(network, Lever.ORDERS, target, How.PLUS, 1.0, node.name))
