"""The names of ``are.simulation.apps.messaging_v2``."""

from pare.apps.messaging import ConversationV2, FileMessageV2, MessageV2, MessagingAppMode, MessagingAppV2

__all__ = [
    "ConversationV2",
    "FileMessageV2",
    "MessageV2",
    "MessagingAppMode",
    "MessagingAppV2",
]
