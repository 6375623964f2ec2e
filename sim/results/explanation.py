"""An explanation: why a loss came about, ready to be read and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.engine.records import Array
from sim.errors import suggest
from sim.results.folder import keep
from sim.results.measured import Measured, measured
from sim.results.outcome import Outcome
from sim.results.provenance import Provenance, gather
from sim.results.reasons import Charges, Losses, constraints_table, shocks_table, story_table, told_from
from sim.results.shapley import Game
from sim.results.story import Story
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.scenario.rich_display import Card, Displayed

if TYPE_CHECKING:
    import pandas

TABLES = ("shocks", "constraints", "story")


@dataclass(frozen=True)
class Explanation(Displayed):
    """What each shock and each constraint is charged, and the story of one place if one was asked for."""

    origin: Outcome
    """Scenario, seed and replications; without any history."""
    game: Game
    usual: Mapping[str, Array]
    """What each place has over the run without the shocks, one value per replication."""
    lost: Losses
    """By place and subset of shocks, one value per replication."""
    charged: Charges
    """By place and cause, one value per replication."""
    stories: tuple[Story, ...]

    @cached_property
    def measured(self) -> list[Measured]:
        """Everything losses are counted of."""
        return measured(self.origin)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables that have something to say: shocks, constraints, story."""
        made = [
            shocks_table(self.game, self.measured, self.usual, self.lost),
            constraints_table(self.measured, self.usual, self.charged),
            *(story_table(story) for story in self.stories),
        ]
        return {table.name: table for table in made if table.rows}

    def table(self, name: str = "shocks") -> "pandas.DataFrame":
        """A table as a pandas frame: `shocks` (the default), `constraints` or `story`."""
        if name not in TABLES:
            raise ValueError(f"no table '{name}'.{suggest(name, TABLES)} There are {', '.join(TABLES)}")
        if name not in self.tables:
            raise ValueError(f"the table '{name}' is empty: nothing is lost, or no place was asked about")
        return self.tables[name].table()

    def card(self) -> Card:
        """In Jupyter: what each shock is charged, under the story if a place was asked about."""
        shocks = shocks_table(self.game, self.measured, self.usual, self.lost)
        return card_of(self.origin.scenario.title, shocks, self.text)

    @property
    def text(self) -> str:
        """The story in words, a line for each sentence; empty if no place was asked about."""
        return "\n".join(line for story in self.stories for line in (*_sentences(story), _foot(story)))

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this again."""
        return gather(self.origin, command)

    def save(self, folder: str | Path, *, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Tables (CSV, JSON, Parquet), the story in words and the scenario in one folder, whole or not at all."""
        provenance = self.provenance(command)
        endings = ("csv", "json", "parquet", "provenance.json")
        leftover = [f"{name}.{ending}" for name in TABLES for ending in endings] + ["story.txt"]
        return keep(folder, lambda aside: self._write(aside, provenance), overwrite, leftover)

    def _write(self, folder: Path, provenance: Provenance) -> None:
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", provenance)
            table.to_json(folder / f"{name}.json", provenance)
            table.to_parquet(folder / f"{name}.parquet", provenance)
        if self.stories:
            (folder / "story.txt").write_text(f"{self.text}\n", encoding="utf-8")
        (folder / "scenario.yaml").write_text(provenance.resolved, encoding="utf-8")


def _sentences(story: Story) -> Sequence[str]:
    return [event.says for event in story.events] or [f"{story.place} was never below its baseline."]


def _foot(story: Story) -> str:
    said = told_from(story)
    return f"({said[0].upper()}{said[1:]}.)"
