"""`pare scenarios mutants`: a row for each scenario, what was misjudged, and the marks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pare.cli.main import app
from pare.errors import UnknownScenarioError
from pare.scenarios.utils.registry import registry

BENCHMARK = Path(__file__).parents[2] / "pare" / "scenarios" / "benchmark"


@pytest.fixture(autouse=True)
def _a_registry_that_others_find_as_it_was() -> Iterator[None]:
    known, state = registry.get_all_scenarios(), dict(vars(registry))
    registry.reset()
    yield
    vars(registry).update(state)
    assert registry.get_all_scenarios() is known


@pytest.fixture
def lenient(tmp_path: Path) -> Path:
    """Give a directory with a scenario whose validator does not ask whether the practice was answered."""
    text = (BENCHMARK / "dentist_moves_appointment.py").read_text()
    start = text.index("        return verdict(")
    text = text[:start] + "        return verdict(proposed=proposed(env))\n"
    (tmp_path / "lenient.py").write_text(text.replace("dentist_moves_appointment", "lenient"))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scenarios", "mutants", *arguments], env={"NO_COLOR": "1"})


def test_a_good_scenario_reaches_the_marks() -> None:
    result = run("dentist_moves_appointment")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split() for line in result.stdout.splitlines() if line[:1].isalpha()] == [
        ["mutants", "of", "each", "scenario"],
        ["scenario", "drop_read", "swap", "paraphrase", "drop_write", "wrong_target", "right", "wrong"],
        ["dentist_moves_appointment", "2", "2", "4", "5", "3", "16", "0"],
        ["kind", "mark", "played", "right", "rejected", "reached"],
        ["drop_read", "at", "most", "1%", "rejected", "2", "2", "0.0%", "yes"],
        ["swap", "at", "most", "1%", "rejected", "2", "2", "0.0%", "yes"],
        ["paraphrase", "at", "most", "1%", "rejected", "4", "4", "0.0%", "yes"],
        ["drop_write", "all", "rejected", "5", "5", "100.0%", "yes"],
        ["wrong_target", "all", "rejected", "3", "3", "100.0%", "yes"],
        ["all", "16", "16"],
    ]


def test_a_lenient_validator_is_named_with_what_it_lets_through(lenient: Path) -> None:
    result = run("--scenarios-dir", str(lenient))
    assert result.exit_code == 1
    assert "• lenient: wrong_target: " in result.stdout
    assert "-> success" in result.stdout
    [mark] = [line.split() for line in result.stdout.splitlines() if line.startswith("wrong_target")]
    assert mark[-1] == "NO"


def test_only_those_that_failed_are_shown_if_that_is_asked_for(lenient: Path) -> None:
    (lenient / "good.py").write_text((BENCHMARK / "dentist_moves_appointment.py").read_text())
    both, failed = (run("-d", str(lenient), *option).stdout for option in ((), ("--failed",)))
    assert "\ndentist_moves_appointment " in both
    assert "dentist_moves_appointment" not in failed
    assert "2 scenarios" in failed
    assert "\nlenient " in failed


def test_without_a_failure_only_the_marks_are_shown() -> None:
    result = run("dentist_moves_appointment", "--failed")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "1 scenarios")


def test_a_scenario_that_breaks_off_is_named(lenient: Path) -> None:
    text = (lenient / "lenient.py").read_text()
    broken = text.replace(
        "        self.calendar = ", "        raise LookupError('no apps')\n        self.calendar = ", 1
    )
    (lenient / "lenient.py").write_text(broken)
    result = run("-d", str(lenient))
    assert result.exit_code == 1
    assert "• lenient: breaks off: LookupError: no apps" in result.stdout


def test_an_unknown_scenario_is_refused_with_the_nearest() -> None:
    error = run("dentist_moves_appointments").exception
    assert isinstance(error, UnknownScenarioError)
    assert "'dentist_moves_appointment'" in str(error)
