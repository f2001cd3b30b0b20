"""The email app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.attachments import FileSystem
from pare.apps.email.folders import folder_name_of, other_side
from pare.apps.email.mailbox import INBOX
from pare.apps.email.model import Email, EmailFolder, EmailFolderName
from pare.apps.email.screens import ComposeDraft
from pare.apps.email.states import MailboxView
from pare.apps.email.tools import EmailClientV2
from pare.apps.navigation import StatefulApp
from pare.errors import InvalidValueError, NotFoundError

__all__ = ["StatefulEmailApp"]

DEFAULT_USER_EMAIL = "john@pare.com"


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
        folders = [self.folders[folder_name_of(folder_name or INBOX)], *self.folders.values()]
        found = next((email for folder in folders if (email := folder.find(email_id))), None)
        if found is None:
            raise NotFoundError(
                f"email {email_id!r:.200}, which the draft replies to, is gone; "
                "go back, or write a new email instead"
            )
        return found
