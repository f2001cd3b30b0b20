"""The words that a sweep file may use for settings, and what each of them sets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from pare.noise import MOST_PER_MINUTE
from pare.scenarios.config import (
    ROLES,
    Engine,
    MultiScenarioRunnerConfig,
    Part,
    ScenarioRunnerConfig,
    part_of,
)
from pare.sweep.checking import annotated

ENV_EVENTS_SEED = 42
"""The seed of environmental events whose rate alone is named, as ``pare benchmark run`` has it."""

ENGINES = tuple(f"{role}_engine_config" for role in ROLES)
MODELS = tuple(f"{role}_model" for role in ROLES)

SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    **{role: (f"{role}_model",) for role in ROLES},
    **{f"{role}_engine_config": (f"{role}_model",) for role in ROLES},
    "proactive": ("observe_model", "execute_model"),
    "proactive_model": ("observe_model", "execute_model"),
    "proactive_provider": ("observe_provider", "execute_provider"),
    "proactive_endpoint": ("observe_endpoint", "execute_endpoint"),
    "env_events_per_min": ("num_env_events_per_minute",),
    "export_format": ("trace_dump_format",),
    "max_concurrent": ("max_concurrent_scenarios",),
    "no_cache": ("enable_caching",),
    "timeout": ("timeout_seconds",),
})  # fmt: skip
"""Other words for settings, and the settings that they stand for."""

NOISE: Mapping[str, Any] = MappingProxyType(
    {
        "tool_failure_probability": Annotated[float | None, Field(ge=0, le=1)],
        "num_env_events_per_minute": Annotated[float | None, Field(ge=0, le=MOST_PER_MINUTE)],
        "env_events_seed": int,
    }
)
"""What sets a part of a noise configuration."""

PLACES: Mapping[str, Any] = MappingProxyType(
    {f"{role}_provider": str | None for role in ROLES}
    | {f"{role}_endpoint": str | tuple[str, ...] | None for role in ROLES}
)
"""What says where the model of a role is served, in place of what its alias says."""

OVERRIDDEN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{f"{role}_model": (f"{role}_model_alias",) for role in ROLES},
        "tool_augmentation_config": ("tool_failure_probability",),
        "env_events_config": ("num_env_events_per_minute", "env_events_seed"),
    }
)
"""What a cell's setting sweeps away of the settings in `base`."""

RESULTS_DIR = "results_dir"
EXPERIMENT_NAME = "experiment_name"


@cache
def cell_settings() -> Mapping[str, Part]:
    """Give the settings of a run, by name, with their parts."""
    fields = ScenarioRunnerConfig.model_fields
    own: dict[str, Part] = {name: part_of(item) for name, item in fields.items() if name not in ENGINES}
    models: dict[str, Part] = dict.fromkeys(MODELS, "identity")
    noise: dict[str, Part] = dict.fromkeys(NOISE, "identity")
    places: dict[str, Part] = dict.fromkeys(PLACES, "transport")
    return {**models, **places, **own, **noise}


@cache
def sweep_settings() -> Mapping[str, Part]:
    """Give the settings that hold for the whole sweep, by name, with their parts."""
    fields = MultiScenarioRunnerConfig.model_fields
    own: dict[str, Part] = {
        name: part_of(item) for name, item in fields.items() if name not in ScenarioRunnerConfig.model_fields
    }
    return {**own, RESULTS_DIR: "display"}


@cache
def varying() -> frozenset[str]:
    """Name the settings in which cells may differ: what identifies a run, and prompts by their directory."""
    return frozenset({"prompts_dir"} | {name for name, part in cell_settings().items() if part == "identity"})


@cache
def limit_settings() -> frozenset[str]:
    """Name the settings that `limits` takes: how the sweep is run, and what is written and shown."""
    shown = {name for name, part in cell_settings().items() if part == "display"}
    return frozenset({*sweep_settings(), *shown, "max_scenario_duration"})


def settings_of(word: str) -> tuple[str, ...]:
    """Give the settings that a word sets: itself, unless it is another word for some."""
    return SPELLINGS.get(word, (word,))


def words_for(settings: frozenset[str] | Mapping[str, Part]) -> list[str]:
    """Give all words that set nothing but `settings`, in order of the alphabet."""
    others = {word for word, meant in SPELLINGS.items() if all(name in settings for name in meant)}
    return sorted({*settings, *others})


def annotation_of(setting: str) -> Any:
    """Give the type of a setting, with its bounds."""
    if setting in MODELS:
        return Engine
    for other in (NOISE, PLACES):
        if setting in other:
            return other[setting]
    if setting == RESULTS_DIR:
        setting = "logs_dir"
    return annotated(MultiScenarioRunnerConfig, setting)
