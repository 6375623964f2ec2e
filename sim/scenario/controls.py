"""Shocks that go through a licence authority."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.content import periods
from sim.scenario.effects import Effect, Fade, How, Lever
from sim.scenario.events import Event
from sim.scenario.network import Lane, Network
from sim.scenario.record import Name
from sim.scenario.selectors import LinkScope
from sim.scenario.units import Duration, Factor, Share


class Licensing(Event):
    """An authority begins to require licences for what it controls; at the end goods held are let go.

    With an `onset`, what was declared before still leaves: the part of usual flow that needs no licence falls to
    nothing in a straight line.
    """

    kind: Literal["licensing"]
    """An authority begins to require licences for what it controls."""
    authority: Name
    """Which authority, of those under `licences`."""
    links: LinkScope = LinkScope()
    """Which of the links it controls; all of them if left out."""
    content: Share | None = None
    """Content above which goods made abroad need the licence meanwhile, instead of what the authority's
    `foreign_made` says."""

    def effects(self, network: Network) -> Iterator[Effect]:
        regime = network.regimes[self.authority]
        for lane in (*network.controlled(regime), *network.look_alikes(regime)):
            if self.links.admits(lane):
                yield self._effect(network, Lever.LICENSED, lane.name, How.SET, 1.0)
        yield from self._caught(network)

    def threshold(self, network: Network) -> float | None:
        """Content above which goods made abroad need the licence; None if the authority reaches none."""
        reach = network.regimes[self.authority].foreign_made
        return None if reach is None else reach.content if self.content is None else self.content

    def _caught(self, network: Network) -> Iterator[Effect]:
        """Goods made abroad, on the days on which planned shares bring their content above the threshold."""
        if (threshold := self.threshold(network)) is None:
            return
        window = self.window(network.start)
        for lane, first, last in periods(network, network.regimes[self.authority], threshold, *window):
            if self.links.admits(lane):
                whole = self._effect(network, Lever.LICENSED, lane.name, How.SET, 1.0)
                fade = whole.fade if last == whole.end else Fade.STEP
                yield replace(whole, start=first, end=last, fade=fade)


class _Slower(Event):
    """Days are added to what an authority or its customs take, or they are scaled."""

    authority: Name
    """Which authority."""
    adds: Duration | None = None
    """Days added."""
    scale: Factor | None = None
    """Multiplied by this: `50 %` is twice as fast."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.adds is None) == (self.scale is None):
            raise ValueError("say one of `adds` and `scale`")
        return self


class LicenceDelay(_Slower):
    """Applications filed meanwhile take longer, or are decided faster.

    Days added are working days if the authority's review is in working days; a statutory limit does not hold them.
    """

    kind: Literal["licence_delay"]
    """Applications filed meanwhile take longer, or are decided faster."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, self.links):
            if self.scale is not None:
                yield self._effect(network, Lever.REVIEW, lane.name, How.TIMES, self.scale)
            elif self.adds is not None:
                lever = Lever.REVIEW if self.adds.working else Lever.DELAY
                yield self._effect(network, lever, lane.name, How.PLUS, self.adds.value)


class CustomsHold(_Slower):
    """Goods approved meanwhile are held longer at the border, or for less long; look-alike goods too."""

    kind: Literal["customs_hold"]
    """Goods approved meanwhile are held longer at the border, or for less long."""

    def effects(self, network: Network) -> Iterator[Effect]:
        regime = network.regimes[self.authority]
        how, size = (How.PLUS, self.adds.days) if self.adds is not None else (How.TIMES, self.scale or 0.0)
        for lane in (*network.controlled(regime), *network.look_alikes(regime)):
            if self.links.admits(lane):
                yield self._effect(network, Lever.HOLD, lane.name, how, size)


class ApprovalRate(Event):
    """An authority approves more or fewer of the applications it decides."""

    kind: Literal["approval_rate"]
    """An authority approves more or fewer of the applications it decides meanwhile."""
    authority: Name
    """Which authority."""
    to: Share
    """Share approved."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, Lever.APPROVAL, lane.name, How.SET, self.to)


class BarredShare(Event):
    """An authority never approves a share of the orders placed meanwhile; they wait as at a shut lane."""

    kind: Literal["barred_share"]
    """A share of the orders placed meanwhile is never approved."""
    authority: Name
    """Which authority."""
    to: Share
    """Share of orders barred."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, Lever.BARRED, lane.name, How.SET, self.to)


class GeneralLicences(Event):
    """Customers with a share of usual flow get general licences and need no single ones meanwhile."""

    kind: Literal["general_licences"]
    """Customers with a share of usual flow need no single licences meanwhile."""
    authority: Name
    """Which authority."""
    to: Share
    """Share of usual flow they take; an `onset` makes it a ramp."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, Lever.GENERAL, lane.name, How.SET, self.to)


class AuthoritySuspended(Event):
    """An authority decides nothing; what falls due meanwhile is decided on the first day after."""

    kind: Literal["authority_suspended"]
    """An authority decides nothing meanwhile."""
    authority: Name
    """Which authority."""

    def effects(self, network: Network) -> Iterator[Effect]:
        for lane in _under(network, self.authority, LinkScope()):
            yield self._effect(network, Lever.SUSPENDED, lane.name, How.SET, 1.0)


def _under(network: Network, authority: str, scope: LinkScope) -> Iterator[Lane]:
    return (lane for lane in network.overseen(network.regimes[authority]) if scope.admits(lane))
