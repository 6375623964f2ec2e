"""What Jupyter shows of a scenario and of every result: short, complete enough to read, and inert."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from worlds import chain, outage, scenario_of

import sim
from sim.results.table import Column, Table
from sim.results.table_card import card_of
from sim.scenario.rich_display import MOST_LETTERS, MOST_LINES, Card

HOSTILE = '<script>alert(1)</script><img src=x onerror="f()"> $x$ \\(y\\) \u202e'
ALLOWED = {"div", "strong", "p", "table", "thead", "tbody", "tr", "th", "td"}
SCENARIO = Path(__file__).parent.parent / "scenarios" / "fab_30_days.yaml"
COVER = "facilities.plant_1.buys.good_0.cover"


class Tags(HTMLParser):
    """What stands in a piece of HTML."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.seen, self.said = [], [], []
        self.attributes = set()
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


def world(**more):
    return scenario_of(chain((30,), shocks={"fire": outage("mine", 60, 60)}, title=HOSTILE) | more)


def shown_of(what: str):
    """One of each kind of thing that is shown, of a world with a hostile name."""
    scenario = world()
    match what:
        case "scenario":
            return scenario
        case "run":
            return sim.run(scenario)
        case "vary":
            return sim.vary(scenario, COVER, "10:90:20 days")
        case "explain":
            return sim.explain(scenario, at="users")
        case "sweep":
            return sim.sweep(scenario, {COVER: "10:90:2 days"})
        case "compare":
            return sim.compare(scenario, variants={f"more {HOSTILE}": {COVER: "60 days"}})
        case "stress":
            return sim.stress(scenario, ttr="60 days")
        case "sensitivity":
            return sim.sensitivity(scenario, [f"{COVER}=10:50 days"], size=4, readings=["loss_days.users"])
    return sim.seek(scenario, {COVER: "10:90:10 days"}, "loss_share.users < 5 %")


KINDS = ("scenario", "run", "vary", "explain", "sweep", "compare", "stress", "sensitivity", "seek")


@pytest.mark.parametrize("what", KINDS)
def test_everything_is_shown_as_a_short_card_that_runs_nothing(what):
    shown = shown_of(what)
    html = shown._repr_html_()
    tags = Tags(html)
    assert set(tags.seen) <= ALLOWED and tags.attributes <= {"style"}
    assert "<script>alert(1)</script>" in "".join(tags.said)  # the title, as text
    assert "$" not in html and "\\" not in html and "\u202e" not in html
    assert 2 <= tags.seen.count("tr") <= MOST_LINES + 1
    assert len(html) < 20_000


@pytest.mark.parametrize("what", ("scenario", "run"))
def test_without_html_it_is_one_line(what):
    format = pytest.importorskip("IPython.core.formatters").DisplayFormatter().format
    shown, _ = format(shown_of(what))
    assert shown["text/html"].startswith("<div")
    assert shown["text/plain"].startswith("<script>") and shown["text/plain"].endswith("rows")
    assert "\n" not in shown["text/plain"] and "\u202e" not in shown["text/plain"]


def test_rows_beyond_the_most_are_counted_and_not_shown():
    rows = [(f"row {i}",) for i in range(MOST_LINES + 3)]
    html = Card("many", header=("name",), rows=rows).html()
    assert f"row {MOST_LINES - 1}" in html and f"row {MOST_LINES}" not in html
    assert "3 more rows" in html


def test_a_long_text_is_cut_before_it_is_made_inert():
    html = Card("&" * 2 * MOST_LETTERS).html()
    assert html.count("&amp;") == MOST_LETTERS - 1 and "…" in html


def test_a_column_with_nothing_to_say_is_left_out_and_a_share_is_in_percent():
    columns = (Column("a", "name"), Column("b", "empty"), Column("c", "lost", "%"), Column("d", "hidden", shown=False))
    card = card_of("title", Table("t", columns, (("x", None, 0.25, "y"),), ("a note",)), notes=["another"])
    assert [*card.header] == ["name", "lost (%)"] and card.rows == [("x", "25.0")]
    assert card.notes == ("a note", "another")


def test_a_comparison_says_first_which_is_best():
    found = shown_of("compare")
    assert found.card().says == found.best


def test_a_stress_test_shows_the_worst_object_first():
    card = shown_of("stress").card()
    assert card.rows[0][0] == "1"


def test_loading_a_scenario_to_show_it_imports_no_pandas_and_no_pictures():
    code = (
        f"import sim, sys; sim.load({str(SCENARIO)!r})._repr_html_();"
        "print([n for n in ('pandas', 'matplotlib', 'numba') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
