"""What the README says works, or is not said."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
README = (HOME / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def shell_lines():
    whole = [block.replace("\\\n", " ") for block in blocks("bash")]
    lines = [line.split("  #")[0].strip() for block in whole for line in block.splitlines()]
    return [line for line in lines if line.startswith("sim ")]


def test_the_commands_run_in_order_in_one_folder(tmp_path):
    (tmp_path / "scenarios").symlink_to(HOME / "scenarios")
    assert len(shell_lines()) >= 5
    for line in shell_lines():
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

    (text,) = blocks("yaml")
    path = HOME / "scenarios" / "shown_in_readme.yaml"
    document = text.replace("networks/rare_earths.yaml", "networks/rare_earths.yaml")
    try:
        path.write_text(document, encoding="utf-8")
        assert set(sim.load(path).licences) == {"mofcom"}
    finally:
        path.unlink()


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
