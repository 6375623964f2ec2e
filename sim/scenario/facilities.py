"""Facilities: mines, refiners, manufacturers, recyclers.

Kinds differ in defaults and in what they may have; the rules of a day are the same for all. To add a kind:
write its class, then list it in `Facility`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from sim.scenario.chosen import OneOf
from sim.scenario.distributions import RandomDuration, RandomRate
from sim.scenario.firms import Spread
from sim.scenario.links import Purchase
from sim.scenario.record import Name, Record, Sourced
from sim.scenario.units import Amount, Count, Duration, Rate, Ratio, Share


class Ingredient(Record):
    """One input of a recipe."""

    amount: Ratio
    """Amount of the input per unit of activity."""
    dependence: Share = 1.0
    """Share of output that cannot be made without it: 1 essential, 0.5 important, 0 not critical."""
    throttle: Share = 0.0
    """Output slows once cover falls below this share of its target; 0 is full rate until empty."""


def _amount(value: Any) -> Any:
    """`1.2 t/t` for `{amount: 1.2 t/t}`; anything but keys is read as an amount, so that it is told what is wrong."""
    return value if isinstance(value, dict | Record) else {"amount": value}


class Product(Record):
    """One output of a facility."""

    amount: Ratio = Ratio(1.0, "", "")
    """Amount made per unit of activity."""
    paces: bool = True
    """Whether its orders pace the facility; what does not pace is a by-product and piles up to its storage."""
    storage: Amount | None = None
    """Most finished stock that can be kept; unlimited if left out."""
    capacity: Rate | None = None
    """Recovery capacity of a by-product of its own; unlimited if left out."""


def _products(value: Any) -> Any:
    return {value: {}} if isinstance(value, str) else value


Ingredients = dict[Name, Annotated[Ingredient, BeforeValidator(_amount, json_schema_input_type=Ratio | Ingredient)]]
Products = Annotated[
    dict[Name, Annotated[Product, BeforeValidator(_amount, json_schema_input_type=Ratio | Product)]],
    BeforeValidator(_products, json_schema_input_type=Name | dict[Name, Ratio | Product]),
    Field(min_length=1),
]


class Site(Sourced):
    """What every facility has in common: a place, a product, a capacity, a recipe and its suppliers."""

    country: Name
    """Country whose rules apply to it."""
    makes: Products
    """What it makes: one commodity, or several with the amount of each per unit of activity."""
    capacity: RandomRate
    """Most it can do in a day, in units of activity: of the product if there is one, else as the recipe counts."""
    recipe: Ingredients = {}
    """Bill of materials: amount of each input per unit of activity."""
    buys: dict[Name, Purchase] = Field(default={}, validate_default=True)
    """How each input is bought."""
    processing: RandomDuration = Duration(0.0)
    """Calendar days from start to finished stock."""
    finished_cover: Duration = Duration(0.0)
    """Days of planned output kept as finished stock."""
    run: Literal["to_order", "flat"] = "to_order"
    """To order, or at the planned rate whatever the book says until storage is full."""
    allocation: Literal["usual", "proportional", "priority", "equal", "domestic_first"] = "usual"
    """How finished stock is shared when it is short: by usual flow, by orders, by class, equally, or home first."""

    @field_validator("buys")
    @classmethod
    def _bought_is_used(cls, buys: dict[str, Purchase], info: ValidationInfo) -> dict[str, Purchase]:
        if (recipe := info.data.get("recipe")) is None:
            return buys
        if missing := sorted(set(recipe) - set(buys)):
            raise ValueError(f"nobody supplies '{missing[0]}' of the recipe; add buys.{missing[0]}.from")
        if unused := sorted(set(buys) - set(recipe)):
            raise ValueError(f"'{unused[0]}' is bought but not in the recipe; add recipe.{unused[0]}")
        return buys

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not any(product.paces for product in self.makes.values()):
            raise ValueError("no product paces it; let at least one have `paces: true`")
        if self.run == "flat" and any(p.storage is None for p in self.makes.values() if p.paces):
            raise ValueError("`run: flat` needs a storage limit on what it makes: makes: {product: {storage: 100 t}}")
        return self


class Mine(Site):
    """A mine: it digs, and needs no input."""

    kind: Literal["mine"]
    """A mine."""

    @field_validator("recipe")
    @classmethod
    def _needs_nothing(cls, recipe: dict[str, Ingredient]) -> dict[str, Ingredient]:
        if recipe:
            raise ValueError("a mine has no inputs; use `kind: refiner` for what turns one material into another")
        return recipe


class _Converter(Site):
    recipe: Ingredients
    """Bill of materials: amount of each input per unit of activity."""
    firms: Count | None = None
    """How many firms it stands for, each with its own stocks and deliveries; capacity is that of all together."""
    spread: Spread | None = None
    """How these firms differ; left out, they are all alike."""

    @field_validator("recipe")
    @classmethod
    def _needs_something(cls, recipe: dict[str, Ingredient]) -> dict[str, Ingredient]:
        if not recipe:
            raise ValueError("needs a recipe, for example `recipe: {ore: 1.2 t/t}`; what has no inputs is `kind: mine`")
        return recipe

    @model_validator(mode="after")
    def _firms_differ_in_what_they_have(self) -> Self:
        if self.spread is not None and self.firms is None:
            raise ValueError("`spread` says how firms differ, and there are none: say how many with `firms: 300`")
        if self.firms is not None and len(self.makes) > 1:
            raise ValueError("a population of firms makes one product: write a facility for each, or leave out `firms`")
        spread = self.spread or Spread()
        if unknown := sorted({*spread.cover, *spread.dependence} - set(self.recipe)):
            raise ValueError(f"`spread` names '{unknown[0]}', which is not in the recipe")
        twice = [name for name in spread.cover if "cover" in self.buys[name].model_fields_set]
        twice += [name for name in spread.dependence if "dependence" in self.recipe[name].model_fields_set]
        if twice:
            raise ValueError(f"`spread` says anew what is said of '{twice[0]}' in `buys` or `recipe`: say it once")
        return self


class Refiner(_Converter):
    """A refiner: it turns ore, concentrate or scrap into materials, often several at once."""

    kind: Literal["refiner"]
    """A refiner, separator, smelter or chemical plant."""


class Manufacturer(_Converter):
    """A manufacturer: it builds a product from a bill of materials."""

    kind: Literal["manufacturer"]
    """A manufacturer."""


class Recycler(Site):
    """A recycler: it makes material from scrap, bought from those who make it or collected outside the model."""

    kind: Literal["recycler"]
    """A recycler; without a recipe its capacity is what is collected."""


class Stockpile(Sourced):
    """A strategic reserve, full at the start. It sells and refills only where a response says so.

    Its links, to buyers and from sellers, stand by with a share of 0 %; a reserve of one firm has one buyer.
    """

    kind: Literal["stockpile"]
    """A strategic reserve, of a country or of a firm."""
    country: Name
    """Country whose rules apply to it."""
    holds: Name
    """What it holds."""
    size: Amount
    """How much it holds when full."""
    buys: dict[Name, Purchase] = {}
    """Where it may buy what it holds."""
    allocation: Literal["usual", "proportional", "priority", "equal", "domestic_first"] = "proportional"
    """How it shares among those who ask."""

    @field_validator("buys")
    @classmethod
    def _buys_what_it_holds(cls, buys: dict[str, Purchase], info: ValidationInfo) -> dict[str, Purchase]:
        if other := sorted(set(buys) - {info.data.get("holds", "")}):
            raise ValueError(f"it holds '{info.data.get('holds')}' and cannot buy '{other[0]}'")
        return buys

    @property
    def makes(self) -> Mapping[str, Product]:
        """What it sells."""
        return {self.holds: Product()}

    @property
    def recipe(self) -> Mapping[str, Ingredient]:
        """What it takes in is what it sells."""
        return {self.holds: Ingredient(amount=Ratio(1.0, "", ""))} if self.buys else {}

    @property
    def capacity(self) -> Rate:
        """Most it takes in a day: all it can hold; one that buys nothing takes in nothing."""
        return Rate(self.size.value if self.buys else 0.0, self.size.unit)

    @property
    def processing(self) -> Duration:
        return Duration(0.0)

    @property
    def finished_cover(self) -> Duration:
        return Duration(0.0)

    @property
    def run(self) -> Literal["to_order", "flat"]:
        return "to_order"


Facility = Annotated[Mine | Refiner | Manufacturer | Recycler | Stockpile, OneOf("kind")]
"""The kinds of facility."""
