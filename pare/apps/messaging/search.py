"""Which conversations hold what is looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from pare.apps.messaging.model import Bounds, Sent, messages_within
from pare.apps.messaging.patterns import Matcher


class Searchable(Protocol):
    """What is searched of a conversation."""

    conversation_id: str
    title: str | None

    @property
    def participant_ids(self) -> Sequence[str]:
        """Who takes part."""

    @property
    def messages(self) -> Sequence[Sent]:
        """What was written."""


def text_matcher(query: str) -> Matcher:
    """Give a function that tells whether a text holds `query`, whatever the case."""
    wanted = query.lower()
    return lambda text: wanted in text.lower()


def matching_ids(conversations: Iterable[Searchable], matches: Matcher, bounds: Bounds) -> list[str]:
    """Name the conversations with a match in title, participant ids, or a message sent within `bounds`."""
    return [item.conversation_id for item in conversations if _holds(item, matches, bounds)]


def _holds(conversation: Searchable, matches: Matcher, bounds: Bounds) -> bool:
    if matches(conversation.title or "") or any(map(matches, conversation.participant_ids)):
        return True
    return any(matches(message.content) for message in messages_within(conversation.messages, bounds))
