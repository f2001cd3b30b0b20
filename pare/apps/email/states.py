"""The screens of the email app."""

from __future__ import annotations

from pare.apps.email.app import EmailClientV2
from pare.apps.email.attachments import FileSystem
from pare.apps.email.model import EmailFolder, EmailFolderName
from pare.apps.navigation import AppState, StatefulApp

DEFAULT_USER_EMAIL = "john@pare.com"


class MailboxView(AppState["StatefulEmailApp"]):
    """The emails of a folder."""


class StatefulEmailApp(StatefulApp, EmailClientV2):
    """The email app with screens; the first one is the INBOX."""

    def __init__(
        self,
        name: str | None = None,
        view_limit: int = 5,
        folders: dict[EmailFolderName, EmailFolder] | None = None,
        user_email: str = DEFAULT_USER_EMAIL,
        internal_fs: FileSystem | None = None,
    ) -> None:
        self._own_email = user_email
        super().__init__(name, view_limit, folders or {}, user_email, internal_fs)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> MailboxView:
        """Make the first screen: the INBOX."""
        return MailboxView()

    def reset(self) -> None:
        """Empty all folders and show the first screen; the address is the one the app was made with."""
        super().reset()
        self.user_email = self._own_email
