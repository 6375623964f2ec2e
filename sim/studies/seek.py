"""The least that does it: how far levers must be moved until a condition holds, the cheapest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import Problem, ScenarioError, suggest
from sim.results.condition import condition_of
from sim.results.plots.sheet import sheet_of
from sim.results.provenance import Provenance, gather
from sim.results.seek_table import ANSWER, BEFORE, Answer, Trial, seek_table, setting, verified
from sim.results.table import Table
from sim.results.table_card import card_of
from sim.results.verdicts import enough
from sim.scenario.rich_display import Card, Displayed
from sim.scenario.scenario import Scenario
from sim.studies.asking import prepare_base, refused
from sim.studies.conduct import Conducted, Help, Progress
from sim.studies.levers import Lever, Prefer, levers_of, priced
from sim.studies.rounds import Quest, Rounds, kept_in
from sim.studies.sampler import Sampler
from sim.studies.search import COARSE, FINE, Edge, Spot, cheapest, corners, cost_of, first_look, least
from sim.studies.study import without_history

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROUNDS, BATCH = 4, 32
"""Rounds of proposals for several levers, unless said, and spots of each."""
POLLS = 4
"""Rounds around the cheapest that are reckoned with beforehand."""
FEWEST = 2
"""Replications that any bound of a mean needs where something is random."""
Said = Sequence[str] | Mapping[str, object]


@dataclass(frozen=True)
class Sought(Displayed):
    """What a search came to."""

    quest: Quest
    result: Answer
    rounds: tuple[Conducted, ...]

    @property
    def answer(self) -> dict[str, str] | None:
        """What each lever is set to in the cheapest setting at which it holds; None where it holds nowhere."""
        found = self.result.found
        return dict(zip(self.quest.paths, found.levels, strict=True)) if found else None

    @property
    def sentences(self) -> list[str]:
        """The answer in words."""
        return [_headline(self.quest, self.result), *verified(self.result)]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`seek`, a row for each setting that was tried."""
        table = seek_table(self.result)
        return {"seek": replace(table, notes=(*self.sentences, *table.notes))}

    def table(self, name: str = "seek") -> "pandas.DataFrame":
        """`seek`, a row for each setting that was tried, as a pandas frame; or `cases`, a row for each case."""
        if name == "cases":
            import pandas

            frames = [one.frame().assign(round=number) for number, one in enumerate(self.rounds, 1)]
            return pandas.concat(frames, ignore_index=True)
        if name not in self.tables:
            raise ValueError(f"no table '{name}'.{suggest(name, ('seek', 'cases'))} There are seek, cases")
        return self.tables[name].table()

    @property
    def conducted(self) -> Conducted:
        """The last round, with what failed in any."""
        failures = tuple(failure for one in self.rounds for failure in one.failures)
        aside = tuple(entry for one in self.rounds for entry in one.set_aside)
        failed = sum(one.failed for one in self.rounds)
        return replace(self.rounds[-1], failures=failures, failed=failed, set_aside=aside)

    def plot(self, axes: "Axes | None" = None, width: str = "wide") -> "Figure":
        """The reading against the lever, or against the cost of several, with the limit and the answer."""
        from sim.results.plots.seek import seek

        return seek(self.result, self.quest.work.scenario.title, self.provenance(), axes, sheet_of(width))

    def card(self) -> Card:
        """In Jupyter: the answer, and every setting that was tried."""
        return card_of(self.quest.work.scenario.title, self.tables["seek"])

    def provenance(self, command: Sequence[str] = ()) -> Provenance:
        """Everything needed to get this result again."""
        return _provenance(self.quest, command)


def seek(
    scenario: Scenario | str | Path,
    vary: Said,
    until: str,
    *,
    confidence: float = 95.0,
    prefer: Prefer | None = None,
    cost: Said = (),
    rounds: int = ROUNDS,
    replications: int | None = None,
    seed: int | None = None,
    folder: str | Path | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Sought:
    """Find the least that does it: the smallest move of some paths at which a condition on a reading holds.

    `vary` says from, to and step of each path, `{"facilities.maker.buys.ore.cover": "10:90:1 days"}`; `until` the
    condition, `"output_loss.eu_cars < 5 %"`, of the mean over replications with so much `confidence` (one-sided). With
    one path the answer is the first value from which it holds at all larger ones that were tried; with several it is
    the cheapest, by `cost` of a unit of each, else by shares of their ranges. Moves count from what the scenario states
    if that is in the range, else from the low end; `prefer`, low or high, says the end instead. All settings have the
    same luck. With a `folder` the search is kept there, and the same call goes on where it stopped.
    """
    quest = prepare_seek(
        scenario,
        vary,
        until,
        confidence=confidence,
        prefer=prefer,
        cost=cost,
        rounds=rounds,
        replications=replications,
        seed=seed,
        sets=sets,
        strict=strict,
    )
    return carry_out(quest, Help(Path(folder) if folder else None, overwrite, workers, scheduler), progress)


def prepare_seek(
    scenario: Scenario | str | Path,
    vary: Said,
    until: str,
    *,
    confidence: float = 95.0,
    prefer: Prefer | None = None,
    cost: Said = (),
    rounds: int = ROUNDS,
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> Quest:
    """A search that is ready to start. Raises ScenarioError with what is wrong."""
    work = prepare_base(scenario, replications, seed, sets, strict)
    lines = [vary] if isinstance(vary, str) else vary
    found, unit = priced(levers_of(lines, work.scenario, prefer), [cost] if isinstance(cost, str) else cost)
    if problems := [problem for lever in found for problem in _refused(work.scenario, lever)]:
        raise ScenarioError(problems)
    condition = condition_of(until, without_history(work.scenario, work.plan, work.seed))
    quest = Quest(work, found, condition, _share(confidence), unit, rounds)
    _check(quest, prefer)
    return quest


def carry_out(quest: Quest, help: Help, progress: Progress | None = None, command: Sequence[str] = ()) -> Sought:
    """Carry a prepared search through, or the rest of it where its folder holds the beginning."""
    with kept_in(help.folder, quest, help.overwrite):
        ask = Rounds(quest, help, _provenance(quest, command).data(), progress)
        if len(quest.levers) == 1:
            edge = least(quest.levers[0], ask)
            roles = _roles_of_edge(edge)
        else:
            sampler = Sampler(quest.levers, quest.work.seed)
            roles = _roles_of_spot(quest.levers, cheapest(quest.levers, ask, sampler, quest.rounds, BATCH))
    return Sought(quest, _answer(quest, ask, roles), tuple(ask.conducted))


def first_spots(quest: Quest) -> list[Spot]:
    """What the first round tries."""
    return first_look(quest.levers[0]) if len(quest.levers) == 1 else corners(quest.levers)


def expected(quest: Quest) -> int:
    """Roughly how many settings are tried."""
    count = len(first_spots(quest))
    if len(quest.levers) > 1:
        return count + (quest.rounds + POLLS) * BATCH
    gap = len(quest.levers[0].levels) // COARSE
    return count + min(gap, FINE) + min(gap // FINE, FINE)


def _roles_of_edge(edge: Edge) -> dict[Spot, str]:
    roles: dict[Spot, str] = {}
    if edge.first is not None:
        roles[edge.line[edge.first],] = ANSWER
        if edge.before is not None:
            roles[edge.line[edge.before],] = BEFORE
    return roles


def _roles_of_spot(levers: Sequence[Lever], spot: Spot | None) -> dict[Spot, str]:
    if spot is None:
        return {}
    roles = {spot: ANSWER}
    for i, lever in enumerate(levers):
        if spot[i] != lever.origin:
            step = 1 if spot[i] > lever.origin else -1
            roles[*spot[:i], spot[i] - step, *spot[i + 1 :]] = BEFORE
    return roles


def _answer(quest: Quest, ask: Rounds, roles: Mapping[Spot, str]) -> Answer:
    trials = []
    for spot, verdict in ask.known.items():
        at = tuple(lever.at[level] for lever, level in zip(quest.levers, spot, strict=True))
        cost = cost_of(quest.levers, spot)
        trials.append(Trial(ask.round_of[spot], quest.levels(spot), at, cost, verdict, roles.get(spot, "")))
    has_prices = any(lever.price is not None for lever in quest.levers)
    condition, whole = quest.condition, quest.span.whole
    least = enough(condition.limit if condition.wants_less else whole - condition.limit, whole, quest.confidence)
    return Answer(condition, quest.confidence, quest.paths, tuple(trials), has_prices, quest.cost_unit, least)


def _headline(quest: Quest, result: Answer) -> str:
    """The answer in one sentence."""
    found, said = result.found, quest.condition.said
    if found is None:
        ranges = (f"{lever.path} from {lever.levels[0]} to {lever.levels[-1]}" for lever in quest.levers)
        return f"{said} holds nowhere that was tried: {', '.join(ranges)}."
    if found.cost == 0.0:
        origin = "as the scenario states it" if all(lever.is_stated for lever in quest.levers) else "at once"
        is_one = len(quest.levers) == 1 and quest.levers[0].is_stated
        least = "; --prefer low (or high) looks for the least (or most) that does" if is_one else ""
        return f"{said} holds {origin}, at {setting(result, found)}{least}."
    if len(quest.levers) > 1:
        return f"The cheapest that was found with {said}: {setting(result, found)}."
    lever = quest.levers[0]
    if lever.is_stated:
        return f"The smallest move with {said}: {lever.path} from {lever.levels[lever.origin]} to {found.levels[0]}."
    return f"The {'least' if lever.origin == 0 else 'most'} with {said}: {setting(result, found)}."


def _provenance(quest: Quest, command: Sequence[str]) -> Provenance:
    work = quest.work
    replications = tuple(range(1, work.replications + 1))
    return gather(without_history(work.scenario, work.plan, work.seed, replications), command)


def _refused(scenario: Scenario, lever: Lever) -> list[Problem]:
    """What is wrong at either end, and at what costs nothing."""
    return refused(scenario, lever.path, [lever.levels[i] for i in (0, lever.origin, -1)])


def _share(confidence: float) -> float:
    share = confidence / 100.0 if confidence > 1.0 else confidence
    if not 0.5 <= share < 1.0:
        raise ScenarioError(f"a confidence of {confidence:g}: give a percentage from 50 to below 100, such as 95")
    return share


def _check(quest: Quest, prefer: str | None) -> None:
    if prefer not in (None, "low", "high"):
        raise ScenarioError(f"prefer '{str(prefer)[:40]}': say low or high")
    if quest.rounds < 1:
        raise ScenarioError(f"{quest.rounds} rounds: give at least 1")
    if quest.is_random and quest.work.replications < FEWEST:
        raise ScenarioError(
            "one replication says nothing of a mean, and this scenario is random: give --replications, such as 200"
        )
    if len(quest.levers) > 1:
        Sampler(quest.levers, quest.work.seed)  # so that what is missing is told before anything is run
