"""Writes docs/against.md from runs of this engine beside other programs: `python tests/against_page.py`.

Every number comes from the cases of `test_against_*.py`; what does not agree stops it.
"""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import test_against_boario as boario
import test_against_literature as literature
import test_against_queueing as queueing
import test_against_stockpyl as stockpyl
import test_against_supplynetpy as supplynetpy
from aside import PEERS
from pairs import (
    START,
    Pairs,
    Row,
    assemblies_beside_stockpyl,
    losses_beside_boario,
    losses_beside_supplynetpy,
    rows_beside_stockpyl,
)

PAGE = Path(__file__).parent.parent / "docs" / "against.md"
WIDTH = 120
PREFACE = """\
# Beside other programs

Written by `python tests/against_page.py`, which installs three other open programs aside and lives through the same
systems with them; `tests/test_against_*.py` are the tests, with the derivations by hand. Demand is 100 a day throughout
unless said. Speeds are in [benchmarks.md](benchmarks.md).

## What agrees
"""
HEAD = ("system", "beside", "what is compared", "cases", "numbers", "agrees to")
DIFFERS = """\
## What differs, and why

**Timing.** An order takes a day of mail here: a position is cover, a day and the transit. In stockpyl that is an order
lead time of 1; in SupplyNetPy, where orders arrive at once, each buyer aims at a day less. An event of BoARIO is felt
the day after. BoARIO counts an inventory in the morning, we count stock in the evening; its threshold ψ of s + 1 days
is ours of s, times (s + 1) / s."""


def cell(agreed: str, pairs: Sequence[Pairs], names: Sequence[Sequence[str]], rel: float, floor: float = 0.0) -> str:
    """The last three cells of a row. Raises RuntimeError if any number is further off than `rel` of it and `floor`."""
    count = 0
    for one, wanted in zip(pairs, names, strict=True):
        for name in wanted:
            ours, other = np.atleast_1d(*one[name])
            if not np.allclose(ours, other, rtol=rel, atol=floor):
                raise RuntimeError(f"{name} differs by {np.abs(ours - other).max()}: no page is written")
            count += ours.size
    return f"{len(pairs)} | {count:,} | {agreed}"


def without(pairs: Sequence[Pairs], *parts: str) -> list[list[str]]:
    return [[name for name in one if not name.startswith(parts)] for one in pairs]


def agreements() -> Iterator[str]:
    yield "| " + " | ".join(HEAD) + " |"
    yield "| --- | --- | --- | --: | --: | --- |"
    rows = rows_beside_stockpyl(list(stockpyl.ROWS.values()))
    says = "stocks, shipments and what users wait for, every day"
    yield line(
        "Base-stock row, first node out", "stockpyl", says, cell("1e-9", rows, without(rows, "backlog"), 0.0, 1e-9)
    )
    built = assemblies_beside_stockpyl(list(stockpyl.ASSEMBLIES.values()))
    says = "stock of the missing component, output, backlog and waiting, every day"
    names = without(built, "stock of b")
    yield line("Assembly, one of two components out", "stockpyl", says, cell("1e-9", built, names, 0, 1e-9))
    lost = losses_beside_supplynetpy(supplynetpy.OUTAGES)
    says = "sales and lost sales in all; lost = d·max(0, T + ΣL − ΣS/d)"
    yield line("Row of warehouses, supplier out", "SupplyNetPy", says, cell("1e-6", lost, without(lost), 0, 1e-6))
    sectors = losses_beside_boario(boario.LOSSES)
    cut = [{name: tuple(side[: boario.moving(one)] for side in pair) for name, pair in one.items()} for one in sectors]
    says = "output and inventories, every day until settled"
    numbers = cell("1e-9, relative", cut, without(cut), 1e-9, 1e-7)
    yield line("Row of sectors, first loses a share", "BoARIO", says, numbers)
    yield line("M/M/c desk", "SimPy", "the moment of each decision", desk())
    cost = literature.expected_cost(8000)
    if abs(cost - 2737.069) > 5e-4:
        raise RuntimeError(f"a base stock of 8,000 costs {cost}: no page is written")
    says = f"cost of a day at S = 8,000: {cost:,.3f}"
    yield line(
        "Newsvendor with disruptions, d = 2,000", "Snyder & Shen, example 9.3", says, "1 | 1 | the digits printed"
    )


def line(system: str, beside: str, *cells: str) -> str:
    """A row; a program is named with the version that is installed aside."""
    version = PEERS[beside][0].partition("==")[2] if beside in PEERS else ""
    return "| " + " | ".join([system, f"{beside} {version}".rstrip(), *cells]) + " |"


def desk() -> str:
    count = 0
    for queue, settings in queueing.QUEUES.items():
        filed, reviews, decided = queueing.poisson_filings(*settings, count=10_000)
        if not np.allclose(decided, queueing.reviewed_by_simpy(filed, reviews, settings[2]), rtol=0, atol=1e-7):
            raise RuntimeError(f"{queue} differs: no page is written")
        count += len(decided)
    return f"{len(queueing.QUEUES)} | {count:,} | 1e-7 days"


def differences() -> Iterator[str]:
    waits, row = rows_beside_stockpyl([stockpyl.ROWS["beyond all cover"], Row(25, spare=9.0)]), Row(25)
    ours, other = waits[0]["backlog of mine"]
    yield (
        "**Orders that cannot be served.** In stockpyl a node passes every order on to its supplier, here a facility "
        "orders what it used. So more orders wait at sellers there: exactly what waits at their buyers too, a day "
        f"later. In a row with an outage of {row.length} days at most {other.max():,.0f} wait at the first node, here "
        f"{ours.max():,.0f}; and an assembly there goes on buying the component that is not missing. Goods move on the "
        "same days as long as capacity decides how fast the shortage is made up."
    )
    ours, other = (1 + int(np.flatnonzero(side > 1e-6)[-1]) - START - row.length for side in waits[1]["waiting users"])
    yield (
        "**Capacity beyond all need.** Then stockpyl sends at once all that was ordered meanwhile, and here every "
        f"facility sends a position at a time. Of a row with ten times the capacity, users wait until {other} days "
        f"after the outage in stockpyl and {ours} days here. What is sold in all is the same."
    )
    (tie,) = losses_beside_supplynetpy(supplynetpy.TIES[:1])
    ours, other = tie["lost"]
    yield (
        "**Goods and customers at one moment.** Where the last lane takes a day, SupplyNetPy lets customers come "
        f"before the goods: a day's demand more is lost, {other:,.0f} for our {ours:,.0f}."
    )
    yield (
        "**Settled inventories.** Once what comes in is within one part in 100,000 of what is used, BoARIO leaves an "
        "inventory as it is, and output stays as far from its limit. Totals differ by less than that."
    )
    yield (
        "**Not compared.** Rationing between final and intermediate demand, overproduction and reconstruction of "
        "BoARIO have no counterpart here, nor do orders in lots, which example 9.1 of Snyder & Shen (EOQ with "
        "disruptions) needs: buyers here order every day what they lack."
    )


def wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def page() -> str:
    """The whole page."""
    return (
        PREFACE + "\n" + "\n".join(agreements()) + "\n\n" + "\n\n".join([DIFFERS, *map(wrapped, differences())]) + "\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
