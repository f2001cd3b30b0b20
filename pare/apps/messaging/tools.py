"""Messages and groups: writing them, and the files that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pare.apps.attachments import AttachmentsApp, FileSystem, file_name, read_file, write_file
from pare.apps.base import get_state_dict
from pare.apps.checks import check_text, check_texts, check_time, require_text
from pare.apps.messaging import notices
from pare.apps.messaging.both import attached_file, check_kind, copied
from pare.apps.messaging.conversations import ConversationsApp
from pare.apps.messaging.model import (
    ConversationV2,
    FileMessageV2,
    MessageV2,
    conversation_from,
    joined,
    not_found,
)
from pare.apps.navigation import StatefulApp
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, env_tool
from pare.tools.notices import VerbosityLevel, notifies

STATE = (
    *("conversations", "messages_view_limit", "conversation_view_limit"),
    *("mode", "name_to_id", "id_to_name", "current_user_id", "current_user_name"),
)


@dataclass(eq=False, repr=False)
class MessagingAppV2(AttachmentsApp, ConversationsApp):
    """Conversations between users who are known by ids; attachments are files of `internal_fs`."""

    internal_fs: FileSystem | None = None

    def get_state(self) -> dict[str, Any]:
        """Give users, conversations and limits as plain data; the bytes of files as base64 text."""
        return get_state_dict(self, STATE)

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Replace everything by what `get_state` gave."""
        conversations = state_dict.get("conversations", {}).items()
        loaded = {key: conversation_from(data, key) for key, data in conversations}
        self._load_directory(state_dict)
        self.conversations = loaded
        self.messages_view_limit = state_dict.get("messages_view_limit", 10)
        self.conversation_view_limit = state_dict.get("conversation_view_limit", 5)

    def load_conversations_from_dict(self, conversations_dict: dict[str, Any]) -> None:
        """Add conversations given as in the state, by id."""
        self.conversations |= {key: conversation_from(data, key) for key, data in conversations_dict.items()}

    # -- conversations that scenarios bring ---------------------------------------------------------------

    @event_registered(operation_type=OperationType.WRITE)
    def add_conversation(self, conversation: ConversationV2) -> None:
        """Add a copy of `conversation`, in place of one with the same id."""
        check_kind(conversation, ConversationV2)
        self.conversations[conversation.conversation_id] = copied(conversation)

    def add_conversations(self, conversations: list[ConversationV2]) -> None:
        """Add several conversations."""
        for conversation in conversations:
            check_kind(conversation, ConversationV2)
        for conversation in conversations:
            self.add_conversation(conversation)

    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_message(
        self, conversation_id: str, sender_id: str, content: str, timestamp: float | None = None
    ) -> None:
        """Let a participant write; `timestamp` is in seconds since the epoch, now unless given."""
        conversation = self._conversation(conversation_id)
        check_text("content", content)
        if sender_id not in conversation.participant_ids:
            advice = f"Participants: {joined(conversation.participant_ids)}"
            raise not_found("participant", sender_id, conversation.participant_ids, advice)
        moment = self.now() if timestamp is None else check_time("timestamp", timestamp)
        self._append(conversation, MessageV2(sender_id, self.new_id(), moment, content))

    @notifies(user=notices.message_received, agent=notices.message_received_in_full)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def create_and_add_message(self, conversation_id: str, sender_id: str, content: str) -> None:
        """Let a participant write in a conversation, now.

        :param conversation_id: id of the conversation
        :param sender_id: user id of the participant who writes
        :param content: text of the message
        """
        self.add_message(conversation_id, sender_id, content, float(int(self.now())))

    # -- writing ------------------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send_message(self, user_id: str, content: str = "", attachment_path: str | None = None) -> str:
        """Send a message to one user, in your conversation with that user, which is started if need be.

        :param user_id: id of the user to write to
        :param content: text of the message; may be empty if a file is attached
        :param attachment_path: path of a file on the phone to attach, none by default
        :returns: id of the conversation
        """
        members = self._members([user_id])
        if len(members) < 2:
            raise InvalidValueError(f"{user_id!r} is your own id; give the id of somebody else")
        title = self.get_default_title(members)
        message = self._outgoing(content, attachment_path)
        conversation = self._titled(title, set(members)) or self._started(members, title)
        self._append(conversation, message)
        return conversation.conversation_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send_message_to_group_conversation(
        self, conversation_id: str, content: str = "", attachment_path: str | None = None
    ) -> str:
        """Send a message to a group conversation, one with at least 3 participants.

        :param conversation_id: id of the group conversation
        :param content: text of the message; may be empty if a file is attached
        :param attachment_path: path of a file on the phone to attach, none by default
        :returns: id of the conversation
        """
        count = len(self._conversation(conversation_id).participant_ids)
        if count < 3:
            raise InvalidValueError(
                f"conversation {conversation_id!r} has {count} participants and is no group; "
                "write to one user with send_message"
            )
        return self.post_message(conversation_id, content, attachment_path)

    def post_message(self, conversation_id: str, content: str, attachment_path: str | None = None) -> str:
        """Write as the owner of the phone in any conversation, and give its id."""
        conversation = self._conversation(conversation_id)
        self._append(conversation, self._outgoing(content, attachment_path))
        return conversation_id

    @notifies(user=notices.group_created, level=VerbosityLevel.HIGH)
    @app_tool()
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def create_group_conversation(self, user_ids: list[str], title: str | None = None) -> str:
        """Start a group conversation with at least 2 other users; you are added to it.

        :param user_ids: ids of the other users
        :param title: title of the conversation; the names of the others by default
        :returns: id of the new conversation
        """
        members = self._members(user_ids)
        if len(members) < 3:
            raise InvalidValueError("a group needs at least 2 other users; write to one with send_message")
        if title:
            require_text("title", title)
        return self._started(members, title or self.get_default_title(members)).conversation_id

    @notifies(user=notices.participant_added, level=VerbosityLevel.HIGH)
    @app_tool()
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_participant_to_conversation(self, conversation_id: str, user_id: str) -> str:
        """Add a user to a conversation. A title made of the participants' names follows.

        :param conversation_id: id of the conversation
        :param user_id: id of the user to add
        :returns: id of the conversation
        """
        conversation = self._conversation(conversation_id)
        if user_id in conversation.participant_ids:
            raise InvalidValueError(f"{user_id!r} takes part in conversation {conversation_id!r} already")
        self._check_user(user_id)
        self._set_participants(conversation, [*conversation.participant_ids, user_id])
        return conversation_id

    @notifies(user=notices.participant_removed, level=VerbosityLevel.HIGH)
    @app_tool()
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def remove_participant_from_conversation(self, conversation_id: str, user_id: str) -> str:
        """Remove a user from a conversation. A title made of the participants' names follows.

        :param conversation_id: id of the conversation
        :param user_id: id of the participant to remove
        :returns: id of the conversation
        """
        conversation = self._conversation(conversation_id)
        present = conversation.participant_ids
        if user_id not in present:
            raise not_found("participant", user_id, present, f"Participants: {joined(present)}")
        self._set_participants(conversation, [item for item in present if item != user_id])
        return conversation_id

    @notifies(user=notices.title_changed, level=VerbosityLevel.HIGH)
    @app_tool()
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def change_conversation_title(self, conversation_id: str, title: str) -> str:
        """Give a conversation a new title.

        :param conversation_id: id of the conversation
        :param title: new title
        :returns: id of the conversation
        """
        conversation = self._conversation(conversation_id)
        conversation.title = require_text("title", title)
        return conversation_id

    # -- files --------------------------------------------------------------------------------------------

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

    def _members(self, user_ids: list[str]) -> list[str]:
        others = [item for item in check_texts("user_ids", user_ids) if item != self._me()]
        for user_id in others:
            self._check_user(user_id)
        return list(dict.fromkeys([*others, self._me()]))

    def _titled(self, title: str, members: set[str]) -> ConversationV2 | None:
        candidates = (item for item in self.conversations.values() if item.title == title)
        return next((item for item in candidates if set(item.participant_ids) == members), None)

    def _started(self, members: list[str], title: str) -> ConversationV2:
        conversation = ConversationV2(members, [], title, self.new_id(), self.now())
        self.conversations[conversation.conversation_id] = conversation
        return conversation

    def _outgoing(self, content: str, attachment_path: str | None) -> MessageV2:
        sender = self._me()
        if not attachment_path:
            return MessageV2(sender, self.new_id(), self.now(), require_text("content", content))
        check_text("content", content)
        name, data = file_name(attachment_path), read_file(self._files(), attachment_path)
        return FileMessageV2(sender, self.new_id(), self.now(), content, data, name)

    def _append(self, conversation: ConversationV2, message: MessageV2) -> None:
        conversation.messages.append(message)
        conversation.update_last_updated(message.timestamp)

    def _set_participants(self, conversation: ConversationV2, members: list[str]) -> None:
        title = conversation.title
        if title == joined(conversation.participant_ids):
            title = joined(members)
        elif title == self.get_default_title(conversation.participant_ids):
            title = self.get_default_title(members)
        conversation.participant_ids, conversation.title = members, title


class MessagingScreensApp(StatefulApp, MessagingAppV2):
    """The messaging app as its screens know it: what they show, and the way from one to the next."""

    def read_page(
        self,
        conversation_id: str,
        offset: int,
        limit: int,
        min_date: str | None = None,
        max_date: str | None = None,
    ) -> dict[str, Any]:
        """Give what `read_conversation` gives, and as metadata the names behind the ids as well."""
        page = self.read_conversation(conversation_id, offset, limit, min_date, max_date)
        members = self.conversations[conversation_id].participant_ids
        seen = dict.fromkeys([*members, *(message.sender_id for message in page["messages"])])
        page["metadata"]["names"] = {item: self.id_to_name.get(item, item) for item in seen}
        return page
