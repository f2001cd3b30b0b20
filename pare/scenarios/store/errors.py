"""What the store refuses by name, and what to do about it."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from diskcache import Timeout

from pare.errors import PareError, shown

ELSEWHERE = "mend that, or choose another place with PARE_CACHE_DIR or `pare cache set`"
OTHERWISE = "see what is wrong there, or choose another place with PARE_CACHE_DIR or `pare cache set`"
FULL = "free some space there and start again; what was stored is still there"

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNWRITABLE = frozenset(
    {
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
    }
)
NO_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class StoreError(PareError):
    """The store cannot be used: `path` says where, `reason` why, `advice` what to do."""

    def __init__(self, path: Path, reason: str, advice: str) -> None:
        super().__init__(f"the result store cannot use {path}: {reason}; {advice}")
        self.path, self.reason, self.advice = path, reason, advice


class DamagedStoreError(sqlite3.DatabaseError):
    """What is at the place of a database is none, or not one of ours."""


class DamagedEntryError(ValueError):
    """An entry is not what was written."""


class LaterEntryError(ValueError):
    """An entry was written by a later version: it cannot be read here, and is no damage."""


def cause_of(error: BaseException) -> BaseException:
    """Give the database's first complaint; a failed roll-back may have followed it."""
    while isinstance(error, sqlite3.Error) and isinstance(error.__context__, sqlite3.Error):
        error = error.__context__
    return error


def damage_in(error: BaseException) -> str | None:
    """Say what is wrong with the database if `error` tells of damage; None if it tells of something else."""
    if isinstance(error, NotADirectoryError):
        return error.strerror
    if isinstance(error, DamagedStoreError):
        return shown(str(error))
    if isinstance(error, UnicodeError):
        return "it holds a text that is no Unicode"
    if not isinstance(error, sqlite3.DatabaseError):
        return None
    code = code_of(error)
    is_other_schema = code == sqlite3.SQLITE_ERROR and "no such " in str(error)
    return shown(str(error)) if code in DAMAGE or is_other_schema else None


def refusal(path: Path, error: BaseException) -> StoreError:
    """Give `error`, which tells of no damage, as a `StoreError` with advice."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return StoreError(path, "a file is where a directory should be", ELSEWHERE)
    if isinstance(error, OSError):
        reason, code = error.strerror or str(error), error.errno
        advice = ELSEWHERE if code in NO_PERMISSION else FULL if code in NO_SPACE else OTHERWISE
        return StoreError(path, reason, advice)
    if isinstance(error, Timeout) or code_of(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            path, "another process keeps it locked", "see which one uses it, and whether it hangs"
        )
    if code_of(error) in UNWRITABLE:
        return StoreError(path, f"it cannot be written ({error})", ELSEWHERE)
    if code_of(error) == sqlite3.SQLITE_FULL:
        return StoreError(path, "the disk is full", FULL)
    return StoreError(path, shown(str(error)), OTHERWISE)


def code_of(error: BaseException) -> int:
    """Give SQLite's primary result code; 0 if there is none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
