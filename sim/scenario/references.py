"""Names that must be known: checked on the plain data, so that they are told together with what the records refuse.

Nothing here assumes that the data has the right shape; what has not is passed over, for the records complain about it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from sim.errors import Problem, suggest
from sim.scenario.document import Document, Path, Tree, dotted
from sim.scenario.facilities import Facility
from sim.scenario.tree import records_in, tag_of
from sim.scenario.words import said

MAX_TOLD = 100
"""Problems told of one sort; whoever has more of them has one cause to mend."""

_SELECTING = (("shocks", ()), ("responses", ()), ("responses", ("on",)))
"""Sections whose entries select something, and the keys below."""

Words = Iterator[tuple[Path, str]]
"""Words the file says, each with its path."""


def mapping(node: Tree, *keys: str) -> dict[str, Tree]:
    """The keys below a node, or none if it is not a group of keys."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def words(node: Tree, path: Path) -> Words:
    """One word, or those in a list; `not CN` counts as CN."""
    if isinstance(node, str):
        yield path, node.removeprefix("not ").strip()
    elif isinstance(node, list):
        for at, item in enumerate(node):
            if isinstance(item, str):
                yield (*path, at), item.removeprefix("not ").strip()


@dataclass(frozen=True)
class References:
    """The names a document gives, and the places where it uses them."""

    document: Document

    @cached_property
    def data(self) -> dict[str, Tree]:
        return self.document.data

    @cached_property
    def commodities(self) -> dict[str, Tree]:
        return mapping(self.data, "commodities")

    @cached_property
    def facilities(self) -> dict[str, Tree]:
        return mapping(self.data, "facilities")

    @cached_property
    def markets(self) -> dict[str, Tree]:
        return mapping(self.data, "markets")

    @cached_property
    def makers(self) -> dict[str, list[str]]:
        """Who makes each commodity."""
        found: dict[str, list[str]] = {}
        for name in sorted(self.facilities):
            for _, product in self.products(name):
                found.setdefault(product, []).append(name)
        return found

    @cached_property
    def countries(self) -> set[str]:
        nodes = [*self.facilities.values(), *self.markets.values()]
        return {node["country"] for node in nodes if isinstance(node, dict) and isinstance(node.get("country"), str)}  # type: ignore[misc]

    def products(self, facility: str) -> Words:
        """What a facility makes."""
        key = "holds" if mapping(self.facilities, facility).get("kind") == "stockpile" else "makes"
        makes = mapping(self.facilities, facility).get(key)
        path: Path = ("facilities", facility, key)
        if isinstance(makes, dict):
            yield from (((*path, product), product) for product in makes)
        else:
            yield from words(makes, path)

    def purchases(self) -> Iterator[tuple[Path, str, dict[str, Tree]]]:
        """Each purchase: its path, what is bought, and what it says."""
        for name in self.facilities:
            for commodity, purchase in mapping(self.facilities, name, "buys").items():
                yield ("facilities", name, "buys", commodity), commodity, mapping(purchase)
        for name in self.markets:
            market = mapping(self.markets, name)
            wants = market.get("wants")
            yield ("markets", name), wants if isinstance(wants, str) else "", market

    def scopes(self) -> Iterator[tuple[Path, dict[str, Tree]]]:
        """Each place where something is selected by its properties."""
        for name in mapping(self.data, "licences"):
            yield ("licences", name, "scope"), mapping(self.data, "licences", name, "scope")
            abroad = ("licences", name, "foreign_made", "links")
            yield abroad, mapping(self.data, *abroad)
            for section in ("approval", "barred", "general_share", "classes"):
                for rule in mapping(self.data, "licences", name, section):
                    path = ("licences", name, section, rule)
                    yield path, mapping(self.data, *path)
        for section, below in (*_SELECTING, ("claims", ("measure",)), ("observed", ("measure",))):
            for name in mapping(self.data, section):
                for key in ("where", "links", "who", "by"):
                    path = (section, name, *below, key)
                    yield path, mapping(self.data, *path)

    def problem(self, path: Path, says: str, warning: bool = False) -> Problem:
        return Problem(dotted(path), says, self.document.place(path), warning)


def unknown_names(document: Document) -> list[Problem]:
    """Every name that is used and not known, and warnings about those that may be a slip."""
    references = References(document)
    return [problem for rule in RULES for problem in islice(rule(references), MAX_TOLD)]


def _sellers(names: References) -> Iterator[Problem]:
    for path, commodity, purchase in names.purchases():
        for seller in mapping(purchase, "from"):
            at = (*path, "from", seller)
            if seller in names.markets and seller not in names.facilities:
                yield names.problem(at, f"'{seller}' is a market, and markets sell nothing: name a facility")
            elif seller not in names.facilities:
                yield names.problem(at, f"no facility {said(seller)}.{_help(seller, names.facilities)}")
            elif commodity in names.commodities:
                made = [product for _, product in names.products(seller)]
                # Where a name is misspelt, that it is unknown is the one thing to say.
                if commodity not in made and names.commodities.keys() >= {*made} != set():
                    yield names.problem(at, _not_made(seller, commodity, made, names))


def _not_made(seller: str, commodity: str, made: list[str], names: References) -> str:
    makers = names.makers.get(commodity, [])
    who = f"{_listed(makers)} make{'s' if len(makers) == 1 else ''} it" if makers else "nobody makes it"
    return f"'{seller}' does not make {said(commodity)}, it makes {_listed(made)}; {who}"


def _commodities(names: References) -> Iterator[Problem]:
    if not names.commodities:
        return  # one complaint, that there are none, is enough
    for path, word in _commodities_used(names):
        if word not in names.commodities:
            yield names.problem(path, f"no commodity {said(word)}.{_help(word, names.commodities)}")


def _commodities_used(names: References) -> Words:
    for facility in names.facilities:
        yield from names.products(facility)
        for key in ("recipe", "buys"):
            used = mapping(names.facilities, facility, key)
            yield from ((("facilities", facility, key, commodity), commodity) for commodity in used)
    for market in names.markets:
        yield from words(mapping(names.markets, market).get("wants"), ("markets", market, "wants"))
    for regime in mapping(names.data, "licences"):
        path: Path = ("licences", regime, "controls")
        yield from words(mapping(names.data, "licences", regime).get("controls"), path)
        for below, key in (("foreign_made", "goods"), ("look_alikes", "commodity")):
            said_of = mapping(names.data, "licences", regime, below).get(key)
            yield from words(said_of, ("licences", regime, below, key))
    for shock in mapping(names.data, "shocks"):
        yield from words(mapping(names.data, "shocks", shock).get("commodity"), ("shocks", shock, "commodity"))
    for response in mapping(names.data, "responses"):
        for key in ("commodity", "replaces", "use"):
            word = mapping(names.data, "responses", response).get(key)
            yield from words(word if isinstance(word, str | list) else None, ("responses", response, key))
        seen = mapping(names.data, "responses", response, "on")
        yield from words(seen.get("commodity"), ("responses", response, "on", "commodity"))
    for path, scope in names.scopes():
        yield from words(scope.get("commodity"), (*path, "commodity"))


def _nodes_in_scopes(names: References) -> Iterator[Problem]:
    nodes = names.facilities | names.markets
    known = {"id": nodes, "buyer": nodes, "seller": names.facilities}
    for path, scope in names.scopes():
        for key, nodes_known in known.items():
            what = "facility" if key == "seller" else "facility or market"
            for at, word in words(scope.get(key), (*path, key)):
                if word not in nodes_known:
                    yield names.problem(at, f"no {what} {said(word)}.{_help(word, nodes_known)}")


def _contracts(names: References) -> Iterator[Problem]:
    """Both sides of an offtake."""
    nodes = names.facilities | names.markets
    for name in mapping(names.data, "shocks"):
        shock, path = mapping(names.data, "shocks", name), ("shocks", name)
        for at, word in words(shock.get("seller"), (*path, "seller")):
            if word not in names.facilities:
                yield names.problem(at, f"no facility {said(word)}.{_help(word, names.facilities)}")
        for buyer in mapping(shock, "to"):
            if buyer not in nodes:
                says = f"no facility or market {said(buyer)}.{_help(buyer, nodes)}"
                yield names.problem((*path, "to", buyer), says)


def _kinds_in_scopes(names: References) -> Iterator[Problem]:
    kinds = [*(tag_of(record) for _, record in records_in(Facility)), "market"]
    for path, scope in names.scopes():
        for at, word in words(scope.get("kind"), (*path, "kind")):
            if word not in kinds:
                yield names.problem(at, f"unknown kind {said(word)}.{suggest(word, kinds)} One of: {', '.join(kinds)}")


def _authorities(names: References) -> Iterator[Problem]:
    known = mapping(names.data, "licences")
    for shock in mapping(names.data, "shocks"):
        path: Path = ("shocks", shock, "authority")
        for at, word in words(mapping(names.data, "shocks", shock).get("authority"), path):
            if word not in known:
                yield names.problem(at, f"no authority {said(word)} under licences.{_help(word, known)}")


def _shocks_and_stockpiles(names: References) -> Iterator[Problem]:
    """What responses wait for and draw on."""
    shocks = mapping(names.data, "shocks")
    piles = [name for name in names.facilities if mapping(names.facilities, name).get("kind") == "stockpile"]
    for response in mapping(names.data, "responses"):
        path, stated = ("responses", response), mapping(names.data, "responses", response)
        said_by: list[tuple[Path, Tree]] = [((*path, "before"), stated.get("before"))]
        for key in ("on", "until"):
            point = mapping(stated, key)
            said_by += [((*path, key, word), point.get(word)) for word in ("announced", "effective")]
        for at, word in said_by:
            if isinstance(word, str) and word not in shocks:
                yield names.problem(at, f"no shock {said(word)}.{_help(word, shocks)}")
        for at, word in words(stated.get("stockpile"), (*path, "stockpile")):
            if word not in piles:
                yield names.problem(at, f"no stockpile {said(word)} under facilities.{_help(word, piles)}")


def _countries(names: References) -> Iterator[Problem]:
    for path, word in _countries_used(names):
        if word not in names.countries:
            says = f"no facility or market is in {said(word)}.{_help(word, sorted(names.countries))}"
            yield names.problem(path, says, warning=True)


def _countries_used(names: References) -> Words:
    for section in ("licences", "shocks"):
        for name in mapping(names.data, section):
            yield from words(mapping(names.data, section, name).get("country"), (section, name, "country"))
    for path, scope in names.scopes():
        for key in ("country", "origin", "destination"):
            yield from words(scope.get(key), (*path, key))


def _one_name_each(names: References) -> Iterator[Problem]:
    for name in names.markets:
        if name in names.facilities:
            says = f"a facility is called {said(name)} too: give one of them another name, such as '{name[:40]}_users'"
            yield names.problem(("markets", name), says)


def _help(word: str, known: dict[str, Tree] | list[str]) -> str:
    """A suggestion, or else what there is, as the end of a message."""
    if near := suggest(word, known):
        return near
    return f" Known: {_listed(list(known))}" if known else " None is given"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name[:60]}'" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


RULES = (
    _sellers,
    _commodities,
    _nodes_in_scopes,
    _contracts,
    _kinds_in_scopes,
    _authorities,
    _shocks_and_stockpiles,
    _countries,
    _one_name_each,
)
"""To add a rule: write its function, then list it here."""
