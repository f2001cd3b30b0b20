"""What a run came to: the validator's verdict, taken twice, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pare.errors import ValidationException
from pare.kernel.environment import Environment
from pare.kernel.frames import muted
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import Outcome, ScenarioValidationResult


@dataclass(frozen=True)
class ScenarioRun:
    """A scenario that has been run: its environment, with log and apps, and the verdict."""

    scenario: Scenario
    environment: Environment
    result: ScenarioValidationResult

    @property
    def outcome(self) -> Outcome:
        """Success or failure is the validator's verdict; a defect is an exception in its place."""
        return outcome_of(self.result)


def outcome_of(result: ScenarioValidationResult) -> Outcome:
    """Give the outcome that a verdict stands for."""
    if result.success is None:
        return "no_validation" if result.exception is None else "defect"
    return "success" if result.success else "failure"


def validated(scenario: Scenario, environment: Environment) -> ScenarioValidationResult:
    """Ask the scenario for its verdict; calls that the validator makes are not recorded.

    A ValidationException that it lets pass is a verdict as well: the run failed. A `success` that is neither
    a bool nor None (the list of what was found, a bool of numpy) counts as its truth.

    Raises:
        TypeError: the verdict is no ScenarioValidationResult.
    """
    result = verdict_as_given(scenario, environment)
    success: object = result.success  # whatever the scenario put there
    if success is None or isinstance(success, bool):
        return result
    return replace(result, success=bool(success))


def verdict_as_given(scenario: Scenario, environment: Environment) -> ScenarioValidationResult:
    """Do what `validated` does, and leave `success` as it is.

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


def strictly_validated(
    scenario: Scenario, environment: Environment, published: ScenarioValidationResult, states: dict[str, Any]
) -> bool | None:
    """Give the verdict with failed calls hidden from the validator; None if it cannot be had.

    `states` are the apps' at the end of the run: the published verdict may have changed them.
    """
    if not _has_failures(environment):
        return published.success
    whole_log = environment.event_log
    environment.event_log = whole_log.without_failures()
    try:
        restore(environment, states)
        return validated(scenario, environment).success
    except Exception:  # noqa: BLE001 - the strict verdict is an extra; the published one stands
        return None
    finally:
        environment.event_log = whole_log


def states_for_strict_verdict(environment: Environment) -> dict[str, Any]:
    """Give the state of every app that has one; nothing where no call failed and both verdicts are one."""
    if not _has_failures(environment):
        return {}
    states = {name: app.get_state() for name, app in environment.apps.items()}
    return {name: state for name, state in states.items() if state is not None}


def _has_failures(environment: Environment) -> bool:
    return any(event.failed() for event in environment.event_log.events)


def restore(environment: Environment, states: dict[str, Any]) -> None:
    """Give the apps whose state has changed the one that they had."""
    for name, state in states.items():
        if environment.apps[name].get_state() != state:
            environment.apps[name].load_state(state)
