"""Durations and rates that may be random: `24 days`, or `{distribution: gamma, mean: 24 days, sd: 9 days}`.

Every number of a distribution is a quantity with its unit, also the standard deviation. A draw is never negative.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, Self, TypeAlias, TypeVar, cast

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from sim.errors import suggest
from sim.scenario.record import Record
from sim.scenario.stated import Multiple, Stated
from sim.scenario.units import Duration, Rate

Q = TypeVar("Q", bound=Duration | Rate | Stated | Multiple)

_MEASURES = (Duration, Rate, Stated, Multiple)

Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]

MAX_SPREAD = 100
"""Largest standard deviation of a skewed distribution, in means."""
MAX_COUNT = 10_000
"""Largest mean of a Poisson distribution."""


def _as_tuple(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


class Distribution(Record, Generic[Q]):
    """A quantity that is drawn anew each time."""

    def quantities(self) -> tuple[Q, ...]:
        """Every quantity the distribution states, in the order of its fields."""
        stated = (getattr(self, name) for name in type(self).model_fields)
        listed = (value if isinstance(value, tuple) else (value,) for value in stated)
        return tuple(cast(Q, one) for values in listed for one in values if isinstance(one, _MEASURES))

    @model_validator(mode="after")
    def _one_dimension(self) -> Self:
        first, *others = self.quantities()
        for other in others:
            if isinstance(first, Duration) and isinstance(other, Duration) and first.working != other.working:
                raise ValueError("mixes days and working days: give all of its durations in one of them")
            if isinstance(first, Rate) and isinstance(other, Rate) and first.unit != other.unit:
                raise ValueError(f"mixes {first.unit} and {other.unit}: give all of its rates in one unit")
            if isinstance(first, Stated) and isinstance(other, Stated) and first.unit != other.unit:
                raise ValueError(f"mixes '{first}' and '{other}': give all of its numbers in the same unit")
        return self


class Uniform(Distribution[Q], Generic[Q]):
    """Any value between two bounds, all as likely."""

    distribution: Literal["uniform"] = "uniform"
    """The word `uniform`."""
    low: Q
    """Smallest value."""
    high: Q
    """Largest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _check_order(low=self.low, high=self.high)
        return self


class Triangular(Distribution[Q], Generic[Q]):
    """Between two bounds, most likely near the mode: for what an expert can say as least, usual and most."""

    distribution: Literal["triangular"] = "triangular"
    """The word `triangular`."""
    low: Q
    """Smallest value."""
    mode: Q
    """Most likely value."""
    high: Q
    """Largest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _check_order(low=self.low, mode=self.mode, high=self.high)
        return self


class Normal(Distribution[Q], Generic[Q]):
    """The bell curve; a draw that would be negative is 0, which lifts the mean a little where sd is large."""

    distribution: Literal["normal"] = "normal"
    """The word `normal`."""
    mean: Q
    """Mean of the curve."""
    sd: Q
    """Standard deviation of the curve; 0 makes it a constant."""


class Skewed(Distribution[Q], Generic[Q]):
    """What cannot be negative and has a long tail, known by mean and standard deviation."""

    mean: Q
    """Mean of the quantity itself."""
    sd: Q
    """Standard deviation of the quantity itself; 0 makes it a constant."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.sd.value > MAX_SPREAD * self.mean.value:
            raise ValueError(
                f"sd is more than {MAX_SPREAD} times the mean: check both, or describe rare large values as a shock"
            )
        return self


class Lognormal(Skewed[Q], Generic[Q]):
    """Its logarithm is normal: many small values and a heavy tail."""

    distribution: Literal["lognormal"] = "lognormal"
    """The word `lognormal`."""


class Gamma(Skewed[Q], Generic[Q]):
    """Waiting times made of steps: a tail lighter than lognormal."""

    distribution: Literal["gamma"] = "gamma"
    """The word `gamma`."""


class Exponential(Distribution[Q], Generic[Q]):
    """Waiting for something that may come at any moment; its standard deviation is its mean."""

    distribution: Literal["exponential"] = "exponential"
    """The word `exponential`."""
    mean: Q
    """Mean."""


class Poisson(Distribution[Q], Generic[Q]):
    """A whole number of base units: days of a duration, units of the commodity a day of a rate."""

    distribution: Literal["poisson"] = "poisson"
    """The word `poisson`."""
    mean: Q
    """Mean, at most 10,000 base units; need not be whole."""

    @model_validator(mode="after")
    def _tabled(self) -> Self:
        if self.mean.value > MAX_COUNT:
            raise ValueError(f"a mean of {self.mean.value:g} counts is more than {MAX_COUNT:,}: use normal or gamma")
        return self


class Empirical(Distribution[Q], Generic[Q]):
    """The values observed, as they are, with nothing between them."""

    distribution: Literal["empirical"] = "empirical"
    """The word `empirical`."""
    values: Annotated[tuple[Q, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    """What was observed."""
    weights: Annotated[tuple[Weight, ...] | None, BeforeValidator(_as_tuple)] = None
    """How often each value comes, relative to the others; all alike if left out."""

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if self.weights is not None and len(self.weights) != len(self.values):
            raise ValueError(f"{len(self.values)} values but {len(self.weights)} weights: give one weight a value")
        return self


DISTRIBUTIONS: dict[str, type[Distribution[Any]]] = {
    "uniform": Uniform,
    "triangular": Triangular,
    "normal": Normal,
    "lognormal": Lognormal,
    "gamma": Gamma,
    "exponential": Exponential,
    "poisson": Poisson,
    "empirical": Empirical,
}


def _check_order(**bounds: Duration | Rate | Stated | Multiple) -> None:
    named = list(bounds.items())
    for (lower, a), (upper, b) in zip(named, named[1:], strict=False):
        if a.value > b.value:
            raise ValueError(f"{lower} ({a.value:g}) is above {upper} ({b.value:g})")


def known_distribution(given: Any) -> Any:
    """Stop at a mapping that names no distribution, before its fields are judged against the wrong one."""
    if not isinstance(given, Mapping) or given.get("distribution") in tuple(DISTRIBUTIONS):
        return given
    words = {"words": ", ".join(DISTRIBUTIONS)}
    if "distribution" not in given:
        raise PydanticCustomError("no_distribution", "a random value needs `distribution:`, one of {words}", words)
    word = str(given["distribution"])
    said = {"said": repr(word[:40]), "hint": suggest(word, DISTRIBUTIONS)}
    raise PydanticCustomError("unknown_distribution", "no distribution {said}; known are {words}.{hint}", words | said)


def branch(given: Any) -> str:
    if isinstance(given, Mapping):
        return str(given.get("distribution"))
    return str(getattr(given, "distribution", "constant"))


RandomDuration: TypeAlias = Annotated[
    Annotated[Duration, Tag("constant")]
    | Annotated[Uniform[Duration], Tag("uniform")]
    | Annotated[Triangular[Duration], Tag("triangular")]
    | Annotated[Normal[Duration], Tag("normal")]
    | Annotated[Lognormal[Duration], Tag("lognormal")]
    | Annotated[Gamma[Duration], Tag("gamma")]
    | Annotated[Exponential[Duration], Tag("exponential")]
    | Annotated[Poisson[Duration], Tag("poisson")]
    | Annotated[Empirical[Duration], Tag("empirical")],
    Discriminator(branch),
    BeforeValidator(known_distribution),
]
"""A duration, constant or random."""

RandomRate: TypeAlias = Annotated[
    Annotated[Rate, Tag("constant")]
    | Annotated[Uniform[Rate], Tag("uniform")]
    | Annotated[Triangular[Rate], Tag("triangular")]
    | Annotated[Normal[Rate], Tag("normal")]
    | Annotated[Lognormal[Rate], Tag("lognormal")]
    | Annotated[Gamma[Rate], Tag("gamma")]
    | Annotated[Exponential[Rate], Tag("exponential")]
    | Annotated[Poisson[Rate], Tag("poisson")]
    | Annotated[Empirical[Rate], Tag("empirical")],
    Discriminator(branch),
    BeforeValidator(known_distribution),
]
"""A rate, constant or random."""


def in_working_days(value: RandomDuration) -> bool:
    """Whether the duration is counted in working days of a calendar."""
    first = value.quantities()[0] if isinstance(value, Distribution) else value
    return first.working
