"""A scenario played by two agents, from the first turn to the verdict."""

import json

import pytest

from pare.errors import ConfigError
from pare.llm.client import Complete, EndpointError
from pare.llm.types import Completion, CompletionRequest
from pare.scenario_runner.play import play
from pare.scenario_runner.runner import TwoAgentScenarioRunner
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry

WAIT = ("PAREAgentUserInterface__wait", {})
ID = "dentist_moves_appointment"


def scripted(script: dict[str, list[tuple[str, dict]]]) -> Complete:
    """Give a model that takes the steps of each role's script, and then waits."""
    left = {role: list(steps) for role, steps in script.items()}

    async def complete(request: CompletionRequest) -> Completion:
        steps = left.get(request.label.role, [])
        tool, arguments = steps.pop(0) if steps else WAIT
        action = json.dumps({"action": tool, "action_input": arguments})
        return Completion(f"Thought: next.\nAction:\n{action}<end_action>")

    return complete


def models(complete: Complete) -> dict[str, Complete]:
    return dict.fromkeys(("user", "observe", "execute"), complete)


def fresh() -> Scenario:
    scenario = registry.create(ID)
    scenario.initialize()
    return scenario


def good_script(scenario: Scenario) -> dict[str, list[tuple[str, dict]]]:
    talk = "PAREAgentUserInterface__send_message_to_user"
    return {
        "user": [WAIT, WAIT, ("PAREAgentUserInterface__accept_proposal", {"content": "Yes"})],
        "observe": [
            WAIT,
            ("Emails__get_email_by_id", {"email_id": "reschedule"}),
            (talk, {"content": "Move the dentist to 15:30?"}),
        ],
        "execute": [
            (
                "Calendar__edit_calendar_event",
                {
                    "event_id": scenario.appointment,
                    "start_datetime": "2025-01-08 15:30:00",
                    "end_datetime": "2025-01-08 16:15:00",
                },
            ),
            ("Emails__reply_to_email", {"email_id": "reschedule", "content": "15:30 is fine"}),
            (talk, {"content": "Done, 15:30."}),
        ],
    }


async def test_two_agents_solve_a_scenario():
    scenario = fresh()
    result = await play(ScenarioRunnerConfig(), scenario, models(scripted(good_script(scenario))))
    assert (result.outcome, result.rationale, result.end_reason) == ("success", None, "idle")
    assert (result.proposal_count, result.acceptance_count, result.number_of_turns) == (1, 1, 4)
    assert (result.write_actions, result.strict_success, result.events_unfired) == (5, True, [])


async def test_two_agents_that_only_wait_fail():
    result = await play(ScenarioRunnerConfig(), fresh(), models(scripted({})))
    assert (result.outcome, result.end_reason, result.proposal_count) == ("failure", "idle", 0)
    assert "appointment moved" in result.rationale


async def test_replies_that_cannot_be_read_are_counted_and_end_at_max_turns():
    async def talk(request: CompletionRequest) -> Completion:
        return Completion("I would rather talk.")

    result = await play(ScenarioRunnerConfig(max_turns=3), fresh(), models(talk))
    assert (result.outcome, result.end_reason, result.number_of_turns) == ("failure", "max_turns", 3)
    assert result.user_format_errors == 3


@pytest.mark.parametrize("kind", ["quota", "outage", "auth"])
async def test_an_endpoint_that_fails_is_no_fact_about_the_agent(kind):
    async def refuse(request: CompletionRequest) -> Completion:
        raise EndpointError(kind, "no")

    result = await play(ScenarioRunnerConfig(), fresh(), models(refuse))
    assert (result.outcome, result.error_kind, result.success) == ("infrastructure", kind, None)


async def test_a_context_overflow_lets_the_validator_judge():
    async def overflow(request: CompletionRequest) -> Completion:
        raise EndpointError("context_overflow", "too long")

    result = await play(ScenarioRunnerConfig(), fresh(), models(overflow))
    assert (result.outcome, result.end_reason, result.end_role) == ("failure", "context_overflow", "user")


async def test_two_plays_are_equal():
    logs = []
    for _ in range(2):
        scenario = fresh()
        lines: list[object] = []
        await play(
            ScenarioRunnerConfig(),
            scenario,
            models(scripted(good_script(scenario))),
            lambda kind, role, data, lines=lines: lines.append((kind, role, data)),
        )
        logs.append(lines)
    assert logs[0] == logs[1]
    assert {kind for kind, _, _ in logs[0]} == {"prompt", "reply", "observation", "notice"}


SCRIPTED = {"provider": "scripted", "model": "oracle"}


async def test_a_configuration_is_all_that_a_run_needs():
    config = ScenarioRunnerConfig(
        user_engine_config=SCRIPTED, observe_engine_config=SCRIPTED, execute_engine_config=SCRIPTED
    )
    runner = TwoAgentScenarioRunner()
    results = [runner.run(config, fresh()), await runner.run_async(config, fresh())]
    assert [result.outcome for result in results] == ["success", "success"]


def test_a_run_from_synchronous_code():
    waits = {"provider": "scripted", "model": "wait"}
    config = ScenarioRunnerConfig(
        user_engine_config=waits, observe_engine_config=waits, execute_engine_config=waits
    )
    assert TwoAgentScenarioRunner().run(config, fresh()).outcome == "failure"


async def test_a_model_without_an_endpoint_is_refused_by_name():
    nowhere = {"provider": "nowhere", "model": "m"}
    with pytest.raises(ConfigError, match="m"):
        await TwoAgentScenarioRunner().run_async(ScenarioRunnerConfig(user_engine_config=nowhere), fresh())
