"""A result: what a run gives back, ready to be read, drawn and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.engine.records import Array
from sim.errors import suggest
from sim.results.cost_tables import costs_table, scarcity_table
from sim.results.draws_table import uncertain_table
from sim.results.folder import keep
from sim.results.months import months_table
from sim.results.outcome import Outcome
from sim.results.pictures import draw
from sim.results.provenance import Provenance, gather
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.results.tables import claims_table, firms_table, licences_table, losses_table, responses_table
from sim.scenario.rich_display import Card, Displayed

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

TABLES = {
    "losses": losses_table,
    "licences": licences_table,
    "firms": firms_table,
    "responses": responses_table,
    "claims": claims_table,
    "costs": costs_table,
    "scarcity": scarcity_table,
    "months": months_table,
    "uncertain": uncertain_table,
}


@dataclass(frozen=True)
class Result(Displayed):
    """What happened with and without the shocks, and the verbs to look at it."""

    outcome: Outcome

    @property
    def seed(self) -> int:
        """The seed the run was made with, also where it was drawn."""
        return self.outcome.seed

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables that have something to say, of those in `TABLES`."""
        made = {name: make(self.outcome) for name, make in TABLES.items()}
        return {name: table for name, table in made.items() if table.rows}

    def table(self, name: str = "losses") -> "pandas.DataFrame":
        """A table as a pandas frame: `losses` (the default), or any other of `TABLES`."""
        if name not in TABLES:
            raise ValueError(f"no table '{name}'.{suggest(name, TABLES)} There are {', '.join(TABLES)}")
        return (self.tables.get(name) or TABLES[name](self.outcome)).table()

    def series(self, what: str, where: str, of: Literal["shocked", "baseline"] = "shocked") -> Array:
        """Daily history of a quantity at a place, shape (day, replication); see Records for what there is.

        Raises ValueError with what was meant where there is no such series.
        """
        records = self.outcome.shocked if of == "shocked" else self.outcome.baseline
        if (what, where) not in records:
            quantities = sorted({kind for kind, _ in records.rows})
            if what not in quantities:
                raise ValueError(f"no quantity '{what}'.{suggest(what, quantities)} There are {', '.join(quantities)}")
            raise ValueError(f"no {what} of '{where}'.{suggest(where, records.where(what))}")
        return records[what, where]

    def plot(
        self, path: str | Path | None = None, *, kind: str = "resilience", at: str = "", width: str = "wide"
    ) -> "Figure":
        """A picture, of those in `pictures.KINDS`; with a path, also written there (.png or .svg).

        `at` is one place, for those that can be about one; `width` is `wide`, or `narrow` for a telephone. Pictures of
        causes need another run: see `sim.plot`.
        """
        from sim.results.plots.style import save

        figure = draw(self.outcome, kind, at, width=width)
        if path is not None:
            save(figure, Path(path))
        return figure

    def card(self) -> Card:
        """In Jupyter: what is lost at each place."""
        scenario = self.outcome.scenario
        return card_of(scenario.title, losses_table(self.outcome), scenario.question, [f"seed {self.seed}"])

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        return gather(self.outcome, command)

    def save(self, folder: str | Path, *, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Tables (CSV, JSON, Parquet), picture (PNG, SVG), the scenario as run and its provenance, in one folder.

        Raises OutputError if the folder holds something already and `overwrite` is not said, or cannot be written.
        The folder is made aside and put in place at once, so that it is whole or not there.
        """
        provenance = self.provenance(command)
        leftover = [f"{name}.{ending}" for name in TABLES for ending in ("csv", "json", "parquet", "provenance.json")]
        return keep(folder, lambda aside: self._write(aside, provenance), overwrite, leftover)

    def _write(self, folder: Path, provenance: Provenance) -> None:
        from sim.results.plots.resilience import resilience
        from sim.results.plots.style import save

        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", provenance)
            table.to_json(folder / f"{name}.json", provenance)
            table.to_parquet(folder / f"{name}.parquet", provenance)
        (folder / "scenario.yaml").write_text(provenance.resolved, encoding="utf-8")
        figure = resilience(self.outcome, provenance=provenance)
        for suffix in (".png", ".svg"):
            save(figure, folder / f"resilience{suffix}")
