"""Run many scenarios, and keep every result that could be had."""

from pare.multi_scenario_runner.cached import maybe_run_scenario
from pare.multi_scenario_runner.results import PAREMultiScenarioValidationResult
from pare.multi_scenario_runner.runner import MultiScenarioRunner, SweepEnd, Workplace

__all__ = [
    "MultiScenarioRunner",
    "PAREMultiScenarioValidationResult",
    "SweepEnd",
    "Workplace",
    "maybe_run_scenario",
]
