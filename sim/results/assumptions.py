"""How many of a scenario's numbers are assumed; without numpy, since `sim check` says it too."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from sim.scenario.distributions import Distribution
from sim.scenario.durations import Quantity
from sim.scenario.record import rests_on_assumption
from sim.scenario.scenario import Scenario

WHEN = {"announced", "effective", "until", "from_"}
"""Fields that say when: dates, even where they are said as days of the run."""


def count_assumed(scenario: Scenario) -> tuple[int, int]:
    """How many numbers the scenario states under a `source`, as (assumed, all).

    A link or other part without a source of its own counts under the source it stands in. A distribution is one
    number, that of an uncertain input too; defaults, names and dates are none. Claims are not inputs and do not count.
    A source that mixes, `USGS (output); assumed: capacity`, counts as assumed: it does not say which number is which.
    """
    sources = [source for _, source in numbers_of(scenario)]
    return sum(rests_on_assumption(source) for source in sources), len(sources)


def numbers_of(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Every number that is stated under a `source`: the record it stands in, and that source."""
    world = (scenario.commodities, scenario.facilities, scenario.markets, scenario.licences)
    for group in (*world, scenario.shocks, scenario.responses):
        for name, record in group.items():
            yield from ((name, source) for source in _sources(record, ""))
    for name, unknown in scenario.uncertain.items():
        yield from ((name, source) for source in _sources(unknown, "assumed"))


def _sources(value: object, source: str) -> Iterator[str]:
    """The source of each number said within a value."""
    if isinstance(value, Distribution | Quantity) or (isinstance(value, int | float) and not isinstance(value, bool)):
        if source:
            yield source
    elif isinstance(value, BaseModel):
        own = getattr(value, "source", "") or source
        for name in sorted(value.model_fields_set):
            inner = getattr(value, name)
            if name not in WHEN or not isinstance(inner, int):
                yield from _sources(inner, own)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _sources(inner, source)
