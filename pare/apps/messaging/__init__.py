"""Messaging: conversations between two people or in groups."""

from pare.apps.messaging.app import StatefulMessagingApp
from pare.apps.messaging.model import (
    ConversationV2,
    FileMessageV2,
    MessageV2,
    MessagingAppMode,
    NoCurrentUserError,
)
from pare.apps.messaging.states import ConversationList, ConversationOpened
from pare.apps.messaging.tools import MessagingAppV2

__all__ = [
    "ConversationList",
    "ConversationOpened",
    "ConversationV2",
    "FileMessageV2",
    "MessageV2",
    "MessagingAppMode",
    "MessagingAppV2",
    "NoCurrentUserError",
    "StatefulMessagingApp",
]
