"""Final demand."""

from typing import Annotated, Literal, TypeAlias, get_args

from sim.scenario.distributions import RandomRate
from sim.scenario.fields import Said, text_schema
from sim.scenario.links import Purchase
from sim.scenario.record import Name, Sourced
from sim.scenario.units import Duration, Factor

Month = Literal["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTHS: tuple[Month, ...] = get_args(Month)


def read_patience(value: object) -> Duration | Literal["endless"]:
    """A duration, or the word `endless`."""
    return "endless" if value == "endless" else Duration.read(value)


Patience: TypeAlias = Annotated[
    Duration | Literal["endless"],
    Said(read_patience, (text_schema(f"{Duration.pattern}|^endless$", "Patience", "30 days", "endless"),), str),
]


class Market(Purchase, Sourced):
    """Final demand for one commodity, in one country and for one end use."""

    country: Name
    """Country of the users."""
    wants: Name
    """The commodity."""
    demand: RandomRate
    """Demand in a day."""
    end_use: Name = "civil"
    """What it is used for: civil, defence, …; a scope can select by it."""
    season: dict[Month, Factor] = {}
    """Demand of a month relative to `demand`; months left out are 100 %."""
    patience: Patience = Duration(0.0)
    """How long unmet demand waits before it is lost: `endless`, or 0 days for lost at once."""

    def factor_of(self, month: int) -> float:
        """Demand in a month, 0 for January, relative to `demand`."""
        return self.season.get(MONTHS[month], 1.0)
