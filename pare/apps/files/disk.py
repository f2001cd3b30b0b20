"""The files and folders of an app, and what may be done with them: a call that is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from pare.apps.files.folder import MachineFolder, Store
from pare.apps.files.model import (
    FileMissingError,
    FileTakenError,
    FolderError,
    Kind,
    NoFolderError,
    NotPermittedError,
    check_length,
    check_size,
    folder_of,
    is_within,
    joined,
)
from pare.errors import InvalidValueError, nearest

READ, WRITE = 0o444, 0o222
"""The permissions to read and to write; whose they are makes no difference."""

_WORDS: dict[Kind, str] = {"file": "file", "directory": "folder"}


class Disk:
    """The files and folders in `folder`; every path is one that `locate` gave.

    A file that is `awaited` has its content in the `store`, under the same path, until it is written.
    """

    def __init__(self, folder: MachineFolder, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.permissions: dict[str, int] = {}
        self.awaited: set[str] = set()

    # -- looking ----------------------------------------------------------------------------------

    def kind(self, path: str) -> Kind | None:
        """Tell whether there is a file or a folder at a path; None for neither.

        Raises:
            OutsideError: the path is a link, or leads through one.
        """
        found = self.folder.look(path)
        return None if found is None else found[0]

    def require(self, path: str, kind: Kind | None = None) -> tuple[Kind, int]:
        """Give kind and size of what is at a path; `kind` is what has to be there.

        Raises:
            FileMissingError: nothing is there.
            FolderError: a folder is there, not a file.
            NoFolderError: a file is there, not a folder.
        """
        found = self.folder.look(path)
        if found is None:
            raise FileMissingError(f"there is no file or folder {path!r}.{_similar(self, path)}")
        if kind == "file" and found[0] != kind:
            raise FolderError(f"{path!r} is a folder, not a file; ls lists what is in it")
        if kind == "directory" and found[0] != kind:
            raise NoFolderError(f"{path!r} is a file, not a folder")
        return (found[0], self.store.size(path)) if path in self.awaited else found

    def names(self, path: str) -> list[str]:
        """List the names in a folder, sorted."""
        self.require(path, "directory")
        return self.folder.names(path)

    def walk(self, path: str = "/") -> Iterator[str]:
        """Give what is at a path and everything below, folders before what they hold, sorted by name."""
        yield path
        if self.kind(path) == "directory":
            for name in self.folder.names(path):
                yield from self.walk(joined(path, name))

    def permit(self, path: str, wanted: int) -> None:
        """Let pass what the permissions of a path allow.

        Raises:
            NotPermittedError: they do not.
        """
        permission = self.permissions.get(path)
        if permission is not None and not permission & wanted:
            what = "read" if wanted == READ else "changed"
            raise NotPermittedError(f"{path!r} cannot be {what}: its permissions are {permission:o}")

    # -- files ------------------------------------------------------------------------------------

    def read(self, path: str) -> bytes:
        """Give the content of a file that may be read.

        Raises:
            TooLargeError: it is larger than what is read; nothing of it has been.
            NotPermittedError: its permissions do not allow it.
        """
        self.permit(path, READ)
        return self.content(path)

    def content(self, path: str) -> bytes:
        """Give the content of a file, whatever its permissions.

        Raises:
            TooLargeError: it is larger than what is read; nothing of it has been.
        """
        check_size(path, self.require(path, "file")[1])
        return self.store.read(path) if path in self.awaited else self.folder.read(path)

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place of what the path held before, and make the folders above it."""
        check_size(path, len(content))
        self.prepare(path)
        self.folder.put(path, 0, content, cut=True)
        self.awaited.discard(path)

    def prepare(self, path: str) -> None:
        """Make the folders above a file that is to be written, where it can be.

        Raises:
            FolderError: there is a folder of that name.
            NotPermittedError: the file, or the folder, cannot be changed.
        """
        if self.kind(path) is not None:
            self.require(path, "file")
            self.permit(path, WRITE)
        else:
            self._check_free_for(path)
            self.folder.make(folder_of(path))

    def write_at(self, path: str, start: int, content: bytes) -> None:
        """Overwrite a part of a file that is there.

        Raises:
            FileMissingError: it is not there any more.
        """
        self.require(path, "file")
        check_size(path, start + len(content))
        self._bring(path)
        self.folder.put(path, start, content)

    def cut(self, path: str, size: int) -> None:
        """Give a file that is there another length."""
        self.require(path, "file")
        self._bring(path)
        self.folder.cut(path, size)

    # -- folders, and what moves ------------------------------------------------------------------

    def make_folders(self, path: str, exist_ok: bool = False) -> None:
        """Make a folder, and those above it.

        Raises:
            FileTakenError: it is there and need not be, or a file is.
            NoFolderError: a file is where a folder above it would be.
        """
        found = self.kind(path)
        if found == "directory" and exist_ok:
            return
        if found is not None:
            raise FileTakenError(f"there is a {_WORDS[found]} {path!r} already")
        self._check_free_for(path)
        self.folder.make(path)

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        kind, _ = self.require(path)
        _check_no_root(path)
        for place in (folder_of(path), *self.walk(path)):
            self.permit(place, WRITE)
        self.folder.remove(path, kind)
        self.awaited = {key for key in self.awaited if not is_within(key, path)}
        self.permissions = {key: value for key, value in self.permissions.items() if not is_within(key, path)}

    def move(self, path: str, target: str) -> None:
        """Give a file or folder another path, on which there may be a file before.

        Raises:
            FileMissingError: it is not there, or the folder that it shall go to.
            FileTakenError: a folder is there, or a file where a folder shall be.
        """
        _check_no_root(path)
        _check_move(self, path, target)
        self._bring(*self.walk(path))
        self.folder.rename(path, target)
        self.awaited.discard(target)
        self.permissions.pop(target, None)
        self.permissions = {
            f"{target}{key[len(path) :]}" if is_within(key, path) else key: value
            for key, value in self.permissions.items()
        }

    # -- inside -----------------------------------------------------------------------------------

    def _check_free_for(self, path: str) -> None:
        """Let pass a path on which something can be made: all that is above it is folders, or nothing."""
        above = folder_of(path)
        while self.kind(above) is None:
            above = folder_of(above)
        if self.kind(above) == "file":
            raise NoFolderError(f"{above!r} is a file, so there can be no {path!r} in it")
        self.permit(above, WRITE)

    def _bring(self, *paths: str) -> None:
        """Take the contents of those files that are awaited over from the store."""
        contents = {path: self.content(path) for path in paths if path in self.awaited}
        for path, content in contents.items():
            self.folder.put(path, 0, content)
            self.awaited.discard(path)


def _check_no_root(path: str) -> None:
    if path == "/":
        raise InvalidValueError("the root '/' can be neither moved nor removed")


def _check_move(disk: Disk, path: str, target: str) -> None:
    """Let pass a move that can be made."""
    kind, _ = disk.require(path)
    if is_within(target, path):
        raise InvalidValueError(f"{path!r} cannot be moved into itself, to {target!r}")
    if disk.kind(folder_of(target)) != "directory":
        raise FileMissingError(f"there is no folder {folder_of(target)!r} to move to; mkdir makes one")
    there = disk.kind(target)
    if there == "directory" or (there is not None and kind == "directory"):
        raise FileTakenError(f"there is a {_WORDS[there]} {target!r} already")
    for place in (path, folder_of(path), folder_of(target), target):
        disk.permit(place, WRITE)
    for below in disk.walk(path):
        check_length(f"{target}{below[len(path) :]}")


def _similar(disk: Disk, path: str) -> str:
    """Say what else is there that may be meant, as the end of an error message."""
    folder = folder_of(path)
    if disk.kind(folder) != "directory" or not disk.permissions.get(folder, READ) & READ:
        return ""
    return nearest(path, [joined(folder, name) for name in disk.folder.names(folder)])
