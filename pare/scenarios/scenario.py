"""A scenario: apps with data, a plan of events, and a validator that judges a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from enum import Enum
from typing import Any, Literal, TypeVar, cast

from pare.apps.base import App
from pare.errors import NoAppsError, UnknownAppError, ValidationException, nearest
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.enums import CapabilityTag, EnvironmentState, Hint
from pare.kernel.graph import EventGraph
from pare.kernel.run_context import RunContext
from pare.scenarios.augmentation import Augmented, ScenarioGUIConfig, ToolAugmentationConfig
from pare.scenarios.auto_dataclass import AutoDataclass
from pare.scenarios.editing import EventEditing
from pare.scenarios.rules import (
    ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED,
    EVENT_TIME_VALIDATION_REQUIRED,
    ORACLE_EVENT_DEPENDENCY_REQUIRED,
    SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS,
    SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER,
)
from pare.scenarios.starting_point import StartingPoint
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.tools.app_tool import AppTool

__all__ = [
    "ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED",
    "EVENT_TIME_VALIDATION_REQUIRED",
    "INTERNAL_APP_NAMES",
    "ORACLE_EVENT_DEPENDENCY_REQUIRED",
    "SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS",
    "SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER",
    "AppType",
    "AutoDataclass",
    "PAREScenario",
    "Scenario",
    "ScenarioStatus",
    "ScenarioValidationResult",
]

AppType = TypeVar("AppType", bound=App)

INTERNAL_APP_NAMES = ("InternalContacts",)
"""Apps whose tools an agent is not given."""

_TOOL_GETTERS = {
    "agent": App.get_tools,
    "user": App.get_user_tools,
    "env": App.get_env_tools,
    "data": App.get_data_tools,
}


class ScenarioStatus(Enum):
    """How far a scenario has come."""

    Draft = "Draft"
    AwaitingReview = "AwaitingReview"
    Valid = "Valid"
    Invalid = "Invalid"
    Abandoned = "Abandoned"
    Safe = "safe"
    Violating = "violating"


class Scenario(EventEditing, Augmented, metaclass=AutoDataclass):
    """Override `init_and_populate_apps`, `build_events_flow` and, for a verdict, `validate`.

    Times are in seconds: `start_time` since the epoch, `duration` from the start (None: no limit).
    Class attributes of a subclass are defaults of its instances; keywords override them.
    """

    _initialized: bool = False
    is_benchmark_ready: bool = False
    events: list[AbstractEvent] = field(default_factory=list)
    apps: list[App] | None = None
    tags: tuple[CapabilityTag, ...] = field(default_factory=tuple)
    scenario_id: str = ""
    seed: int = 0
    nb_turns: int | None = None
    run_number: int | None = None
    config: str | None = None
    has_a2a_augmentation: bool = False
    status: ScenarioStatus = ScenarioStatus.Draft
    comment: str | None = None
    annotation_id: str | None = None
    hints: list[Hint] | None = None
    additional_system_prompt: str | None = None
    start_time: float | None = DEFAULT_START_TIME
    duration: float | None = None
    queue_based_loop: bool = False
    time_increment_in_seconds: int = 1
    working_dir: str = ""
    _initial_apps: dict[str, Any] | None = None
    tool_augmentation_config: ToolAugmentationConfig | None = None
    env_events_config: EnvEventsConfig | None = None
    gui_config: ScenarioGUIConfig | None = None
    augmentation_data: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = [] if cast(Any, self.events) is None else self.events  # published: None is none
        self.apps = [] if self.apps is None else self.apps
        self.hints = [] if self.hints is None else self.hints
        self.scenario_id = self.scenario_id or type(self).scenario_id
        self.start_time = DEFAULT_START_TIME if self.start_time is None else self.start_time
        self.run_context = RunContext(self.seed, self.start_time)
        self._starting_point = StartingPoint(self.run_context)

    # -- life -------------------------------------------------------------------------------------

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        """Make the apps, then the events; a second call does nothing.

        Arguments are handed to `init_and_populate_apps`.

        Raises:
            NoAppsError: no apps were made.
            EventGraphError: the events cannot be run.
        """
        if self._initialized:
            return
        self.run_context.reseed(self.seed)
        self.run_context.clock.reset(self.start_time)
        with self.run_context.active():
            _adopt(self.apps or (), self.run_context)
            self.init_and_populate_apps(*args, **kwargs)
            _check(self.apps or (), self.scenario_id)
            _adopt(self.apps or (), self.run_context)
            for app in self.apps or ():
                app.set_seed(self.seed)
            self.apply_augmentation_configs()
            self.build_events_flow()
            self.add_env_events()
            graph = EventGraph(self.events, self.scenario_id)
        self._starting_point = StartingPoint(self.run_context, self.apps or (), graph.events)
        self._initial_apps = self._starting_point.snapshots
        self._initialized = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        """Make the apps and their data, and set ``self.apps``."""

    def build_events_flow(self) -> None:
        """Plan what happens, and set ``self.events``."""

    def validate(self, env: Any) -> ScenarioValidationResult:
        """Judge a run by its log and the state of the apps; here: by the validation events alone."""
        try:
            env.final_validation_checks()
        except ValidationException as error:
            return ScenarioValidationResult(success=False, exception=error)
        return ScenarioValidationResult(success=env.state is not EnvironmentState.FAILED)

    def soft_reset(self) -> None:
        """Take apps, ids and times back to where `initialize` left them.

        Raises:
            ScenarioNotInitializedError: an app was not there then.
        """
        self.run_context.clock.reset(self.start_time)
        with self.run_context.active():
            for app in self.apps or ():
                self._starting_point.restore_app(app, self.scenario_id)
            self.apply_augmentation_configs()
        self._starting_point.restore_times(self._nodes())
        for app in self.apps or ():
            app.set_seed(self.seed)
            self._starting_point.restore_generator(app)
        self._starting_point.restore_ids(self.run_context)

    def reset_apps(self, new_apps: list[App]) -> None:
        """Replace the apps."""
        self.apps = new_apps

    # -- looking up -------------------------------------------------------------------------------

    def get_app(self, app_name: str) -> App:
        """Give the app of that name.

        Raises:
            ValueError: there is none.
        """
        names = [app.name for app in self.apps or ()]
        if app_name not in names:
            raise UnknownAppError(
                f"scenario {self.scenario_id!r} has no app {app_name!r} "
                f"(apps: {', '.join(names) or 'none'}).{nearest(app_name, names)}"
            )
        return (self.apps or [])[names.index(app_name)]

    def get_typed_app(self, app_type: type[AppType], app_name: str | None = None) -> AppType:
        """Give the app of a class and a name; the name is the class's unless given.

        Raises:
            ValueError: there is none.
        """
        wanted = app_name or app_type.__name__
        for app in self.apps or ():
            if isinstance(app, app_type) and app.name == wanted:
                return app
        present = ", ".join(f"{app.name} ({type(app).__name__})" for app in self.apps or ()) or "none"
        raise UnknownAppError(
            f"scenario {self.scenario_id!r} has no {app_type.__name__} named {wanted!r} (apps: {present})"
        )

    def get_tools_by_app(self) -> dict[str, list[AppTool]]:
        """Give the agent's tools of each app."""
        tools = self._tools_by_app("agent")
        return {name: tools[name] for name in tools if name not in INTERNAL_APP_NAMES}

    def get_tools(self) -> list[AppTool]:
        """Give the agent's tools of all apps."""
        return _flat(self.get_tools_by_app())

    def get_user_tools_by_app(self) -> dict[str, list[AppTool]]:
        """Give the user's tools of each app."""
        return self._tools_by_app("user")

    def get_user_tools(self) -> list[AppTool]:
        """Give the user's tools of all apps."""
        return _flat(self.get_user_tools_by_app())

    def get_env_tools_by_app(self) -> dict[str, list[AppTool]]:
        """Give the environment's tools of each app."""
        return self._tools_by_app("env")

    def get_env_tools(self) -> list[AppTool]:
        """Give the environment's tools of all apps."""
        return _flat(self.get_env_tools_by_app())

    def get_data_tools_by_app(self) -> dict[str, list[AppTool]]:
        """Give the data tools of each app."""
        return self._tools_by_app("data")

    def get_data_tools(self) -> list[AppTool]:
        """Give the data tools of all apps."""
        return _flat(self.get_data_tools_by_app())

    def _tools_by_app(self, role: Literal["agent", "user", "env", "data"]) -> dict[str, list[AppTool]]:
        return {app.name: _TOOL_GETTERS[role](app) for app in self.apps or ()}

    # -- settings ---------------------------------------------------------------------------------

    def set_duration(self, duration: float | None) -> None:
        """Let the scenario last `duration` seconds, or without a limit."""
        self.duration = duration

    def set_time_increment(self, time_increment_in_seconds: int) -> None:
        """Let a tick last that many seconds."""
        self.time_increment_in_seconds = time_increment_in_seconds


class PAREScenario(Scenario):
    """A scenario for a user agent and a proactive agent."""


def _check(apps: Sequence[App], scenario_id: str) -> None:
    if not apps:
        raise NoAppsError(f"scenario {scenario_id!r} has no apps; set self.apps in init_and_populate_apps")
    names = [app.name for app in apps]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise NoAppsError(
            f"scenario {scenario_id!r} has more than one app named {twice[0]!r}; give each a name"
        )


def _adopt(apps: Sequence[App], run: RunContext) -> None:
    """Let apps that were made before the run began take ids and times from it."""
    for app in apps:
        app.run = run
        app.register_time_manager(run.clock)


def _flat(tools: dict[str, list[AppTool]]) -> list[AppTool]:
    return [tool for of_app in tools.values() for tool in of_app]
