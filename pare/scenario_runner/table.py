"""Seat agents at the phone of a scenario: a user and an assistant, or an agent alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from pare.agents.formats import FORMATS
from pare.agents.protocol import Agent, AgentSetup
from pare.agents.react import Counts
from pare.agents.registry import agent_factory, create_agent, create_user, user_factory
from pare.agents.seat import Record, RoleModel, RunLabel, Seat, Spending, record_nothing
from pare.agents.turns import SingleAgentLoop, TurnLoop, Turns, tell_nobody
from pare.apps.phone import Phone
from pare.apps.system import HomeScreenSystemApp
from pare.errors import ConfigError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import CompletedEvent, OracleEvent
from pare.kernel.enums import EnvironmentType, EventType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.graph import EventGraph
from pare.kernel.host import AGENT, USER
from pare.llm.client import Complete
from pare.notifications import NotificationSystem
from pare.scenarios.config import ROLES, ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.tools.notices import VerbosityLevel
from pare.tools.toolbox import NoiseHook

_CHECK = "-CHECK_"

Models = Mapping[str, Complete]
"""Whom to ask in each role."""


def plays_alone(config: ScenarioRunnerConfig) -> bool:
    """Tell whether the agent of `config` has the phone to itself.

    Raises:
        UnknownAgentError: there is no such agent.
    """
    return bool(getattr(agent_factory(config.agent_type), "plays_alone", False))


def roles_of(config: ScenarioRunnerConfig) -> tuple[str, ...]:
    """Name the roles whose models a run asks; an oracle asks none.

    Raises:
        UnknownAgentError: there is no such agent.
    """
    if config.oracle:
        return ()
    return ROLES[-1:] if plays_alone(config) else ROLES


def check_agents(config: ScenarioRunnerConfig) -> None:
    """Check that the agents of `config` can be found.

    Raises:
        ConfigError: one cannot; all problems at once.
    """
    problems = []
    for find, name in ((agent_factory, config.agent_type), (user_factory, config.user_type)):
        try:
            find(name)
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("\n".join(problems))


@dataclass
class Table:
    """A phone in agent mode and who sits at it; `user` is None where an agent plays alone."""

    environment: Environment
    notifications: NotificationSystem
    user: Agent | None
    assistant: Agent

    @property
    def counts(self) -> dict[str, Counts]:
        """What each role did."""
        return {**(self.user.counts if self.user else {}), **self.assistant.counts}


def agent_environment() -> Environment:
    """Give an environment for agents."""
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    environment = Environment(EnvironmentConfig(), EnvironmentType.CLI, notifications)
    environment.asynchronous = True
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
    """Seat the agents of `config` at the phone of `environment`; their calls meet `noise`.

    Raises:
        UnknownAppError: the scenario has no home screen for a user.
        UnknownAgentError: an agent cannot be found.
        AgentFactoryError: an agent cannot be made.
    """
    notifications = cast(NotificationSystem, environment.notification_system)
    roles = {role: _role_model(role, config, models) for role in models}
    phone = _phone(environment)
    run, spending, prompts = run_label(config, scenario), Spending(), config.prompts
    iterations = {role: getattr(config, f"{role}_max_iterations") for role in ROLES}
    task = scenario.additional_system_prompt or ""

    def setup(reader: str) -> AgentSetup:
        timing, limits = config.generation_time, config.limits
        seat = Seat(environment, notifications, reader, run, timing, limits, noise, record, spending)
        return AgentSetup(seat, phone, roles, iterations, FORMATS[config.format], prompts, task)

    user = None if plays_alone(config) else create_user(config.user_type, setup(USER))
    return Table(environment, notifications, user, create_agent(config.agent_type, setup(AGENT)))


async def play_turns(
    config: ScenarioRunnerConfig,
    scenario: Scenario,
    table: Table,
    on_turn: Callable[[int], None] = tell_nobody,
) -> Turns:
    """Take turns to the end of the run, and make the final checks."""
    max_turns = scenario.nb_turns if scenario.nb_turns is not None else config.max_turns
    environment, notifications = table.environment, table.notifications
    loop: TurnLoop | SingleAgentLoop
    if table.user is None:
        loop = SingleAgentLoop(environment, notifications, table.assistant, max_turns, on_turn)
    else:
        seconds = config.min_turn_seconds
        loop = TurnLoop(environment, notifications, table.user, table.assistant, max_turns, seconds, on_turn)
    turns = await loop.play()
    environment.finish()
    return turns


def _role_model(role: str, config: ScenarioRunnerConfig, models: Models) -> RoleModel:
    engine = getattr(config, f"{role}_engine_config")
    return RoleModel(role, models[role], engine.model, engine.sampling)


def _phone(environment: Environment) -> Phone | None:
    """Give what a user taps on; None where there is no home screen."""
    home = environment.get_app_with_class(HomeScreenSystemApp)
    return None if home is None else home.phone


def unfired(scenario: Scenario, environment: Environment) -> list[str]:
    """Name the events that could have come in a run with agents, and did not.

    Left out are noise, oracle events, looks, and whatever follows from an oracle event or from a look that
    never saw what it was waiting for.
    """
    happened = {event.event_id for event in environment.event_log.events}
    held = {event.event_id.partition(_CHECK)[0] for event in environment.event_log.events if _holds(event)}
    closed: set[AbstractEvent] = set()
    missing = []
    for event in EventGraph(scenario.events).order:
        if event.is_noise:
            continue
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
