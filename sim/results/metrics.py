"""The list of metrics: name, unit, meaning and function of each, and all of them worked out for an outcome.

To add a metric: write its function beside its kin, then list it here.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from sim.engine.records import Array
from sim.results import levels, licensing, losses, populations, service, times
from sim.results.curves import Counted, Curve, by_commodity, by_country, outputs, sales, together
from sim.results.levels import Level
from sim.results.licensing import Desk
from sim.results.outcome import Outcome
from sim.results.populations import Crowd
from sim.results.service import Service
from sim.scenario.caught import ever_needed

S = TypeVar("S")

OWN_UNIT = "unit"
"""Stands for the unit of whatever is measured."""


@dataclass(frozen=True)
class Metric(Generic[S]):
    """One number per replication, and what it means."""

    name: str
    unit: str
    """`unit` is that of what is measured: the commodity's, a currency, or planned days."""
    function: Callable[[S], Array]

    @property
    def meaning(self) -> str:
        """First paragraph of the function's documentation."""
        return " ".join((inspect.getdoc(self.function) or "").split("\n\n")[0].split())


def _metric(function: Callable[[S], Array], unit: str) -> Metric[S]:
    return Metric(function.__name__, unit, function)


OF_CURVES: tuple[Metric[Counted], ...] = (
    _metric(losses.output_loss, OWN_UNIT),
    _metric(losses.below_baseline, OWN_UNIT),
    _metric(losses.made_up_later, OWN_UNIT),
    _metric(losses.loss_days, "days"),
    _metric(losses.loss_share, "share"),
    _metric(losses.loss_value, "currency"),
    _metric(losses.peak_loss, "share"),
    _metric(losses.peak_loss_day, "day"),
    _metric(losses.performance_impact, "share"),
    _metric(losses.resilience_loss, "days"),
    _metric(times.time_to_impact, "days"),
    _metric(times.recovery_time, "days"),
)
"""Of output, sales or shipments, of one place or a group."""

OF_SERVICE: tuple[Metric[Service], ...] = (
    _metric(service.lost_demand, OWN_UNIT),
    _metric(service.delayed_demand, OWN_UNIT),
    _metric(service.still_waiting, OWN_UNIT),
    _metric(service.fill_rate, "share"),
    _metric(service.baseline_fill_rate, "share"),
    _metric(service.time_to_survive, "days"),
)
"""Of a market, or of all markets for a commodity."""

OF_BACKLOGS: tuple[Metric[Level], ...] = (
    _metric(levels.backlog_mean, OWN_UNIT),
    _metric(levels.backlog_peak, OWN_UNIT),
)
"""Of the book of a facility, or the demand waiting at a market."""

OF_COVER: tuple[Metric[Level], ...] = (_metric(levels.lowest_cover, "days"),)
"""Of an input of a buyer."""

OF_LICENCES: tuple[Metric[Desk], ...] = (
    _metric(licensing.filed, "applications"),
    _metric(licensing.approved, "applications"),
    _metric(licensing.denied, "applications"),
    _metric(licensing.approval_share, "share"),
    _metric(licensing.pending_at_end, "applications"),
    _metric(licensing.pending_peak, "applications"),
    _metric(licensing.review_time, "days"),
)
"""Of the applications of a link, or of all links of an authority."""


OF_POPULATIONS: tuple[Metric[Crowd], ...] = (
    _metric(populations.ever_stopped, "share"),
    _metric(populations.most_stopped, "share"),
    _metric(populations.first_stop, "days"),
    _metric(populations.last_stop, "days"),
)
"""Of the firms of a facility that stands for many."""


def amplification(outcome: Outcome) -> Array:
    """Loss of all facilities over the loss of those directly hit, at least 1 where nobody gains. *Amplification*.

    By value if every product has a price in one currency, else in days of each facility's own plan. Both ends of a
    link that a shock touches are directly hit. nan where nothing is lost directly.
    """
    curves = [c for c in outputs(outcome).values() if c.plan > 0.0]
    hit = {place for place, (node, _) in outcome.facilities.items() if node.name in outcome.directly_hit}
    size = outcome.shocked.size
    if not curves:
        return np.full(size, np.nan)
    by_value = all(np.isfinite(c.price) for c in curves) and len({c.currency for c in curves}) == 1
    loss = {c.name: (losses.loss_value if by_value else losses.loss_days)(c) for c in curves}
    total = np.sum([*loss.values()], axis=0)
    direct = np.sum([loss[name] for name in loss if name in hit] or [np.zeros(size)], axis=0)
    smallest = losses.TOLERANCE * sum(c.plan * (c.price if by_value else 1.0 / c.plan) for c in curves)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(direct > smallest, total / direct, np.nan)


def survival(outcome: Outcome) -> Array:
    """Days from the first shock during which every market is served as without it; inf to the end of the run."""
    each = [service.time_to_survive(service.service_of(outcome, market)) for market in outcome.markets]
    return np.min(each, axis=0) if each else np.full(outcome.shocked.size, np.inf)


OF_ALL: tuple[Metric[Outcome], ...] = (_metric(amplification, "ratio"), _metric(survival, "days"))
"""Of the run as a whole."""


@dataclass(frozen=True)
class Figure:
    """One metric of one place or group, a value per replication."""

    metric: str
    unit: str
    where: str
    """Place as in the records, name of a group, or empty for the whole."""
    group: str
    """output, sales, service, backlog, cover, licences, firms or all; ` by commodity`, ` by country` or ` in total`."""
    values: Array
    """Shape (replication,)."""


def figures(outcome: Outcome) -> Iterator[Figure]:
    """Every metric of every place, commodity and country, and of the whole."""
    for group, curves in curve_groups(outcome).items():
        for name, curve in curves.items():
            yield from (_figure(m, curve, group, name, curve.unit, curve.currency) for m in OF_CURVES)
    for market in outcome.markets:
        served = service.service_of(outcome, market)
        yield from (_figure(m, served, "service", market, served.unit) for m in OF_SERVICE)
    yield from _level_figures(outcome)
    for regime, desk in desks(outcome).items():
        yield from (_figure(m, desk, "licences", regime, "") for m in OF_LICENCES)
    for name, crowd in populations.crowds(outcome).items():
        yield from (_figure(m, crowd, "firms", name, "") for m in OF_POPULATIONS)
    yield from (_figure(m, outcome, "all", "", "") for m in OF_ALL)


def curve_groups(outcome: Outcome) -> dict[str, Mapping[str, Curve]]:
    """Curves of output and of sales by place, commodity and country, and in total where there is anything."""
    groups: dict[str, Mapping[str, Curve]] = {}
    for what, curves in (("output", outputs(outcome)), ("sales", sales(outcome))):
        groups[what] = curves
        groups[f"{what} by commodity"] = by_commodity(outcome, curves)
        groups[f"{what} by country"] = by_country(outcome, curves)
        groups[f"{what} in total"] = {"total": together([*curves.values()], "total")} if curves else {}
    return groups


def desks(outcome: Outcome) -> dict[str, Desk]:
    """The applications of each authority, as far as its links have any in the records."""
    network, found = outcome.scenario.network, {}
    for name in network.regimes:
        needed = ever_needed(outcome.scenario, name)
        lanes = [lane.name for lane in network.lanes if lane.name in needed]
        links = [lane for lane in lanes if ("filed", lane) in outcome.shocked]
        if links:
            found[name] = licensing.desk_of(outcome, links, name)
    return found


def _level_figures(outcome: Outcome) -> Iterator[Figure]:
    books = [levels.backlog_of(outcome, place) for place in outcome.facilities]
    for level in (*books, *(levels.waiting_of(outcome, market) for market in outcome.markets)):
        yield from (_figure(m, level, "backlog", level.name, level.unit) for m in OF_BACKLOGS)
    for place in outcome.inputs:
        cover = levels.cover_of(outcome, place)
        yield from (_figure(m, cover, "cover", place, "days") for m in OF_COVER)


def _figure(metric: Metric[S], subject: S, group: str, where: str, unit: str, currency: str = "") -> Figure:
    units = {OWN_UNIT: unit, "currency": currency or "no price"}
    return Figure(metric.name, units.get(metric.unit, metric.unit), where, group, metric.function(subject))
