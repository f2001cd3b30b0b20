"""Runners and their configuration under the published names."""

from pathlib import Path
from typing import Any

import pytest
from are.simulation.apps import AgentUserInterface, CalendarApp
from are.simulation.scenario_runner import ScenarioRunner
from are.simulation.scenarios import Scenario
from are.simulation.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from are.simulation.scenarios.utils.validation_utils import get_last_message_from_agent
from are.simulation.scenarios.validation_result import ScenarioValidationResult
from are.simulation.types import EventRegisterer, EventType, ToolAugmentationConfig
from pydantic import ValidationError

from pare.compat.config import LLMEngineConfig, runner_config
from pare.errors import ConfigError


class Greeting(Scenario):
    scenario_id: str = "greeting"
    start_time: float | None = 0
    duration: float | None = 60

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), CalendarApp()]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            ask: Any = aui.send_message_to_agent(content="Say hello")
            answer: Any = aui.send_message_to_user(content="hello")
        ask.depends_on(None, delay_seconds=1)
        self.events = [ask, answer.oracle().depends_on(ask, delay_seconds=1)]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(success=get_last_message_from_agent(env) == "hello")


# --- configuration --------------------------------------------------------------------------------------


def test_the_published_defaults() -> None:
    config = ScenarioRunnerConfig()
    assert config.model_dump() == {
        "model": "meta-llama/llama3-70b-instruct",
        "model_provider": "huggingface",
        "agent": None,
        "scenario_creation_params": "{}",
        "scenario_multi_creation_params": "[{}]",
        "scenario_initialization_params": "{}",
        "scenario_multi_initialization_params": "[{}]",
        "oracle": False,
        "export": False,
        "wait_for_user_input_timeout": None,
        "output_dir": None,
        "endpoint": None,
        "max_turns": 1,
        "judge_only": False,
        "a2a_app_prop": 0.0,
        "a2a_app_agent": "default_app_agent",
        "a2a_model": "meta-llama/llama3-70b-instruct",
        "a2a_model_provider": None,
        "a2a_endpoint": None,
        "trace_dump_format": "hf",
        "use_custom_logger": True,
        "simulated_generation_time_mode": "measured",
        "tool_augmentation_config": None,
        "env_events_config": None,
        "judge_engine_config": None,
        "max_scenario_duration": 1800,
        "max_time_scenario_duration": 420,
    }
    many = MultiScenarioRunnerConfig()
    assert (many.executor_type, many.log_level, many.enable_caching) == ("thread", "INFO", True)
    assert (many.max_concurrent_scenarios, many.timeout_seconds) == (None, None)


def test_the_hash_is_that_of_what_a_run_depends_on() -> None:
    hashes = {
        config.get_config_hash()
        for config in (MultiScenarioRunnerConfig(), MultiScenarioRunnerConfig(timeout_seconds=5))
    }
    assert len(hashes) == 1
    assert ScenarioRunnerConfig(max_turns=2).get_config_hash() != ScenarioRunnerConfig().get_config_hash()
    assert all(len(item) == 8 for item in hashes)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({"judge_only": True}, "judging recorded runs"),
        ({"judge_engine_config": LLMEngineConfig(model_name="m")}, "a judge that is a model"),
        ({"a2a_app_prop": 0.5}, "agents in the place of apps"),
        ({"a2a_endpoint": "http://x"}, "agents in the place of apps"),
    ],
)
def test_judges_and_agents_in_the_place_of_apps_are_refused(setting: dict[str, Any], reason: str) -> None:
    (name,) = setting
    with pytest.raises(ValidationError, match=rf"not supported in this version: {name} \({reason}\)"):
        ScenarioRunnerConfig(**setting)


def test_it_becomes_a_configuration_for_an_agent_alone() -> None:
    noise = ToolAugmentationConfig(tool_failure_probability=0.2)
    ours = runner_config(
        ScenarioRunnerConfig(
            model="gpt-5",
            model_provider="openai",
            max_turns=3,
            tool_augmentation_config=noise,
            output_dir="runs",
        )
    )
    assert (ours.agent_type, ours.execute_engine_config.model, ours.execute_engine_config.provider) == (
        "default",
        "gpt-5",
        "openai",
    )
    assert (ours.max_turns, ours.tool_augmentation_config, ours.output_dir) == (3, noise, Path("runs"))
    assert (ours.simulated_generation_time_mode, ours.execute_max_iterations) == ("measured", 80)


def test_a_provider_that_is_not_known_needs_an_endpoint() -> None:
    with pytest.raises(ConfigError, match="model_provider 'huggingface' is not known"):
        runner_config(ScenarioRunnerConfig())
    served = runner_config(ScenarioRunnerConfig(endpoint="http://localhost:8000/v1"))
    assert (served.execute_engine_config.provider, served.execute_engine_config.endpoints) == (
        "local",
        ("http://localhost:8000/v1",),
    )
    assert runner_config(ScenarioRunnerConfig(oracle=True)).oracle
    with pytest.raises(ConfigError, match="simulated_generation_time_mode"):
        runner_config(ScenarioRunnerConfig(model_provider="openai", simulated_generation_time_mode="guessed"))


# --- runs -----------------------------------------------------------------------------------------------


def test_an_oracle_run_succeeds_and_one_with_nobody_does_not() -> None:
    runner = ScenarioRunner()
    assert runner.run(ScenarioRunnerConfig(oracle=True), Greeting()).success is True
    nobody = runner.run(ScenarioRunnerConfig(), Greeting())
    assert (nobody.success, nobody.exception) == (False, None)
    assert nobody.duration is not None


def test_a_scenario_that_breaks_has_no_verdict() -> None:
    class Broken(Greeting):
        def validate(self, env: Any) -> ScenarioValidationResult:
            raise ZeroDivisionError

    result = ScenarioRunner().run(ScenarioRunnerConfig(), Broken())
    assert (result.success, type(result.exception)) == (None, ZeroDivisionError)


def test_a_verdict_that_is_no_bool_counts_by_its_truth() -> None:
    class Listing(Greeting):
        def validate(self, env: Any) -> ScenarioValidationResult:
            messages: Any = [
                event for event in env.event_log.list_view() if event.event_type == EventType.AGENT
            ]
            return ScenarioValidationResult(success=messages)

    results = [
        ScenarioRunner().run(ScenarioRunnerConfig(oracle=oracle), Listing()) for oracle in (True, False)
    ]
    assert [item.success for item in results] == [True, False]


def test_a_log_can_be_judged_without_a_run() -> None:
    class Judged(Greeting):
        def validate(self, env: Any) -> ScenarioValidationResult:
            kinds = [event.event_type for event in env.event_log.list_view()]
            return ScenarioValidationResult(success=kinds == [EventType.AGENT])

    scenario = Judged()
    scenario.initialize()
    interface = scenario.get_typed_app(AgentUserInterface)
    events: list[Any] = []
    interface.register_to_env("test", events.append)
    interface.send_message_to_user("hello")
    assert ScenarioRunner().run(ScenarioRunnerConfig(), scenario, completed_events=events).success is True
    assert ScenarioRunner().run(ScenarioRunnerConfig(), scenario, completed_events=[]).success is False


def test_builders_of_other_agents_are_refused() -> None:
    with pytest.raises(ConfigError, match="object builds agents of another framework"):
        ScenarioRunner(None, agent_builder=object())


def test_without_a_user_interface_there_is_no_last_message() -> None:
    from are.simulation.environment import Environment

    assert get_last_message_from_agent(Environment()) is None
