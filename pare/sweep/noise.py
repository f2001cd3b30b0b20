"""From the words for noise in a sweep file to its configurations, and what no scenario could take of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from pare.errors import ConfigError
from pare.noise import excess
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import DEFAULT_HORIZON, EnvEventsConfig, PAREEnvEventsExpander
from pare.sweep.checking import Problems
from pare.sweep.keys import ENV_EVENTS_SEED
from pare.sweep.layers import Layer
from pare.sweep.problems import Path

EVENTS = ("num_env_events_per_minute", "env_events_config", "env_events_seed")
TOOLS = ("tool_failure_probability", "tool_augmentation_config")

Longest = Callable[[], tuple[str, float]]
"""Gives the scenario of a sweep that lasts longest, and for how many seconds noise comes to it."""


def longest_of(scenario_ids: Iterable[str]) -> tuple[str, float]:
    """Give the longest of these scenarios, as far as their classes say, and its seconds of noise."""
    known = frozenset(registry.ids)
    durations = {
        name: getattr(registry.get_scenario(name), "duration", None) for name in scenario_ids if name in known
    }
    seconds = {
        name: float(item) if isinstance(item, int | float) else DEFAULT_HORIZON
        for name, item in durations.items()
    }
    return max(seconds.items(), key=lambda item: item[1], default=("", 0.0))


def noise_values(found: Problems, layer: Layer) -> dict[str, Any] | None:
    """Give the fields that the words for noise make; None, and a problem, if they are refused."""
    values: dict[str, Any] = {}
    if "tool_failure_probability" in layer:
        values["tool_augmentation_config"] = _tool_noise(layer)
    if "num_env_events_per_minute" in layer or "env_events_seed" in layer:
        try:
            values["env_events_config"] = _event_noise(layer)
        except ConfigError as error:  # each part was taken by itself: together they are refused
            found.add(place_of(layer, EVENTS), str(error))
            return None
    return values


def tell_excess(found: Problems, layer: Layer, config: ScenarioRunnerConfig, longest: Longest) -> None:
    """Tell where a rate is beyond all reason for a scenario that lasts long."""
    if config.env_events_config is None or not config.env_events_config.num_env_events_per_minute:
        return
    name, seconds = longest()
    if reason := excess(config.env_events_config.num_env_events_per_minute, seconds):
        found.add(place_of(layer, EVENTS), f"too much for the scenario {name!r}: {reason}")


def unreached(cells: Iterable[Cell], scenario_ids: Iterable[str]) -> dict[str, list[str]]:
    """Name by cell the scenarios without an app that its environmental events could come to.

    A cell without such events is left out, and so is a scenario that cannot start: its runs say that.
    """
    noisy = {cell.name: cell.config.env_events_config for cell in cells}
    rates = {name: config for name, config in noisy.items() if config and config.num_env_events_per_minute}
    found: dict[str, list[str]] = {name: [] for name in rates}
    for scenario_id in scenario_ids if rates else ():
        reached: dict[str, bool] = {}
        for name, config in rates.items():
            key = repr((sorted(config.weight_per_app_class.items()), config.caps))
            if key not in reached:
                reached[key] = _is_reached(scenario_id, config)
            found[name] += [] if reached[key] else [scenario_id]
    return found


def _is_reached(scenario_id: str, config: EnvEventsConfig) -> bool:
    try:
        scenario = registry.create(scenario_id)
        scenario.initialize()
        return PAREEnvEventsExpander(config).reaches(scenario)
    except (Exception, SystemExit):  # noqa: BLE001 - what cannot start is a defect when it is run
        return True


def place_of(layer: Layer, names: Iterable[str]) -> Path:
    """Give where the first of `names` that is set stands."""
    return next((layer[name].path for name in names if name in layer), ())


def _tool_noise(layer: Layer) -> ToolAugmentationConfig | None:
    """Give the noise of a probability; with 0 there is none, unless a whole configuration says more."""
    whole: ToolAugmentationConfig | None = _value(layer, "tool_augmentation_config")
    probability: float = _value(layer, "tool_failure_probability") or 0.0
    if whole is not None:
        return replace(whole, tool_failure_probability=probability)
    return ToolAugmentationConfig(probability) if probability else None


def _event_noise(layer: Layer) -> EnvEventsConfig | None:
    """Give the noise of a rate and a seed; without a rate there is none."""
    whole: EnvEventsConfig | None = _value(layer, "env_events_config")
    rate = _value(layer, "num_env_events_per_minute")
    seed = _value(layer, "env_events_seed")
    if whole is not None:
        rate = whole.num_env_events_per_minute if "num_env_events_per_minute" not in layer else rate or 0
        return replace(
            whole,
            num_env_events_per_minute=rate,
            env_events_seed=whole.env_events_seed if seed is None else seed,
        )
    return EnvEventsConfig(rate, ENV_EVENTS_SEED if seed is None else seed) if rate else None


def _value(layer: Layer, name: str) -> Any:
    return layer[name].value if name in layer else None
