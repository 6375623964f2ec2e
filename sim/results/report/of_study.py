"""The report of a study, a comparison or an explanation, from the folder that its verb wrote."""

from dataclasses import replace
from typing import Final

from sim.results.report.answers import answer
from sim.results.report.cautions import cautions
from sim.results.report.grid import condensed
from sim.results.report.origin import line_of, provenance_words, rests_on
from sim.results.report.parts import Part, Report
from sim.results.report.reread import Kept
from sim.results.table import Estimate, Table
from sim.scenario.scenario import Scenario

HEADINGS: Final = {
    "compared": "What each alternative avoids of the loss",
    "costs": "What it costs",
    "alternatives": "What was compared",
    "seek": "What was tried",
    "stress": "What is lost where each object is knocked out",
    "reach": "Whom it reaches",
    "indices": "How much of the variance each factor brings about",
    "effects": "How much each factor moves the loss",
    "swings": "What each factor does by itself, at both ends of its range",
    "points": "What is lost at each setting",
    "losses": "What is lost, against the same world without the shocks",
    "claims": "What was claimed, and what the model finds",
    "shocks": "What each shock is worth (Shapley values)",
    "constraints": "What bound whom",
}
CAUSES: Final = ("story",)
"""Tables that are told as sentences."""


def of_study(kept: Kept, scenario: Scenario) -> Report:
    """The report of what a folder holds; the scenario is the one in its provenance."""
    rests, tables = rests_on(scenario), kept.tables
    names = [name for name in (*HEADINGS, *sorted(set(tables) - set(HEADINGS))) if name in tables]
    story = tables.get("story")
    return Report(
        title=scenario.title,
        question=scenario.question,
        answer=answer(tables),
        line=line_of(kept.provenance, rests),
        pictures=kept.pictures,
        parts=tuple(
            Part(HEADINGS.get(n, n.replace("_", " ")), condensed(_shown(tables[n]))) for n in names if n not in CAUSES
        ),
        story=tuple(str(says) for says in story.column("says")) if story else (),
        causes=(),
        left_out=(),
        rests=rests,
        cautions=cautions(scenario, rests, tables, kept.provenance),
        provenance=provenance_words(kept.provenance),
        scenario=str(kept.provenance["resolved"]),
    )


def _shown(table: Table) -> Table:
    """Of a comparison, without the places where no alternative loses anything; the rest as they are."""
    if table.name != "compared":
        return table
    rows = list(zip(table.column("place"), table.column("lost"), table.rows, strict=True))
    hurt = {place for place, lost, _ in rows if isinstance(lost, Estimate) and lost.mean != 0.0}
    fewer = tuple(row for place, _, row in rows if place in hurt)
    if not fewer or len(fewer) == len(rows):
        return table
    note = "places where no alternative loses anything are left out: compared.csv has all"
    return replace(table, rows=fewer, notes=(*table.notes, note))
