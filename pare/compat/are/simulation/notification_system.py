"""The names of ``are.simulation.notification_system``."""

from pare.compat.notices import (
    APP_ALIAS,
    AbstractMessageQueue,
    BaseNotificationSystem,
    MessageQueue,
    NotificationSystem,
    NotificationSystemConfig,
    VerboseNotificationSystem,
    get_args,
    get_content_for_message,
    get_notification_tools,
)
from pare.notifications import Message, MessageType
from pare.tools.notices import VerbosityLevel

__all__ = [
    "APP_ALIAS",
    "AbstractMessageQueue",
    "BaseNotificationSystem",
    "Message",
    "MessageQueue",
    "MessageType",
    "NotificationSystem",
    "NotificationSystemConfig",
    "VerboseNotificationSystem",
    "VerbosityLevel",
    "get_args",
    "get_content_for_message",
    "get_notification_tools",
]
