"""Runs of a bundled scenario with scripted models, recorded, for tests of what is made of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pare.llm.client import Complete, EndpointError
from pare.llm.types import Completion, CompletionRequest, Usage
from pare.scenario_runner.table import agent_environment, play_turns, run_label, set_table
from pare.scenario_runner.verdicts import validated
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import PAREScenarioValidationResult
from pare.tools.toolbox import NoiseHook
from pare.traces import TraceRecorder
from pare.traces.export import FinishedRun
from pare.traces.recorder import Sink
from pare.traces.summary import header_data, result_data

ID = "dentist_moves_appointment"
TALK = "PAREAgentUserInterface__send_message_to_user"
WAIT = ("PAREAgentUserInterface__wait", {})

Script = Mapping[str, list[tuple[str, dict[str, Any]]]]


def good_script(scenario: Any) -> Script:
    """Give the steps of each role that solve the scenario."""
    moved = {"start_datetime": "2025-01-08 15:30:00", "end_datetime": "2025-01-08 16:15:00"}
    return {
        "user": [WAIT, WAIT, ("PAREAgentUserInterface__accept_proposal", {"content": "Yes"})],
        "observe": [
            WAIT,
            ("Emails__get_email_by_id", {"email_id": "reschedule"}),
            (TALK, {"content": "Move the dentist to 15:30?"}),
        ],
        "execute": [
            ("Calendar__edit_calendar_event", {"event_id": scenario.appointment, **moved}),
            ("Emails__reply_to_email", {"email_id": "reschedule", "content": "15:30 is fine"}),
            (TALK, {"content": "Done, 15:30."}),
        ],
    }


def scripted(script: Script, asked: list[CompletionRequest] | None = None) -> Complete:
    """Give a model that takes the steps of each role's script, and then waits."""
    left = {role: list(steps) for role, steps in script.items()}

    async def complete(request: CompletionRequest) -> Completion:
        if asked is not None:
            asked.append(request)
        steps = left.get(request.label.role, [])
        tool, arguments = steps.pop(0) if steps else WAIT
        action = json.dumps({"action": tool, "action_input": arguments})
        text = f"Thought: next.\nAction:\n{action}<end_action>"
        return Completion(text, usage=Usage(100, 0, 25), latency_seconds=0.25)

    return complete


async def played(
    complete: Complete | None = None,
    *,
    config: ScenarioRunnerConfig | None = None,
    scenario_id: str = ID,
    noise: NoiseHook | None = None,
    live: Sink | None = None,
    wall_seconds: float = 0.5,
) -> FinishedRun:
    """Play a scenario, by default to its success, and give all that is left of the run."""
    config = config or ScenarioRunnerConfig()
    scenario = registry.create(scenario_id)
    scenario.initialize()
    complete = complete or scripted(good_script(scenario))
    environment = agent_environment()
    environment.load_scenario(scenario)
    recorder = TraceRecorder(environment, run_label(config, scenario), header_data(config, scenario), live)
    hook = None if noise is None else recorder.watched(noise, "anyone")
    models = dict.fromkeys(("user", "observe", "execute"), complete)
    table = set_table(config, scenario, environment, models, recorder.record, hook)
    result = PAREScenarioValidationResult(None, duration=wall_seconds)
    try:
        turns = await play_turns(config, scenario, table, recorder.turn)
        verdict = validated(scenario, environment)
        result = replace(result, success=verdict.success, rationale=verdict.rationale)
        result.outcome = "success" if verdict.success else "failure"
        result.end_reason, result.number_of_turns = turns.ended, turns.number
    except EndpointError as error:
        result.outcome, result.exception, result.error_kind = "infrastructure", error, error.kind
    recorder.finish(result_data(result))
    return FinishedRun(recorder.lines(), environment, scenario, config, result)
