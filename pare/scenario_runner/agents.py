"""Play a scenario with a user agent and a proactive agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from pare.agents.formats import FORMATS
from pare.agents.proactive import ProactiveAgent
from pare.agents.protocol import Agent, AgentSetup
from pare.agents.react import Counts
from pare.agents.seat import Record, RoleModel, RunLabel, Seat, record_nothing
from pare.agents.turns import TurnLoop, Turns, tell_nobody
from pare.agents.user import UserAgent
from pare.apps.phone import Phone
from pare.apps.system import HomeScreenSystemApp
from pare.errors import UnknownAppError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import CompletedEvent, OracleEvent
from pare.kernel.enums import EnvironmentType, EventType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.graph import EventGraph
from pare.kernel.host import AGENT, USER
from pare.llm.client import Complete
from pare.notifications import NotificationSystem
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.tools.notices import VerbosityLevel
from pare.tools.toolbox import NoiseHook

ROLES = ("user", "observe", "execute")

_CHECK = "-CHECK_"

Models = Mapping[str, Complete]
"""Whom to ask in each role."""


@dataclass
class Table:
    """A phone in agent mode and the two agents that sit at it."""

    environment: Environment
    notifications: NotificationSystem
    user: Agent
    assistant: Agent
    models: dict[str, RoleModel]

    @property
    def counts(self) -> dict[str, Counts]:
        """What each role did."""
        return {**self.user.counts, **self.assistant.counts}


def agent_environment(scenario: Scenario) -> Environment:
    """Load an initialised scenario into an environment for agents.

    Raises:
        EventGraphError: its events cannot be run.
    """
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    environment = Environment(EnvironmentConfig(), EnvironmentType.CLI, notifications)
    environment.asynchronous = True
    environment.load_scenario(scenario)
    return environment


def run_label(config: ScenarioRunnerConfig, scenario: Scenario) -> RunLabel:
    """Name the run; numbers start at 1."""
    return RunLabel(scenario.scenario_id, scenario.run_number or 1, config.get_config_hash(), config.seed)


def set_table(
    config: ScenarioRunnerConfig,
    scenario: Scenario,
    environment: Environment,
    models: Models,
    record: Record = record_nothing,
    noise: NoiseHook | None = None,
) -> Table:
    """Seat the agents at the phone of `environment`; their calls meet `noise`.

    Raises:
        UnknownAppError: the scenario has no home screen.
    """
    notifications = cast(NotificationSystem, environment.notification_system)
    roles = {role: _role_model(role, config, models) for role in ROLES}
    phone = _phone(environment, scenario)
    run = run_label(config, scenario)

    def setup(reader: str) -> AgentSetup:
        seat = Seat(
            environment, notifications, reader, run, config.generation_time, config.limits, noise, record
        )
        iterations = {role: getattr(config, f"{role}_max_iterations") for role in ROLES}
        task = scenario.additional_system_prompt or ""
        return AgentSetup(seat, phone, roles, iterations, FORMATS[config.format], config.prompts, task)

    return Table(environment, notifications, UserAgent(setup(USER)), ProactiveAgent(setup(AGENT)), roles)


async def play_turns(
    config: ScenarioRunnerConfig,
    scenario: Scenario,
    table: Table,
    on_turn: Callable[[int], None] = tell_nobody,
) -> Turns:
    """Take turns to the end of the run, and make the final checks."""
    max_turns = scenario.nb_turns if scenario.nb_turns is not None else config.max_turns
    loop = TurnLoop(
        table.environment,
        table.notifications,
        table.user,
        table.assistant,
        max_turns,
        config.min_turn_seconds,
        on_turn,
    )
    turns = await loop.play()
    table.environment.finish()
    return turns


def _role_model(role: str, config: ScenarioRunnerConfig, models: Models) -> RoleModel:
    engine = getattr(config, f"{role}_engine_config")
    return RoleModel(role, models[role], engine.model, engine.sampling)


def _phone(environment: Environment, scenario: Scenario) -> Phone:
    home = environment.get_app_with_class(HomeScreenSystemApp)
    if home is None or home.phone is None:
        raise UnknownAppError(
            f"scenario {scenario.scenario_id!r} has no HomeScreenSystemApp; a user agent needs one"
        )
    phone: Phone = home.phone
    return phone


def unfired(scenario: Scenario, environment: Environment) -> list[str]:
    """Name the events that could have come in a run with agents, and did not.

    Left out are oracle events, looks, and whatever follows from an oracle event or from a look that
    never saw what it was waiting for.
    """
    happened = {event.event_id for event in environment.event_log.events}
    held = {event.event_id.partition(_CHECK)[0] for event in environment.event_log.events if _holds(event)}
    closed: set[AbstractEvent] = set()
    missing = []
    for event in EventGraph(scenario.events).order:
        is_call = event.event_type in (EventType.ENV, EventType.USER) and not isinstance(event, OracleEvent)
        if any(parent.in_graph() in closed for parent in event.dependencies):
            closed.add(event)
        elif is_call and event.event_id not in happened:
            missing.append(event.event_id)
        elif not is_call and event.event_id.partition(_CHECK)[0] not in held:
            closed.add(event)
    return missing


def _holds(event: CompletedEvent) -> bool:
    """Tell whether a look saw what it was waiting for."""
    value = event.metadata.return_value
    return event.event_type in (EventType.CONDITION, EventType.VALIDATION) and bool(
        getattr(value, "success", value)
    )
