"""What the README says works, or is not said."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).parent.parent
IN_UTF8 = os.environ | {"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
README = (HOME / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def shell_lines(block):
    lines = [line.split("  #")[0].strip() for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith("sim ")]


SECTIONS = [lines for block in blocks("bash") if (lines := shell_lines(block))]
"""Commands that are told under one heading; none needs what those of another have left."""


def test_there_are_commands_under_more_than_one_heading():
    assert len(SECTIONS) > 1 and sum(map(len, SECTIONS)) >= 15


@pytest.mark.parametrize("lines", SECTIONS, ids=lambda lines: lines[0])
def test_the_commands_run_in_order_in_one_folder(tmp_path, lines):
    (tmp_path / "scenarios").symlink_to(HOME / "scenarios")
    for line in lines:
        words = [sys.executable, "-m", *shlex.split(line)]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.strip(), line


def test_the_python_runs_as_it_stands(tmp_path):
    (tmp_path / "scenarios").symlink_to(HOME / "scenarios")
    (script,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "fab.png").stat().st_size > 10_000


def test_the_scenario_shown_loads():
    import sim

    _, text = blocks("yaml")
    path = HOME / "scenarios" / "shown_in_readme.yaml"
    try:
        path.write_text(text, encoding="utf-8")
        assert set(sim.load(path).licences) == {"mofcom"}
    finally:
        path.unlink()


# The first screen: part of a file, two commands, and what they print; `…` stands for lines that are left out.


def runs_shown():
    """Each command of the first screen with the lines it is said to print."""
    (console,) = blocks("console")
    for run in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        line, *said = run.rstrip("\n").split("\n")
        yield line, said


def stands_in(said, printed):
    """Whether the lines were printed: each part between two `…` in one piece, and nothing left out without one."""
    parts = "\n".join(["", *said, ""]).split("\n…\n")
    at, text = 0, "\n".join(["", *printed, ""])
    for number, part in enumerate(parts):
        piece = f"\n{part.strip(chr(10))}\n" if part.strip("\n") else "\n"
        found = text.find(piece, at)
        if found < 0 or (number == 0 and found > 0):
            return False
        at = found + len(piece) - 1
    return said[-1] == "…" or at == len(text) - 1


@pytest.fixture(scope="module")
def first_screen(tmp_path_factory):
    """A folder with the file of the first screen."""
    folder = tmp_path_factory.mktemp("first_screen")
    assert "`sim new ban --from ban`" in README
    assert sim_in(folder, ["new", "ban", "--from", "ban"]).returncode == 0
    return folder


def sim_in(folder, words):
    return subprocess.run(
        [sys.executable, "-m", "sim", *words], cwd=folder, capture_output=True, text=True, check=False, env=IN_UTF8
    )


def test_the_first_screen_prints_what_it_is_said_to_print(first_screen):
    assert len(list(runs_shown())) == 2
    for line, said in runs_shown():
        program, *words = shlex.split(line)
        done = sim_in(first_screen, words)
        assert program == "sim" and done.returncode == 0, done.stderr
        assert stands_in(said, done.stdout.splitlines()), f"{line}\n{done.stdout}"


def test_the_part_of_the_file_that_is_shown_stands_in_it(first_screen):
    shown, _ = blocks("yaml")
    document = yaml.safe_load((first_screen / "ban.yaml").read_text("utf-8"))
    part, whole = yaml.safe_load(shown), document["facilities"] | document["shocks"]
    assert part.keys() == {"maker_c", "ban"} and is_part_of(part, whole)
    assert not is_part_of({"ban": {"duration": "61 days"}}, whole)


def is_part_of(part, whole):
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and is_part_of(part[key], whole[key]) for key in part)
    return part == whole


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("a b c d", True),
        ("a b …", True),
        ("… c d", True),
        ("… b …", True),
        ("a … d", True),
        ("a … b …", True),
        ("a b c", False),
        ("b …", False),
        ("a c …", False),
        ("… c … b …", False),
        ("… x …", False),
    ],
)
def test_lines_may_be_left_out_only_where_it_is_marked(said, true):
    assert stands_in(said.split(), ["a", "b", "c", "d"]) is true


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target):
    assert (HOME / target).exists(), target


def test_the_ci_script_runs_the_test_command_of_the_readme():
    (command,) = re.findall(r"<!-- test -->\n```bash\n(.*?)```", README, flags=re.DOTALL)
    assert "pytest" in command
    script = (HOME / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script and "<!-- test -->" in script


@pytest.mark.parametrize("name", sorted(path.stem for path in (HOME / "scenarios").glob("*.yaml")))
def test_every_shipped_scenario_stands_in_the_table(name):
    assert f"| `{name}` |" in README
