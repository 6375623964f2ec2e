"""A stress test: everything knocked out in turn, for as long as it takes to recover, and how long each is survived."""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.flows import solve
from sim.errors import ScenarioError, suggest
from sim.results.knockout import KINDS, Knockout
from sim.results.knockout_table import Harm, Tested, reach_table, stress_table
from sim.results.measured import ALL_SALES, Measured, measured
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import Provenance, gather
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.scenario.durations import Duration
from sim.scenario.load import resolved
from sim.scenario.moments import day_of, read_moment
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.asking import prepare_base
from sim.studies.conduct import Conducted, Help, Progress, conduct
from sim.studies.knockouts import Outage, calm, knockouts, left_out, struck_by
from sim.studies.points import STRUCK, Grid
from sim.studies.store import Kept
from sim.studies.study import Study, without_history
from sim.studies.surviving import Guesses, Trial, bracket_of, longest_harmless
from sim.studies.values import values_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TTR = "90 days"
"""How long everything is out, unless said: facilities do not state their own time to recover."""
EFFECTIVE = "day 30"
"""When each outage begins, unless said."""
OF_PLACE = ("loss_share", "output_loss", "peak_loss", "recovery_time")
"""Readings kept of what the loss is measured of."""
MISSED, SHARE = "time_to_survive", "loss_share"
"""Readings kept of each market."""
SURVIVE = "time_to_survive"
"""Picture of time to survive against time to recover."""
SURVIVAL = "survival"
"""Folder of the rounds in which times to survive are found."""


@dataclass(frozen=True)
class Setup:
    """A stress test that is ready to start."""

    scenario: Scenario
    """Without its own shocks, and what waits for them."""
    seed: int
    replications: int
    knockouts: tuple[Knockout, ...]
    lengths: tuple[Duration, ...]
    effective: int | datetime.date
    """When each outage begins: a date, or a day of the run."""
    of: Measured
    """Whose sales are lost."""
    left_out: tuple[str, ...]
    """Responses that wait for a shock which is not there."""

    @property
    def markets(self) -> tuple[str, ...]:
        """Whose demand is to be met."""
        return tuple(self.of.weights)

    @cached_property
    def outages(self) -> tuple[Knockout, ...]:
        """Knock-outs that differ from each other."""
        return tuple(one for one in self.knockouts if not one.same_as)

    @cached_property
    def study(self) -> Study:
        """Each outage for good, then each for every length."""
        each = (None, *self.lengths)
        missed = [f"{MISSED}.{market}" for market in self.markets]
        own = [f"{name}.{self.of.name}" for name in OF_PLACE]
        names = dict.fromkeys([*own, *missed, *(f"{SHARE}.{market}" for market in self.markets)])
        return self.study_of([Outage(one, length) for one in self.outages for length in each], tuple(names))

    def trial(self, outages: Sequence[Trial[Knockout]]) -> Study:
        """Some outages, of which it is asked only whether they are felt."""
        known = [Outage(one, Duration(float(days))) for one, days in outages]
        return self.study_of(known, tuple(f"{MISSED}.{market}" for market in self.markets))

    def study_of(self, outages: Sequence[Outage], names: tuple[str, ...]) -> Study:
        """A point for each outage."""
        text = resolved(struck_by(self.scenario, outages, self.effective))
        points = Grid((STRUCK,), (tuple(outage.name for outage in outages),))
        return Study("stress", text, points, self.replications, self.seed, names)


@dataclass(frozen=True)
class Stressed(Displayed):
    """What became of every outage."""

    plan: Setup
    conducted: Conducted
    tested: tuple[Tested, ...]

    @property
    def study(self) -> Study:
        return self.conducted.study

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`stress`, a row for each object and length of its outage; `reach`, one for each market that feels it."""
        is_random, of = self.study.origin.is_random, self.plan.of
        found = (stress_table(self.tested, of.name, of.unit, is_random), reach_table(self.tested, is_random))
        return {table.name: table for table in found}

    def table(self, name: str = "stress") -> "pandas.DataFrame":
        """A table as a pandas frame: `stress`, `reach`, or `cases`, a row for each case that was run."""
        if name == "cases":
            return self.conducted.frame()
        if name not in self.tables:
            raise ValueError(
                f"no table '{name}'.{suggest(name, (*self.tables, 'cases'))} There are stress, reach, cases"
            )
        return self.tables[name].table()

    def plot(self, kind: str = "stress", axes: "Axes | None" = None, width: str = "wide") -> "Figure":
        """`stress`: the worst objects and what is lost; `time_to_survive`: all, against how long they are out."""
        from sim.results.plots.stress import stress
        from sim.results.plots.time_to_survive import time_to_survive

        paints = {"stress": stress, SURVIVE: time_to_survive}
        if kind not in paints:
            raise ScenarioError(f"no picture '{kind[:60]}'.{suggest(kind, paints)} There are {', '.join(paints)}")
        what = (self.plan.of.name, self.plan.scenario.title, self.provenance())
        return paints[kind](self.tested, *what, axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: the objects without which most is lost."""
        table = self.tables["stress"]
        rank, length = (table.column(name) for name in ("rank", "ttr_days"))
        costly = [i for i, place in enumerate(rank) if place]
        costly.sort(key=lambda i: (-float(str(length[i])), int(str(rank[i]))))
        says = f"Each of {len(self.plan.outages):,} out in turn; what is lost of {self.plan.of.name}, the worst first"
        rows = tuple(table.rows[i] for i in costly) or table.rows
        note = f"{len(self.tested):,} objects in all; nothing is lost in the end where one has no place here"
        return card_of(self.plan.scenario.title, replace(table, rows=rows), says, [note])

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        return self.conducted.provenance(self.plan.scenario, command)


def stress(
    scenario: Scenario | str | Path,
    *,
    ttr: str | Sequence[object] = TTR,
    effective: str = EFFECTIVE,
    of: str = ALL_SALES,
    only: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    folder: str | Path | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Stressed:
    """Knock out every facility, link, country and commodity in turn, and see what is lost and how long it is survived.

    `ttr` says how long each is out, `"90 days"` or several as `"30:120:30 days"`, from the day `effective` on. `of` is
    a market, or an end product as in `all cars sold`, whose loss counts instead of that of all sales. `only` restricts
    what is knocked out: facility, link, country, commodity. The scenario's own shocks play no part. With a `folder` the
    study is kept there, and the same call goes on where it stopped. Raises ScenarioError with what is wrong.
    """
    plan = prepare_stress(
        scenario,
        ttr=ttr,
        effective=effective,
        of=of,
        only=only,
        replications=replications,
        seed=seed,
        sets=sets,
        strict=strict,
    )
    return carry_out(plan, Help(Path(folder) if folder else None, overwrite, workers, scheduler), progress)


def prepare_stress(
    scenario: Scenario | str | Path,
    *,
    ttr: str | Sequence[object] = TTR,
    effective: str = EFFECTIVE,
    of: str = ALL_SALES,
    only: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> Setup:
    """A stress test that is ready. Raises ScenarioError with what is wrong, TooLarge if it is beyond one study."""
    work = prepare_base(scenario, replications, seed, sets, strict)
    base = calm(work.scenario)
    origin = without_history(base, work.plan, work.seed)
    begins = _effective(effective, base)
    plan = Setup(
        scenario=base,
        seed=work.seed,
        replications=work.replications,
        knockouts=knockouts(base.network, solve(base.network), only or KINDS),
        lengths=_lengths(ttr, day_of(begins, base.start), base),
        effective=begins,
        of=_sales(of, measured(origin), tuple(origin.markets)),
        left_out=tuple(left_out(work.scenario)),
    )
    plan.study.check_size()
    return plan


def carry_out(plan: Setup, help: Help, progress: Progress | None = None, command: Sequence[str] = ()) -> Stressed:
    """Run every outage, then rounds of others until each time to survive is known to the day."""
    provenance = gather(plan.study.origin, command).data()
    conducted = conduct(plan.study, provenance, help, progress)
    harms = _harms(plan, conducted.read(plan.study.names))
    rounds = _Rounds(plan, help, progress, plan.study.points.count * plan.replications, provenance)
    survives = rounds.survives(harms)
    tested = []
    for one in plan.knockouts:
        each = harms[one.what_is_out]
        lasting = {length.days: each[length.days] for length in plan.lengths}
        tested.append(Tested(one, survives[one.what_is_out], each[math.inf], lasting))
    return Stressed(plan, rounds.with_failures(conducted), tuple(tested))


def _harms(plan: Setup, kept: Kept) -> dict[object, dict[float, Harm]]:
    """What each outage does, by its length; inf to the end of the run."""
    days = [math.inf, *(length.days for length in plan.lengths)]
    found: dict[object, dict[float, Harm]] = {}
    for point in range(plan.study.points.count):
        one, length = divmod(point, len(days))
        first, last = np.searchsorted(kept.point, [point, point + 1])
        some = {name: values[first:last] for name, values in kept.values.items()}
        share, lost, peak, recovery = (some[f"{name}.{plan.of.name}"] for name in OF_PLACE)
        missed, shares = ({m: some[f"{name}.{m}"] for m in plan.markets} for name in (MISSED, SHARE))
        harm = Harm(share, lost, peak, recovery, missed, shares)
        found.setdefault(plan.outages[one].what_is_out, {})[days[length]] = harm
    return found


class _Rounds:
    """The rounds in which times to survive are found, each a study of its own beside the first."""

    def __init__(
        self, plan: Setup, help: Help, progress: Progress | None, before: int, provenance: Mapping[str, object]
    ):
        self.plan, self.help, self.progress, self.provenance = plan, help, progress, provenance
        self.before = before
        """Cases that were run by then."""
        self.conducted: list[Conducted] = []

    def survives(self, harms: Mapping[object, Mapping[float, Harm]]) -> dict[object, float]:
        """Time to survive of each outage; inf where the one for good is not felt, nan where it could not be run."""
        guesses = Guesses(self.plan.scenario, solve(self.plan.scenario.network))
        found, brackets = dict[object, float](), {}
        for one in self.plan.outages:
            for_good = harms[one.what_is_out][math.inf]
            found[one.what_is_out] = math.inf if for_good.first.size else math.nan
            if for_good.is_felt:
                after = float(np.min(for_good.first))
                known = {days: not harm.is_felt for days, harm in harms[one.what_is_out].items() if harm.first.size}
                known.pop(math.inf)
                brackets[one] = bracket_of(after, guesses.of(one, after), known)
        return found | {one.what_is_out: float(days) for one, days in longest_harmless(brackets, self._tried).items()}

    def _tried(self, outages: Sequence[Trial[Knockout]], number: int) -> dict[Trial[Knockout], bool]:
        study = self.plan.trial(outages)
        folder = self.help.folder / SURVIVAL / f"{number:02d}" if self.help.folder else None
        help = replace(self.help, folder=folder, overwrite=True, workers=self._workers(study))
        conducted = conduct(study, self.provenance, help, self._told)
        self.before += study.points.count * study.replications
        self.conducted.append(conducted)
        kept = conducted.read(study.names)
        missed = np.min([kept.values[name] for name in study.names], axis=0)
        felt: set[int] = set(kept.point[np.isfinite(missed)].tolist())
        run: set[int] = set(kept.point.tolist())
        return {outage: point not in felt for point, outage in enumerate(outages) if point in run}

    def _workers(self, study: Study) -> int | None:
        """None, which is this process, where there is less to do than it takes to start others."""
        wanted = self.help.workers or 1
        return self.help.workers if wanted == 1 or sum(1 for _ in study.blocks()) >= 2 * wanted else None

    def _told(self, done: int, cases: int) -> None:
        if self.progress:
            self.progress(self.before + done, self.before + cases)

    def with_failures(self, conducted: Conducted) -> Conducted:
        """The first study, which also tells what failed in the rounds."""
        return replace(
            conducted,
            failures=(*conducted.failures, *(failure for one in self.conducted for failure in one.failures)),
            failed=conducted.failed + sum(one.failed for one in self.conducted),
            set_aside=(*conducted.set_aside, *(entry for one in self.conducted for entry in one.set_aside)),
            seconds=conducted.seconds + sum(one.seconds for one in self.conducted),
        )


def _effective(said: str, scenario: Scenario) -> int | datetime.date:
    """The day on which outages begin. Raises ScenarioError for one that is none, or beside the run."""
    try:
        found: int | datetime.date = read_moment(said)
    except ValueError as error:
        raise ScenarioError(f"--effective {said}: {error}") from error
    day = day_of(found, scenario.start)
    if not 0.0 <= day < scenario.days:
        raise ScenarioError(
            f"--effective {said}: the run has {scenario.days} days from {scenario.start}; say a day or a date within it"
        )
    return found


def _lengths(ttr: str | Sequence[object], begins: float, scenario: Scenario) -> tuple[Duration, ...]:
    """How long everything is out, the shortest first. Raises ScenarioError for what is no length, or too long."""
    said = values_of(ttr) if isinstance(ttr, str) else tuple(map(str, ttr))
    if not said:
        raise ScenarioError(f"--ttr: there is no value; say how long each outage lasts, such as {TTR}")
    found: dict[float, Duration] = {}
    for text in said:
        try:
            length = Duration.parse(text)
            days = length.days
        except ValueError as error:
            raise ScenarioError(f"--ttr {text}: {error}") from error
        if days <= 0.0:
            raise ScenarioError(f"--ttr {text}: what is out for no time is not out; say a day at least")
        if begins + days > scenario.days:
            raise ScenarioError(
                f"--ttr {text}: the run ends {scenario.days - begins:g} days after the outages begin; make it longer "
                f'with --set "horizon={math.ceil(begins + 2 * days)} days"'
            )
        found[days] = length
    return tuple(found[days] for days in sorted(found))


def _sales(said: str, known: Sequence[Measured], markets: Sequence[str]) -> Measured:
    """The market or the group of them whose sales are lost."""
    if not markets:
        raise ScenarioError("there is no market in it, so no demand can be missed")
    sold = {what.name: what for what in known if set(what.weights) <= set(markets)}
    if said not in sold:
        raise ScenarioError(f"--of {said[:60]}: no market or end product of this name.{suggest(said, sold)}")
    return sold[said]
