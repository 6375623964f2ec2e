"""The YAML reader: what it accepts as what, and what it answers to everything else."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError, TooLarge
from sim.scenario.document import Document, merge
from sim.scenario.files import read_file, read_with_extends
from sim.scenario.quick import quick_events
from sim.scenario.reader import read_text, set_value

SHIPPED = sorted((Path(__file__).parent.parent / "scenarios").rglob("*.yaml"))


def read(text: str) -> Document:
    return read_text(text, "x.yaml")


def complaint(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(text)
    assert caught.value.exit_code in (2, 5)
    return str(caught.value)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("10", 10), ("-3", -3), ("0", 0), ("0.5", 0.5), ("1e3", 1000.0), ("-1.5e-2", -0.015),
        ("true", True), ("false", False), ("", None), ("~", None), ("null", None),
        ("NO", "NO"), ("on", "on"), ("yes", "yes"), ("2025-04-04", "2025-04-04"), ("12:30:00", "12:30:00"),
        ("1:30", "1:30"), ("'10'", "10"), ('"true"', "true"), ("'~'", "~"), ("+20", "+20"), ("007", "007"),
        ("1_000", "1_000"), ("0x1F", "0x1F"), ("45 days", "45 days"), ("25 %", "25 %"), ("it's", "it's"),
        ("a [b", "a [b"), ("中国", "中国"),
    ],
)  # fmt: skip
def test_a_value_is_a_number_a_truth_value_nothing_or_text(said, meant):
    value = read(f"a: {said}").data["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_every_key_is_text():
    assert read("2025: x\nNO: y\n~: z\n' b ': w").data == {"2025": "x", "NO": "y", "~": "z", "b": "w"}


def test_every_key_item_and_value_has_its_place():
    document = read("a:\n  b: [x, {c: 1}]\n")
    assert document.data == {"a": {"b": ["x", {"c": 1}]}}
    spots = {path: (place.line, place.column) for path, place in document.keys.items()}
    assert spots[("a", "b")] == (2, 3)
    assert spots[("a", "b", 1, "c")] == (2, 11)
    assert spots[("a", "b", 0)] == (2, 7)
    assert document.values["a", "b", 1, "c"].column == 14
    assert document.keys["a", "b"].text == "  b: [x, {c: 1}]"


def test_the_place_of_an_unknown_key_is_that_of_what_encloses_it():
    document = read("a:\n  b: 1\n")
    assert document.place(("a", "z", "y")) == document.keys["a",]
    assert document.place(("q",)).line == 1


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", ".NaN", "1e400", "9" * 41, "-" + "9" * 5000])
def test_numbers_that_cannot_be_used_are_refused(value):
    assert complaint(f"a: {value}").startswith("x.yaml:1:4, a: ")


def test_all_duplicates_are_named_in_one_report_with_both_lines():
    report = complaint("a: 1\nb: {c: 1, c: 2}\na: 2\n'a ': 3\n").splitlines()
    assert len(report) == 3
    assert "x.yaml:2:11, b.c: the key 'c' stands twice, on line 2 and on line 2" in report[0]
    assert "x.yaml:3:1, a: the key 'a' stands twice, on line 1 and on line 3" in report[1]


@pytest.mark.parametrize(
    ("text", "line", "column", "remedy"),
    [
        ("a:\n\tb: 1", 2, 1, "use spaces"),
        ("\ta: 1", 1, 1, "use spaces"),
        ("a: [1, 2\nb: 3", 2, 2, "'[' opened on line 1 is not closed"),
        ("a: [1, 2", 1, 4, "opened here is never closed"),
        ("a: {b: 1", 1, 4, "opened here is never closed"),
        ("a: [1]]", 1, 7, "never opened"),
        ("a: 'x\nb: 1", 1, 4, "quotation mark opened here is never closed"),
        ("a: b: c", 1, 5, "put the text in quotes"),
        ("a: @x", 1, 4, "put the text in quotes"),
        ("a: x\nb\nc: 1", 2, 1, "':' with a space is missing"),
        ("  a: 1\nb: 2", 2, 1, "same column"),
        ("a:\n  b: 1\n c: 2", 3, 2, "same column"),
        ('a: "\\q"', 1, 6, "single quotes"),
        ("a: &x 1", 1, 4, "anchors"),
        ("a: *x", 1, 4, "aliases"),
        ("a: *", 1, 5, "aliases"),
        ("<<: {a: 1}", 1, 1, "merge keys"),
        ("a: !!python/object:os.system x", 1, 4, "tags"),
        ("a: !include x.yaml", 1, 4, "tags"),
        ("a: !!str 1", 1, 4, "tags"),
        ("a: !e!x 1", 1, 4, "tags"),
        ("a: 1\n---\nb: 1", 2, 1, "second document"),
        ("? [a]\n: 1", 1, 3, "a key must be text"),
        (": 1", 1, 1, "a key is missing"),
        ("'': 1", 1, 1, "a key is missing"),
        ("a: b\x07", 1, 5, "control character"),
        ('a: "\\e[31m"', 1, 4, "control character"),
        ('a: "\\ud800"', 1, 4, "control character"),
        ("k" * 201 + ": 1", 1, 1, "at most 200 characters"),
        ("a: " + "x" * 10_001, 1, 1, "at most 10,000"),
    ],
)
def test_what_yaml_allows_or_forbids_and_we_refuse_says_where_and_what_to_do(text, line, column, remedy):
    report = complaint(text)
    assert report.startswith(f"x.yaml:{line}:{column}, ")
    assert remedy in report


def test_a_problem_shows_its_line_with_a_caret():
    with pytest.raises(ScenarioError) as caught:
        read("title: x\nmines: [a, b\n")
    assert caught.value.problems[0].with_caret().splitlines()[1:] == ["    mines: [a, b", "           ^"]


@pytest.mark.parametrize("text", ["", "\n# only a comment\n", "- a\n- b\n", "just text", "{}", "---\n", "12", "[]"])
def test_what_is_no_mapping_is_answered_with_a_minimal_example(text):
    report = complaint(text)
    assert "mapping of keys" in report
    assert "facilities:" in report


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
HOSTILE = {
    "one line of brackets": "a: " + "[" * 100_000,
    "brackets alone": "[" * 100_000,
    "braces": "{" * 100_000,
    "brackets on many lines": "a: " + "[\n" * 100_000,
    "keys in braces": "{a: " * 2_000,
    "dashes": "- " * 4_000 + "x",
    "question marks": "? " * 4_000 + "x",
    "staircase": "\n".join(" " * i + "a:" for i in range(1_500)),
    "closing brackets": "a: " + "]" * 9_000,
    "laughs": LAUGHS,
    "aliases": "a: [" + "*a,\n" * 100_000,
    "anchors": "&a " * 3_000,
    "quotes": "'" * 9_999,
    "colons": "a: " * 3_000,
    "bangs": "!" * 9_000,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_at_once(name):
    complaint(HOSTILE[name])


@pytest.mark.parametrize("name", ["one line of brackets", "brackets alone", "braces", "dashes", "staircase"])
def test_deep_nesting_is_named(name):
    assert "nested deeper than 40" in complaint(HOSTILE[name])


def test_too_many_values_are_too_large():
    with pytest.raises(TooLarge, match="200,000"):
        read("a:\n" + "- \n" * 200_001)


def test_the_report_on_a_bad_file_is_bounded():
    assert len(complaint("a: *x\n" * 5_000).splitlines()) == 100


YAML_LETTERS = list("ab01.:-?[]{},&*!|>'\"%@`#~\\ \t\n\r\ufeff\x00\x85\u2028<xU")
YAML_LIKE = st.text(alphabet=st.sampled_from(YAML_LETTERS), max_size=60)


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=80), YAML_LIKE))
def test_no_text_does_worse_than_a_scenario_error(text):
    for attempt in (text, f"a: {text}", f'a: "{text}"', f"%{text}\n---\na: 1"):
        try:
            document = read(attempt)
        except ScenarioError as error:
            assert error.problems
            assert [problem.with_caret() for problem in error.problems]
        else:
            assert isinstance(document.data, dict)


@settings(max_examples=200, deadline=None)
@given(path=YAML_LIKE, value=st.one_of(st.text(max_size=40), YAML_LIKE))
def test_no_setting_does_worse_than_a_scenario_error(path, value):
    document = read("a: {b: 1}\nc: [1, 2]\n")
    for where in (path, f"a.{path}", "a.b"):
        try:
            set_value(document, where, value)
        except ScenarioError as error:
            assert error.problems


# Two parsers

ORDINARY = [
    "a", "key: ", "- ", "? ", ": ", ", ", "{", "}", "[", "]", "'", '"', "\n", "\n  ", "\n    ", " ", "#", " # c",
    "|\n ", ">-\n  ", "25 %", "中", "😀", "!", "&a", "*a", "%", "-", "---", "~", "''", "it''s", "\r\n", "<<: ", "a:b",
    ":a", "\t", "?",
]  # fmt: skip


def without_the_quick_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> Document | str:
    with monkeypatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        return said_of(text)


def said_of(text: str) -> Document | str:
    try:
        return read(text)
    except ScenarioError as error:
        return str(error)


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ORDINARY), max_size=14).map("".join))
def test_the_quick_parser_reads_what_the_other_reads_or_leaves_it_to_the_other(monkeypatch, text):
    for whole in (f"{text}\n", f"a: {text}\nb: 1\n", f"a: {{b: {text}}}\n"):
        assert said_of(whole) == without_the_quick_parser(whole, monkeypatch)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_are_read_quickly_and_alike(path, monkeypatch):
    text = path.read_text(encoding="utf-8")
    assert len(list(quick_events(text))) > 2 * len([line for line in text.splitlines() if ": " in line])
    assert said_of(text) == without_the_quick_parser(text, monkeypatch)


# Settings


BASE = "shocks:\n  fire: {size: 50 %, days: [1, 2]}\nlinks: {'a.b': {share: 1}}\n"


def test_a_setting_replaces_or_adds_a_value_and_leaves_the_document_alone():
    base = read(BASE)
    changed = set_value(set_value(base, "shocks.fire.size", "0.25"), "shocks.fire.review", "90 working days")
    assert changed.data["shocks"]["fire"] == {"size": 0.25, "days": [1, 2], "review": "90 working days"}
    assert base.data["shocks"]["fire"] == {"size": "50 %", "days": [1, 2]}
    place = changed.place(("shocks", "fire", "size"))
    assert (place.file, place.line, place.column, place.text) == ("--set", 1, 1, "shocks.fire.size=0.25")
    assert changed.place(("shocks", "fire")).file == "x.yaml"


def test_a_setting_may_be_a_mapping_or_a_list_and_forgets_what_it_replaced():
    changed = set_value(read(BASE), "shocks.fire", "{size: 1, to: [a, b]}")
    assert changed.data["shocks"] == {"fire": {"size": 1, "to": ["a", "b"]}}
    assert changed.keys["shocks", "fire", "to", 1].file == "--set"
    assert ("shocks", "fire", "days") not in changed.keys


def test_a_key_with_a_dot_is_set_in_quotes():
    assert set_value(read(BASE), 'links."a.b".share', "2").data["links"] == {"a.b": {"share": 2}}


@pytest.mark.parametrize(
    ("path", "value", "answer"),
    [
        ("shoks.fire.size", "1", "Did you mean 'shocks'?"),
        ("shocks.fier.size", "1", "Did you mean 'fire'?"),
        ("links.a.b.share", "1", "no key 'a' here"),
        ("shocks.fire.size.x", "1", "no keys of its own"),
        ("shocks.fire.days.0", "1", "set it as a whole"),
        ("", "1", "no path of keys"),
        ("a..b", "1", "no path of keys"),
        ('a."b', "1", "no path of keys"),
        ("shocks.x", "[1", "never closed"),
        ("shocks.x", "{a: 1, a: 2}", "stands twice"),
        ("shocks.x", "a: 1", "in quotes"),
        ("shocks.x", ".nan", "not a number"),
        ("shocks.x", "!!python/name:os", "tags"),
    ],
)
def test_a_setting_that_does_not_fit_says_why(path, value, answer):
    with pytest.raises(ScenarioError) as caught:
        set_value(read(BASE), path, value)
    assert answer in str(caught.value)
    assert str(caught.value).startswith("--set:1:1, ")


# Merging


def test_merging_goes_key_by_key_and_the_upper_document_wins():
    base = read_text("a: {b: 1, c: {d: 2}}\ne: [1]\n", "base.yaml")
    over = read_text("a: {c: {d: 3, f: 4}}\ne: [2, 3]\n", "over.yaml")
    merged = merge(base, over)
    assert merged.data == {"a": {"b": 1, "c": {"d": 3, "f": 4}}, "e": [2, 3]}
    assert merged.place(("a", "b")).file == "base.yaml"
    assert merged.place(("a", "c", "d")).file == "over.yaml"
    assert base.data["a"]["c"] == {"d": 2}


def test_an_empty_key_removes_what_it_stands_over():
    merged = merge(read("a: {b: {x: 1}, c: 2}\n"), read("a: {b: ~}\n"))
    assert merged.data == {"a": {"c": 2}}
    assert not any(path[:2] == ("a", "b") for path in (*merged.keys, *merged.values))


TREES = st.recursive(
    st.sampled_from(["1", "x", "[1, 2]"]),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, min_size=1, max_size=3).map(
        lambda tree: "{" + ", ".join(f"{key}: {value}" for key, value in tree.items()) + "}"
    ),
    max_leaves=8,
)


def paths_of(tree, path=()):
    """Every path of a plain tree."""
    yield path
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield from paths_of(value, (*path, key))


@given(TREES, TREES)
def test_after_merging_exactly_what_is_there_has_a_place(base, over):
    merged = merge(read(f"a: {base}"), read(f"a: {over}"))
    assert set(merged.keys) == set(paths_of(merged.data))
    assert set(merged.values) == set(paths_of(merged.data))


# Files


def fail_to_read(path: Path, reader=read_file) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        reader(path)
    return caught.value


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n")
    document = read_file(file)
    assert document.data == {"a": 1, "b": {"c": 2}}
    assert (document.keys["a",].column, document.keys["b", "c"].line) == (1, 3)


def test_a_file_that_is_not_there_is_answered_with_the_one_that_is(tmp_path):
    (tmp_path / "magnet_ban.yaml").write_text("a: 1")
    assert "Did you mean 'magnet_ban.yaml'?" in str(fail_to_read(tmp_path / "magnet_bam.yaml"))
    fail_to_read(tmp_path / "magnet_ban.yaml" / "x.yaml")
    fail_to_read(tmp_path / ("x" * 5000))
    fail_to_read(tmp_path / "a\0b")


def test_only_ordinary_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "a pipe" in str(fail_to_read(tmp_path / "pipe.yaml"))
    assert "a folder" in str(fail_to_read(tmp_path))
    assert "a device" in str(fail_to_read(Path("/dev/zero")))


def test_a_file_too_large_is_refused_before_reading(tmp_path):
    file = tmp_path / "x.yaml"
    with file.open("wb") as stream:
        stream.truncate(10**9)
    error = fail_to_read(file)
    assert isinstance(error, TooLarge)
    assert "1,000,000,000" in str(error)


def test_text_in_another_encoding_names_the_byte_and_the_remedy(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes("a: 1\nb: Gerät\n".encode("cp1252"))
    report = str(fail_to_read(file))
    assert ":2:7, byte 11 (0xE4) is not UTF-8: save as UTF-8" in report


def write_all(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / next(iter(files))


def test_a_scenario_is_merged_over_what_it_extends(tmp_path):
    main = write_all(tmp_path / "s", {
        "x.yaml": "extends: networks/y.yaml\na: {b: 1}\n",
        "networks/y.yaml": "extends: ../z.yaml\na: {b: 2, c: 2}\n",
        "z.yaml": "a: {b: 3, c: 3, d: 3}\n",
    })  # fmt: skip
    document, files = read_with_extends(main)
    assert document.data == {"a": {"b": 1, "c": 2, "d": 3}}
    assert ("extends",) not in document.keys
    assert [file.name for file in files] == ["x.yaml", "y.yaml", "z.yaml"]
    assert document.place(("a", "c")).file == str(tmp_path / "s/networks/y.yaml")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("../../etc/passwd", "outside the scenario's folder"), ("../secret.yaml", "outside the scenario's folder"),
        ("/etc/passwd", "no file of the scenario's folder"), ("C:\\x.yaml", "no file of the scenario's folder"),
        ("https://example.org/x.yaml", "no file of the scenario's folder"),
        ("link.yaml", "outside the scenario's folder"),
        ("folder/x.yaml", "outside the scenario's folder"), ("~/x.yaml", "no file of the scenario's folder"),
        ("othr.yaml", "Did you mean 'other.yaml'?"), ("sub", "a folder"), ("[a.yaml]", "name one file"),
        ("~", "name one file"),
        ("loop.yaml", "extends"), ("x" * 5000, "extends"),
    ],
)  # fmt: skip
def test_what_may_not_be_extended_is_refused_at_the_key(tmp_path, name, answer):
    files = {"x.yaml": f"a: 1\nextends: {name}\n", "other.yaml": "b: 1\n", "sub/y.yaml": "c: 1\n"}
    main = write_all(tmp_path / "s", files)
    (tmp_path / "secret.yaml").write_text("password: 1\n")
    (main.parent / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (main.parent / "folder").symlink_to(tmp_path)
    (main.parent / "loop.yaml").symlink_to(main.parent / "loop.yaml")
    report = str(fail_to_read(main, read_with_extends))
    assert report.startswith(f"{main}:2:1, extends: ")
    assert answer in report


def test_a_circle_of_files_is_told_with_its_chain(tmp_path):
    files = {"a.yaml": "extends: b.yaml\n", "b.yaml": "extends: c.yaml\n", "c.yaml": "extends: b.yaml\n"}
    main = write_all(tmp_path, files)
    report = str(fail_to_read(main, read_with_extends))
    assert f"{tmp_path}/b.yaml -> {tmp_path}/c.yaml -> {tmp_path}/b.yaml" in report


def test_a_chain_of_files_is_at_most_ten_long(tmp_path):
    files = {f"{i}.yaml": f"extends: {i + 1}.yaml\n" for i in range(9)} | {"9.yaml": "a: 1\n"}
    document, used = read_with_extends(write_all(tmp_path, files))
    assert document.data == {"a": 1}
    assert len(used) == 10
    write_all(tmp_path, {"9.yaml": "extends: 10.yaml\n", "10.yaml": "a: 1\n"})
    assert "more than 10 files" in str(fail_to_read(tmp_path / "0.yaml", read_with_extends))


def test_a_fault_in_an_extended_file_stands_in_that_file(tmp_path):
    main = write_all(tmp_path, {"x.yaml": "extends: n/y.yaml\n", "n/y.yaml": "a: 1\na: 2\n"})
    assert str(fail_to_read(main, read_with_extends)).startswith(f"{tmp_path}/n/y.yaml:2:1, a: ")
