"""Play a scenario's own oracle events, without agents."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from pare.kernel.enums import EnvironmentType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.notifications import NotificationSystem
from pare.scenario_runner.verdicts import ScenarioRun, validated
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.tools.notices import VerbosityLevel


def play_oracle(scenario: Scenario) -> ScenarioRun:
    """Initialise `scenario` if need be, play its oracle events, and validate."""
    started, environment = perf_counter(), oracle_environment()
    try:
        scenario.initialize()
        environment.run(scenario)
        result = validated(scenario, environment)
    except Exception as error:  # noqa: BLE001 - the border of the runner
        result = ScenarioValidationResult(success=None, exception=error)
    return ScenarioRun(scenario, environment, replace(result, duration=perf_counter() - started))


async def play_oracle_async(scenario: Scenario) -> ScenarioRun:
    """Do what `play_oracle` does on the event loop."""
    started, environment = perf_counter(), oracle_environment()
    try:
        scenario.initialize()
        await environment.run_async(scenario)
        result = validated(scenario, environment)
    except Exception as error:  # noqa: BLE001 - the border of the runner
        result = ScenarioValidationResult(success=None, exception=error)
    return ScenarioRun(scenario, environment, replace(result, duration=perf_counter() - started))


def play_registered(scenario_id: str) -> ScenarioRun:
    """Do what `play_oracle` does with a registered scenario; one whose constructor raises is a defect.

    Raises:
        RegistryError: it is unknown, or could not be imported.
    """
    registry.get_scenario(scenario_id)
    try:
        scenario = registry.create(scenario_id)
    except Exception as error:  # noqa: BLE001 - the border of the runner
        nothing = Scenario(scenario_id=scenario_id)
        return ScenarioRun(nothing, oracle_environment(), ScenarioValidationResult(None, error, duration=0.0))
    return play_oracle(scenario)


def oracle_environment() -> Environment:
    """Give an environment that executes oracle events."""
    config = EnvironmentConfig(oracle_mode=True, queue_based_loop=True, exit_when_no_events=True)
    return Environment(config, EnvironmentType.CLI, NotificationSystem(VerbosityLevel.HIGH))
