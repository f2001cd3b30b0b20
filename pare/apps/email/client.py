"""The mailbox and its tools: read, write, file and search emails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pare.apps.base import App, parse_time
from pare.apps.email import notices
from pare.apps.email.attachments import FileSystem, LocalFiles, attach, save
from pare.apps.email.folders import (
    empty_folders,
    find_email,
    folder_name_of,
    folders_from_state,
    other_side,
)
from pare.apps.email.model import (
    Email,
    EmailFolder,
    EmailFolderName,
    ReturnedEmails,
    check_size,
    check_types,
    check_user_email,
    finite,
    text,
    text_list,
)
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, data_tool, env_tool
from pare.tools.notices import notifies

INBOX, SENT, TRASH = EmailFolderName.INBOX, EmailFolderName.SENT, EmailFolderName.TRASH
UNNAMED = "unnamed"
"""Stands for an email's id until all about the email has been checked."""


@dataclass(eq=False)
class EmailClientApp(App):
    """The mailbox of `user_email`; attachments are files of this machine."""

    name: str | None = None  # type: ignore[assignment]  # published; App makes it a str
    view_limit: int = 5
    folders: dict[EmailFolderName, EmailFolder] = field(default_factory=dict)
    user_email: str = "user@meta.com"

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
        """Empty all folders; address and view limit go back to their defaults."""
        super().reset()
        self.folders = empty_folders()

    def delete_future_data(self, timestamp: float) -> None:
        """Drop every email that is newer than `timestamp`, in seconds since the epoch."""
        finite("timestamp", timestamp)
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
        check_size(content=content)
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
        email.timestamp = email.timestamp if email_time is None else parse_time(email_time)
        email.is_read = True
        return self._store(folder, email)

    # -- reading ----------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_emails(self, folder_name: str = "INBOX", offset: int = 0, limit: int = 10) -> ReturnedEmails:
        """List the emails of a folder, newest first, a page at a time.

        :param folder_name: INBOX (default), SENT, DRAFT or TRASH
        :param offset: how many emails to skip, default 0
        :param limit: how many emails to list at most, default 10
        :returns: the emails, the range of positions they have, their number and that of the whole folder
        """
        return self._folder(folder_name).get_emails(offset, limit)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_email_by_id(self, email_id: str, folder_name: str = "INBOX") -> Email:
        """Read an email by its id and mark it as read.

        :param email_id: id of the email
        :param folder_name: the folder that it is in: INBOX (default), SENT, DRAFT or TRASH
        :returns: the email
        """
        email = find_email(self.folders, email_id, folder_name)
        email.is_read = True
        return email

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_email_by_index(self, idx: int, folder_name: str = "INBOX") -> Email:
        """Read an email by its position in a folder and mark it as read.

        :param idx: position of the email; 0 is the newest
        :param folder_name: INBOX (default), SENT, DRAFT or TRASH
        :returns: the email
        """
        email = self._folder(folder_name).get_email(idx)
        email.is_read = True
        return email

    # -- writing ----------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send_email(
        self,
        recipients: list[str] | None = None,
        subject: str = "",
        content: str = "",
        cc: list[str] | None = None,
        attachment_paths: list[str] | None = None,
    ) -> str:
        """Send an email from the user.

        :param recipients: email addresses of the recipients; at least one address is needed here or in cc
        :param subject: subject line, default empty
        :param content: text of the email, default empty
        :param cc: email addresses that get a copy, default none
        :param attachment_paths: paths of the files to attach, default none
        :returns: the id of the sent email, which is in SENT
        """
        email = self._email(self.user_email, recipients, subject, content, cc)
        if not email.recipients and not email.cc:
            raise InvalidValueError("the email has no recipients; give at least one email address")
        return self._store(SENT, email, attachment_paths)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def forward_email(
        self, email_id: str, recipients: list[str] | None = None, folder_name: str = "INBOX"
    ) -> str:
        """Forward an email, with its attachments, from the user to others.

        :param email_id: id of the email
        :param recipients: email addresses of who gets it; at least one is needed
        :param folder_name: the folder that it is in: INBOX (default), SENT, DRAFT or TRASH
        :returns: the id of the forwarded email, which is in SENT
        """
        to = text_list("recipients", recipients)
        if not to:
            raise InvalidValueError("there are no recipients to forward to; give at least one email address")
        original = find_email(self.folders, email_id, folder_name)
        email = self._answer(original, self.user_email, to, "FWD", f"> {original.content}")
        email.attachments = dict(original.attachments or {})
        original.is_read = True
        return self._store(SENT, email)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def download_attachments(
        self, email_id: str, folder_name: str = "INBOX", path_to_save: str = "Downloads/"
    ) -> list[str]:
        """Save all attachments of an email as files.

        :param email_id: id of the email
        :param folder_name: the folder that it is in: INBOX (default), SENT, DRAFT or TRASH
        :param path_to_save: folder of the file system to save them in, default Downloads/
        :returns: the paths of the saved files; an empty list if the email has no attachments
        """
        attachments = find_email(self.folders, email_id, folder_name).attachments
        return save(self._files(), attachments, text("path_to_save", path_to_save)) if attachments else []

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def reply_to_email(
        self,
        email_id: str,
        folder_name: str = "INBOX",
        content: str = "",
        attachment_paths: list[str] | None = None,
    ) -> str:
        """Reply from the user to the sender of an email.

        If the user sent that email as a part of a conversation, the reply goes to the other side.

        :param email_id: id of the email to reply to
        :param folder_name: the folder that it is in: INBOX (default), SENT, DRAFT or TRASH
        :param content: text of the reply, default empty
        :param attachment_paths: paths of the files to attach, default none
        :returns: the id of the reply, which is in SENT
        """
        original = find_email(self.folders, email_id, folder_name)
        check_size(content=content)
        receiver = other_side(self.folders, original, self.user_email)
        reply = self._answer(original, self.user_email, [receiver], "Re", content)
        return self._store(SENT, reply, attachment_paths)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def move_email(
        self, email_id: str, source_folder_name: str = "INBOX", dest_folder_name: str = "DRAFT"
    ) -> str:
        """Move an email from one folder to another.

        :param email_id: id of the email
        :param source_folder_name: the folder that it is in: INBOX (default), SENT, DRAFT or TRASH
        :param dest_folder_name: the folder to move it to: INBOX, SENT, DRAFT (default) or TRASH
        :returns: the id of the email
        """
        source, target = self._folder(source_folder_name), self._folder(dest_folder_name)
        email = find_email(self.folders, email_id, source_folder_name)
        if target is not source:
            source.remove(email)
            target.add_email(email)
        return email.email_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_email(self, email_id: str, folder_name: str = "INBOX") -> str:
        """Delete an email: it goes to TRASH, and one that is there already stays.

        :param email_id: id of the email
        :param folder_name: the folder that it is in: INBOX (default), SENT, DRAFT or TRASH
        :returns: the id of the email
        """
        return self.move_email(email_id, folder_name, TRASH.value)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def search_emails(self, query: str, folder_name: str = "INBOX") -> list[Email]:
        """Find the emails of a folder whose sender, recipients, subject or content contain a text.

        :param query: the text to look for, in upper or lower case
        :param folder_name: INBOX (default), SENT, DRAFT or TRASH
        :returns: the emails, newest first
        """
        lowered = text("query", query).lower()
        return [email for email in self._folder(folder_name).emails if email.matches(lowered)]

    # -- what the tools share ---------------------------------------------------------------------

    def _files(self) -> FileSystem:
        return LocalFiles()

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
        check_size(subject=subject, content=content)
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
        if paths := text_list("attachment_paths", attachment_paths):
            email.attachments = attach(self._files(), paths)
        email.email_id = email_id or self.new_id()
        self.folders[folder].add_email(email)
        return email.email_id
