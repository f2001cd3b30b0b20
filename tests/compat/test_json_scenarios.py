"""Scenarios as JSON files: what is written is read again as the same, and runs the same."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

from pare.apps import CityApp, EmailClientV2, MessagingAppV2
from pare.apps.files import SandboxLocalFileSystem
from pare.cli.main import app
from pare.compat.json_scenarios import (
    Apps,
    JsonScenario,
    JsonScenarioError,
    export_json_scenario,
    load_json_class,
    load_json_dir,
    load_json_scenario,
    load_json_trace,
)
from pare.kernel.enums import CapabilityTag, Hint, HintType
from pare.scenario_runner import play_oracle
from pare.scenarios import ScenarioStatus
from pare.scenarios.hashing import scenario_hashes
from pare.scenarios.utils.registry import registry
from pare.traces.export import hf_document
from tests.compat.json_documents import CHATS, garden, packed
from tests.played import played


def lines(scenario: Any) -> list[dict[str, Any]]:
    return play_oracle(scenario).environment.event_log.lines()


def test_a_document_is_written_as_it_was() -> None:
    assert json.loads(export_json_scenario(load_json_scenario(packed(garden())))) == garden()


def test_a_document_keeps_the_order_of_its_events() -> None:
    document = garden()
    document["events"].reverse()
    text = export_json_scenario(load_json_scenario(packed(document)))
    assert json.loads(text) == document
    assert lines(load_json_scenario(text)) == lines(load_json_scenario(packed(garden())))


def test_what_a_document_says_is_on_the_scenario() -> None:
    scenario = load_json_scenario(packed(garden()))
    assert (scenario.scenario_id, scenario.seed, scenario.duration) == ("garden_7", 3, 900)
    assert (scenario.tags, scenario.status) == ((CapabilityTag.Execution,), ScenarioStatus.Valid)
    assert scenario.hints == [Hint(HintType.TASK_HINT, "be brief", "ask")]
    assert (scenario.comment, scenario.annotation_id) == ("Ana is told.", "a-1")
    assert isinstance(scenario, JsonScenario)


def test_each_scenario_is_a_fresh_one() -> None:
    scenario_class = load_json_class(packed(garden()))
    first, second = scenario_class(), scenario_class()
    assert lines(first) == lines(second)
    assert first.hints is not second.hints
    first.soft_reset()
    assert lines(first) == lines(scenario_class())


def test_a_duration_that_is_not_said_is_the_published_one_and_null_is_no_limit() -> None:
    document = garden()
    document["metadata"]["definition"]["duration"] = None
    assert load_json_scenario(packed(document)).duration is None
    del document["metadata"]["definition"]["duration"]
    assert load_json_scenario(packed(document)).duration == 1000


def test_unknown_keys_and_tags_are_ignored() -> None:
    document = garden()
    document["more"] = document["metadata"]["more"] = document["events"][0]["more"] = {"deep": [1]}
    document["metadata"]["definition"]["tags"] = ["Levitation", "Time"]
    assert load_json_scenario(packed(document)).tags == (CapabilityTag.Time,)


@pytest.mark.parametrize(
    ("name", "class_name", "expected"),
    [
        ("Chats", None, MessagingAppV2),
        ("Emails", None, EmailClientV2),
        ("Mine", "Emails", EmailClientV2),
        ("City", None, CityApp),
        ("Drive", "SandboxLocalFileSystem", SandboxLocalFileSystem),
    ],
)
def test_apps_are_known_by_class_and_by_usual_names(
    name: str, class_name: str | None, expected: type, tmp_path: Path
) -> None:
    document = garden()
    document["apps"][2:] = [{"name": name, "class_name": class_name, "app_state": None}]
    del document["events"][1:]
    scenario = load_json_scenario(packed(document))
    scenario.initialize(sandbox_dir=tmp_path)
    assert type(scenario.get_app(name)) is expected


def test_files_are_part_of_a_document() -> None:
    scenario = load_json_scenario(packed(garden()))
    scenario.initialize()
    files = SandboxLocalFileSystem("Drive")
    Path(files.tmpdir, "note.txt").write_text("plum")
    state = {"name": "Drive", "class_name": "SandboxLocalFileSystem", "app_state": files.get_state()}
    read = load_json_scenario(packed({**garden(), "apps": [*garden()["apps"], state]}))
    read.initialize()
    assert read.get_typed_app(SandboxLocalFileSystem, "Drive").get_file_content("note.txt") == b"plum"


def test_apps_can_be_left_out_and_classes_added() -> None:
    class Talks(MessagingAppV2):
        pass

    document = garden()
    document["apps"][2]["class_name"] = "Talks"
    scenario = load_json_scenario(packed(document), apps=Apps(skip=("SystemApp",), classes={"Talks": Talks}))
    scenario.initialize()
    assert [type(item).__name__ for item in scenario.apps or ()] == ["AgentUserInterface", "Talks"]
    kept = load_json_scenario(packed({**garden(), "events": []}), apps=Apps(keep=("Chats",)))
    kept.initialize()
    assert [item.name for item in kept.apps or ()] == ["Chats"]


# -- runs ---------------------------------------------------------------------------------------------------


def test_the_trace_of_a_run_is_a_scenario_and_what_took_place() -> None:
    run = anyio.run(played)
    document = hf_document(run)
    trace = load_json_trace(packed(document))
    assert json.loads(export_json_scenario(trace.scenario, trace=trace)) == document
    played_lines, read_lines = (
        run.environment.event_log.lines(),
        [_line(item) for item in trace.completed_events],
    )
    keys = ("time", "type", "id", "app", "function", "exception")
    assert read_lines == [{key: line[key] for key in keys} for line in played_lines]
    assert [log["log_type"] for log in trace.world_logs] == [log["log_type"] for log in run.logs]
    assert lines(trace.scenario) == lines(registry.create("dentist_moves_appointment"))
    lite = json.loads(export_json_scenario(trace.scenario, format="lite", trace=trace))
    assert lite["model_id"] == run.model_id
    assert len(lite["per_agent_interaction_histories"]) == 3


def _line(event: Any) -> dict[str, Any]:
    return {
        "time": event.event_time,
        "type": event.event_type.value,
        "id": event.event_id,
        "app": event.app_name(),
        "function": event.function_name(),
        "exception": event.metadata.exception,
    }


def test_what_took_place_can_be_written_beside_the_scenario() -> None:
    run = play_oracle(load_json_scenario(packed(garden())))
    text = export_json_scenario(run.scenario, run.environment)
    trace = load_json_trace(text)
    assert [event.event_id for event in trace.completed_events] == ["ask", "tell", "done", "answer", "report"]
    assert [event.get_args().get("content") for event in trace.completed_events][-1] == "Ana: ok"
    assert json.loads(export_json_scenario(trace.scenario)) == {
        **garden(),
        "metadata": {
            **garden()["metadata"],
            "annotation": {**garden()["metadata"]["annotation"], "date": run.environment.current_time},
        },
    }


def test_a_run_without_a_judge_has_no_verdict_but_an_oracle_run_has_one() -> None:
    document = garden()
    assert play_oracle(load_json_scenario(packed(document))).result.success is True
    document["events"][1]["action"]["args"][0]["value"] = "nobody"
    result = play_oracle(load_json_scenario(packed(document))).result
    assert (result.success, result.rationale) == (False, "not as planned: tell")


# -- what cannot be written ---------------------------------------------------------------------------------


def test_arguments_that_json_has_no_form_for_are_refused() -> None:
    scenario = load_json_scenario(packed(garden()))
    scenario.initialize()
    scenario.events[3].action.args["content"] = ("a", "b")  # type: ignore[attr-defined]
    with pytest.raises(JsonScenarioError, match=r"'content' of 'answer' is of type tuple"):
        export_json_scenario(scenario)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="there are hf and lite"):
        export_json_scenario(load_json_scenario(packed(garden())), format="xml")  # type: ignore[arg-type]


# -- directories, hashes, commands --------------------------------------------------------------------------


def test_a_directory_is_registered_by_the_ids_in_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(packed(garden()))
    assert load_json_dir(tmp_path) == ["garden_7"]
    assert lines(registry.create("garden_7"))[1]["function"] == "send_message"
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(JsonScenarioError, match=r"b\.json"):
        load_json_dir(tmp_path)


def test_json_files_are_found_beside_others(tmp_path: Path) -> None:
    (tmp_path / "garden.json").write_bytes(packed(garden()))
    (tmp_path / "words.json").write_text('["no scenario", 1]')
    assert (registry.load([tmp_path]), registry.failures) == (["garden_7"], [])
    assert (registry.load([tmp_path / "garden.json"]), registry.failures) == (["garden_7"], [])
    (tmp_path / "broken.json").write_text('{"version": "are_simulation_v2"}')
    assert registry.load([tmp_path]) == ["garden_7"]
    assert "broken.json: version: the version 'are_simulation_v2'" in str(registry.failures[0])


def test_the_hash_of_a_file_is_that_of_its_content(tmp_path: Path) -> None:
    def hashes(document: dict[str, Any]) -> Any:
        return scenario_hashes(load_json_scenario(packed(document)))

    first, other = hashes(garden()), garden()
    other["metadata"]["annotation"]["comment"] = "Something else."
    assert hashes(other) == first
    other["events"][1]["action"]["args"][1]["value"] = "I am early"
    assert hashes(other).scenario != first.scenario
    (tmp_path / "here.json").write_bytes(packed(garden()))
    assert scenario_hashes(load_json_scenario(tmp_path / "here.json")) == first


def test_commands_know_json_scenarios(tmp_path: Path) -> None:
    file = tmp_path / "dentist.json"

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["scenarios", *arguments], env={"NO_COLOR": "1"})

    assert run("export", "dentist_moves_appointment", "--out", str(file)).exit_code == 0
    assert load_json_scenario(file).scenario_id == "dentist_moves_appointment"
    checked = run("check", "--scenarios-dir", str(tmp_path))
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "1 scenarios checked, 0 problems")
    shown = run("show", "dentist_moves_appointment", "-d", str(tmp_path))
    assert "Calendar (StatefulCalendarApp): 9 agent" in shown.stdout
    lite = run("export", "dentist_moves_appointment", "-d", str(tmp_path), "--format", "lite")
    assert json.loads(lite.stdout)["scenario_id"] == "dentist_moves_appointment"


def test_states_are_those_of_the_document() -> None:
    scenario = load_json_scenario(packed(garden()))
    scenario.initialize()
    assert scenario.get_app("Chats").get_state() == CHATS
