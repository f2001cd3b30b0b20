"""The email app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.attachments import FileSystem
from pare.apps.email.model import EmailFolder, EmailFolderName
from pare.apps.email.states import MailboxView
from pare.apps.email.tools import EmailScreensApp

__all__ = ["StatefulEmailApp"]

DEFAULT_USER_EMAIL = "john@pare.com"


class StatefulEmailApp(EmailScreensApp):
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
