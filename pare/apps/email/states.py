"""The email app with screens: the list of a folder is the first one, `screens` has the others."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from math import inf

from pare.apps.email.app import EmailClientV2
from pare.apps.email.attachments import FileSystem
from pare.apps.email.folders import folder_name_of, other_side
from pare.apps.email.model import Email, EmailFolder, EmailFolderName, ReturnedEmails, whole
from pare.apps.email.screens import ComposeDraft, ComposeEmail, EmailDetail
from pare.apps.navigation import AppState, StatefulApp, pare_event_registered
from pare.errors import InvalidValueError, NotFoundError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool

__all__ = ["ComposeDraft", "ComposeEmail", "EmailDetail", "MailboxView", "StatefulEmailApp"]

DEFAULT_USER_EMAIL = "john@pare.com"


class MailboxView(AppState["StatefulEmailApp"]):
    """The emails of a folder, newest first."""

    def __init__(self, folder: str = "INBOX") -> None:
        super().__init__()
        self.folder = _folder(folder).value

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_emails(self, offset: int = 0, limit: int = 10) -> ReturnedEmails:
        """List the emails of the folder that is shown, newest first, a page at a time.

        :param offset: how many emails to skip, default 0
        :param limit: how many emails to list at most, default 10
        :returns: the emails, the range of positions they have, their number and that of the whole folder
        """
        return self.app.list_emails(self.folder, offset, limit)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def search_emails(
        self, query: str, min_date: str | None = None, max_date: str | None = None, limit: int | None = 10
    ) -> list[Email]:
        """Search the folder that is shown: sender, recipients, subject and content of its emails.

        :param query: the text to look for, in upper or lower case
        :param min_date: leave out older emails; YYYY-MM-DD HH:MM:SS in UTC, or YYYY-MM-DD for that day on;
            default any, and what is no date counts as that
        :param max_date: leave out newer emails; the same forms, YYYY-MM-DD up to the end of that day
        :param limit: how many emails to give at most, default 10; null or below zero for all
        :returns: the emails, newest first
        """
        limit = None if limit is None or whole("limit", limit, least=None) < 0 else limit
        earliest, latest = _moment(min_date, time.min, -inf), _moment(max_date, time.max, inf)
        found = self.app.search_emails(query, self.folder)
        return [email for email in found if earliest <= email.timestamp <= latest][:limit]

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_email_by_id(self, email_id: str) -> Email:
        """Open an email of the folder that is shown; it counts as read then.

        :param email_id: id of the email, as a list or search gives it
        :returns: the email
        """
        email = self.app.get_email_by_id(email_id, self.folder)
        self.app.set_current_state(EmailDetail(email.email_id, self.folder))
        return email

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_email_by_index(self, index: int) -> Email:
        """Open an email by its position in the folder that is shown; it counts as read then.

        :param index: position of the email; 0 is the newest
        :returns: the email
        """
        email = self.app.get_email_by_index(index, self.folder)
        self.app.set_current_state(EmailDetail(email.email_id, self.folder))
        return email

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def switch_folder(self, folder_name: str) -> ReturnedEmails:
        """Show another folder.

        :param folder_name: INBOX, SENT, DRAFT or TRASH
        :returns: the first emails of that folder, as list_emails gives them
        """
        view = MailboxView(folder_name)
        emails = self.app.list_emails(view.folder)
        self.app.set_current_state(view)
        return emails

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def start_compose(self) -> str:
        """Start to write a new email.

        :returns: compose_started
        """
        self.app.set_current_state(ComposeEmail())
        return "compose_started"


class StatefulEmailApp(StatefulApp, EmailClientV2):
    """The mailbox of `user_email` with screens; the first one is the INBOX."""

    def __init__(
        self,
        name: str | None = None,
        view_limit: int = 5,
        folders: dict[EmailFolderName, EmailFolder] | None = None,
        user_email: str = DEFAULT_USER_EMAIL,
        internal_fs: FileSystem | None = None,
    ) -> None:
        super().__init__(name, view_limit, folders or {}, user_email, internal_fs)
        self._own_email = user_email

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def reset(self) -> None:
        """Empty all folders and show the INBOX; the address is again the one the app was made with."""
        super().reset()
        self.user_email = self._own_email

    def create_root_state(self) -> MailboxView:
        """Make the first screen: the INBOX."""
        return MailboxView()

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
        return self._store(EmailFolderName.SENT, email, draft.attachments)

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
        folders = [self.folders[_folder(folder_name)], *self.folders.values()]
        found = next((email for folder in folders if (email := folder.find(email_id))), None)
        if found is None:
            raise NotFoundError(
                f"email {email_id!r:.200}, which the draft replies to, is gone; "
                "go back, or write a new email instead"
            )
        return found


def _folder(folder_name: object) -> EmailFolderName:
    return folder_name_of(folder_name or EmailFolderName.INBOX)


def _moment(text: str | None, clock: time, default: float) -> float:
    """Give a date and time in seconds, UTC unless it says otherwise; a date alone is taken at `clock`."""
    with suppress(ValueError, TypeError):
        return datetime.combine(date.fromisoformat(text or ""), clock, UTC).timestamp()
    with suppress(ValueError, TypeError):
        moment = datetime.fromisoformat(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return default
