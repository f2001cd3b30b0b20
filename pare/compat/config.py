"""The published configuration of a single agent's run, and what it is as one of ours."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from pare.errors import ConfigError
from pare.llm.providers import PROVIDERS
from pare.scenarios import config as ours
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.utils.scenario_expander import EnvEventsConfig

DEFAULT_MODEL = "meta-llama/llama3-70b-instruct"
DEFAULT_PROVIDER = "huggingface"
DEFAULT_APP_AGENT = "default_app_agent"
MAX_SCENARIO_DURATION = 1800
MAX_TIME_SCENARIO_DURATION = 420
DEFAULT_SCENARIO_TIMEOUT = 1860

_NOT_IDENTITY = ("max_concurrent_scenarios", "timeout_seconds", "log_level")

REFUSED = {
    "judge_only": "judging recorded runs",
    "judge_engine_config": "a judge that is a model",
    "a2a_app_prop": "agents in the place of apps",
    "a2a_app_agent": "agents in the place of apps",
    "a2a_model": "agents in the place of apps",
    "a2a_model_provider": "agents in the place of apps",
    "a2a_endpoint": "agents in the place of apps",
}
"""Fields that ask for what this version does not do: accepted at their defaults only."""


class LLMEngineConfig(BaseModel):
    """A model, by its name, and where it is served."""

    model_config = ConfigDict(protected_namespaces=())

    model_name: str = ""
    provider: str | None = None
    endpoint: str | None = None


class ScenarioRunnerConfig(BaseModel):
    """The settings of a run with one agent, in the published fields and defaults.

    `agent` is None for a run without an agent. `runner_config` makes it one of ours.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())

    model: str = DEFAULT_MODEL
    model_provider: str | None = DEFAULT_PROVIDER
    agent: str | None = None
    scenario_creation_params: str = "{}"
    scenario_multi_creation_params: str = "[{}]"
    scenario_initialization_params: str = "{}"
    scenario_multi_initialization_params: str = "[{}]"
    oracle: bool = False
    export: bool = False
    wait_for_user_input_timeout: float | None = None
    output_dir: str | None = None
    endpoint: str | None = None
    max_turns: int | None = 1
    judge_only: bool = False
    a2a_app_prop: float = 0.0
    a2a_app_agent: str = DEFAULT_APP_AGENT
    a2a_model: str | None = DEFAULT_MODEL
    a2a_model_provider: str | None = None
    a2a_endpoint: str | None = None
    trace_dump_format: str = "hf"
    use_custom_logger: bool = True
    simulated_generation_time_mode: str = "measured"
    tool_augmentation_config: ToolAugmentationConfig | None = None
    env_events_config: EnvEventsConfig | None = None
    judge_engine_config: LLMEngineConfig | None = None
    max_scenario_duration: int = MAX_SCENARIO_DURATION
    max_time_scenario_duration: int = MAX_TIME_SCENARIO_DURATION

    @model_validator(mode="after")
    def _refuse_unsupported(self) -> Self:
        fields = type(self).model_fields
        asked = [name for name in REFUSED if getattr(self, name) != fields[name].default]
        if asked:
            reasons = ", ".join(f"{name} ({REFUSED[name]})" for name in asked)
            raise ValueError(f"not supported in this version: {reasons}; leave them out")
        return self

    def get_config_hash(self) -> str:
        """Give eight hexadecimal digits for the settings; results are stored under our own hash instead."""
        settings = self.model_dump(exclude=set(_NOT_IDENTITY))
        text = json.dumps(settings, sort_keys=True, default=str)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8]


class MultiScenarioRunnerConfig(ScenarioRunnerConfig):
    """The settings of many runs."""

    max_concurrent_scenarios: int | None = None
    timeout_seconds: int | None = None
    executor_type: Literal["sequential", "thread", "process"] = "thread"
    log_level: str = "INFO"
    enable_caching: bool = True


class HuggingFaceConfig(BaseModel):
    """Where data sets are found and put; kept for those who set it."""

    upload_dataset_name: str | None = None
    upload_dataset_config: str | None = None
    upload_dataset_split: str | None = None
    upload_private: bool = False
    original_dataset_name: str | None = None
    original_dataset_config: str | None = None
    original_dataset_split: str | None = None
    original_dataset_revision: str | None = None


def runner_config(config: ScenarioRunnerConfig) -> ours.ScenarioRunnerConfig:
    """Give the settings as ours: the model becomes that of an agent which has the phone to itself.

    Raises:
        ConfigError: a value is none of ours; the message names it.
    """
    engine = {
        "provider": _provider(config),
        "model": config.model,
        "endpoints": [config.endpoint] if config.endpoint else [],
    }
    settings: dict[str, Any] = {
        "agent_type": config.agent or ours.ALONE,
        "execute_engine_config": engine,
        "oracle": config.oracle,
        "max_turns": config.max_turns,
        "simulated_generation_time_mode": config.simulated_generation_time_mode,
        "tool_augmentation_config": config.tool_augmentation_config,
        "env_events_config": config.env_events_config,
        "export": config.export,
        "output_dir": config.output_dir,
        "trace_dump_format": config.trace_dump_format,
        "use_custom_logger": config.use_custom_logger,
    }
    try:
        return ours.ScenarioRunnerConfig(**settings)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise ConfigError("; ".join(problems)) from None


def _provider(config: ScenarioRunnerConfig) -> str:
    """Give the provider by our name; one that is not known serves its model at the `endpoint`."""
    provider = config.model_provider or "openai"
    if provider in PROVIDERS or config.oracle:
        return provider if provider in PROVIDERS else "local"
    if config.endpoint:
        return "local"
    raise ConfigError(
        f"model_provider {provider!r} is not known (known: {', '.join(PROVIDERS)}); "
        "name one of these, or the endpoint at which it serves its models"
    )
