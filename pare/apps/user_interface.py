"""The conversation between the user and the agent: messages, proposals, and the answers to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from pare.apps.attachments import from_base64
from pare.apps.base import App, format_time, get_state_dict
from pare.apps.checks import check_text, optional_text
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.kernel.run_context import now
from pare.tools.markers import app_tool, data_tool, user_tool

NO_RESPONSE_FROM_USER_DEFAULT_MESSAGE = "The user has not answered. Go on as you think best."
"""What stands for an answer that did not come."""


class Sender(Enum):
    """Who wrote a message."""

    USER = "User"
    AGENT = "Agent"


@dataclass
class AUIMessage:
    """A message, with the simulated times (seconds since the epoch) at which it was sent and read."""

    sender: Sender
    content: str
    attachments: list[str] = field(default_factory=list)
    timestamp: float = field(default_factory=now)
    time_read: float | None = None
    id: str | None = None

    @property
    def already_read(self) -> bool:
        """Whether it has been read."""
        return self.time_read is not None

    def mark_read(self, time: float) -> None:
        """Note that it was read at `time`; the first reading counts."""
        if self.time_read is None:
            self.time_read = time

    def __str__(self) -> str:
        lines = [
            f"Received at: {format_time(self.timestamp)}",
            f"Sender: {self.sender.value}",
            f"Message: {self.content}",
            f"Already read: {self.already_read}",
        ]
        if self.time_read is not None:
            lines.append(f"Read at: {format_time(self.time_read)}")
        return "\n".join(lines)


class UserProxy(Protocol):
    """Who answers in place of the user."""

    def reply(self, message: str) -> str:
        """Answer a message of the agent; an empty text is no answer."""


def as_text(messages: Sequence[AUIMessage]) -> str:
    """Give messages as a model reads them."""
    return "\n\n".join(str(message) for message in messages)


class AgentUserInterface(App):
    """The messages between the user and the agent, in the order in which they were sent.

    A message to the user is answered at once by `user_proxy`, if there is one. Nothing here waits.
    """

    def __init__(self, user_proxy: UserProxy | None = None) -> None:
        super().__init__()
        self.messages: list[AUIMessage] = []
        self.user_proxy = user_proxy
        self.is_cli = True
        self.wait_for_user_response = True

    # -- set-up and state -------------------------------------------------------------------------

    def set_cli(self, is_cli: bool) -> None:
        """Say whether the user sits at a command line; nothing depends on it."""
        self.is_cli = is_cli

    def set_wait_for_user_response(self, wait_for_user_response: bool) -> None:
        """Say whether an answer that is there at once is the result of `send_message_to_user`."""
        self.wait_for_user_response = wait_for_user_response

    def pause_env(self) -> None:
        """Pause the environment, where one is connected that can."""
        self._ask_host("pause")

    def resume_env(self) -> None:
        """Resume the environment, where one is connected that can."""
        self._ask_host("resume")

    def get_state(self) -> dict[str, Any]:
        """Give the messages as plain data."""
        return get_state_dict(self, ["messages"])

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all messages."""
        self.messages = [self._message_from(data) for data in state_dict.get("messages") or ()]

    def reset(self) -> None:
        """Forget all messages."""
        self.messages = []

    # -- tools ------------------------------------------------------------------------------------

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send_message_to_user(self, content: str = "") -> str | None:
        """Send a message to the user: an answer, a question, or a proposal.

        Use it whenever the user has to know or to decide something. It ends your turn.

        :param content: the text of the message, as the user shall read it
        :returns: the user's answer if it is there at once, otherwise nothing
        """
        check_text("content", content)
        answer = self.user_proxy.reply(content) if self.user_proxy is not None else None
        optional_text("answer", answer)
        self.add_message_to_user(content)
        if not answer:
            return None
        self._add(Sender.USER, answer)
        return answer if self.wait_for_user_response else None

    @user_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.USER)
    def send_message_to_agent(
        self,
        content: str = "",
        attachments: list[str] | None = None,
        base64_utf8_encoded_attachment_contents: list[dict[str, Any]] | None = None,
    ) -> str:
        """Send a message to the agent.

        :param content: the text of the message
        :param attachments: names of the files that go with it
        :param base64_utf8_encoded_attachment_contents: the files themselves, each an object with
            base64_data (base64 text), mime (such as image/png) and, optionally, name
        :returns: the id of the message
        """
        check_text("content", content)
        check_files(base64_utf8_encoded_attachment_contents or ())
        return self._add(Sender.USER, content, list(attachments or ()))

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_last_message_from_user(self) -> AUIMessage | None:
        """Get the latest message from the user, and mark it as read.

        :returns: the message, or nothing if the user has not written yet
        """
        message = self._last(Sender.USER)
        if message is not None:
            message.mark_read(self.now())
        return message

    @app_tool(llm_formatter=as_text)
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_last_unread_messages(self) -> list[AUIMessage]:
        """Get the messages from the user that have not been read, oldest first, and mark them as read.

        :returns: the unread messages
        """
        unread = [
            message for message in self.messages if message.sender is Sender.USER and not message.already_read
        ]
        return self._read(unread)

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_last_message_from_agent(self) -> AUIMessage | None:
        """Get the latest message that was sent to the user.

        :returns: the message, or nothing if none was sent yet
        """
        return self._last(Sender.AGENT)

    @app_tool(llm_formatter=as_text)
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_all_messages(self) -> list[AUIMessage]:
        """Get the whole conversation with the user, newest message first, and mark it as read.

        :returns: all messages, both ways
        """
        return self._read(newest_first(self.messages))

    # -- for scenarios and readers ----------------------------------------------------------------

    def add_message_to_user(self, content: str) -> None:
        """Add a message from the agent that is no event."""
        check_text("content", content)
        self._add(Sender.AGENT, content, time_read=self.now())

    def get_all_messages_from_user(self) -> list[AUIMessage]:
        """Give the user's messages, newest first."""
        return newest_first(message for message in self.messages if message.sender is Sender.USER)

    def get_all_messages_from_agent(self) -> list[AUIMessage]:
        """Give the agent's messages, newest first."""
        return newest_first(message for message in self.messages if message.sender is Sender.AGENT)

    def get_last_message(self) -> AUIMessage | None:
        """Give the latest message, or None."""
        return self.messages[-1] if self.messages else None

    def get_last_message_content(self) -> str:
        """Give the text of the latest message; "" without any."""
        return self.messages[-1].content if self.messages else ""

    def answer_of_proxy(self) -> AUIMessage | None:
        """Give what the proxy answered to the message that was just sent to the user, or None."""
        last = self.get_last_message()
        return last if last is not None and last.sender is Sender.USER else None

    # -- inside -----------------------------------------------------------------------------------

    def _ask_host(self, wish: str) -> None:
        fulfil = getattr(self.host, wish, None)
        if fulfil is not None:
            fulfil()

    def _add(
        self,
        sender: Sender,
        content: str,
        attachments: list[str] | None = None,
        time_read: float | None = None,
    ) -> str:
        message_id = self.new_id()
        message = AUIMessage(sender, content, attachments or [], self.now(), time_read, message_id)
        self.messages.append(message)
        return message_id

    def _last(self, sender: Sender) -> AUIMessage | None:
        return next((message for message in reversed(self.messages) if message.sender is sender), None)

    def _read(self, messages: list[AUIMessage]) -> list[AUIMessage]:
        for message in messages:
            message.mark_read(self.now())
        return messages

    def _message_from(self, data: Mapping[str, Any]) -> AUIMessage:
        name = str(data.get("sender", "")).upper()
        if name not in Sender.__members__:
            raise InvalidValueError(f"a message comes from {data.get('sender')!r}; a sender is User or Agent")
        return AUIMessage(
            sender=Sender[name],
            content=data.get("content") or "",
            attachments=list(data.get("attachments") or ()),
            timestamp=data.get("timestamp", self.now()),
            time_read=data.get("time_read"),
            id=data.get("id"),
        )


class PAREAgentUserInterface(AgentUserInterface):
    """The conversation with a proactive agent: it proposes, the user accepts or rejects."""

    @user_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.USER)
    def accept_proposal(self, content: str = "") -> str:
        """Accept what the agent has proposed; it will then carry it out.

        :param content: what else the agent has to know, if anything
        :returns: the id of the answer
        """
        check_text("content", content)
        return self._add(Sender.USER, content)

    @user_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.USER)
    def reject_proposal(self, content: str = "") -> str:
        """Reject what the agent has proposed; it will not be done.

        :param content: the reason, or what to do instead, if you want to say so
        :returns: the id of the answer
        """
        check_text("content", content)
        return self._add(Sender.USER, content)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def wait(self) -> str:
        """Do nothing for now and go on watching. It ends your turn.

        :returns: a confirmation
        """
        return "Nothing was done; you are waiting for what happens next."


def newest_first(messages: Iterable[AUIMessage]) -> list[AUIMessage]:
    """Order messages from the latest to the earliest; of two at one time, the later sent is first."""
    return sorted(messages, key=lambda message: message.timestamp)[::-1]


def check_files(files: Sequence[Any]) -> None:
    """Insist on files as ``send_message_to_agent`` takes them.

    Raises:
        InvalidValueError: one of them is not.
    """
    for file in files:
        if not isinstance(file, Mapping) or not isinstance(file.get("mime"), str):
            raise InvalidValueError("a file is an object with base64_data, mime and, optionally, name")
        from_base64(file.get("base64_data"), f"base64_data of the file {file.get('name')!r:.200}")
