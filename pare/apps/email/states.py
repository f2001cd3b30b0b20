"""The screens of the email app: the list of a folder is the first one, `screens` has the others."""

from __future__ import annotations

from pare.apps.checks import check_whole, date_bounds
from pare.apps.email.folders import folder_name_of
from pare.apps.email.model import ComposeDraft, Email, ReturnedEmails
from pare.apps.email.screens import ComposeEmail, EmailDetail
from pare.apps.email.tools import EmailScreensApp
from pare.apps.navigation import AppState, pare_event_registered
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool

__all__ = ["ComposeDraft", "ComposeEmail", "EmailDetail", "MailboxView"]


class MailboxView(AppState[EmailScreensApp]):
    """The emails of a folder, newest first."""

    def __init__(self, folder: str = "INBOX") -> None:
        super().__init__()
        self.folder = folder_name_of(folder or "INBOX").value

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
            default any
        :param max_date: leave out newer emails; the same forms, YYYY-MM-DD up to the end of that day
        :param limit: how many emails to give at most, default 10; null or below zero for all
        :returns: the emails, newest first
        """
        limit = None if limit is None or check_whole("limit", limit, least=None) < 0 else limit
        earliest, latest = date_bounds(min_date, max_date)
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
