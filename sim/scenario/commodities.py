"""What is counted and moved."""

from typing import Self

from pydantic import field_validator, model_validator

from sim.scenario.fields import Elasticity, Yearly
from sim.scenario.record import Name, Record, Sourced
from sim.scenario.units import Price
from sim.scenario.words import unit_of


class Elasticities(Record):
    """How quantities answer to price: only for an indicative scarcity price, which moves nothing in the model."""

    demand: Elasticity
    """Per cent that demand falls if the price rises by one per cent: 0.3."""
    supply: Elasticity = 0.0
    """Per cent that supply rises if the price rises by one per cent."""

    @model_validator(mode="after")
    def _answers(self) -> Self:
        if self.demand + self.supply == 0:
            raise ValueError("if neither demand nor supply answers to price, no price clears a shortage")
        return self


class Commodity(Sourced):
    """Something that is counted and moved."""

    unit: Name
    """Unit it is counted in: t, kg, MWh, or a word of your own such as wafer or car."""
    price: Price | None = None
    """What one unit is worth; without it no loss is valued."""
    holding: Yearly | None = None
    """Cost of holding it for a year, as a share of its value; left out, none is reckoned."""
    elasticity: Elasticities | None = None
    """How demand and supply answer to price; with it, an indicative scarcity price is told."""
    hs: str = ""
    """Harmonised System code."""

    @field_validator("unit")
    @classmethod
    def _is_a_unit(cls, unit: str) -> str:
        unit_of(unit)
        return unit

    @property
    def base(self) -> str:
        """The base unit all its amounts are kept in: t, MWh, or its own word."""
        return unit_of(self.unit)[1]
