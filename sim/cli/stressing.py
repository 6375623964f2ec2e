"""The course of `sim stress`: refuse early, live through what is left, keep, and only then print."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli import studying
from sim.cli.report import counted, heading, prose
from sim.cli.studying import Wishes
from sim.cli.summary import blocks
from sim.results.knockout import KINDS
from sim.results.pictures import keep_picture
from sim.results.statistics import TOO_FEW
from sim.results.table import Cell, Table
from sim.results.terminal import literal
from sim.scenario.moments import write_moment
from sim.studies.store import kept_seed
from sim.studies.stress import SURVIVE, TTR, carry_out, prepare_stress

if TYPE_CHECKING:
    from sim.studies.stress import Setup, Stressed

PICTURE = "stress"
SPARED = ("recovery_days", "worst_share", "worst", "kind")
"""Columns to leave out on a narrow screen, the first ones first."""
MOST = 15
"""Objects shown for each length of outage."""
MEANINGS = (
    "survives: the longest outage, in whole days, with all demand met on the day in every replication; inf: none is "
    "felt before the run ends. Where something is out for longer, demand is missed.",
    "lost: sales that are not made up before the run ends; index: risk exposure index, what is lost over the most that "
    "any object loses when out for so long.",
)


def answer(wishes: Wishes, ttr: str | None, effective: str, of: str, only: Sequence[str]) -> None:
    """Do what was asked for."""
    folder = wishes.folder("stress")
    plan = prepare_stress(
        wishes.scenario,
        ttr=ttr or TTR,
        effective=effective,
        of=of,
        only=[kind.strip() for said in only for kind in said.split(",")],
        replications=wishes.replications,
        seed=wishes.seed if wishes.seed is not None or folder is None else kept_seed(folder),
        sets=wishes.sets,
        strict=wishes.strict,
    )
    if wishes.dry_run:
        from sim.cli.dry_run import foretell_study

        foretell_study(plan.study, plan.scenario, folder)
        _introduce(plan, ttr is None)
        return prose("Rounds of shorter outages would follow, to find how long each is survived; count as much again.")
    if not wishes.as_json:
        studying.introduce(plan.study, plan.scenario, wishes.seed is None and plan.scenario.seed is None)
        _introduce(plan, ttr is None)
    with studying.working(wishes, plan.study.points.count * plan.study.replications, folder) as progress:
        found = carry_out(plan, studying.help_for(wishes, plan.study, folder), progress, [wishes.command])
        if folder:
            studying.keep(found, folder, PICTURE, wishes.command)
            keep_picture(lambda width: found.plot(SURVIVE, width=width), folder, SURVIVE, overwrite=True)
    if wishes.as_json:
        from sim.cli.as_json import told

        return told(found, plan.scenario, plan.scenario.warnings, wishes.command, folder)
    tell(found)
    studying.conclude(found, plan.scenario, folder, PICTURE)


def _introduce(plan: "Setup", is_default: bool) -> None:
    """What is knocked out, when and for how long, and what plays no part."""
    kinds = Counter(one.kind for one in plan.knockouts)
    what = ", ".join(counted(kinds[kind], kind) for kind in KINDS if kind in kinds)
    lengths = ", ".join(str(length) for length in plan.lengths)
    unsaid = ": no time to recover is stated, so that is assumed; say others with --ttr" if is_default else ""
    prose(f"Out in turn: {what}; each from {write_moment(plan.effective)} on, for {lengths}{unsaid}.")
    gone = f", nor do responses that wait for them ({', '.join(plan.left_out)})" if plan.left_out else ""
    prose(f"The shocks of the scenario itself play no part{gone}.")


def tell(found: "Stressed") -> None:
    """The worst objects for each length of outage, and what becomes of the others."""
    heading(f"What is lost of {literal(found.plan.of.name)}, the worst first")
    table = found.tables["stress"]
    lost = [row for row in table.rows if row[_at(table, "rank")] and not row[_at(table, "same_as")]]
    lost.sort(key=lambda row: (row[_at(table, "ttr_days")], row[_at(table, "rank")]))
    shown = [row for row in lost if _place(table, row, lost) < MOST]
    if shown:
        blocks(for_screen(table, shown), "out for {ttr_days} days".format_map, ("ttr_days", "same_as"), SPARED)
    for text in (
        *_harmless(found, table),
        *_rest(found, table, len(lost), len(shown)),
        *_same(table, shown),
        *MEANINGS,
    ):
        prose(text)


def for_screen(table: Table, rows: Sequence[tuple[Cell, ...]]) -> Table:
    """These rows with the length of the outage in front, and what is said of single means said below."""
    first = _at(table, "ttr_days")
    order = [first, *(i for i in range(len(table.columns)) if i != first)]
    columns = tuple(table.columns[i] for i in order)
    notes = [str(row[_at(table, "note")]) for row in rows if row[_at(table, "note")]]
    few = [f"{TOO_FEW} for an interval where none is given"] if any(n.startswith(TOO_FEW) for n in notes) else []
    told = [*few, *dict.fromkeys(note for note in notes if not note.startswith(TOO_FEW))]
    return Table(table.name, columns, tuple(tuple(row[i] for i in order) for row in rows), tuple(told))


def _harmless(found: "Stressed", table: Table) -> list[str]:
    """Lengths of outages that cost nothing, whatever is out."""
    costly = {row[_at(table, "ttr_days")] for row in table.rows if row[_at(table, "rank")]}
    lengths = [f"{days:g} days" for days in found.tested[0].harms if days not in costly]
    return [f"Out for {', '.join(lengths)}: nothing is lost, whatever it is."] if lengths else []


def _rest(found: "Stressed", table: Table, lost: int, shown: int) -> list[str]:
    """What the table on the screen leaves out."""
    longest = max(found.tested[0].harms)
    rows = [row for row in table.rows if row[_at(table, "ttr_days")] == longest and not row[_at(table, "rank")]]
    survives = [row[_at(table, "tts_days")] for row in rows]
    whole = sum(isinstance(days, int | float) and days >= longest for days in survives)
    late = sum(isinstance(days, int | float) and days < longest for days in survives)
    unknown = len(survives) - whole - late
    told = [f"{lost - shown:,} more that lose something are in the files"] if lost > shown else []
    told += [f"{whole:,} more objects are survived for all of {longest:g} days"] if whole else []
    told += [f"of {late:,} more demand is met late, and nothing is lost in the end"] if late else []
    told += [f"{unknown:,} could not be run"] if unknown else []
    text = "; ".join(told)
    return [f"{text[0].upper()}{text[1:]}."] if told else []


def _same(table: Table, shown: Sequence[tuple[Cell, ...]]) -> list[str]:
    """Objects that are one and the same outage as one that is shown."""
    names = {f"{row[_at(table, 'kind')]} {row[_at(table, 'object')]}" for row in shown}
    same: dict[str, dict[str, None]] = {}
    for row in table.rows:
        if (first := str(row[_at(table, "same_as")])) in names:
            same.setdefault(first, {})[f"{row[_at(table, 'kind')]} {row[_at(table, 'object')]}"] = None
    told = [f"{first} is also {' and '.join(others)}" for first, others in same.items()]
    return [f"One and the same outage: {'; '.join(told)}."] if told else []


def _at(table: Table, name: str) -> int:
    return [column.name for column in table.columns].index(name)


def _place(table: Table, row: tuple[Cell, ...], rows: Sequence[tuple[Cell, ...]]) -> int:
    """How many stand before it among those that are out for as long."""
    length = _at(table, "ttr_days")
    alike = [other for other in rows if other[length] == row[length]]
    return next(i for i, other in enumerate(alike) if other is row)
