"""Results in the store by the published calls for an agent alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from json import dumps, loads
from typing import Self

from pare.compat.config import ScenarioRunnerConfig
from pare.compat.config import runner_config as ours_of
from pare.scenarios.published_rows import RunError
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils import cached_results
from pare.scenarios.validation_result import ScenarioValidationResult


def has_settings(config: ScenarioRunnerConfig) -> bool:
    """Tell whether an agent or the oracle plays; with nobody at the phone no result is kept."""
    return config.oracle or config.agent is not None


def get_run_id(scenario: Scenario, runner_config: ScenarioRunnerConfig | None) -> str:
    """Name a run: id, run number if there is one, and the hash of the configuration if it is given."""
    name = cached_results.get_run_id(scenario, None)
    return name if runner_config is None else f"{name}_{runner_config.get_config_hash()}"


@dataclass
class CachedScenarioResult:
    """A result as published caches hold it, in plain values."""

    success: bool | None
    exception_type: str | None
    exception_message: str | None
    export_path: str | None
    rationale: str | None
    cache_key: str
    scenario_id: str
    run_number: int | None
    config_hash: str
    scenario_hash: str

    @classmethod
    def from_scenario_result(
        cls,
        scenario_result: ScenarioValidationResult,
        scenario: Scenario,
        runner_config: ScenarioRunnerConfig,
    ) -> Self:
        """Take over a result.

        Raises:
            ConfigError: the settings are none of ours.
        """
        ours = ours_of(runner_config)
        full = asdict(
            cached_results.CachedScenarioResult.from_scenario_result(scenario_result, scenario, ours)
        )
        told = {item.name: full[item.name] for item in fields(cls)}
        return cls(**told | {"cache_key": get_run_id(scenario, runner_config)})

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**loads(json_str))

    def to_json(self) -> str:
        """Give it as JSON."""
        return dumps(asdict(self), indent=2)

    def to_scenario_result(self) -> ScenarioValidationResult:
        """Give the result; an exception comes back as its type and message."""
        error = None
        if self.exception_type is not None:
            error = RunError(f"{self.exception_type}: {self.exception_message}")
        return ScenarioValidationResult(self.success, error, self.export_path, self.rationale)


def maybe_load_cached_result(
    runner_config: ScenarioRunnerConfig, scenario: Scenario
) -> ScenarioValidationResult | None:
    """Give the stored result of a scenario as it is now; None if there is none.

    Raises:
        ConfigError: the settings are none of ours.
    """
    if not has_settings(runner_config):
        return None
    return cached_results.maybe_load_cached_result(ours_of(runner_config), scenario)


def write_cached_result(
    runner_config: ScenarioRunnerConfig, scenario: Scenario, result: ScenarioValidationResult
) -> None:
    """Store a result, if it is a verdict of an agent or of the oracle.

    Raises:
        ConfigError: the settings are none of ours.
    """
    if has_settings(runner_config):
        cached_results.write_cached_result(ours_of(runner_config), scenario, result)
