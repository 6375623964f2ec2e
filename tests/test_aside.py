"""Other programs aside: what cannot be installed is told apart from what fails."""

import sys
from pathlib import Path

import aside
import pytest
import theirs


def test_without_the_program_a_test_is_skipped_and_failed_where_it_is_required(monkeypatch):
    monkeypatch.setattr(theirs, "there", lambda name: None)
    monkeypatch.delenv(aside.REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="stockpyl could not be installed"):
        theirs.need("stockpyl")
    monkeypatch.setenv(aside.REQUIRED, "required")
    with pytest.raises(pytest.fail.Exception, match="stockpyl could not be installed"):
        theirs.need("stockpyl")


def test_an_index_without_the_program_leaves_nothing_that_looks_installed(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert aside.installed("stockpyl", tmp_path) is None
    assert "stockpyl could not be installed" in capsys.readouterr().err
    assert not list(tmp_path.glob("*/installed"))


def test_a_program_that_fails_is_no_reason_to_skip(monkeypatch):
    monkeypatch.setattr(aside, "there", lambda name: Path(sys.executable))
    with pytest.raises(RuntimeError, match=r"stockpyl failed in stockpyl_days\.py(.|\n)*Error: "):
        aside.answers("stockpyl", [{"none": "of what it needs"}])


def test_ci_requires_the_programs():
    script = (Path(__file__).parent.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert f"export {aside.REQUIRED}=required" in script
