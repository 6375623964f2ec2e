"""What a result rests on and where it comes from: assumptions, modelling choices, sources, provenance."""

from collections.abc import Mapping
from typing import Any, Final

from sim.results.assumptions import numbers_of
from sim.results.choices import choices
from sim.results.report.parts import Part, Rests
from sim.results.table import Column, Table
from sim.scenario.record import rests_on_assumption
from sim.scenario.scenario import Scenario

NAMED: Final = 6
"""Records listed by name for each source."""
_SOURCES: Final = (
    Column("source", "source"),
    Column("numbers", "numbers", meaning="numbers of the scenario that stand under it"),
    Column("share", "of all", "%", "share of all numbers of the scenario"),
    Column("assumed", "assumed", meaning="whether it says that all of them, or some, are assumed"),
    Column("records", "stated for"),
)
_CLAIMED: Final = (Column("claim", "claim"), Column("source", "source"), Column("says", "says"))
_UNCERTAIN: Final = (Column("name", "input"), Column("value", "set", meaning="paths it sets"), Column("source", "why"))
_SAID: Final = {
    "command": "command",
    "version": "supplyshock",
    "commit": "commit of the code",
    "changed": "code changed since",
    "scenario": "scenario (blake2b)",
    "seed": "seed",
    "replications": "replications",
    "date": "written (UTC)",
}


def rests_on(scenario: Scenario) -> Rests:
    """Assumptions and their share, modelling choices, uncertain inputs, sources."""
    numbers = list(numbers_of(scenario))
    assumed = sum(rests_on_assumption(source) for _, source in numbers)
    found = (
        Part("Uncertain inputs", _uncertain(scenario), "Drawn anew for each replication."),
        Part("Sources of the numbers", _sources(numbers)),
        Part("Sources of the claims", _claimed(scenario), "What others said, which the result is held against."),
    )
    return Rests(assumed, len(numbers), choices(scenario), tuple(part for part in found if part.table.rows))


def _sources(numbers: list[tuple[str, str]]) -> Table:
    """A row for each source, those first that most numbers stand under."""
    records: dict[str, list[str]] = {}
    for name, source in numbers:
        records.setdefault(source, []).append(name)
    ordered = sorted(records, key=lambda source: (-len(records[source]), source))
    rows = [
        (s, len(records[s]), len(records[s]) / len(numbers), rests_on_assumption(s), _named(records[s]))
        for s in ordered
    ]
    return Table("sources", _SOURCES, tuple(rows))


def _named(names: list[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return f"{', '.join(known[:NAMED])}{more}"


def _claimed(scenario: Scenario) -> Table:
    rows = tuple((name, claim.source, claim.says) for name, claim in scenario.claims.items())
    return Table("claimed", _CLAIMED, rows)


def _uncertain(scenario: Scenario) -> Table:
    found = scenario.uncertain.items()
    rows = tuple((name, ", ".join(one.paths or (name,)), one.source or "assumed") for name, one in found)
    return Table("uncertain_inputs", _UNCERTAIN, rows)


def provenance_words(provenance: Mapping[str, Any]) -> dict[str, str]:
    """The provenance in words, without the scenario itself."""
    said = {words: str(provenance[name]) for name, words in _SAID.items() if provenance.get(name) not in (None, "")}
    versions = provenance.get("versions")
    if isinstance(versions, Mapping):
        said["with"] = ", ".join(f"{name} {version}" for name, version in versions.items())
    return said


def line_of(provenance: Mapping[str, Any], rests: Rests) -> str:
    """Version, replications, seed and assumptions, in short."""
    count = int(provenance.get("replications", 0))
    runs = f", {count:,} replication{'' if count == 1 else 's'}, seed {provenance.get('seed')}" if count else ""
    return f"supplyshock {provenance['version']}{runs}; {rests.assumed} of {rests.numbers} numbers are assumed"
