"""The README is true: a newcomer who follows it in an empty folder sees what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
RUNS_THE_TESTS = "make test"
SAVED_AS = re.compile(r"[Ss]ave this as `([^`]+)`[^`]*```\w+\n(.*?)```", re.DOTALL)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


COMMANDS = [line for block in blocks("bash") for line in block.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that is empty but for the files that are saved, as a newcomer's."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(BIN)
    for name, content in SAVED_AS.findall(TEXT):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, str]:
    """Run all commands, in their order; give what each printed."""
    return {command: printed(command, folder) for command in COMMANDS}


def printed(command: str, folder: Path) -> str:
    # Targets are those of the repository; the one that runs this very test is asked what it would do.
    place = ROOT if command.startswith("make") else folder
    wanted = f"{command} --dry-run" if command == RUNS_THE_TESTS else command
    environment = {**os.environ, "PARE_CACHE_DIR": str(folder / "store"), "COLUMNS": "90"}
    finished = subprocess.run(
        wanted,
        shell=True,
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout}{finished.stderr}"
    return finished.stdout + finished.stderr


def test_the_files_and_commands_are_all_there(done: dict[str, str]) -> None:
    assert [name for name, _ in SAVED_AS.findall(TEXT)] == ["scenarios/jar.py", "first.yaml"]
    assert len(done) == len(COMMANDS) > 10


def test_the_first_scenario_has_thirty_lines_and_a_proven_validator(done: dict[str, str]) -> None:
    (scenario,) = blocks("python")
    assert len(scenario.splitlines()) <= 30
    assert "jar_goes_back: ok" in done[".venv/bin/pare scenarios check --scenarios-dir scenarios"]
    assert "misjudged" not in done[".venv/bin/pare scenarios mutants --scenarios-dir scenarios"]


def test_the_first_sweep_ends_as_shown(done: dict[str, str]) -> None:
    ran = done[".venv/bin/pare run first.yaml"]
    shown = next(block for block in blocks("text") if block.startswith("16 runs"))
    for line in shown.splitlines():
        if "time/run" in line or "─" in line:  # their width follows the times, as measured
            continue
        assert line.rsplit("–", 1)[0] in ran
    assert "16 runs to make" in done[".venv/bin/pare plan first.yaml"]
    assert "ended with exit code 0" in done[".venv/bin/pare status first"]


def test_results_are_where_the_table_says(done: dict[str, str], folder: Path) -> None:
    table = TEXT.split("## Where results are")[1].split("## Look at a failure")[0]
    named = [
        name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in cell.split("`")[1::2]
    ]
    (run,) = re.findall(r"in (runs/first-\S+)", done[".venv/bin/pare run first.yaml"])[:1]
    patterns = [name.replace("CELL", "*").replace("SCENARIO", "*") for name in named]
    assert len(patterns) >= 9
    assert [pattern for pattern in patterns if not list((folder / run).glob(pattern.rstrip("/")))] == []


def test_a_failure_leads_to_its_story(done: dict[str, str], folder: Path) -> None:
    (command,) = re.findall(r"pare (show \S+)", done[".venv/bin/pare report first --failures"])
    story = printed(f".venv/bin/pare {command}", folder)
    shown = next(block for block in blocks("text") if block.startswith("turn 2") and "Noor" in block)
    times = re.compile(r"^ *\d+:\d\d:\d\d\.\d|─+", re.MULTILINE)  # how long a reply takes follows its format
    told = {line.strip() for line in times.sub("", story).splitlines()}
    assert [line for line in times.sub("", shown).splitlines() if line.strip() not in told] == []


def test_the_quick_start_shows_a_success_and_how_to_look_at_a_failure(done: dict[str, str]) -> None:
    assert "success" in done["make quickstart"]
    assert "pare show" in done["make quickstart"]
    assert "pytest" in done[RUNS_THE_TESTS]
