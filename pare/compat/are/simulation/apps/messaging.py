"""The names of ``are.simulation.apps.messaging``."""

from pare.apps.messaging import Conversation, FileMessage, Message, MessagingApp

__all__ = [
    "Conversation",
    "FileMessage",
    "Message",
    "MessagingApp",
]
