"""Scopes: which objects something applies to, by what they are rather than by list."""

from typing import Protocol

from sim.scenario.record import Names, Record


def admits(wanted: Names, *words: str) -> bool:
    """Whether any of `words` is among those wanted; `not CN` admits all but CN, nothing said admits all."""
    if not wanted:
        return True
    unwanted = {word.removeprefix("not ").strip() for word in wanted if word.startswith("not ")}
    if unwanted & set(words):
        return False
    positive = [word for word in wanted if not word.startswith("not ")]
    return not positive or bool(set(positive) & set(words))


class Place(Protocol):
    """What a node shows to a scope."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def commodities(self) -> tuple[str, ...]: ...
    @property
    def end_use(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...


class Lane(Protocol):
    """What a link shows to a scope."""

    @property
    def name(self) -> str: ...
    @property
    def commodity(self) -> str: ...
    @property
    def end_use(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def seller(self) -> Place: ...
    @property
    def buyer(self) -> Place: ...


class Scope(Record):
    """Selects facilities and markets; every condition said must hold, each takes one word or a list."""

    id: Names = ()
    """Names of facilities or markets."""
    kind: Names = ()
    """Kinds: mine, refiner, manufacturer, recycler, market."""
    country: Names = ()
    """Country codes; `not CN` is every other country."""
    commodity: Names = ()
    """What it makes, or for a market what it wants."""
    end_use: Names = ()
    """End use of a market."""
    tag: Names = ()
    """Any of its tags."""

    def admits(self, place: Place) -> bool:
        """Whether the facility or market is in scope."""
        return (
            admits(self.id, place.name)
            and admits(self.kind, place.kind)
            and admits(self.country, place.country)
            and admits(self.commodity, *place.commodities)
            and admits(self.end_use, place.end_use)
            and admits(self.tag, *place.tags)
        )


class LinkScope(Record):
    """Selects links; every condition said must hold, each takes one word or a list."""

    seller: Names = ()
    """Names of selling facilities."""
    buyer: Names = ()
    """Names of buying facilities or markets."""
    origin: Names = ()
    """Country of the seller; `not CN` is every other country."""
    destination: Names = ()
    """Country of the buyer; `not CN` is every other country."""
    commodity: Names = ()
    """What the link carries."""
    end_use: Names = ()
    """End use the link is declared for: civil, defence, …"""
    tag: Names = ()
    """Any tag of the link or of its buyer."""

    def admits(self, lane: Lane) -> bool:
        """Whether the link is in scope."""
        return (
            admits(self.seller, lane.seller.name)
            and admits(self.buyer, lane.buyer.name)
            and admits(self.origin, lane.seller.country)
            and admits(self.destination, lane.buyer.country)
            and admits(self.commodity, lane.commodity)
            and admits(self.end_use, lane.end_use)
            and admits(self.tag, *lane.tags, *lane.buyer.tags)
        )
