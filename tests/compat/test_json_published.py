"""JSON scenarios by their published calls: importer, exporter, and what makes them ready for agents."""

import json
from pathlib import Path
from typing import Any

import pytest
from are.simulation.agents.agent_log import TaskLog
from are.simulation.data_handler.exporter import TRACE_V1_VERSION, JsonScenarioExporter
from are.simulation.data_handler.importer import JsonScenarioImporter
from are.simulation.data_handler.models import ExportedEvent, ExportedTrace
from are.simulation.scenarios.config import ScenarioRunnerConfig
from are.simulation.scenarios.scenario_imported_from_json.benchmark_scenario import (
    BenchmarkScenarioImportedFromJson,
    build_event_id_to_turn_idx,
)
from are.simulation.scenarios.scenario_imported_from_json.scenario import ScenarioImportedFromJson, get_apps
from are.simulation.scenarios.scenario_imported_from_json.utils import (
    extract_execution_metadata,
    get_scenario_duration,
    is_oracle_event,
    load_and_preprocess_scenario_str,
    preprocess_scenario,
    preprocess_scenario_str_for_execution_without_oracle,
)

from pare.compat.json_scenarios import JsonScenario, JsonScenarioError, export_without_oracle
from pare.errors import ConfigError
from pare.kernel.enums import CapabilityTag
from pare.scenario_runner import play_oracle
from tests.compat.json_documents import garden, packed

IDS = ["ask", "tell", "done", "answer", "report"]


def text() -> str:
    return packed(garden()).decode()


def played() -> Any:
    scenario, _, _ = JsonScenarioImporter().import_from_json(text())
    return play_oracle(scenario)


def test_the_importer_gives_a_scenario_that_plays_its_oracle() -> None:
    scenario, events, logs = JsonScenarioImporter().import_from_json(text())
    assert isinstance(scenario, ScenarioImportedFromJson)
    assert isinstance(scenario, BenchmarkScenarioImportedFromJson)
    assert (scenario._initialized, events, logs) == (False, [], [])
    assert [line["id"] for line in play_oracle(scenario).environment.event_log.lines()] == IDS
    assert JsonScenarioImporter.SUPPORTED_VERSIONS == [TRACE_V1_VERSION]


def test_the_importer_gives_what_took_place_and_what_agents_noted() -> None:
    run = played()
    notes = [TaskLog(3.0, "agent-1", "Tell Ana")]
    written = JsonScenarioExporter().export_to_json(
        run.environment, run.scenario, "another", model_id="m", comment="fine", world_logs=notes
    )
    read, events, logs = JsonScenarioImporter().import_from_json_to_benchmark(written.encode())
    assert (read.scenario_id, read.comment) == ("another", "fine")
    assert [event.event_id for event in events] == IDS
    assert [(type(log), log.agent_id, log.get_content_for_llm()) for log in logs] == [
        (TaskLog, "agent-1", "Tell Ana")
    ]
    assert JsonScenarioImporter().import_from_json(written, load_completed_events=False)[1:] == ([], [])
    data = json.loads(written)
    data["world_logs"] = ['{"log_type": "poem"}', '{"log_type": "task"}']
    with pytest.raises(JsonScenarioError) as caught:
        JsonScenarioImporter().import_from_json(json.dumps(data))
    assert [item.path for item in caught.value.problems] == ["world_logs[0]", "world_logs[1]"]


def test_the_importer_takes_apps_and_refuses_what_is_no_scenario() -> None:
    document = garden() | {"events": []}
    scenario, _, _ = JsonScenarioImporter().import_from_json(packed(document), ["SystemApp"], None)
    scenario.initialize()
    assert [app.name for app in scenario.apps or ()] == ["AgentUserInterface", "Chats"]
    with pytest.raises(ValueError, match="version"):
        JsonScenarioImporter().import_from_json(packed(document | {"version": "v9"}).decode())


def test_what_is_exported_is_imported_as_it_was() -> None:
    run = played()
    written = json.loads(JsonScenarioExporter().export_to_json(run.environment, run.scenario, "garden_7"))
    for name in ("events", "apps", "augmentation"):
        assert written[name] == garden()[name]
    assert written["metadata"]["definition"] == garden()["metadata"]["definition"]
    assert [event["event_id"] for event in written["completed_events"]] == IDS
    assert [event.event_id for event in ExportedTrace.model_validate(written).events] == IDS


def test_an_exception_and_its_words_are_written() -> None:
    run = played()
    written = JsonScenarioExporter().export_to_json(
        run.environment,
        run.scenario,
        "garden_7",
        scenario_exception=KeyError("k"),
        export_apps=False,
        indent=1,
    )
    data = json.loads(written)
    definition = data["metadata"]["definition"]
    assert (definition["exception_type"], definition["exception_message"]) == ("KeyError", "'k'")
    assert (definition["has_exception"], data["apps"]) == (True, [])
    assert written.startswith('{\n "')


def test_files_are_written_in_one_format_or_both(tmp_path: Path) -> None:
    run, exporter = played(), JsonScenarioExporter()
    both = exporter.export_to_json_file(
        run.environment,
        run.scenario,
        "m",
        validation_decision="Valid",
        output_dir=tmp_path,
        trace_dump_format="both",
    )
    assert both == (True, str(tmp_path / "hf" / "garden_7.json"))
    lite = json.loads((tmp_path / "lite" / "garden_7.json").read_text())
    assert (lite["scenario_id"], lite["model_id"], lite["validation_decision"]) == ("garden_7", "m", "Valid")
    assert len(json.loads((tmp_path / "hf" / "garden_7.json").read_text())["world_logs"]) == len(IDS)
    one = exporter.export_to_json_file(run.environment, run.scenario, output_dir=tmp_path)
    assert one == (True, str(tmp_path / "garden_7.json"))
    odd = exporter.export_to_json_file(
        run.environment, run.scenario, output_dir=tmp_path, trace_dump_format="xml"
    )
    assert odd == (False, None)


def test_parts_are_converted_one_by_one() -> None:
    run, exporter = played(), JsonScenarioExporter()
    planned = [exporter.convert_event(event).model_dump(mode="json") for event in run.scenario.events]
    expected = [ExportedEvent.model_validate(event).model_dump(mode="json") for event in garden()["events"]]
    assert planned == expected
    last = run.environment.event_log.list_view()[3]
    assert exporter.convert_completed_event(last).metadata == exporter.convert_event_metadata(last.metadata)
    assert exporter.convert_action(last.action) == exporter.convert_completed_event(last).action
    assert exporter.convert_action_args("n", [1]).model_dump() == {
        "name": "n",
        "value": "[1]",
        "value_type": "list",
    }
    described = exporter.convert_oracle_action(run.scenario.events[1].action_desc)
    assert (described.app, described.function, len(described.args or ())) == ("Chats", "send_message", 2)
    assert exporter.convert_app("C", "Chats", {"a": (1,)}).app_state == exporter.process_state({"a": (1,)})


def test_apps_are_made_from_what_is_written_of_them(tmp_path: Path) -> None:
    apps = get_apps(garden()["apps"], apps_to_skip=["SystemApp"], sandbox_dir=tmp_path)
    assert [app.name for app in apps] == ["AgentUserInterface", "Chats"]
    assert apps[1].get_state() == garden()["apps"][2]["app_state"]
    with pytest.raises(JsonScenarioError, match="no app class 'Chatz'"):
        get_apps([{"name": "Chatz", "class_name": None, "app_state": None}])


# -- ready for agents ---------------------------------------------------------------------------------------


def test_a_scenario_is_made_ready_for_agents() -> None:
    scenario, _, _ = JsonScenarioImporter().import_from_json_to_benchmark(text())
    preprocess_scenario(scenario, max_scenario_duration=420)
    assert (scenario.duration, scenario.nb_turns) == (420, 2)
    assert "condition_turn_1-CHECK_0" in [event.event_id for event in scenario.events]
    with pytest.raises(ConfigError, match="judges that are models"):
        preprocess_scenario(scenario, judge_config=object())


def test_a_scenario_is_made_ready_as_a_configuration_says() -> None:
    config = ScenarioRunnerConfig(oracle=True)
    scenario, events = load_and_preprocess_scenario_str(config, text())
    assert (scenario.duration, events, play_oracle(scenario).result.success) == (900, None, True)
    scenario, _ = load_and_preprocess_scenario_str(ScenarioRunnerConfig(), text())
    assert (scenario.duration, scenario.nb_turns) == (1800, 2)
    scenario.tags = (CapabilityTag.Time,)
    assert get_scenario_duration(scenario, 420, 1800) == 420


def test_turns_are_counted_and_placeholders_found() -> None:
    scenario: JsonScenario = JsonScenarioImporter().import_from_json(text())[0]
    scenario.initialize()
    build_event_id_to_turn_idx(scenario)
    assert scenario.event_id_to_turn_idx == {"ask": 0, "tell": 0, "done": 0, "answer": 1, "report": 1}
    assert scenario.nb_turns == 2
    found = extract_execution_metadata(scenario)
    assert [(item.parent_event_id, item.placeholder_event_id) for item in found.placeholders] == [
        ("tell", "answer")
    ]
    assert [is_oracle_event(event) for event in garden()["events"]] == [False, True, True, False, True]


def test_a_text_is_made_ready_to_be_played_without_its_oracle() -> None:
    written = preprocess_scenario_str_for_execution_without_oracle(text())
    assert written.encode() == export_without_oracle(packed(garden()))
    assert json.loads(written)["metadata"]["execution"]["placeholders"][0]["parent_event_id"] == "tell"
