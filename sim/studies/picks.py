"""What a scenario lets one move: stocks, licences, shocks and responses, found in what its file says."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sim.engine.facts import Facts
from sim.scenario.document import Tree, dotted
from sim.scenario.durations import Duration, SignedDuration
from sim.scenario.events import Event
from sim.scenario.facilities import Manufacturer, Refiner
from sim.scenario.links import Purchase
from sim.scenario.record import Record
from sim.scenario.responses import Response
from sim.scenario.scenario import Scenario
from sim.scenario.stated import Stated
from sim.scenario.unknowns import below, can_be_scaled
from sim.studies import ranges
from sim.studies.knobs import SWITCH, Knob, Say, in_unit, like, on_day, on_or_off, times

STOCKS, LICENCES, SHOCKS, RESPONSES, ALONG = "Stocks", "Licences", "Shocks", "Responses", "Stocks along the chain"
TWICE, MOST_PERCENT = 200.0, 100.0
NAMED = 4
"""Members of a group that are named."""
MOST = 120
"""Sliders that a page offers; what goes beyond is asked for by name."""
KINDS_OF_TIME = ("announced", "effective", "until", "duration")


@dataclass(frozen=True)
class Stock:
    """What one buyer holds of one input."""

    buyer: str
    commodity: str
    path: str
    purchase: Purchase


def knobs_of(scenario: Scenario, facts: Facts) -> dict[str, Knob]:
    """All that can be moved, by name, in the order of the page; `facts` tell who stands where along the chain."""
    parts = (
        *(_limits(scenario), _licences(scenario), _shocks(scenario), _responses(scenario)),
        _covers(scenario, facts),
    )
    found = {knob.name: knob for part in parts for knob in part}
    return dict(list(found.items())[:MOST])


def _limits(scenario: Scenario) -> Iterator[Knob]:
    for name, shock in scenario.shocks.items():
        if shock.kind == "inventory_limit":
            yield _time(scenario, ("shocks", name, "cover"), STOCKS, f"Stock held under {name}", shock.cover)


def _covers(scenario: Scenario, facts: Facts) -> Iterator[Knob]:
    """A slider for the stocks of all who make or buy the same goods, the end of the chain first."""
    groups: dict[str, list[Stock]] = {}
    for node in scenario.network.nodes.values():
        for commodity, purchase in node.buys.items():
            market = node.kind == "market"
            whose = f"{'buyers' if market else 'makers'} of {_some(list(node.commodities))}"
            keys = ("markets", node.name) if market else ("facilities", node.name, "buys", commodity)
            if node.kind != "stockpile" and commodity not in _spread_out(scenario, node.name):
                groups.setdefault(whose, []).append(Stock(node.name, commodity, dotted((*keys, "cover")), purchase))
    last = {whose: max(facts.stage[stock.buyer] for stock in groups[whose]) for whose in groups}
    for whose in sorted(groups, key=lambda whose: (-last[whose], whose)):
        if any(stock.purchase.cover.value for stock in groups[whose]):
            yield _cover(scenario, whose, groups[whose])


def _spread_out(scenario: Scenario, name: str) -> Mapping[str, object]:
    """Inputs of which the firms of a population hold different stocks, which no single number says."""
    facility = scenario.facilities.get(name)
    return facility.spread.cover if isinstance(facility, Manufacturer | Refiner) and facility.spread else {}


def _cover(scenario: Scenario, whose: str, stocks: list[Stock]) -> Knob:
    """In days where all hold as much, else in percent of what each holds."""
    held = {stock.purchase.cover.days for stock in stocks}
    paths = [stock.path for stock in stocks]
    buyers = list(dict.fromkeys(stock.buyer for stock in stocks))
    goods = sorted({stock.commodity for stock in stocks})
    about = f"{_some(goods)} at {_some(buyers)}"
    label = f"Stock held by {whose}"
    if len(held) == 1:
        days, says = held.pop(), dict.fromkeys(paths, in_unit("days"))
        span = ranges.of_time(days, scenario.horizon.days)
        return Knob(paths[0], ALONG, label, about, "number", "days", span, days, says)
    says = {stock.path: times(str(stock.purchase.cover)) for stock in stocks}
    return _percent_of(paths[0], ALONG, label, f"{about}: percent of {min(held):g} to {max(held):g} days", says)


def _licences(scenario: Scenario) -> Iterator[Knob]:
    for name, regime in scenario.licences.items():
        keys = ("licences", name)
        if isinstance(regime.review, Duration):
            yield _time(scenario, (*keys, "review"), LICENCES, f"Review by {name}", regime.review)
        elif can_be_scaled(node := _node(scenario, (*keys, "review"))):
            path, about = dotted((*keys, "review")), "percent of the review times"
            yield _percent_of(path, LICENCES, f"Review by {name}", about, {path: times(node)})
        for rule, approval in regime.approval.items():
            said = _approval_keys(_node(scenario, (*keys, "approval")), rule)
            label = f"Approved by {name}{'' if rule == 'all' else f', {rule}'}"
            yield _share((*keys, "approval", *said), LICENCES, label, approval.share)


def _approval_keys(node: Tree, rule: str) -> tuple[str, ...]:
    """Where below `approval` the share of a rule stands: there, under its name, or in its record."""
    if not isinstance(node, dict):
        return ()
    return (rule, "share") if isinstance(node.get(rule), dict) else (rule,)


def _shocks(scenario: Scenario) -> Iterator[Knob]:
    for name, shock in scenario.shocks.items():
        yield from _when(scenario, name, shock)
        for key in type(shock).model_fields:
            if key not in KINDS_OF_TIME and (shock.kind, key) != ("inventory_limit", "cover"):
                yield from _size(scenario, ("shocks", name, key), f"{name}: {_words(key)}", getattr(shock, key))


def _when(scenario: Scenario, name: str, shock: Event) -> Iterator[Knob]:
    """From when on it holds, with its announcement at the same distance, and for how long."""
    start, horizon = scenario.start, scenario.horizon.days
    first, last = shock.window(start)
    moved = partial(on_day, start=start)
    if shock.effective is not None:
        says = {
            dotted(("shocks", name, key)): moved(moment, own=shock.effective)
            for key in ("effective", "announced")
            if (moment := getattr(shock, key)) is not None
        }
        yield _date(f"{name}: begins", first, horizon, says)
    if shock.until is not None:
        says = {dotted(("shocks", name, "until")): moved(shock.until, own=shock.until)}
        yield _date(f"{name}: ends", last, horizon, says)
    elif shock.duration is not None:
        yield _time(scenario, ("shocks", name, "duration"), SHOCKS, f"{name}: lasts", shock.duration)
    elif first < horizon:
        path, left = dotted(("shocks", name, "duration")), horizon - first
        span, about = ranges.Span(0.0, left, 1.0), "to the end of the run"
        yield Knob(path, SHOCKS, f"{name}: lasts", about, "number", "days", span, left, {path: in_unit("days")})


def _size(scenario: Scenario, keys: tuple[str, ...], label: str, value: object) -> Iterator[Knob]:
    """A slider for a number that the file says of a shock; nothing for anything else."""
    node = _node(scenario, keys)
    if isinstance(value, str | bool | datetime.date | Record) or not isinstance(node, str | int | float):
        return
    try:
        stated = Stated.read(node)
    except ValueError:
        return
    if isinstance(value, Duration | SignedDuration) and stated.value >= 0.0:
        span = ranges.of_time(stated.value, scenario.horizon.days)
    elif stated.words == "%":
        span = ranges.of_percent(stated.value, TWICE if stated.signed or stated.value > MOST_PERCENT else MOST_PERCENT)
    else:
        span = ranges.of_number(stated.value)
    path, unit = dotted(keys), stated.words
    yield Knob(path, SHOCKS, label, "", "number", unit, span, stated.value, {path: like(stated)})


def _responses(scenario: Scenario) -> Iterator[Knob]:
    for name, response in scenario.responses.items():
        yield _response(name, response)


def _response(name: str, response: Response) -> Knob:
    path, about = dotted(("responses", name, "active")), _words(response.kind)
    return Knob(path, RESPONSES, name, about, "switch", "", SWITCH, float(response.active), {path: on_or_off})


def _time(scenario: Scenario, keys: tuple[str, ...], group: str, label: str, said: Duration) -> Knob:
    path, unit = dotted(keys), "working days" if said.working else "days"
    span = ranges.of_time(said.value, scenario.horizon.days)
    return Knob(path, group, label, "", "number", unit, span, said.value, {path: in_unit(unit)})


def _share(keys: tuple[str, ...], group: str, label: str, share: float) -> Knob:
    path, percent = dotted(keys), round(100.0 * share, 9)
    span = ranges.of_percent(percent, MOST_PERCENT)
    return Knob(path, group, label, "", "number", "%", span, percent, {path: in_unit("%")})


def _percent_of(name: str, group: str, label: str, about: str, says: Mapping[str, Say]) -> Knob:
    span = ranges.of_percent(MOST_PERCENT, 3 * MOST_PERCENT)
    return Knob(name, group, label, about, "number", "%", span, MOST_PERCENT, says)


def _date(label: str, day: float, horizon: float, says: Mapping[str, Say]) -> Knob:
    span = ranges.Span(min(0.0, day), max(day, horizon - 1.0), 1.0)
    return Knob(next(iter(says)), SHOCKS, label, "", "date", "", span, day, says)


def _node(scenario: Scenario, keys: tuple[str, ...]) -> Tree:
    return below(scenario.document.data, keys)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
