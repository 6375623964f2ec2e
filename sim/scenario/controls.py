"""Shocks that go through a licence authority."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from sim.scenario.content import periods
from sim.scenario.effects import Effect, Fade, How, Lever
from sim.scenario.events import Event
from sim.scenario.network import Lane, Network
from sim.scenario.record import Name
from sim.scenario.selectors import LinkScope
from sim.scenario.units import Duration, Share


class Licensing(Event):
    """An authority begins to require licences for what it controls; at the end goods held are let go."""

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
        for lane in network.controlled(network.regimes[self.authority]):
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


class LicenceDelay(Event):
    """Applications filed meanwhile take longer."""

    kind: Literal["licence_delay"]
    """Applications filed meanwhile take longer."""
    authority: Name
    """Which authority."""
    adds: Duration
    """Days added to each review; working days if the authority's review is in working days."""
    links: LinkScope = LinkScope()
    """Which of the links it controls."""

    def effects(self, network: Network) -> Iterator[Effect]:
        lever = Lever.REVIEW if self.adds.working else Lever.DELAY
        for lane in _under(network, self.authority, self.links):
            yield self._effect(network, lever, lane.name, How.PLUS, self.adds.value)


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
