"""Which goods made abroad need whose licence: the table of `sim content`."""

import datetime
import math
from collections.abc import Sequence
from typing import Final

from sim.results.table import Cell, Column, Table
from sim.scenario.caught import Tracing
from sim.scenario.network import Lane
from sim.scenario.scenario import Scenario

_CONTENT: Final = (
    Column("authority", "authority"),
    Column("rule", "rule", meaning="the shock that imposes the licence, or since when it is in force"),
    Column("from", "from", meaning="first day of the rule, or on which planned shares change what is inside"),
    Column("until", "until", meaning="first day on which it no longer is so"),
    Column("link", "link"),
    Column("seller", "seller", shown=False),
    Column("seller_country", "made in", shown=False),
    Column("buyer", "buyer", shown=False),
    Column("buyer_country", "sold to", shown=False),
    Column("commodity", "commodity", shown=False),
    Column("content", "content", "%", "controlled goods of the authority's country inside, as a share of the price"),
    Column("threshold", "threshold", "%", "content above which a licence is needed"),
    Column("caught", "licence", meaning="whether a licence is needed"),
    Column("inputs", "comes in by", meaning="controlled goods inside, with the share of the content each brings"),
    Column(
        "path", "most of it by way of", meaning="the chain of sellers that brings most, from the controlled goods on"
    ),
    Column("path_share", "of content", "%", "share of the content that this chain brings"),
    Column("worth", "content per unit", meaning="in money, per base unit of the good", shown=False),
    Column("price", "price", meaning="per base unit of the good", shown=False),
    Column("currency", "currency", shown=False),
    Column("unit", "unit", meaning="base unit of the good", shown=False),
    Column("remark", "remark"),
)

NOTES = (
    "content: controlled goods that came out of the authority's country, at their price, by plan amounts and shares; "
    "co-products by value; dated changes of shares counted, what responses and shortages do to flows is not",
    "goods sold into the authority's country, or that cross no border, are not reached",
)
NOBODY = "no authority reaches goods made abroad: say which, and above what content, under `foreign_made` of a licence"


def content_table(scenario: Scenario, tracings: Sequence[Tracing]) -> Table:
    """A row for each link of a foreign-made good, under each rule and for each time that differs."""
    reaches = any(regime.foreign_made for regime in scenario.licences.values())
    rows = [_row(scenario, tracing) for tracing in tracings]
    return Table("content", _CONTENT, tuple(rows), NOTES if reaches else (NOBODY,))


def _row(scenario: Scenario, tracing: Tracing) -> tuple[Cell, ...]:
    lane, commodity = tracing.lane, scenario.commodities[tracing.lane.commodity]
    price = commodity.price
    inputs = ", ".join(f"{name} {100 * share:.3g} %" for name, share in tracing.inputs)
    return (
        *(tracing.authority, _rule(tracing), _date(scenario, tracing.first), _date(scenario, tracing.last), lane.name),
        *(lane.seller.name, lane.seller.country, lane.buyer.name, lane.buyer.country, lane.commodity),
        *(tracing.share, tracing.threshold, tracing.caught, inputs or None, _chain(tracing.path)),
        *(tracing.path_share if tracing.path else None, tracing.worth, price.value if price else None),
        *(
            price.currency if price else None,
            commodity.base,
            None if tracing.within else "outside the scope of the rule",
        ),
    )


def _rule(tracing: Tracing) -> str:
    return tracing.rule or ("from the beginning" if tracing.in_force else "never in force")


def _date(scenario: Scenario, day: float) -> str | None:
    if not math.isfinite(day) or not day < scenario.days:
        return None
    return (scenario.start + datetime.timedelta(days=math.ceil(day))).isoformat()


def _chain(path: Sequence[Lane]) -> str | None:
    """`separator_cn > magnets_jp > motors_vn: oxide`: who hands it on, and as what it began."""
    if not path:
        return None
    return f"{' > '.join([path[0].seller.name, *(lane.buyer.name for lane in path)])}: {path[0].commodity}"
