"""Run many scenarios, and keep every result that could be had."""

from pare.multi_scenario_runner.cached import (
    ScenarioTimeoutError,
    maybe_run_scenario,
    process_scenario,
)
from pare.multi_scenario_runner.results import PAREMultiScenarioValidationResult
from pare.multi_scenario_runner.runner import MultiScenarioRunner, SweepEnd, Workplace

__all__ = [
    "MultiScenarioRunner",
    "PAREMultiScenarioValidationResult",
    "ScenarioTimeoutError",
    "SweepEnd",
    "Workplace",
    "maybe_run_scenario",
    "process_scenario",
]
