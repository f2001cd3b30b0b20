"""Signals, closed terminals and dead pipes: what they stop, what they do not, and what is said about it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.nights import (
    PARE,
    Desk,
    Place,
    counting_endpoint,
    lines_of,
    place_at,
    wait_until,
    workers_of,
)

HERE = ("--executor-type", "async")
"""Without workers, which take a while to start."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give an endpoint at which a run takes a second or two."""
    with counting_endpoint(latency_seconds=0.1) as desk:
        yield desk


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with place_at(tmp_path) as place:
        yield place


def sweep_at(place: Place, desk: Desk, runs: int = 3) -> Path:
    """Write a sweep of twelve runs, four at a time."""
    scenarios = {"split": "full", "limit": 4}
    limits = {"max_concurrent_scenarios": 4, "workers": 2}
    return place.write("night", url=desk.url, scenarios=scenarios, runs=runs, limits=limits)


def ended(program: subprocess.Popen[str], seconds: float = 60) -> tuple[int, str]:
    """Wait for the end of a program; give its exit code, and what it printed."""
    try:
        out, _ = program.communicate(timeout=seconds)
    finally:
        program.kill()
    return program.returncode, out


def begun(desk: Desk) -> set[tuple[str, int]]:
    """Give the runs that asked for anything."""
    return {call[:2] for call in desk.calls}


def test_ctrl_c_lets_what_runs_finish_and_starts_nothing_new(place: Place, desk: Desk) -> None:
    program = place.popen("run", sweep_at(place, desk, runs=100), stdout=subprocess.PIPE)
    desk.until(8)
    workers = workers_of(program.pid)
    assert [os.getsid(pid) for pid in workers] == workers, "a terminal's Ctrl-C reaches the supervisor only"
    wait_until((place.folder() / "status.json").exists)
    code, out = place.here("status", place.folder())
    assert (code, f"process {program.pid} is at work" in out, " of 400 done" in out) == (0, True, True), out
    code, out = place.here("resume", place.folder())
    assert (code, f"is in use by process {program.pid}" in out) == (2, True), out
    program.send_signal(signal.SIGINT)
    code, out = ended(program)
    rows = lines_of(place.folder())
    said = re.search(r"(\d+) runs? under way will finish, (\d+) not begun will not start", out)
    assert said is not None, out
    assert (code, [row["outcome"] for row in rows]) == (130, ["success"] * len(rows))
    assert begun(desk) == {(row["scenario_id"], row["run_number"]) for row in rows}
    assert len(rows) + int(said[2]) == 400
    assert out.count(f"go on with: pare resume runs/{place.folder().name}") == 2, out


def test_a_second_ctrl_c_cancels_at_once(place: Place, desk: Desk) -> None:
    program = place.popen("run", sweep_at(place, desk, runs=100), *HERE, stdout=subprocess.PIPE)
    desk.until(4)
    program.send_signal(signal.SIGINT)
    time.sleep(0.3)
    program.send_signal(signal.SIGINT)
    began = time.monotonic()
    code, out = ended(program)
    assert code == 130
    assert time.monotonic() - began < 5
    assert re.search(r"interrupted again: \d runs? under way cancelled, \d+ not begun", out), out
    assert len(lines_of(place.folder())) < 4


def test_a_terminated_sweep_ends_within_five_seconds_and_goes_on_later(tmp_path: Path) -> None:
    with counting_endpoint(latency_seconds=0.3) as desk, place_at(tmp_path) as place:
        program = place.popen("run", sweep_at(place, desk, runs=1), stdout=subprocess.PIPE)
        desk.until(9)
        program.send_signal(signal.SIGTERM)
        began = time.monotonic()
        code, out = ended(program)
        assert code == 143
        assert time.monotonic() - began < 5
        assert re.search(r"terminated: 4 runs under way cancelled, 0 not begun; what they were", out), out
        assert f"go on with: pare resume runs/{place.folder().name}" in out
        assert "ended with exit code 143" in place.here("status", place.folder())[1]
        code, out = place.here("resume", place.folder(), *HERE)
        assert (code, len(lines_of(place.folder()))) == (0, 4), out
        assert desk.repeated <= 4, "calls in flight are all that was lost"


def test_a_closed_terminal_stops_nothing(place: Place, desk: Desk) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux on this machine")
    sweep_at(place, desk)
    tmux = ["tmux", "-S", str(place.path / "socket"), "-f", os.devnull]
    command = " ".join([*PARE, "run", "night.yaml", *HERE])
    environ = {name: value for name, value in place.environment().items() if name != "TMUX"}
    subprocess.run(
        [*tmux, "new-session", "-d", "-x", "80", "-y", "24", command], cwd=place.path, env=environ, check=True
    )
    try:
        desk.until(8)
        time.sleep(1.2)
        pane = subprocess.run(
            [*tmux, "capture-pane", "-p"], capture_output=True, encoding="utf-8", check=True, env=environ
        ).stdout
        subprocess.run([*tmux, "kill-pane"], env=environ, check=True)
    finally:
        subprocess.run([*tmux, "kill-server"], env=environ, check=False, capture_output=True)
    assert re.search(r"\d of 12\b", pane), pane
    assert max(map(len, pane.splitlines())) <= 80
    wait_until(lambda: not place.processes(), 60, "the sweep ends")
    assert len(lines_of(place.folder())) == 12
    assert "ended with exit code 0 (complete)" in place.here("status", place.folder())[1]


def test_a_hang_up_and_a_pipe_that_nobody_reads_stop_nothing(place: Place, desk: Desk) -> None:
    sweep_at(place, desk)
    command = f"{' '.join([*PARE, 'run', 'night.yaml', *HERE])} 2> said | head -1; exit ${{PIPESTATUS[0]}}"
    shell = subprocess.Popen(
        ["bash", "-c", command],
        cwd=place.path,
        env=place.environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    desk.until(8)
    for pid in place.processes():
        if b"pare" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[2:3]:
            os.kill(pid, signal.SIGHUP)
    code, out = ended(shell)
    said = (place.path / "said").read_text()
    assert (code, out) == (0, f"night: 12 runs in runs/{place.folder().name}\n")
    assert "nobody reads the output any more; the sweep goes on: " in said, said
    assert "Traceback" not in said
    assert "Exception" not in said
    assert len(lines_of(place.folder())) == 12


def test_a_killed_sweep_says_so_and_a_detached_one_outlives_its_shell(place: Place, desk: Desk) -> None:
    program = place.popen("run", sweep_at(place, desk), *HERE)
    wait_until((place.path / "runs").exists)
    wait_until(lambda: len(lines_of(place.folder())) >= 2, 60)
    program.kill()
    program.wait()
    done = len(lines_of(place.folder()))
    code, out = place.here("status", place.folder())
    assert (code, f"process {program.pid} is dead; it was running" in out) == (0, True), out
    assert (f"{done} of 12 done ({done} success)" in out, "cut off" in out) == (True, True), out
    assert f"go on with: pare resume {place.folder()}" in out

    resume = " ".join([*PARE, "resume", "night", *HERE, "--detach", "--on-finish"])
    command = f"{resume} 'echo $PARE_RUN $PARE_EXIT_CODE > finished'"
    shell = subprocess.run(
        ["bash", "-c", command],
        cwd=place.path,
        env=place.environment(),
        capture_output=True,
        encoding="utf-8",
        start_new_session=True,
        check=True,
    )
    first, second = shell.stdout.splitlines()
    assert re.fullmatch(r"process \d+ runs night in runs/night-\S+", first), shell.stdout
    assert second == f"look at it with: pare status runs/{place.folder().name}"
    wait_until(lambda: (place.path / "finished").exists() and not place.processes(), 60, "the sweep ends")
    assert (place.path / "finished").read_text() == f"{place.folder()} 0\n"
    assert len(lines_of(place.folder())) == 12
    assert desk.repeated <= 4
