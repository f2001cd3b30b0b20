"""The system of the phone: its clock, waiting, and the home screen."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import CoroutineType
from typing import Any, NamedTuple

from pare.apps.base import WEEKDAYS, App, format_time
from pare.apps.phone import Phone
from pare.errors import InvalidValueError, ToolError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.host import AppHost
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, user_tool

LONGEST_WAIT = 366 * 24 * 3600
"""The longest time that one call can wait, in seconds."""


class InvalidTimeoutError(InvalidValueError, AssertionError):
    """A time to wait is no number of seconds, negative, or too long."""


class CallbacksNotSetError(ToolError, RuntimeError):
    """The home screen was used before an environment said what its taps do."""


@dataclass
class WaitForNotificationTimeout:
    """A wait of `timeout` seconds that began at `time_created`, in seconds since the epoch."""

    time_created: float
    timeout: int = 0
    timeout_timestamp: float = field(init=False)

    def __post_init__(self) -> None:
        self.timeout_timestamp = self.time_created + self.timeout


class SystemApp(App):
    """What every phone has: the time of day, and waiting for the next notification."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.wait_for_notification_timeout: WaitForNotificationTimeout | None = None

    def reset(self) -> None:
        """Forget the pending wait."""
        self.reset_wait_for_notification_timeout()

    @event_registered(operation_type=OperationType.READ)
    def wait(self, time: int = 0) -> None:
        """Move the clock on by `time` seconds.

        Raises:
            InvalidTimeoutError: it is negative, or no time.
        """
        self.time_manager.add_offset(checked_seconds(time, float))

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_current_time(self) -> dict[str, Any]:
        """Get the date and time of the phone, in UTC.

        :returns: an object with current_timestamp (seconds since 1970-01-01), current_datetime
            (YYYY-MM-DD HH:MM:SS) and current_weekday
        """
        return describe_time(self.now())

    def get_wait_for_notification_timeout(self) -> WaitForNotificationTimeout | None:
        """Give the pending wait if its time is over, else None."""
        pending = self.wait_for_notification_timeout
        return pending if pending is not None and self.now() >= pending.timeout_timestamp else None

    def reset_wait_for_notification_timeout(self) -> None:
        """Forget the pending wait."""
        self.wait_for_notification_timeout = None

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def wait_for_notification(self, timeout: int = 0) -> None:
        """Wait until a notification arrives, or until the timeout is over. It ends your turn.

        :param timeout: the longest time to wait, in seconds; 0 only takes what is there now
        """
        seconds = checked_seconds(timeout, int)
        self.wait_for_notification_timeout = WaitForNotificationTimeout(self.now(), int(seconds))
        return self.wait_for_next_notification()  # type: ignore[no-any-return]  # a coroutine, if asynchronous

    def wait_for_next_notification(self) -> Any:
        """Wait as the pending wait says; without one, or without an environment, do nothing.

        Under the asynchronous driver this gives a coroutine.
        """
        pending = self.wait_for_notification_timeout
        if pending is None or self.host is None:
            return None
        left = max(0.0, pending.timeout - (self.now() - pending.time_created))
        text = f"{self.name}: no notification arrived within {pending.timeout} seconds."
        waiting: Any = None
        try:
            waiting = self.host.wait_for_notification(left, text)
        finally:
            if type(waiting) is not CoroutineType:
                self.reset_wait_for_notification_timeout()
        return None if waiting is None else self._finished(waiting)

    async def _finished(self, waiting: Coroutine[Any, Any, Any]) -> None:
        try:
            await waiting
        finally:
            self.reset_wait_for_notification_timeout()


class Navigation(NamedTuple):
    """What a tap on the home screen does; each gives the text to show."""

    switch_app: Callable[[str], str]
    open_app: Callable[[str], str]
    go_home: Callable[[], str]


class HomeScreenSystemApp(SystemApp):
    """A system with a home screen, from which the user opens apps and switches between them."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.phone: Phone | None = None
        self._navigation: Navigation | None = None

    def connect_to_host(self, host: AppHost) -> None:
        """Take over the environment, and its apps as those of the phone."""
        super().connect_to_host(host)
        self.phone = Phone(host.apps, self)
        self.set_callbacks(self.phone.switch_app, self.phone.open_app, self.phone.go_home)

    def set_callbacks(
        self,
        switch_app_callback: Callable[[str], str],
        open_app_callback: Callable[[str], str],
        go_home_callback: Callable[[], str],
    ) -> None:
        """Say what the taps do."""
        self._navigation = Navigation(switch_app_callback, open_app_callback, go_home_callback)

    def __getstate__(self) -> dict[str, Any]:
        """Copy everything but the connection to an environment."""
        return {**super().__getstate__(), "phone": None, "_navigation": None}

    @user_tool()
    @event_registered(operation_type=OperationType.READ, event_type=EventType.USER)
    def go_home(self) -> str:
        """Go to the home screen; the app in front goes on in the background.

        :returns: what is shown now
        """
        return self._taps().go_home()

    @user_tool()
    @event_registered(operation_type=OperationType.READ, event_type=EventType.USER)
    def open_app(self, app_name: str) -> str:
        """Open an app at its first screen.

        :param app_name: the name of the app, as it stands on the home screen
        :returns: what is shown now
        """
        return self._taps().open_app(app_name)

    @user_tool()
    @event_registered(operation_type=OperationType.READ, event_type=EventType.USER)
    def switch_app(self, app_name: str) -> str:
        """Switch to an app that is open in the background, at the screen where you left it.

        :param app_name: the name of the app
        :returns: what is shown now
        """
        return self._taps().switch_app(app_name)

    def _taps(self) -> Navigation:
        if self._navigation is None:
            raise CallbacksNotSetError(
                "Callbacks not set: the home screen works in an environment that knows its apps"
            )
        return self._navigation


def describe_time(timestamp: float) -> dict[str, Any]:
    """Give a time (seconds since the epoch) as a number, as a text in UTC, and with its day of the week."""
    return {
        "current_timestamp": timestamp,
        "current_datetime": format_time(timestamp),
        "current_weekday": WEEKDAYS[datetime.fromtimestamp(timestamp, UTC).weekday()],
    }


def checked_seconds(value: Any, kind: type[int] | type[float]) -> float:
    """Read a time to wait, in seconds.

    Raises:
        InvalidTimeoutError: it is none, negative, or above `LONGEST_WAIT`.
    """
    try:
        seconds = kind(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidTimeoutError(f"{value!r} is no number of seconds") from None
    if not 0 <= seconds <= LONGEST_WAIT:
        raise InvalidTimeoutError(
            f"{value!r} seconds cannot be waited for; give a number from 0 to {LONGEST_WAIT}"
        )
    return seconds
