"""Locks between processes, and directories that only the user may read."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

if sys.platform != "win32":
    import fcntl

NO_LOCKS = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK})
"""What a file system without locks says."""


class FileLock:
    """A lock on a file, which ends with the process that holds it; taken again by its holder, it counts.

    Threads of one process keep each other out by other means.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock and hold it."""
        descriptor = None if self._depth else _locked(self._path)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if descriptor is not None:
                os.close(descriptor)


def _locked(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            os.close(descriptor)
            raise
    return descriptor


def make_private_directory(path: Path) -> None:
    """Make a directory that only the user may use, or take the rights of others on it away.

    Raises:
        NotADirectoryError: something else is there, or the directory cannot be read.
        OSError: it cannot be made or written.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a directory", str(path)) from None
        if not os.access(path, os.R_OK | os.X_OK):
            raise NotADirectoryError(errno.ENOTDIR, "an unreadable directory", str(path)) from None
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "the directory cannot be written", str(path)) from None
        _take_rights_of_others(path)


def make_private_file(path: Path) -> None:
    """Make an empty file that only the user may use, or take the rights of others on it away.

    Raises:
        OSError: it cannot be made or written. (SQLite would make its other files as unwritable as it is.)
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, "the file cannot be written", str(path)) from None
        _take_rights_of_others(path)


def _take_rights_of_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & 0o700)


def renamed_aside(path: Path) -> Path:
    """Rename `path` to ``<name>.damaged-<n>`` beside itself, the first that is free, and give that."""
    asides = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    aside = next(candidate for candidate in asides if not os.path.lexists(candidate))
    path.rename(aside)
    sync_directory(path.parent)
    return aside


def sync_directory(directory: Path) -> None:
    """Make what was created, renamed and deleted in a directory survive a loss of power."""
    if sys.platform != "win32":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
