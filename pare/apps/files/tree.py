"""The files of an app as its saved state has them: folders within folders, contents as base64 text.

A node is ``{"name", "type": "directory", "children"}`` or ``{"name", "type": "file", "content"}``; the name
of the root is empty. A file without ``content`` has it in the folder `state_directory` of the app, as
published. Of a file that is larger than what any tool reads only the ``size`` is kept. ``permissions`` are
there where they were set.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pare.apps.attachments import from_base64
from pare.apps.files.disk import Disk
from pare.apps.files.model import MAX_FILE_BYTES, InvalidStateError, Kind, check_length, is_name, joined
from pare.errors import ToolError

MAX_SIZE = 2**40
"""The largest size that is kept of a file that is too large to be read."""


@dataclass(frozen=True)
class Entry:
    """A file or folder of a saved state; a file without `content` and `size` is awaited."""

    path: str
    kind: Kind
    content: bytes | None = None
    size: int | None = None
    permissions: int | None = None


def saved(disk: Disk, path: str = "/") -> dict[str, Any]:
    """Give what is at a path, and everything below, as plain data."""
    node: dict[str, Any] = {"name": path.rpartition("/")[2], "type": "directory"}
    if disk.folder.is_untouched:
        return node | {"children": []}
    if disk.kind(path) == "directory":
        node["children"] = [saved(disk, joined(path, name)) for name in disk.names(path)]
    else:
        node["type"] = "file"
        node |= _saved_content(disk, path)
    return node | ({"permissions": disk.permissions[path]} if path in disk.permissions else {})


def _saved_content(disk: Disk, path: str) -> dict[str, Any]:
    if path in disk.awaited:
        return {}
    if (size := disk.require(path)[1]) > MAX_FILE_BYTES:
        return {"size": size}
    return {"content": base64.b64encode(disk.content(path)).decode()}


def entries_of(node: Any, path: str = "/") -> Iterator[Entry]:
    """Read a node and all below it, folders before what they hold.

    Raises:
        InvalidStateError: it is no such node, or its names lead elsewhere.
    """
    kinds = ("directory",) if path == "/" else ("directory", "file")
    if not isinstance(node, Mapping) or node.get("type") not in kinds:
        raise InvalidStateError(f"the saved {path!r:.200} is neither a file nor a directory")
    kind: Kind = node["type"]
    permissions = _number(path, node.get("permissions"), 0o777)
    if kind == "directory":
        yield Entry(path, kind, permissions=permissions)
        for name, child in _children(path, node):
            yield from entries_of(child, _checked(joined(path, name)))
    else:
        size = _number(path, node.get("size"), MAX_SIZE)
        yield Entry(path, kind, _content(path, node), size, permissions)


def _children(path: str, node: Mapping[str, Any]) -> list[tuple[str, Any]]:
    children = node.get("children")
    children = [] if children is None else children
    if not isinstance(children, list) or not all(isinstance(child, Mapping) for child in children):
        raise InvalidStateError(f"the children of the saved {path!r:.200} are no list of nodes")
    named: dict[str, Any] = {}
    for child in children:
        name = child.get("name")
        if not isinstance(name, str) or not is_name(name) or name in named:
            raise InvalidStateError(f"{name!r:.200} in the saved {path!r:.200} is no name, or is there twice")
        named[name] = child
    return list(named.items())


def _checked(path: str) -> str:
    try:
        return check_length(path)
    except ToolError as error:
        raise InvalidStateError(str(error)) from None


def _content(path: str, node: Mapping[str, Any]) -> bytes | None:
    text = node.get("content")
    content = None if text is None else from_base64(text, f"the content of the saved {path!r}")
    if content is not None and len(content) > MAX_FILE_BYTES:
        raise InvalidStateError(f"the saved {path!r} has more than {MAX_FILE_BYTES} bytes")
    return content


def _number(path: str, value: Any, most: int) -> int | None:
    if value is None or (type(value) is int and 0 <= value <= most):
        return value
    raise InvalidStateError(f"{value!r:.50} in the saved {path!r} is no number from 0 to {most}")


def restore(disk: Disk, entries: list[Entry]) -> None:
    """Put what was saved into an empty `disk`."""
    for entry in entries:
        if entry.kind == "directory" and entry.path != "/":
            disk.make_folders(entry.path)
        elif entry.kind == "file":
            disk.write(entry.path, entry.content or b"")
            _leave_open(disk, entry)
    disk.permissions = {entry.path: entry.permissions for entry in entries if entry.permissions is not None}


def _leave_open(disk: Disk, entry: Entry) -> None:
    if entry.content is None and entry.size is None:
        disk.awaited.add(entry.path)
    elif entry.size is not None:
        disk.cut(entry.path, entry.size)


def drawing(disk: Disk, path: str) -> str:
    """Draw a folder and what is in it, a name a line; folders end with a slash."""
    return "\n".join([path, *_lines(disk, path, "")])


def _lines(disk: Disk, folder: str, indent: str) -> Iterator[str]:
    names = disk.names(folder)
    for name in names:
        is_last = name == names[-1]
        is_folder = disk.kind(joined(folder, name)) == "directory"
        yield f"{indent}{'└── ' if is_last else '├── '}{name}{'/' if is_folder else ''}"
        if is_folder:
            yield from _lines(disk, joined(folder, name), indent + ("    " if is_last else "│   "))
