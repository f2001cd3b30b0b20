"""Messaging: conversations between two people or in groups."""

from pare.apps.messaging.app import MessagingAppV2
from pare.apps.messaging.model import (
    ConversationV2,
    FileMessageV2,
    MessageV2,
    MessagingAppMode,
    NoCurrentUserError,
    NotAConversationError,
)
from pare.apps.messaging.states import ConversationList, ConversationOpened, StatefulMessagingApp

__all__ = [
    "ConversationList",
    "ConversationOpened",
    "ConversationV2",
    "FileMessageV2",
    "MessageV2",
    "MessagingAppMode",
    "MessagingAppV2",
    "NoCurrentUserError",
    "NotAConversationError",
    "StatefulMessagingApp",
]
