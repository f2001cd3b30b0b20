"""A database that is opened on use, opened anew when it was moved, and put aside when it is damaged."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from diskcache import Timeout
from diskcache.core import DBNAME

from pare.logs import get_logger
from pare.scenarios.store.errors import StoreError, cause_of, damage_in, refusal
from pare.scenarios.store.locks import (
    FileLock,
    make_private_directory,
    make_private_file,
    renamed_aside,
)

TRIES = 4
TROUBLE = (sqlite3.Error, Timeout, OSError, UnicodeError)
"""What a database raises; with a damaged text, also in its schema or settings, that is a UnicodeError."""


class Handle(Protocol):
    """An open database."""

    def close(self) -> None:
        """Close it."""
        ...


H = TypeVar("H", bound=Handle)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Damage:
    """A database that was put aside: what was wrong, where it is now, how many entries were taken over."""

    reason: str
    path: Path
    rescued: int


class Database(Generic[H]):
    """The database in a directory of its own; threads and, on a network file system, processes take turns.

    `connect` opens what is in the directory or makes it, and `rescue` gives what it could copy from a
    directory that was put aside into the new database. `damage` lists what was put aside. What is done
    with the database may be done twice: when it was moved away meanwhile, it is done again in the new one.
    """

    def __init__(
        self,
        directory: Path,
        connect: Callable[[Path], H],
        rescue: Callable[[Path, H], int] | None = None,
        *,
        is_network: bool = False,
    ) -> None:
        self.directory, self.file = directory, directory / DBNAME
        self.damage: list[Damage] = []
        self._connect, self._rescue, self._is_network = connect, rescue, is_network
        self._lock = FileLock(directory.with_name(f"{directory.name}.lock"))
        self._mutex = threading.RLock()
        self._process = os.getpid()
        self._handle: H | None = None
        self._identity: tuple[int, int] | None = None

    @property
    def is_there(self) -> bool:
        """Whether something is at its place, be it something that cannot be used."""
        try:
            self.file.stat()
        except FileNotFoundError:
            return False
        except NotADirectoryError:
            return os.path.lexists(self.directory)
        except OSError:
            return True
        return True

    def use(self, work: Callable[[H], Result]) -> Result:
        """Do `work` with the open database.

        Raises:
            StoreError: the database can be neither used nor put aside.
        """
        if os.getpid() != self._process:
            raise StoreError(
                self.file, "it was opened before this process was forked", "open it in each process"
            )
        problem: BaseException = sqlite3.DatabaseError("the database is replaced again and again")
        with self._mutex:
            for _ in range(TRIES):
                try:
                    with self._turn():
                        result = work(self._opened())
                    if self._is_in_place():
                        return result
                except TROUBLE as error:
                    problem = cause_of(error)
                    self._recover(problem)
        raise refusal(self.file, problem) from problem

    def put_aside(self, reason: str) -> None:
        """Rename the directory, begin anew, and take over what can be read.

        Raises:
            StoreError: the disk refuses.
        """
        with self._mutex:
            try:
                with self._lock.held():
                    self._begin_anew(reason)
            except TROUBLE as error:
                self.close()
                raise refusal(self.directory, error) from error

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        with self._mutex:
            handle, self._handle = self._handle, None
            if handle is not None:
                with suppress(sqlite3.Error):
                    handle.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep other processes out where SQLite's own locks cannot be relied on."""
        if not self._is_network:
            yield
            return
        self.directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock.held():
            yield

    def _opened(self) -> H:
        if self._handle is None or not self._is_in_place():
            self.close()
            self.directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock.held():
                self._handle = self._made()
        return self._handle

    def _made(self) -> H:
        self._identity = None
        make_private_directory(self.directory)
        make_private_file(self.file)
        self._identity = _identity_of(self.file)
        return self._connect(self.directory)

    def _is_in_place(self) -> bool:
        return self._identity == _identity_of(self.file)

    def _recover(self, error: BaseException) -> None:
        """Put a damaged database aside.

        Raises:
            StoreError: `error` tells of something else, or the disk refuses.
        """
        reason = damage_in(error)
        if reason is None:
            if isinstance(error, OSError) or self._is_in_place():
                self.close()
                raise refusal(self.file, error) from error
            return  # it was moved or removed by somebody
        self.put_aside(reason)

    def _begin_anew(self, reason: str) -> None:
        self.close()
        if not self._is_in_place():
            return  # another process has done it
        aside = renamed_aside(self.directory)
        self._handle = self._made()
        rescued = self._rescue(aside, self._handle) if self._rescue else 0
        self.damage.append(Damage(reason, aside, rescued))
        get_logger().warning(
            "store.put_aside", place=str(self.directory), reason=reason, aside=str(aside), rescued=rescued
        )


def _identity_of(path: Path) -> tuple[int, int] | None:
    """Tell which file is at a path; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that is done within, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def size_of(directory: Path) -> int:
    """Count the bytes of the files in a directory; those that vanish meanwhile count nothing."""
    total = 0
    with suppress(OSError):
        for item in os.scandir(directory):
            with suppress(OSError):
                total += item.stat(follow_symlinks=False).st_size
    return total
