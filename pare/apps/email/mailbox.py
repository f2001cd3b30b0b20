"""The mailbox: its folders, what arrives in them, and how an email is made and stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pare.apps.attachments import AttachmentsApp, FileSystem, attach
from pare.apps.base import parse_time
from pare.apps.checks import check_time, optional_text, optional_texts
from pare.apps.email import notices
from pare.apps.email.folders import empty_folders, find_email, folder_name_of, folders_from_state
from pare.apps.email.model import Email, EmailFolder, EmailFolderName, check_types, check_user_email
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import data_tool, env_tool
from pare.tools.notices import notifies

INBOX, SENT = EmailFolderName.INBOX, EmailFolderName.SENT
UNNAMED = "unnamed"
"""Stands for an email's id until all about the email has been checked."""


@dataclass(eq=False, repr=False)
class MailboxApp(AttachmentsApp):
    """The mailbox of `user_email`, to be filled only; attachments are files of `internal_fs`."""

    name: str | None = None  # type: ignore[assignment]  # published; App makes it a str
    view_limit: int = 5
    folders: dict[EmailFolderName, EmailFolder] = field(default_factory=dict)
    user_email: str = "user@meta.com"
    internal_fs: FileSystem | None = None

    def __post_init__(self) -> None:
        super().__init__(self.name)
        check_user_email(self.user_email)
        self.folders = empty_folders() | self.folders

    def get_state(self) -> dict[str, Any]:
        """Give address, view limit and folders as plain data."""
        folders = {name.value: folder.get_state() for name, folder in self.folders.items()}
        return {"user_email": self.user_email, "view_limit": self.view_limit, "folders": folders}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Hold the emails of a state instead of the present ones; a missing setting stays as it is."""
        user_email = state_dict.get("user_email", self.user_email)
        check_user_email(user_email)
        self.folders = folders_from_state(state_dict.get("folders") or {})
        self.user_email = user_email
        self.view_limit = state_dict.get("view_limit", self.view_limit)

    def reset(self) -> None:
        """Empty all folders; address and view limit go back to their defaults, the file system stays."""
        super().reset()
        self.folders = empty_folders()

    def delete_future_data(self, timestamp: float) -> None:
        """Drop every email that is newer than `timestamp`, in seconds since the epoch."""
        check_time("timestamp", timestamp)
        for folder in self.folders.values():
            folder.keep_until(timestamp)

    # -- what arrives -----------------------------------------------------------------------------

    @event_registered(operation_type=OperationType.WRITE)
    def add_email(self, email: Email, folder_name: EmailFolderName = EmailFolderName.INBOX) -> str:
        """Put a copy of an email into a folder.

        :param email: the email
        :param folder_name: the folder, default INBOX
        :returns: the id of the email
        """
        check_types(email, folder_name)
        self.folders[folder_name].add_email(email.copy())
        return email.email_id

    @event_registered(operation_type=OperationType.WRITE)
    def send_email_to_user(self, email: Email) -> str:
        """Put a copy of an email into the user's INBOX.

        :param email: the email
        :returns: the id of the email
        """
        return self.add_email(email, INBOX)

    @notifies(user=notices.arrived_for_user, agent=notices.arrived_for_agent)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def send_email_to_user_only(self, sender: str, subject: str = "", content: str = "") -> str:
        """Let an email to the user alone arrive in the INBOX.

        :param sender: email address of the sender
        :param subject: subject line, default empty
        :param content: text of the email, default empty
        :returns: the id of the email
        """
        return self._store(INBOX, self._email(sender, [self.user_email], subject, content))

    @notifies(user=notices.reply_for_user, agent=notices.reply_for_agent)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def reply_to_email_from_user(
        self, sender: str, email_id: str, content: str = "", attachment_paths: list[str] | None = None
    ) -> str:
        """Let a recipient reply to an email that the user sent; the reply arrives in the INBOX.

        :param sender: email address of who replies, one of the recipients of the user's email
        :param email_id: id of the user's email in SENT
        :param content: text of the reply, default empty
        :param attachment_paths: paths of the files to attach, default none
        :returns: the id of the reply
        """
        original = find_email(self.folders, email_id, SENT)
        if sender not in original.recipients:
            known = ", ".join(original.recipients)
            raise InvalidValueError(f"{sender!r:.200} did not get that email; its recipients are: {known}")
        optional_text("content", content)
        reply = self._answer(original, sender, [self.user_email], "Re", content)
        return self._store(INBOX, reply, attachment_paths)

    @notifies(user=notices.arrived_for_user, agent=notices.created_for_agent)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def create_and_add_email(
        self,
        sender: str,
        recipients: list[str] | None = None,
        subject: str = "",
        content: str = "",
        folder_name: str = "INBOX",
    ) -> str:
        """Create an unread email, dated now, in a folder.

        :param sender: email address of the sender
        :param recipients: email addresses of the recipients, default none
        :param subject: subject line, default empty
        :param content: text of the email, default empty
        :param folder_name: INBOX (default), SENT, DRAFT or TRASH
        :returns: the id of the email
        """
        folder = folder_name_of(folder_name)
        return self._store(folder, self._email(sender, recipients, subject, content))

    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def create_and_add_email_with_time(
        self,
        sender: str,
        recipients: list[str] | None = None,
        subject: str = "",
        content: str = "",
        email_time: str | None = None,
        folder_name: str = "INBOX",
    ) -> str:
        """Create a read email with a date of its own in a folder.

        :param sender: email address of the sender
        :param recipients: email addresses of the recipients, default none
        :param subject: subject line, default empty
        :param content: text of the email, default empty
        :param email_time: date and time as YYYY-MM-DD HH:MM:SS in UTC, default now
        :param folder_name: INBOX (default), SENT, DRAFT or TRASH
        :returns: the id of the email
        """
        folder = folder_name_of(folder_name)
        email = self._email(sender, recipients, subject, content)
        email.timestamp = email.timestamp if email_time is None else parse_time(email_time, "email_time")
        email.is_read = True
        return self._store(folder, email)

    # -- what the tools share ---------------------------------------------------------------------

    def _folder(self, folder_name: object) -> EmailFolder:
        return self.folders[folder_name_of(folder_name)]

    def _email(
        self,
        sender: str,
        recipients: list[str] | None,
        subject: str,
        content: str,
        cc: list[str] | None = None,
    ) -> Email:
        subject, content = optional_text("subject", subject), optional_text("content", content)
        return Email(sender, recipients or [], subject, content, UNNAMED, cc=cc or [], timestamp=self.now())

    def _answer(self, original: Email, sender: str, to: list[str], prefix: str, content: str) -> Email:
        subject, parent_id = f"{prefix}: {original.subject}", original.email_id
        return Email(sender, to, subject, content, UNNAMED, parent_id, timestamp=self.now())

    def _store(
        self,
        folder: EmailFolderName,
        email: Email,
        attachment_paths: list[str] | None = None,
        email_id: str = "",
    ) -> str:
        if paths := optional_texts("attachment_paths", attachment_paths):
            email.attachments = attach(self._files(), paths)
        email.email_id = email_id or self.new_id()
        self.folders[folder].add_email(email)
        return email.email_id
