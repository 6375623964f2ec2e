"""A scenario: one world, what happens to it, and what is claimed about it."""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from pydantic import Field, PrivateAttr

from sim.errors import Place, Problem
from sim.scenario.claims import Claim
from sim.scenario.commodities import Commodity
from sim.scenario.document import Document, Tree, split_dotted
from sim.scenario.effects import Lever
from sim.scenario.facilities import Facility
from sim.scenario.licences import Regime
from sim.scenario.markets import Market
from sim.scenario.network import Network
from sim.scenario.observed import Observed
from sim.scenario.reader import set_value
from sim.scenario.record import Name, Record
from sim.scenario.responses import Response
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.shocks import Shock
from sim.scenario.uncertain import PathName, Uncertainty, known
from sim.scenario.units import Count, Date, Duration

SEED_LIMIT = 2**64


@dataclass(frozen=True)
class Origin:
    """How a scenario was read. Any two are equal, so that scenarios are equal by what they say, not by where."""

    document: Document | None = field(default=None, compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    again: "Callable[[Document], Scenario] | None" = field(default=None, compare=False)
    """Reads a changed document as this one was read."""


class Scenario(Displayed, Record):
    """Everything a run needs; two equal scenarios give equal results."""

    title: Name
    """What it is, in a line."""
    question: str = ""
    """What it asks."""
    believe: str = ""
    """What to believe of the answer, and what not to conclude."""
    start: Date
    """Day 0 of the run."""
    horizon: Duration
    """Calendar days simulated."""
    replications: Count = 1
    """How many times it is run, each with its own luck."""
    seed: int | None = Field(default=None, ge=0, lt=SEED_LIMIT)
    """Seed of all randomness, below 2^64; drawn, printed and stored if left out."""
    commodities: dict[Name, Commodity] = Field(min_length=1)
    """What is counted and moved, by name."""
    facilities: dict[Name, Facility] = {}
    """Mines, refiners, manufacturers and recyclers, by name."""
    markets: dict[Name, Market] = {}
    """Final demand, by name."""
    licences: dict[Name, Regime] = {}
    """Export-control authorities, by name."""
    shocks: dict[Name, Shock] = {}
    """What goes wrong, by name."""
    responses: dict[Name, Response] = {}
    """What people do about it, by name; kept in the baseline, where what they wait for does not come."""
    uncertain: dict[PathName, Uncertainty] = {}
    """Numbers that are not known, by path or by name: drawn once for each replication."""
    claims: dict[Name, Claim] = {}
    """What someone said about it, held against the result."""
    observed: dict[Name, Observed] = {}
    """Series of what was seen, held against the result and fitted to."""

    _origin: Origin = PrivateAttr(default=Origin())

    @property
    def days(self) -> int:
        """Whole days simulated."""
        return int(self.horizon.days)

    @cached_property
    def network(self) -> Network:
        """Facilities, markets and links as one graph."""
        plain = Network.of(self.start, self.facilities, self.markets, self.licences, self.commodities)
        if not any(regime.foreign_made for regime in self.licences.values()):
            return plain
        moving = (self.shocks[name] for name in sorted(self.shocks) if self.shocks[name].kind != "licensing")
        moves = (effect for shock in moving for effect in shock.effects(plain) if effect.lever is Lever.SHARE)
        return replace(plain, moves=tuple(moves))

    @property
    def document(self) -> Document:
        """The file's plain data with the place of every key."""
        if self._origin.document is None:
            raise ValueError("this scenario was not read from a file or a text; use sim.load")
        return self._origin.document

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful about it, in file order."""
        return self._origin.warnings

    def change(self, path: str, value: object) -> "Scenario":
        """A copy in which one value is another: `scenario.change("facilities.maker_d.buys.ore.cover", "90 days")`.

        A text is read as the file would read it; a value that was uncertain is then known. Raises ScenarioError as
        reading a file does.
        """
        return self.changed({path: value})

    def changed(self, values: Mapping[str, object]) -> "Scenario":
        """A copy in which the values at several paths are others, put in one after the other and read once."""
        if self._origin.again is None:
            raise ValueError("this scenario was not read from a file or a text; use sim.load")
        document = self.document
        for path, value in values.items():
            document = known(set_value(document, path, _as_text(value)), path)
        return self._origin.again(document)

    def rewritten(self, data: Mapping[str, Tree]) -> "Scenario":
        """A copy whose file says this instead; whatever it still says keeps its line. Raises as `change` does."""
        if self._origin.again is None:
            raise ValueError("this scenario was not read from a file or a text; use sim.load")
        return self._origin.again(Document(dict(data), self.document.keys, self.document.values))

    def with_records(self, section: str, records: Mapping[str, Record]) -> "Scenario":
        """A copy in which some records of a section are others; unchecked, and `document` goes on to say the old ones.

        For draws, of which there are many: it reads nothing anew.
        """
        copied = self.model_copy(update={section: getattr(self, section) | dict(records)})
        copied.__dict__.pop("network", None)  # it was made of the old ones
        return copied

    def saying(self, entries: Mapping[tuple[str, ...], Tree]) -> "Scenario":
        """A copy whose `document` says these entries, by section and name, at the places where it said others."""
        document = self.document
        data = dict(document.data)
        for (section, name), entry in entries.items():
            held = data.get(section)
            data[section] = {**(held if isinstance(held, dict) else {}), name: entry}
        copied = self.model_copy()
        copied._origin = replace(self._origin, document=Document(data, document.keys, document.values))
        return copied

    def place(self, path: str) -> Place | None:
        """Where the file says it; the nearest enclosing key where it does not."""
        return self._origin.document.place(split_dotted(path) or ()) if self._origin.document else None

    def problem(self, path: str, says: str, warning: bool = False) -> Problem:
        """A problem with the place in the file it is about."""
        return Problem(path, says, self.place(path), warning)

    def card(self) -> Card:
        """In Jupyter: what it asks, what is in it, and what to believe."""
        world = ("commodities", "facilities", "markets", "licences", "shocks", "responses")
        names = {section: sorted(getattr(self, section)) for section in (*world, "uncertain", "claims", "observed")}
        rows = [(section, f"{len(some):,}", ", ".join(some)) for section, some in names.items() if some]
        span = f"{self.days:,} days from {self.start}; replications: {self.replications:,}"
        return Card(self.title, self.question, ("section", "records", "names"), rows, (span, self.believe))

    def end(self) -> datetime.date:
        """First day no longer simulated."""
        return self.start + datetime.timedelta(days=self.days)


def _as_text(value: object) -> str:
    """What the file would say for a value given in Python."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, dict | list | bool | None) else str(value)
