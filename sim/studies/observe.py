"""A scenario beside the series it is held against, before anything is fitted."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.size import MEMORY_LIMIT
from sim.results.folder import keep
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import Provenance, gather
from sim.results.sighted_tables import periods_table
from sim.results.sightings import Counted, Seen, Sighting, counted, sighting_of
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.run import Progress, Work, asked, carried_out
from sim.studies.seen import seen_in
from sim.studies.study import without_history

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IN_MEMORY = 50
"""Replications whose whole history is kept at once, on each thread, at most."""


@dataclass(frozen=True)
class Sighted(Displayed):
    """A scenario and every series asked about, with the model's shares beside."""

    work: Work
    sightings: Mapping[str, Sighting]

    @property
    def scenario(self) -> Scenario:
        return self.work.scenario

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`periods`: every period of every series."""
        return {"periods": periods_table(list(self.sightings.values()))}

    def table(self, name: str = "periods") -> "pandas.DataFrame":
        """A table as a pandas frame."""
        return self.tables[name].table()

    def plot(self, axes: "Sequence[Axes] | None" = None, width: str = "wide") -> "Figure":
        """A panel for each series: what was seen, and the model's median with its 80 % band."""
        from sim.results.plots.sighted import sighted

        return sighted(list(self.sightings.values()), self.scenario, self.provenance(), axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: what was seen and what the model says."""
        says = f"{self.work.replications:,} replications, seed {self.work.seed}"
        return card_of(self.scenario.title, self.tables["periods"], says)

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this again."""
        numbers = range(1, self.work.replications + 1)
        return gather(without_history(self.scenario, self.work.plan, self.work.seed, numbers), command)

    def save(self, folder: str | Path, overwrite: bool = False, command: Sequence[str] = ()) -> Path:
        """Write every table (CSV, JSON, Parquet) and the picture (PNG, SVG) into a folder, whole or not at all."""
        return save_all(folder, self.tables, {"observed": self.plot()}, self.provenance(command), overwrite)


def save_all(
    folder: str | Path,
    tables: Mapping[str, Table],
    pictures: "Mapping[str, Figure]",
    provenance: Provenance,
    overwrite: bool,
) -> Path:
    """Write tables and pictures into a folder, whole or not at all. Raises OutputError as `keep` does."""
    from sim.results.plots.style import save

    def write(aside: Path) -> None:
        for name, table in tables.items():
            table.to_csv(aside / f"{name}.csv", provenance)
            table.to_json(aside / f"{name}.json", provenance)
            table.to_parquet(aside / f"{name}.parquet", provenance)
        for name, figure in pictures.items():
            for ending in ("png", "svg"):
                save(figure, aside / f"{name}.{ending}")

    return keep(folder, write, overwrite)


def observe(
    scenario: Scenario | str | Path,
    to: Sequence[str] = (),
    *,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Sighted:
    """Hold a scenario against its observed series, all of them or those named.

    Raises ScenarioError with everything that is wrong with the scenario or a series.
    """
    work = asked(scenario, replications=replications, seed=seed, sets=sets, strict=strict)
    return Sighted(work, sightings_of(work, seen_in(work.scenario, to), progress))


def at_once(work: Work) -> int:
    """Replications whose history is kept at once by each thread: as many as live together, and as fit."""
    fit = MEMORY_LIMIT * work.replications // (work.memory * work.threads)
    return max(1, min(IN_MEMORY, work.together, fit))


def sightings_of(work: Work, seen: Mapping[str, Seen], progress: Progress | None = None) -> dict[str, Sighting]:
    """The model's shares in all replications; of their histories only these are kept.

    Batches share nothing, so threads cannot change a result.
    """
    work.check_one()
    numbers = np.arange(1, work.replications + 1)
    size = at_once(work)
    batches = [numbers[at : at + size] for at in range(0, len(numbers), size)]

    def counted_in(batch: "np.typing.NDArray[np.int64]") -> dict[str, Counted]:
        outcome = carried_out(work, batch)
        return {name: counted(outcome, one) for name, one in seen.items()}

    parts, done = list[dict[str, Counted]](), 0
    with ThreadPoolExecutor(min(len(batches), work.threads)) as pool:
        for batch, part in zip(batches, pool.map(counted_in, batches), strict=True):
            parts.append(part)
            done += len(batch)
            if progress:
                progress(done, work.replications)
    return {name: sighting_of(one, [part[name] for part in parts]) for name, one in seen.items()}
