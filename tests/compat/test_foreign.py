"""Scenario files as authors write them for the two published frameworks: they run as they stand.

What is below `foreign` imports published paths alone. Nothing in it was changed to run here.
"""

import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pare.kernel.enums import EventType
from pare.kernel.serialization import to_plain
from pare.llm.client import Complete
from pare.llm.scripted import ScriptedModel, Step, steps
from pare.scenario_runner import play, play_oracle
from pare.scenario_runner.oracle_policy import oracle
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.discovery import import_file
from pare.scenarios.scenario import PAREScenario
from pare.scenarios.utils.registry import registry

FOREIGN = Path(__file__).parent / "foreign"
ARE = (
    "foreign_archive_room",
    "foreign_bakery_invoice",
    "foreign_beekeeper",
    "foreign_choir_chat",
    "foreign_climbing_group",
    "foreign_curfew",
    "foreign_drawn_up_plan",
    "foreign_flat_by_the_canal",
    "foreign_harbour_pilot",
    "foreign_lamp_shop",
    "foreign_lighthouse_keeper",
    "foreign_night_ferry",
    "foreign_night_shift",
    "foreign_noisy_week",
    "foreign_orchard_calendar",
    "foreign_parade",
    "foreign_pill_reminder",
    "foreign_polite_robot",
    "foreign_impolite_robot",
    "foreign_quiet_district",
    "foreign_recipe_in_turns",
    "foreign_scam_letter",
    "foreign_step_by_step",
    "foreign_stubborn_printer",
    "foreign_guest_list",
    "foreign_big_guest_list",
    "foreign_watchmaker",
)
PARE = (
    "foreign_attic_flat_notes",
    "foreign_field_notes_photo",
    "foreign_gift_not_wanted",
    "foreign_greenhouse_frost",
    "foreign_kettle_recall",
    "foreign_kiln_booking_moved",
    "foreign_late_train_cab",
    "foreign_puppet_theatre_group",
    "foreign_smith_moves",
)
THEIR_STORY_FAILS = ("foreign_impolite_robot", "foreign_stubborn_printer")
TOO_SOON = ("foreign_lamp_shop", "foreign_night_ferry", "foreign_parade", "foreign_step_by_step")
"""Here an agent that does at once what the oracle does in time meets neither the discount nor the letter."""

MAINS = sorted(file for file in FOREIGN.rglob("*.py") if "__main__" in file.read_text())


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> Iterator[None]:
    known, state = dict(registry.get_all_scenarios()), dict(vars(registry))
    registry.load([FOREIGN / "are", FOREIGN / "pare"])
    yield
    vars(registry).update(state)
    registry.get_all_scenarios().clear()
    registry.get_all_scenarios().update(known)


def test_every_file_is_loaded_and_named_here() -> None:
    assert (registry.failures, registry.replaced) == ([], [])
    assert sorted(registry.ids) == sorted(ARE + PARE)


@pytest.mark.parametrize("scenario_id", ARE + PARE)
def test_the_oracle_run_ends_as_its_story_says(scenario_id: str) -> None:
    run = play_oracle(registry.create(scenario_id))
    is_good = scenario_id not in THEIR_STORY_FAILS
    assert (run.result.success, run.outcome) == (is_good, "success" if is_good else "failure"), run.result
    if is_good:
        assert [item.event_id for item in run.environment.event_log.list_view() if item.failed()] == []


@pytest.mark.parametrize("scenario_id", PARE)
async def test_both_agents_play_it_to_success(scenario_id: str) -> None:
    assert issubclass(registry.get_scenario(scenario_id), PAREScenario)
    models: dict[str, Complete] = dict.fromkeys(("user", "observe", "execute"), ScriptedModel(oracle()))
    result = await play(ScenarioRunnerConfig(), registry.create(scenario_id), models)
    assert (result.outcome, result.exception) == ("success", None), result


@pytest.mark.parametrize("scenario_id", ARE)
async def test_an_agent_alone_plays_it_to_an_end(scenario_id: str) -> None:
    calls = expected_calls(scenario_id)
    model = ScriptedModel(steps(calls, then=steps([Step("AgentUserInterface__send_message_to_user")])))
    config = ScenarioRunnerConfig(agent_type="default")
    result = await play(config, registry.create(scenario_id), {"execute": model})
    is_good = scenario_id not in (*THEIR_STORY_FAILS, *TOO_SOON)
    assert result.outcome == ("success" if is_good else "failure"), result


def expected_calls(scenario_id: str) -> list[Step]:
    """Give what the oracle does, as steps of an agent."""
    run = play_oracle(registry.create(scenario_id))
    made = [
        item.action for item in run.environment.event_log.list_view() if item.event_type is EventType.AGENT
    ]
    names = {tool.name: tool._public_name for tool in run.scenario.get_tools()}
    found: list[Step] = []
    for action in made:
        name = f"{action.app_name}__{action.function_name}"
        arguments: dict[str, Any] = to_plain(action.arguments())
        found.append(Step(names[name], arguments))
    return found


@pytest.mark.parametrize("file", MAINS, ids=lambda file: file.stem)
def test_what_a_file_does_as_a_program(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(file.parent))
    before = set(sys.modules)
    try:
        runpy.run_path(str(file), run_name="__main__")
    finally:
        for name in set(sys.modules) - before:
            if str(FOREIGN) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


def test_a_tap_that_fails_leaves_the_screen_of_a_foreign_app() -> None:
    module: Any = import_file(FOREIGN / "pare" / "greenhouse_app.py")
    greenhouse = module.StatefulGreenhouseApp(name="Greenhouse")
    taps: list[Any] = []
    greenhouse.register_to_env("test", taps.append)
    with pytest.raises(KeyError):
        greenhouse.current_state.open_bed("roses")
    assert isinstance(greenhouse.current_state, module.BedList)
    greenhouse.current_state.open_bed("tomatoes")
    assert isinstance(greenhouse.current_state, module.BedView)
    greenhouse.heat("tomatoes", 20)
    assert [event.function_name() for event in taps] == ["open_bed", "open_bed", "heat"]


def test_a_file_is_run_as_a_program_with_the_alias() -> None:
    file = FOREIGN / "are" / "beekeeper.py"
    done = subprocess.run(
        [sys.executable, "-m", "pare.compat", str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("ScenarioValidationResult(success=True")
    without = subprocess.run(
        [sys.executable, "-m", "pare.compat"], capture_output=True, text=True, check=False
    )
    assert (without.returncode, without.stderr) == (1, "usage: python -m pare.compat FILE [ARGUMENT]...\n")
