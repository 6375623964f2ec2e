"""What the records refuse, said in the language of the file."""

import re
from collections.abc import Callable, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problem, closest, suggest
from sim.scenario.document import Document, Path, Tree, dotted
from sim.scenario.hints import EXAMPLES, MEANT, example_for
from sim.scenario.scenario import SEED_LIMIT
from sim.scenario.tree import ANY, TAGS, choices, fields_of, homes, record_at, tag_of, words_in
from sim.scenario.words import said

MAX_TOLD = 100
"""Problems told in one report."""


def problems_of(error: ValidationError, document: Document) -> list[Problem]:
    """Every complaint of the records as a problem with its place; beyond `MAX_TOLD` only how many there are."""
    details = sorted(error.errors(include_url=False), key=lambda detail: _line(detail, document))
    told, rest = details[:MAX_TOLD], details[MAX_TOLD:]
    misspelt = {_meant(detail, document.data) for detail in told if detail["type"] == "extra_forbidden"}
    problems = [
        _problem(detail, document)
        for detail in told
        if detail["type"] != "missing" or path_of(detail, document.data)[0] not in misspelt
    ]
    if rest:
        place = document.place(path_of(rest[0], document.data)[0])
        problems.append(Problem("", f"from here on there are {len(rest):,} more problems: mend the first ones", place))
    return problems


def _line(detail: ErrorDetails, document: Document) -> tuple[int, int]:
    place = document.place(path_of(detail, document.data)[0])
    return (place.line, place.column) if place else (0, 0)


def _meant(detail: ErrorDetails, data: Tree) -> Path:
    """The path of the key that an unknown one was meant to be: it is not missing as well."""
    path, _ = path_of(detail, data)
    record = record_at(path[:-1], data)
    return (*path[:-1], closest(str(path[-1]), fields_of(record))) if record else path


def _problem(detail: ErrorDetails, document: Document) -> Problem:
    path, value = path_of(detail, document.data)
    kind = detail["type"]
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, "kind")
    say = _SAY.get(kind, _as_it_is)
    return Problem(dotted(path), say(detail, path, value, document.data), document.place(path))


def path_of(detail: ErrorDetails, data: Tree) -> tuple[Path, Tree]:
    """The path as the file has it, and what stands there: some of pydantic's own steps name types."""
    path: Path = ()
    here = data
    for at, part in enumerate(detail["loc"], 1):
        if isinstance(here, dict) and part in here:
            here = here[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        elif detail["type"] != "missing" or at < len(detail["loc"]):
            continue
        path = (*path, part)
    return path, detail["input"] if detail["loc"][-1:] == ("[key]",) else here


def _as_it_is(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    return detail["msg"].removeprefix("Value error, ")


def _missing(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    key = str(path[-1])
    record = record_at(path[:-1], data)
    info = fields_of(record).get(key) if record else None
    words = words_in(info.annotation) if info else ()
    example = example_for(key, info) if info else ""
    example = example or " or ".join(words)
    return f"'{key}' is missing; for example `{key}: {example}`" if example else f"'{key}' is missing"


def _unknown_key(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    key, around = str(path[-1]), path[:-1]
    record = record_at(around, data)
    known = fields_of(record) if record else {}
    elsewhere = _belongs(key, around, value, data)
    if elsewhere:
        return f"unknown key {said(key)}; {elsewhere}"
    if near := suggest(key, known):
        return f"unknown key {said(key)}.{near}"
    meant = MEANT.get(closest(key, MEANT), "")
    if meant not in known:
        meant = closest(key, homes()) or meant
    if meant:
        where = "" if meant in known else f" It {_home(meant, around)}."
        return f"unknown key {said(key)}. Did you mean '{meant}'?{where}"
    return f"unknown key {said(key)}. Known here: {', '.join(known)}"


def _belongs(key: str, around: Path, value: Tree, data: Tree) -> str:
    """Where the key is known, if it is: with another kind, or at another place."""
    kinds = [tag_of(record) for record in choices(around, data) if key in fields_of(record)]
    if kinds:
        return f"it is a key of kind {', '.join(kinds)}"
    word = value.get("kind") if isinstance(value, dict) else None
    for section in ("facilities", "shocks"):
        if word in [tag_of(record) for record in choices((section, key), data)] and len(around) == 0:
            return f"a {word} belongs under {section}"
    home = _home(key, around)
    return f"it {home}" if home else ""


def _home(key: str, around: Path) -> str:
    """`belongs under facilities.<name>`: of the places where the key is known, the one nearest to here."""
    found = homes().get(key, [])
    if not found:
        return ""
    home = max(found, key=lambda path: (_alike(path, around), -len(path)))
    shared = _alike(home, around)
    names = (*around[:shared], *("<name>" if part == ANY else part for part in home[shared:]))
    return f"belongs under {dotted(names)}" if names else "belongs at the top, without indentation"


def _alike(pattern: Path, path: Path) -> int:
    """How many first steps a path shares with a pattern."""
    pairs = zip(pattern, path, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a not in (b, ANY)), min(len(pattern), len(path)))


def _unknown_kind(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    word = value.get("kind") if isinstance(value, dict) else None
    return f"unknown kind {said(word)}.{_one_of(str(word), _kinds(path, data))}"


def _no_kind(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    return f"'kind' is missing; one of: {', '.join(_kinds(path, data))}"


def _kinds(path: Path, data: Tree) -> list[str]:
    return [tag_of(record) for record in choices(path[:-1], data)]


def _one_of(word: str, known: list[str]) -> str:
    return f"{suggest(word, known)} One of: {', '.join(known)}"


def _unknown_word(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    known = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
    return f"{said(value)} is not known here.{_one_of(str(value), known)}"


def _not_keys(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    record = record_at(path, data) or next(iter(choices(path, data)), None)
    if record is None:
        return f"a group of named entries is due here, and this is {said(value)}{_example(path)}"
    needed = [key for key, info in fields_of(record).items() if info.is_required()] or list(fields_of(record))
    needed.sort(key=lambda key: key not in TAGS)
    return f"a group of keys is due here ({', '.join(needed[:6])}), and this is {said(value)}{_example(path)}"


def _example(path: Path) -> str:
    return f"; for example `{path[-1]}: {EXAMPLES[str(path[-1])]}`" if path and path[-1] in EXAMPLES else ""


def _not_text(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    if isinstance(value, int | float):
        bare = said(value).strip("'")
        return f"a text is due here, and this is a number or truth value: write '{bare}', in quotes"
    return f"a text is due here, and this is {said(value)}{_example(path)}"


def _not_words(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    return f"a word or a list of words is due here, `{path[-1]}: [a, b]`, and this is {said(value)}"


def _not_truth(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    return f"true or false is due here, and this is {said(value)}"


def _empty(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    if not isinstance(value, list | dict):
        return f"this is empty: write something here{_example(path)}"
    return f"this has no entry: at least one is needed{_example(path)}"


def _too_long(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    limit = detail.get("ctx", {}).get("max_length")
    return f"{said(value)} has {len(str(value))} characters: at most {limit} are allowed; what is longer fits in `note`"


def _not_whole(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    limit = f" and below 2^64 ({SEED_LIMIT})" if path[-1:] == ("seed",) else ""
    quotes = ", without quotes" if isinstance(value, str) else ""
    return f"a whole number of 0 or more{limit} is due here{quotes}, and this is {said(value)}"


def _not_number(detail: ErrorDetails, path: Path, value: Tree, data: Tree) -> str:
    quotes = ", without quotes" if isinstance(value, str) else ""
    return f"a number above 0 is due here{quotes}, and this is {said(value)}"


_SAY: Mapping[str, Callable[[ErrorDetails, Path, Tree, Tree], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _unknown_kind,
    "union_tag_not_found": _no_kind,
    "literal_error": _unknown_word,
    "model_type": _not_keys,
    "model_attributes_type": _not_keys,
    "dict_type": _not_keys,
    "string_type": _not_text,
    "tuple_type": _not_words,
    "bool_type": _not_truth,
    "string_too_short": _empty,
    "too_short": _empty,
    "string_too_long": _too_long,
    "int_type": _not_whole,
    "greater_than_equal": _not_whole,
    "less_than": _not_whole,
    "float_type": _not_number,
    "greater_than": _not_number,
}
