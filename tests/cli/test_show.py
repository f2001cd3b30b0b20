"""`pare show`: what it prints, follows, refuses, and exits with."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner, Result

from pare.cli.main import app
from pare.errors import ConfigError
from pare.traces import TraceError, write_trace
from pare.traces.files import live_path
from tests.played import played

PARE = [sys.executable, "-c", "from pare.cli import main; main()"]


@pytest.fixture(scope="module")
def lines() -> bytes:
    """Give the trace of a run that succeeds."""
    return anyio.run(played).lines


@pytest.fixture
def trace(tmp_path: Path, lines: bytes) -> Path:
    """Give a trace file."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(lines)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["show", *arguments], env={"COLUMNS": "100", "NO_COLOR": "1"})


def program(*arguments: str, **environ: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*PARE, "show", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "100", "PYTHONUNBUFFERED": "1", **environ},
        encoding="utf-8",
    )


# --- one trace ------------------------------------------------------------------------------------------


def test_a_trace_is_shown_from_header_to_verdict(trace: Path) -> None:
    result = run(str(trace))
    shown = result.stdout.splitlines()
    assert (result.exit_code, shown[0]) == (0, "dentist_moves_appointment · run 1")
    assert shown[-1].startswith("time     simulated ")
    assert [line.split()[1] for line in shown if line.startswith("turn ")] == ["1", "2", "3", "4"]
    assert "\x1b" not in result.stdout


def test_a_failed_run_is_shown_with_exit_code_zero_too(tmp_path: Path) -> None:
    head, *_, result = anyio.run(played).lines.splitlines(keepends=True)
    path = tmp_path / "run.jsonl"
    path.write_bytes(head + result.replace(b'"success"', b'"failure"'))
    assert "outcome  failure" in run(str(path)).stdout
    assert run(str(path)).exit_code == 0


def test_a_turn_a_prompt_and_full_texts_can_be_asked_for(trace: Path) -> None:
    third = run(str(trace), "--turn", "3").stdout
    assert ("turn 3 ·" in third, "turn 2 ·" in third, "outcome" in third) == (True, False, True)
    assert "▏prompt, system" not in third
    assert "▏prompt, system" in run(str(trace), "-p", "-t", "3").stdout
    assert "more)" in run(str(trace)).stdout
    assert "more)" not in run(str(trace), "--full").stdout


def test_a_turn_that_is_not_there_is_refused(trace: Path) -> None:
    error = run(str(trace), "--turn", "9").exception
    assert isinstance(error, ConfigError)
    assert str(error) == "there is no turn 9; the trace has turns 1 to 4"


def test_a_file_of_others_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n")
    error = run(str(path)).exception
    assert isinstance(error, TraceError)
    assert str(error).startswith(f"{path}, line 1, is no trace of pare: ")


def test_the_program_names_an_error_and_exits_with_two(tmp_path: Path) -> None:
    with program(str(tmp_path / "missing.jsonl")) as show:
        out, error = show.communicate()
    assert (show.returncode, out) == (2, "")
    assert error.startswith("error: cannot read the trace ")
    assert "Traceback" not in error


def test_a_terminal_that_knows_few_characters_is_served(trace: Path) -> None:
    with program(str(trace), PYTHONIOENCODING="ascii") as show:
        out, error = show.communicate()
    assert (show.returncode, error) == (0, "")
    assert "\\u2192 Calendar__edit_calendar_event" in out


def test_a_reader_that_has_seen_enough_is_no_error(trace: Path) -> None:
    with program(str(trace), "--prompts", "--full") as show:
        assert show.stdout is not None
        assert show.stderr is not None
        show.stdout.readline()
        show.stdout.close()
        assert "Traceback" not in show.stderr.read()


# --- a trace that grows ---------------------------------------------------------------------------------


def read_until(show: "subprocess.Popen[str]", text: str) -> str:
    """Read what the program prints until a line holds `text`, or it has ended, or 20 seconds are over."""
    assert show.stdout is not None
    timer = threading.Timer(20, show.kill)
    timer.start()
    found = ""
    while text not in found and (line := show.stdout.readline()):
        found += line
    timer.cancel()
    return found


async def test_a_trace_is_followed_from_before_its_beginning_to_its_end(tmp_path: Path, lines: bytes) -> None:
    path = tmp_path / "run.jsonl"
    parts = lines.splitlines(keepends=True)
    third = next(i for i, line in enumerate(parts) if json.loads(line)["turn"] == 3)
    show = program(str(path), "--follow")
    assert "waiting for" in await anyio.to_thread.run_sync(read_until, show, "waiting for")
    live_path(path).write_bytes(b"".join(parts[:third]) + parts[third][:20])
    found = await anyio.to_thread.run_sync(read_until, show, "send_message_to_user")
    assert ("turn 2 ·" in found, "turn 3 ·" in found) == (True, False)
    with live_path(path).open("ab") as file:
        file.write(parts[third][20:] + b"".join(parts[third + 1 :]))
    await write_trace(path, lines)
    rest = await anyio.to_thread.run_sync(read_until, show, "time     simulated")
    assert ("turn 3 ·" in rest, "outcome  success" in rest) == (True, True)
    assert (await anyio.to_thread.run_sync(show.wait)) == 0
    show.communicate()


def test_following_a_run_that_has_ended_shows_it(trace: Path) -> None:
    followed, shown = run(str(trace), "--follow"), run(str(trace))
    assert (followed.exit_code, followed.stdout) == (0, shown.stdout)


def test_following_ends_when_the_user_has_seen_enough(trace: Path, lines: bytes) -> None:
    trace.write_bytes(lines[: lines.index(b'"kind":"result"')])
    show = program(str(trace), "--follow")
    read_until(show, "turn 4 ·")
    show.send_signal(signal.SIGINT)
    _, error = show.communicate(timeout=20)
    assert (show.returncode, error) == (0, "")


def test_a_growing_file_of_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n")
    assert isinstance(run(str(path), "--follow").exception, TraceError)
    assert isinstance(run(str(tmp_path), "--follow").exception, TraceError)


# --- the command ----------------------------------------------------------------------------------------


def test_help_names_the_options() -> None:
    text = run("--help").stdout
    assert [option for option in ("--turn", "--prompts", "--full", "--follow") if option not in text] == []


def test_the_command_line_starts_without_what_only_a_command_needs() -> None:
    code = "import sys, pare.cli.main; print([name for name in sys.modules if name in %r])"
    heavy = (
        "orjson",
        "pydantic",
        "anyio",
        "pare.traces",
        "pare.reporting.trajectory",
        "pare.scenarios.config",
    )
    done = subprocess.run([sys.executable, "-c", code % (heavy,)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
