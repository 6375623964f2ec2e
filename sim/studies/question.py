"""A sweep asked for in a file: the scenario it is about, what varies, and how it is gone about.

    scenario: fab_30_days.yaml
    vary:
      shocks.stock_rule.cover: 10:90:10 days
      facilities.fab_tw.finished_cover: [1 day, 5 days]
    replications: 50

Every key but `scenario` may be left out, and what the command line says counts more than what the file says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Problem, ScenarioError, suggest
from sim.scenario.document import Document, Tree
from sim.scenario.fields import read_share
from sim.scenario.files import read_file, read_inside
from sim.scenario.words import said

KEYS: Mapping[str, str] = {
    "scenario": "scenario: fab_30_days.yaml",
    "vary": "vary: {shocks.ban.duration: 10:90:10 days}",
    "design": "design: lhs",
    "size": "size: 64",
    "replications": "replications: 50",
    "seed": "seed: 1",
    "readings": "readings: [output_loss.eu_cars]",
    "precision": "precision: 5 %",
}
"""What a study file may say, each with an example."""


@dataclass(frozen=True)
class Question:
    """What a study file says."""

    scenario: Path
    vary: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    design: str = "grid"
    size: int | None = None
    replications: int | None = None
    seed: int | None = None
    readings: tuple[str, ...] = ()
    precision: float | None = None


def question_in(path: Path) -> Question:
    """What a file asks: all it says if it is a study file, which names its scenario; else the scenario it is.

    Raises ScenarioError with everything that is wrong with a study file; the scenario is read later.
    """
    document = read_file(path)
    if "scenario" not in document.data:
        return Question(path)
    if problems := list(_wrong(document)):
        raise ScenarioError(problems)
    data = document.data
    return Question(
        scenario=read_inside(path, str(data["scenario"]), document.keys["scenario",]),
        vary={path: _values(value) for path, value in _mapping(data.get("vary")).items()},
        design=str(data.get("design", "grid")),
        size=_count(data.get("size")),
        replications=_count(data.get("replications")),
        seed=_count(data.get("seed")),
        readings=_texts(data.get("readings")),
        precision=None if data.get("precision") is None else read_share(data["precision"]),
    )


def _wrong(document: Document) -> Iterator[Problem]:
    for key, value in document.data.items():
        says = _unknown(key) if key not in KEYS else _misfit(key, value)
        if says:
            yield Problem(key, says, document.place((key,)))


def _unknown(key: str) -> str:
    return f"a study file has no key '{key[:60]}'.{suggest(key, KEYS)} It has {', '.join(KEYS)}"


def _misfit(key: str, value: Tree) -> str:
    """What is wrong with the value of a known key; empty if nothing."""
    match key:
        case "vary":
            fits = isinstance(value, dict) and all(_is_values(inner) for inner in value.values())
        case "readings":
            fits = isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
        case "size" | "replications" | "seed":
            fits = isinstance(value, int) and not isinstance(value, bool) and value >= (key != "seed")
        case "precision":
            return _no_share(value)
        case _:
            fits = isinstance(value, str)
    return "" if fits else f"{said(value)} does not fit: write for example `{KEYS[key]}`"


def _no_share(value: Tree) -> str:
    try:
        read_share(value)
    except ValueError as error:
        return str(error)
    return ""


def _is_values(value: Tree) -> bool:
    single = isinstance(value, str | int | float) and not isinstance(value, bool)
    return single or (isinstance(value, list) and bool(value) and not any(isinstance(v, dict | list) for v in value))


def _values(value: Tree) -> str | tuple[str, ...]:
    """A range or a distribution as a text, a list as its values."""
    return tuple(map(_text, value)) if isinstance(value, list) else _text(value)


def _text(value: Tree) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mapping(value: Tree) -> dict[str, Tree]:
    return value if isinstance(value, dict) else {}


def _count(value: Tree) -> int | None:
    return value if isinstance(value, int) else None


def _texts(value: Tree) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),) if value is not None else ()
