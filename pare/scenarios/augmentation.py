"""The noise that a scenario can be run with, as data, and the part of a scenario that it acts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from pydantic import Field

from pare.apps.base import App
from pare.errors import ConfigError, ScenarioError
from pare.kernel.abstract_event import AbstractEvent
from pare.noise import (
    AugmentationData,
    NoiseDraws,
    NoiseSeedScope,
    ToolFailures,
    is_exempt,
    load_augmentation_data,
    parse_augmentation_data,
    rename_tools,
)
from pare.scenarios.utils.scenario_expander import EnvEventsConfig, PAREEnvEventsExpander


@dataclass
class ToolAugmentationConfig:
    """How tools misbehave: the probability (0 to 1) that a call fails, and whether tools are renamed.

    Names and descriptions change only where the augmentation data brings others.

    Raises:
        ConfigError: the probability is none.
    """

    tool_failure_probability: Annotated[float, Field(ge=0, le=1)] = 0.1
    apply_tool_name_augmentation: bool = True
    apply_tool_description_augmentation: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.tool_failure_probability <= 1:
            raise ConfigError(
                f"tool_failure_probability is {self.tool_failure_probability}; it must be from 0 to 1"
            )

    def renaming(self, data: AugmentationData) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Give the names and descriptions that these settings take of `data`, by tools' own names."""
        return (
            data.tool_names_mapping if self.apply_tool_name_augmentation else {},
            data.tool_descriptions_mapping if self.apply_tool_description_augmentation else {},
        )


@dataclass
class ScenarioGUIConfig:
    """How a viewer shows a scenario."""

    show_timestamps: bool = False


class NoiseSettings(Protocol):
    """What a run says about noise."""

    @property
    def tool_augmentation_config(self) -> ToolAugmentationConfig | None:
        """How tools misbehave."""

    @property
    def env_events_config(self) -> EnvEventsConfig | None:
        """What happens beside the task."""

    @property
    def noise_seed_scope(self) -> NoiseSeedScope:
        """Whether each run has draws of its own."""

    @property
    def seed(self) -> int:
        """The seed of the draws that have none of their own."""


class Augmented:
    """The part of a scenario that noise acts on."""

    apps: list[App] | None
    events: list[AbstractEvent]
    duration: float | None
    scenario_id: str
    seed: int
    run_number: int | None
    augmentation_data: dict[str, Any]
    tool_augmentation_config: ToolAugmentationConfig | None
    env_events_config: EnvEventsConfig | None
    _initialized: bool

    noise_seed: int | None = None
    noise_seed_scope: NoiseSeedScope = "run"

    def set_noise(self, settings: NoiseSettings) -> None:
        """Take over the noise of a run; a channel that it leaves out stays as it is.

        Raises:
            ScenarioError: the scenario was initialised with other noise.
        """
        tools = settings.tool_augmentation_config or self.tool_augmentation_config
        events = settings.env_events_config or self.env_events_config
        wanted = tools, events, settings.seed, settings.noise_seed_scope
        present = (
            self.tool_augmentation_config,
            self.env_events_config,
            self.noise_seed,
            self.noise_seed_scope,
        )
        if self._initialized and wanted != present and any(event.is_noise for event in self.events):
            raise ScenarioError(
                f"scenario {self.scenario_id!r} is initialised with other noise already; make a new one"
            )
        self.tool_augmentation_config, self.env_events_config, self.noise_seed, self.noise_seed_scope = wanted
        if self._initialized and wanted != present:
            self.apply_augmentation_configs()
            self.add_env_events()

    def noise_draws(self, seed: int | None = None, run_number: int | None = None) -> NoiseDraws:
        """Give the draws of a run, by default of this one; runs count from 1."""
        if seed is None:
            seed = self.seed if self.noise_seed is None else self.noise_seed
        return NoiseDraws(seed, self.noise_seed_scope, self.scenario_id, run_number or self.run_number or 1)

    def noise_hook(self, run_number: int | None = None) -> ToolFailures | None:
        """Give what lets calls of the agent fail in a run, for its toolboxes; None where none can."""
        self._rename_tools()
        if not any(app.failure_probability for app in self._noisy_apps()):
            return None
        return ToolFailures(self.noise_draws(run_number=run_number))

    def apply_augmentation_configs(self) -> None:
        """Let the noise of this scenario take effect on the agent's tools; the home screen has none.

        Raises:
            ConfigError: the augmentation data cannot be used.
        """
        if self.tool_augmentation_config is None:
            return
        for app in self._noisy_apps():
            app.set_failure_probability(self.tool_augmentation_config.tool_failure_probability)
        self._rename_tools()

    def add_env_events(self) -> None:
        """Plan the environmental events of this scenario, if it is to have any.

        Raises:
            ConfigError: the configuration or the augmentation data cannot be used.
        """
        if self.env_events_config is not None:
            expander = PAREEnvEventsExpander(env_events_config=self.env_events_config)
            own = self.augmentation_data.get("apps")
            expander.add_env_events_to_scenario(scenario=self, apps_augmentation_data=own)

    def _noisy_apps(self) -> list[App]:
        return [app for app in self.apps or () if not is_exempt(app)]

    def _rename_tools(self) -> None:
        config = self.tool_augmentation_config
        if config is None or not renames(config):
            return
        names, descriptions = config.renaming(self._names_data())
        if names or descriptions:
            rename_tools(
                [tool for app in self._noisy_apps() for tool in app.get_tools()], names, descriptions
            )

    def _names_data(self) -> AugmentationData:
        """Give the data with the names of tools: the scenario's own where it brings some."""
        if any(
            name in self.augmentation_data for name in ("tool_names_mapping", "tool_descriptions_mapping")
        ):
            return parse_augmentation_data(self.augmentation_data, f"scenario {self.scenario_id!r}")
        return load_augmentation_data()


def renames(config: ToolAugmentationConfig) -> bool:
    """Tell whether tools are renamed where there are other names."""
    return config.apply_tool_name_augmentation or config.apply_tool_description_augmentation


def noise_identity(settings: NoiseSettings) -> dict[str, Any]:
    """Give what identifies the noise of a run; noise that never acts is none.

    Raises:
        ConfigError: the augmentation data cannot be used.
    """
    tools = _tools_identity(settings.tool_augmentation_config)
    events = settings.env_events_config.identity() if settings.env_events_config else None
    found: dict[str, Any] = {"tool_augmentation_config": tools, "env_events_config": events}
    if tools is None and events is None:
        return {**found, "noise_seed_scope": None}
    digest = load_augmentation_data().digest
    return {**found, "noise_seed_scope": settings.noise_seed_scope, "augmentation_data": digest}


def _tools_identity(config: ToolAugmentationConfig | None) -> dict[str, Any] | None:
    if config is None:
        return None
    names, descriptions = config.renaming(load_augmentation_data()) if renames(config) else ({}, {})
    if not (config.tool_failure_probability or names or descriptions):
        return None
    return {
        "tool_failure_probability": float(config.tool_failure_probability),
        "names": bool(names),
        "descriptions": bool(descriptions),
    }
