"""Durations and rates that may be random: `24 days`, or `{distribution: gamma, mean: 24 days, sd: 9 days}`.

Every number of a distribution is a quantity with its unit, also the standard deviation. A draw is never negative.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Self, TypeAlias, TypeVar, cast

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.errors import suggest
from sim.scenario.chosen import choice
from sim.scenario.durations import Quantity
from sim.scenario.record import Record
from sim.scenario.stated import Multiple, Stated
from sim.scenario.units import Duration, Percentage, Rate
from sim.scenario.words import said

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

Q = TypeVar("Q", bound=Duration | Rate | Percentage | Stated | Multiple)

_MEASURES = (Duration, Rate, Percentage, Stated, Multiple)

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


def _check_order(**bounds: Duration | Rate | Percentage | Stated | Multiple) -> None:
    named = list(bounds.items())
    for (lower, a), (upper, b) in zip(named, named[1:], strict=False):
        if a.value > b.value:
            raise ValueError(f"{lower} ({a.value:g}) is above {upper} ({b.value:g})")


def forms(of: type[Quantity]) -> Mapping[str, type[Distribution[Any]]]:
    """Every distribution of durations, of rates or of percentages, by its word."""
    return {word: _form(word, of) for word in DISTRIBUTIONS}


def _form(word: str, of: type[Quantity]) -> type[Distribution[Any]]:
    """One distribution of a quantity, made when it is first asked for: few files say more than one or two."""
    return cast(type[Distribution[Any]], DISTRIBUTIONS[word].__class_getitem__(of))


@dataclass(frozen=True, eq=False)  # compared and hashed by identity, like all that tells pydantic about a type
class Drawn:
    """Tells pydantic that a quantity may be given as a distribution."""

    of: type[Quantity]

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        written = core_schema.wrap_serializer_function_ser_schema(_write)
        return core_schema.no_info_plain_validator_function(self._read, serialization=written)

    def __get_pydantic_json_schema__(self, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, object]:
        random = handler(choice(forms(self.of), "distribution"))
        return {"oneOf": [self.of.__get_pydantic_json_schema__(schema, handler), *random["oneOf"]]}

    def _read(self, given: object) -> object:
        if isinstance(given, Mapping):
            return _form(_known(given), self.of).model_validate(given)
        if isinstance(given, Distribution) and isinstance(given.quantities()[0], self.of):
            return given
        return self._constant(given)

    def _constant(self, given: object) -> object:
        return self.of.read(given)


class Spread(Drawn):
    """Tells pydantic that a distribution is due, and no constant."""

    def __get_pydantic_json_schema__(self, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, object]:
        return dict(handler(choice(forms(self.of), "distribution")))

    def _constant(self, given: object) -> object:
        says = "is one value, and what is uncertain has a distribution: {distribution: uniform, low: …, high: …}"
        raise ValueError(f"{said(given)} {says}")


def _write(value: object, as_record: Callable[[object], object]) -> object:
    return str(value) if isinstance(value, Quantity) else as_record(value)


def _known(given: Mapping[str, object]) -> str:
    """The word of a mapping that names a distribution; at any other, stop before its fields are judged."""
    words = {"words": ", ".join(DISTRIBUTIONS)}
    if "distribution" not in given:
        raise PydanticCustomError("no_distribution", "a random value needs `distribution:`, one of {words}", words)
    word = str(given["distribution"])
    if given["distribution"] in tuple(DISTRIBUTIONS):
        return word
    said = {"said": repr(word[:40]), "hint": suggest(word, DISTRIBUTIONS)}
    raise PydanticCustomError("unknown_distribution", "no distribution {said}; known are {words}.{hint}", words | said)


RandomDuration: TypeAlias = Annotated[Duration | Distribution[Duration], Drawn(Duration)]
"""A duration, constant or random."""
RandomRate: TypeAlias = Annotated[Rate | Distribution[Rate], Drawn(Rate)]
"""A rate, constant or random."""
RandomPercentage: TypeAlias = Annotated[Percentage | Distribution[Percentage], Drawn(Percentage)]
"""A percentage, the same for all or with a distribution."""


def in_working_days(value: RandomDuration) -> bool:
    """Whether the duration is counted in working days of a calendar."""
    first = value.quantities()[0] if isinstance(value, Distribution) else value
    return first.working
