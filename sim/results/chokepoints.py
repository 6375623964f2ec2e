"""The tables of `sim network`: where supply is concentrated, who depends on whom, and how long a loss is survived."""

from collections.abc import Iterable, Sequence
from typing import Final

from sim.results.dependence import Dependence
from sim.results.supply import Supply, by_country, herfindahl, largest, met_by_anyone, met_over_links
from sim.results.survival import Reach
from sim.results.table import Cell, Column, Table
from sim.scenario.scenario import Scenario

_CONCENTRATION: Final = (
    Column("commodity", "commodity"),
    Column("output", "output", "", "plan output per day"),
    Column("need", "need", "", "plan use per day", shown=False),
    Column("unit", "per day", meaning="of output and need"),
    Column("makers", "makers", meaning="facilities with a plan output"),
    Column("herfindahl", "HHI", meaning="Herfindahl index of plan output by facility, 1/n to 1"),
    Column("top", "largest maker"),
    Column("top_share", "share", "%", "of plan output"),
    Column("met_without_top", "met without it", "%", "share of need, if every maker could serve every buyer"),
    Column("linked_without_top", "over links", "%", "the same over the links there are, standby included"),
    Column("countries", "countries", meaning="countries with a plan output"),
    Column("herfindahl_country", "HHI", meaning="Herfindahl index of plan output by country"),
    Column("top_country", "largest country"),
    Column("top_country_share", "share", "%", "of plan output"),
    Column("met_without_country", "met without it", "%", "share of need, if every maker could serve every buyer"),
    Column("linked_without_country", "over links", "%", "the same over the links there are, standby included"),
)


def concentration_table(scenario: Scenario, supplies: Sequence[Supply]) -> Table:
    """A row per commodity: how concentrated its output is, and what is left without the largest (*N-1 supply*)."""
    rows = [_concentration(scenario, supply) for supply in supplies]
    note = (
        "met without it: of the need of all buyers, those of its own country too, if it makes nothing and the others "
        "all they have capacity for; by-products and what runs flat stay at plan, stocks do not count, and inputs and "
        "time to switch are taken for granted; over links: as far as links lead there, those standing by too"
    )
    return Table("concentration", _CONCENTRATION, tuple(rows), (note,))


def _concentration(scenario: Scenario, supply: Supply) -> tuple[Cell, ...]:
    total, countries = sum(supply.made.values()), by_country(supply)
    top, top_country = largest(supply.made), largest(countries)

    def alone(facility: str) -> bool:
        return facility == top

    def together(facility: str) -> bool:
        return supply.country[facility] == top_country

    return (
        *(supply.commodity, total, sum(supply.need.values()), scenario.commodities[supply.commodity].base),
        *(sum(made > 0.0 for made in supply.made.values()), herfindahl(supply.made.values())),
        *(top or None, supply.made[top] / total if top else None),
        *((met_by_anyone(supply, alone), met_over_links(supply, alone)) if top else (None, None)),
        *(sum(made > 0.0 for made in countries.values()), herfindahl(countries.values())),
        *(top_country or None, countries[top_country] / total if top_country else None),
        *((met_by_anyone(supply, together), met_over_links(supply, together)) if top else (None, None)),
    )


_DEPENDENCE: Final = (
    Column("country", "country", meaning="where it is used"),
    Column("commodity", "commodity"),
    Column("use", "use", meaning="plan use per day"),
    Column("unit", "per day", meaning="of use"),
    Column("abroad", "imported", "%", "share of use bought from other countries"),
    Column("top_source", "most from"),
    Column("top_source_share", "bought there", "%", "share of use bought from that country"),
    Column("top_origin", "hangs most on", meaning="the country whose exports it could least do without"),
    Column(
        "top_origin_share", "missing without", "%", "share of use missing in the end without that country's exports"
    ),
)
_ORIGINS: Final = (
    *_DEPENDENCE[:2],
    Column("origin", "origin", meaning="another country"),
    Column("direct", "bought there", "%", "share of use bought from that country"),
    Column("traced", "missing without", "%", "share of use missing in the end without that country's exports"),
)


def dependence_table(scenario: Scenario, found: Iterable[Dependence]) -> Table:
    """A row per country and commodity it uses: what is imported, and on whom it hangs."""
    rows = []
    for one in found:
        source, origin = largest(one.direct), largest(one.traced)
        rows.append(
            (
                *(one.country, one.commodity, one.use, scenario.commodities[one.commodity].base, one.abroad),
                *(source or None, one.direct.get(source), origin or None, one.traced.get(origin)),
            )
        )
    note = (
        "missing without: exports of that country stop for good anywhere in the chain, nobody makes more or buys "
        "elsewhere; of several inputs of a plant the worst counts, as far as the plant depends on it"
    )
    return Table("dependence", _DEPENDENCE, tuple(rows), (note,))


def origins_table(found: Iterable[Dependence]) -> Table:
    """A row per country, commodity it uses and country that it hangs on."""
    rows = [
        (one.country, one.commodity, origin, one.direct.get(origin, 0.0), one.traced.get(origin, 0.0))
        for one in found
        for origin in sorted({*one.direct, *one.traced})
    ]
    return Table("origins", _ORIGINS, tuple(rows))


_SURVIVAL: Final = (
    Column("lost", "lost", meaning="a country's exports, a plant or a link"),
    Column("what", "how"),
    Column("country", "country", shown=False),
    Column("market", "missed first by", meaning="the market whose demand is missed first"),
    Column("first_days", "missed after", "days", "days until demand is first missed, goods under way included"),
    Column("survives_days", "survives", "days", "time to survive: the longest it can be lost with all demand met"),
    Column("share", "there", "%", "share of that market's demand missing in the end"),
    Column("worst", "hit hardest", meaning="the market that misses most in the end"),
    Column("worst_share", "missing", "%", "share of that market's demand missing in the end"),
    Column("markets", "markets", meaning="how many markets miss demand"),
)
_REACH: Final = (
    *_SURVIVAL[:2],
    Column("node", "node", meaning="a facility whose output falls, or a market that misses demand"),
    Column("node_country", "in"),
    Column("falls_days", "falls after", "days", "days until output or sales fall, goods under way included"),
    Column("share", "missing", "%", "share of its plan that is missing in the end"),
)
HOWS = ("exports stop", "plant stops", "link shut")


def survival_table(scenario: Scenario, reaches: Iterable[Reach]) -> Table:
    """A row per loss: who misses demand first, after how long, and how long a loss nobody notices."""
    markets = {name for name, node in scenario.network.nodes.items() if node.kind == "market"}
    ordered = sorted(reaches, key=lambda r: (HOWS.index(r.loss.what), r.survives_days, r.loss.name))
    notes = (
        "missed after, survives: from stocks, goods under way, shares and dependence alone; nobody makes more than "
        "planned, no share moves and no standby link wakes, so the true time is longer where others can step in",
        "there, missing: buyers go on ordering their usual part, so more is missing in the end where a plant that "
        "stands still takes less from one that makes several products",
    )
    return Table("survival", _SURVIVAL, tuple(_survival(reach, markets) for reach in ordered), notes)


def _survival(reach: Reach, markets: set[str]) -> tuple[Cell, ...]:
    hit = {name: share for name, (_, share) in reach.falls.items() if name in markets}
    worst = largest(hit)
    return (
        *(reach.loss.name, reach.loss.what, reach.loss.country, reach.market or None, reach.first_days),
        *(reach.survives_days, hit.get(reach.market), worst or None, hit.get(worst), len(hit)),
    )


def reach_table(scenario: Scenario, reaches: Iterable[Reach]) -> Table:
    """A row per loss and node that feels it."""
    ordered = sorted(reaches, key=lambda r: (HOWS.index(r.loss.what), r.loss.name))
    rows = [
        (reach.loss.name, reach.loss.what, name, scenario.network.nodes[name].country, days, share)
        for reach in ordered
        for name, (days, share) in sorted(reach.falls.items(), key=lambda item: (item[1][0], item[0]))
    ]
    return Table("reach", _REACH, tuple(rows))
