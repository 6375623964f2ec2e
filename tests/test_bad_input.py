"""Bad scenarios: each file of `tests/bad` begins with what is said about it, one comment line per problem.

`# expect:` an error, `# warn:` a warning, `# too large:` refused with the number.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from worlds import chain, variant

from sim.errors import Problem, ScenarioError, TooLarge
from sim.scenario.load import load, loads
from sim.scenario.template import template

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
KINDS = {"expect": ScenarioError, "warn": None, "too large": TooLarge}
BAN = template("ban")
SECONDS = 120
"""Far more than any answer takes, and far less than a hang."""


def expected(path: Path) -> tuple[str, list[str]]:
    """The kind of answer, and a piece of each line of it."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    said = [line.removeprefix("# ").split(": ", 1) for line in lines]
    assert said, f"{path.name} does not begin with what is expected"
    assert len({kind for kind, _ in said}) == 1, f"{path.name} expects several kinds of answers"
    return said[0][0], [piece for _, piece in said]


def problems(path: Path, strict: bool = False) -> tuple[type | None, list[Problem]]:
    """What is raised, and the problems told."""
    try:
        return None, list(load(path, strict=strict).warnings)
    except ScenarioError as error:
        return type(error), error.problems


def answer(text: str, **options: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        loads(text, **options)
    return str(caught.value)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_answered_with_every_problem_in_its_order_and_nothing_else(path):
    kind, pieces = expected(path)
    raised, told = problems(path)
    assert raised is KINDS[kind]
    for piece, problem in zip(pieces, told, strict=True):
        assert piece in str(problem)
        assert problem.place.file == str(path)


@pytest.mark.parametrize("path", [path for path in BAD if path.stem.startswith("warn_")], ids=lambda path: path.stem)
def test_a_warning_is_an_error_when_strict(path):
    raised, told = problems(path, strict=True)
    assert raised is ScenarioError
    assert told and not any(problem.warning for problem in told)


def test_there_are_bad_files():
    assert len(BAD) > 100


def test_a_problem_quotes_its_line_with_a_caret():
    _, (problem,) = problems(next(path for path in BAD if path.stem == "schema_unknown_kind"))
    message, line, caret = problem.with_caret().splitlines()
    assert line[caret.index("^") :].startswith("kind: minee")


def test_ten_errors_give_ten_lines_in_the_order_of_the_file():
    text = BAN
    for said, wrong in [
        ("start: 2025-01-01", "start: 2025-13-01"),
        ("unit: t, source", "unit: tons, source"),
        ("price: 50 USD/kg", "price: 50"),
        ("kind: mine ", "kind: mien "),
        ("capacity: 1.2 kt/year", "capacity: 1.2 kt"),
        ("ore: 2 t/t", "ore: 2"),
        ("cover: 30 days", "covr: 30 days"),
        ("share: 100 %", "share: 100"),
        ("demand: 2.5 kt/year", "demand: much"),
        ("duration: 60 days", "duration: two months"),
    ]:
        assert said in text
        text = text.replace(said, wrong, 1)
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert len(str(caught.value).splitlines()) == 10
    lines = [problem.place.line for problem in caught.value.problems]
    assert lines == sorted(lines)


# Files that are none


def test_a_pipe_a_device_and_a_folder_are_refused_unread(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero"), tmp_path):
        with pytest.raises(ScenarioError, match="name a .yaml file"):
            load(path)


def test_a_gigabyte_is_refused_unread(tmp_path):
    with (tmp_path / "huge.yaml").open("wb") as stream:
        stream.truncate(10**9)
    with pytest.raises(TooLarge, match="1,000,000,000 bytes"):
        load(tmp_path / "huge.yaml")


def test_a_file_that_is_not_there_is_answered_with_one_that_is(tmp_path):
    (tmp_path / "magnets.yaml").write_text(BAN)
    with pytest.raises(ScenarioError, match=r"there is no file .* Did you mean 'magnets.yaml'"):
        load(tmp_path / "magnet.yaml")


def test_other_encodings_are_told_with_the_byte(tmp_path):
    (tmp_path / "old.yaml").write_bytes(BAN.replace("An export ban", "Ein Verbot für Erze").encode("cp1252"))
    with pytest.raises(ScenarioError, match=r"byte \d+ \(0xFC\) is not UTF-8: save as UTF-8"):
        load(tmp_path / "old.yaml")


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    (tmp_path / "windows.yaml").write_bytes(b"\xef\xbb\xbf" + BAN.replace("\n", "\r\n").encode())
    assert load(tmp_path / "windows.yaml") == loads(BAN)


OUTSIDE = ["../secret.yaml", "/etc/passwd", "https://example.org/a.yaml", "~/a.yaml", "link.yaml"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_only_files_of_the_same_folder_are_extended(tmp_path, name):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text(BAN)
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "main.yaml").write_text(f"extends: {name}\ntitle: Mine\n")
    with pytest.raises(ScenarioError, match=r"main.yaml:1:1, extends: "):
        load(folder / "main.yaml")


def test_a_text_cannot_extend_a_file():
    assert "a text has no folder" in answer("extends: networks/rare_earths.yaml\n")


# Texts made to hurt

LAUGHS = "".join(f"{chr(n + 1)}: &{chr(n + 1)} [*{chr(n)}, *{chr(n)}]\n" for n in range(ord("a"), ord("z")))
HOSTILE = {
    "billion laughs": f"a: &a [x, x]\n{LAUGHS}",
    "100,000 brackets": "a: " + "[" * 100_000,
    "100,000 braces": "{a: " * 100_000,
    "a long number": "a: " + "9" * 100_000,
    "many keys": "".join(f"key_{i}: 1\n" for i in range(50_000)),
    "a long unit": BAN.replace("365 days", "9" * 5_000 + " days"),
    "powers": BAN.replace("365 days", "9**9**9 days"),
}

# Peak memory is read from the kernel's own account of the process: what `getrusage` says of a new program may still be
# the peak of the program that started it.
PROGRAM = """
import re
import sys
from sim.errors import ScenarioError
from sim.scenario.load import load
try:
    load(sys.argv[1])
except ScenarioError as error:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_soon_and_in_little_memory(tmp_path, name):
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE[name])
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode in (2, 5), done.stderr
    assert done.stderr == ""
    assert int(done.stdout) < 500_000


def test_nothing_of_a_file_is_run(tmp_path):
    mark = tmp_path / "mark"
    for value in (f"!!python/object/apply:os.system ['touch {mark}']", f"\"__import__('os').system('touch {mark}')\""):
        answer(BAN.replace("365 days", value, 1))
    assert not mark.exists()


def test_a_report_does_not_wait_for_anyone(tmp_path):
    """A writer that never comes would block whoever opens a pipe."""
    os.mkfifo(tmp_path / "pipe.yaml")
    told: list[type] = []
    thread = threading.Thread(target=lambda: told.append(problems(tmp_path / "pipe.yaml")[0]), daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert told == [ScenarioError]


# Values set from outside


@pytest.mark.parametrize(
    ("said", "piece"),
    [
        ("shocks.ban.duration", "there is no '='"),
        ("shocks.bann.duration=5 days", "no key 'bann' here. Did you mean 'ban'?"),
        ("shocks.ban.durations=5 days", "unknown key 'durations'. Did you mean 'duration'?"),
        ("shocks.ban.duration=5", "'5' has no unit"),
        ("facilities.maker_c.capacity=5 days", "'days'"),
        ("title.of=x", "no keys of its own"),
        ("=5", "no path of keys"),
        ("a..b=5", "no path of keys"),
        ("horizon=[", "never closed"),
    ],
)
def test_a_setting_that_does_not_fit_is_told_like_a_bad_line(said, piece):
    assert piece in answer(BAN, sets=[said])


def test_all_bad_settings_are_told_at_once():
    assert len(answer(BAN, sets=["a.b=1", "c.d=1"]).splitlines()) == 2
    assert len(answer(BAN, sets=["horizon=5", "shocks.ban.duration=5"]).splitlines()) == 2


def test_a_bad_record_is_told_where_a_response_builds_another_plant():
    """What is well formed is looked at too, and then the links of those plants lead to one that is not known."""
    build = {"kind": "build", "source": "test", "on": "2025-02-01", "where": {"id": "plant_1"}, "adds": "50 t/day"}
    data = chain((20, 20), responses={"expansion": build})
    data = variant(data, {"facilities.plant_1.capacity": "0 t/day", "facilities.mine.capacity": "-5 t/day"})
    with pytest.raises(ScenarioError, match="facilities.mine.capacity: '-5' is negative"):
        loads(json.dumps(data))


# What never happens

GARBAGE = ["5", "true", "''", "[]", "{}", "[[1]]", "{a: {b: c}}", "[{a: 1}]", "~", "-1", "1e18", "'5 days'", "not CN"]


@pytest.mark.parametrize("value", GARBAGE)
def test_no_value_anywhere_does_worse_than_a_scenario_error(value):
    text = template("licence")
    for path in filter(None, loads(text).document.keys):
        try:
            loads(text, sets=[".".join(map(str, path)) + f"={value}"])
        except ScenarioError as error:
            assert error.problems
