"""Writes scenarios/README.md from the scenarios and their golden tables: `python tests/scenarios_page.py`.

Nothing is run: figures are those of the golden tables, six replications at most.
"""

import json
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sim
from sim.results.assumptions import count_assumed
from sim.scenario.observed import Window
from sim.scenario.scenario import Scenario
from sim.scenario.series import series_of
from sim.scenario.units import Amount

HOME = Path(__file__).parent.parent
PAGE = HOME / "scenarios" / "README.md"
GOLDEN = Path(__file__).parent / "golden"
WIDTH = 120
LEAST = 0.001
"""Share of a year's demand or output below which a loss is not worth a headline."""
PREFACE = """\
Written by `python tests/scenarios_page.py` from the scenarios and from the golden tables of the tests, which hold six
replications at most, so figures may differ a little from what `sim run` prints. Losses are shares of demand or output
over the whole run: of the market that loses most, and of the facility that does among those nearest to the markets. A
claim is reproduced if the mean lies within what was claimed; *disputed*, in the column after it, says how many of these
somebody contradicts. A number counts as assumed if its source says so, even of a part."""
HISTORY = """\
## Held against history

Episodes that are over, each with a series of what was seen month by month or day by day (`observed:` in the file, the
figures with their sources in `observations/`). What is not known is fitted to the window *fitted*; `sim backtest` then
scores the model on the window *scored*, which the fit never saw. Where nothing is fitted, everything was set before."""


def page() -> str:
    """The whole page."""
    found = [(path, sim.load(path), _golden(path)) for path in sorted((HOME / "scenarios").glob("*.yaml"))]
    held = [(path.stem, scenario) for path, scenario, _ in found if scenario.observed]
    asked = [one for one in found if not one[1].observed]
    parts = ["# The scenarios", PREFACE, "\n".join(_overview(asked)), HISTORY, "\n".join(_history(held))]
    return "\n\n".join([*parts, *(_section(path.stem, *more) for path, *more in found)]) + "\n"


def _golden(path: Path) -> dict:
    return json.loads((GOLDEN / f"{path.stem}.json").read_text(encoding="utf-8"))


def _overview(found: list) -> Iterator[str]:
    yield "| scenario | market that loses most | maker | claims reproduced | disputed | not | disputed | assumed |"
    yield "|---|---|---|---|---|---|---|---|"
    for path, scenario, golden in found:
        said = list(golden["verdicts"].values())
        counts = [sum(word == one for one in said) for word in ("reproduced, disputed", "not reproduced, disputed")]
        good = sum(word.startswith("reproduced") for word in said)
        assumed, numbers = count_assumed(scenario)
        hit = [_short(golden, name) for name in _hit(scenario, golden)]
        cells = [f"[{path.stem}](#{path.stem})", *hit, good, counts[0], len(said) - good, counts[1]]
        yield "| " + " | ".join(str(cell) for cell in [*cells, f"{assumed} of {numbers}"]) + " |"


def _history(held: list[tuple[str, Scenario]]) -> Iterator[str]:
    yield "| episode | what was seen | fitted | scored |"
    yield "|---|---|---|---|"
    for name, scenario in held:
        for which, entry in scenario.observed.items():
            cells = [f"[{name}](#{name})", _titled(scenario, which), _window(entry.fit), _window(entry.score)]
            yield "| " + " | ".join(cells) + " |"


def _titled(scenario: Scenario, which: str) -> str:
    """The title of a series, and what its values are a share of where that is no window."""
    entry, series = scenario.observed[which], series_of(scenario, which)
    beside = ", against the year before" if entry.year_before else ""
    return f"[{series.title}]({entry.series}){beside}"


def _window(window: Window | None) -> str:
    return "nothing" if window is None else f"{window.from_} to {window.until - timedelta(days=1)}"


def _section(name: str, scenario: Scenario, golden: dict) -> str:
    assumed, numbers = count_assumed(scenario)
    parts = [
        f"## {name}",
        _wrapped(f"**{scenario.title}.** {scenario.question}"),
        _wrapped(_headline(scenario, golden)),
        "\n".join(_wrapped(line, "  ") for line in _claims(scenario, golden)),
        "\n".join(_wrapped(line, "  ") for line in _misses(scenario)),
        _wrapped(_responses(scenario)),
        _wrapped(f"{assumed} of {numbers} numbers are assumed, at least in part."),
    ]
    return "\n\n".join(part for part in parts if part)


def _steps(scenario: Scenario) -> dict[str, int]:
    """Links from each facility to the nearest market; 0 for a market."""
    steps = {node.name: 0 for node in scenario.network.nodes.values() if node.kind == "market"}
    while more := {
        lane.seller.name: steps[lane.buyer.name] + 1
        for lane in scenario.network.lanes
        if lane.buyer.name in steps and lane.seller.name not in steps
    }:
        steps |= more
    return steps


def _hit(scenario: Scenario, golden: dict) -> tuple[str, str]:
    """The market that loses the largest share, and who does of those nearest to the markets; empty if nobody does."""
    steps = _steps(scenario)
    lost = {name: row["lost_share"] for name, row in golden["losses"].items() if row.get("lost_share", 0.0) >= LEAST}
    ranked = sorted(lost, key=lambda name: (steps.get(name.split(":")[0], len(steps)), -lost[name], name))
    markets, makers = ([name for name in ranked if (":" in name) is made] for made in (False, True))
    return (markets or [""])[0], (makers or [""])[0]


def _share(golden: dict, name: str) -> str:
    return f"{100 * golden['losses'][name]['lost_share']:.3g} %"


def _short(golden: dict, name: str) -> str:
    return f"{_share(golden, name)} ({name})" if name else "nothing"


def _headline(scenario: Scenario, golden: dict) -> str:
    market, maker = _hit(scenario, golden)
    text = f"In {scenario.days:,} days "
    text += f"`{market}` goes without {_share(golden, market)} of what it wants" if market else "no market goes short"
    text += _since(golden, market)
    if maker:
        text += f"; `{maker}` makes {_share(golden, maker)} less" + _since(golden, maker)
    return text + "."


def _since(golden: dict, name: str) -> str:
    """When it first falls below its baseline, counted from the first shock."""
    day = golden["losses"].get(name, {}).get("impact_days")
    return "" if day is None else f", from {abs(day):.0f} days {'after' if day >= 0 else 'before'} the first shock on"


def _claims(scenario: Scenario, golden: dict) -> Iterator[str]:
    for name, claim in scenario.claims.items():
        figure, low, high = golden["claims"].get(name), *claim.bounds
        unit = claim.low.unit if isinstance(claim.low, Amount) else "days" if claim.measure.by[:4] == "days" else "%"
        model = "never" if figure is None else _number(figure, unit)
        yield f"- *{golden['verdicts'][name]}*: {claim.says}. Model: {model}, claimed {_range(low, high, unit)}."


def _number(value: float, unit: str) -> str:
    value = 100.0 * value if unit == "%" else value
    return f"{value:,.0f} {unit}" if abs(value) >= 1000 else f"{value:.3g} {unit}"


def _range(low: float, high: float, unit: str) -> str:
    return f"{_number(low, unit)} to {_number(high, unit)}"


def _misses(scenario: Scenario) -> Iterator[str]:
    """What the model misses in each series."""
    for which, entry in scenario.observed.items():
        if entry.misses:
            yield f"- *missed* in `{which}`: {entry.misses}"


def _responses(scenario: Scenario) -> str:
    """What there is to try."""
    words = [
        f"`{name}` ({response.kind}{'' if response.active else ', not active'})"
        for name, response in scenario.responses.items()
    ]
    return f"Responses: {', '.join(words)}." if words else ""


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
