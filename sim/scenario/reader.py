"""YAML text to plain data with the place of every key.

The rules are fewer than YAML's: no anchors, aliases, merge keys or tags, one document, every key a text. Plain `10`,
`-3`, `0.5` and `1e3` are numbers, `true` and `false` are truth values, nothing, `~` and `null` are None. All else is
text: `NO`, `2025-04-04`, `12:30:00`, `+20`, `007` and whatever stands in quotes.
"""

from sim.errors import Place, Problem, ScenarioError, suggest
from sim.scenario.builder import build
from sim.scenario.document import Document, Path, Places, Tree, dotted, split_dotted, without

EXAMPLE = """
    title: My first scenario
    start: 2025-01-01
    horizon: 365 days
    facilities:
      mine_a: {kind: mine, country: AU, makes: ore, capacity: 10 kt/year, source: assumed}"""


def read_text(text: str, file: str) -> Document:
    """The document a text holds. Raises ScenarioError with every problem that can be told."""
    builder = build(text, file)
    if isinstance(builder.root, dict) and builder.root:
        return Document(builder.root, builder.keys, builder.values)
    found = {list: "a list", dict: "nothing", type(None): "nothing"}.get(type(builder.root), "a single value")
    says = f"a scenario is a mapping of keys, and this holds {found}. The smallest start is{EXAMPLE}"
    raise ScenarioError([Problem("", says, Place(file, 1, 1))])


def set_value(document: Document, path: str, value_text: str) -> Document:
    """A copy in which the value at a dotted path is another; the last key of the path may be new.

    The value is a single value, `[…]` or `{…}`, read by the rules of the file. A key with a dot in it is
    quoted: `links."a.b".share`.
    """
    place = Place("--set", 1, 1, " ".join(f"{path}={value_text}".split()))
    keys = split_dotted(path)
    if keys is None:
        raise ScenarioError([Problem("", f"'{path}' is no path of keys: write it as shocks.fire.size", place)])
    value, below = _read_value(value_text, path, place)
    data = dict(document.data)
    box = data
    for depth, key in enumerate(keys[:-1]):
        inner = dict(_inside(box, keys, depth, place))
        box[key] = inner
        box = inner
    box[keys[-1]] = value
    new: Places = {(*keys, *path): place for path in below}
    return Document(data, without(document.keys, [keys]) | new, without(document.values, [keys]) | new)


def value_of(text: str, path: str) -> Tree:
    """What a value given in one line is in a file."""
    return _read_value(text, path, Place("--set", 1, 1, f"{path}={text}"))[0]


def _inside(box: dict[str, Tree], keys: tuple[str, ...], depth: int, place: Place) -> dict[str, Tree]:
    """The mapping under one key of a `--set` path."""
    key, path = keys[depth], dotted(keys[: depth + 1])
    if key not in box:
        raise ScenarioError([Problem(path, f"there is no key '{key}' here.{suggest(key, box)}", place)])
    found = box[key]
    if isinstance(found, dict):
        return found
    remedy = f"set it as a whole: {path}=[a, b]" if isinstance(found, list) else f"set it as a whole: {path}=…"
    raise ScenarioError([Problem(path, f"this has no keys of its own; {remedy}", place)])


def _read_value(text: str, path: str, place: Place) -> tuple[Tree, list[Path]]:
    """The value and the paths of all that is in it."""
    try:
        builder = build(text, place.file)
    except ScenarioError as error:
        raise type(error)([Problem(path, problem.says, place) for problem in error.problems]) from None
    if isinstance(builder.root, dict | list) and not text.lstrip().startswith(("{", "[")):
        says = "the value reads as keys or a list of its own: put it in quotes if it is text, in {…} or […] if not"
        raise ScenarioError([Problem(path, says, place)])
    return builder.root, list(dict.fromkeys([(), *builder.keys, *builder.values]))
