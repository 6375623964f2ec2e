"""What a scenario does not know, fitted to what was seen: many draws are lived through, and the nearest are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.records import Array
from sim.engine.unknown import drawn
from sim.errors import ScenarioError
from sim.results.fits import Fit, Told, fit_to, told_of
from sim.results.plots.sheet import sheet_of
from sim.results.sighted_tables import fitted_table, periods_table, profile_table
from sim.results.sightings import Sighting, entries
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.scenario.rich_display import Card
from sim.scenario.scenario import Scenario
from sim.studies.factors import Choice, Range, factors_of
from sim.studies.observe import Sighted, sightings_of
from sim.studies.run import Progress, Work, asked
from sim.studies.seen import seen_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWS = 2_000
"""Replications, each a draw from the ranges, unless said."""
KEPT = 0.05
"""Share of them that is kept, unless said."""
FEWEST_KEPT = 20
"""Below this no band can be told."""


@dataclass(frozen=True)
class Calibrated(Sighted):
    """The fit, and what it tells of everything that was not known."""

    fit: Fit

    @cached_property
    def draws(self) -> Mapping[str, Array]:
        """What was drawn, by name, one value for each replication."""
        return drawn(self.scenario, self.work.seed, range(1, self.work.replications + 1))

    @cached_property
    def told(self) -> list[Told]:
        """What the data tell of each."""
        return told_of(self.fit, self.draws)

    @cached_property
    def kept(self) -> dict[str, Sighting]:
        """What was seen beside the replications that are kept."""
        return {name: sighting.of(self.fit.kept) for name, sighting in self.sightings.items()}

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`fitted`: every number; `profile`: how near each tenth of its range comes; `periods`: what was seen."""
        entries = self.scenario.uncertain
        return {
            "fitted": fitted_table(self.told, entries),
            "profile": profile_table(self.told, self.fit),
            "periods": periods_table(list(self.kept.values())),
        }

    def plot(self, axes: "Sequence[Axes] | None" = None, width: str = "wide") -> "Figure":
        """A panel for each series: what was seen, and the kept replications."""
        from sim.results.plots.sighted import sighted

        return sighted(list(self.kept.values()), self.scenario, self.provenance(), axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: what is known now of each number."""
        says = f"{len(self.fit.kept):,} of {self.work.replications:,} draws kept, seed {self.work.seed}"
        return card_of(self.scenario.title, self.tables["fitted"], says)


def calibrate(
    scenario: Scenario | str | Path,
    to: Sequence[str] = (),
    free: Sequence[str] = (),
    *,
    months: str = "",
    draws: int = DRAWS,
    keep: float = KEPT,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Calibrated:
    """Fit what is not known to the observed series, all of them or those named.

    `free` says ranges as `shocks.licensing.onset=0:30 days`; left out, everything under `uncertain` is fitted. `months`
    says the window as `2025-04-01:2025-07-01`, first day to first day after; left out, it is the `fit` window of each
    series. `draws` replications are lived through, each with its own numbers and luck, and the share `keep` of them
    that is nearest is kept. Raises ScenarioError if there is nothing to fit, or nothing to fit it to, or if the window
    holds periods that are to be scored.
    """
    work = asked(scenario, replications=enough(draws, keep), seed=seed, sets=sets, strict=strict)
    wanted = windowed(freed(work.scenario, free), to, months)
    return carry_out(Work(wanted, draws, work.seed), to, keep, progress)


def carry_out(work: Work, to: Sequence[str], keep: float, progress: Progress | None = None) -> Calibrated:
    """Live through all draws of a prepared calibration, and keep the nearest."""
    seen = seen_in(work.scenario, to)
    fitted = [name for name, one in seen.items() if one.entry.fit is not None]
    if not fitted:
        says = "no series asked about has a `fit` window: say one in the file, or months=2025-04-01:2025-07-01"
        raise ScenarioError(says)
    if not work.scenario.uncertain:
        raise ScenarioError("nothing is `uncertain`: say what is free, as shocks.licensing.onset=0:30 days")
    check_held_out(work.scenario, fitted)
    sightings = sightings_of(work, seen, progress)
    return Calibrated(work, sightings, fit_to([sightings[name] for name in fitted], keep))


def check_held_out(scenario: Scenario, fitted: Sequence[str]) -> None:
    """Raises ScenarioError if one entry scores days of a file to which another is fitted."""
    for one in fitted:
        entry = scenario.observed[one]
        for other, scored in scenario.observed.items():
            if scored.series == entry.series and scored.score and entry.fit and entry.fit.meets(scored.score):
                says = f"'{one}' is fitted to days of the same file: what is scored must not have been fitted"
                raise ScenarioError([scenario.problem(f"observed.{other}.score", says)])


def enough(draws: int, keep: float) -> int:
    """So many draws. Raises ScenarioError if too few of them are kept for a band."""
    if not 0.0 < keep <= 1.0:
        raise ScenarioError(f"{keep:g} is no share to keep: say for example 5 %")
    if draws * keep < FEWEST_KEPT:
        says = f"{draws:,} draws of which {100 * keep:g} % are kept leave {draws * keep:.0f}, and a band needs "
        raise ScenarioError(f"{says}{FEWEST_KEPT}: use at least {int(np.ceil(FEWEST_KEPT / keep)):,} draws")
    return draws


def freed(scenario: Scenario, free: Sequence[str]) -> Scenario:
    """The scenario in which these numbers are not known either; itself if none is said.

    Raises ScenarioError for what is no range.
    """
    if not free:
        return scenario
    factors = factors_of((free,) if isinstance(free, str) else free, scenario)
    if listed := [factor.name for factor in factors if isinstance(factor, Choice)]:
        raise ScenarioError(f"{listed[0]}: a fit needs a range, as shocks.licensing.onset=0:30 days, and not a list")
    data, ranges = scenario.document.data, [factor for factor in factors if isinstance(factor, Range)]
    entries = {one.name: one.entry.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in ranges}
    known = data.get("uncertain")
    return scenario.rewritten({**data, "uncertain": {**(known if isinstance(known, dict) else {}), **entries}})


def windowed(scenario: Scenario, to: Sequence[str], months: str) -> Scenario:
    """The scenario whose observed series are fitted in this window; itself if none is said."""
    if not months:
        return scenario
    first, colon, last = months.partition(":")
    if not colon:
        raise ScenarioError(f"'{months[:40]}' is no window: write first day and first day after, 2025-04-01:2025-07-01")
    names = entries(scenario.observed, (to,) if isinstance(to, str) else to)
    values = {f"observed.{name}.fit": {"from": first.strip(), "until": last.strip()} for name in names}
    return scenario.changed(values)
