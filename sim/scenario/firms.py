"""Facilities that stand for many firms: how many, and how these differ."""

from pydantic import field_validator, model_validator

from sim.scenario.distributions import Distribution, RandomDuration, RandomPercentage
from sim.scenario.record import Name, Record
from sim.scenario.units import Percentage


class Spread(Record):
    """How the firms of a population differ: distributions over firms, which nothing draws anew from day to day.

    Firm i of n has the quantile (i − ½)/n of each, in a seeded order of its own for each parameter.
    """

    capacity: RandomPercentage = Percentage(1.0)
    """Size of a firm beside the others, as in `{distribution: lognormal, mean: 100 %, sd: 80 %}`; the capacities of all
    add up to that of the facility, and the plan is shared alike."""
    cover: dict[Name, RandomDuration] = {}
    """By input: days of planned use that a firm holds in stock, in the place of `cover` under `buys`."""
    dependence: dict[Name, RandomPercentage] = {}
    """By input: share of output a firm cannot make without it, in the place of `dependence` in the recipe."""

    @field_validator("capacity")
    @classmethod
    def _beside_others(cls, capacity: Percentage | Distribution[Percentage]) -> Percentage | Distribution[Percentage]:
        if max(ratio.value for ratio in _stated(capacity)) <= 0.0:
            raise ValueError("firms of no size at all make nothing: let the mean be '100 %'")
        return capacity

    @field_validator("dependence")
    @classmethod
    def _is_share(
        cls, given: dict[str, Percentage | Distribution[Percentage]]
    ) -> dict[str, Percentage | Distribution[Percentage]]:
        for dependence in given.values():
            if max(ratio.value for ratio in _stated(dependence)) > 1.0:
                raise ValueError("a dependence is between 0 % and 100 %")
        return given

    @model_validator(mode="after")
    def _in_calendar_days(self) -> "Spread":
        for cover in self.cover.values():
            if any(days.working for days in (cover.quantities() if isinstance(cover, Distribution) else (cover,))):
                raise ValueError("a cover is counted in calendar days: say '45 days'")
        return self


def _stated(value: Percentage | Distribution[Percentage]) -> tuple[Percentage, ...]:
    return value.quantities() if isinstance(value, Distribution) else (value,)
