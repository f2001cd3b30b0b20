"""A scenario file for the published framework, run as it stands."""

from pathlib import Path
from typing import Any

import pytest
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.scenarios.utils.cli_utils import run_and_validate
from are.simulation.scenarios.utils.import_utils import import_scenario
from are.simulation.types import EnvironmentState

DATA = Path(__file__).parent / "data"


@pytest.fixture
def plants(tmp_path: Path) -> Any:
    """Give the class of the reference scenario, from a file of its own."""
    file = tmp_path / "plants.py"
    file.write_text((DATA / "reference_scenario.txt").read_text())
    return import_scenario(file)["invented_plants"]


def test_its_oracle_run_gives_the_published_log(plants: Any) -> None:
    scenario = plants()
    scenario.initialize()
    env = Environment(
        EnvironmentConfig(oracle_mode=True, queue_based_loop=True, start_time=scenario.start_time)
    )
    env.run(scenario)
    log = [
        (e.event_time, e.event_type.value, e.event_id, e.metadata.return_value)
        for e in env.event_log.list_view()
    ]
    ask, thanks = log[0][3], log[-1][3]
    assert log == [
        (2, "ENV", "ask", ask),
        (12, "ENV", "dry", None),
        (12, "CONDITION", "wet-CHECK_0", False),
        (14, "AGENT", "fix", 3),
        (15, "AGENT", "done", None),
        (17, "CONDITION", "wet-CHECK_1", True),
        (18, "USER", "thanks", thanks),
    ]
    assert isinstance(ask, str)
    assert isinstance(thanks, str)
    assert (env.state, env.tick_count, scenario.validate(env).success) == (EnvironmentState.STOPPED, 18, True)


def test_its_tools_have_the_published_names_in_order(plants: Any) -> None:
    scenario = plants()
    scenario.initialize()
    assert scenario.scenario_id == "invented_plants"
    assert [tool.name for tool in scenario.get_tools()][5:] == [
        "SystemApp__get_current_time",
        "SystemApp__wait_for_notification",
        "PlantApp__water",
    ]
    assert [tool.name for tool in scenario.get_env_tools()] == ["PlantApp__dry_out"]


def test_run_and_validate_prints_the_verdict(plants: Any, capsys: pytest.CaptureFixture[str]) -> None:
    result = run_and_validate(plants())
    assert (result.success, result.exception) == (True, None)
    assert capsys.readouterr().out.startswith("ScenarioValidationResult(success=True, ")


def test_without_an_agent_the_fern_stays_dry(plants: Any) -> None:
    scenario = plants()
    scenario.initialize()
    env = Environment(EnvironmentConfig(start_time=0, exit_when_no_events=True))
    env.run(scenario)
    assert [e.event_id for e in env.event_log.list_view() if not e.event_id.startswith("wet")] == [
        "ask",
        "dry",
    ]
    assert scenario.validate(env).success is False


def test_a_wrong_argument_is_refused_where_the_method_asks_for_a_check(plants: Any) -> None:
    scenario = plants()
    scenario.initialize()
    app = scenario.get_app("PlantApp")
    with pytest.raises(TypeError, match="water: argument 'amount' is of type str, but must be int"):
        app.water(plant="fern", amount="much")
    assert app.water(plant="fern") == 3
