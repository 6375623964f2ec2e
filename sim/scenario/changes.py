"""The shock that scales, sets or grows something of any number of objects."""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import ValidationInfo, field_validator, model_validator

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event
from sim.scenario.fields import Said, read_share
from sim.scenario.network import Network
from sim.scenario.record import Names
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Duration, Factor, Growth, Rate, Ratio
from sim.scenario.words import said


def _target(value: object) -> str | float:
    """As it was said; its unit hangs on what changes."""
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{said(value)} does not fit: write a value in the unit of what changes, for example '500 t/year'")


Target: TypeAlias = Annotated[
    str | float, Said(_target, ({"type": ["string", "number"], "examples": ["500 t/year", "60 days", "40 %"]},))
]


ON_LINKS = ("share", "transit", "lane_capacity")
"""What changes of links; the rest changes of facilities and markets."""


class Change(Event):
    """Something about a set of objects is scaled, set, or grows from a date: for worse or for better."""

    kind: Literal["change"]
    """Something about a set of objects is scaled, set, or grows from a date."""
    what: Literal["capacity", "processing", "yield", "demand", "cover", "share", "transit", "lane_capacity"]
    """What changes."""
    where: Scope = Scope()
    """Which facilities or markets, for capacity, processing, yield, demand and cover."""
    links: LinkScope = LinkScope()
    """Which links, for share, transit and lane_capacity."""
    commodity: Names = ()
    """Which products (yield) or inputs (cover); all if left out."""
    scale: Factor | None = None
    """Multiplied by this: `1.5` or `-40 %`."""
    to: Target | None = None
    """Set to this, in the unit of what changes: `500 t/year`, `60 days`, `40 %`."""
    growth: Growth | None = None
    """Grows by this share a year, compounding from the effective date: `11 %/year`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(x is not None for x in (self.scale, self.to, self.growth)) != 1:
            raise ValueError("say one of `scale`, `to` or `growth`")
        if self.what == "share" and self.to is None:
            raise ValueError("a share is set, `to: 40 %`; the buyer's other links fill up the rest in proportion")
        return self

    @field_validator("to")
    @classmethod
    def _fits_what(cls, to: str | float | None, info: ValidationInfo) -> str | float | None:
        if to is not None and "what" in info.data:
            _READ[info.data["what"]](to)
        return to

    def value(self) -> Rate | Duration | Ratio | float:
        """What `to` says, with its unit. Raises ValueError if there is no `to`."""
        return _READ[self.what](self.to)

    def target(self) -> float:
        """The number `to` stands for, in base units."""
        value = self.value()
        return value if isinstance(value, float) else value.value

    def effects(self, network: Network) -> Iterator[Effect]:
        how, size = How.TIMES, self.scale
        if self.to is not None:
            how, size = How.SET, self.target()
        elif self.growth is not None:
            how, size = How.GROW, float(self.growth)
        lever = _LEVER_OF[self.what]
        for target in self._targets(network):
            struck = "" if self.what in ON_LINKS else target.split(": ")[0]
            yield self._effect(network, lever, target, how, float(size or 0.0), struck)

    def _targets(self, network: Network) -> Iterator[str]:
        if self.what in ON_LINKS:
            yield from (lane.name for lane in network.links(self.links))
            return
        for node in network.places(self.where):
            if (self.what == "demand") != (node.kind == "market") and self.what != "cover":
                continue
            if self.what in ("capacity", "processing", "demand"):
                yield node.name
            else:
                held = node.commodities if self.what == "yield" else tuple(node.buys)
                yield from (f"{node.name}: {c}" for c in held if not self.commodity or c in self.commodity)


_READ: dict[str, Callable[[object], Rate | Duration | Ratio | float]] = {
    "capacity": Rate.read,
    "demand": Rate.read,
    "lane_capacity": Rate.read,
    "processing": Duration.read,
    "cover": Duration.read,
    "transit": Duration.read,
    "yield": Ratio.read,
    "share": read_share,
}
_LEVER_OF = {
    "capacity": Lever.CAPACITY,
    "demand": Lever.DEMAND,
    "lane_capacity": Lever.LANE,
    "share": Lever.SHARE,
    "processing": Lever.PROCESSING,
    "cover": Lever.COVER,
    "transit": Lever.TRANSIT,
    "yield": Lever.YIELD,
}
