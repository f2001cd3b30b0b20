"""The email app: whose attachments are files of a file system app, and under the name ``Mail``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pare.apps.base import Protocol
from pare.apps.email.attachments import FileSystem
from pare.apps.email.client import EmailClientApp
from pare.apps.email.model import Email, EmailFolderName, text
from pare.apps.email.notices import arrived_for_agent, arrived_for_user
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import env_tool
from pare.tools.notices import notifies

__all__ = ["EmailClientApp", "EmailClientV2", "Mail"]


@dataclass(eq=False)
class EmailClientV2(EmailClientApp):
    """The mailbox of `user_email`; attachments are files of `internal_fs`, never of this machine."""

    internal_fs: FileSystem | None = None

    def connect_to_protocols(self, protocols: dict[Protocol, Any]) -> None:
        """Take attachments from the file system app, where there is one."""
        self.internal_fs = protocols.get(Protocol.FILE_SYSTEM, self.internal_fs)

    def reset(self) -> None:
        """Empty all folders; the file system stays connected."""
        files = self.internal_fs
        super().reset()
        self.internal_fs = files

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

    @notifies(user=arrived_for_user, agent=arrived_for_agent)
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
        if not text("email_id", email_id):
            raise InvalidValueError("email_id is empty; give the id that the email shall have")
        email = self._email(sender, [self.user_email], subject, content)
        return self._store(EmailFolderName.INBOX, email, attachment_paths, email_id)

    def _files(self) -> FileSystem:
        if self.internal_fs is None:
            raise InvalidValueError(
                "no file system is connected to the email app, so files can be neither attached nor saved"
            )
        return self.internal_fs


@dataclass(eq=False)
class Mail(EmailClientApp):
    """The email app under the name ``Mail``."""

    name: str | None = "Mail"
