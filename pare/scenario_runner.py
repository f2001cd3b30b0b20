"""Run one scenario and take its verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal

from pare.errors import ConfigError, ValidationException
from pare.kernel.enums import EnvironmentType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.frames import muted
from pare.notifications import NotificationSystem
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.tools.notices import VerbosityLevel

Outcome = Literal["success", "failure", "no_validation", "defect"]


@dataclass(frozen=True)
class ScenarioRun:
    """A scenario that has been run: its environment, with log and apps, and the verdict."""

    scenario: Scenario
    environment: Environment
    result: ScenarioValidationResult

    @property
    def outcome(self) -> Outcome:
        """Success or failure is the validator's verdict; a defect is an exception in its place."""
        if self.result.success is None:
            return "no_validation" if self.result.exception is None else "defect"
        return "success" if self.result.success else "failure"


class TwoAgentScenarioRunner:
    """Run a scenario that has been initialised."""

    def run(self, config: ScenarioRunnerConfig, scenario: Scenario) -> ScenarioValidationResult:
        """Run to the end and give the verdict; what escapes the scenario becomes its exception.

        Raises:
            ConfigError: the configuration asks for agents.
        """
        _require_oracle(config)
        return play_oracle(scenario).result

    async def run_async(self, config: ScenarioRunnerConfig, scenario: Scenario) -> ScenarioValidationResult:
        """Do what `run` does, with checkpoints; ``async def`` tools can be run."""
        _require_oracle(config)
        return (await play_oracle_async(scenario)).result


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


def validated(scenario: Scenario, environment: Environment) -> ScenarioValidationResult:
    """Ask the scenario for its verdict; calls that the validator makes are not recorded.

    A ValidationException that it lets pass is a verdict as well: the run failed.

    Raises:
        TypeError: the verdict is no ScenarioValidationResult.
    """
    try:
        with scenario.run_context.active(), muted():
            result: Any = scenario.validate(environment)
    except ValidationException as error:
        return ScenarioValidationResult(success=False, exception=error)
    if not isinstance(result, ScenarioValidationResult):
        raise TypeError(
            f"validate() of scenario {scenario.scenario_id!r} returned {type(result).__name__}; "
            "it must return a ScenarioValidationResult"
        )
    return result


def _require_oracle(config: ScenarioRunnerConfig) -> None:
    if not config.oracle:
        raise ConfigError("this version plays oracle events only; set ScenarioRunnerConfig(oracle=True)")
