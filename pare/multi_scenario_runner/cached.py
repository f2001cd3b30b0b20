"""The published calls for one of many scenarios: run it, or run it unless its result is in the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pare.errors import PareError
from pare.multi_scenario_runner.runner import MultiScenarioRunner
from pare.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.caching import maybe_load_cached_result, write_cached_result
from pare.scenarios.validation_result import ScenarioValidationResult

if TYPE_CHECKING:
    from pare.scenario_runner import TwoAgentScenarioRunner


class ScenarioTimeoutError(PareError, Exception):
    """A run took longer than `timeout_seconds` of wall time; it has no verdict."""


def process_scenario(scenario: Scenario, config: MultiScenarioRunnerConfig) -> ScenarioValidationResult:
    """Run one scenario with the settings of many.

    Raises:
        ConfigError: the run is refused before it begins.
    """
    (result,) = MultiScenarioRunner().run(config, [scenario]).scenario_results.values()
    return result


def maybe_run_scenario(
    runner: TwoAgentScenarioRunner,
    config: ScenarioRunnerConfig,
    scenario: Scenario,
    enable_caching: bool = True,
) -> ScenarioValidationResult:
    """Give the stored result of `scenario`, or run it and store what it came to.

    A run whose trace is asked for is made anew where the stored one has none.

    Raises:
        ConfigError: the run is refused before it begins.
    """
    known = maybe_load_cached_result(config, scenario) if enable_caching else None
    if known is not None and (not config.export or _has_trace(known)):
        return known
    result = runner.run(config, scenario)
    if enable_caching:
        write_cached_result(config, scenario, result)
    return result


def _has_trace(result: ScenarioValidationResult) -> bool:
    return result.export_path is not None and Path(result.export_path).exists()
