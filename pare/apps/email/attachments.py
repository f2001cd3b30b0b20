"""Attachments: files that become base64 bytes, and base64 bytes that become files."""

from __future__ import annotations

import base64
import binascii
import posixpath
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.frames import muted


class FileSystem(Protocol):
    """Where attachments come from and are saved to: a file system app, or the machine's own files."""

    def open(self, path: str, mode: str = "rb") -> IO[Any]:
        """Open a file."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder."""
        ...


class LocalFiles:
    """The files of this machine, for an email app without a file system app; nothing else opens them."""

    def open(self, path: str, mode: str = "rb") -> IO[Any]:
        """Open a file; for writing, make the folder that it is in."""
        if "w" in mode:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        return Path(path).open(mode)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder."""
        return Path(path).exists()


def attach(
    files: FileSystem, paths: Sequence[str], present: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Give `present` and the files at `paths`, as base64 bytes under their names; a path counts once.

    Raises:
        NotFoundError: there is no such file.
        InvalidValueError: a file cannot be read.
    """
    attachments = dict(present or {})
    for path in dict.fromkeys(paths):
        data = _read(files, path)
        attachments[file_name(path, attachments)] = base64.b64encode(data)
    return attachments


def save(files: FileSystem, attachments: Mapping[str, bytes], folder: str) -> list[str]:
    """Write each attachment into `folder` and give the paths; no name leads out of it.

    Raises:
        InvalidValueError: a file cannot be written.
    """
    named: dict[str, bytes] = {}
    for name, data in attachments.items():
        named[file_name(name, named)] = content_of(data)
    paths = [posixpath.join(folder, name) for name in named]
    for path, content in zip(paths, named.values(), strict=True):
        with _as_tool_error("saved", path), files.open(path, "wb") as file:
            file.write(content)
    return paths


def attachments_of(value: object) -> dict[str, bytes]:
    """Give a copy of attachments by name; None is none, text is base64 text.

    Raises:
        InvalidValueError: it is something else.
    """
    if not isinstance(value, Mapping | None):
        raise InvalidValueError(f"attachments must map names to base64 bytes, not {value!r:.200}")
    return {str(name): _as_bytes(data) for name, data in (value or {}).items()}


def file_name(path: str, taken: Container[str] = ()) -> str:
    """Give the last part of `path` as a plain file name that is not `taken`."""
    last = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    name = "".join(character for character in last if character.isprintable()).strip()
    if name in {"", ".", ".."}:
        name = "attachment"
    return name if name not in taken else next(other for other in _numbered(name) if other not in taken)


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


def _as_bytes(data: object) -> bytes:
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, (bytes, bytearray)):
        return bytes(data)
    raise InvalidValueError(f"an attachment must be base64 bytes, not {data!r:.200}")


def _numbered(name: str) -> Iterator[str]:
    """Give ``a (2).txt``, ``a (3).txt`` … for ``a.txt``."""
    stem, ending = posixpath.splitext(name)
    number = 2
    while True:
        yield f"{stem} ({number}){ending}"
        number += 1


def _read(files: FileSystem, path: str) -> bytes:
    with _as_tool_error("attached", path):
        if not files.exists(path):
            raise NotFoundError(f"there is no file {path!r:.200} to attach")
        with files.open(path, "rb") as file:
            data: bytes = file.read()
    return data


@contextmanager
def _as_tool_error(what: str, path: str) -> Iterator[None]:
    """Make what a file system raises a ToolError, and leave its calls out of the record."""
    try:
        with muted():
            yield
    except ToolError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InvalidValueError(f"{path!r:.200} cannot be {what}: {reason}") from error
