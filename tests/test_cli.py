"""The command `sim`: what it answers, what it refuses, and with which exit code; no traceback, no half-written file."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import sim
from sim.cli.folders import target
from sim.cli.main import VERBS, answer, verbs
from sim.cli.progress import duration, progress
from sim.cli.report import shown
from sim.cli.summary import told_of_losses
from sim.engine import compiled
from sim.engine.audit import ImbalanceError
from sim.errors import OutputError, Place, Problem
from sim.results.table import Column, Table
from sim.results.terminal import Screen
from sim.results.times import ENDINGS
from sim.scenario.reference import kinds
from sim.scenario.template import template

ROOT = Path(__file__).parents[1]
HOSTILE = ["=cmd|'/C calc'!A0", "$x$", "[red]boo[/red]", "<b>", "磁铁", "-x"]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder of one's own with a small scenario in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.yaml").write_text(template("ban"), encoding="utf-8")
    return tmp_path


def run(*words, code=0):
    """What the command prints, on stdout and on stderr, once it has ended with this exit code."""
    done = CliRunner().invoke(verbs, [str(word) for word in words], prog_name="sim")
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.stdout, done.stderr


def shell(*words, **environment):
    """The command in a process of its own."""
    clean = {key: value for key, value in os.environ.items() if key not in ("SIM_DEBUG", "NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", "sim", *map(str, words)],
        capture_output=True,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        timeout=300,
    )


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def loaded(*words):
    """Which of the heavy packages a command has imported when it ends."""
    script = (
        "import sys\nfrom sim.cli.main import verbs\n"
        f"try: verbs({[str(word) for word in words]!r}, prog_name='sim')\n"
        "except SystemExit: pass\n"
        "heavy = ('pydantic', 'numpy', 'numba', 'scipy', 'rich', 'pandas', 'matplotlib', 'holidays', 'yaml')\n"
        "print(*(name for name in heavy if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    return set(done.stderr.split())


# Help, and what stays out until it is needed


def test_help_lists_every_verb_without_importing_anything_heavy():
    out, _ = run("--help")
    assert all(f"  {verb} " in out for verb in VERBS)
    assert loaded("--help") == set()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_as_the_list_does(verb):
    out, _ = run(verb, "--help")
    assert " ".join(VERBS[verb].split()) in " ".join(out.split())
    assert loaded(verb, "--help") == set()


def test_check_waits_for_neither_numpy_nor_numba(world):
    assert loaded("check", "w.yaml") <= {"pydantic", "yaml"}
    (world / "l.yaml").write_text(template("licence"), encoding="utf-8")
    assert loaded("check", "l.yaml") <= {"pydantic", "yaml"}


def test_version():
    assert run("--version")[0] == f"supplyshock {sim.__version__}\n"


def test_a_misspelt_verb_is_answered_with_the_one_that_was_meant():
    _, err = run("chek", "x.yaml", code=2)
    assert "no verb 'chek'. Did you mean 'check'?" in err


@pytest.mark.parametrize("words", [(), ("run",), ("check",), ("run", "w.yaml", "--nonsense"), ("new", "a", "b")])
def test_wrong_use_is_exit_2(world, words):
    run(*words, code=2)
    assert files(world) == ["w.yaml"]


# new, check, kinds, schema


def test_a_new_scenario_checks_and_its_neighbour_is_not_overwritten(world):
    out, _ = run("new", "mine")
    assert "sim check mine.yaml" in out
    assert run("check", "mine.yaml")[0].startswith("ok: 3 facilities, 1 market, 3 links, 1 shock;")
    (world / "mine.yaml").write_text("precious")
    _, err = run("new", "mine.yaml", code=4)
    assert "mine.yaml exists already" in err
    assert (world / "mine.yaml").read_text() == "precious"


def test_new_says_which_templates_there_are_and_which_folder_is_missing(world):
    assert "Did you mean 'licence'?" in run("new", "x", "--from", "license", code=2)[1]
    assert "there is no folder 'nowhere'" in run("new", "nowhere/x", code=4)[1]
    assert files(world) == ["w.yaml"]


def test_check_tells_all_problems_with_line_and_caret_and_counts_them():
    _, err = run("check", ROOT / "tests/bad/many_of_both_sorts.yaml", code=2)
    assert "many_of_both_sorts.yaml:11:49, facilities.mine_a.capacity: '5 kt' is an amount" in err
    assert f"{' ' * 52}^\n" in err
    assert err.endswith("3 errors\n")


def test_check_asks_whether_the_plan_can_be_carried(world):
    _, err = run("check", "w.yaml", "--set", "facilities.maker_c.capacity=1 kt/year", code=2)
    assert "--set:1:1, facilities.maker_c.capacity: the plan needs" in err


def test_a_recipe_loop_that_gains_is_told_with_its_line(world):
    first, second = "    recipe:  # how much of each", "    buys:  # each input of the recipe"
    text = template("ban").replace(first, f"    recipe:\n      oxide: 1 t/t  #{first}", 1)
    text = text.replace(second, f"    buys:\n      oxide: {{from: {{refiner_b: {{transit: 1 day}}}}}}  #{second}", 1)
    (world / "loop.yaml").write_text(text, encoding="utf-8")
    _, err = run("check", "loop.yaml", code=2)
    assert "loop.yaml:" in err
    assert "uses as much as it makes" in err


def test_warnings_are_told_and_are_errors_under_strict():
    bad = ROOT / "tests/bad/warn_capacity_zero.yaml"
    out, err = run("check", bad)
    assert out.startswith("ok:")
    assert "warning: a capacity of 0" in err
    assert err.endswith("1 warning\n")
    assert run("check", bad, "--strict", code=2)[1].endswith("1 error\n")


def test_too_large_is_exit_5(world):
    run("check", ROOT / "tests/bad/too_large_horizon.yaml", code=5)
    _, err = run("run", "w.yaml", "--replications", 1_000_000, code=5)
    assert "GiB" in err
    assert files(world) == ["w.yaml"]


def test_check_refuses_what_run_would_refuse_for_its_size(world):
    many = ("--set", "replications=1000000")
    told = [run(verb, "w.yaml", *many, code=5)[1] for verb in ("check", "run")]
    assert told[0] == told[1]
    assert "GiB" in told[0]
    run("run", "w.yaml", *many, "--replications", 2, "--dry-run")
    run("check", "w.yaml", "--set", "replications=1000")


@pytest.mark.parametrize("path", ["nothing.yaml", ".", "/dev/zero"])
def test_what_is_no_scenario_file_is_refused(world, path):
    for verb in ("check", "run"):
        assert "error: " in run(verb, path, code=2)[1]
    assert files(world) == ["w.yaml"]


def test_kinds_lists_every_kind_and_explains_each():
    out, _ = run("kinds")
    assert all(f"  {kind.name} " in out for kind in kinds())
    for kind in kinds():
        explained, _ = run("kinds", kind.name)
        assert all(f"  {key.name} " in explained for key in kind.keys)
    assert "Did you mean 'export_ban'?" in run("kinds", "exportban", code=2)[1]


def test_the_schema_of_the_docs_is_fresh():
    out, _ = run("schema")
    assert out == (ROOT / "docs/scenario.schema.json").read_text("utf-8"), (
        "run: sim schema --out docs/scenario.schema.json"
    )


def test_schema_does_not_overwrite_unasked(world):
    run("schema", "--out", "s.json")
    assert "s.json exists already" in run("schema", "--out", "s.json", code=4)[1]
    run("schema", "--out", "s.json", "--overwrite")


# run


def test_a_run_says_what_was_asked_lost_believed_and_assumed_and_writes_table_and_picture(world):
    out, err = run("run", "w.yaml")
    assert out.index("An export ban") < out.index("How much does the maker lose") < out.index("What is lost")
    assert "days count from 2025-03-01" in out
    assert "15 of 15 numbers are assumed, at least in part." in out
    for choice in ("no throttle", "nobody learns", "planned use"):
        assert choice in out
    assert out.endswith("Written to results/w; the picture is resilience.png\n")
    assert {"results/w/losses.csv", "results/w/resilience.png", "results/w/scenario.yaml"} <= set(files(world))
    assert err.replace("compiling the rules (once, about half a minute)...\n", "") == ""


def test_compiling_is_told_once_and_only_where_something_is_not_stored(monkeypatch):
    told = []
    monkeypatch.setattr(compiled, "_to_tell", [lambda: told.append("compiling")])
    stored, missing = compiled._telling(lambda: "machine code"), compiled._telling(lambda: None)
    assert stored() == "machine code"
    assert told == []
    assert missing() is missing() is None
    assert told == ["compiling"]


def test_a_dry_run_reckons_with_the_compiler_until_such_a_run_has_come_to_its_end(world, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "_folder", lambda: tmp_path)
    monkeypatch.setattr(compiled, "cached", lambda: True)
    assert "to compile" in run("run", "w.yaml", "--dry-run")[0]
    compiled.remember("licences")
    assert "to compile" in run("run", "w.yaml", "--dry-run")[0]
    compiled.remember("plain")
    assert "to compile" not in run("run", "w.yaml", "--dry-run")[0]


def test_what_is_unhurt_is_named_below_and_not_in_the_table():
    bound = "no loss in 40 replications: the chance is below 7.5 % (3/n)"
    columns = (Column("place", "place"), Column("ending", "at the end"), Column("note", "note", shown=False))
    rows = (("a", "unhurt", bound), ("b", "horizon 60 %, unhurt 40 %", None), ("c: x", "unhurt", bound))
    told = told_of_losses(Table("losses", columns, rows, (f"a: {bound}", f"c: x: {bound}")), "days count from then")
    assert told.rows == (rows[1],)
    assert told.notes == ("days count from then", f"{bound}: a, c: x", f"horizon: {ENDINGS['horizon']}")
    assert told_of_losses(Table("losses", columns, rows[:1]), "none").rows == rows[:1], "an empty table says nothing"


def test_without_shocks_nothing_is_lost(world):
    text = template("ban")
    (world / "calm.yaml").write_text(text[: text.index("shocks:")], encoding="utf-8")
    out, _ = run("run", "calm.yaml", "--no-out")
    assert "no shock takes effect during the run" in out
    assert "unhurt" in out


def test_a_drawn_seed_is_told_and_gives_the_same_again(world):
    text = template("ban").replace("seed: 1 ", "# ")
    (world / "luck.yaml").write_text(text, encoding="utf-8")
    first = json.loads(run("run", "luck.yaml", "--no-out", "--json")[0])
    seed = first["provenance"]["seed"]
    again = json.loads(run("run", "luck.yaml", "--no-out", "--json", "--seed", seed)[0])
    assert again["tables"] == first["tables"]
    assert "(drawn: --seed gives the same luck again)" in " ".join(run("run", "luck.yaml", "--no-out")[0].split())


def test_json_holds_the_tables_and_what_they_rest_on(world):
    out, _ = run("run", "w.yaml", "--json")
    data = json.loads(out)
    row = data["tables"]["losses"]["rows"][0]
    assert row["place"] == "users"
    assert row["lost_days"] == pytest.approx(30)
    assert data["written"] == "results/w"
    assert data["provenance"]["command"] == "sim run w.yaml --json"
    assert len(data["choices"]) == 3


def test_no_out_writes_nothing(world):
    run("run", "w.yaml", "--no-out")
    assert files(world) == ["w.yaml"]


def test_dry_run_says_what_it_would_take_and_does_nothing(world):
    out, _ = run("run", "w.yaml", "--dry-run", "--replications", 10)
    assert "runs           20 (10 replications, with the shocks and without)" in out
    assert f"facility-days  {20 * 365 * 4:,}" in out
    assert "about" in out
    assert "would write    results/w" in out
    assert files(world) == ["w.yaml"]
    assert "at each of 9 values" in run("run", "w.yaml", "--dry-run", "--vary", "shocks.ban.duration=10:90:10d")[0]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        (["--set", "shocks.bn.duration=30 days"], "no key 'bn' here. Did you mean 'ban'?"),
        (["--set", "shocks.ban.duraton=30 days"], "Did you mean 'duration'?"),
        (["--set", "shocks.ban.duration"], "there is no '='"),
        (["--set", "shocks.ban.duration=30"], "'30' has no unit"),
        (["--set", "shocks.ban.duration=[30"], "--set"),
        (["--set", "=1"], "is no path of keys"),
        (["--seed", "-1"], "seed -1"),
        (["--seed", str(2**64)], "2^64 - 1"),
        (["--replications", "0"], "--replications"),
        (["--vary", "shocks.ban.duration"], "there is no '='"),
        (["--vary", "shocks.ban.duration="], "empty value"),
        (["--vary", "shocks.ban.duration=10 days,,20 days"], "empty value"),
        (["--vary", "shocks.ban.duration=10:20"], "does not say the step"),
        (["--vary", "shocks.ban.duration=10:20:-5 days"], "arrives nowhere"),
        (["--vary", "shocks.ban.duration=10:20:0 days"], "arrives nowhere"),
        (["--vary", "shocks.ban.duration=10,20"], "'10' has no unit"),
        (["--vary", "shocks.bn.duration=10,20 days"], "--vary:1:1, shocks.bn: there is no key 'bn'"),
        (["--vary", "facilities.maker_c.capacity=1,2 kt/year"], "above its capacity"),
        (["--vary", "a=1", "--vary", "b=2"], "one --vary at a time"),
        (["--out", "x", "--no-out"], "either --out or --no-out"),
    ],
)
def test_a_wrong_option_is_exit_2_and_writes_nothing(world, said, answered):
    _, err = run("run", "w.yaml", *said, code=2)
    assert answered in err
    assert files(world) == ["w.yaml"]


def test_a_bad_scenario_writes_nothing(world):
    run("run", ROOT / "tests/bad/many_of_both_sorts.yaml", code=2)
    assert files(world) == ["w.yaml"]


# Where it is written


def test_the_same_command_again_replaces_its_own_result(world):
    run("run", "w.yaml")
    (world / "results/w/licences.csv").write_text("from when there were licences")
    (world / "results/w/notes.txt").write_text("mine")
    out, _ = run("run", "w.yaml", "--set", "shocks.ban.duration=40 days")
    assert "(in place of the earlier run)" in out
    assert not (world / "results/w/licences.csv").exists(), "a table of the earlier run is left over"
    assert (world / "results/w/notes.txt").read_text() == "mine"
    assert [name for name in files(world / "results") if name.startswith(".")] == []


def test_the_default_folder_is_refused_if_anything_else_wrote_it(world):
    (world / "other").mkdir()
    (world / "other/w.yaml").write_text(template("ban"), encoding="utf-8")
    run("run", "w.yaml")
    before = (world / "results/w/losses.json").read_bytes()
    _, err = run("run", "other/w.yaml", code=4)
    assert "results/w exists already and is not from an earlier run of this file" in err
    assert (world / "results/w/losses.json").read_bytes() == before
    run("run", "other/w.yaml", "--overwrite")


def test_a_named_folder_is_refused_before_the_run_and_replaced_only_when_told(world, monkeypatch):
    run("run", "w.yaml", "--out", "kept")
    with monkeypatch.context() as patch:
        patch.setattr("sim.cli.carry.carry_out", lambda *a, **b: pytest.fail("it ran"))
        assert "kept exists already" in run("run", "w.yaml", "--out", "kept", code=4)[1]
        assert "w.yaml is a file" in run("run", "w.yaml", "--out", "w.yaml", "--overwrite", code=4)[1]
        assert "cannot be written" in run("run", "w.yaml", "--out", "w.yaml/x", code=4)[1]
    run("run", "w.yaml", "--out", "kept", "--overwrite")


@pytest.mark.parametrize("kept", ["{", "[]", '{"command": 3}', '{"command": "sim run \'"}', ""])
def test_a_folder_with_broken_provenance_is_not_taken_for_ones_own(world, kept):
    (world / "results/w").mkdir(parents=True)
    (world / "results/w/losses.provenance.json").write_text(kept)
    with pytest.raises(OutputError, match="not from an earlier run"):
        target(Path("w.yaml"), None, False)


def test_file_names_with_spaces_and_dashes(world):
    (world / "a b.yaml").write_text(template("ban"), encoding="utf-8")
    (world / "-x.yaml").write_text(template("ban"), encoding="utf-8")
    for _ in range(2):
        run("run", "a b.yaml")
    run("run", "--no-out", "--", "-x.yaml")


# Values varied


def test_vary_compares_with_the_stated_value_and_with_the_same_luck(world):
    out, _ = run("run", "w.yaml", "--vary", "shocks.ban.duration=20,60,90 days")
    assert "1 replication at each of 3 values" in out
    assert "less lost: than at 60 days, with the same luck" in out
    assert {"results/w_varied/losses.csv", "results/w_varied/vary.png"} <= set(files(world))
    varied = sim.vary("w.yaml", "shocks.ban.duration", "20, 60, 90 days")
    users = varied.table().query("place == 'users'")
    assert list(users.lost_days) == pytest.approx([0, 30, 60])
    assert list(users.less / users.lost.iloc[1]) == pytest.approx([1, 0, -1])
    assert list(users.first_drop.fillna("never")) == ["never", "2025-05-10", "2025-05-10"]


def test_varied_together_or_alone_the_bits_are_the_same(world):
    change = "facilities.maker_c.buys.oxide.cover"
    (world / "w.yaml").write_text(
        template("ban").replace("{transit: 5 days}", "{transit: {distribution: gamma, mean: 5 days, sd: 3 days}}"),
        encoding="utf-8",
    )
    varied = sim.vary("w.yaml", change, ["10 days", "30 days", "55 days"], replications=3).table()
    for cover in ("10 days", "55 days"):
        alone = sim.run("w.yaml", sets=(f"{change}={cover}",), replications=3).table()
        assert list(varied[varied.value == cover].lost) == list(alone.lost)


def test_what_changes_the_shape_is_varied_one_by_one(world):
    varied = sim.vary("w.yaml", "horizon", "200,365 days")
    assert list(varied.table().query("place == 'users'").lost_days) == pytest.approx([30, 30])
    assert len(sim.vary("w.yaml", "seed", [1, 2]).points) == 2


def test_vary_as_json(world):
    data = json.loads(run("run", "w.yaml", "--no-out", "--json", "--vary", "shocks.ban.duration=20,60 days")[0])
    assert [row["value"] for row in data["tables"]["losses"]["rows"]][:2] == ["20 days", "60 days"]


# Names of all sorts, screens of all sorts


def test_hostile_names_are_shown_as_they_are(world):
    text = template("ban")
    for number, name in enumerate(HOSTILE[:5]):
        word = ("mine_a", "refiner_b", "maker_c", "users", "ban")[number]
        text = text.replace(f"  {word}:", f"  {json.dumps(name, ensure_ascii=False)}:")
        text = text.replace(f"{word}: {{transit", f"{json.dumps(name, ensure_ascii=False)}: {{transit")
    text = text.replace("title: An", "title: '[bold]$\\\\frac{'  #")
    (world / "h.yaml").write_text(text, encoding="utf-8")
    out, _ = run("run", "h.yaml")
    assert all(name in out for name in HOSTILE[:4])
    assert "\x1b" not in out


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C"}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}, {"TERM": "dumb"}]
)
def test_any_locale_and_no_terminal(world, environment):
    (world / "w.yaml").write_text(template("ban").replace("users", "用户"), encoding="utf-8")
    done = shell("check", "w.yaml", "--set", "shocks.ban.where={id: 用户}", **environment)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stderr
    done = shell("kinds", **environment)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout


def test_a_pipe_that_closes_early_is_no_fault(world):
    command = f"{sys.executable} -m sim"
    for words in ("kinds | head -1", "schema | head -1", "--help | true", "run w.yaml --quiet | head -1"):
        script = f"{command} {words}; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(
            ["bash", "-c", script],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            timeout=300,
        )
        assert (done.returncode, done.stderr) == (0, ""), words


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_exit_4():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sim", "kinds"], stdout=full, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert done.returncode == 4
    assert "No space left" in done.stderr


def test_an_interrupted_run_leaves_nothing_half_written(world):
    run("run", "w.yaml", "--no-out")  # so that nothing has to be compiled
    child = subprocess.Popen(
        [sys.executable, "-m", "sim", "run", "w.yaml", "--replications", "20000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout and child.stdout.readline() == "\n"
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=120)
    # Interrupted within `exec`, Python ends itself by the signal, which a shell calls 130 too.
    assert child.returncode in (130, -signal.SIGINT)
    assert "interrupted: nothing was written" in err
    assert "Traceback" not in err
    assert files(world) == ["w.yaml"]


# Faults, and how problems look


def test_a_fault_is_exit_1_with_a_traceback_only_if_asked_for(world, monkeypatch):
    def broken(*arguments, **options):
        raise ZeroDivisionError("oh")

    monkeypatch.delenv("SIM_DEBUG", raising=False)
    monkeypatch.setattr("sim.cli.carry.carry_out", broken)
    _, err = run("run", "w.yaml", code=1)
    assert "this is a fault of supplyshock" in err
    assert "ZeroDivisionError: oh" in err
    assert files(world) == ["w.yaml"]
    for words, environment in ((["--traceback"], {}), ([], {"SIM_DEBUG": "1"})):
        done = CliRunner(env=environment).invoke(verbs, [*words, "run", "w.yaml"])
        assert done.exit_code == 1
        assert "Traceback" in done.stderr
        assert CliRunner(env=environment).invoke(verbs, [*words, "check", "no.yaml"]).exit_code == 2


def test_exit_codes(capsys):
    assert answer(ImbalanceError("books")) == 1
    assert answer(OutputError("taken")) == 4
    assert answer(PermissionError(13, "Permission denied", "x")) == 4
    assert answer(MemoryError()) == 5
    assert answer(KeyboardInterrupt()) == 130
    assert "x: Permission denied" in capsys.readouterr().err


def test_a_warning_of_a_library_is_told_in_a_line(world, monkeypatch):
    import warnings

    def doubtful(*arguments):
        warnings.warn("no installed font can draw it", stacklevel=1)
        raise OutputError("stop here")

    monkeypatch.setattr("sim.cli.carry.folders.target", doubtful)
    assert run("run", "w.yaml", code=4)[1] == "warning: no installed font can draw it\nerror: stop here\n"


def test_the_place_of_a_problem_is_red_and_of_a_warning_yellow_and_the_caret_stands_under_the_column():
    place = Place("a.yaml", 3, 5, "abc: \x1b[2Jdef")
    plain = shown(Problem("a.b", "no.", place), Screen(80), False)
    assert plain == "a.yaml:3:5, a.b: no.\n    abc: \\x1b[2Jdef\n        ^"
    assert shown(Problem("a.b", "no.", place), Screen(80, color=True), True).startswith(
        "\x1b[31m\x1b[1ma.yaml:3:5, a.b:"
    )
    assert "\x1b[33m" in shown(Problem("a.b", "no.", place, warning=True), Screen(20, color=True), True)


def test_a_message_is_wrapped_on_a_terminal_only():
    problem = Problem("a.b", "word " * 40)
    assert "\n" not in shown(problem, Screen(40), False)
    assert max(map(len, shown(problem, Screen(40), True).splitlines())) <= 40


def test_progress_is_a_line_a_minute_without_a_terminal_and_nothing_when_quiet(capsys, monkeypatch):
    clock = iter([0.0, 30.0, 70.0, 100.0, 140.0, 150.0])
    monkeypatch.setattr("sim.cli.progress.time.monotonic", lambda: next(clock))
    monkeypatch.setattr("sim.cli.progress._Lines.__init__.__defaults__", (lambda: next(clock),))
    with progress(200, "replications", quiet=False) as update:
        for done in (40, 80, 120, 160, 200):
            update(done, 200)
    assert capsys.readouterr().err.splitlines() == [
        "80 of 200 replications, about 2 min left",
        "160 of 200 replications, about 35 s left",
    ]
    with progress(200, "replications", quiet=True) as update:
        update(100, 200)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (120, "2 min"), (7200, "2.0 h")])
def test_durations_in_words(seconds, words):
    assert duration(seconds) == words
