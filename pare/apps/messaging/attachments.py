"""Files that go with messages: read from, and written to, the file system on the phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, Protocol

from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.frames import muted


class FileSystem(Protocol):
    """What is needed of an app that keeps files."""

    def exists(self, path: str) -> Any:
        """Tell whether there is something at `path`."""

    def mkdir(self, path: str) -> Any:
        """Make a folder, and the folders above it."""

    def open(self, path: str, mode: str) -> Any:
        """Open a file for reading (``rb``) or writing (``wb``)."""


def read_file(files: FileSystem | None, path: str) -> tuple[str, bytes]:
    """Give the name and the content of the file at `path`.

    Raises:
        NotFoundError: there is none.
        InvalidValueError: it cannot be read, or no file system is on the phone.
    """
    connected = _connected(files)
    with _named_errors(f"the attachment {path!r} cannot be read"), muted():
        if not connected.exists(path):
            raise NotFoundError(f"there is no file {path!r} to attach")
        with connected.open(path, "rb") as file:
            return PurePosixPath(path).name, file.read()


def write_file(files: FileSystem | None, folder: str, name: str, content: bytes) -> str:
    """Put a file into `folder`, which is made if need be, and give its path.

    Only the last part of `name` counts, so that a file never lands elsewhere.

    Raises:
        InvalidValueError: it cannot be written, or no file system is on the phone.
    """
    connected = _connected(files)
    path = str(PurePosixPath(folder) / PurePosixPath(name).name)
    with _named_errors(f"the attachment cannot be saved as {path!r}"), muted():
        if folder and not connected.exists(folder):
            connected.mkdir(folder)
        with connected.open(path, "wb") as file:
            file.write(content)
    return path


def _connected(files: FileSystem | None) -> FileSystem:
    if files is None:
        raise InvalidValueError("there is no file system on this phone, so no files can be sent or saved")
    return files


@contextmanager
def _named_errors(what: str) -> Iterator[None]:
    """Turn what a file system raises into an InvalidValueError that tells no path of the machine."""
    try:
        yield
    except NotFoundError:
        raise
    except (OSError, ValueError) as error:
        why = str(error) if isinstance(error, ToolError) else getattr(error, "strerror", None)
        raise InvalidValueError(f"{what}: {why or type(error).__name__}") from error
