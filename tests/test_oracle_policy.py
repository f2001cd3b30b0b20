"""The scripted oracle plays every bundled scenario to success, and one that only waits plays none."""

import pytest

from pare.llm.scripted import ScriptedModel, wait
from pare.scenario_runner.oracle_policy import oracle
from pare.scenario_runner.play import play
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry

IDS = sorted(registry.get_all_scenarios())
ROLES = ("user", "observe", "execute")


@pytest.mark.parametrize("action_format", ["react_json", "tool_calls"])
@pytest.mark.parametrize("scenario_id", IDS)
async def test_the_oracle_succeeds(scenario_id, action_format):
    models = dict.fromkeys(ROLES, ScriptedModel(oracle()))
    config = ScenarioRunnerConfig(format=action_format)
    result = await play(config, registry.create(scenario_id), models)
    assert (result.outcome, result.rationale, result.exception) == ("success", None, None)
    assert (result.strict_success, result.events_unfired, result.end_reason) == (True, [], "idle")
    assert result.proposal_count == result.acceptance_count >= 1


@pytest.mark.parametrize("scenario_id", IDS)
async def test_waiting_fails(scenario_id):
    models = dict.fromkeys(ROLES, ScriptedModel(wait()))
    result = await play(ScenarioRunnerConfig(), registry.create(scenario_id), models)
    assert (result.outcome, result.exception, result.proposal_count) == ("failure", None, 0)


@pytest.mark.parametrize("role", ["user", "observe"])
async def test_one_oracle_beside_one_that_waits_is_not_enough(role):
    models = {name: ScriptedModel(wait() if name == role else oracle()) for name in ROLES}
    result = await play(ScenarioRunnerConfig(), registry.create(IDS[0]), models)
    assert result.outcome == "failure"
