"""Turns of a JSON scenario: what follows a message to the user follows the one that an agent sends."""

import json
from typing import Any

import pytest

from pare.compat.json_scenarios import (
    JsonScenario,
    JsonScenarioError,
    export_json_scenario,
    export_without_oracle,
    load_json_scenario,
    load_json_trace,
)
from pare.compat.json_scenarios.turn_planning import condition_name
from pare.errors import EventGraphError, ScenarioNotInitializedError
from pare.kernel.checks import ConditionCheckEvent
from pare.scenario_runner.table import agent_environment
from pare.scenarios import ScenarioValidationResult
from pare.scenarios.config import ScenarioRunnerConfig
from tests.compat.json_documents import START, arg, event, garden, packed


def for_agents(document: dict[str, Any], **settings: Any) -> JsonScenario:
    scenario = load_json_scenario(packed(document))
    scenario.set_noise(ScenarioRunnerConfig(**settings))
    scenario.initialize()
    return scenario


def logged(environment: Any, *types: str) -> list[tuple[float, str]]:
    return [
        (item.event_time - START, item.event_id)
        for item in environment.event_log.list_view()
        if item.event_type.value in types
    ]


def played(scenario: JsonScenario) -> Any:
    """Let an agent do what the oracle would, a little later."""
    environment = agent_environment()
    environment.load_scenario(scenario)
    environment.advance(START + 20)
    environment.get_app("Chats").send_message("u-2", "She is late")
    environment.advance(START + 30)
    environment.get_app("AgentUserInterface").send_message_to_user("I told her")
    environment.advance(START + 60)
    return environment


def test_what_follows_a_message_comes_in_a_run_with_agents() -> None:
    """The message is sent at 30, noticed at the next tick, and answered after 5 seconds."""
    environment = played(for_agents(garden()))
    assert logged(environment, "USER", "ENV") == [(5, "ask"), (36, "answer")]
    answer = environment.event_log.find("answer")
    assert (answer.get_args()["conversation_id"], answer.metadata.exception) == ("k1", None)


def test_an_event_that_the_agent_stood_for_has_its_id() -> None:
    environment = played(for_agents(garden()))
    assert logged(environment, "AGENT")[0] == (20, "tell")
    assert json.loads(export_json_scenario(for_agents(garden())))["metadata"]["execution"] == {
        "has_placeholder_conflicts": False,
        "placeholders": [
            {
                "parent_tool_name": "Chats__send_message",
                "parent_turn_idx": 0,
                "parent_event_id": "tell",
                "placeholder_turn_idx": 1,
                "placeholder_event_id": "answer",
            }
        ],
    }


def test_two_messages_at_once_do_not_lose_a_turn() -> None:
    scenario = for_agents(garden())
    environment = agent_environment()
    environment.load_scenario(scenario)
    environment.advance(START + 6)
    for text in ("One.", "Two."):
        environment.get_app("AgentUserInterface").send_message_to_user(text)
    environment.advance(START + 60)
    assert (12, "answer") in logged(environment, "ENV")


def test_turns_are_counted_where_the_agent_is_alone() -> None:
    assert for_agents(garden(), agent_type="default").nb_turns == 2
    assert for_agents(garden()).nb_turns is None


def test_an_oracle_run_takes_the_plan_as_it_is() -> None:
    scenario = for_agents(garden(), oracle=True)
    assert not any(isinstance(item, ConditionCheckEvent) for item in scenario.events)


def test_planned_turns_are_written_and_read_again() -> None:
    text = export_json_scenario(for_agents(garden()))
    functions = [item["action"]["function"] for item in json.loads(text)["events"]]
    assert functions.count(condition_name(1, "garden_7")) == 1
    again = load_json_scenario(text)
    again.initialize()
    assert export_json_scenario(again) == text == export_without_oracle(packed(garden()))
    assert logged(played(again), "ENV") == [(36, "answer")]


def test_a_file_without_its_oracle_still_knows_what_it_refers_to() -> None:
    document = json.loads(export_without_oracle(packed(garden()), strip=True))
    assert [item["event_type"] for item in document["events"]] == ["USER", "ENV", "CONDITION"]
    scenario = for_agents(document)
    assert logged(played(scenario), "ENV") == [(36, "answer")]
    assert (
        json.loads(export_json_scenario(load_json_scenario(packed(document))))["events"] == document["events"]
    )


def test_a_trigger_that_says_no_stops_the_run() -> None:
    scenario = load_json_scenario(packed(garden()))
    with pytest.raises(ScenarioNotInitializedError):
        scenario.initialize_turns()
    scenario.initialize()
    asked: list[int] = []

    def trigger(env: Any, turn_idx: int) -> tuple[bool, dict[str, str]]:
        asked.append(turn_idx)
        return False, {}

    def judge(env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(False, rationale="the answer is missing")

    scenario.initialize_turns(trigger, judge)
    scenario.initialize_turns()
    environment = played(scenario)
    assert (asked, logged(environment, "ENV"), scenario.nb_turns) == ([1], [], 2)
    assert scenario.validate(environment).rationale == "the answer is missing"


def test_events_that_wait_for_other_events_of_the_oracle_are_told() -> None:
    document = garden()
    document["events"].append(
        event("ENV", "late", ["tell"], "Chats.create_and_add_message", arg("conversation_id", "k1"),
              arg("sender_id", "u-2"), arg("content", "late?"))
    )  # fmt: skip
    scenario = load_json_scenario(packed(document))
    scenario.initialize()
    with pytest.raises(EventGraphError, match="'late' wait for events of the oracle"):
        scenario.initialize_turns()


def test_a_condition_needs_what_is_known_of_the_oracle() -> None:
    document = json.loads(export_json_scenario(for_agents(garden())))
    document["metadata"]["execution"] = None
    with pytest.raises(JsonScenarioError, match="no execution_metadata") as caught:
        load_json_trace(packed(document))
    assert [item.path for item in caught.value.problems] == ["events[5].action.function"]
