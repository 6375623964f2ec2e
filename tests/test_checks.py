"""Lint and types, so that the test command says it all."""

import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "words", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=["lint", "format", "types"]
)
def test_nothing_to_complain_about(words):
    done = subprocess.run([sys.executable, "-m", *words], cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
