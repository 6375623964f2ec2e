"""Tables that need no run: what a scenario says when it is only looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import suggest
from sim.results.folder import keep
from sim.results.provenance import Provenance, of_scenario
from sim.results.table import Table
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

ENDINGS = ("csv", "json", "parquet", "provenance.json")


@dataclass(frozen=True)
class Static:
    """Named tables about a scenario, the first of them the main one."""

    scenario: Scenario
    tables: Mapping[str, Table]

    def table(self, name: str = "") -> "pandas.DataFrame":
        """A table as a pandas frame; the main one if none is named."""
        chosen = name or next(iter(self.tables))
        if chosen not in self.tables:
            raise ValueError(f"no table '{name}'.{suggest(name, self.tables)} There are {', '.join(self.tables)}")
        return self.tables[chosen].table()

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this again."""
        return of_scenario(self.scenario, command)

    def save(self, folder: str | Path, *, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Every table (CSV, JSON, Parquet), the scenario and its provenance, in one folder, whole or not at all.

        Raises OutputError if the folder holds something already and `overwrite` is not said, or cannot be written.
        """
        provenance = self.provenance(command)
        leftover = [f"{name}.{ending}" for name in self.tables for ending in ENDINGS]
        return keep(folder, lambda aside: self._write(aside, provenance), overwrite, leftover)

    def _write(self, folder: Path, provenance: Provenance) -> None:
        for name, table in self.tables.items():
            if table.rows:
                table.to_csv(folder / f"{name}.csv", provenance)
                table.to_json(folder / f"{name}.json", provenance)
                table.to_parquet(folder / f"{name}.parquet", provenance)
        (folder / "scenario.yaml").write_text(provenance.resolved, encoding="utf-8")
