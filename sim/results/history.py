"""Pages in Markdown about what a back-test found: one for all episodes, and one for each."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from sim.results.backtest_tables import TIE, TITLES, Trial
from sim.results.claims import Verdict
from sim.results.sightings import Sighting, whole_of
from sim.results.table import Cell, Column, Table
from sim.scenario.document import Path, Tree, dotted
from sim.scenario.scenario import Scenario
from sim.scenario.uncertain import Uncertain

WORLD: Final = ("facilities", "markets", "licences", "shocks", "responses")
"""Sections whose numbers an episode may set, beside what is uncertain."""
_CLAIMED: Final = (
    Column("episode", "episode"),
    Column("says", "seen"),
    Column("low", "from"),
    Column("high", "to"),
    Column("model", "model"),
    Column("unit", "unit"),
    Column("finding", "finding"),
)
_SET: Final = (Column("path", "number"), Column("value", "value"), Column("source", "source"))
_WORDS: Final = ("source", "note", "kind", "distribution", "tags")


class Held(Protocol):
    """What a page needs of the runs of an episode."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """`periods`, and `fitted` if something was fitted."""

    @property
    def sightings(self) -> Mapping[str, Sighting]:
        """Every series."""


class Told(Protocol):
    """What a page needs of an episode."""

    @property
    def name(self) -> str:
        """Of its file."""

    @property
    def scenario(self) -> Scenario:
        """What was run."""

    @property
    def sighted(self) -> Held:
        """Its runs."""

    @property
    def trials(self) -> list[Trial]:
        """Its scored series."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Its claims."""


def index_page(episodes: Sequence[Told], tables: Mapping[str, Table]) -> str:
    """One table for all episodes, the shapes, the claims, and in plain words where the model does not win."""
    parts = [
        "# Held against history",
        "Errors are mean absolute errors as a share of the usual level, over periods that nothing was fitted to. "
        "`model` is the median of the replications that the fit kept; `one run` a single one of them. A naive forecast "
        f"is `not beaten` where its error is not larger than that of the model by at least {TIE:g}.",
        markdown(tables["backtest"]),
        *in_words(episodes),
        "## Trough and return",
        markdown(tables["shapes"]),
        "## What was dated rather than counted",
        markdown(tables["claims"]),
        "## Episodes",
        "\n".join(f"- [{episode.scenario.title}]({episode.name}.md)" for episode in episodes),
    ]
    return "\n\n".join(parts) + "\n"


def in_words(episodes: Sequence[Told]) -> Iterator[str]:
    """For each series, whether the model beats every naive forecast, and what it misses."""
    for episode in episodes:
        for trial in episode.trials:
            name = f"**{episode.name}, {trial.sighting.seen.name}**"
            if trial.unbeaten:
                yield f"{name}: the model does not beat {_listed(trial.unbeaten)}. {trial.sighting.seen.entry.misses}"
            else:
                yield f"{name}: the model beats every naive forecast. {trial.sighting.seen.entry.misses}"


def _listed(names: Sequence[str]) -> str:
    words = [f"*{TITLES[name]}*" for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def episode_page(episode: Told) -> str:
    """Question, picture, scores, what was fitted and set, and every period."""
    scenario, held = episode.scenario, episode.sighted
    parts = [f"# {scenario.title}", scenario.question]
    if held.sightings:
        parts.append(f"![What was seen beside the model]({episode.name}.png)")
    parts += [f"**What to believe.** {scenario.believe}"] if scenario.believe else []
    for trial in episode.trials:
        parts += [f"## {trial.sighting.seen.series.title}, % of {whole_of(trial.sighting.seen)}", _score_words(trial)]
    parts += ["## Fitted", *_fitted(held)]
    parts += ["## Set for this episode", *_set(scenario)]
    if episode.verdicts:
        parts += ["## What was dated", markdown(claims_table([(episode.name, one) for one in episode.verdicts]))]
    if held.sightings:
        parts += ["## Every period", markdown(held.tables["periods"]), *_notes(held)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _score_words(trial: Trial) -> str:
    own, entry = trial.of_model, trial.sighting.seen.entry
    window = entry.score
    assert window is not None
    naive = ", ".join(f"{TITLES[name]} {score.error:.2f}" for name, score in trial.of_naive.items())
    told = [
        f"Scored on {own.periods} periods from {window.from_} until {window.until}: the median is off by "
        f"{own.error:.3f} of usual on average (a single run by {trial.alone:.3f}); {naive}.",
        f"Bias {own.bias:+.3f}; rank correlation {_or_none(own.rank)}; sum {_percent(own.total)}; "
        f"{100 * trial.coverage:.0f} % of periods lie in the 80 % band.",
    ]
    if trial.unbeaten:
        told.append(f"**The model does not beat {_listed(trial.unbeaten)}.**")
    return " ".join([*told, entry.misses])


def _percent(share: float) -> str:
    return "none" if math.isnan(share) else f"{100 * share:+.0f} %"


def _or_none(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.2f}"


def _fitted(held: Held) -> Iterator[str]:
    if "fitted" not in held.tables:
        yield "Nothing was fitted to this episode."
        return
    windows = [(name, one.seen.entry.fit) for name, one in held.sightings.items()]
    told = [f"{name} from {window.from_} until {window.until}" for name, window in windows if window]
    yield f"Fitted to {' and '.join(told)}; what is kept of each range:"
    yield markdown(held.tables["fitted"])


def _notes(held: Held) -> Iterator[str]:
    yield "\n".join(f"- {note}" for note in held.tables["periods"].notes)


def _set(scenario: Scenario) -> Iterator[str]:
    document = scenario.document
    own = document.keys["title",].file
    if all(place.file == own for place in document.keys.values()):
        yield "The whole scenario was written for this episode; its sources stand in the file."
        return
    rows = [(dotted(path), str(value), _source(document.data, path)) for path, value in _own(scenario, own)]
    rows += [(name, _range(entry), entry.source) for name, entry in scenario.uncertain.items()]
    yield markdown(Table("set", _SET, tuple(rows))) if rows else "Nothing."


def _own(scenario: Scenario, file: str) -> Iterator[tuple[Path, Tree]]:
    """Every number or word of the world that stands in this file, and not in one it extends."""
    document = scenario.document
    for path, value in _leaves(document.data):
        if path[0] in WORLD and document.keys[_known(path, document.keys)].file == file:
            yield path, value


def _source(node: Tree, path: Path) -> str:
    """The source of the nearest record around a value."""
    found = ""
    for key in path:
        node = node.get(key) if isinstance(node, dict) and isinstance(key, str) else None
        said = node.get("source") if isinstance(node, dict) else None
        found = said if isinstance(said, str) else found
    return found


def _range(entry: Uncertain) -> str:
    """What is drawn from, in words."""
    kind = getattr(entry.spread, "distribution", "")
    return f"{kind}, {' to '.join(str(quantity) for quantity in entry.spread.quantities())}"


def _known(path: Path, keys: Mapping[Path, object]) -> Path:
    """The nearest enclosing path that has a place."""
    while path not in keys:
        path = path[:-1]
    return path


def _leaves(node: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in _WORDS:
                yield from _leaves(value, (*path, key))
    elif isinstance(node, list):
        yield path, ", ".join(map(str, node))
    else:
        yield path, node


def claims_table(verdicts: Sequence[tuple[str, Verdict]]) -> Table:
    """What was said, between which bounds, and what the model finds; each with the name of its episode."""
    rows = []
    for episode, one in verdicts:
        bounds = [_short(x) for x in (*one.claim.bounds, one.summary.mean)]
        rows.append((episode, one.claim.says, *bounds, one.unit, one.words))
    return Table("claims", _CLAIMED, tuple(rows))


def _short(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.3g}")


def markdown(table: Table) -> str:
    """The columns that are shown on screen as a table in Markdown."""
    shown = [i for i, column in enumerate(table.columns) if column.shown]
    titles = [_title(table.columns[i]) for i in shown]
    aligned = [("---:" if _is_number(table, i) else "---") for i in shown]
    lines = [titles, aligned, *([_cell(row[i], table.columns[i]) for i in shown] for row in table.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _title(column: Column) -> str:
    return f"{column.title}, {column.unit}" if column.unit else column.title


def _is_number(table: Table, i: int) -> bool:
    return any(isinstance(row[i], int | float) and not isinstance(row[i], bool) for row in table.rows)


def _cell(value: Cell, column: Column) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{100 * value:.0f}" if column.unit == "%" else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value).replace("|", "\\|").replace("\n", " ")
