"""Notification systems under their published names: a queue of messages that reading takes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from pare import apps
from pare.apps.base import App
from pare.kernel.calls import CompletedEvent
from pare.kernel.host import AGENT
from pare.notifications import Inbox, Message, MessageType, Told
from pare.notifications import VerboseNotificationSystem as SingleReaderSystem
from pare.tools.notices import NoticeTexts, VerbosityLevel, notice_of

APP_ALIAS: dict[str, list[str]] = {
    "EmailClientApp": ["EmailClientV2", "Mail", "Emails"],
    "ApartmentListingApp": ["RentAFlat"],
    "ContactsApp": ["Contacts"],
    "MessagingApp": [],
    "MessagingAppV2": ["Messages", "Chats"],
    "CalendarApp": ["Calendar"],
    "ShoppingApp": ["Shopping"],
    "CabApp": ["Cabs"],
}
"""Classes of apps, and the names under which they are also known."""


class MessageQueue(Inbox):
    """The messages to an agent that it has not taken yet."""

    def get_by_timestamp(self, timestamp: datetime) -> list[Message]:
        """Take the messages up to `timestamp` (aware)."""
        unread = self.unread()
        due = [message for message in unread if message.timestamp <= timestamp]
        self._messages = [message for message in unread if message.timestamp > timestamp]
        self._read = 0
        return due

    def has_new_messages(self, timestamp: datetime) -> bool:
        """Tell whether there is a message up to `timestamp` (aware)."""
        return any(message.timestamp <= timestamp for message in self.unread())

    def has_environment_stop_message(self) -> bool:
        """Tell whether the environment has said that it stopped."""
        return any(message.message_type is MessageType.ENVIRONMENT_STOP for message in self.unread())

    def list_view(self) -> list[Message]:
        """Give the messages that are there, and leave them there."""
        return self.unread()


AbstractMessageQueue = MessageQueue


@dataclass
class NotificationSystemConfig:
    """Which calls notify: functions by the name of their app's class."""

    notified_tools: dict[str, list[str]] = field(default_factory=dict)


class BaseNotificationSystem(SingleReaderSystem):
    """A notification system for a single agent that notifies of the calls that `config` names."""

    def __init__(self, config: NotificationSystemConfig | None = None) -> None:
        super().__init__(VerbosityLevel.HIGH)
        self.config = config or NotificationSystemConfig()
        self.message_queue = MessageQueue()
        self._inboxes[AGENT] = self.message_queue

    def get_current_time(self) -> float:
        """Give the simulated time.

        Raises:
            EnvironmentStateError: there is no clock yet.
        """
        return self._now()

    def get_next_notification_time(self) -> float | None:
        """Give the time of the first message that is there, or None."""
        return min((item.timestamp.timestamp() for item in self.message_queue.unread()), default=None)

    def clear(self) -> None:
        """Take all messages."""
        self.message_queue.get_by_timestamp(datetime.max.replace(tzinfo=UTC))

    def setup_reminder_app(self, reminder_app: Any) -> None:
        """Take an app that reminds; it announces what is due by itself."""

    def setup_system_app(self, system_app: Any) -> None:
        """Take the app that waits; it announces the end of a wait by itself."""

    def handle_time_based_notifications(self) -> None:
        """Announce what is due; that has happened when its time came."""

    def handle_timeout_after_events(self) -> None:
        """Announce the end of a wait; that has happened when its time came."""

    def convert_to_message(self, event: CompletedEvent) -> Message | None:
        """Give the message that a call makes, and put it nowhere."""
        text = get_content_for_message(event) if self._notifies(event) else None
        if text is None:
            return None
        moment = datetime.fromtimestamp(self._now(), UTC)
        return Message(MessageType.ENVIRONMENT_NOTIFICATION, text, moment)

    def _notifies(self, event: CompletedEvent) -> bool:
        return self._what_is_told(type(event.action.app), event.function_name() or "") is not None

    def _what_is_told(self, owner: type, function_name: str) -> Told:
        told = super()._what_is_told(owner, function_name)
        if not isinstance(told, NoticeTexts):
            return told
        named = (self.config.notified_tools.get(cls.__name__, ()) for cls in owner.__mro__)
        return told if any(function_name in functions for functions in named) else None


class VerboseNotificationSystem(BaseNotificationSystem):
    """A notification system for a single agent that notifies of the calls that are marked, up to a level."""

    def __init__(self, verbosity_level: VerbosityLevel = VerbosityLevel.MEDIUM) -> None:
        super().__init__(NotificationSystemConfig(get_notification_tools(verbosity_level)))
        self.verbosity_level = verbosity_level

    def _what_is_told(self, owner: type, function_name: str) -> Told:
        return SingleReaderSystem._what_is_told(self, owner, function_name)


class NotificationSystem(VerboseNotificationSystem):
    """A notification system for a single agent that notifies of user messages alone."""

    def __init__(self, verbosity_level: VerbosityLevel = VerbosityLevel.LOW) -> None:
        super().__init__(verbosity_level)


def get_notification_tools(verbosity_level: VerbosityLevel = VerbosityLevel.LOW) -> dict[str, list[str]]:
    """Give the calls that notify at a level: functions by the name of their app's class.

    Raises:
        ValueError: there is no such level.
    """
    level = VerbosityLevel(verbosity_level)
    classes = [item for item in vars(apps).values() if isinstance(item, type) and issubclass(item, App)]
    found = {cls.__name__: list(_notifying(cls, level)) for cls in classes}  # type: ignore[arg-type]
    for name, others in APP_ALIAS.items():
        found |= dict.fromkeys(others, found.get(name, []))
    return {name: functions for name, functions in found.items() if functions}


@cache
def _notifying(cls: type, level: VerbosityLevel) -> tuple[str, ...]:
    """Name the tools of a class that notify: once for each level, since every environment asks."""
    texts = {name: notice_of(cls, name) for name in dir(cls)}
    return tuple(name for name, text in texts.items() if text is not None and text.level <= level)


def get_args(event: CompletedEvent) -> dict[str, Any]:
    """Give the arguments of a call as executed, without ``self``."""
    arguments: dict[str, Any] = event.action.arguments()
    return arguments


def get_content_for_message(event: CompletedEvent) -> str | None:
    """Give what a call tells an agent; None for one that never notifies."""
    texts = notice_of(type(event.action.app), event.function_name() or "")
    return None if texts is None else texts.agent(get_args(event))


def get_content_for_environment_message(
    event: CompletedEvent, view: Literal["user", "agent"] = "user"
) -> str | None:
    """Give what a call tells the user or the agent; None for one that never notifies."""
    texts = notice_of(type(event.action.app), event.function_name() or "")
    return None if texts is None else getattr(texts, view)(get_args(event))
