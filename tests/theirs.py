"""Tests that need another program: skipped where it cannot be installed, failed there if it is required."""

import os

import pytest
from aside import REQUIRED, there


def need(name: str) -> None:
    """Skip the test if a program is not to be had; fail it if it must be, as in `.ci/run`."""
    if there(name) is not None:
        return
    said = f"{name} could not be installed: pip must reach a package index"
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(said)
    pytest.skip(said)
