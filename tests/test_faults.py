"""Studies that are killed, interrupted, starved of disk or given bad workers: nothing is lost, and nothing differs."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from processes import (
    alive,
    assert_same,
    begun,
    blocks_done,
    command,
    descendants,
    environment,
    frame,
    free_port,
    swept,
    wait_for,
    world,
    written,
)

from sim.studies.status import status
from sim.studies.store import looked_at

KILLS = 8


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study that nothing happened to: its scenario and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    scenario = written(folder)
    swept(scenario, folder / "out", "--workers", "1")
    return scenario, folder / "out"


def kill_when(child, out, blocks, pause):
    """Kill it so long after so many blocks are kept, if it is not done by then."""
    wait_for(lambda: blocks_done(out) >= blocks or child.poll() is not None)
    time.sleep(pause)
    child.kill()
    child.wait()


# Killed


def test_killed_at_any_moment_the_same_command_goes_on_as_if_nothing_had_happened(whole, tmp_path):
    scenario, out = whole
    luck = random.Random(1)
    for i in range(KILLS):
        with begun(scenario, tmp_path / "out") as child:
            kill_when(child, tmp_path / "out", luck.randint(0, 40 * (i + 1) // KILLS), luck.uniform(0.0, 0.05))
    swept(scenario, tmp_path / "out")
    assert_same(tmp_path / "out", out)


def test_killed_before_it_is_well_begun_it_begins_again(whole, tmp_path):
    scenario, out = whole
    with begun(scenario, tmp_path / "out") as child:
        wait_for((tmp_path / "out").exists)
        child.kill()
    swept(scenario, tmp_path / "out")
    assert_same(tmp_path / "out", out)


def test_a_worker_that_is_killed_costs_nothing(whole, tmp_path):
    scenario, out = whole
    with begun(scenario, tmp_path / "out", "--workers", "2") as child:
        wait_for(lambda: blocks_done(tmp_path / "out") >= 5)
        workers = descendants(child.pid)
        os.kill(next(pid for pid in workers if is_worker(pid)), signal.SIGKILL)
        assert child.wait(120) == 0, child.stderr.read()
        wait_for(lambda: not alive(workers))
    assert_same(tmp_path / "out", out)


def is_worker(pid):
    """Whether it is one of the processes that Dask spawned, and not what looks after their semaphores."""
    return "spawn_main" in " ".join(psutil.Process(pid).cmdline())


def listening(pid):
    """The addresses at which a process can be reached."""
    return {one.laddr.ip for one in psutil.Process(pid).net_connections("inet") if one.status == psutil.CONN_LISTEN}


def test_workers_are_reached_on_this_machine_only_and_end_with_the_process_that_started_them(whole, tmp_path):
    scenario, out = whole
    with begun(scenario, tmp_path / "out", "--workers", "2") as child:
        wait_for(lambda: blocks_done(tmp_path / "out") >= 5)
        workers = descendants(child.pid)
        assert sum(map(is_worker, workers)) == 2
        assert {address for pid in (child.pid, *workers) for address in listening(pid)} == {"127.0.0.1"}
        child.kill()
        wait_for(lambda: not alive(workers), seconds=30)
    swept(scenario, tmp_path / "out", "--workers", "1")
    assert_same(tmp_path / "out", out)


# Interrupted


@pytest.mark.parametrize("workers", [1, 2])
def test_interrupted_it_keeps_what_is_done_and_says_how_to_go_on(whole, tmp_path, workers):
    scenario, out = whole
    with begun(scenario, tmp_path / "out", "--workers", workers, replications=1000) as child:
        wait_for(lambda: blocks_done(tmp_path / "out") >= 3)
        others = descendants(child.pid)
        os.killpg(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=60)
        assert child.returncode in (130, -signal.SIGINT)
        wait_for(lambda: not alive(others))
    said = [line for line in err.splitlines() if line.strip()]
    assert len(said) == 1 and said[0].startswith("error: interrupted: what is done is kept in"), err
    found = status(tmp_path / "out")
    assert not found.is_done and not found.working and found.progress.lived == len(frame(tmp_path / "out"))


# Clusters


@contextmanager
def cluster(folder, workers=2):
    """A scheduler on loopback and its workers, each a process of its own: address, scheduler, workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "env": environment()}
    program = [sys.executable, "-m", "distributed.cli."]
    with ExitStack() as started:

        def start(kind, *words):
            child = subprocess.Popen([*program[:2], program[2] + kind, *words], start_new_session=True, **quiet)
            started.callback(end_group, child)
            return child

        scheduler = start("dask_scheduler", "--host", address, "--no-dashboard")
        nanny = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        yield address, scheduler, [start("dask_worker", address, *nanny) for _ in range(workers)]


def end_group(child):
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def test_on_a_cluster_one_worker_killed_midway_costs_nothing(whole, tmp_path):
    scenario, out = whole
    with cluster(tmp_path) as (address, _, workers):
        with begun(scenario, tmp_path / "out", "--scheduler", address) as child:
            wait_for(lambda: blocks_done(tmp_path / "out") >= 5)
            workers[0].kill()
            assert child.wait(120) == 0, child.stderr.read()
        assert workers[1].poll() is None
    assert_same(tmp_path / "out", out)


def test_when_the_scheduler_goes_away_what_is_done_is_kept(whole, tmp_path):
    scenario, out = whole
    with (
        cluster(tmp_path, workers=1) as (address, scheduler, _),
        begun(scenario, tmp_path / "out", "--scheduler", address) as child,
    ):
        wait_for(lambda: blocks_done(tmp_path / "out") >= 3)
        scheduler.kill()
        _, err = child.communicate(timeout=120)
        assert child.returncode == 4, err
    assert "the scheduler went away" in err and "Traceback" not in err
    swept(scenario, tmp_path / "out", "--workers", "1")
    assert_same(tmp_path / "out", out)


def test_a_scheduler_that_is_not_there_is_said_before_anything_is_lived_through(tmp_path):
    scenario = written(tmp_path)
    address = f"tcp://127.0.0.1:{free_port()}"
    said = swept(scenario, tmp_path / "out", "--scheduler", address, code=2)
    assert "no scheduler answers at" in said


# Poison


@pytest.mark.parametrize(("poison", "workers"), [("raises", 1), ("kills", 2)])
def test_a_poisoned_block_is_set_aside_after_two_tries_and_tried_again_the_next_time(tmp_path, poison, workers):
    scenario = written(tmp_path)
    crew = ("--workers", str(workers))
    said = swept(scenario, tmp_path / "out", *crew, code=3, replications=20, POISON=poison, POISONED=2)
    plain = " ".join(said.split())
    assert "points 2 to 2, replications 1 to 10 were set aside" in plain
    assert "points 2 to 2, replications 11 to 20 were set aside" in plain
    found = status(tmp_path / "out").progress
    assert (found.blocks, found.done, found.set_aside) == (8, 6, 2)
    swept(scenario, tmp_path / "out", "--workers", "1", replications=20)
    swept(scenario, tmp_path / "whole", "--workers", "1", replications=20)
    assert_same(tmp_path / "out", tmp_path / "whole")


# The disk


@contextmanager
def disk(where, size):
    """A small disk of its own; skips where it may not be made."""
    where.mkdir()
    made = sys.platform == "linux" and os.geteuid() == 0
    if not made or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where]).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def remount(where, how):
    subprocess.run(["mount", "-o", f"remount,{how}", where], check=True)


def test_on_a_full_disk_nothing_is_lost_and_with_space_again_the_same_command_finishes(whole, tmp_path):
    scenario, out = whole
    with disk(tmp_path / "small", "200k") as small:
        said = swept(scenario, small / "out", code=4)
        assert re.search(r"cannot be written: No space left on device|disk is full", " ".join(said.split()))
        assert not [*(small / "out").rglob(".*.new")]
        kept = frame(small / "out")
        assert 0 < len(kept) < len(frame(out))
        remount(small, "size=20m")
        swept(scenario, small / "out")
        assert_same(small / "out", out)


def test_on_a_disk_that_may_not_be_written_a_study_is_refused_and_can_be_read(whole, tmp_path):
    scenario, out = whole
    with disk(tmp_path / "small", "20m") as small:
        swept(scenario, small / "done", "--workers", "1")
        with begun(scenario, small / "killed", "--workers", "1") as child:
            kill_when(child, small / "killed", 10, 0.0)
        assert (small / "killed" / "study.sqlite-wal").exists()
        remount(small, "ro")
        assert_same(small / "done", out)
        assert len(frame(small / "killed")) >= 90
        remount(small, "rw")
        (small / "killed" / "study.sqlite-shm").unlink()
        remount(small, "ro")
        assert len(frame(small / "killed")) >= 90
        for folder in ("done", "new"):
            assert "Read-only file system" in " ".join(swept(scenario, small / folder, code=4).split())


# Two at once


def test_a_second_sweep_on_one_folder_is_refused_by_the_name_of_the_first_and_its_lock_dies_with_it(whole, tmp_path):
    scenario, out = whole
    with begun(scenario, tmp_path / "out", replications=100) as child:
        wait_for(lambda: blocks_done(tmp_path / "out") >= 3)
        child.send_signal(signal.SIGSTOP)
        host = os.uname().nodename
        said = swept(scenario, tmp_path / "out", code=4)
        assert f"is in use by process {child.pid} on {host}" in " ".join(said.split())
        with looked_at(tmp_path / "out") as store:  # who only looks is not refused
            assert store.ledger.progress().done >= 1
        assert status(tmp_path / "out").working == f"process {child.pid} on {host}"
        child.kill()
        child.wait()
    swept(scenario, tmp_path / "out")
    assert_same(tmp_path / "out", out)


# Luck that nobody chose


def test_a_seed_nobody_said_is_drawn_printed_and_kept(tmp_path):
    scenario = written(tmp_path, world())
    words = [word for word in command(scenario, tmp_path / "out", replications=20) if word not in ("--seed", "7")]
    first = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=300)
    again = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=300)
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    seed = re.search(r"seed (\d+) \(drawn", " ".join(first.stdout.split()))[1]
    assert f"seed {seed}" in " ".join(again.stdout.split())
    with looked_at(Path(tmp_path, "out")) as store:
        assert str(store.study.seed) == seed
