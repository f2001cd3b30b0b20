"""Run scenarios by the published calls."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from pare.apps.user_interface import AgentUserInterface
from pare.compat.alias import install
from pare.compat.config import ScenarioRunnerConfig, runner_config
from pare.compat.environment import Environment, EnvironmentConfig
from pare.compat.notices import VerboseNotificationSystem
from pare.errors import ConfigError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import CompletedEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EnvironmentType, EventType
from pare.kernel.log import EventLog
from pare.scenario_runner import ScenarioRunner as SingleAgentRunner
from pare.scenario_runner import play_oracle, validated
from pare.scenarios.discovery import import_file
from pare.scenarios.messages import is_message_to_user
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ScenarioValidationResult


def run_and_validate(scenario: Scenario, queue_based_loop: bool = True) -> ScenarioValidationResult:  # noqa: ARG001
    """Initialise a scenario, play its oracle, print the verdict, and give it.

    Both loops of the published call are one here: the queue's.
    """
    result = play_oracle(scenario).result
    sys.stdout.write(f"{result if result.exception is None else result.exception}\n")
    return result


def get_last_message_from_agent(env: Any) -> str | None:
    """Give the text of the agent's latest message to the user; None if there is none."""
    interface = env.get_app_with_class(AgentUserInterface)
    messages = interface.get_all_messages_from_agent() if interface is not None else []
    return messages[0].content if messages else None


def import_scenario(scenario_file: str | Path) -> dict[str, type[Scenario]]:
    """Import a scenario file and give the classes that it registers, by id.

    Raises:
        RealPackageLoadedError: the real package is loaded in this process.
    """
    install()
    module = import_file(Path(scenario_file).resolve())
    registry.adopt(module)
    return {
        item.scenario_id: item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Scenario) and item.__module__ == module.__name__
    }


def refuse_builders(*builders: Any, **named_builders: Any) -> None:
    """Refuse what makes agents of another framework.

    Raises:
        ConfigError: one is given.
    """
    given = [item for item in (*builders, *named_builders.values()) if item is not None]
    if given:
        raise ConfigError(
            f"{type(given[0]).__name__} builds agents of another framework; register an agent for pare "
            "and name it in the configuration (agent='module:factory')"
        )


class ScenarioRunner:
    """Run one scenario with one agent, by its oracle, or with nobody at the phone.

    Agents of your own are named in the configuration (`agent`), so builders are refused.
    """

    def __init__(self, *builders: Any, **named_builders: Any) -> None:
        refuse_builders(*builders, **named_builders)

    def run(
        self,
        config: ScenarioRunnerConfig,
        scenario: Scenario,
        completed_events: list[CompletedEvent] | None = None,
    ) -> ScenarioValidationResult:
        """Run `scenario` to its end and give the verdict; over `completed_events`, if they are given, alone.

        Raises:
            ConfigError: a setting is none of ours, or a model cannot be reached.
        """
        if completed_events is not None:
            return judged(scenario, completed_events)
        if config.agent is None and not config.oracle:
            return play_alone(scenario)
        return SingleAgentRunner().run(runner_config(config), scenario)


def judged(scenario: Scenario, completed_events: list[CompletedEvent]) -> ScenarioValidationResult:
    """Ask a scenario for its verdict over a log, with the apps as they are."""
    environment = Environment()
    scenario.initialize()
    environment.register_apps(scenario.apps or [])
    environment.event_log = EventLog.from_list_view(completed_events)
    return validated(scenario, environment)


def play_alone(scenario: Scenario) -> ScenarioValidationResult:
    """Let a scenario take its course with nobody at the phone, and ask for its verdict."""
    started = perf_counter()
    config = EnvironmentConfig(exit_when_no_events=True)
    environment = Environment(config, EnvironmentType.CLI, VerboseNotificationSystem())
    try:
        scenario.initialize()
        environment.run(scenario)
        result = validated(scenario, environment)
    except Exception as error:  # noqa: BLE001 - the border of the runner
        result = ScenarioValidationResult(success=None, exception=error)
    return replace(result, duration=perf_counter() - started)


def is_send_message_to_user(event: AbstractEvent) -> bool:
    """Tell whether `event` is a message of the agent to the user, expected or made."""
    return is_message_to_user(event)


def is_conditional_event(event: AbstractEvent) -> bool:
    """Tell whether `event` waits for a condition."""
    return isinstance(event, ConditionCheckEvent)


def start_simulation_condition(env: Any) -> bool:
    """Tell whether the user has written to the agent."""
    return any(
        event.event_type is EventType.USER and event.function_name() == "send_message_to_agent"
        for event in env.event_log.list_view()
    )
