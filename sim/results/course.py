"""The course of one place through one spell: it fell, stopped, started again and was back."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.results import sentences as say
from sim.results.causes import Cause, curve_of
from sim.results.chronicle import Chronicle
from sim.results.losses import TOLERANCE
from sim.results.outcome import Outcome
from sim.results.shortages import Noted
from sim.results.spells import Spell, first_day

NEARLY_ALL = 0.95
"""Share of its baseline at which the lowest day of a place is not worth a sentence."""


def write(
    chronicle: Chronicle, noted: Noted, place: str, spell: Spell, causes: Sequence[Cause], roots: Sequence[str]
) -> None:
    """Write down one spell of a place; `causes` are what most of it is charged to, `roots` the shocks behind it."""
    subject, is_market = name_of(noted.outcome, place), place in noted.outcome.markets
    why = say.why(causes, is_market, is_payback(noted, place, spell))
    nothing, left = _nothing(noted, place), _left(noted, place)[: spell.last + 1]
    stopped = first_day(nothing[: spell.last + 1], spell.first)
    low = spell.first + int(np.argmin(left[spell.first :]))
    if stopped != spell.first:
        fell = say.fell(subject, is_market, left[low] if low == spell.first else 1.0)
        chronicle.add(spell.first, place, say.LOSS, f"{fell}: {why}", roots)
    if stopped is not None:
        because = f": {why}" if stopped == spell.first else ""
        chronicle.add(stopped, place, say.STOP, f"{say.stopped(subject, is_market)}{because}", roots)
        started = first_day(~nothing[: spell.last + 1], stopped)
        if started is not None:
            chronicle.add(started, place, say.RESTART, say.started(subject, is_market))
    elif left[low] < NEARLY_ALL and low > spell.first:
        chronicle.add(low, place, say.LOW, say.lowest(subject, left[low], is_market))
    _end(chronicle, place, subject, spell)


def _end(chronicle: Chronicle, place: str, subject: str, spell: Spell) -> None:
    if spell.last + 1 < chronicle.outcome.days:
        chronicle.add(spell.last + 1, place, say.RECOVERY, f"{subject} was back at its baseline")
    else:
        chronicle.add(spell.last, place, say.END, f"when the run ended, {subject} was still below its baseline")


def is_payback(noted: Noted, place: str, spell: Spell) -> bool:
    """Whether a place had made more before a spell than half of what it makes less in it."""
    return ahead(noted, place, spell) >= spell.missing / 2


def ahead(noted: Noted, place: str, spell: Spell) -> float:
    """How much more than its baseline a place had made when a spell began."""
    curve = curve_of(noted, place)
    return float((curve.shocked - curve.baseline)[: spell.first, 0].sum())


def name_of(outcome: Outcome, place: str) -> str:
    """How a place is called in a sentence: the facility, with the product where it makes several."""
    if place in outcome.markets:
        return place
    node, commodity = outcome.facilities[place]
    return node.name if len(node.commodities) == 1 else f"{node.name} ({commodity})"


def _nothing(noted: Noted, place: str) -> NDArray[np.bool_]:
    """Days with nothing where the baseline has something."""
    curve = curve_of(noted, place)
    gone = (curve.shocked <= TOLERANCE * np.maximum(curve.baseline, 1e-30)) & (curve.baseline > 0.0)
    return np.asarray(gone[:, 0])


def _left(noted: Noted, place: str) -> Array:
    """Share of its baseline by day; 1 where the baseline has nothing."""
    curve = curve_of(noted, place)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(curve.baseline > 0.0, curve.shocked / curve.baseline, 1.0)[:, 0])
