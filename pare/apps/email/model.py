"""The data of the email app: emails, drafts, the folders that hold emails, the pages of a listing."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from math import inf
from re import fullmatch
from typing import Any

from pare.apps.attachments import WithAttachments, attachments_of
from pare.apps.base import format_time
from pare.apps.checks import (
    WrongTypeError,
    check_time,
    item_at,
    nearest_id,
    optional_text,
    optional_texts,
    page_within,
)
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, NotFoundKeyError
from pare.kernel.run_context import new_id, now
from pare.tools.notices import excerpt


class EmailFolderName(Enum):
    """The four folders of a mailbox."""

    INBOX = "INBOX"
    SENT = "SENT"
    DRAFT = "DRAFT"
    TRASH = "TRASH"


class UnknownFolderError(NotFoundError, NotFoundKeyError):
    """There is no folder of that name."""


@dataclass
class Email(WithAttachments):
    """An email; `attachments` map file names to base64 bytes, `timestamp` is in seconds since the epoch.

    Raises:
        InvalidValueError: an address without an ``@``, a subject or content that is no text, no time.
    """

    sender: str = "user@meta.com"
    recipients: list[str] = field(default_factory=list)
    subject: str = ""
    content: str = ""
    email_id: str = field(default_factory=new_id)
    parent_id: str | None = None
    cc: list[str] = field(default_factory=list)
    attachments: dict[str, bytes] | None = field(default_factory=dict)
    timestamp: float = field(default_factory=now)
    is_read: bool = False

    def __post_init__(self) -> None:
        self.recipients = optional_texts("recipients", self.recipients)
        self.cc = optional_texts("cc", self.cc)
        check_address("sender", self.sender)
        for role, addresses in (("recipients", self.recipients), ("cc", self.cc)):
            for address in addresses:
                check_address(role, address)
        self.subject = optional_text("subject", self.subject, most=inf)
        self.content = optional_text("content", self.content, most=inf)
        self.timestamp = check_time("timestamp", self.timestamp)
        self.attachments = attachments_of(self.attachments)
        self.email_id = self.email_id or new_id()

    @property
    def summary(self) -> str:
        """Give the email in a few lines, its content shortened."""
        lines = [
            f"From: {self.sender}",
            f"To: {', '.join(self.recipients)}",
            f"Date: {format_time(self.timestamp)}",
            f"Subject: {self.subject}",
            f"Content: {excerpt(self.content, 100)}",
        ]
        return "\n".join(lines)

    def matches(self, lowered: str) -> bool:
        """Tell whether sender, a recipient, subject or content contain `lowered`, in any case."""
        return (
            lowered in self.subject.lower()
            or lowered in self.sender.lower()
            or lowered in self.content.lower()
            or any(lowered in recipient.lower() for recipient in self.recipients)
        )

    def copy(self) -> Email:
        """Give a copy that shares nothing which can change."""
        return Email(**{item.name: getattr(self, item.name) for item in fields(self)})

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Email:
        """Read what `get_state` gave; what is missing gets its default.

        Raises:
            InvalidArgumentsError: it has a key that an email has not.
        """
        unknown = [name for name in state if name not in cls.__dataclass_fields__]
        if unknown:
            raise InvalidArgumentsError(f"an email has no {', '.join(map(repr, unknown))}")
        return cls(**state)


@dataclass
class ComposeDraft:
    """An email that is being written; `attachments` are paths.

    A reply names the email that it answers and the folder of that one. The defaults stand for
    recipients and subject of a reply where these are empty.
    """

    recipients: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    subject: str = ""
    body: str = ""
    attachments: list[str] = field(default_factory=list)
    reply_to: str | None = None
    reply_to_folder: str | None = None
    default_recipients: list[str] = field(default_factory=list)
    default_subject: str | None = None

    def copy(self) -> ComposeDraft:
        """Give a copy that shares no list with this draft."""
        return replace(
            self,
            recipients=list(self.recipients),
            cc=list(self.cc),
            attachments=list(self.attachments),
            default_recipients=list(self.default_recipients),
        )


@dataclass
class ReturnedEmails:
    """A page of a folder: its emails, where it starts and ends, how many it and the folder have."""

    emails: list[Email]
    emails_range: tuple[int, int]
    total_returned_emails: int
    total_emails: int


class EmailFolder:
    """A folder, its `emails` newest first; emails of one time stay in the order in which they came."""

    def __init__(self, folder_name: EmailFolderName) -> None:
        self.folder_name = folder_name
        self.emails: list[Email] = []
        self._in_order = 0  # how many emails are known to be in order; another number means: sort first

    def add_email(self, email: Email) -> None:
        """Put `email` where its time belongs."""
        if self._in_order != len(self.emails):
            self.emails.sort(key=_age)
        insort(self.emails, email, key=_age)
        self._in_order = len(self.emails)

    def get_emails(self, offset: int = 0, limit: int = 5) -> ReturnedEmails:
        """Give up to `limit` emails from position `offset` on; at the end of the folder an empty page.

        Raises:
            WrongTypeError: one of them is no whole number.
            InvalidValueError: one is below zero, or `offset` is beyond the end.
        """
        total = len(self.emails)
        first, last = page_within(offset, limit, total, f"emails of {self.folder_name.value}")
        page = self.emails[first:last]
        return ReturnedEmails(page, (first, last), len(page), total)

    def get_email(self, idx: int = 0) -> Email:
        """Give the email at position `idx`; 0 is the newest.

        Raises:
            PositionError: there is none.
        """
        return item_at(self.emails, idx, "email", self.folder_name.value)

    def find(self, email_id: str) -> Email | None:
        """Give the email of that id, or None."""
        return next((email for email in self.emails if email.email_id == email_id), None)

    def get_email_by_id(self, email_id: str) -> Email:
        """Give the email of that id.

        Raises:
            NotFoundError: it is not in this folder.
        """
        email = self.find(email_id)
        if email is None:
            hint = nearest_id(email_id, (str(item.email_id) for item in self.emails))
            raise NotFoundError(f"{self.folder_name.value} has no email {email_id!r:.200}.{hint}")
        return email

    def remove(self, email: Email) -> None:
        """Take this very email out."""
        position = next(index for index, item in enumerate(self.emails) if item is email)
        del self.emails[position]
        self._in_order -= 1

    def keep_until(self, timestamp: float) -> None:
        """Drop the emails that are newer than `timestamp`."""
        self.emails = [email for email in self.emails if email.timestamp <= timestamp]
        self._in_order = -1

    def get_state(self) -> dict[str, Any]:
        """Give the folder as plain data."""
        return {
            "folder_name": self.folder_name.value,
            "emails": [email.get_state() for email in self.emails],
        }

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Hold the emails of a state instead of the present ones, in its order."""
        self.emails = [Email.from_state(state) for state in state_dict.get("emails") or []]
        self._in_order = -1


def check_user_email(address: object) -> None:
    """Refuse an address that nobody can have.

    Raises:
        InvalidValueError: it is not of the form name@host.domain.
    """
    if not isinstance(address, str) or not fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise InvalidValueError(
            f"user_email {address!r:.200} is no email address; it must look like name@host.com"
        )


def check_address(role: str, address: object) -> None:
    """Refuse an address without an ``@``.

    Raises:
        InvalidValueError: `role` (sender, recipients, cc) has such an address.
    """
    if not isinstance(address, str) or "@" not in address:
        raise InvalidValueError(f"{role}: {address!r:.200} is no email address; it must contain an @")


def check_types(email: object, folder_name: object) -> None:
    """Refuse what is no email or no folder.

    Raises:
        WrongTypeError: one of them is something else.
    """
    if not isinstance(email, Email) or not isinstance(folder_name, EmailFolderName):
        given = f"{type(email).__name__} and {type(folder_name).__name__}"
        raise WrongTypeError(f"an Email and an EmailFolderName are needed, not {given}")


def _age(email: Email) -> float:
    return -email.timestamp
