"""The screens of the messaging app: the conversations, and one of them."""

from __future__ import annotations

from typing import Any

from pare.apps.checks import check_whole
from pare.apps.messaging.model import ConversationV2
from pare.apps.messaging.tools import MessagingScreensApp
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import NotFoundError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


class ConversationList(AppState[MessagingScreensApp]):
    """The first screen: the conversations."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_recent_conversations(
        self,
        offset: int = 0,
        limit: int = 5,
        offset_recent_messages_per_conversation: int = 0,
        limit_recent_messages_per_conversation: int = 10,
    ) -> list[ConversationV2]:
        """List your conversations, the last updated first, each with its newest messages.

        :param offset: number of conversations to skip
        :param limit: most conversations to list, 5 at a time unless the app shows more
        :param offset_recent_messages_per_conversation: number of newest messages to skip in each
        :param limit_recent_messages_per_conversation: most messages to show of each, 10 unless the
            app shows more
        :returns: conversations with their ids and messages, newest first
        """
        return self.app.list_recent_conversations(
            offset, limit, offset_recent_messages_per_conversation, limit_recent_messages_per_conversation
        )

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def search_conversations(
        self, query: str, min_date: str | None = None, max_date: str | None = None, limit: int = 10
    ) -> list[str]:
        """Find conversations that hold a text, whatever the case, in messages, title or participants' ids.

        :param query: text to look for
        :param min_date: only messages from this time on; YYYY-MM-DD HH:MM:SS in UTC, or YYYY-MM-DD for that
            day on
        :param max_date: only messages up to this time; the same forms, YYYY-MM-DD up to the end of that day
        :param limit: most conversations to find
        :returns: ids of the conversations, with which they can be opened
        """
        most = check_whole("limit", limit)
        return self.app.search(query, min_date, max_date)[:most]

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_conversation(self, conversation_id: str, offset: int = 0, limit: int = 20) -> dict[str, Any]:
        """Open a conversation, in which messages can be read and written.

        :param conversation_id: id of the conversation, as listing or searching shows it
        :param offset: number of newest messages to skip
        :param limit: most messages to read
        :returns: "messages", the newest first, and "metadata" with message_range (first, end),
            conversation_length, conversation_id, conversation_title and names (by user id)
        """
        page = self.app.read_page(conversation_id, offset, limit)
        self.app.set_current_state(ConversationOpened(conversation_id))
        return page


class ConversationOpened(AppState[MessagingScreensApp]):
    """The conversation with the id `conversation_id`."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__()
        self.conversation_id = conversation_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def send_message(self, content: str, attachment_path: str | None = None) -> str:
        """Send a message in this conversation.

        :param content: text of the message; may be empty if a file is attached
        :param attachment_path: path of a file on the phone to attach, none by default
        :returns: id of the conversation
        """
        self._check_there()
        return self.app.post_message(self.conversation_id, content, attachment_path)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def read_messages(
        self, offset: int = 0, limit: int = 10, min_date: str | None = None, max_date: str | None = None
    ) -> dict[str, Any]:
        """Read the messages of this conversation, the newest first.

        :param offset: number of newest messages to skip
        :param limit: most messages to read
        :param min_date: only messages from this time on; YYYY-MM-DD HH:MM:SS in UTC, or YYYY-MM-DD for that
            day on
        :param max_date: only messages up to this time; the same forms, YYYY-MM-DD up to the end of that day
        :returns: "messages", and "metadata" with message_range (first, end), conversation_length (how
            many messages there are between the dates), conversation_id, conversation_title and
            names (by user id)
        """
        self._check_there()
        return self.app.read_page(self.conversation_id, offset, limit, min_date, max_date)

    def _check_there(self) -> None:
        if self.conversation_id not in self.app.conversations:
            raise NotFoundError(
                f"the conversation {self.conversation_id!r} that this screen shows is gone; go back"
            )
