"""What the messaging app holds: conversations and messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from pare.apps.attachments import from_base64
from pare.apps.base import format_time
from pare.apps.checks import date_bounds, nearest_id
from pare.errors import NotFoundError, ToolError
from pare.kernel.run_context import new_id, now


class NoCurrentUserError(ToolError, AssertionError):
    """The app does not know whose phone it is on."""


class MessagingAppMode(Enum):
    """What a user id is: an internal id behind a name, or a phone number."""

    NAME = "NAME"
    PHONE_NUMBER = "PHONE_NUMBER"


@dataclass
class MessageV2:
    """A message; `timestamp` is in seconds since the epoch."""

    sender_id: str
    message_id: str = field(default_factory=new_id)
    timestamp: float = field(default_factory=now)
    content: str = ""


@dataclass
class FileMessageV2(MessageV2):
    """A message with a file: its bytes, left out of the text that a model reads, and its name."""

    attachment: bytes | None = field(default=None, repr=False)
    attachment_name: str | None = None


@dataclass
class ConversationV2:
    """Messages between participants, each of them named once and in the given order.

    Without a title the participants' ids, joined by ``", "``, are its title.
    """

    participant_ids: list[str]
    messages: list[MessageV2] = field(default_factory=list)
    title: str | None = None
    conversation_id: str = field(default_factory=new_id)
    last_updated: float = field(default_factory=now)

    def __post_init__(self) -> None:
        self.participant_ids = list(dict.fromkeys(self.participant_ids))
        if self.title is None:
            self.title = joined(self.participant_ids)

    @property
    def summary(self) -> str:
        """The conversation in one line."""
        return (
            f"{self.title} ({joined(self.participant_ids)}): {len(self.messages)} messages, "
            f"last updated {format_time(self.last_updated)}"
        )

    def update_last_updated(self, timestamp: float) -> None:
        """Note a change at `timestamp`; an earlier one than the last changes nothing."""
        self.last_updated = max(self.last_updated, timestamp)

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what the app's state says about a conversation."""
        self.__dict__.update(conversation_from(state_dict, self.conversation_id).__dict__)

    def get_messages_in_date_range(self, start_date: str | None, end_date: str | None) -> list[MessageV2]:
        """Give the messages from `start_date` to `end_date`, both included, as the tools write dates."""
        return list(messages_within(self.messages, date_bounds(start_date, end_date)))


# -- what is the same whether people are known by ids or by names ------------------------------------------

Bounds = tuple[float, float]


class Sent(Protocol):
    """What every message says, whoever sent it."""

    timestamp: float
    content: str


MessageT = TypeVar("MessageT", bound=Sent)


def joined(names: Iterable[str]) -> str:
    """Give names as one text."""
    return ", ".join(names)


def messages_within(messages: Sequence[MessageT], bounds: Bounds) -> Sequence[MessageT]:
    """Give the messages sent within `bounds`, to the second."""
    if bounds == (-inf, inf):
        return messages
    return [item for item in messages if bounds[0] <= int(item.timestamp) <= bounds[1]]


def newest_first(messages: Iterable[MessageT]) -> list[MessageT]:
    """Give the messages from the newest; of those of one time, the one stored last comes first."""
    return sorted(messages, key=attrgetter("timestamp"))[::-1]


# -- state -------------------------------------------------------------------------------------------------


def conversation_from(data: Mapping[str, Any], conversation_id: str) -> ConversationV2:
    """Read a conversation from the app's state; `conversation_id` is its id there."""
    optional = {key: data[key] for key in ("title", "last_updated") if key in data}
    messages = [message_from(item) for item in data.get("messages", ())]
    own_id = data.get("conversation_id", conversation_id)
    return ConversationV2(data["participant_ids"], messages, conversation_id=own_id, **optional)


def message_from(data: Mapping[str, Any]) -> MessageV2:
    """Read a message from the app's state; one with an attachment's key is a FileMessageV2.

    Raises:
        InvalidValueError: the attachment is not base64 text.
    """
    values = {key: data[key] for key in ("message_id", "timestamp", "content") if key in data}
    if "attachment" not in data:
        return MessageV2(data["sender_id"], **values)
    attachment = data["attachment"]
    if isinstance(attachment, str):
        attachment = from_base64(attachment, "the attachment of a message")
    name = data.get("attachment_name")
    return FileMessageV2(data["sender_id"], attachment=attachment, attachment_name=name, **values)


def not_found(what: str, wanted: str, known: Iterable[str], advice: str) -> NotFoundError:
    """Make the error that says that there is no `what` called `wanted`, which is nearest, and what to do."""
    return NotFoundError(f"there is no {what} {wanted!r}.{nearest_id(wanted, known)} {advice}")
