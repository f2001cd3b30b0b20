"""What a completed event tells the two readers of a phone: the user and the agent.

Each reader has an inbox. Reading moves the reader on and destroys nothing.

| event | the user is told | the agent is told |
|---|---|---|
| message to the user | the message | what a user proxy answered at once, if there is one |
| message to the agent, acceptance, rejection | nothing | the message |
| any other tap of the user | nothing | which tap it was |
| call of the environment that notifies | the short text | the whole text |
| call of the agent that notifies | the short text | nothing: the agent made it |
| call that failed | nothing | nothing |

A call notifies if its method is marked with ``notifies``, at the level of this system or below.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar

from pare.apps.user_interface import AgentUserInterface, AUIMessage, Sender
from pare.errors import EnvironmentStateError
from pare.kernel.action import Action
from pare.kernel.calls import CompletedEvent
from pare.kernel.clock import Clock
from pare.kernel.enums import EventType
from pare.kernel.host import AGENT, USER
from pare.kernel.serialization import to_plain
from pare.tools.notices import NoticeTexts, VerbosityLevel, notice_of

__all__ = [
    "ACCEPT",
    "AGENT",
    "REJECT",
    "USER",
    "Inbox",
    "Message",
    "MessageType",
    "NotificationSystem",
    "PARENotificationSystem",
    "VerboseNotificationSystem",
    "VerbosityLevel",
]

ACCEPT, REJECT = "[ACCEPT]: ", "[REJECT]: "
"""How the message begins by which the user accepts or rejects a proposal."""


class MessageType(Enum):
    """What a message is.

    One enum for single agents and pairs of agents, so that whoever waits for a stop recognises it. A
    single agent gets ENVIRONMENT_NOTIFICATION; of a pair, each gets the one that is named after it.
    """

    USER_MESSAGE = "USER_MESSAGE"
    AGENT_MESSAGE = "AGENT_MESSAGE"
    USER_ACTION = "USER_ACTION"
    ENVIRONMENT_NOTIFICATION = "ENVIRONMENT_NOTIFICATION"
    ENVIRONMENT_NOTIFICATION_USER = "ENVIRONMENT_NOTIFICATION_USER"
    ENVIRONMENT_NOTIFICATION_AGENT = "ENVIRONMENT_NOTIFICATION_AGENT"
    ENVIRONMENT_STOP = "ENVIRONMENT_STOP"


@dataclass(frozen=True)
class Message:
    """Something that a reader is told, at a simulated time (aware, UTC).

    `attachments` are objects with base64_data, mime and, optionally, name. `is_noise` says that it tells
    of an event that is no part of the scenario.
    """

    message_type: MessageType
    message: str
    timestamp: datetime
    attachments: list[Any] = field(default_factory=list)
    is_noise: bool = False


class Inbox:
    """The messages to one reader, in the order in which they came, and how far it has read."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._read = 0

    def put(self, message: Message) -> None:
        """Append a message."""
        self._messages.append(message)

    def has_unread(self) -> bool:
        """Tell whether there is a message that was not read."""
        return self._read < len(self._messages)

    def has_unread_of_scenario(self) -> bool:
        """Tell whether there is a message that was not read and is no noise."""
        return any(not message.is_noise for message in self._messages[self._read :])

    def unread(self) -> list[Message]:
        """Give the messages that were not read, and leave them unread."""
        return self._messages[self._read :]

    def read(self) -> list[Message]:
        """Give the messages that were not read; they are read now."""
        messages = self.unread()
        self._read += len(messages)
        return messages

    def list_view(self) -> list[Message]:
        """Give all messages, read or not."""
        return list(self._messages)

    def __len__(self) -> int:
        return len(self._messages)


@dataclass(frozen=True)
class _Chat:
    """A call that is itself a message: what kind, from whom, to whom, and how it begins."""

    message_type: MessageType
    sender: Sender
    reader: str
    token: str = ""


_CHATS = {
    "send_message_to_user": _Chat(MessageType.AGENT_MESSAGE, Sender.AGENT, USER),
    "send_message_to_agent": _Chat(MessageType.USER_MESSAGE, Sender.USER, AGENT),
    "accept_proposal": _Chat(MessageType.USER_MESSAGE, Sender.USER, AGENT, ACCEPT),
    "reject_proposal": _Chat(MessageType.USER_MESSAGE, Sender.USER, AGENT, REJECT),
}

Told = _Chat | NoticeTexts | None


class NotificationSystem:
    """Two inboxes, for a user and an agent that share a phone.

    At `verbosity_level` and below, marked calls notify; messages, taps, reminders, waits that are
    over and the stop always do.
    """

    notice_types: ClassVar[Mapping[str, MessageType]] = {
        AGENT: MessageType.ENVIRONMENT_NOTIFICATION_AGENT,
        USER: MessageType.ENVIRONMENT_NOTIFICATION_USER,
    }
    tells_taps: ClassVar[bool] = True

    def __init__(self, verbosity_level: VerbosityLevel = VerbosityLevel.MEDIUM) -> None:
        self.verbosity_level = verbosity_level
        self.time_manager: Clock | None = None
        self._inboxes = {AGENT: Inbox(), USER: Inbox()}
        self._told: dict[tuple[type, str], Told] = {}
        self._tells_noise = False

    def initialize(self, time_manager: Clock) -> None:
        """Take over the clock that stamps the messages."""
        self.time_manager = time_manager

    def inbox(self, reader: str) -> Inbox:
        """Give the inbox of ``"agent"`` or ``"user"``."""
        return self._inboxes[reader]

    def has_unread(self, reader: str) -> bool:
        """Tell whether `reader` has a message that it has not read."""
        return self._inboxes[reader].has_unread()

    def handle_event(self, event: CompletedEvent) -> None:
        """Put what `event` tells into the inboxes.

        Raises:
            EnvironmentStateError: there is no clock yet.
        """
        self._now()
        action = event.action
        if not isinstance(action, Action) or action.app is None or event.failed():
            return
        receiver = event.get_args().get("self", action.app)
        key = (type(receiver), action.function_name)
        if key not in self._told:
            self._told[key] = self._what_is_told(*key)
        self._tells_noise = event.is_noise
        self._tell(self._told[key], receiver, action, event)
        self._tells_noise = False

    def _tell(self, told: Told, receiver: Any, action: Action, event: CompletedEvent) -> None:
        if isinstance(told, _Chat):
            self._deliver(told, receiver, action)
        elif self.tells_taps and event.event_type is EventType.USER:
            self._tell_tap(receiver, action)
        elif told is not None:
            self._notify(told, action, event.event_type)

    def handle_notice(self, text: str, reader: str | None = None) -> None:
        """Put a notice that is no event into the inbox of `reader`, or of all."""
        for name, message_type in self.notice_types.items():
            if reader in (None, name):
                self._put(name, message_type, text)

    def handle_stop(self) -> None:
        """Tell all readers that the environment has stopped."""
        for name in self.notice_types:
            self._put(name, MessageType.ENVIRONMENT_STOP, "The environment has stopped.")

    def _what_is_told(self, owner: type, function_name: str) -> Told:
        if issubclass(owner, AgentUserInterface):
            return _CHATS.get(function_name)
        texts = notice_of(owner, function_name)
        return texts if texts is not None and texts.level <= self.verbosity_level else None

    def _deliver(self, chat: _Chat, interface: AgentUserInterface, action: Action) -> None:
        args = _arguments(action)
        self._put_message(chat, args.get("content", ""), args.get("base64_utf8_encoded_attachment_contents"))
        answer = interface.answer_of_proxy() if chat.sender is Sender.AGENT else None
        if answer is not None:
            self._put_message(_CHATS["send_message_to_agent"], answer.content)

    def _put_message(self, chat: _Chat, content: str, files: list[Any] | None = None) -> None:
        now = self._now()
        time_read = now if chat.sender is Sender.USER else None
        message = AUIMessage(chat.sender, chat.token + content, timestamp=now, time_read=time_read)
        self._put(chat.reader, chat.message_type, str(message), files)

    def _tell_tap(self, receiver: Any, action: Action) -> None:
        if isinstance(receiver, AgentUserInterface):  # waiting, or looking at messages: nothing to react to
            return
        args = ", ".join(f"{name}={to_plain(value)!r}" for name, value in _arguments(action).items())
        text = f"{action.class_name}__{action.function_name}({args})"
        self._put(AGENT, MessageType.USER_ACTION, text)

    def _notify(self, texts: NoticeTexts, action: Action, event_type: EventType) -> None:
        args = _arguments(action)
        if event_type is not EventType.AGENT:
            self._put(AGENT, self.notice_types[AGENT], texts.agent(args))
        if USER in self.notice_types and (event_type is not EventType.AGENT or texts.agent_calls):
            self._put(USER, self.notice_types[USER], texts.user(args))

    def _put(self, reader: str, message_type: MessageType, text: str, files: list[Any] | None = None) -> None:
        if text and reader in self.notice_types:
            moment = datetime.fromtimestamp(self._now(), UTC)
            message = Message(message_type, text, moment, list(files or ()), self._tells_noise)
            self._inboxes[reader].put(message)

    def _now(self) -> float:
        if self.time_manager is None:
            raise EnvironmentStateError("the notification system has no clock; call initialize() first")
        return self.time_manager.now


PARENotificationSystem = NotificationSystem
"""The published name."""


class VerboseNotificationSystem(NotificationSystem):
    """One inbox, for a single agent; the user's taps reach it as what they did to the phone."""

    notice_types: ClassVar[Mapping[str, MessageType]] = {AGENT: MessageType.ENVIRONMENT_NOTIFICATION}
    tells_taps: ClassVar[bool] = False


def _arguments(action: Action) -> dict[str, Any]:
    """Give the arguments of a call as executed: without self, with defaults, in the signature's order."""
    args = action.arguments()
    if "self" in action.args:
        return args  # a call that was recorded or captured has them all
    bound = inspect.signature(action.function).bind(**args)
    bound.apply_defaults()
    return dict(bound.arguments)
