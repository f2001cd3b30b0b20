"""Environments under their published names: notifications by default, and states dumped to a directory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pare.apps.base import App
from pare.apps.system import HomeScreenSystemApp
from pare.compat.notices import NotificationSystem as QuietNotificationSystem
from pare.errors import ConfigError, UnknownAppError
from pare.kernel import environment as kernel
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EnvironmentState, EnvironmentType
from pare.kernel.host import NotificationSystem, RunnableScenario

EVENT_LOOP_DELAY_S = 5
"""Published, and used by nothing: no loop waits."""


@dataclass
class EnvironmentConfig(kernel.EnvironmentConfig):
    """How an environment runs, with the published fields.

    In an oracle run the states at start and end are written into `dump_dir`. The other two are kept for
    those who set them: nothing here waits for input, and logs have levels of their own.
    """

    dump_dir: str | None = None
    wait_for_user_input_timeout: float | None = None
    verbose: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dump_dir is not None and not self.oracle_mode:
            raise ConfigError("dump_dir needs oracle_mode=True")


class Environment(kernel.Environment):
    """A phone in simulated time that notifies of user messages, unless it is given a system of its own."""

    def __init__(
        self,
        config: kernel.EnvironmentConfig | None = None,
        environment_type: EnvironmentType = EnvironmentType.UNKNOWN,
        notification_system: NotificationSystem | None = None,
        add_event_to_agent_log: Callable[[CompletedEvent], None] | None = None,
    ) -> None:
        notices = notification_system or QuietNotificationSystem()
        super().__init__(config or EnvironmentConfig(), environment_type, notices, add_event_to_agent_log)
        self.initial_config = self.config
        self.queue_based_loop = self.config.queue_based_loop
        self.exit_when_no_events = self.config.exit_when_no_events

    def load_scenario(self, scenario: RunnableScenario, schedule_events: bool = True) -> None:
        """Take over a scenario and start; the state before anything happens is dumped."""
        super().load_scenario(scenario, schedule_events)
        self._dump("initial_state")

    def finish(self) -> None:
        """End the run; its last state is dumped."""
        was_over = self.end_reason is not None
        super().finish()
        if not was_over and self.state is not EnvironmentState.PAUSED:
            self._dump("final_state")

    def _dump(self, name: str) -> None:
        directory = getattr(self.config, "dump_dir", None)
        if directory is not None:
            dump_state(self.get_state(), Path(directory) / f"{name}.jsonl")


class StateAwareEnvironmentWrapper(Environment):
    """The environment of a phone with a home screen: the user has the tools of the screen in front."""

    def __init__(
        self,
        config: kernel.EnvironmentConfig | None = None,
        environment_type: EnvironmentType = EnvironmentType.UNKNOWN,
        notification_system: NotificationSystem | None = None,
        add_event_to_agent_log: Callable[[CompletedEvent], None] | None = None,
    ) -> None:
        super().__init__(config, environment_type, notification_system, add_event_to_agent_log)
        self._home: HomeScreenSystemApp | None = None

    def register_apps(self, apps: list[Any]) -> None:
        """Put `apps` on the phone; one of them is its home screen.

        Raises:
            UnknownAppError: none is.
        """
        super().register_apps(apps)
        self._home = self.get_app_with_class(HomeScreenSystemApp)
        if self._home is None:
            raise UnknownAppError("there is no HomeScreenSystemApp among the apps; add one")

    @property
    def active_app(self) -> App | None:
        """The app in front; None before apps are registered."""
        return self._home.phone.active_app if self._home and self._home.phone else None

    @property
    def background_apps(self) -> list[App]:
        """The apps in the background, the latest last."""
        return self._home.phone.background_apps if self._home and self._home.phone else []

    def get_user_tools(self) -> list[Any]:
        """Give what the user can tap now."""
        return self._home.phone.user_tools() if self._home and self._home.phone else []

    def set_proactive_context_getter(self, getter: Callable[[], tuple[str | None, int]] | None) -> None:
        """Take what tells mode and turn of an agent; traces note both by themselves, so it is not asked."""


def dump_state(state: dict[str, Any], path: Path) -> None:
    """Write a state as one line of JSON; the directory is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(state) + "\n", encoding="utf-8")
