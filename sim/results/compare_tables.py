"""Tables and words of a comparison."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from sim.results.compared import EVEN, HARMS, REFERENCE, UNKNOWN, Comparison, Difference
from sim.results.cost_tables import MILLION, NAMED, TEN_MILLIONS
from sim.results.outlays import BESIDE, PARTS, Extra
from sim.results.side import Side
from sim.results.statistics import mean_interval
from sim.results.table import Cell, Column, Estimate, Table
from sim.results.terminal import number

MANY: Final = 5
"""Alternatives from which on some are expected to seem to help by chance alone."""
UNLIKE: Final = 1e-6
"""Share by which worlds without shocks must differ to be worth a word."""

MONEY: Final = (
    *("avoided_value", "extra_cost", "dearer", "tariff", "holding", "expediting", "without_shocks", "purchase"),
)
"""Columns that hold money in whatever row."""
AMOUNTS: Final = ("lost", "avoided")

_COMPARED: Final = (
    Column("place", "place", meaning="market, facility and what it makes, or a total"),
    Column("alternative", "alternative"),
    Column("lost", "lost", "", "output or sales lost against its own world without shocks; mean", True, brief=True),
    Column("unit", "unit", meaning="of what is lost and avoided"),
    Column("lost_share", "lost", "%", "lost, as a share of its own baseline; mean with 95 % interval", True),
    Column("avoided", "avoided", "", "lost less than by the reference, paired; mean with 95 % interval", True),
    Column(
        "avoided_share", "avoided", "%", "avoided, as a share of what the reference loses; 95 % interval", True,
        brief=True,
    ),
    Column("avoided_value", "value avoided", "", "avoided × price without the shocks", True, brief=True),
    Column("extra_cost", "extra cost", "", "what it costs more than the reference, paired; with 95 % interval", True),
    Column("currency", "in", meaning="of value and cost"),
    Column("per_cost", "avoided per cost", "", "mean avoided over mean extra cost; Fieller's 95 % interval", True),
    Column("per_cost_unit", "per cost in", meaning="unit of what is avoided per cost", shown=False),
    Column("rank", "rank", meaning="of those that avoid a loss beyond chance: 1 is best"),
    Column("standing", "standing", meaning="helps, harms, changes nothing, or it is not known", shown=False),
    Column("n", "n", meaning="replications", shown=False),
    Column("note", "note"),
)  # fmt: skip


def compared_table(found: Sequence[Comparison], notes: Sequence[str] = ()) -> Table:
    """For each place a row for the reference, then one for each alternative, the best first."""
    rows = [_row(one.place, said) for one in found for said in (one.reference, *one.others)]
    return Table("compared", _COMPARED, tuple(rows), tuple(notes))


def _row(place: str, one: Difference) -> tuple[Cell, ...]:
    known = math.isfinite(one.per_cost.mean)
    return (
        *(place, one.name, one.lost, one.unit, one.share, one.avoided, one.avoided_share, one.value, one.cost),
        *(one.currency or None, one.per_cost, f"{one.worth_unit}/{one.currency}" if known else None, one.rank),
        *(one.standing if one.note != REFERENCE else "reference", one.n, one.note or None),
    )


_COSTS: Final = (
    Column("alternative", "alternative"),
    Column("extra_cost", "extra cost", "", "dearer + duty + holding + haste, more than the reference; paired", True),
    Column("dearer", "dearer", "", "goods × what they cost above their price without the shocks", True, brief=True),
    Column("tariff", "duty", "", "duty on what is bought", True, brief=True),
    Column("holding", "holding", "", "cost of stock held, from the first day to the last", True, brief=True),
    Column("expediting", "haste", "", "paid on top for goods sent in haste", True, brief=True),
    Column("without_shocks", "without shocks", "", "extra cost in a run without shocks", True, brief=True),
    Column("purchase", "goods bought", "", "goods × price of the day at every stage: turnover, and no cost", True,
           brief=True),
    Column("currency", "in"),
    Column("n", "n", meaning="replications", shown=False),
)  # fmt: skip


def costs_table(sides: Sequence[Side], costs: Sequence[Extra | None]) -> Table:
    """A row for each alternative whose cost is known: what it costs more than the reference, by part."""
    pairs = zip(sides[1:], costs, strict=True)
    rows: list[tuple[Cell, ...]] = [
        (side.name, *_figures(cost, side.n), cost.currency, side.n) for side, cost in pairs if cost
    ]
    return Table("costs", _COSTS, tuple(rows), tuple(cost_notes(sides, costs)) if rows else ())


def _figures(cost: Extra, n: int) -> list[Estimate]:
    parts = [cost.struck[part] for part in PARTS]
    arrays = [cost.total, *parts, cost.total_calm, cost.struck[BESIDE]]
    return [Estimate(*mean_interval(np.broadcast_to(values, (n,)))) for values in arrays]


def cost_notes(sides: Sequence[Side], costs: Sequence[Extra | None]) -> list[str]:
    """What the costs hold, and what is left out of them."""
    if not all(costs):
        return [_why_no_costs(sides)]
    notes = [
        "extra cost: what is paid more than the reference for dearer goods, duty, holding stock and haste, over the "
        "whole run; what it takes to build, qualify, substitute or agree is not in the model"
    ]
    left = sorted({name for cost in costs if cost for name in cost.left_out})
    if left:
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        notes.append(f"cost: left out for want of a price: {', '.join(left[:NAMED])}{more}")
    stating = sorted({name for side in sides for name in side.holding})
    notes += [f"cost of holding stock of {', '.join(stating)} only"] if stating else ["cost of holding not reckoned"]
    return notes


def _why_no_costs(sides: Sequence[Side]) -> str:
    currencies = {side.outlays.currency for side in sides}
    if "" in currencies:
        why = "something traded has no price" if len(currencies) > 1 else "nothing that is traded has a price"
    elif len(currencies) > 1:
        why = f"prices are in {' and '.join(sorted(currencies))}"
    else:
        why = "no cost of holding, tariff or surcharge is stated"
    return f"ranked by loss avoided alone, for costs cannot be compared: {why}"


def side_notes(sides: Sequence[Side], total: str) -> list[str]:
    """In what the worlds that are compared differ, so that a difference is not only a loss avoided."""
    reference, notes = sides[0], list[str]()
    for side in sides[1:]:
        notes += _only_in(side, reference) + _only_in(reference, side)
        if (side.days, side.start) != (reference.days, reference.start):
            notes.append(
                f"{side.name} runs {side.days} days from {side.start}, {reference.name} {reference.days} days from "
                f"{reference.start}: losses are over each one's own run"
            )
        notes += _calm_note(side, reference, total) + _unit_note(side, reference, total)
    return list(dict.fromkeys(notes))


def _only_in(one: Side, other: Side) -> list[str]:
    """Places of one that the other has not; totals aside."""
    only = [name for name, loss in one.losses.items() if name not in other.losses and not loss.what.is_group]
    more = f" and {len(only) - NAMED} more" if len(only) > NAMED else ""
    return [f"in {one.name} and not in {other.name}: {', '.join(only[:NAMED])}{more}"] if only else []


def _calm_note(side: Side, reference: Side, total: str) -> list[str]:
    """Where one has more than the other without any shock, which no loss shows."""
    one, other = side.losses.get(total), reference.losses.get(total)
    if one is None or other is None or not one.is_like(other):
        return []
    mine, theirs = float(np.mean(one.calm)), float(np.mean(other.calm))
    if theirs == 0.0 or abs(mine / theirs - 1.0) < UNLIKE:
        return []
    return [
        f"{side.name} has {number(100.0 * (mine / theirs - 1.0))} % of {total} beyond {reference.name} also without "
        "the shocks; what it loses is against its own"
    ]


def _unit_note(side: Side, reference: Side, total: str) -> list[str]:
    """Where the totals are not the same thing."""
    one, other = side.losses.get(total), reference.losses.get(total)
    if one is None or other is None:
        return []
    if not one.is_like(other):
        return [
            f"{total}: {one.what.unit} in {side.name} and {other.what.unit} in {reference.name}, or weighed "
            "differently; so in days of each one's own plan"
        ]
    if one.what.weights.keys() != other.what.weights.keys():
        return [f"{total}: not of the same places in {side.name} and in {reference.name}"]
    return []


def chance_note(found: Comparison, is_random: bool) -> list[str]:
    """What many intervals at once do not say."""
    if not is_random or len(found.others) < MANY:
        return []
    return ["each interval holds by itself: of 20 alternatives that do nothing one seems to help, or to harm"]


def best_words(found: Comparison) -> str:
    """The best of the alternatives in a sentence or two, or why there is none."""
    best = [one for one in found.others if one.rank == 1]
    if not best:
        return _none_words(found)
    names, one = " and ".join(one.name for one in best), best[0]
    it = "It avoids" if len(best) == 1 else "Each avoids"
    of_all = f", {number(100.0 * one.avoided_share.mean)} % of what {found.reference.name} loses"
    share = of_all if math.isfinite(one.avoided_share.mean) else ""
    said = f"{amount_words(one.avoided, one.unit, one.currency)} of {found.place}{_interval(one, one.avoided)}{share}"
    if not found.by_cost:
        return f"Best, costs aside: {names}. {it} {said}."
    if one.is_free:
        return f"Best for its cost: {names}. {it} {said}, and costs nothing more as far as costs are known."
    cost = amount_words(one.cost, one.currency, one.currency)
    ratio = f"{number(one.per_cost.mean)} {one.worth_unit} for each {one.currency}{_interval(one, one.per_cost)}"
    return f"Best for its cost: {names}. {it} {said}, and costs {cost} more: it avoids {ratio}."


def _none_words(found: Comparison) -> str:
    reference, standings = found.reference.name, {one.standing for one in found.others}
    if not found.others:
        return f"No alternative has {found.place}."
    if standings == {EVEN}:
        return f"Nothing differs from {reference}: {found.place} loses the same in all of them."
    if UNKNOWN in standings:
        few = next(one.note for one in found.others if one.standing == UNKNOWN)
        return f"Which is best cannot be told: {few}. Use more --replications."
    worse = [one.name for one in found.others if one.standing == HARMS]
    if worse:
        return f"Nothing loses less than {reference} beyond chance; more is lost by {', '.join(worse[:NAMED])}."
    return f"Nothing differs from {reference} beyond chance."


def amount_words(one: Estimate, unit: str, currency: str) -> str:
    """The mean with its unit, in millions where it is much money."""
    if unit == currency and abs(one.mean) >= TEN_MILLIONS:
        return f"{number(one.mean / MILLION)} million {unit}"
    return f"{number(one.mean)} {unit}"


def _interval(of: Difference, one: Estimate) -> str:
    """An interval of it in words, where there is one that says more than the mean."""
    if not math.isfinite(one.low + one.high) or math.isclose(one.low, one.high):
        return ""
    in_millions = of.unit == of.currency and one is of.avoided and abs(one.mean) >= TEN_MILLIONS
    scale = MILLION if in_millions else 1.0
    return f" (95 %: {number(one.low / scale)} to {number(one.high / scale)}, n = {of.n})"


def for_screen(table: Table) -> Table:
    """Money in millions where any of it comes to ten millions or more; values once, where amounts are values."""
    names = [column.name for column in table.columns]
    most = max((_size(row[i]) for row in table.rows for i in _money_in(names, row)), default=0.0)
    rows = [_row_for_screen(names, row, most >= TEN_MILLIONS) for row in table.rows]
    units = {row[names.index("unit")] == row[names.index("currency")] for row in table.rows} if "unit" in names else {}
    twice = "avoided_value" if units == {True} else ""
    columns = tuple(replace(c, shown=c.shown and c.name != twice) for c in table.columns)
    return replace(table, columns=columns, rows=tuple(rows))


def _money_in(names: Sequence[str], row: Sequence[Cell]) -> list[int]:
    """Where money stands in a row: also amounts, where they are values."""
    is_value = "unit" in names and row[names.index("unit")] == row[names.index("currency")]
    return [i for i, name in enumerate(names) if name in MONEY or (is_value and name in AMOUNTS)]


def _row_for_screen(names: Sequence[str], row: tuple[Cell, ...], in_millions: bool) -> tuple[Cell, ...]:
    money = _money_in(names, row) if in_millions else []
    cells = [_in_millions(cell) if i in money else cell for i, cell in enumerate(row)]
    for i, name in enumerate(names):
        if in_millions and cells[i] and (name == "currency" or (name == "unit" and names.index("lost") in money)):
            cells[i] = f"million {cells[i]}"
        if name == "note" and cells[i] == REFERENCE:
            cells[i] = None
    return tuple(cells)


def _size(cell: Cell) -> float:
    return abs(cell.mean) if isinstance(cell, Estimate) and math.isfinite(cell.mean) else 0.0


def _in_millions(cell: Cell) -> Cell:
    if not isinstance(cell, Estimate):
        return cell
    return Estimate(cell.mean / MILLION, cell.low / MILLION, cell.high / MILLION)
