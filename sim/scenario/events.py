"""What every shock has: when it is announced, when it holds, how it sets in and goes away."""

import datetime
import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationInfo, field_validator

from sim.scenario.effects import Effect, Fade, How, Lever
from sim.scenario.moments import Moment, day_of
from sim.scenario.network import Network
from sim.scenario.record import Record, Sourced
from sim.scenario.units import Duration

Shape = Literal["step", "linear", "exponential"]


class Recovery(Record):
    """How the effect of a shock goes away after its end."""

    shape: Shape = "step"
    """At once, in a straight line, or by a constant share of what is left each day."""
    over: Duration = Duration(0.0)
    """Days until it is gone (linear), or its time constant (exponential)."""


def _recovery(value: Any) -> Any:
    return {"shape": value} if isinstance(value, str) else value


class Event(Sourced):
    """What every shock has: when it is announced, when it holds, how it sets in and goes away."""

    announced: Moment | None = None
    """When it becomes known; the effective date if left out."""
    effective: Moment
    """First day it holds."""
    duration: Duration | None = None
    """Calendar days it holds; to the end of the run if neither this nor `until` is given."""
    until: Moment | None = None
    """First day it no longer holds, instead of a duration."""
    onset: Duration = Duration(0.0)
    """Days over which it builds up, in a straight line."""
    recovery: Annotated[Recovery, BeforeValidator(_recovery, json_schema_input_type=Shape | Recovery)] = Recovery()
    """How its effect goes away after its end."""

    @field_validator("until")
    @classmethod
    def _one_end(cls, until: Moment | None, info: ValidationInfo) -> Moment | None:
        if until is not None and info.data.get("duration") is not None:
            raise ValueError("give `duration` or `until`, not both")
        return until

    def window(self, start: datetime.date) -> tuple[float, float]:
        """First day it holds and first day it no longer does, in days after the start of the run."""
        first = day_of(self.effective, start)
        if self.until is not None:
            return first, day_of(self.until, start)
        return first, first + self.duration.days if self.duration is not None else math.inf

    def effects(self, network: Network) -> Iterator[Effect]:
        """The levers it pulls; empty where it changes nothing."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does")

    def _effect(self, network: Network, lever: Lever, target: str, how: How, size: float, **more: float) -> Effect:
        first, last = self.window(network.start)
        fade = Fade(self.recovery.shape)
        return Effect(lever, target, how, size, first, last, self.onset.days, fade, self.recovery.over.days, **more)
