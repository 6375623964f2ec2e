"""Scenarios or responses compared: what each avoids of the loss, at what cost, with the same luck."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ScenarioError, suggest
from sim.results.compare_tables import (
    best_words,
    chance_note,
    compared_table,
    cost_notes,
    costs_table,
    side_notes,
)
from sim.results.compared import Comparison, compared, extras
from sim.results.folder import keep
from sim.results.measured import ALL_OUTPUT, ALL_SALES, claimed_about, measured, place_of
from sim.results.outcome import Outcome
from sim.results.outlays import Extra
from sim.results.pictures import keep_picture
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import Provenance, gather, scenario_hash
from sim.results.side import Side, common_places, side_of
from sim.results.table import Column, Table
from sim.results.table_card import card_of
from sim.scenario.load import resolved
from sim.scenario.rich_display import Card, Displayed
from sim.studies.alternatives import MOST, Alternative, Said, Variants, prepare_alternatives
from sim.studies.run import Progress
from sim.studies.run import carry_out as carry_out_one
from sim.studies.study import without_history

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TABLES = ("compared", "costs", "alternatives")
PICTURE = "compare"
MOST_CLAIMED = 5
"""Places that claims are about, shown beside the total."""
_ALTERNATIVES = (
    Column("number", "number"),
    Column("alternative", "alternative"),
    Column("how", "how", meaning="its file, or what is set in the reference"),
    Column("title", "title"),
    Column("scenario", "scenario", meaning="blake2b of the resolved scenario, as in provenance"),
    Column("file", "kept in", meaning="the resolved scenario, in this folder"),
)


@dataclass(frozen=True)
class Compared(Displayed):
    """What became of each alternative; the first is the reference."""

    alternatives: tuple[Alternative, ...]
    sides: tuple[Side, ...]
    shown: tuple[str, ...]
    """Places on the screen; the picture is of the first."""
    origin: Outcome
    """Of the reference; without any history."""

    @cached_property
    def costs(self) -> list[Extra | None]:
        """What each alternative costs more than the reference."""
        return extras(self.sides)

    @cached_property
    def comparisons(self) -> dict[str, Comparison]:
        """By place, of those that the reference shares with any other."""
        return {place: compared(place, self.sides, self.costs) for place in common_places(self.sides)}

    @property
    def first(self) -> Comparison:
        """The place that the verdict and the picture are about."""
        return self.comparisons[self.shown[0]]

    @property
    def best(self) -> str:
        """The best of the alternatives in words, or why there is none."""
        return best_words(self.first)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What must be said with the tables."""
        reference = self.sides[0].name
        said = [
            f"avoided: lost less than by {reference}, with the same luck, each against its own world without shocks"
        ]
        is_random = any(side.is_random or side.varies for side in self.sides)
        said += side_notes(self.sides, self.shown[0]) + cost_notes(self.sides, self.costs)
        return (*said, *chance_note(self.first, is_random))

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`compared`, a row for each place and alternative; `costs`, if known; `alternatives`, what they are."""
        found = {
            "compared": compared_table([*self.comparisons.values()], (*self.notes, self.best)),
            "costs": costs_table(self.sides, self.costs),
            "alternatives": self._alternatives(),
        }
        return {name: table for name, table in found.items() if table.rows}

    @property
    def headline(self) -> Table:
        """The rows of what is shown."""
        return compared_table([self.comparisons[place] for place in self.shown], self.notes)

    def table(self, name: str = "compared") -> "pandas.DataFrame":
        """A table as a pandas frame: `compared`, `costs` or `alternatives`."""
        if name not in TABLES:
            raise ValueError(f"no table '{name}'.{suggest(name, TABLES)} There are {', '.join(TABLES)}")
        return (self.tables.get(name) or costs_table(self.sides, self.costs)).table()

    def plot(self, axes: "Axes | None" = None, width: str = "wide") -> "Figure":
        """What each alternative avoids, with its interval, beside what it costs; `width` is `wide` or `narrow`."""
        from sim.results.plots.forest import forest

        return forest(self.first, self.origin.scenario.title, self.provenance(), axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: what each avoids of the loss, at the places that are shown."""
        return card_of(self.origin.scenario.title, self.headline, self.best)

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again; the scenario in it is the reference."""
        return gather(self.origin, command)

    def save(self, folder: str | Path, *, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Tables (CSV, JSON, Parquet), picture (PNG, SVG) and all scenarios in one folder, whole or not at all."""
        provenance = self.provenance(command)
        endings = ("csv", "json", "parquet", "provenance.json")
        leftover = [f"{name}.{ending}" for name in TABLES for ending in endings]
        leftover += [_kept_in(number) for number in range(MOST)]
        return keep(folder, lambda aside: self._write(aside, provenance), overwrite, leftover)

    def _write(self, folder: Path, provenance: Provenance) -> None:
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", provenance)
            table.to_json(folder / f"{name}.json", provenance)
            table.to_parquet(folder / f"{name}.parquet", provenance)
        for number, one in enumerate(self.alternatives):
            (folder / _kept_in(number)).write_text(resolved(one.work.scenario), encoding="utf-8")
        keep_picture(lambda width: self.plot(width=width), folder, PICTURE)

    def _alternatives(self) -> Table:
        rows = [
            (i, one.name, one.how, one.work.scenario.title, scenario_hash(one.work.scenario), _kept_in(i))
            for i, one in enumerate(self.alternatives)
        ]
        return Table("alternatives", _ALTERNATIVES, tuple(rows))


def _kept_in(number: int) -> str:
    return f"alternative_{number}.yaml" if number else "scenario.yaml"


def compare(
    *scenarios: Said,
    responses: bool | str | Sequence[str] = False,
    variants: Variants = (),
    of: str | Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    audit: bool = False,
    progress: Progress | None = None,
) -> Compared:
    """Run scenarios with the same seed and replications, and hold each against the first.

    `responses=True` adds the first with each of its responses switched, one at a time: on if it is not active, off if
    it is; or those that are named. `variants` adds it with other values: `{"more stock": {"path": "45 days"}}`, or
    texts as in the shell. `of` names the places to show instead of all sales. Luck is shared where names are.
    """
    found = prepare_alternatives(
        scenarios,
        responses=responses,
        variants=variants,
        replications=replications,
        seed=seed,
        sets=sets,
        strict=strict,
    )
    return carry_out(found, shown_of(found, of), audit=audit, progress=progress)


def shown_of(alternatives: Sequence[Alternative], of: str | Sequence[str] = ()) -> tuple[str, ...]:
    """The places to show: those named, or the total and what claims are about. Raises ScenarioError for others."""
    own = [_origin(one) for one in alternatives]
    places = [what.name for what in measured(own[0])]
    common = {what.name for other in own[1:] for what in measured(other)}
    if named := [of] if isinstance(of, str) else list(of):
        return tuple(dict.fromkeys(place for said in named for place in _named(said, own[0], places, common)))
    total = next((name for name in (ALL_SALES, ALL_OUTPUT) if name in places and name in common), "")
    if not total:
        raise ScenarioError("there is no facility and no market in both, so nothing can be compared")
    claimed = claimed_about(own[0])
    beside = [place for place in places if place.partition(": ")[0] in claimed and place in common]
    return (total, *beside[:MOST_CLAIMED])


def _named(said: str, origin: Outcome, places: Sequence[str], common: set[str]) -> list[str]:
    found = [said] if said in places else list(place_of(origin, said))
    if not found:
        raise ScenarioError(f"--of {said[:60]}: no such place or total.{suggest(said, places)}")
    if not common & set(found):
        raise ScenarioError(f"--of {said[:60]}: no other has it, so there is nothing to compare")
    return [place for place in found if place in common]


def _origin(one: Alternative) -> Outcome:
    work = one.work
    return without_history(work.scenario, work.plan, work.seed, range(1, work.replications + 1))


def carry_out(
    alternatives: Sequence[Alternative],
    shown: Sequence[str],
    *,
    audit: bool = False,
    progress: Progress | None = None,
) -> Compared:
    """Run one after the other, each reduced to what is kept before the next; `progress` counts all replications."""
    done, total = 0, sum(one.work.replications for one in alternatives)
    sides = list[Side]()
    for one in alternatives:
        further = (lambda some, _, before=done: progress(before + some, total)) if progress else None
        sides.append(side_of(one.name, carry_out_one(one.work, audit=audit, progress=further).outcome))
        done += one.work.replications
    return Compared(tuple(alternatives), tuple(sides), tuple(shown), _origin(alternatives[0]))
