"""What is counted and moved."""

from pydantic import field_validator

from sim.scenario.record import Name, Sourced
from sim.scenario.units import Price
from sim.scenario.words import unit_of


class Commodity(Sourced):
    """Something that is counted and moved."""

    unit: Name
    """Unit it is counted in: t, kg, MWh, or a word of your own such as wafer or car."""
    price: Price | None = None
    """What one unit is worth; without it no loss is valued."""
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
