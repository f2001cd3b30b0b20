"""What an environment and the rooms above the kernel ask of each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from pare.kernel.calls import CompletedEvent
from pare.kernel.clock import Clock
from pare.kernel.queue import Alarm

AGENT, USER = "agent", "user"
"""The two readers of notices."""


class AppHost(Protocol):
    """What an app can ask of the environment that it is registered with."""

    apps: dict[str, Any]

    def call_at(self, time: float, ring: Callable[[], None], label: str) -> Alarm:
        """Call `ring` at simulated `time`; a reason to move the clock, and not logged."""

    def post_notice(self, text: str) -> None:
        """Put a notice from an app itself (a reminder that is due) into every inbox."""

    def wait_for_notification(self, timeout: float, text: str) -> Any:
        """Move the clock to the first unread notice, or `timeout` seconds on and post `text`."""


class NotificationSystem(Protocol):
    """What an environment tells, and asks, whoever turns events into notices."""

    def initialize(self, time_manager: Clock) -> None:
        """Take over the clock that stamps the notices."""

    def handle_event(self, event: CompletedEvent) -> None:
        """Turn a completed event into notices, where it is one that notifies."""

    def handle_notice(self, text: str, reader: str | None = None) -> None:
        """Put a notice without an event into one reader's inbox, or into all."""

    def handle_stop(self) -> None:
        """Tell all readers that the environment has stopped."""

    def has_unread(self, reader: str) -> bool:
        """Tell whether `reader` has a notice that it has not read."""


class SimulatedApp(Protocol):
    """What the kernel needs of an app."""

    name: str
    run: Any
    time_manager: Clock

    def connect_to_host(self, host: AppHost) -> None:
        """Take over what an environment offers."""


class RunnableScenario(Protocol):
    """What the kernel needs of a scenario."""

    scenario_id: str
    apps: Any
    events: Any
    start_time: float | None
    duration: float | None
    time_increment_in_seconds: int
