"""Files that go with emails and messages: read from, and saved to, the file system of the phone.

No app touches the files of this machine. Where no file system is connected, attachments are refused.
"""

from __future__ import annotations

import base64
import posixpath
import typing
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import IO, Any

from pare.apps.base import App, Protocol
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.frames import muted


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


def from_base64(text: Any, what: str) -> bytes:
    """Decode base64 text, as what comes from outside has it; `what` names it in the error.

    Raises:
        InvalidValueError: it is something else.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise InvalidValueError(f"{what} is not base64 text") from None


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
