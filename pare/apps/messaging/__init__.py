"""Messaging: conversations between two people or in groups.

The people of `MessagingAppV2` have ids, those of `MessagingApp` are known by their names alone.
"""

from pare.apps.messaging.app import StatefulMessagingApp
from pare.apps.messaging.by_name import MessagingApp
from pare.apps.messaging.by_name_model import Conversation, FileMessage, Message
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
    "Conversation",
    "ConversationList",
    "ConversationOpened",
    "ConversationV2",
    "FileMessage",
    "FileMessageV2",
    "Message",
    "MessageV2",
    "MessagingApp",
    "MessagingAppMode",
    "MessagingAppV2",
    "NoCurrentUserError",
    "StatefulMessagingApp",
]
