"""What can be read of the conversations of people who are known by names: lists, pages and searches."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain
from operator import attrgetter
from typing import Any

from pare.apps.checks import check_text, date_bounds, page_within, require_text
from pare.apps.messaging.both import ConversationPagesApp, copied
from pare.apps.messaging.by_name_model import Conversation
from pare.apps.messaging.model import newest_first, not_found
from pare.apps.messaging.patterns import pattern_matcher
from pare.apps.messaging.search import matching_ids, text_matcher
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, data_tool

LIST_THEM = "List them with list_recent_conversations."


@dataclass(eq=False, repr=False)
class NamedConversationsApp(ConversationPagesApp[Conversation]):
    """Conversations between people who are known by names, to be read only."""

    name: str | None = None  # type: ignore[assignment]  # published: None asks for the class's name
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages_view_limit: int = 10
    conversation_view_limit: int = 5

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.conversations = {key: copied(item) for key, item in self.conversations.items()}

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_recent_conversations(
        self,
        offset: int = 0,
        limit: int = 5,
        offset_recent_messages_per_conversation: int = 0,
        limit_recent_messages_per_conversation: int = 5,
    ) -> list[Conversation]:
        """List conversations, the last updated first, each with its newest messages.

        :param offset: number of conversations to skip
        :param limit: most conversations to list, 5 at a time unless the app shows more
        :param offset_recent_messages_per_conversation: number of newest messages to skip in each
        :param limit_recent_messages_per_conversation: most messages to show of each, at most 10 unless
            the app shows more
        :returns: conversations with their messages, newest first
        """
        total, most = len(self.conversations), self.conversation_view_limit
        first, last = page_within(offset, limit, total, "conversations", most)
        newest = nlargest(last, self.conversations.values(), key=attrgetter("last_updated"))
        return self.apply_conversation_limits(
            newest[first:], offset_recent_messages_per_conversation, limit_recent_messages_per_conversation
        )

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_conversations_by_participant(
        self,
        participant: str,
        offset: int = 0,
        limit: int = 5,
        offset_recent_messages_per_conversation: int = 0,
        limit_recent_messages_per_conversation: int = 5,
    ) -> list[Conversation]:
        """List the conversations that a person takes part in, each with its newest messages.

        :param participant: whole name of the person, spelled as in the conversations
        :param offset: number of conversations to skip
        :param limit: most conversations to list, 5 at a time unless the app shows more
        :param offset_recent_messages_per_conversation: number of newest messages to skip in each
        :param limit_recent_messages_per_conversation: most messages to show of each, at most 10 unless
            the app shows more
        :returns: conversations with their messages, newest first
        """
        require_text("participant", participant)
        found = [item for item in self.conversations.values() if participant in item.participants]
        if not found:
            known = chain.from_iterable(item.participants for item in self.conversations.values())
            raise not_found("conversation with", participant, dict.fromkeys(known), LIST_THEM)
        most = self.conversation_view_limit
        first, last = page_within(offset, limit, len(found), "such conversations", most)
        return self.apply_conversation_limits(
            found[first:last],
            offset_recent_messages_per_conversation,
            limit_recent_messages_per_conversation,
        )

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def read_conversation(self, conversation_id: str, offset: int = 0, limit: int = 10) -> dict[str, Any]:
        """Read the messages of a conversation, the newest first.

        :param conversation_id: id of the conversation
        :param offset: number of newest messages to skip
        :param limit: most messages to read
        :returns: "messages", and "metadata" with message_range (first, end), conversation_length (how
            many messages there are), conversation_id and conversation_title
        """
        conversation = self._conversation(conversation_id)
        total = len(conversation.messages)
        first, end = page_within(offset, limit, total, "messages")
        metadata = {
            "message_range": (first, end),
            "conversation_length": total,
            "conversation_id": conversation_id,
            "conversation_title": conversation.title,
        }
        return {"messages": newest_first(conversation.messages)[first:end], "metadata": metadata}

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def search(self, query: str, min_date: str | None = None, max_date: str | None = None) -> list[str]:
        """Find conversations that hold a text, whatever the case, in messages, title or participants' names.

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

    def _conversation(self, conversation_id: str) -> Conversation:
        check_text("conversation_id", conversation_id)
        if conversation_id not in self.conversations:
            raise not_found("conversation", conversation_id, self.conversations, LIST_THEM)
        return self.conversations[conversation_id]
