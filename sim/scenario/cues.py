"""What a response waits for, and what all responses have in common.

A response is data: when it acts, after how long, and which levers it pulls. It acts once. Its effects are dated from
day 0; the engine moves them to when it acts.
"""

import datetime
import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from sim.scenario.effects import Effect, How, Lever
from sim.scenario.events import Event
from sim.scenario.moments import Moment
from sim.scenario.network import Network
from sim.scenario.record import Name, Names, Record, Sourced
from sim.scenario.selectors import LinkScope, Scope
from sim.scenario.units import Duration


class Point(Record):
    """A date of a shock: one of the two is said."""

    announced: Name | None = None
    """The day this shock is announced."""
    effective: Name | None = None
    """The day this shock takes effect."""

    @model_validator(mode="after")
    def _one_point(self) -> Self:
        if (self.announced is None) == (self.effective is None):
            raise ValueError("say the name of one shock: `{announced: licensing}` or `{effective: licensing}`")
        return self

    @property
    def shock(self) -> str:
        return self.announced or self.effective or ""


class Trigger(Record):
    """What has to be seen; a response looks at the end of each day, and acts from the next day on at the earliest."""

    cover_below: Duration | None = None
    """Some stock in scope is down to less than this many days of planned use."""
    where: Scope = Scope()
    """Whose stock is watched."""
    commodity: Names = ()
    """Stock of which inputs is watched; all if left out."""
    stopped_for: Duration | None = None
    """On some link in scope nothing has left for so many days in a row although orders or goods wait for it."""
    links: LinkScope = LinkScope()
    """Which links are watched."""

    @model_validator(mode="after")
    def _one_sight(self) -> Self:
        if (self.cover_below is None) == (self.stopped_for is None):
            raise ValueError("say one of `cover_below: 10 days` and `stopped_for: 14 days`")
        return self


def _when(value: object) -> object:
    """A mapping is a date of a shock if it names one, else a trigger; anything else is a moment."""
    if not isinstance(value, dict):
        return value
    return Point(**value) if {"announced", "effective"} & set(value) else Trigger(**value)


When = Annotated[Moment | Point | Trigger, BeforeValidator(_when, json_schema_input_type=Moment | Point | Trigger)]
Until = Annotated[Moment | Point, BeforeValidator(_when, json_schema_input_type=Moment | Point)]


class Reaction(Sourced):
    """What every response has: when it acts, after how long, how fast it takes hold and how long it lasts."""

    kind: str
    """The kind of response."""
    active: bool = True
    """Whether it is taken. One that nobody took in fact stands ready with `false`: it then pulls nothing, and
    `--set responses.NAME.active=true` tries it. Front-loading that is not active takes the place of the default."""
    after: Duration = Duration(0.0)
    """Reaction, qualification or building time: days from then until it begins to act."""
    ramp: Duration = Duration(0.0)
    """Days over which it takes hold, in a straight line."""
    lasts: Duration | None = None
    """Calendar days it acts; to the end of the run if neither this nor `until` is given."""
    until: Until | None = None
    """First day it no longer acts, a date or a date of a shock."""

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.until is not None and self.lasts is not None:
            raise ValueError("give `lasts` or `until`, not both")
        return self

    def begins(self) -> datetime.date | int | Point | Trigger:
        """What it waits for."""
        raise NotImplementedError(f"{type(self).__name__} must say what it waits for")

    def ends(self) -> datetime.date | int | Point | None:
        """When it no longer acts, if a date is said."""
        return self.until

    def effects(self, network: Network, shocks: Mapping[str, Event]) -> Iterator[Effect]:
        """The levers it pulls, as if it acted from day 0 on for good."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does")

    def _effect(self, lever: Lever, target: str, how: How, size: float) -> Effect:
        return Effect(lever, target, how, size, 0.0, math.inf, self.ramp.days)

    def _moved_shares(self, network: Network, links: LinkScope, share: float | None) -> Iterator[Effect]:
        """The buyers' other links, unless they are set too, fill up the rest in proportion."""
        if share is not None:
            for lane in network.links(links):
                yield self._effect(Lever.SHARE, lane.name, How.SET, share)


class Cued(Reaction):
    """A response that waits for a date or for something to be seen."""

    on: When
    """A date, a date of a shock (`{announced: licensing}`), or what has to be seen (`{cover_below: 10 days}`)."""

    def begins(self) -> datetime.date | int | Point | Trigger:
        return self.on
