"""Files that go with emails, messages and notes: read from, and saved to, the file system of the phone.

No app touches the files of this machine. Where no file system is connected, attachments are refused.
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import typing
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import Field
from pathlib import Path
from typing import IO, Any, ClassVar

from pare.apps.base import App, Protocol
from pare.apps.checks import WrongTypeError, require_text
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.frames import muted
from pare.kernel.serialization import to_plain


class ReadableFiles(typing.Protocol):
    """Where attachments come from."""

    def open(self, path: str, mode: str) -> IO[Any]:
        """Open a file: ``rb`` to read it, and where it can be written ``wb`` to do that."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder."""
        ...


class FileSystem(ReadableFiles, typing.Protocol):
    """What is needed of an app that keeps files."""

    def mkdir(self, path: str) -> object:
        """Make a folder, and the folders above it."""


class LocalFiles:
    """The files of this machine, which scenario authors attach to what they make; no app ever reads them."""

    def open(self, path: str, mode: str) -> IO[Any]:
        """Open a file."""
        return Path(path).open(mode)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder."""
        return Path(path).exists()


class WithAttachments:
    """A dataclass with `attachments`, which map file names to base64 bytes."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    attachments: dict[str, bytes] | None

    def add_attachment(self, path: str, files: ReadableFiles | None = None) -> None:
        """Attach the file at `path` of this machine, or of `files`, under its own name.

        Raises:
            WrongTypeError: the path is no text.
            InvalidValueError: it is empty, or the file cannot be read.
            NotFoundError: there is no such file.
        """
        require_text("path", path)
        self.attachments = attach(LocalFiles() if files is None else files, [path], self.attachments)

    def get_state(self) -> dict[str, Any]:
        """Give all fields as plain data, the attachments as base64 text."""
        state = {name: to_plain(getattr(self, name)) for name in self.__dataclass_fields__}
        attached = {name: as_base64(data) for name, data in (self.attachments or {}).items()}
        return {**state, "attachments": attached}


class AttachmentsApp(App):
    """An app that attaches files of `internal_fs`, the file system of the phone, and saves them there.

    An app that derives from it declares `internal_fs` as its field, at the published position.
    """

    internal_fs: FileSystem | None

    def connect_to_protocols(self, protocols: dict[Protocol, Any]) -> None:
        """Use the file system app, where there is one."""
        self.internal_fs = protocols.get(Protocol.FILE_SYSTEM, self.internal_fs)

    def reset(self) -> None:
        """Empty the app; the file system stays connected."""
        files = self.internal_fs
        super().reset()
        self.internal_fs = files

    def _files(self) -> FileSystem:
        if self.internal_fs is None:
            raise InvalidValueError(
                f"no file system is connected to {self.name}, so files can be neither attached nor saved"
            )
        return self.internal_fs


def read_file(files: ReadableFiles, path: str) -> bytes:
    """Give the content of the file at `path`.

    Raises:
        NotFoundError: there is none.
        InvalidValueError: it cannot be read.
    """
    with _as_tool_error("attached", path):
        if not files.exists(path):
            raise NotFoundError(f"there is no file {path!r:.200} to attach")
        with files.open(path, "rb") as file:
            content: bytes = file.read()
    return content


def write_file(files: FileSystem, folder: str, name: str, content: bytes) -> str:
    """Put a file into `folder`, which is made if need be, and give its path; no `name` leads out of it.

    Raises:
        InvalidValueError: it cannot be written.
    """
    path = posixpath.join(folder, file_name(name))
    with _as_tool_error("saved", path):
        if folder and not files.exists(folder):
            files.mkdir(folder)
        with files.open(path, "wb") as file:
            file.write(content)
    return path


def file_name(path: str, taken: Container[str] = ()) -> str:
    """Give the last part of `path` as a plain file name that is not `taken`; it leads out of no folder."""
    last = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    name = "".join(character for character in last if character.isprintable()).strip()
    if name in {"", ".", ".."}:
        name = "attachment"
    return name if name not in taken else next(other for other in _numbered(name) if other not in taken)


# -- attachments: base64 bytes by file name ---------------------------------------------------------


def attach(
    files: ReadableFiles, paths: Sequence[str], present: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Give `present` and the files at `paths`, as base64 bytes under their names; a path counts once.

    Raises:
        NotFoundError: there is no such file.
        InvalidValueError: a file cannot be read.
    """
    attachments = dict(present or {})
    for path in dict.fromkeys(paths):
        content = read_file(files, path)
        attachments[file_name(path, attachments)] = base64.b64encode(content)
    return attachments


def save(files: FileSystem, attachments: Mapping[str, bytes], folder: str) -> list[str]:
    """Write each attachment into `folder` and give the paths.

    Raises:
        InvalidValueError: a file cannot be written.
    """
    named: dict[str, bytes] = {}
    for name, data in attachments.items():
        named[file_name(name, named)] = content_of(data)
    return [write_file(files, folder, name, content) for name, content in named.items()]


def attachments_of(value: object) -> dict[str, bytes]:
    """Give a copy of attachments by name; None is none, text is base64 text.

    Raises:
        WrongTypeError: it is something else.
    """
    if not isinstance(value, Mapping | None):
        raise WrongTypeError(f"attachments must map names to base64 bytes, not {value!r:.200}")
    return {str(name): _as_bytes(data) for name, data in (value or {}).items()}


def content_of(data: bytes) -> bytes:
    """Decode an attachment; bytes that are no base64 are the content itself."""
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return data


def as_base64(data: bytes) -> str:
    """Give an attachment as base64 text."""
    try:
        base64.b64decode(data, validate=True)
    except binascii.Error:
        return base64.b64encode(data).decode()
    return data.decode()


def from_base64(text: Any, what: str) -> bytes:
    """Decode base64 text, as what comes from outside has it; `what` names it in the error.

    Raises:
        InvalidValueError: it is something else.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise InvalidValueError(f"{what} is not base64 text") from None


def _as_bytes(data: object) -> bytes:
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, (bytes, bytearray)):
        return bytes(data)
    raise WrongTypeError(f"an attachment must be base64 bytes, not {data!r:.200}")


def _numbered(name: str) -> Iterator[str]:
    """Give ``a (2).txt``, ``a (3).txt`` … for ``a.txt``."""
    stem, ending = posixpath.splitext(name)
    number = 2
    while True:
        yield f"{stem} ({number}){ending}"
        number += 1


@contextmanager
def _as_tool_error(what: str, path: str) -> Iterator[None]:
    """Make what a file system raises a ToolError that tells no path of the machine; record no call of it."""
    try:
        with muted():
            yield
    except ToolError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InvalidValueError(f"{path!r:.200} cannot be {what}: {reason}") from error
