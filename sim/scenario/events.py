"""What every shock has: when it is announced, when it holds, how it sets in and goes away."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ValidationInfo, field_validator, model_validator

from sim.scenario.effects import Effect, Fade, How, Lever
from sim.scenario.hazards import Hazard
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
    effective: Moment | None = None
    """First day it holds, or from which on it may strike at random."""
    random: Hazard | None = None
    """How often it strikes, and for how long, instead of from `effective` on; each replication has its own days."""
    duration: Duration | None = None
    """Calendar days it holds, or may strike; to the end of the run if neither this nor `until` is given."""
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

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if self.effective is None and self.random is None:
            raise ValueError(
                "no day is given: say `effective: 2025-04-04`, or how often it strikes, "
                "`random: {every: 2 years, lasts: 30 days}`"
            )
        if self.random is not None and self.announced is not None:
            raise ValueError("what strikes at random is not announced: leave out `announced` or `random`")
        return self

    def window(self, start: datetime.date) -> tuple[float, float]:
        """First day it holds and first day it no longer does, in days after the start of the run.

        Of what strikes at random, the days on which it may.
        """
        first = day_of(self.effective, start) if self.effective is not None else 0.0
        if self.until is not None:
            return first, day_of(self.until, start)
        return first, first + self.duration.days if self.duration is not None else math.inf

    def effects(self, network: Network) -> Iterator[Effect]:
        """The levers it pulls; empty where it changes nothing."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does")

    def _effect(
        self, network: Network, lever: Lever, target: str, how: How, size: float, struck: str = "", **more: float
    ) -> Effect:
        """One effect with the window of the shock; `struck` is what luck befalls, if that is not the target itself."""
        first, last = self.window(network.start)
        fade, over = Fade(self.recovery.shape), self.recovery.over.days
        luck = self.random.luck(struck or target) if self.random else None
        return Effect(lever, target, how, size, first, last, self.onset.days, fade, over, luck=luck, **more)


def switched(effect: Effect) -> Effect:
    """The same, there and gone at once, whatever the onset and recovery of the shock."""
    return replace(effect, onset=0.0, fade=Fade.STEP, fade_days=0.0)


def on_its_day(effect: Effect) -> Effect:
    """The same, on the day it starts only: what happens once."""
    once = switched(effect)
    if once.luck is not None:
        return replace(once, luck=replace(once.luck, lasts=Duration(1.0)))
    return once if once.end <= once.start else replace(once, end=once.start + 1.0)
