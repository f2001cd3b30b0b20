"""The data of the email app: emails, the folders that hold them, the pages that a listing gives."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from re import fullmatch
from typing import Any

from pare.apps.base import format_time
from pare.apps.email.attachments import FileSystem, LocalFiles, as_base64, attach, attachments_of
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, NotFoundKeyError, nearest
from pare.kernel.run_context import new_id, now
from pare.kernel.serialization import to_plain
from pare.tools.notices import excerpt

MAX_TEXT = 100_000
"""The most characters that a tool accepts as subject or content."""

SUGGESTED_FROM = 100
"""How many of a folder's newest ids are compared with an unknown one."""


class EmailFolderName(Enum):
    """The four folders of a mailbox."""

    INBOX = "INBOX"
    SENT = "SENT"
    DRAFT = "DRAFT"
    TRASH = "TRASH"


class UnknownFolderError(NotFoundError, NotFoundKeyError):
    """There is no folder of that name."""


class EmailIndexError(InvalidValueError, IndexError):
    """A folder has no email at that position."""


class WrongTypeError(InvalidArgumentsError, AssertionError):
    """An argument is of a type that cannot be used."""


@dataclass
class Email:
    """An email; `attachments` map file names to base64 bytes, `timestamp` is in seconds since the epoch.

    Raises:
        InvalidValueError: an address without an ``@``, a subject or content that is no text, no finite time.
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
        self.recipients = text_list("recipients", self.recipients)
        self.cc = text_list("cc", self.cc)
        check_address("sender", self.sender)
        for role, addresses in (("recipients", self.recipients), ("cc", self.cc)):
            for address in addresses:
                check_address(role, address)
        self.subject = text("subject", self.subject)
        self.content = text("content", self.content)
        self.timestamp = finite("timestamp", self.timestamp)
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

    def add_attachment(self, path: str, files: FileSystem | None = None) -> None:
        """Attach the file at `path` of this machine, or of `files`, under its own name.

        Raises:
            NotFoundError: there is no such file.
            InvalidValueError: it cannot be read.
        """
        self.attachments = attach(LocalFiles() if files is None else files, [path], self.attachments)

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

    def get_state(self) -> dict[str, Any]:
        """Give the email as plain data, its attachments as base64 text."""
        state = {item.name: to_plain(getattr(self, item.name)) for item in fields(self)}
        return state | {
            "attachments": {name: as_base64(data) for name, data in (self.attachments or {}).items()}
        }

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
        if whole("offset", offset) > total:
            raise InvalidValueError(
                f"offset {offset} is beyond the {total} emails of {self.folder_name.value}"
            )
        page = self.emails[offset : offset + whole("limit", limit)]
        return ReturnedEmails(page, (offset, offset + len(page)), len(page), total)

    def get_email(self, idx: int = 0) -> Email:
        """Give the email at position `idx`; 0 is the newest.

        Raises:
            EmailIndexError: there is none.
        """
        total = len(self.emails)
        if not 0 <= whole("idx", idx, least=None) < total:
            valid = f"positions go from 0 to {total - 1}" if total else "the folder is empty"
            raise EmailIndexError(f"{self.folder_name.value} has no email at position {idx}: {valid}")
        return self.emails[idx]

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
            ids = [str(item.email_id) for item in self.emails[:SUGGESTED_FROM]]
            hint = nearest(str(email_id)[:200], ids)
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


def check_size(**texts: str) -> None:
    """Refuse texts that are too long to store.

    Raises:
        InvalidValueError: one is longer than `MAX_TEXT`.
    """
    for name, value in texts.items():
        if len(text(name, value)) > MAX_TEXT:
            raise InvalidValueError(
                f"the {name} has {len(value)} characters; at most {MAX_TEXT} are allowed. Shorten it"
            )


def text(name: str, value: object) -> str:
    """Give a text; None is an empty one.

    Raises:
        InvalidValueError: it is something else.
    """
    if value is None or isinstance(value, str):
        return value or ""
    raise InvalidValueError(f"{name} must be text, not {type(value).__name__}")


def text_list(name: str, values: object) -> list[str]:
    """Give a copy of a list of texts; None is an empty one.

    Raises:
        InvalidValueError: it is something else, such as one text.
    """
    if values is None:
        return []
    if isinstance(values, (list, tuple)) and all(isinstance(value, str) for value in values):
        return list(values)
    raise InvalidValueError(f"{name} must be a list of texts, not {values!r:.200}")


def finite(name: str, value: object) -> float:
    """Give a number of seconds.

    Raises:
        InvalidValueError: it is no finite number.
    """
    if isinstance(value, (int, float)) and abs(value) < 1e18:
        return value
    raise InvalidValueError(f"{name} must be a finite number of seconds since the epoch, not {value!r:.200}")


def whole(name: str, value: object, least: int | None = 0) -> int:
    """Give a whole number that is not below `least`.

    Raises:
        WrongTypeError: it is no whole number.
        InvalidValueError: it is too low.
    """
    if not isinstance(value, int):
        raise WrongTypeError(f"{name} must be a whole number, not {value!r:.200}")
    if least is not None and value < least:
        raise InvalidValueError(f"{name} must be at least {least}, not {value}")
    return value


def _age(email: Email) -> float:
    return -email.timestamp
