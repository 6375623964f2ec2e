"""Plans of licence authorities: which links each controls, how it decides, what delay buyers reckon with."""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from sim.engine.laws import expect, largest
from sim.engine.means import CONSTANT, Law, law_of, mean
from sim.engine.rulings import share_on_day_0
from sim.scenario.calendar import WorkingClock
from sim.scenario.caught import ever_needed, needed_from_the_beginning
from sim.scenario.distributions import in_working_days
from sim.scenario.effects import Lever
from sim.scenario.licences import Regime
from sim.scenario.network import Lane
from sim.scenario.rulings import ORDINARY_RANK, ReviewClass, class_of
from sim.scenario.scenario import Scenario

WARM_UP = 800
"""Days replayed before day 0 where a regime is in force from the beginning."""
NO_TIME = Law(CONSTANT, 0.0)
BEYOND = 1500
"""Days after the horizon that the working clock covers."""


@dataclass(frozen=True)
class Duty:
    """What an authority does about one link."""

    looks_alike: bool
    """Whether its goods need no licence and are only held at the border."""
    firms: int
    files_every: int
    pool: int
    """Who reviews: number of the pool of reviewers, -1 where they are unlimited."""
    queue: int
    """Number of the class of its applications."""
    laws: Mapping[str, Law] = field(compare=False)
    """What may be random, by what is drawn; what takes no time is left out, but for review and hold."""


@dataclass(frozen=True)
class DeskPlan:
    """One authority, as far as it does not differ between the cases of a batch."""

    name: str
    links: tuple[int, ...]
    """Rows of the links it controls."""
    rows: tuple[int, ...]
    """Rows of these links in the desk array."""
    duties: tuple[Duty, ...]
    """In the order of the links."""
    pools: tuple[tuple[int, int], ...]
    """By pool of reviewers: first class it serves, and the first it no longer does, in the order they are served."""
    again: bool
    general: bool
    in_force: bool
    """Whether any of them needs a licence from the beginning."""
    needed: tuple[bool, ...]
    """Which of them do."""
    country: str
    """Whose public holidays count."""
    working: bool
    """Whether reviews, or delays added to them, are in working days."""


@dataclass(frozen=True)
class Habits:
    """The numbers of one authority."""

    again_after: float
    """Days a denied order waits."""
    validity: float
    """Days a general licence holds."""
    limit: float
    """Longest review in days, calendar or working; inf without a limit."""
    returned: float
    """Share of reviews that end in a request for completion."""
    release_cap: float
    """Most released on a link in a day, in multiples of its usual flow; inf without a cap."""
    reviewers: tuple[float, ...]
    """By pool; inf without a limit."""

    @classmethod
    def of(cls, regime: Regime) -> "Habits":
        own = [ruling.reviewers for _, ruling in _of_their_own(regime)]
        return cls(
            again_after=regime.again_after.days,
            validity=regime.validity.days,
            limit=math.inf if regime.statutory_limit is None else regime.statutory_limit.value,
            returned=regime.returned,
            release_cap=math.inf if regime.release_cap is None else float(regime.release_cap),
            reviewers=tuple(math.inf if n is None else float(n) for n in (regime.reviewers, *own)),
        )


def desk_plans(scenario: Scenario, lanes: Sequence[Lane]) -> tuple[DeskPlan, ...]:
    """A plan for each authority that controls a link of the network and may ever be in force."""
    number = {lane.name: row for row, lane in enumerate(lanes)}
    before = {name: sorted(number[link] for link in ever_needed(scenario, name)) for name in scenario.network.regimes}
    order = {row: j for j, row in enumerate(sorted({row for rows in before.values() for row in rows}))}
    return tuple(_desk_plan(scenario, name, rows, lanes, order) for name, rows in sorted(before.items()) if rows)


def _desk_plan(
    scenario: Scenario, name: str, links: Sequence[int], lanes: Sequence[Lane], order: dict[int, int]
) -> DeskPlan:
    regime, from_the_beginning = scenario.licences[name], needed_from_the_beginning(scenario, name)
    needed = tuple(lanes[row].name in from_the_beginning for row in links)
    return DeskPlan(
        name=name,
        links=tuple(links),
        rows=tuple(order[row] for row in links),
        duties=tuple(_duty(regime, lanes[row]) for row in links),
        pools=_pools(regime),
        again=regime.denied == "again",
        general=regime.licence == "general",
        in_force=any(needed),
        needed=needed,
        country=regime.country,
        working=in_working_days(regime.review) or _delayed_in_working_days(scenario, name),
    )


def _of_their_own(regime: Regime) -> list[tuple[str, ReviewClass]]:
    """Classes with reviewers of their own, each a pool, in sorted order."""
    return [(name, ruling) for name, ruling in sorted(regime.classes.items()) if ruling.reviewers is not None]


def _queues(regime: Regime) -> list[str]:
    """Classes in the order the authority's reviewers serve them, the ordinary one, named '', among them."""
    shared = [(ruling.rank, name) for name, ruling in regime.classes.items() if ruling.reviewers is None]
    return [name for _, name in sorted([*shared, (ORDINARY_RANK, "")])]


def _pools(regime: Regime) -> tuple[tuple[int, int], ...]:
    first = len(_queues(regime))
    return ((0, first), *((first + i, first + i + 1) for i in range(len(_of_their_own(regime)))))


def _duty(regime: Regime, lane: Lane) -> Duty:
    alike = regime.look_alikes
    if alike is not None and lane.commodity in alike.commodity and lane.commodity not in regime.controls:
        laws = {"review": NO_TIME, "hold": law_of(alike.hold)}
        return Duty(looks_alike=True, firms=lane.record.firms, files_every=1, pool=-1, queue=0, laws=laws)
    one = class_of(regime.classes, lane)
    own = [name for name, _ in _of_their_own(regime)]
    shared = _queues(regime)
    pool = own.index(one) + 1 if one in own else -1 if regime.reviewers is None else 0
    queue = len(shared) + own.index(one) if one in own else shared.index(one or "")
    return Duty(False, lane.record.firms, regime.files_every, pool, queue, _laws(regime, one))


def _laws(regime: Regime, one: str | None) -> dict[str, Law]:
    """What takes an application of a class its time."""
    review = regime.classes[one].review if one is not None else None
    laws = {"review": law_of(review or regime.review), "hold": law_of(regime.customs_hold)}
    extra = {"preparation": regime.preparation, "completion": regime.completion, "lag": regime.shipment_lag}
    return laws | {what: law for what, value in extra.items() if (law := law_of(value)) != NO_TIME}


def _delayed_in_working_days(scenario: Scenario, authority: str) -> bool:
    return any(
        shock.kind == "licence_delay" and shock.authority == authority and shock.adds is not None and shock.adds.working
        for shock in scenario.shocks.values()
    )


@lru_cache(maxsize=32)
def working_clock(country: str, start: datetime.date, days: int) -> WorkingClock:
    """The authority's working days over a run, and over what may be filed before and decided after it."""
    return WorkingClock.of(country, start, days + BEYOND, WARM_UP + 30)


def expected_delay(scenario: Scenario, desk: DeskPlan, lane: Lane, duty: Duty) -> float:
    """Calendar days that buyers reckon with for a licence: wait to file, review and hold, for every filing it takes.

    Orders under general licences wait for none, so the mean over all orders is less by their share.
    """
    regime, held = scenario.licences[desk.name], mean(duty.laws["hold"])
    if duty.looks_alike:
        return held
    incomplete = regime.returned / (1.0 - regime.returned)  # mean number of times one is returned
    reviewed = _mean_review(scenario, regime, duty.laws["review"]) * (1.0 + incomplete)
    completed = incomplete * mean(duty.laws.get("completion", NO_TIME))
    once = (duty.files_every - 1) / 2 + reviewed + completed + held
    approval = share_on_day_0(Lever.APPROVAL, regime, lane, scenario)
    filings = 1.0 / approval if desk.again and approval > 0.0 else 1.0
    licensed = 1.0 - share_on_day_0(Lever.GENERAL, regime, lane, scenario)
    return licensed * (once * filings + mean(duty.laws.get("lag", NO_TIME)))


def _mean_review(scenario: Scenario, regime: Regime, law: Law) -> float:
    """Mean calendar days of one review over a year of filing dates."""
    limit = math.inf if regime.statutory_limit is None else regime.statutory_limit.value
    if not in_working_days(regime.review):
        return mean(law) if math.isinf(limit) else expect(law, lambda days: np.minimum(days, limit))
    clock = working_clock(regime.country, scenario.start, scenario.days)
    longest = math.ceil(min(largest(law), limit, float(WARM_UP)))
    whole = list(range(longest + 2))
    calendar = [clock.mean_calendar_days(float(n)) for n in whole]
    return expect(law, lambda days: np.interp(np.minimum(days, limit), whole, calendar))
