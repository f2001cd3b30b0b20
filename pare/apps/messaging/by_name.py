"""Messaging with people who are known by their names alone; the owner of the phone is "Me"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pare.apps.attachments import AttachmentsApp, FileSystem, file_name, read_file, write_file
from pare.apps.base import get_state_dict, parse_time
from pare.apps.checks import (
    check_text,
    check_texts,
    check_time,
    optional_text,
    require_text,
)
from pare.apps.messaging import by_name_notices as notices
from pare.apps.messaging.both import attached_file, check_kind, copied
from pare.apps.messaging.by_name_conversations import NamedConversationsApp
from pare.apps.messaging.by_name_model import (
    OWNER,
    Conversation,
    FileMessage,
    Message,
    conversations_from,
)
from pare.apps.messaging.model import joined, not_found
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, data_tool, env_tool
from pare.tools.notices import notifies


@dataclass(eq=False, repr=False)
class MessagingApp(AttachmentsApp, NamedConversationsApp):
    """Conversations between people who are known by names; attachments are files of `internal_fs`."""

    internal_fs: FileSystem | None = None

    def get_state(self) -> dict[str, Any]:
        """Give conversations and limits as plain data; the bytes of files as base64 text."""
        return get_state_dict(self, ["conversations", "messages_view_limit", "conversation_view_limit"])

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Replace everything by what `get_state` gave."""
        self.conversations = conversations_from(state_dict.get("conversations") or {})
        self.messages_view_limit = state_dict.get("messages_view_limit", 10)
        self.conversation_view_limit = state_dict.get("conversation_view_limit", 5)

    def load_conversations_from_dict(self, conversations_dict: dict[str, Any]) -> None:
        """Add conversations given as in the state, by id."""
        self.conversations |= conversations_from(conversations_dict)

    def delete_future_data(self, timestamp: float) -> None:
        """Drop every conversation that was updated after `timestamp`, in seconds since the epoch."""
        check_time("timestamp", timestamp)
        kept = {key: item for key, item in self.conversations.items() if item.last_updated <= timestamp}
        self.conversations = kept

    # -- conversations that scenarios bring ---------------------------------------------------------------

    @event_registered(operation_type=OperationType.WRITE)
    def add_conversation(self, conversation: Conversation) -> None:
        """Add a copy of `conversation`, in place of one with the same id."""
        check_kind(conversation, Conversation)
        self.conversations[conversation.conversation_id] = copied(conversation)

    def add_conversations(self, conversations: list[Conversation]) -> None:
        """Add several conversations."""
        for conversation in conversations:
            check_kind(conversation, Conversation)
        for conversation in conversations:
            self.add_conversation(conversation)

    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_message(
        self, conversation_id: str, sender: str, content: str, timestamp: float | None = None
    ) -> None:
        """Let a participant write; `timestamp` is in seconds since the epoch, now unless given."""
        conversation = self._conversation(conversation_id)
        check_text("content", content)
        self._check_participant(conversation, sender)
        moment = self.now() if timestamp is None else check_time("timestamp", timestamp)
        _append(conversation, Message(sender, self.new_id(), moment, content))

    @event_registered(operation_type=OperationType.WRITE)
    def add_message_with_time(
        self, conversation_id: str, sender: str, content: str, message_time: str | None = None
    ) -> str:
        """Let a participant write at `message_time`, as YYYY-MM-DD HH:MM:SS in UTC, now unless given.

        Gives the id of the conversation.
        """
        moment = None if message_time is None else parse_time(message_time, "message_time")
        self.add_message(conversation_id, sender, content, moment)
        return conversation_id

    @notifies(user=notices.message_received, agent=notices.message_received_in_full)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def create_and_add_message(self, conversation_id: str, sender: str, content: str) -> str:
        """Let a participant write in a conversation, now.

        :param conversation_id: id of the conversation
        :param sender: name of the participant who writes
        :param content: text of the message
        :returns: id of the conversation
        """
        self.add_message(conversation_id, sender, content, float(int(self.now())))
        return conversation_id

    # -- writing ------------------------------------------------------------------------------------------

    @app_tool()
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def create_conversation(self, participants: list[str], title: str | None = None) -> str:
        """Start a conversation with at least one other person; you are added to it.

        :param participants: names of the others
        :param title: title of the conversation; the names of all participants by default
        :returns: id of the new conversation
        """
        names = [require_text("participant", item) for item in check_texts("participants", participants)]
        if set(names) <= {OWNER}:
            raise InvalidValueError("a conversation needs somebody else; give at least one name")
        title = optional_text("title", title)
        conversation = Conversation([*names, OWNER], [], title, self.new_id(), self.now())
        self.conversations[conversation.conversation_id] = conversation
        return conversation.conversation_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send_message(self, conversation_id: str, content: str = "") -> str:
        """Send a message in a conversation.

        :param conversation_id: id of the conversation
        :param content: text of the message
        :returns: id of the message
        """
        conversation = self._conversation(conversation_id)
        require_text("content", content)
        return _append(conversation, Message(OWNER, self.new_id(), self.now(), content))

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send_attachment(self, conversation_id: str, filepath: str) -> str:
        """Send a file in a conversation.

        :param conversation_id: id of the conversation
        :param filepath: path of a file on the phone
        :returns: id of the message
        """
        conversation = self._conversation(conversation_id)
        name, data = file_name(require_text("filepath", filepath)), read_file(self._files(), filepath)
        message = FileMessage(OWNER, self.new_id(), self.now(), attachment=data, attachment_name=name)
        return _append(conversation, message)

    @app_tool()
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_participant_to_conversation(self, conversation_id: str, participant: str) -> str:
        """Add a person to a conversation.

        :param conversation_id: id of the conversation
        :param participant: name of the person
        :returns: id of the conversation
        """
        conversation = self._conversation(conversation_id)
        if require_text("participant", participant) in conversation.participants:
            raise InvalidValueError(
                f"{participant!r:.200} takes part in conversation {conversation_id!r} already"
            )
        conversation.participants.append(participant)
        return conversation_id

    @app_tool()
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def remove_participant_from_conversation(self, conversation_id: str, participant: str) -> str:
        """Remove a person from a conversation.

        :param conversation_id: id of the conversation
        :param participant: name of the person
        :returns: id of the conversation
        """
        conversation = self._conversation(conversation_id)
        self._check_participant(conversation, participant)
        conversation.participants.remove(participant)
        return conversation_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def download_attachment(
        self, conversation_id: str, message_id: str, download_path: str = "Downloads/"
    ) -> str:
        """Save the file that is attached to a message.

        :param conversation_id: id of the conversation
        :param message_id: id of the message with the file
        :param download_path: folder to save it in; made if it does not exist
        :returns: path of the saved file
        """
        name, content = attached_file(self._conversation(conversation_id).messages, message_id)
        return write_file(self._files(), download_path, name, content)

    # -- inside -------------------------------------------------------------------------------------------

    def _check_participant(self, conversation: Conversation, name: str) -> None:
        present = conversation.participants
        if name not in present:
            raise not_found("participant", name, present, f"Participants: {joined(present)}")


def _append(conversation: Conversation, message: Message) -> str:
    conversation.messages.append(message)
    conversation.update_last_updated(message.timestamp)
    return message.message_id
