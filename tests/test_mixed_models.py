"""Each role has a model of its own: one side scripted in this process, the other served over HTTP."""

import pytest

from pare.llm.scripted import ScriptedPolicy
from pare.scenario_runner import TwoAgentScenarioRunner
from pare.scenario_runner.oracle_policy import oracle
from pare.scenarios.config import ROLES, ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.testing.endpoint import serve

ID = "dentist_moves_appointment"
AGENT = ("observe", "execute")


def served(url: str) -> dict[str, object]:
    """Give an engine that is asked as any other model is, and tells the server which call it is."""
    return {"provider": "openai", "model": "served-model", "endpoints": [url], "label_headers": True}


@pytest.mark.parametrize(
    ("over_http", "scripted_model", "outcome"),
    [
        (AGENT, "oracle", "success"),
        (AGENT, "wait", "failure"),
        (("user",), "oracle", "success"),
        (("user",), "wait", "failure"),
    ],
)
async def test_one_side_is_scripted_and_the_other_served(
    over_http: tuple[str, ...], scripted_model: str, outcome: str
) -> None:
    policy: ScriptedPolicy = oracle()
    async with serve(policy) as endpoint:
        engines = {
            f"{role}_engine_config": served(endpoint.url)
            if role in over_http
            else {"provider": "scripted", "model": scripted_model}
            for role in ROLES
        }
        config = ScenarioRunnerConfig(**engines)
        result = await TwoAgentScenarioRunner().run_async(config, registry.create(ID))
        asked = sum(result.usage[role]["calls"] for role in over_http if role in result.usage)
        assert (result.outcome, endpoint.counts.received) == (outcome, asked)
    assert [config.user_model_alias, config.observe_model_alias] == [
        "served-model" if role in over_http else scripted_model for role in ("user", "observe")
    ]
    assert result.fingerprint["user"]["asked"] == [config.user_model_alias]
