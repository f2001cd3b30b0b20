"""How a run is made. Every field says which part it is: identity, transport or display.

Identity is what can change a score: it is the config hash, under which results are stored. Transport
is how models are reached and jobs are run, display what is written down and shown.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pare.agents.formats import FormatName
from pare.agents.generation import Distribution, GenerationTime, GenerationTimeMode
from pare.agents.prompting import Prompts
from pare.agents.seat import Limits
from pare.kernel.serialization import to_plain
from pare.llm.engine import EngineConfig
from pare.llm.prices import PriceTable
from pare.llm.strict import StrictModel
from pare.noise import NoiseSeedScope
from pare.scenarios.augmentation import ToolAugmentationConfig, noise_identity
from pare.scenarios.utils.scenario_expander import EnvEventsConfig

Part = Literal["identity", "transport", "display"]

ROLES = ("user", "observe", "execute")

ExecutorType = Literal["async", "thread", "sequential", "process"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

IN_FLIGHT = 500
"""How many scenarios are in flight unless `max_concurrent_scenarios` is set."""

ALONE = "default"
"""The `agent_type` that has the phone to itself."""

ITERATIONS_ALONE = 80
"""How many steps a single agent has for a turn unless `execute_max_iterations` is set."""

MAX_SCENARIO_DURATION = 600
"""The published default of `max_scenario_duration`; what ends a run is the `duration` of its scenario."""

UNSUPPORTED = {
    "judge_only": "judging recorded runs",
    "judge_engine_config": "judging recorded runs",
    "a2a_app_prop": "agents in the place of apps",
    "a2a_model": "agents in the place of apps",
    "a2a_model_provider": "agents in the place of apps",
    "a2a_endpoint": "agents in the place of apps",
}
"""Published fields that ask for what this version does not do: accepted at their defaults only."""


def identity(default: Any = ..., **more: Any) -> Any:
    """Make a field that is part of the config hash."""
    return Field(default, json_schema_extra={"part": "identity"}, **more)


def transport(default: Any = ..., **more: Any) -> Any:
    """Make a field that says how models are reached."""
    return Field(default, json_schema_extra={"part": "transport"}, **more)


def display(default: Any = ..., **more: Any) -> Any:
    """Make a field that says what is written down and shown."""
    return Field(default, json_schema_extra={"part": "display"}, **more)


def _engine(value: object) -> object:
    """Take the published spelling of an engine: model_name, and one endpoint."""
    if not isinstance(value, dict) or "model_name" not in value:
        return value
    rest = {name: item for name, item in value.items() if name not in ("model_name", "endpoint")}
    endpoint = value.get("endpoint")
    return {**rest, "model": value["model_name"], **({"endpoints": [endpoint]} if endpoint else {})}


Engine = Annotated[EngineConfig, BeforeValidator(_engine)]

SMALL = EngineConfig(provider="openai", model="gpt-5-mini")
LARGE = EngineConfig(provider="openai", model="gpt-5")


class ScenarioRunnerConfig(StrictModel):
    """The settings of one run. Times are in seconds.

    With `oracle` the scenario's own oracle events are played, without agents. A model is known by its
    alias: where it is served is no part of the identity of a run.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, hide_input_in_errors=True)

    user_engine_config: Engine = transport(SMALL)
    user_model_alias: str | None = identity(None)
    user_max_iterations: int = identity(1, ge=1)
    user_type: str = identity("default")
    observe_engine_config: Engine = transport(LARGE)
    observe_model_alias: str | None = identity(None)
    observe_max_iterations: int = identity(5, ge=1)
    execute_engine_config: Engine = transport(LARGE)
    execute_model_alias: str | None = identity(None)
    execute_max_iterations: int = identity(10, ge=1)
    agent_type: str = identity("observe-execute")
    format: FormatName = identity("react_json")
    prompts_dir: Path | None = transport(None)
    oracle: bool = identity(False)
    max_turns: int | None = identity(10, ge=1)
    min_turn_seconds: float = identity(5.0, ge=0)
    simulated_generation_time_mode: GenerationTimeMode = identity("tokens")
    ttft_seconds: float = identity(0.5, ge=0)
    tokens_per_second: float = identity(50.0, gt=0)
    generation_seconds: float = identity(1.0, ge=0)
    generation_spread_seconds: float = identity(0.25, ge=0)
    generation_distribution: Distribution = identity("normal")
    max_observation_chars: int = identity(20_000, ge=100)
    max_malformed_replies: int = identity(10, ge=1)
    max_tokens_per_run: int | None = identity(None, ge=1)
    tool_augmentation_config: ToolAugmentationConfig | None = identity(None)
    env_events_config: EnvEventsConfig | None = identity(None)
    noise_seed_scope: NoiseSeedScope = identity("run")
    seed: int = identity(0)
    export: bool = display(False)
    output_dir: Path | None = display(None)
    trace_dump_format: Literal["hf", "lite", "both"] = display("hf")
    use_custom_logger: bool = display(True)
    max_scenario_duration: int = transport(MAX_SCENARIO_DURATION, gt=0)
    judge_only: bool = display(False)
    judge_engine_config: Any = display(None)
    a2a_app_prop: float = display(0.0)
    a2a_app_agent: str = display("default_app_agent")
    a2a_model: str | None = display(None)
    a2a_model_provider: str | None = display(None)
    a2a_endpoint: str | None = display(None)

    @model_validator(mode="after")
    def _fill_model_aliases(self) -> Self:
        for role in ROLES:
            if getattr(self, f"{role}_model_alias") is None:
                alias = getattr(self, f"{role}_engine_config").model.rsplit("/", 1)[-1]
                object.__setattr__(self, f"{role}_model_alias", alias)
        return self

    @model_validator(mode="after")
    def _give_an_agent_alone_its_steps(self) -> Self:
        if self.agent_type == ALONE and "execute_max_iterations" not in self.model_fields_set:
            object.__setattr__(self, "execute_max_iterations", ITERATIONS_ALONE)
        return self

    @model_validator(mode="after")
    def _refuse_unsupported(self) -> Self:
        fields = type(self).model_fields
        asked = [name for name in UNSUPPORTED if getattr(self, name) != fields[name].default]
        if asked:
            reasons = ", ".join(f"{name} ({UNSUPPORTED[name]})" for name in asked)
            raise ValueError(f"not supported in this version: {reasons}; leave them out")
        return self

    @property
    def prompts(self) -> Prompts:
        """The prompt files of these settings.

        Raises:
            ConfigError: a file lacks an element.
        """
        return Prompts(self.prompts_dir)

    @property
    def generation_time(self) -> GenerationTime:
        """How long replies take, in simulated time."""
        return GenerationTime(
            mode=self.simulated_generation_time_mode,
            ttft_seconds=self.ttft_seconds,
            tokens_per_second=self.tokens_per_second,
            seconds=self.generation_seconds,
            spread=self.generation_spread_seconds,
            distribution=self.generation_distribution,
            seed=self.seed,
        )

    @property
    def prices(self) -> PriceTable:
        """The user's prices, by the model's name on the wire."""
        engines: list[EngineConfig] = [getattr(self, f"{role}_engine_config") for role in ROLES]
        return PriceTable({engine.model: engine.price for engine in engines if engine.price})

    @property
    def limits(self) -> Limits:
        """What ends a turn or a run, or cuts text."""
        return Limits(self.max_observation_chars, self.max_malformed_replies, self.max_tokens_per_run)

    def identity(self) -> dict[str, Any]:
        """Give what identifies the settings: fields, the engines' own identity, prompts by content."""
        found = _identity_of(self)
        for role in ROLES:
            found[f"{role}_engine"] = _identity_of(getattr(self, f"{role}_engine_config"))
        return found | noise_identity(self) | {"prompts": self.prompts.digest()}

    def get_config_hash(self) -> str:
        """Give the hash of `identity`: 16 hexadecimal digits."""
        text = orjson.dumps(self.identity(), option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(text, digest_size=8).hexdigest()


class MultiScenarioRunnerConfig(ScenarioRunnerConfig):
    """The settings of many runs: those of each, and how they are run together.

    `timeout_seconds` counts the working time of a run. `executor_type` "async" runs all on one event
    loop ("thread" is accepted and means the same), "sequential" one after the other, "process" in
    `workers` processes. Without `max_concurrent_scenarios` 500 are in flight. Infrastructure failures
    are tried `max_retries` times more. Without `enable_caching` results are neither read nor stored;
    replies are recorded all the same. `max_cost` is in the currency of the engines' prices.
    """

    max_concurrent_scenarios: int | None = transport(None, ge=1)
    timeout_seconds: float | None = transport(None, gt=0)
    executor_type: ExecutorType = transport("async")
    workers: int | None = transport(None, ge=1)
    max_retries: int = transport(2, ge=0)
    max_cost: float | None = transport(None, ge=0)
    max_infrastructure_share: float = display(0.05, ge=0, le=1)
    enable_caching: bool = transport(True)
    experiment_name: str = display("default", min_length=1)
    log_level: LogLevel = display("INFO")
    log_to_file: bool = display(True)
    logs_dir: Path = display(Path("logs"))

    @property
    def concurrency(self) -> int:
        """How many scenarios are in flight at most."""
        return 1 if self.executor_type == "sequential" else self.max_concurrent_scenarios or IN_FLIGHT

    def scenario_config(self, **changes: Any) -> ScenarioRunnerConfig:
        """Derive the settings of one run, with `changes`."""
        names = ScenarioRunnerConfig.model_fields.keys()
        chosen = {name: getattr(self, name) for name in self.model_fields_set if name in names}
        return ScenarioRunnerConfig(**(chosen | changes))


def _identity_of(model: BaseModel) -> dict[str, Any]:
    return {name: to_plain(getattr(model, name)) for name in _identity_names(type(model))}


@cache
def _identity_names(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, item in model.model_fields.items() if part_of(item) == "identity")


def part_of(item: Any) -> Part:
    """Give the part that a field is marked as.

    Raises:
        KeyError: it is not marked.
    """
    part: Part = item.json_schema_extra["part"]
    return part
