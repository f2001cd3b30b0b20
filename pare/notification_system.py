"""The published path of the notices, which live in `pare.notifications`."""

from pare.compat.notices import get_content_for_environment_message
from pare.notifications import Message, PARENotificationSystem
from pare.notifications import MessageType as PAREMessageType
from pare.tools.notices import VerbosityLevel

__all__ = [
    "Message",
    "PAREMessageType",
    "PARENotificationSystem",
    "VerbosityLevel",
    "get_content_for_environment_message",
]
