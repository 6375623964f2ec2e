"""`sim serve` as it is typed: where it listens, how it ends, and what it says when it cannot."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.main import verbs
from sim.scenario.template import template
from sim.web.serve import address_of, bound

ROOT = Path(__file__).parents[1]


@pytest.fixture
def world(tmp_path):
    file = tmp_path / "w.yaml"
    file.write_text(template("ban"), encoding="utf-8")
    return file


def run(*words):
    return CliRunner().invoke(verbs, [str(word) for word in words], prog_name="sim")


def test_it_serves_until_it_is_interrupted_and_ends_well(world):
    command = [sys.executable, "-m", "sim", "serve", str(world), "--port", "0"]
    clean = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean) as server:
        try:
            address = re.search(r"http://127\.0\.0\.1:[0-9]+/", server.stdout.readline())[0]
            with urllib.request.urlopen(address, timeout=30) as page:
                assert b"<title>" in page.read()
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=60)
        finally:
            server.kill()
    assert server.returncode == 0 and err.splitlines()[-1] == "stopped", err
    assert "Traceback" not in out + err


def test_a_port_in_use_is_exit_4_with_another_to_try(world):
    with bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        done = run("serve", world, "--port", port)
    assert done.exit_code == 4
    assert f"port {port} is in use" in done.stderr and f"--port {port + 1}" in done.stderr


def test_an_address_of_another_machine_is_exit_4(world):
    done = run("serve", world, "--port", 0, "--host", "192.0.2.1")
    assert done.exit_code == 4 and "without a password" in done.stderr


def test_without_the_extra_the_way_to_it_is_named(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "starlette", None)
    done = run("serve", world)
    assert done.exit_code == 2 and "pip install 'supplyshock[web]'" in done.stderr


def test_a_scenario_that_cannot_be_run_is_exit_2(tmp_path):
    (tmp_path / "bad.yaml").write_text("title: none\n", encoding="utf-8")
    assert run("serve", tmp_path / "bad.yaml").exit_code == 2
    assert run("serve", tmp_path).exit_code == 2
    assert run("serve", tmp_path / "nowhere.yaml").exit_code == 2
    assert run("serve").exit_code == 2


def test_the_address_can_be_typed_into_a_browser():
    with bound("127.0.0.1", 0) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}/"
