"""The published formats: their shapes, and that they say what happened."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from pare.agents.formats import FormatName
from pare.agents.seat import RunLabel
from pare.apps import AgentUserInterface, ContactsApp, SystemApp
from pare.kernel.enums import CapabilityTag, EventType, Hint, HintType
from pare.kernel.recording import EventRegisterer
from pare.llm.types import Completion, CompletionRequest, ToolCall, Usage
from pare.scenario_runner.oracle import oracle_environment
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.config import ScenarioRunnerConfig
from pare.traces import TraceError, TraceRecorder
from pare.traces.encoding import encoded
from pare.traces.export import FinishedRun, export_trace, hf_document, lite_document
from pare.traces.exported import as_text
from tests.played import ID, TALK, WAIT, played, scripted

COMMON = {"timestamp", "id", "agent_id", "log_type"}
TEXT = COMMON | {"content"}
FIELDS = {
    "system_prompt": TEXT,
    "task": TEXT | {"attachments"},
    "step": COMMON | {"iteration"},
    "environment_notifications": TEXT,
    "user_action": TEXT,
    "available_tools": TEXT,
    "current_app_state": TEXT,
    "llm_input": TEXT,
    "llm_output": TEXT
    | {"prompt_tokens", "completion_tokens", "total_tokens", "reasoning_tokens", "completion_duration"},
    "thought": TEXT,
    "rationale": TEXT,
    "tool_call": COMMON | {"tool_name", "tool_arguments"},
    "action": TEXT
    | {"input", "event_type", "output", "action_name", "app_name", "exception", "exception_stack_trace"},
    "observation": TEXT | {"attachments"},
    "error": COMMON | {"error", "exception", "category", "agent"},
}
NO_ARGUMENTS = ("Emails__get_email_by_id", {})
NO_TOOL = ("Emails__burn", {})


@pytest.fixture(scope="module")
def asked() -> list[CompletionRequest]:
    """Hold the requests of the run below."""
    return []


@pytest.fixture(scope="module")
def run(asked: list[CompletionRequest]) -> FinishedRun:
    """Give a run with a user who taps, an agent that errs, and a proposal that is accepted."""
    script = {
        "user": [
            ("System__open_app", {"app_name": "Emails"}),
            WAIT,
            ("PAREAgentUserInterface__accept_proposal", {}),
        ],
        "observe": [NO_ARGUMENTS, NO_TOOL, (TALK, {"content": "Shall I?"})],
        "execute": [(TALK, {"content": "Done."})],
    }
    model = scripted(script, asked)

    async def complete(request: CompletionRequest) -> Completion:
        if request.label.role == "observe" and request.label.ordinal == 3:
            asked.append(request)
            return Completion("no action here", usage=Usage(3, 0, 4, 1))
        return await model(request)

    return anyio.run(lambda: played(complete))


@pytest.fixture(scope="module")
def document(run: FinishedRun) -> dict[str, Any]:
    """Give the run as `hf`, as it is read back."""
    found: dict[str, Any] = json.loads(encoded(hf_document(run)))
    return found


@pytest.fixture(scope="module")
def logs(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the logs of the run."""
    return [json.loads(text) for text in document["world_logs"]]


def of_role(logs: list[dict[str, Any]], role: str) -> list[dict[str, Any]]:
    """Give the logs of one agent, told by its place among those that speak."""
    ids = list(dict.fromkeys(log["agent_id"] for log in logs if log["agent_id"] != "unknown"))
    return [log for log in logs if log["agent_id"] == ids[["user", "observe", "execute"].index(role)]]


# --- hf: logs -------------------------------------------------------------------------------------------


def test_a_trace_has_the_published_parts_in_their_order(document: dict[str, Any]) -> None:
    assert list(document) == [
        "world_logs", "apps", "events", "completed_events", "version", "context", "augmentation", "metadata",
    ]  # fmt: skip
    assert (document["version"], document["context"], document["augmentation"]) == (
        "are_simulation_v1",
        None,
        None,
    )
    assert list(document["metadata"]) == [
        "definition",
        "simulation",
        "annotation",
        "execution",
        "runner_config",
    ]


def test_a_log_has_the_fields_of_its_class(logs: list[dict[str, Any]]) -> None:
    assert {log["log_type"] for log in logs} == set(FIELDS)
    assert [log for log in logs if set(log) != FIELDS[log["log_type"]]] == []
    assert len({log["id"] for log in logs}) == len(logs)


def turns_of(logs: list[dict[str, Any]]) -> Iterator[list[str]]:
    """Give the types of an agent's logs, turn by turn."""
    turn: list[str] = []
    for kind in (log["log_type"] for log in logs):
        if kind == "task" and "task" in turn:
            yield turn
            turn = []
        turn.append(kind)
    yield turn


DECIDED = ["llm_output", "thought", "rationale", "tool_call"]
SEEN = ["available_tools", "current_app_state", "llm_input", *DECIDED, "observation"]


def test_a_turn_of_the_user_has_the_published_order(logs: list[dict[str, Any]]) -> None:
    first, second, third, *_ = turns_of(of_role(logs, "user"))
    assert first == ["system_prompt", "task", "step", *SEEN]
    assert "environment_notifications" not in third
    assert second in (["task", "step", *SEEN], ["task", "step", "environment_notifications", *SEEN])


def test_a_turn_of_the_agent_has_the_published_order(logs: list[dict[str, Any]]) -> None:
    first, *_ = turns_of(of_role(logs, "observe"))
    failed = ["step", "llm_input", *DECIDED, "error"]
    told = ["step", "user_action", "llm_input", *DECIDED, "error"]
    assert first[:1] == ["system_prompt"]
    assert first[1 : 2 + len(told)] == ["task", *told]
    assert first[2 + len(told) :] == [*failed, "step", "llm_input", *DECIDED, "observation"]
    (execute,) = turns_of(of_role(logs, "execute"))
    assert execute == ["system_prompt", "task", "step", "llm_input", *DECIDED, "observation"]


def test_a_call_is_followed_by_its_action_and_what_was_observed(logs: list[dict[str, Any]]) -> None:
    place = next(i for i, log in enumerate(logs) if log.get("tool_name") == "System__open_app")
    action, observed = logs[place + 1], logs[place + 2]
    assert (logs[place]["tool_arguments"], observed["log_type"]) == ({"app_name": "Emails"}, "observation")
    assert (action["agent_id"], action["event_type"]) == ("unknown", "USER")
    assert (action["app_name"], action["action_name"], action["input"]) == (
        "System",
        "open_app",
        {"app_name": "Emails"},
    )
    assert action["id"].startswith("USER-System.open_app-")


def test_events_of_the_world_are_actions_too(logs: list[dict[str, Any]]) -> None:
    found = [log for log in logs if log["log_type"] == "action" and log["event_type"] == "ENV"]
    assert [(log["app_name"], log["timestamp"]) for log in found] == [("Emails", 1736154060.0)]


def test_errors_have_their_published_names(logs: list[dict[str, Any]]) -> None:
    errors = [log for log in logs if log["log_type"] == "error"]
    assert [log["error"] for log in errors] == [
        "JsonExecutionAgentError",
        "UnavailableToolAgentError",
        "InvalidActionAgentError",
    ]
    assert {log["category"] for log in errors} == {"AgentError"}
    assert "email_id" in errors[0]["exception"]


def test_a_prompt_is_told_as_it_was_sent(logs: list[dict[str, Any]], asked: list[CompletionRequest]) -> None:
    for role in ("user", "observe", "execute"):
        sent = [request.messages for request in asked if request.label.role == role]
        told = told_to(logs, role)
        for messages, found in zip(sent, told, strict=False):
            assert joined(message["content"] for message in found) == joined(m.content for m in messages)
        assert len(sent) == len(told)
    roles = [message["role"] for message in told_to(logs, "observe")[-1]]
    assert roles[:5] == ["system", "user", "assistant", "tool-response", "assistant"]


def joined(texts: Iterable[str]) -> str:
    return "\n\n".join(texts)


def told_to(logs: list[dict[str, Any]], role: str) -> list[Any]:
    return [log["content"] for log in of_role(logs, role) if log["log_type"] == "llm_input"]


def test_a_reply_takes_its_generation_time(logs: list[dict[str, Any]]) -> None:
    for log in logs:
        if log["log_type"] == "llm_output":
            tokens = log["completion_tokens"]
            assert log["completion_duration"] == pytest.approx(0.5 + tokens / 50, abs=1e-6)
            assert log["total_tokens"] == log["prompt_tokens"] + tokens
    starts = [log["timestamp"] for log in of_role(logs, "observe")]
    assert starts == sorted(starts)


@pytest.mark.parametrize("form", ["react_json", "tool_calls"])
def test_native_tool_calls_are_told_as_actions(form: FormatName) -> None:
    async def complete(request: CompletionRequest) -> Completion:
        action = {"action": WAIT[0], "action_input": {}}
        if form == "react_json":
            return Completion(f"Thought: I wait.\nAction:\n{json.dumps(action)}")
        return Completion("I wait.", (ToolCall("c1", WAIT[0], "{}"),))

    run = anyio.run(lambda: played(complete, config=ScenarioRunnerConfig(format=form, max_turns=3)))
    logs = [log for log in run.logs if log["log_type"] in ("llm_output", "thought", "tool_call")]
    assert [log.get("content", log.get("tool_name")) for log in logs[1:3]] == ["I wait.", WAIT[0]]
    assert "Action:" in logs[0]["content"]
    history = [log for log in run.logs if log["log_type"] == "llm_input"][-1]["content"]
    assert {message["content"] for message in history if message["role"] == "assistant"} == {
        logs[0]["content"]
    }


def test_a_run_that_broke_off_tells_its_last_reply() -> None:
    async def talk(request: CompletionRequest) -> Completion:
        return Completion("" if request.label.ordinal else "I would rather talk.", usage=Usage(1, 0, 50))

    run = anyio.run(lambda: played(talk))
    assert run.result.outcome == "failure"  # type: ignore[attr-defined]
    replies = [log for log in run.logs if log["log_type"] == "llm_output"]
    assert [log["content"] for log in replies][-2:] == ["", ""]


# --- hf: the rest ---------------------------------------------------------------------------------------


def test_the_definition_and_the_annotation_have_the_published_fields(document: dict[str, Any]) -> None:
    metadata = document["metadata"]
    assert list(metadata["definition"]) == [
        "scenario_id", "seed", "duration", "time_increment_in_seconds", "start_time", "run_number", "hints",
        "config", "has_a2a_augmentation", "has_tool_augmentation", "has_env_events_augmentation",
        "has_exception", "exception_type", "exception_message", "tags", "hf_metadata",
    ]  # fmt: skip
    assert metadata["definition"]["tags"] == ["Adaptability", "Time"]
    assert metadata["simulation"] == {
        "agent_id": "user:PAREUserAgent|proactive:PAREProactiveAgent",
        "model_id": "user:gpt-5-mini|observe:gpt-5|execute:gpt-5",
    }
    annotation = metadata["annotation"]
    assert (annotation["annotation_id"], annotation["annotator"]) == (None, None)
    assert annotation["validation_decision"] == "Invalid"
    assert 1736154000 < annotation["date"] < 1736164000  # simulated
    assert (metadata["execution"], metadata["runner_config"]) == (None, None)


def test_apps_are_as_they_were_at_the_start(document: dict[str, Any], run: FinishedRun) -> None:
    apps = {app["name"]: app for app in document["apps"]}
    assert list(apps) == list(run.environment.apps)
    assert apps["Emails"]["class_name"] == "StatefulEmailApp"
    assert "reschedule" not in json.dumps(apps["Emails"]["app_state"])
    assert "reschedule" in json.dumps(run.environment.apps["Emails"].get_state())


def test_planned_events_have_the_published_fields(document: dict[str, Any]) -> None:
    first, second, *_ = document["events"]
    keys = [
        "class_name",
        "event_type",
        "event_time",
        "event_id",
        "dependencies",
        "event_relative_time",
        "action",
    ]
    assert list(first) == keys
    assert list(second) == [*keys, "event_time_comparator"]
    assert (first["event_time"], first["event_relative_time"], first["action"]["operation_type"]) == (
        None,
        60,
        "WRITE",
    )
    assert {"name": "attachment_paths", "value": None, "value_type": None} in first["action"]["args"]
    assert (second["class_name"], second["dependencies"]) == ("OracleEvent", [first["event_id"]])
    assert (second["action"]["action_id"], second["action"]["operation_type"]) == ("", None)


def test_completed_events_know_mode_and_turn(document: dict[str, Any]) -> None:
    found = [
        (
            event["event_type"],
            event["action"]["function"],
            event["metadata"]["proactive_mode"],
            event["metadata"]["turn_number"],
        )
        for event in document["completed_events"]
    ]
    assert found[:4] == [
        ("USER", "open_app", None, 0),
        ("AGENT", "send_message_to_user", "observe", 0),
        ("USER", "wait", None, 1),
        ("USER", "accept_proposal", None, 2),
    ]
    assert ("AGENT", "send_message_to_user", "execute", 2) in found
    assert list(document["completed_events"][0]["metadata"]) == [
        "return_value", "return_value_type", "exception", "exception_stack_trace", "proactive_mode",
        "turn_number",
    ]  # fmt: skip


class Odd(Scenario):
    """A scenario with a condition, an event at an absolute time, a validation, a hint, and an oracle."""

    scenario_id = "odd/one"
    tags = (CapabilityTag.Time,)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), SystemApp(), ContactsApp()]

    def build_events_flow(self) -> None:
        talk, contacts = self.get_typed_app(AgentUserInterface), self.get_typed_app(ContactsApp)
        with EventRegisterer.capture_mode():
            ask = talk.send_message_to_agent(content="hi").with_id("ask").with_type(EventType.USER).delayed(1)
            answer = talk.send_message_to_user(content="ok").oracle().depends_on(ask, 1).with_id("answer")
            gone = contacts.delete_contact(contact_id="nobody").depends_on(answer, 1).with_id("gone")
        self.events = [ask, gone]
        self.hints = [Hint(HintType.TASK_HINT, "do it", "ask")]


def odd_run() -> FinishedRun:
    scenario, environment = Odd(), oracle_environment()
    scenario.initialize()
    scenario.run_number = 2
    recorder = TraceRecorder(environment, label_of(scenario), {})
    environment.run(scenario)
    result = ScenarioValidationResult(None, KeyError("no"), rationale="why")
    return FinishedRun(recorder.lines(), environment, scenario, ScenarioRunnerConfig(), result)


def label_of(scenario: Scenario) -> RunLabel:
    return RunLabel(scenario.scenario_id)


def test_what_leads_somewhere_is_exported_and_hints_are() -> None:
    document = hf_document(odd_run())
    assert [event["event_id"] for event in document["events"]] == ["ask", "answer", "gone"]
    definition = document["metadata"]["definition"]
    assert definition["hints"] == [
        {"hint_type": "TASK_HINT", "content": "do it", "associated_event_id": "ask"}
    ]
    exception = (definition["has_exception"], definition["exception_type"], definition["exception_message"])
    assert exception == (True, "KeyError", "'no'")
    gone = document["completed_events"][-1]
    assert "nobody" in gone["metadata"]["exception"]
    assert (gone["metadata"]["return_value"], gone["metadata"]["return_value_type"]) == (None, None)
    assert gone["metadata"]["turn_number"] is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None), (0, "0"), (False, "False"), ("", ""), (1.5, "1.5"), ([], "[]"),
        ({"a": [1]}, '{"a":[1]}'), ({"b", "a"}, '["a","b"]'), (EventType.ENV, "ENV"), (b"x", "eA=="),
        (object(), "object"), ("\ud800", "\ud800"),
    ],
)  # fmt: skip
def test_a_value_is_text_and_only_none_is_null(value: Any, text: str | None) -> None:
    assert as_text(value) == text


def test_two_exports_are_equal_and_hold_no_wall_time(document: dict[str, Any], run: FinishedRun) -> None:
    again = FinishedRun(run.lines, run.environment, run.scenario, run.config, run.result)
    assert encoded(hf_document(again)) == encoded(document)
    assert b'"wall' not in encoded(document)
    years = {str(number)[:2] for number in numbers_in(document) if 1.7e9 < number < 2.5e9}
    assert years == {"17"}  # all of them lie in the simulated January of 2025
    assert max(number for number in numbers_in(document) if number < 2.5e9) < 1.737e9


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(item)
    elif isinstance(value, int | float):
        yield value


# --- lite -----------------------------------------------------------------------------------------------


def test_lite_tells_what_each_agent_saw_and_said(run: FinishedRun) -> None:
    document = lite_document(run)
    assert list(document) == [
        "scenario_id", "model_id", "main_agent_type", "validation_decision", "validation_rationale",
        "run_duration", "per_agent_interaction_histories", "per_agent_llm_usage_stats",
    ]  # fmt: skip
    assert (document["scenario_id"], document["validation_decision"]) == (ID, "Invalid")
    assert "appointment moved" in document["validation_rationale"]
    histories = document["per_agent_interaction_histories"]
    assert list(histories) == list(document["per_agent_llm_usage_stats"])
    assert all(name.startswith("agent_") and name != "agent_unknown" for name in histories)
    user, observe, execute = histories.values()
    assert {tuple(message) for message in user} == {("role", "content", "attachments", "timestamp")}
    assert [message["role"] for message in execute] == ["system", "user", "assistant", "tool-response"]
    assert observe[2]["content"].startswith(
        "[OUTPUT OF STEP 1] ERROR:\n***\nError: JsonExecutionAgentError\n"
    )
    assert [message["content"][:9] for message in user if "Shall I?" in message["content"]] == ["[TASK]: \n"]


def test_lite_counts_the_tokens_of_each_call(run: FinishedRun) -> None:
    stats = list(lite_document(run)["per_agent_llm_usage_stats"].values())
    assert list(stats[0]) == [
        "total_llm_calls", "prompt_tokens", "completion_tokens", "total_tokens", "reasoning_tokens",
        "completion_duration",
    ]  # fmt: skip
    observe = stats[1]
    assert observe["total_llm_calls"] == len(observe["prompt_tokens"])
    assert (observe["total_tokens"][3], observe["reasoning_tokens"][3]) == (7, 1)


# --- files ----------------------------------------------------------------------------------------------


async def test_both_formats_go_into_directories_of_their_own(tmp_path: Path) -> None:
    run = odd_run()
    path = await export_trace(run, tmp_path, "both")
    assert path.parent == tmp_path / "hf"
    assert json.loads((tmp_path / "lite" / path.name).read_bytes())["scenario_id"] == "odd/one"
    alone = await export_trace(run, tmp_path, "hf")
    assert alone == tmp_path / path.name
    assert alone.read_bytes() == path.read_bytes()
    assert path.name.endswith("_run_2.json")


async def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no trace format 'xml'; there are hf, lite and both"):
        await export_trace(odd_run(), tmp_path, "xml")  # type: ignore[arg-type]
    with pytest.raises(TraceError, match="cannot write"):
        await export_trace(odd_run(), Path("/dev/null/x"), "hf")


def test_a_run_without_models_or_apps_is_exported() -> None:
    scenario, environment = Odd(), oracle_environment()
    recorder = TraceRecorder(environment, label_of(scenario), {})
    run = FinishedRun(
        recorder.lines(), environment, scenario, ScenarioRunnerConfig(), ScenarioValidationResult(None)
    )
    document = hf_document(run)
    assert (document["world_logs"], document["apps"], document["completed_events"]) == ([], [], [])
    assert lite_document(run)["per_agent_interaction_histories"] == {}
