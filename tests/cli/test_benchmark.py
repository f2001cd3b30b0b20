"""`pare benchmark run --oracle`: what it selects, prints, and exits with."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from pare.cli.benchmark import selected_ids
from pare.cli.main import app
from pare.errors import ConfigError, ScenarioImportError, UnknownScenarioError
from pare.reporting.oracle_table import print_oracle_table, printable
from pare.scenario_runner import play_oracle
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.utils.registry import registry
from tests.kernel.phone import Diary, arrival

NASTY = "[bold]x[/bold] [/] \x1b[2J\x9b31m\x07 :apple: [link=http://x]y[/link] \ud800 end\\"


class Told(Scenario):
    """A scenario with a verdict to give."""

    verdict: Any = None

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.diary = Diary()
        self.apps = [self.diary]

    def build_events_flow(self) -> None:
        self.events = [arrival(self.diary, name, None, 90_061) for name in ("one", "two")]

    def validate(self, env: Any) -> Any:
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


def told(scenario_id: str, given: Any) -> None:
    """Register a scenario whose validator gives (or raises) `given`."""
    registry.register(scenario_id)(type(Scenario)(scenario_id, (Told,), {"verdict": given}))


PASSED = ScenarioValidationResult(True, rationale="not shown")
FAILED = ScenarioValidationResult(False, rationale="not met: slot moved")


@pytest.fixture(autouse=True)
def _only_these_scenarios() -> Iterator[None]:
    known = registry.get_all_scenarios()
    before = dict(known)
    known.clear()
    told("first_passes", PASSED)
    told("second_passes", PASSED)
    yield
    known.clear()
    known.update(before)


def run(*arguments: str) -> Result:
    environ = {"COLUMNS": "240", "NO_COLOR": "1"}
    return CliRunner().invoke(app, ["benchmark", "run", *arguments], env=environ)


def rows(result: Result) -> list[list[str]]:
    """Give the cells of the rows of the table."""
    lines = [line for line in result.stdout.splitlines() if line.startswith(("│", "|"))]
    return [[cell.strip() for cell in line.strip("│|").split("│")] for line in lines]


# --- the table and the exit code ------------------------------------------------------------------------


def test_all_scenarios_are_played_and_shown() -> None:
    result = run("--oracle")
    assert result.exit_code == 0
    assert rows(result) == [
        [name, "success", "2", "1 d 1:01:01", ""] for name in ("first_passes", "second_passes")
    ]
    assert "Oracle runs of 2 scenarios" in result.stdout
    assert "2 success; " in result.stdout
    assert "ms of CPU a scenario" in result.stdout


def test_what_does_not_succeed_is_shown_with_the_reason() -> None:
    told("fails", FAILED)
    told("does_not_say", ScenarioValidationResult(None))
    told("raises", KeyError("slot"))
    told("raises_without_a_word", AssertionError())
    told("raised", ScenarioValidationResult(False, exception=ValueError("late")))
    told("talks_nonsense", "yes")
    nonsense = "returned str; it must return a ScenarioValidationResult"
    result = run("--oracle")
    assert result.exit_code == 1
    assert [(name, outcome, why) for name, outcome, _, _, why in rows(result)[2:]] == [
        ("fails", "failure", "not met: slot moved"),
        ("does_not_say", "no_validation", ""),
        ("raises", "defect", "KeyError: 'slot'"),
        ("raises_without_a_word", "defect", "AssertionError"),
        ("raised", "failure", "ValueError: late"),
        (
            "talks_nonsense",
            "defect",
            f"TypeError: validate() of scenario 'talks_nonsense' {nonsense}",
        ),
    ]
    assert "2 success, 2 failure, 3 defect, 1 no_validation; " in result.stdout


@pytest.mark.parametrize("verdict", [FAILED, ScenarioValidationResult(None), RuntimeError("x")])
def test_one_that_does_not_succeed_makes_the_exit_code_one(verdict: Any) -> None:
    told("other", verdict)
    assert run("--oracle", "--scenarios", "other").exit_code == 1
    assert run("--oracle", "--scenarios", "first_passes").exit_code == 0


def test_a_scenario_that_cannot_be_constructed_does_not_take_the_others_along() -> None:
    @registry.register("cannot_be_constructed")
    class Odd(Told):
        def __init__(self) -> None:
            raise RuntimeError("no such data")

    told("third_passes", PASSED)
    result = run("--oracle")
    assert result.exit_code == 1
    assert rows(result)[2] == [
        "cannot_be_constructed",
        "defect",
        "0",
        "0:00:00",
        "RuntimeError: no such data",
    ]
    assert rows(result)[3][:2] == ["third_passes", "success"]


# --- the selection --------------------------------------------------------------------------------------


def test_scenarios_are_played_in_the_order_in_which_they_are_named() -> None:
    result = run("--oracle", "-s", " second_passes , ,first_passes")
    assert [name for name, *_ in rows(result)] == ["second_passes", "first_passes"]


@pytest.mark.parametrize(("limit", "expected"), [("1", 1), ("2", 2), ("9", 2)])
def test_a_limit_takes_the_first_ones(limit: str, expected: int) -> None:
    result = run("--oracle", "-l", limit)
    assert [name for name, *_ in rows(result)] == ["first_passes", "second_passes"][:expected]
    assert f"Oracle runs of {expected} scenario{'s' * (expected > 1)}" in result.stdout


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_is_a_number_from_one_on(limit: str) -> None:
    result = run("--oracle", "--limit", limit)
    assert result.exit_code == 2
    assert "--limit" in result.output


def test_all_unknown_ids_are_named_with_the_nearest_ones() -> None:
    with pytest.raises(UnknownScenarioError) as caught:
        selected_ids("frist_passes,first_passes,second_pases,§", None)
    said = "there is no scenario {!r} among 2 registered ones.{}"
    assert str(caught.value).splitlines() == [
        said.format("frist_passes", " Did you mean 'first_passes' or 'second_passes'?"),
        said.format("second_pases", " Did you mean 'second_passes' or 'first_passes'?"),
        said.format("§", ""),
    ]


def test_ids_that_are_named_twice_are_refused() -> None:
    with pytest.raises(ConfigError, match="names a, b more than once"):
        selected_ids("b,a,c,a,b", None)


@pytest.mark.parametrize("nothing", ["", " , ", ","])
def test_an_empty_selection_is_refused(nothing: str) -> None:
    with pytest.raises(ConfigError, match="no scenario is selected"):
        selected_ids(nothing, None)


def scripted(model: str) -> list[str]:
    roles = ("user", "observe", "execute")
    return [part for role in roles for part in (f"--{role}-model", model, f"--{role}-provider", "scripted")]


def test_an_unknown_model_is_refused_before_anything_runs() -> None:
    result = run(*scripted("orcale"))
    assert isinstance(result.exception, ConfigError)
    assert "Did you mean 'oracle'" in str(result.exception)


def test_an_unknown_format_is_refused() -> None:
    result = run("--format", "xml", *scripted("wait"))
    assert isinstance(result.exception, ConfigError)
    assert "format" in str(result.exception)


# --- what is printed ------------------------------------------------------------------------------------


def test_a_rationale_is_shown_as_it_is_and_never_obeyed() -> None:
    told("nasty", ScenarioValidationResult(False, rationale=NASTY))
    (row,) = rows(run("--oracle", "-s", "nasty"))
    assert row[4] == (
        r"[bold]x[/bold] [/] \x1b[2J\x9b31m\x07 :apple: [link=http://x]y[/link] \ud800 end" + "\\"
    )


@pytest.mark.parametrize("where", ["rationale", "exception", "scenario_id"])
def test_a_terminal_is_sent_no_escapes_of_others(where: str) -> None:
    scenario = Told(verdict=FAILED)
    if where == "rationale":
        scenario.verdict = ScenarioValidationResult(False, rationale=NASTY)
    elif where == "exception":
        scenario.verdict = RuntimeError(NASTY)
    else:
        scenario.scenario_id = NASTY
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system=None, width=300)
    assert print_oracle_table([play_oracle(scenario)], 1, console) is False
    assert r"\x1b[2J\x9b31m\x07" in shown.getvalue()
    assert not {"\x1b[2J", "\x9b", "\x07", "\ud800", "🍎"} & set(shown.getvalue())
    assert "\x1b[2J" not in shown.getvalue()


def test_a_rationale_of_several_lines_stays_one() -> None:
    assert printable("a\nb\tc\r\u2028é") == "a\nb\\tc\\r\u2028é"


@pytest.mark.parametrize("command", [[], ["benchmark"], ["benchmark", "run"]])
def test_help_is_there_for_every_command(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


# --- the program itself ---------------------------------------------------------------------------------

FILE = """
from pare.apps import PAREAgentUserInterface
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.utils.registry import register_scenario

class Silent(Scenario):
    def init_and_populate_apps(self, *args, **kwargs):
        self.apps = [PAREAgentUserInterface()]

@register_scenario("passes")
class Passes(Silent):
    pass

@register_scenario("fails")
class Fails(Silent):
    def validate(self, env):
        return ScenarioValidationResult(False, rationale="\\x1b[31mred")

@register_scenario("fails")
class FailsAgain(Fails):
    pass
"""


def pare(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "PARE_SCENARIOS_DIR": str(directory), "COLUMNS": "160"}
    code = "from pare.cli import main; main()"
    command = [sys.executable, "-c", code, "benchmark", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)


def test_the_program_exits_with_0_1_or_2(tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text(FILE, encoding="utf-8")
    passes = pare(tmp_path, "--oracle", "-s", "passes")
    assert (passes.returncode, "1 success" in passes.stdout) == (0, True)

    mixed = pare(tmp_path, "--oracle")
    assert (mixed.returncode, "1 success, 1 failure" in mixed.stdout) == (1, True)
    assert "\\x1b[31mred" in mixed.stdout
    assert "scenario.replaced" in mixed.stderr  # and not among the results
    assert "\x1b" not in mixed.stdout

    unknown = pare(tmp_path, "--oracle", "--scenarios", "pases,nothing")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert (
        "error: there is no scenario 'pases' among 2 registered ones. Did you mean 'passes'" in unknown.stderr
    )
    assert "there is no scenario 'nothing'" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_a_file_that_cannot_be_imported_stops_the_program(tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text(FILE, encoding="utf-8")
    (tmp_path / "broken.py").write_text("raise SystemExit(0)", encoding="utf-8")
    done = pare(tmp_path, "--oracle")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path / 'broken.py'}: SystemExit: 0" in done.stderr
    assert issubclass(ScenarioImportError, ImportError)
