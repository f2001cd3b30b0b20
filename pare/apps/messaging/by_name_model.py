"""Conversations and messages of people who are known by their names alone, without ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pare.apps.attachments import from_base64
from pare.apps.base import format_time
from pare.apps.checks import check_texts, check_time, date_bounds, optional_text
from pare.apps.entries import read_entries, shape_problems
from pare.apps.messaging.model import joined, messages_within
from pare.errors import InvalidValueError
from pare.kernel.run_context import new_id, now

OWNER = "Me"
"""The name of the owner of the phone in every conversation."""


@dataclass
class Message:
    """A message; `timestamp` is in seconds since the epoch."""

    sender: str
    message_id: str = field(default_factory=new_id)
    timestamp: float = field(default_factory=now)
    content: str = ""


@dataclass
class FileMessage(Message):
    """A message with a file: its bytes, left out of the text that a model reads, and its name."""

    attachment: bytes | None = field(default=None, repr=False)
    attachment_name: str | None = None


@dataclass
class Conversation:
    """Messages between participants, each of them named once and in the given order.

    Without a title the participants' names, joined by ``", "``, are its title.
    """

    participants: list[str]
    messages: list[Message] = field(default_factory=list)
    title: str | None = ""
    conversation_id: str = field(default_factory=new_id)
    last_updated: float = field(default_factory=now)

    def __post_init__(self) -> None:
        self.participants = list(dict.fromkeys(self.participants))
        if not self.title:
            self.title = joined(self.participants)

    @property
    def participant_ids(self) -> list[str]:
        """The participants: a name is all the id they have."""
        return self.participants

    @property
    def summary(self) -> str:
        """The conversation in one line."""
        return (
            f"{self.title} ({joined(self.participants)}): {len(self.messages)} messages, "
            f"last updated {format_time(self.last_updated)}"
        )

    def update_last_updated(self, timestamp: float) -> None:
        """Note a change at `timestamp`; an earlier one than the last changes nothing."""
        self.last_updated = max(self.last_updated, timestamp)

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what the app's state says about a conversation."""
        self.__dict__.update(conversation_from(self.conversation_id, state_dict).__dict__)

    def get_messages_in_date_range(self, start_date: str | None, end_date: str | None) -> list[Message]:
        """Give the messages from `start_date` to `end_date`, both included, as the tools write dates."""
        return list(messages_within(self.messages, date_bounds(start_date, end_date)))


# -- state -------------------------------------------------------------------------------------------------


def conversations_from(states: Any) -> dict[str, Conversation]:
    """Read conversations from the app's state, all of them or none.

    Raises:
        InvalidValueError: one of them is wrong.
    """
    return read_entries(states, "conversation", conversation_from, InvalidValueError)


def conversation_from(conversation_id: str, state: Any) -> Conversation:
    """Read a conversation from the app's state, in which it has the id `conversation_id`.

    Raises:
        InvalidValueError: it is no conversation, or one of its messages is wrong.
    """
    if problems := shape_problems(conversation_id, state, "a conversation"):
        raise InvalidValueError("; ".join(problems))
    participants = check_texts("participants", state.get("participants"))
    conversation = Conversation(
        participants,
        [message_from(item) for item in state.get("messages") or ()],
        optional_text("title", state.get("title")),
        state.get("conversation_id") or conversation_id,
    )
    conversation.last_updated = check_time(
        "last_updated", state.get("last_updated", conversation.last_updated)
    )
    return conversation


def message_from(state: Any) -> Message:
    """Read a message from the app's state; one with an attachment's key is a FileMessage.

    Raises:
        InvalidValueError: it is no message, or its attachment is not base64 text.
    """
    if not isinstance(state, Mapping) or not isinstance(state.get("sender"), str):
        raise InvalidValueError(f"a message must be an object with a sender, not {state!r:.200}")
    values = {key: state[key] for key in ("message_id", "timestamp", "content") if key in state}
    if "timestamp" in values:
        check_time("timestamp", values["timestamp"])
    if "attachment" not in state:
        return Message(state["sender"], **values)
    attachment, name = state["attachment"], state.get("attachment_name")
    if isinstance(attachment, str):
        attachment = from_base64(attachment, "the attachment of a message")
    return FileMessage(state["sender"], **values, attachment=attachment, attachment_name=name)
