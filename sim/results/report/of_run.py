"""The report of a run: lived through, told and drawn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sim.results.cost_tables import asks_for_costs
from sim.results.explanation import Explanation
from sim.results.measured import ALL_OUTPUT, ALL_SALES
from sim.results.months import told_months
from sim.results.pictures import draw
from sim.results.plots.headline import headline
from sim.results.plots.sheet import NARROW, WIDE
from sim.results.plots.style import rendered
from sim.results.report.cautions import cautions
from sim.results.report.origin import line_of, provenance_words, rests_on
from sim.results.report.parts import LARGEST_SVG, Part, Picture, Report
from sim.results.result import Result
from sim.results.table import Table
from sim.results.times import UNHURT

DRAWN: Final = {
    "resilience": "Shocks, stock, output and unmet demand through time.",
    "lost_by_stage": "Output missing each day, stacked by stage of the chain.",
    "network_map": "Who supplies whom: stages from left to right, width by flow, colour by country.",
}
"""What somebody reads first."""
HEADINGS: Final = {
    "losses": "What is lost, against the same world without the shocks",
    "claims": "What was claimed, and what the model finds",
    "responses": "What was done about it",
    "licences": "What the authorities do",
    "firms": "How many of the firms stop",
    "costs": "What it costs, against the same world without the shocks",
    "scarcity": "Indicative scarcity prices",
    "months": "Month by month, as a share of usual",
}


def of_run(
    result: Result, provenance: Mapping[str, Any], why: Explanation | None = None, left_out: tuple[str, ...] = ()
) -> Report:
    """The report of a result; `why` is what is known of its causes, and `left_out` says what is not told of them."""
    scenario, tables = result.outcome.scenario, result.tables
    rests = rests_on(scenario)
    return Report(
        title=scenario.title,
        question=scenario.question,
        answer=headline(result.outcome),
        line=line_of(provenance, rests),
        pictures=tuple(picture(result, kind) for kind in DRAWN),
        parts=tuple(Part(HEADINGS[name], _shown(result, name)) for name in HEADINGS if _is_asked(result, name)),
        story=tuple(e.says for story in why.stories for e in story.events) if why else (),
        causes=_causes(why) if why else (),
        left_out=left_out,
        rests=rests,
        cautions=cautions(scenario, rests, tables, provenance),
        provenance=provenance_words(provenance),
        scenario=str(provenance["resolved"]),
    )


def picture(result: Result, kind: str) -> Picture:
    """For a wide screen and for a narrow one; as SVG, or PNG where that would be too large to mail."""
    wide, narrow = (_in_width(result, kind, width) for width in (WIDE.name, NARROW.name))
    return replace(wide, narrow=narrow)


def _in_width(result: Result, kind: str, width: str) -> Picture:
    figure = draw(result.outcome, kind, width=width)
    content, ending = rendered(figure, "svg"), "svg"
    if len(content) > LARGEST_SVG:
        content, ending = rendered(figure, "png"), "png"
    return Picture(kind, DRAWN[kind], ending, content)


def _is_asked(result: Result, name: str) -> bool:
    """Whether a table has something to say; costs only where the scenario asks for them."""
    return name in result.tables and (name != "costs" or asks_for_costs(result.outcome.scenario))


def _shown(result: Result, name: str) -> Table:
    table = result.tables[name]
    match name:
        case "losses":
            return _of_the_hurt(table)
        case "licences":
            links = table.column("link")
            rows = tuple(row for row, link in zip(table.rows, links, strict=True) if link == "all")
            columns = (replace(c, shown=c.shown and c.name != "link") for c in table.columns)
            return replace(table, rows=rows, columns=tuple(columns))
        case "months":
            return told_months(result.outcome)
        case _:
            return table


def _of_the_hurt(table: Table) -> Table:
    """Without the places where nothing is lost; how many those are stands in a note."""
    endings = table.column("ending")
    hurt = tuple(row for row, ending in zip(table.rows, endings, strict=True) if ending != UNHURT)
    less = len(table.rows) - len(hurt)
    if not less or not hurt:
        return table
    unhurt = {str(row[0]) for row in table.rows} - {str(row[0]) for row in hurt}
    notes = [note for note in table.notes if not any(note.startswith(f"{place}: ") for place in unhurt)]
    notes.append(f"{less} of {len(table.rows)} places never fall below their baseline, and stand in losses.csv alone")
    return replace(table, rows=hurt, notes=tuple(notes))


def _causes(why: Explanation) -> tuple[Part, ...]:
    """What each shock is worth, of more than one, and what bound whom; in total, and where a story is told."""
    found = []
    places = {ALL_SALES, ALL_OUTPUT, *(story.place for story in why.stories)}
    if len(why.game.shocks) > 1 and "shocks" in why.tables:
        says = "What each shock adds to the loss, averaged over all orders of adding them (Shapley values)."
        found.append(Part("By shock", _of_places(why.tables["shocks"], places), says))
    if "constraints" in why.tables:
        says = "Each day below baseline is charged to what bound the place on it."
        found.append(Part("By constraint", _of_places(why.tables["constraints"], places), says))
    return tuple(found)


def _of_places(table: Table, places: set[str]) -> Table:
    """The rows of these places, if there are any."""
    rows = tuple(row for row in table.rows if row[0] in places)
    return replace(table, rows=rows) if rows else table
