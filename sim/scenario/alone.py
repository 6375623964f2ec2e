"""What can be checked of each record by itself, whatever else the file says."""

import datetime
import math
from collections.abc import Iterator

from sim.errors import Problem
from sim.scenario.claims import Measure
from sim.scenario.controls import ApprovalRate, LicenceDelay
from sim.scenario.distributions import Distribution
from sim.scenario.document import Path, dotted
from sim.scenario.events import Event
from sim.scenario.hazards import Hazard
from sim.scenario.licences import Regime
from sim.scenario.links import Purchase
from sim.scenario.moments import day_of, write_moment
from sim.scenario.network import node_of
from sim.scenario.responses import Build, Reroute
from sim.scenario.rulings import Approval, ReviewClass
from sim.scenario.scenario import Scenario
from sim.scenario.tree import walk
from sim.scenario.units import Duration, Rate

Problems = Iterator[Problem]

CLOSE = 1e-9
"""Shares may miss 1 by this much: 33.3 % and its like are said in decimals."""
MAX_DAYS = 40_000
MAX_REPLICATIONS = 1_000_000
MAX_STRIKES = 1_000


def purchases(scenario: Scenario) -> Iterator[tuple[Path, str, Purchase]]:
    """Each purchase: its path, what is bought, and the record."""
    for name, facility in scenario.facilities.items():
        for commodity, purchase in facility.buys.items():
            yield ("facilities", name, "buys", commodity), commodity, purchase
    for name, market in scenario.markets.items():
        yield ("markets", name), market.wants, market


def shares_sum_to_one(scenario: Scenario) -> Problems:
    for path, commodity, purchase in purchases(scenario):
        shares = [link.share for link in purchase.from_.values()]
        total = math.fsum(share for share in shares if share is not None)
        if abs(total - 1.0) <= CLOSE or (None in shares and total < 1.0):
            continue
        says = f"shares of {commodity} sum to {_percent(total)}; let them sum to 100 %"
        yield scenario.problem(dotted((*path, "from")), says)


def _percent(share: float) -> str:
    return f"{100 * share:.9g} %"


def working_days_have_a_calendar(scenario: Scenario) -> Problems:
    """Only what an authority does can be counted in its working days."""
    for path, record in walk(scenario):
        if isinstance(record, Distribution):
            continue
        for name, info in type(record).model_fields.items():
            if (type(record), name) in _IN_WORKING_DAYS or not _is_working(getattr(record, name)):
                continue
            says = "working days have no meaning here, where no authority's calendar applies: say '45 days'"
            yield scenario.problem(dotted((*path, info.alias or name)), says)


_IN_WORKING_DAYS = {
    (Regime, "review"),
    (Regime, "statutory_limit"),
    (ReviewClass, "review"),
    (LicenceDelay, "adds"),
}


def _is_working(value: object) -> bool:
    first = value.quantities()[0] if isinstance(value, Distribution) else value
    return isinstance(first, Duration) and first.working


def delays_fit_the_review(scenario: Scenario) -> Problems:
    for name, shock in scenario.shocks.items():
        if not isinstance(shock, LicenceDelay) or shock.adds is None or not shock.adds.working:
            continue
        regime = scenario.licences.get(shock.authority)
        if regime and not _is_working(regime.review):
            says = f"'{shock.adds}' cannot be added: {shock.authority} reviews in calendar days; say calendar days here"
            yield scenario.problem(dotted(("shocks", name, "adds")), says)


def horizon_is_whole_days(scenario: Scenario) -> Problems:
    days = scenario.horizon.value
    if days <= 0:
        yield scenario.problem("horizon", f"'{scenario.horizon}' is no time to run: say '1 day' or more")
    elif not days.is_integer():
        says = f"'{scenario.horizon}' is not a whole number of days: write '{math.ceil(days)} days'"
        yield scenario.problem("horizon", says)


def too_large(scenario: Scenario) -> Problems:
    """What is well formed but beyond one run."""
    if scenario.horizon.value > MAX_DAYS:
        says = f"{scenario.horizon.value:,.15g} days: at most {MAX_DAYS:,} are simulated in one run"
        yield scenario.problem("horizon", says)
    if scenario.replications > MAX_REPLICATIONS:
        says = f"{scenario.replications:,} replications: at most {MAX_REPLICATIONS:,} are run at once"
        yield scenario.problem("replications", says)
    try:
        scenario.start + datetime.timedelta(days=min(scenario.horizon.value, MAX_DAYS))
    except OverflowError:
        yield scenario.problem("start", f"a run from {scenario.start} ends after the year 9999: start earlier")


def windows_make_sense(scenario: Scenario) -> Problems:
    for name, shock in scenario.shocks.items():
        if shock.duration is not None and shock.duration.working:
            continue
        if shock.random is not None:
            yield from _hazard(scenario, ("shocks", name), shock, shock.random)
            continue
        yield from _window(scenario, ("shocks", name), shock)


def measures_make_sense(scenario: Scenario) -> Problems:
    for path, record in walk(scenario):
        if isinstance(record, Measure):
            yield from _measured(scenario, path, record)


def _hazard(scenario: Scenario, path: Path, shock: Event, hazard: Hazard) -> Problems:
    first, last = shock.window(scenario.start)
    expected = (min(last, scenario.horizon.value) - first) / hazard.every.value
    if expected > MAX_STRIKES:
        says = f"'{hazard.every}' makes {expected:,.0f} occurrences in the run: let there be {MAX_STRIKES:,} at most"
        yield scenario.problem(dotted((*path, "random", "every")), says)
    if last < first:
        says = f"the end, {_date(scenario, last)}, is before the start, {_date(scenario, first)}"
        yield scenario.problem(dotted((*path, "until")), says)


def hazards_of_a_group_agree(scenario: Scenario) -> Problems:
    """What strikes together must fall as often, or it could not strike together."""
    first: dict[str, tuple[str, Event, Hazard]] = {}
    for name, shock in scenario.shocks.items():
        hazard = shock.random
        if hazard is None or hazard.group is None:
            continue
        other, whose, known = first.setdefault(hazard.group, (name, shock, hazard))
        for key, mine, theirs in (
            ("every", hazard.every, known.every),
            ("correlation", hazard.correlation, known.correlation),
        ):
            if mine != theirs:
                says = f"shocks.{other} of its group says otherwise, and they strike together: let both say the same"
                yield scenario.problem(dotted(("shocks", name, "random", key)), says)
        if shock.window(scenario.start) != whose.window(scenario.start):
            says = f"it may strike on other days than shocks.{other} of its group: let both say the same days"
            yield scenario.problem(dotted(("shocks", name)), says)


def _measured(scenario: Scenario, path: Path, measure: Measure) -> Problems:
    first, last = measure.from_, measure.until
    if first is None or last is None:
        return
    if day_of(first, scenario.start) >= day_of(last, scenario.start):
        says = f"{write_moment(last)} is not after {write_moment(first)}, the first day: let it be later"
        yield scenario.problem(dotted((*path, "until")), says)


def _window(scenario: Scenario, path: Path, shock: Event) -> Problems:
    first, last = shock.window(scenario.start)
    if last < first:
        says = f"the end, {_date(scenario, last)}, is before the start, {_date(scenario, first)}"
        yield scenario.problem(dotted((*path, "until")), says)
    if shock.announced is not None and day_of(shock.announced, scenario.start) > first:
        says = f"announced after it takes effect on {_date(scenario, first)}: say that day or an earlier one"
        yield scenario.problem(dotted((*path, "announced")), says)
    if last == first:
        yield scenario.problem(dotted(path), "it lasts 0 days, so it changes nothing", warning=True)
    elif last > first:
        yield from _beside_the_run(scenario, path, first, last, fades=shock.recovery.over.value > 0)


def _beside_the_run(scenario: Scenario, path: Path, first: float, last: float, fades: bool) -> Problems:
    end = scenario.horizon.value
    run = f"the run, {_date(scenario, 0)} to {_date(scenario, end)}"
    at = dotted((*path, "effective"))
    if first >= end or (last <= 0 and not fades):
        yield scenario.problem(at, f"it lies outside {run}, and changes nothing", warning=True)
    elif first < 0 or end < last < math.inf:
        yield scenario.problem(at, f"it is clipped to {run}", warning=True)


def _date(scenario: Scenario, day: float) -> str:
    try:
        return str(scenario.start + datetime.timedelta(days=math.floor(day)))
    except OverflowError:
        return f"day {day:g}"


def plants_can_work(scenario: Scenario) -> Problems:
    for name, facility in scenario.facilities.items():
        if (
            facility.kind != "stockpile"
            and isinstance(facility.capacity, Rate)
            and facility.capacity.value == 0
            and not _is_built(scenario, name)
        ):
            says = "a capacity of 0 makes nothing; leave the facility out, or let a shock close it"
            yield scenario.problem(dotted(("facilities", name, "capacity")), says, warning=True)


def _is_built(scenario: Scenario, name: str) -> bool:
    """Whether some response builds what is not there yet."""
    builds = [response for response in scenario.responses.values() if isinstance(response, Build)]
    return any(response.where.admits(node_of(name, scenario.facilities[name])) for response in builds)


def luck_needs_something_random(scenario: Scenario) -> Problems:
    # What is spread over firms is the same in all replications.
    drawn = (record for path, record in walk(scenario) if "spread" not in path)
    if scenario.replications > 1 and not any(_is_random(record) for record in drawn):
        says = f"nothing here is random, so that all {scenario.replications:,} replications are alike; 1 is enough"
        yield scenario.problem("replications", says, warning=True)


def _is_random(record: object) -> bool:
    if isinstance(record, Approval):
        return 0 < record.share < 1
    if isinstance(record, Regime):
        return record.returned > 0
    if isinstance(record, Reroute):
        return 0 < record.detection < 1
    return isinstance(record, Distribution | Hazard) or (isinstance(record, ApprovalRate) and 0 < record.to < 1)
