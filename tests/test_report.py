"""The report: one page that needs nothing, says what the tables say, and in which no name can run."""

import builtins
import json
import re
import warnings
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from worlds import chain, outage, variant

import sim
from sim.cli.main import verbs
from sim.errors import OutputError, ScenarioError
from sim.results.report import html as paper
from sim.results.report.grid import MOST_ROWS, condensed, grid
from sim.results.table import Column, Estimate, Table
from sim.results.terminal import number, written
from sim.studies import report as studied

LUCK = {"distribution": "gamma", "mean": "9 days", "sd": "4 days"}
SHOCKS = {"fire": outage("mine", 30, 40), "flood": outage("plant_1", 50, 10)}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|'/C calc'!A0",
    "磁铁制造商",
    r"$\frac{$",
]
WORLD = chain(covers=(10,), transits=[LUCK, 2], shocks=SHOCKS, days=120)
VARY = ("--vary", "shocks.fire.duration=20:40:20 days")
FOLDERS = {
    "run": ("run", "w.yaml"),
    "vary": ("run", "w.yaml", *VARY),
    "sweep": ("sweep", "w.yaml", *VARY),
    "compare": ("compare", "w.yaml", "x.yaml"),
    "stress": ("stress", "w.yaml"),
    "explain": ("explain", "w.yaml", "--at", "plant_1"),
    "sensitivity": ("sensitivity", "w.yaml", "--vary", "shocks.fire.duration=20:40 days", "--size", 2),
    "oat": ("sensitivity", "w.yaml", "--vary", "shocks.fire.duration=20:40 days", "--method", "oat"),
    "seek": (
        *("seek", "w.yaml", "--vary", "shocks.fire.duration=10:40:10 days"),
        *("--until", "output_loss.plant_1 < 20 %"),
    ),
}


class Page(HTMLParser):
    """Tags with their attributes, tables as rows of text, and all text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.texts, self.within = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in ("meta", "img", "br"):
            self.within.append(tag)

    def handle_endtag(self, tag):
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data):
        self.texts.append((self.within[-1] if self.within else "", data))
        if {"td", "th"} & set(self.within):
            self.rows[-1][-1] += data

    def of(self, tag):
        return "".join(text for within, text in self.texts if within == tag)

    @property
    def words(self):
        return " ".join("".join(text for within, text in self.texts if within not in ("style", "script")).split())


def command(*said, code=0):
    done = CliRunner().invoke(verbs, [str(word) for word in said], prog_name="sim")
    assert done.exit_code == code, done.output
    return done.stdout + done.stderr


def page_of(file):
    return Page(file.read_text("utf-8"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder of every kind, each with its report."""
    home = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        (home / "w.yaml").write_text(json.dumps(WORLD), encoding="utf-8")
        other = variant(WORLD, {"facilities.plant_1.buys.good_0.cover": "30 days"})
        (home / "x.yaml").write_text(json.dumps(other), encoding="utf-8")
        for name, words in FOLDERS.items():
            command(*words, "--replications", 3, "--seed", 11, "--out", name, "--quiet")
            assert "Written to" in command("report", name, "--quiet")
    return home


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A run whose every name tries to be more than a name, and its report."""
    home = tmp_path_factory.mktemp("hostile")
    text = json.dumps(WORLD, ensure_ascii=False)
    for name, bad in zip(("plant_1", "good_0", "fire", "good_1", "users"), HOSTILE, strict=True):
        text = text.replace(f'"{name}"', json.dumps(bad, ensure_ascii=False))
    data = json.loads(text) | {"title": HOSTILE[0], "question": HOSTILE[1], "believe": "".join(HOSTILE)}
    scenario = sim.loads(json.dumps(data, ensure_ascii=False))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no installed font")
        return sim.report(sim.run(scenario, replications=2, seed=1), home / "r.html")


# Nothing is fetched, and nothing runs but the sort


@pytest.mark.parametrize("name", FOLDERS)
def test_a_page_of_every_kind_needs_nothing_from_anywhere(folders, name):
    page = page_of(folders / name / "report.html")
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "form", "base", "video", "audio", "svg")
        assert not any(key.startswith("on") or key in ("style", "srcset") for key in attributes)
        assert attributes.get("src", "data:image/").startswith("data:image/")
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"url\(|@import|//|fetch|XMLHttp|eval|innerHTML", page.of("style"))
    assert not re.search(r"https?:|fetch|XMLHttp|eval|innerHTML", page.of("script"))


@pytest.mark.parametrize("name", FOLDERS)
def test_the_policy_allows_this_style_this_script_and_nothing_else(folders, name):
    page = page_of(folders / name / "report.html")
    said = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in said[0].split(";"))
    assert (len(said), rules["default-src"], rules["img-src"]) == (1, "'none'", "data:")
    for tag in ("style", "script"):
        digest = b64encode(sha256(page.of(tag).encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
        assert [t for t, _ in page.tags].count(tag) == 1


def test_hostile_names_are_words_on_the_page_and_in_its_pictures(hostile):
    page = page_of(hostile)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "alert" not in page.of("script")
    assert all(not key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert all(name in page.words for name in HOSTILE)
    assert all(a["src"].startswith("data:image/") for tag, a in page.tags if tag == "img")


# It says what was found


def test_the_page_of_a_run_says_the_question_the_answer_and_what_it_rests_on(folders):
    page = page_of(folders / "run" / "report.html")
    result = sim.run(str(folders / "run" / "scenario.yaml"), replications=3, seed=11)
    from sim.results.plots.headline import headline

    assert " ".join(headline(result.outcome).split()) in page.words
    provenance = result.provenance()
    assert f"{provenance.assumed} of {provenance.numbers} numbers are assumed" in page.words
    assert provenance.scenario in page.words
    assert "What not to conclude" in page.words and "it is no forecast" not in page.words
    assert "Why" in page.of("h2") and "fire took effect" in page.words
    assert page.of("h3").count("By shock") == 1


def test_figures_of_the_page_are_those_of_the_tables(folders):
    page = page_of(folders / "run" / "report.html")
    result = sim.run(str(folders / "run" / "scenario.yaml"), replications=3, seed=11)
    table = result.tables["losses"]
    column = next(column for column in table.columns if column.name == "lost_share")
    rows = {row[0]: row for row in reversed(page.rows) if row}  # the first table is that of losses
    lost = {row[0]: written(cell, column) for row, cell in zip(table.rows, table.column("lost_share"), strict=True)}
    assert len(lost) > 2 and all(lost[place] in rows[place] for place in lost)


def test_causes_that_are_not_told_are_named(folders, monkeypatch, tmp_path):
    many = sim.run(sim.loads(json.dumps(variant(WORLD, {"facilities.plant_1.firms": 5}))), replications=1, seed=1)
    assert (
        "Causes are not told: 'plant_1' stands for many firms" in page_of(sim.report(many, tmp_path / "a.html")).words
    )
    few = sim.run(sim.loads(json.dumps(WORLD)), replications=3, seed=1)
    monkeypatch.setattr(studied, "FACILITY_DAYS", 2 * 6 * 120 * 2)
    assert "Causes are of the first 2 of 3 replications" in page_of(sim.report(few, tmp_path / "b.html")).words
    monkeypatch.setattr(studied, "FACILITY_DAYS", 1)
    words = page_of(sim.report(few, tmp_path / "c.html")).words
    assert "Causes are not told here, for that takes 6 cases: sim explain SCENARIO.yaml tells them." in words


def test_pictures_are_those_that_the_folder_has(folders):
    for name, picture in (("run", "resilience"), ("sweep", "sweep"), ("compare", "compare"), ("stress", "stress")):
        images = [a["src"] for tag, a in page_of(folders / name / "report.html").tags if tag == "img"]
        first = b64decode(images[0].partition("base64,")[2])
        if name != "run":
            assert first == (folders / name / f"{picture}.svg").read_bytes()
        assert first.lstrip().startswith(b"<?xml") and all(a.startswith("data:image/svg+xml") for a in images)


@pytest.mark.parametrize("name", [name for name in FOLDERS if name != "run"])
def test_a_study_is_told_from_its_folder_with_an_answer_of_its_own(folders, name):
    page = page_of(folders / name / "report.html")
    answer = next(text for within, text in page.texts if within == "p" and re.search(r"\d|best|Nothing", text))
    assert "The tables below hold" not in answer
    assert len([row for row in page.rows if row]) > 2
    assert "A tiny world" in page.words and "seed 11" in page.words


def test_the_answer_of_a_tornado_is_the_factor_that_moves_most_with_the_reading_at_both_of_its_ends(folders):
    swings = json.loads((folders / "oat" / "swings.json").read_text("utf-8"))["rows"]
    first = swings[0]
    low, high = (f"{number(100 * first[end])} %" for end in ("low", "high"))
    place = first["reading"].partition(".")[2]
    said = f"The share lost of {place} is moved furthest by shocks.fire.duration alone: {low} at its low end, {high} at"
    assert said in page_of(folders / "oat" / "report.html").words and first["low"] < first["high"]
    assert (
        "What each factor does by itself, at both ends of its range" in page_of(folders / "oat" / "report.html").words
    )


def test_headers_are_buttons_that_say_their_unit_and_how_the_table_is_sorted(folders):
    page = page_of(folders / "run" / "report.html")
    heads = [attributes for tag, attributes in page.tags if tag == "th"]
    assert heads and all(head["aria-sort"] == "none" and head["scope"] == "col" for head in heads)
    assert [tag for tag, _ in page.tags].count("button") == len(heads)
    keys = [attributes["data-key"] for tag, attributes in page.tags if tag == "td" and attributes.get("class")]
    assert keys and any(re.fullmatch(r"-?[\d.e-]+", key) for key in keys)


def test_a_long_table_is_cut_and_says_so_and_what_never_differs_is_said_once():
    columns = (Column("place", "place"), Column("mean", "mean", estimated=True), Column("unit", "unit"))
    rows = tuple((f"p{i}", Estimate(i / 100, i / 200, i / 50), "share") for i in range(MOST_ROWS + 1))
    shown = grid(condensed(Table("points", columns, rows)))
    assert [head.title for head in shown.heads] == ["place", "mean"] and shown.heads[1].unit == "%"
    assert (len(shown.rows), shown.rows[50][1].text, shown.rows[50][1].interval) == (MOST_ROWS, "50.0", "(25.0 – 100)")
    assert f"the first {MOST_ROWS} of {MOST_ROWS + 1} rows: points.csv has all" in shown.notes


# Where it goes, and what is refused


def test_the_same_folder_gives_the_same_bytes_and_an_earlier_report_is_replaced(folders):
    for name in ("run", "compare"):
        before = (folders / name / "report.html").read_bytes()
        command("report", folders / name, "--quiet")
        assert (folders / name / "report.html").read_bytes() == before


def test_a_page_that_is_not_ours_is_kept_and_one_that_is_named_is_never_replaced_unasked(folders, tmp_path):
    mine = tmp_path / "mine.html"
    mine.write_text("<p>mine</p>", encoding="utf-8")
    assert "exists already" in command("report", folders / "sweep", "--out", mine, "--quiet", code=4)
    assert mine.read_text("utf-8") == "<p>mine</p>" and not studied.is_ours(mine)
    command("report", folders / "sweep", "--out", mine, "--overwrite", "--quiet")
    assert studied.is_ours(mine)
    assert "end its name in .html" in command("report", folders / "sweep", "--out", tmp_path / "r.pdf", code=4)


def test_a_scenario_file_is_run_and_told(folders, monkeypatch):
    monkeypatch.chdir(folders)
    command("report", "w.yaml", "--quiet")
    page = page_of(folders / "results" / "w_report.html")
    assert "sim report w.yaml --quiet" in page.words and "By constraint" in page.of("h3")
    with pytest.raises(ScenarioError, match="say where the report is to be written"):
        sim.report("w.yaml")
    with pytest.raises(OutputError, match="exists already"):
        sim.report("w.yaml", "results/w_report.html")


def test_a_folder_of_somebody_else_is_refused_with_what_is_meant(folders, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "theirs"}', encoding="utf-8")
    (tmp_path / "broken.json").write_text("[" * 100_000, encoding="utf-8")
    assert "holds no table that supplyshock wrote" in command("report", tmp_path, "--quiet", code=2)
    command("report", tmp_path / "nothing", "--quiet", code=2)
    data = json.loads((folders / "sweep" / "points.json").read_text("utf-8"))
    for change in ({"rows": [{"reading": 1}]}, {"columns": 3}, {"rows": [{"reading": {"a": 1}}]}):
        (tmp_path / "points.json").write_text(json.dumps(data | change), encoding="utf-8")
        assert "was changed since it was written" in command("report", tmp_path, "--quiet", code=2)
    other = data["provenance"] | {"resolved": data["provenance"]["resolved"].replace("120 days", "121 days")}
    (tmp_path / "points.json").write_text(json.dumps(data | {"provenance": other}), encoding="utf-8")
    assert "another scenario than was run" in command("report", tmp_path, "--quiet", code=2)
    assert not (tmp_path / "report.html").exists()


def test_without_jinja_the_error_names_what_to_install(folders, monkeypatch):
    usual = builtins.__import__

    def without(name, *args, **more):
        if name == "jinja2":
            raise ImportError(name)
        return usual(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ScenarioError, match=r"pip install 'supplyshock\[web\]'"):
        paper.html(studied.subject(folders / "sweep").kept)
