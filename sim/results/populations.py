"""Firms of a population that stop because an input is missing: metrics with one value per replication each."""

from dataclasses import dataclass

import numpy as np

from sim.engine.records import Array
from sim.results.outcome import Outcome
from sim.scenario.facilities import Manufacturer, Refiner


@dataclass(frozen=True)
class Crowd:
    """The firms of one facility, with the shocks; shape (day, replication)."""

    name: str
    firms: int
    stopped: Array
    """Firms that make nothing that day because an input is missing."""
    ever: Array
    """Firms that did so on that day or before."""
    first: float
    """Review at which the first shock takes effect; nan without shocks."""


def crowds(outcome: Outcome) -> dict[str, Crowd]:
    """Every facility that stands for many firms."""
    records, found = outcome.shocked, {}
    for name, facility in outcome.scenario.facilities.items():
        if isinstance(facility, Refiner | Manufacturer) and facility.firms and ("stopped", name) in records:
            rows = records["stopped", name], records["ever_stopped", name]
            found[name] = Crowd(name, facility.firms, *rows, outcome.first_day)
    return {name: found[name] for name in sorted(found)}


def ever_stopped(crowd: Crowd) -> Array:
    """Share of the firms that stop at any time because an input is missing, from 0 to 1."""
    return np.asarray(crowd.ever[-1] / crowd.firms)


def most_stopped(crowd: Crowd) -> Array:
    """Largest share of the firms that stand still on one day because an input is missing, from 0 to 1."""
    return np.asarray(np.max(crowd.stopped, axis=0) / crowd.firms)


def first_stop(crowd: Crowd) -> Array:
    """Days from the first shock to the day the first firm stops; nan if none does."""
    stops = crowd.ever > 0.0
    return np.where(stops.any(axis=0), np.argmax(stops, axis=0) - crowd.first, np.nan)


def last_stop(crowd: Crowd) -> Array:
    """Days from the first shock to the first stop of the last firm that stops at all; nan if none does."""
    all_of_them = crowd.ever >= crowd.ever[-1]
    return np.where(crowd.ever[-1] > 0.0, np.argmax(all_of_them, axis=0) - crowd.first, np.nan)
