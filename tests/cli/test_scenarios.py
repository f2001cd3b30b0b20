"""`pare scenarios`: list, show, check."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pare.cli.main import app
from pare.errors import UnknownScenarioError
from pare.scenarios.utils.registry import registry

PLANTS = Path(__file__).parents[1] / "compat" / "data" / "reference_scenario.txt"


@pytest.fixture(autouse=True)
def _a_registry_that_others_find_as_it_was() -> Iterator[None]:
    known, state = registry.get_all_scenarios(), dict(vars(registry))
    registry.reset()
    yield
    vars(registry).update(state)
    assert registry.get_all_scenarios() is known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a scenario file for the published framework."""
    (tmp_path / "plants.py").write_text(PLANTS.read_text())
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scenarios", *arguments], env={"NO_COLOR": "1"})


def test_all_bundled_scenarios_are_listed_with_what_they_say_of_themselves() -> None:
    result = run("list")
    lines = result.stdout.splitlines()
    assert (result.exit_code, len(lines)) == (0, len(registry.get_all_scenarios()))
    assert any(line.startswith("dentist_moves_appointment") and "Dr. Osei" in line for line in lines)
    assert result.stderr == f"{len(lines)} scenarios\n"


def test_directories_take_the_place_of_the_bundled_ones(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "other.py").write_text(PLANTS.read_text().replace("invented_plants", "other_plants"))
    result = run("list", "--scenarios-dir", str(folder), "-d", str(tmp_path / "more"))
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        ["invented_plants  short   2", "other_plants     short   2"],
    )


def test_what_cannot_be_loaded_is_named_and_counted(folder: Path) -> None:
    (folder / "broken.py").write_text("import are.simulation\n1 / 0\n")
    result = run("list", "-d", str(folder))
    assert (result.exit_code, result.stdout) == (1, "invented_plants  short   2\n")
    assert f"load: {folder}/broken.py: ZeroDivisionError: division by zero (line 2)\n" in result.stderr
    assert result.stderr.endswith("1 problems while loading\n")


def test_what_could_be_loaded_is_listed_beside_what_could_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARE_SCENARIOS_DIR", f"{folder},{folder}/nowhere")
    result = run("list")
    assert (result.exit_code, result.stdout) == (1, "invented_plants  short   2\n")
    assert f"load: PARE_SCENARIOS_DIR={folder}/nowhere: there is no directory" in result.stderr


def test_a_scenario_that_cannot_be_built_is_listed(folder: Path) -> None:
    text = PLANTS.read_text()
    (folder / "plants.py").write_text(text.replace("def build_events_flow(self", "def build_events_flow(me"))
    result = run("list", "-d", str(folder))
    assert (result.exit_code, result.stdout) == (0, "invented_plants  ?\n")


def test_a_bundled_scenario_is_shown_with_its_difficulty_and_its_tags() -> None:
    lines = run("show", "dentist_moves_appointment").stdout.splitlines()
    assert lines[4:6] == ["oracle of 7 events, short", "tags Adaptability, Time"]


def test_a_scenario_is_shown_with_its_apps_and_its_plan(folder: Path) -> None:
    result = run("show", "invented_plants", "-d", str(folder))
    assert (result.exit_code, result.stdout) == (
        0,
        """invented_plants

start 1970-01-01 00:00:00 UTC, for 120 s, Draft
oracle of 2 events, short

apps
  AgentUserInterface (AgentUserInterface): 5 agent, 1 user tools
  SystemApp (SystemApp): 2 agent tools
  PlantApp (PlantApp): 1 agent, 1 env tools

events
  ENV        ask: AgentUserInterface.send_message_to_agent +2 s after the start
  ENV        dry: PlantApp.dry_out +10 s after ask
  ORACLE     fix: PlantApp.water +2 s after dry
  CONDITION  wet-CHECK_0: <lambda> +0 s after dry
  ORACLE     done: AgentUserInterface.send_message_to_user +1 s after fix
  USER       thanks: AgentUserInterface.send_message_to_agent +1 s after wet-CHECK_0
""",
    )


def test_an_unknown_scenario_is_refused_with_the_nearest(folder: Path) -> None:
    for command in ("show", "check"):
        error = run(command, "invented_plant", "-d", str(folder)).exception
        assert isinstance(error, UnknownScenarioError)
        assert "there is no scenario 'invented_plant'" in str(error)


def test_a_good_scenario_passes_the_check(folder: Path) -> None:
    result = run("check", "-d", str(folder))
    assert (result.exit_code, result.stdout) == (0, "invented_plants: ok\n1 scenarios checked, 0 problems\n")


def test_the_bundled_scenarios_pass_the_check() -> None:
    result = run("check", "dentist_moves_appointment")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "dentist_moves_appointment: ok")


def test_the_check_names_what_is_wrong(folder: Path) -> None:
    text = PLANTS.read_text().replace(
        "start_time: float | None = 0", "start_time: float | None = time.time()"
    )
    text = f"import time\n{text}".replace("success=ok and", "success=True or")
    (folder / "plants.py").write_text(text)
    (folder / "broken.py").write_text("1 / 0")
    result = run("check", "-d", str(folder))
    assert result.exit_code == 1
    name, source, validator, total = result.stdout.splitlines()
    assert (name, total) == ("invented_plants: 2 problems", "1 scenarios checked, 3 problems")
    assert source.startswith("  source: plants.py, line ")
    assert source.endswith(": time.time reads the wall clock")
    assert validator == "  validator: it accepts a run in which nobody did anything"
