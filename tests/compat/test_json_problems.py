"""What is wrong with a JSON scenario is told with its place, all of it at once."""

import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pare.compat.json_scenarios import JsonScenarioError, load_json_scenario, load_json_trace
from pare.compat.json_scenarios.reading import DEEPEST, MAX_BYTES
from tests.compat.json_documents import arg, event, garden, packed

Change = Callable[[dict[str, Any]], object]


def problems(document: Any) -> list[tuple[str, str]]:
    data = document if isinstance(document, bytes) else packed(document)
    with pytest.raises(JsonScenarioError) as caught:
        load_json_scenario(data)
    return [(item.path, item.message) for item in caught.value.problems]


def definition(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["metadata"]["definition"]
    return found


def action(document: dict[str, Any], place: int) -> dict[str, Any]:
    found: dict[str, Any] = document["events"][place]["action"]
    return found


CASES: list[tuple[Change, str, str]] = [
    (lambda d: d.pop("metadata"), "metadata", "Field required"),
    (lambda d: d.update(version="are_simulation_v2"), "version", "this reads 'are_simulation_v1'"),
    (lambda d: d.pop("version"), "version", "Field required"),
    (lambda d: definition(d).update(scenario_id="a\x1b[2J"), "metadata.definition.scenario_id", "printable"),
    (lambda d: definition(d).update(seed="x"), "metadata.definition.seed", "valid integer"),
    (lambda d: definition(d).update(duration=-1), "metadata.definition.duration", "greater than or equal"),
    (
        lambda d: definition(d)["hints"][0].update(hint_type="TASK"),
        "metadata.definition.hints[0].hint_type",
        "use TASK_HINT",
    ),
    (lambda d: d.update(apps=[], events=[]), "apps", "there are no apps"),
    (
        lambda d: d["apps"][2].update(class_name="MessagingAppV3"),
        "apps[2].class_name",
        "mean 'MessagingAppV2'",
    ),
    (lambda d: d["apps"][2].update(class_name="App"), "apps[2].class_name", "no app class 'App'"),
    (
        lambda d: d["apps"][2].update(app_state={"mode": 7}),
        "apps[2].app_state",
        "MessagingAppV2 cannot take this state",
    ),
    (lambda d: d["apps"].append(d["apps"][1]), "apps[3].name", "called 'SystemApp' already"),
    (
        lambda d: d["apps"].append({**d["apps"][0], "name": "Talk"}),
        "apps[3].app_state",
        "AgentUserInterface cannot take",
    ),
    (lambda d: d["events"][1].pop("event_id"), "events[1].event_id", "Field required"),
    (lambda d: d["events"][1].update(event_type="ROBOT"), "events[1].event_type", "use AGENT, ENV"),
    (
        lambda d: d["events"][1].update(event_type="VALIDATION"),
        "events[1].event_type",
        "no planned event of type",
    ),
    (lambda d: d["events"][1].update(action=None), "events[1].action", "says no function"),
    (
        lambda d: d["events"][1].update(dependencies=["aks"]),
        "events[1].dependencies[0]",
        "Did you mean 'ask'?",
    ),
    (lambda d: d["events"][4].update(event_id="ask"), "events[4].event_id", "has the id 'ask' already"),
    (lambda d: d["events"][0].update(dependencies=["report"]), "events", "wait for each other in a circle"),
    (
        lambda d: d["events"][1].update(event_relative_time=None, event_time=5.0),
        "events[1].event_time",
        "before the start",
    ),
    (
        lambda d: d["events"][1].update(event_relative_time=-5),
        "events[1].event_relative_time",
        "greater than or equal",
    ),
    (lambda d: action(d, 1).update(app="Chat"), "events[1].action.app", "Did you mean 'Chats'?"),
    (lambda d: action(d, 1).update(function="send_mesage"), "events[1].action.function", "'send_message'"),
    (
        lambda d: action(d, 1).update(function="load_state"),
        "events[1].action.function",
        "that can be planned",
    ),
    (lambda d: action(d, 1).update(function="__init__"), "events[1].action.function", "that can be planned"),
    (lambda d: action(d, 1)["args"].pop(0), "events[1].action.args", "argument 'user_id' is missing"),
    (
        lambda d: action(d, 1)["args"].append(arg("to", "u-2")),
        "events[1].action.args[2].name",
        "no argument 'to'",
    ),
    (
        lambda d: action(d, 1)["args"].append(arg("content", "x")),
        "events[1].action.args[2].name",
        "given twice",
    ),
    (
        lambda d: action(d, 1)["args"][1].update(value_type="int"),
        "events[1].action.args[1].value",
        "is no int",
    ),
    (
        lambda d: action(d, 1)["args"][1].update(value="NaN", value_type="float"),
        "events[1].action.args[1].value",
        "no file can keep",
    ),
    (
        lambda d: action(d, 1)["args"][1].update(value="[" * 300 + "]" * 300, value_type="list"),
        "events[1].action.args[1].value",
        "nested more than",
    ),
    (
        lambda d: action(d, 1)["args"][1].update(value_type="Email"),
        "events[1].action.args[1].value",
        "cannot be read from text",
    ),
    (
        lambda d: action(d, 3)["args"][0].update(value="{{tale}}"),
        "events[3].action.args[0].value",
        "refers to",
    ),
    (
        lambda d: action(d, 3)["args"][0].update(value="{{tell" + ".a" * 99 + "}}"),
        "events[3].action.args[0].value",
        "100 parts",
    ),
    (lambda d: d.update(augmentation={"apps": "many"}), "augmentation", "broken item"),
]


@pytest.mark.parametrize(
    ("change", "path", "message"), CASES, ids=[f"{path}-{text}" for _, path, text in CASES]
)
def test_a_problem_has_a_place_and_a_reason(change: Change, path: str, message: str) -> None:
    document = garden()
    change(document)
    [(found, text)] = problems(document)
    assert found == path
    assert message in text


def test_all_problems_are_told_at_once() -> None:
    document = garden()
    document["apps"][1]["class_name"] = "SystemAp"
    document["events"][0]["dependencies"] = ["x"]
    document["events"][1]["action"]["function"] = "fly"
    document["events"][2]["action"]["args"] = [arg("content", None)]
    assert [path for path, _ in problems(document)] == [
        "apps[1].class_name",
        "events[0].dependencies[0]",
        "events[1].action.function",
        "events[2].action.args[0].value",
    ]


def test_conditions_that_nothing_makes_are_refused() -> None:
    document = garden()
    check = event("CONDITION", "wait", [], "X.is_dark")
    document["events"].append(check)
    document["metadata"]["execution"] = {"has_placeholder_conflicts": False, "placeholders": []}
    [(path, text)] = problems(document)
    assert (path, "makes conditions of the kind 'is_dark'" in text) == ("events[5].action.function", True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(garden())[:-100], "ends too early"),
        (b"", "is no JSON|ends too early"),
        (b"[1]", "must be an object, not list"),
        (b"\xff\xfe", "is no JSON"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "is no JSON: "),
        (b'{"a":' * (DEEPEST + 5) + b"1" + b"}" * (DEEPEST + 5), f"nested more than {DEEPEST} deep"),
        (b" " * (MAX_BYTES + 1), "is larger than"),
    ],
)
def test_bytes_that_are_no_document_are_refused(data: bytes, message: str) -> None:
    [(path, text)] = problems(data)
    assert path == ""
    assert re.search(message, text)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        os.truncate(file.fileno(), MAX_BYTES * 100)
    cases: list[tuple[Any, str]] = [
        (tmp_path / "none.json", "No such file"),
        (tmp_path, "Is a directory"),
        ("/dev/zero", "is no file"),
        ("a\0b", "cannot be read"),
        (huge, "is larger than"),
    ]
    for source, message in cases:
        with pytest.raises(JsonScenarioError, match=message):
            load_json_scenario(source)


def test_what_took_place_is_checked_when_it_is_read() -> None:
    document = garden()
    outcome = {"return_value": "x"}
    done = {**event("AGENT", "e", [], "Chats.fly"), "event_time": 1736154001.0, "metadata": outcome}
    document["completed_events"] = [
        done,
        {**done, "event_type": "X"},
        {**done, "action": {**done["action"], "app": "Y"}},
    ]
    document["world_logs"] = ["{", "[1]"]
    assert load_json_scenario(packed(document)).scenario_id == "garden_7"
    with pytest.raises(JsonScenarioError) as caught:
        load_json_trace(packed(document))
    assert [item.path for item in caught.value.problems] == [
        "completed_events[1].event_type",
        "completed_events[2].action.app",
        "world_logs[0]",
        "world_logs[1]",
    ]


def test_an_error_can_be_raised_in_another_process() -> None:
    with pytest.raises(JsonScenarioError) as caught:
        load_json_scenario(b"{}")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.problems) == (str(caught.value), caught.value.problems)
