"""Paths of the phone, what can be wrong with them and with the files that they name, and how much is kept.

A path is absolute within the app, ``/documents/report.txt``; nothing about the machine is ever part of it.
"""

from __future__ import annotations

import os
import re
from typing import Any, Literal
from urllib.parse import unquote

from pare.apps.checks import WrongTypeError
from pare.errors import InvalidValueError, NotFoundError, ToolError

MAX_FILE_BYTES = 10_000_000
"""The largest file that is read, written or kept, in bytes."""

MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 1_024
MAX_DEPTH = 50
"""How many folders can lie within each other; JSON of a state is twice as deep."""

HOME = "/home/userhome"
"""What ``~`` stands for."""

DEMO_FS_PATH = "hf://datasets/meta-agents-research-environments/gaia2_filesystem/demo_filesystem"
"""Where published states of a file system have their contents; it is never fetched."""

DEMO_FS_DIR = "demo_filesystem"
"""The name under which `load_file_system_state` knows the folder that contents come from."""

Kind = Literal["file", "directory"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")


class PathError(InvalidValueError):
    """A text is no path: it is empty, too long, too deep, or has characters that no name has."""


class OutsideError(InvalidValueError, PermissionError):
    """A path leads out of the files of the phone."""


class NotPermittedError(InvalidValueError, PermissionError):
    """The permissions of a file or folder do not allow it."""


class FileMissingError(NotFoundError, FileNotFoundError):
    """There is no file or folder at a path."""


class FileTakenError(InvalidValueError, FileExistsError):
    """There is a file or folder already."""


class FolderError(InvalidValueError, IsADirectoryError):
    """There is a folder where a file is needed."""


class NoFolderError(InvalidValueError, NotADirectoryError):
    """There is a file where a folder is needed."""


class FolderNotEmptyError(InvalidValueError, OSError):
    """A folder has something in it."""


class TooLargeError(InvalidValueError, OSError):
    """A file is larger than what is read, written or kept."""


class BinaryFileError(InvalidValueError):
    """A file that is no text was to be read as text."""


class DiskError(InvalidValueError, OSError):
    """The machine refused to read or write."""


class DocumentError(InvalidValueError, FileNotFoundError):
    """The text of a document cannot be had; for every such case ``FileNotFoundError`` is published."""


class MissingExtraError(DocumentError):
    """A document needs a library that is not installed."""


class InvalidStateError(InvalidValueError):
    """A saved state is none."""


def locate(path: Any) -> str:
    """Give a path as the phone has it, from ``/`` on: without ``.``, ``..``, ``~`` and doubled slashes.

    Paths that do not begin with a slash begin at the root as well.

    Raises:
        WrongTypeError: it is no text.
        PathError: it cannot be a path.
        OutsideError: it leads out.
    """
    text = _as_text(path)
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            if not parts:
                raise OutsideError(f"{text!r:.200} leads out of the files of the phone, whose root is '/'")
            parts.pop()
        elif part not in {"", "."}:
            check_name(part)
            parts.append(part)
    return check_length("/" + "/".join(parts))


def _as_text(path: Any) -> str:
    path = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(path, str):
        raise WrongTypeError(f"a path must be text, not {type(path).__name__}")
    if not path.strip():
        raise PathError("a path must not be empty; the root is '/'")
    if len(path) > 8 * MAX_PATH_BYTES:  # before what may be left out of it is
        raise PathError(f"the path has {len(path)} characters; at most {MAX_PATH_BYTES} bytes are possible")
    return f"{HOME}{path[1:]}" if path == "~" or path.startswith("~/") else path


def check_name(name: str) -> None:
    """Let pass what can be the name of a file or folder.

    Raises:
        PathError: it cannot.
        OutsideError: it is a percent-encoded way out.
    """
    if name.isascii() and len(name) <= MAX_NAME_BYTES and not _CONTROL.search(name) and "%" not in name:
        return  # nearly always
    if "\\" in name:
        raise PathError(f"{name!r:.200} has a backslash; write paths with slashes, as in '/documents/a.txt'")
    if _CONTROL.search(name):
        raise PathError(f"{name!r:.200} has characters that no name has, such as a line break or NUL")
    if (size := _size(name)) > MAX_NAME_BYTES:
        raise PathError(f"the name {name!r:.60}… has {size} bytes; at most {MAX_NAME_BYTES} are possible")
    if _hides_a_way_out(name):
        raise OutsideError(f"{name!r:.200} leads elsewhere; paths are not percent-encoded")


def check_length(path: str) -> str:
    """Give a path that is neither too long nor too deep.

    Raises:
        PathError: it is.
    """
    if (size := _size(path)) > MAX_PATH_BYTES:
        raise PathError(f"the path {path!r:.60}… has {size} bytes; at most {MAX_PATH_BYTES} are possible")
    if (depth := path.count("/")) > MAX_DEPTH:
        raise PathError(f"the path {path!r:.60}… is {depth} names deep; at most {MAX_DEPTH} are possible")
    return path


def is_name(name: str) -> bool:
    """Tell whether a path can have a part of this name."""
    try:
        check_name(name)
    except ToolError:
        return False
    return name not in {"", ".", ".."} and "/" not in name


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise PathError(f"{text!r:.200} has characters that no name has") from None


def _hides_a_way_out(name: str) -> bool:
    decoded = unquote(name)
    while decoded != name:
        name, decoded = decoded, unquote(decoded)
        if name in {".", ".."} or "/" in name or _CONTROL.search(name):
            return True
    return False


def joined(folder: str, name: str) -> str:
    """Give the path of what is called `name` in `folder`."""
    return f"/{name}" if folder == "/" else f"{folder}/{name}"


def folder_of(path: str) -> str:
    """Give the folder that a path lies in; the root lies in itself."""
    return path.rpartition("/")[0] or "/"


def is_within(path: str, folder: str) -> bool:
    """Tell whether a path is `folder` or lies somewhere in it."""
    return folder in {"/", path} or path.startswith(f"{folder}/")


def check_size(path: str, size: int) -> None:
    """Let pass a size in bytes that is not too large.

    Raises:
        TooLargeError: it is.
    """
    if size > MAX_FILE_BYTES:
        raise TooLargeError(f"{path!r} has {size} bytes; at most {MAX_FILE_BYTES} are read, written or kept")
