"""What messaging does the same way, whether people are known by ids or by names."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from operator import attrgetter
from typing import Generic, TypeVar

from pare.apps.base import App
from pare.apps.checks import WrongTypeError, check_whole
from pare.apps.messaging.by_name_model import Conversation, Message
from pare.apps.messaging.model import ConversationV2, MessageV2, newest_first, not_found
from pare.errors import InvalidValueError

AnyConversation = TypeVar("AnyConversation", ConversationV2, Conversation)


class ConversationPagesApp(App, Generic[AnyConversation]):
    """Conversations by id, of which no more than `messages_view_limit` messages each are shown at once.

    An app that derives from it declares both as its fields, at their published positions.
    """

    conversations: dict[str, AnyConversation]
    messages_view_limit: int

    def get_all_conversations(self) -> list[AnyConversation]:
        """Give all conversations, ordered by id."""
        return sorted(self.conversations.values(), key=attrgetter("conversation_id"))

    def apply_conversation_limits(
        self,
        conversations: list[AnyConversation],
        offset_recent_messages_per_conversation: int,
        limit_recent_messages_per_conversation: int,
    ) -> list[AnyConversation]:
        """Give copies of `conversations` with a page of their messages, newest first."""
        start = check_whole(
            "offset_recent_messages_per_conversation", offset_recent_messages_per_conversation
        )
        limit = check_whole(
            "limit_recent_messages_per_conversation",
            limit_recent_messages_per_conversation,
            most=self.messages_view_limit,
        )
        return [
            replace(item, messages=newest_first(item.messages)[start : start + limit])
            for item in conversations
        ]


def copied(conversation: AnyConversation) -> AnyConversation:
    """Give a conversation that shares nothing that can change with the given one."""
    return replace(conversation, messages=[copy(item) for item in conversation.messages])


def check_kind(conversation: object, kind: type) -> None:
    """Let pass a conversation of the `kind` that an app holds.

    Raises:
        WrongTypeError: it is something else.
    """
    if not isinstance(conversation, kind):
        raise WrongTypeError(f"a {kind.__name__} is expected, not a {type(conversation).__name__}")


def attached_file(messages: Sequence[MessageV2 | Message], message_id: str) -> tuple[str, bytes]:
    """Give name and bytes of the file that is attached to a message.

    Raises:
        NotFoundError: there is no such message.
        InvalidValueError: it has no file.
    """
    message = next((item for item in messages if item.message_id == message_id), None)
    if message is None:
        known = [item.message_id for item in messages]
        raise not_found("message", message_id, known, "Find it with read_conversation.")
    content, name = getattr(message, "attachment", None), getattr(message, "attachment_name", None)
    if content is None or not name:
        raise InvalidValueError(f"message {message_id!r} has no file attached")
    return name, content
