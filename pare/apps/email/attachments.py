"""Attachments of emails: files as base64 bytes by name."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from pare.apps.attachments import FileSystem, ReadableFiles, file_name, read_file, write_file
from pare.apps.checks import WrongTypeError


class LocalFiles:
    """The files of this machine, which scenario authors attach to an email; no app ever reads them."""

    def open(self, path: str, mode: str) -> IO[Any]:
        """Open a file."""
        return Path(path).open(mode)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder."""
        return Path(path).exists()


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


def _as_bytes(data: object) -> bytes:
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, (bytes, bytearray)):
        return bytes(data)
    raise WrongTypeError(f"an attachment must be base64 bytes, not {data!r:.200}")
