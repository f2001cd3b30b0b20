"""`pare benchmark run --oracle`: what it selects, prints, writes, and exits with."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from pare.cli.main import app
from pare.errors import ConfigError, ScenarioImportError
from pare.reporting.run_list import runs_section
from pare.reporting.sweep_render import print_sections
from pare.reporting.wording import printable
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.result_row import ResultRow
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
def _only_these_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARE_CACHE_DIR", str(tmp_path / "store"))
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


def rows(result: Result) -> list[tuple[str, str]]:
    """Give scenario and outcome of each run that is listed."""
    lines = result.stdout[result.stdout.index("Oracle runs of ") :].split("\n\n")[0].splitlines()[3:]
    return [tuple(line.split()[:2]) for line in lines if not line.startswith(("•", " "))]  # type: ignore[misc]


def written(ending: str = "_result.json") -> list[dict[str, Any]]:
    [path] = Path("results").glob(f"*/*{ending}")
    return json.loads(path.read_text())


# --- the list and the exit code -------------------------------------------------------------------------


def test_all_scenarios_are_played_and_shown() -> None:
    result = run("--oracle")
    assert (result.exit_code, result.exception) == (0, None)
    assert rows(result) == [("first_passes", "success"), ("second_passes", "success")]
    assert "Oracle runs of 2 scenarios" in result.stdout
    assert "1 d 1:01:01" in result.stdout
    assert "2 runs of 2 scenarios in 1 cell: 2 success" in result.stdout
    assert "total 2, success 2, failed 0, exceptions 0" in result.stdout


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
    assert [line[2:] for line in result.stdout.splitlines() if line.startswith("• ")][-6:] == [
        "failure fails: not met: slot moved",
        "no_validation does_not_say: ended: no_events",
        "defect raises: KeyError: 'slot' (validate)",
        "defect raises_without_a_word: AssertionError: (validate)",
        "failure raised: ValueError: late",
        f"defect talks_nonsense: TypeError: validate() of scenario 'talks_nonsense' {nonsense} (validate)",
    ]
    assert "total 8, success 2, failed 5, exceptions 4" in result.stdout
    assert "  1 × KeyError: 'slot'" in result.stdout


@pytest.mark.parametrize("verdict", [FAILED, ScenarioValidationResult(None), RuntimeError("x")])
def test_one_that_does_not_succeed_makes_the_exit_code_one(verdict: Any) -> None:
    told("other", verdict)
    assert run("--oracle", "--scenarios", "other").exit_code == 1


def test_a_scenario_that_cannot_be_constructed_does_not_take_the_others_along() -> None:
    @registry.register("cannot_be_constructed")
    class Odd(Told):
        def __init__(self) -> None:
            raise RuntimeError("no such data")

    told("third_passes", PASSED)
    result = run("--oracle")
    assert result.exit_code == 1
    assert rows(result)[2:] == [("cannot_be_constructed", "defect"), ("third_passes", "success")]
    assert "defect cannot_be_constructed: RuntimeError: no such data" in result.stdout


# --- the selection --------------------------------------------------------------------------------------


def test_scenarios_are_listed_in_the_order_in_which_they_are_named() -> None:
    result = run("--oracle", "-s", " second_passes , ,first_passes")
    assert [name for name, _ in rows(result)] == ["second_passes", "first_passes"]


def test_ids_can_stand_in_a_file() -> None:
    Path("ids.txt").write_text("second_passes  \n# first_passes\n")
    assert [name for name, _ in rows(run("--oracle", "-s", "ids.txt"))] == ["second_passes"]


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


def test_scenarios_and_a_split_exclude_each_other() -> None:
    result = run("--oracle", "--scenarios", "first_passes", "--split", "full")
    assert result.exit_code == 2
    assert "not by both" in result.output


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("frist_passes,first_passes,§", ["'frist_passes'", "Did you mean 'first_passes'", "'§'"]),
        ("second_passes,first_passes,second_passes", ["second_passes", "twice"]),
        (" , ,", ["no scenario"]),
    ],
)
def test_a_selection_that_cannot_be_is_refused_and_leaves_nothing(named: str, said: list[str]) -> None:
    result = run("--oracle", "--scenarios", named)
    assert isinstance(result.exception, ConfigError)
    assert all(word in str(result.exception) for word in said), str(result.exception)
    assert not Path("results").exists()


def scripted(model: str) -> list[str]:
    roles = ("user", "observe", "execute")
    return [part for role in roles for part in (f"--{role}-model", model, f"--{role}-provider", "scripted")]


def test_an_unknown_model_is_refused_before_anything_runs() -> None:
    result = run("--executor-type", "async", *scripted("orcale"))
    assert isinstance(result.exception, ConfigError)
    assert "Did you mean 'oracle'" in str(result.exception)


def test_an_unknown_format_is_refused() -> None:
    result = run("--executor-type", "async", "--format", "xml", *scripted("wait"))
    assert isinstance(result.exception, ConfigError)
    assert "format" in str(result.exception)


# --- what is printed ------------------------------------------------------------------------------------


def test_a_rationale_is_shown_as_it_is_and_never_obeyed() -> None:
    told("nasty", ScenarioValidationResult(False, rationale=NASTY))
    shown = run("--oracle", "-s", "nasty").stdout
    assert r"[bold]x[/bold] [/] \x1b[2J\x9b31m\x07 :apple: [link=http://x]y[/link]" in shown


@pytest.mark.parametrize("where", ["rationale", "error", "scenario_id"])
def test_a_terminal_is_sent_no_escapes_of_others(where: str) -> None:
    nasty = NASTY.replace("\ud800", "")
    row = ResultRow(**{"scenario_id": "x", "outcome": "failure", where: nasty})
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system=None, width=300)
    print_sections([runs_section([row])], console)
    assert r"\x1b[2J\x9b31m\x07" in shown.getvalue()
    assert not {"\x1b[2J", "\x9b", "\x07", "🍎"} & set(shown.getvalue())
    assert "\x1b[2J" not in shown.getvalue()


def test_a_rationale_of_several_lines_stays_one() -> None:
    assert printable("a\nb\tc\r\u2028é") == "a\nb\\tc\\r\u2028é"


@pytest.mark.parametrize("command", [[], ["benchmark"], ["benchmark", "run"], ["benchmark", "report"]])
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
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    (scenarios / "talk.py").write_text(FILE, encoding="utf-8")
    mixed = pare(scenarios, "--oracle")
    assert (mixed.returncode, "1 success, 1 failure" in mixed.stdout) == (1, True), mixed.stderr
    assert "\\x1b[31mred" in mixed.stdout
    assert "scenario.replaced" in mixed.stderr  # and not among the results
    assert "\x1b" not in mixed.stdout

    unknown = pare(scenarios, "--oracle", "--scenarios", "pases,nothing")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "'pases'" in unknown.stderr
    assert "Did you mean 'passes'" in unknown.stderr
    assert "'nothing'" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_a_file_that_cannot_be_imported_stops_the_program(tmp_path: Path) -> None:
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    (scenarios / "broken.py").write_text("raise SystemExit(0)", encoding="utf-8")
    done = pare(scenarios, "--oracle")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{scenarios / 'broken.py'}: SystemExit: 0" in done.stderr
    assert issubclass(ScenarioImportError, ImportError)
