"""The email client: reading, writing and filing emails, and the client under its other names."""

from __future__ import annotations

from dataclasses import dataclass

from pare.apps.attachments import save
from pare.apps.checks import optional_text, optional_texts, require_text
from pare.apps.email import notices
from pare.apps.email.folders import find_email, folder_name_of, other_side
from pare.apps.email.mailbox import INBOX, SENT, MailboxApp
from pare.apps.email.model import ComposeDraft, Email, EmailFolderName, ReturnedEmails
from pare.apps.navigation import StatefulApp
from pare.errors import InvalidValueError, NotFoundError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, env_tool
from pare.tools.notices import notifies


@dataclass(eq=False, repr=False)
class EmailClientApp(MailboxApp):
    """The email client of `user_email`; attachments are files of `internal_fs`."""

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
        to = optional_texts("recipients", recipients)
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
        folder = optional_text("path_to_save", path_to_save)
        return save(self._files(), attachments, folder) if attachments else []

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
        optional_text("content", content)
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
        return self.move_email(email_id, folder_name, EmailFolderName.TRASH.value)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def search_emails(self, query: str, folder_name: str = "INBOX") -> list[Email]:
        """Find the emails of a folder whose sender, recipients, subject or content contain a text.

        :param query: the text to look for, in upper or lower case
        :param folder_name: INBOX (default), SENT, DRAFT or TRASH
        :returns: the emails, newest first
        """
        lowered = optional_text("query", query).lower()
        return [email for email in self._folder(folder_name).emails if email.matches(lowered)]


@dataclass(eq=False, repr=False)
class EmailClientV2(EmailClientApp):
    """An email client whose emails can also arrive with an id that the scenario chose."""

    def add_attachment(self, email: Email, attachment_path: str) -> None:
        """Attach a file to `email`, and to the copy that this app has of it.

        Raises:
            InvalidValueError: no file system is connected, or the file cannot be read.
            NotFoundError: there is no such file.
        """
        files = self._files()
        email.add_attachment(attachment_path, files)
        for stored in [folder.find(email.email_id) for folder in self.folders.values()]:
            if stored is not None and stored is not email:
                stored.add_attachment(attachment_path, files)

    @notifies(user=notices.arrived_for_user, agent=notices.arrived_for_agent)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def send_email_to_user_with_id(
        self,
        email_id: str,
        sender: str,
        subject: str = "",
        content: str = "",
        attachment_paths: list[str] | None = None,
    ) -> str:
        """Let an email with a given id arrive in the user's INBOX.

        :param email_id: the id that the email shall have
        :param sender: email address of the sender
        :param subject: subject line, default empty
        :param content: text of the email, default empty
        :param attachment_paths: paths of the files to attach, default none
        :returns: the id of the email
        """
        require_text("email_id", email_id)
        email = self._email(sender, [self.user_email], subject, content)
        return self._store(EmailFolderName.INBOX, email, attachment_paths, email_id)


@dataclass(eq=False, repr=False)
class Mail(EmailClientApp):
    """The email app under the name ``Mail``."""

    name: str | None = "Mail"  # type: ignore[assignment]  # published; App makes it a str


class EmailScreensApp(StatefulApp, EmailClientV2):
    """The mailbox as its screens know it: what they show and write, and the way from one to the next."""

    def send_reply_from_draft(self, draft: ComposeDraft) -> str:
        """Send a reply as `draft` has it and give its id.

        Without recipients or subject of its own it takes the defaults of the draft, and without those
        what any reply to that email has.

        Raises:
            InvalidValueError: the draft replies to nothing, or cannot be sent as it is.
            NotFoundError: the email that it replies to is gone.
        """
        if not draft.reply_to:
            raise InvalidValueError("the draft names no email that it replies to; send it as a new email")
        original = self._replied_to(draft.reply_to, draft.reply_to_folder)
        to = draft.recipients or draft.default_recipients
        email = self._email(
            self.user_email,
            to or [other_side(self.folders, original, self.user_email)],
            draft.subject or draft.default_subject or f"Re: {original.subject}",
            draft.body,
            draft.cc,
        )
        email.parent_id = original.email_id
        return self._store(SENT, email, draft.attachments)

    def store_draft(self, draft: ComposeDraft) -> str:
        """Put what is written into DRAFT, unread, with copies and attachments, and give its id.

        Raises:
            InvalidValueError: it cannot be stored as it is.
        """
        email = self._email(self.user_email, draft.recipients, draft.subject, draft.body, draft.cc)
        email.parent_id = draft.reply_to
        return self._store(EmailFolderName.DRAFT, email, draft.attachments)

    def _replied_to(self, email_id: str, folder_name: str | None) -> Email:
        """Find an email in its folder, or in whichever it was moved to meanwhile."""
        folders = [self.folders[folder_name_of(folder_name or INBOX)], *self.folders.values()]
        found = next((email for folder in folders if (email := folder.find(email_id))), None)
        if found is None:
            raise NotFoundError(
                f"email {email_id!r:.200}, which the draft replies to, is gone; "
                "go back, or write a new email instead"
            )
        return found
