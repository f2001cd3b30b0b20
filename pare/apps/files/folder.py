"""A folder of this machine that belongs to one app, made at first use and removed with it.

No name of it leaves this module, but for `MachineFolder.root`. Links, hard or symbolic, are never followed,
and what is neither a file nor a folder is not seen: the app makes nothing of the kind.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pare.apps.files.model import DiskError, FileMissingError, Kind, OutsideError, is_name
from pare.errors import ToolError

# Not every machine has every one of these.
_CAREFULLY = sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"))
_READING = os.O_RDONLY | _CAREFULLY
_WRITING = os.O_WRONLY | os.O_CREAT | _CAREFULLY


class MachineFolder:
    """Real files and folders, in a folder made in `parent`, or where temporary files go.

    Every path is one that `locate` gave; whether it is right for what is asked is the caller's to know.
    """

    def __init__(self, parent: str | None = None) -> None:
        self._parent = parent
        self._root: str | None = None
        self._removal: weakref.finalize[[str, int], MachineFolder] | None = None

    @property
    def root(self) -> str:
        """Where the files are on this machine; it differs in every run, so it belongs into no result."""
        if self._root is None:
            with told_without_place("/"):
                if self._parent is not None:
                    Path(self._parent).mkdir(parents=True, exist_ok=True)
                self._root = os.path.realpath(tempfile.mkdtemp(prefix="pare_files_", dir=self._parent))
            self._removal = weakref.finalize(self, remove_folder, self._root, os.getpid())
        return self._root

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been done yet, and no folder made."""
        return self._root is None

    def drop(self) -> None:
        """Remove the folder and all files."""
        if self._removal is not None:
            self._removal()

    def look(self, path: str) -> tuple[Kind, int] | None:
        """Give kind and size of what is at a path, None for nothing.

        Raises:
            OutsideError: the path is a link, or leads through one.
        """
        place = self.root
        with told_without_place("/"):
            found = os.lstat(place)
        try:
            for part in path[1:].split("/") if path != "/" else ():
                place = f"{place}/{part}"
                found = os.lstat(place)
                if not stat.S_ISDIR(found.st_mode) and _is_link(found):
                    raise OutsideError(f"{path!r} is a link, or leads through one; links are not followed")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _told(path, error) from None
        return _kind_and_size(found)

    def names(self, path: str) -> list[str]:
        """List the names in a folder, sorted."""
        with told_without_place(path), os.scandir(self._real(path)) as entries:
            return sorted(entry.name for entry in entries if _is_seen(entry))

    def read(self, path: str) -> bytes:
        """Give the content of a file."""
        with (
            told_without_place(path),
            os.fdopen(os.open(self._real(path), _READING), "rb", buffering=0) as file,
        ):
            return file.readall()

    def put(self, path: str, start: int, content: bytes, cut: bool = False) -> None:
        """Write into a file from `start` on, and make it if need be; `cut` drops what was in it."""
        flags = _WRITING | os.O_TRUNC if cut else _WRITING
        with (
            told_without_place(path),
            os.fdopen(os.open(self._real(path), flags, 0o600), "wb", buffering=0) as file,
        ):
            file.seek(start)
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) or 0 :]

    def cut(self, path: str, size: int) -> None:
        """Give a file another length."""
        with told_without_place(path):
            os.truncate(self._real(path), size)

    def make(self, path: str) -> None:
        """Make a folder, and those above it."""
        with told_without_place(path):
            Path(self._real(path)).mkdir(parents=True, exist_ok=True)

    def remove(self, path: str, kind: Kind) -> None:
        """Remove a file, or a folder with all that is in it."""
        with told_without_place(path):
            if kind == "directory":
                shutil.rmtree(self._real(path))
            else:
                Path(self._real(path)).unlink()

    def rename(self, path: str, target: str) -> None:
        """Give a file or folder another path, in place of a file that is there."""
        with told_without_place(path):
            os.replace(self._real(path), self._real(target))  # noqa: PTH105 - both are texts

    def _real(self, path: str) -> str:
        return f"{self.root}{path}"


class Store:
    """The folder `where` of this machine: it has the contents of files that a saved state only names.

    A file that it has not is empty.
    """

    def __init__(self, where: str = "") -> None:
        self._where = where.removeprefix("file://")

    def size(self, path: str) -> int:
        """Give the size of a file; 0 where it cannot be known."""
        with told_without_place(path):
            place = self._place(path)
            return place.stat().st_size if place else 0

    def read(self, path: str) -> bytes:
        """Give the content of a file.

        Raises:
            FileMissingError: the store is not on this machine.
        """
        if "://" in self._where:
            raise FileMissingError(
                f"the content of {path!r} is not here: the saved state only names it, and what it holds "
                "is read from the app's `state_directory`, which has to be a folder of this machine"
            )
        with told_without_place(path):
            place = self._place(path)
            return place.read_bytes() if place else b""

    def _place(self, path: str) -> Path | None:
        place = Path(self._where) / path[1:]
        return place if self._where and place.is_file() else None


def _kind_and_size(found: os.stat_result) -> tuple[Kind, int] | None:
    if stat.S_ISDIR(found.st_mode):
        return "directory", 0
    return ("file", found.st_size) if stat.S_ISREG(found.st_mode) else None


def _is_link(found: os.stat_result) -> bool:
    return stat.S_ISLNK(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink > 1)


def _is_seen(entry: os.DirEntry[str]) -> bool:
    found = entry.stat(follow_symlinks=False)
    is_plain = stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and not _is_link(found))
    return is_plain and is_name(entry.name)


def remove_folder(root: str, process: int) -> None:
    """Remove a folder of this machine; not from a process that was forked off."""
    if os.getpid() == process:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def told_without_place(path: str) -> Iterator[None]:
    """Raise what the machine says about a file as a ToolError that tells no path of the machine."""
    try:
        yield
    except ToolError:
        raise
    except OSError as error:
        raise _told(path, error) from None


def _told(path: str, error: OSError) -> ToolError:
    if isinstance(error, ToolError):
        return error
    return DiskError(f"{path!r} cannot be used: {error.strerror or type(error).__name__}")
