"""What can be read of the conversations: lists, pages and searches."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nlargest
from operator import attrgetter
from typing import Any

from pare.apps.checks import check_texts, date_bounds, page_within, require_text
from pare.apps.messaging.both import ConversationPagesApp, copied
from pare.apps.messaging.directory import UserDirectoryApp
from pare.apps.messaging.model import (
    ConversationV2,
    MessagingAppMode,
    messages_within,
    newest_first,
    not_found,
)
from pare.apps.messaging.patterns import pattern_matcher
from pare.apps.messaging.search import matching_ids, text_matcher
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool


@dataclass(eq=False, repr=False)
class ConversationsApp(UserDirectoryApp, ConversationPagesApp[ConversationV2]):
    """Conversations between users who are known by ids, to be read only."""

    conversations: dict[str, ConversationV2] = field(default_factory=dict)
    messages_view_limit: int = 10
    conversation_view_limit: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        self.conversations = {key: copied(item) for key, item in self.conversations.items()}

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_existing_conversation_ids(self, user_ids: list[str]) -> list[str]:
        """Give the ids of the conversations between you and exactly these users.

        :param user_ids: ids of the other users
        :returns: ids of the conversations, in the order of their creation
        """
        wanted = {*check_texts("user_ids", user_ids), self.current_user_id} - {None}
        found = [item for item in self.conversations.values() if set(item.participant_ids) == wanted]
        return [item.conversation_id for item in found]

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_recent_conversations(
        self,
        offset: int = 0,
        limit: int = 5,
        offset_recent_messages_per_conversation: int = 0,
        limit_recent_messages_per_conversation: int = 10,
    ) -> list[ConversationV2]:
        """List conversations, the last updated first, each with its newest messages.

        :param offset: number of conversations to skip
        :param limit: most conversations to list, 5 at a time unless the app shows more
        :param offset_recent_messages_per_conversation: number of newest messages to skip in each
        :param limit_recent_messages_per_conversation: most messages to show of each, 10 unless the
            app shows more
        :returns: conversations with their messages, newest first
        """
        total, most = len(self.conversations), self.conversation_view_limit
        first, last = page_within(offset, limit, total, "conversations", most)
        newest = nlargest(last, self.conversations.values(), key=attrgetter("last_updated"))
        return self.apply_conversation_limits(
            newest[first:], offset_recent_messages_per_conversation, limit_recent_messages_per_conversation
        )

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_conversations_by_participant(
        self,
        user_id: str,
        offset: int = 0,
        limit: int = 5,
        offset_recent_messages_per_conversation: int = 0,
        limit_recent_messages_per_conversation: int = 5,
    ) -> list[ConversationV2]:
        """List the conversations that a user takes part in, each with its newest messages.

        :param user_id: id of the user
        :param offset: number of conversations to skip
        :param limit: most conversations to list, 5 at a time unless the app shows more
        :param offset_recent_messages_per_conversation: number of newest messages to skip in each
        :param limit_recent_messages_per_conversation: most messages to show of each, at most 10 unless
            the app shows more
        :returns: conversations with their messages, newest first
        """
        found = [item for item in self.conversations.values() if user_id in item.participant_ids]
        if not found:
            self._check_user(user_id)
        most = self.conversation_view_limit
        first, last = page_within(offset, limit, len(found), "such conversations", most)
        return self.apply_conversation_limits(
            found[first:last],
            offset_recent_messages_per_conversation,
            limit_recent_messages_per_conversation,
        )

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def read_conversation(
        self,
        conversation_id: str,
        offset: int = 0,
        limit: int = 10,
        min_date: str | None = None,
        max_date: str | None = None,
    ) -> dict[str, Any]:
        """Read the messages of a conversation, the newest first.

        :param conversation_id: id of the conversation
        :param offset: number of newest messages to skip
        :param limit: most messages to read
        :param min_date: only messages from this time on; YYYY-MM-DD HH:MM:SS in UTC, or YYYY-MM-DD for that
            day on
        :param max_date: only messages up to this time; the same forms, YYYY-MM-DD up to the end of that day
        :returns: "messages", and "metadata" with message_range (first, end), conversation_length (how
            many messages there are between the dates), conversation_id and conversation_title
        """
        conversation = self._conversation(conversation_id)
        found = messages_within(conversation.messages, date_bounds(min_date, max_date))
        first, end = page_within(offset, limit, len(found), "messages")
        metadata = {
            "message_range": (first, end),
            "conversation_length": len(found),
            "conversation_id": conversation_id,
            "conversation_title": conversation.title,
        }
        return {"messages": newest_first(found)[first:end], "metadata": metadata}

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def search(self, query: str, min_date: str | None = None, max_date: str | None = None) -> list[str]:
        """Find conversations that hold a text, whatever the case, in messages, title or participants' ids.

        :param query: text to look for
        :param min_date: only messages from this time on; YYYY-MM-DD HH:MM:SS in UTC, or YYYY-MM-DD for that
            day on
        :param max_date: only messages up to this time; the same forms, YYYY-MM-DD up to the end of that day
        :returns: ids of the conversations
        """
        matches = text_matcher(require_text("query", query))
        return matching_ids(self.conversations.values(), matches, date_bounds(min_date, max_date))

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def regex_search(self, query: str, min_date: str | None = None, max_date: str | None = None) -> list[str]:
        """Find conversations by a regular expression, as `search` does by a text; case does not matter.

        Patterns that could take very long are refused: a repeated group may hold no repetition and no
        alternatives, and at most 3 of * + {m,n} are allowed. Of long texts, only the beginning is
        searched: 10,000 characters, but 1,000 with two repetitions and 200 with three.

        :param query: regular expression in Python's syntax, at most 200 characters, without
            back-references
        :param min_date: only messages from this time on; YYYY-MM-DD HH:MM:SS in UTC, or YYYY-MM-DD for that
            day on
        :param max_date: only messages up to this time; the same forms, YYYY-MM-DD up to the end of that day
        :returns: ids of the conversations
        """
        matches = pattern_matcher(require_text("query", query))
        return matching_ids(self.conversations.values(), matches, date_bounds(min_date, max_date))

    def _conversation(self, conversation_id: str) -> ConversationV2:
        if conversation_id not in self.conversations:
            advice = "List them with list_recent_conversations."
            raise not_found("conversation", conversation_id, self.conversations, advice)
        return self.conversations[conversation_id]

    def _check_user(self, user_id: str) -> None:
        if user_id in self.id_to_name or any(
            user_id in item.participant_ids for item in self.conversations.values()
        ):
            return
        if self.mode is MessagingAppMode.NAME:
            named = f"That is the name of {self.name_to_id[user_id]!r}." if user_id in self.name_to_id else ""
            raise not_found("user with the id", user_id, (), named or "Find ids with lookup_user_id.")
        if not any(letter.isdigit() for letter in user_id):
            raise not_found("phone number in", user_id, (), "Give a number such as +15550100.")
