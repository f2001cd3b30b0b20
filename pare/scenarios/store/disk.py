"""diskcache with JSON for keys and values, and nothing else: neither pickles nor files beside the database.

What diskcache does by default with a row that somebody changed is to execute its pickle (CVE-2025-69872), to
read the file that it names, or to delete that. None of the three can happen here.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, NoReturn

import diskcache
import orjson
from diskcache.core import DBNAME, DEFAULT_SETTINGS, METADATA, MODE_RAW, UNKNOWN

from pare.llm.digest import encode_json
from pare.llm.journal_lines import UnreadableLineError, checked_payload, line_of
from pare.scenarios.store.errors import DamagedEntryError, DamagedStoreError

WAIT_SECONDS = 60.0
"""How long another process may keep the database locked."""

COLUMNS = frozenset(
    {
        *("rowid", "key", "raw", "store_time", "expire_time", "access_time", "access_count", "tag"),
        *("size", "mode", "filename", "value"),
    }
)
NAMES = frozenset(
    {
        *("Settings", "Cache", "Damaged", "sqlite_autoindex_Settings_1", "sqlite_stat1", "sqlite_stat4"),
        *("Cache_key_raw", "Cache_expire_time", "Settings_count_insert", "Settings_count_delete"),
        *("Settings_size_insert", "Settings_size_update", "Settings_size_delete"),
    }
)


class JsonDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Keys and values as JSON bytes within the row, values with a checksum: ``{"sum": …, "entry": …}``.

    Disks flip bits, and a changed digit is a changed score.
    """

    def put(self, key: Any) -> tuple[bytes, bool]:
        """Give a key as the row holds it."""
        return encode_json(key), True

    def get(self, key: Any, raw: Any) -> Any:
        """Read a key.

        Raises:
            DamagedEntryError: it is no JSON.
        """
        if (
            raw != 1
        ):  # what stands for a pickle, or for nothing: another row of the same key could hide behind it
            raise DamagedEntryError("the key is a pickle, which is never read")
        return decode_json(key)

    def store(self, value: Any, read: bool, key: Any = UNKNOWN) -> tuple[int, int, None, bytes]:  # noqa: ARG002
        """Give a value as the row holds it."""
        if read:
            raise TypeError("values are JSON, not files")
        return 0, MODE_RAW, None, line_of(encode_json(value), b"")[:-1]

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> Any:
        """Read a value.

        Raises:
            DamagedEntryError: it is not what was written.
        """
        if mode != MODE_RAW or filename is not None or read:
            raise DamagedEntryError("the value is a pickle or a file, which is never read")
        if not isinstance(value, bytes):
            raise DamagedEntryError("not the bytes of a JSON text")
        try:
            return decode_json(checked_payload(value, b""))
        except UnreadableLineError:
            raise DamagedEntryError("the checksum is wrong") from None

    def filename(self, key: Any = UNKNOWN, value: Any = UNKNOWN) -> NoReturn:  # noqa: ARG002
        """Refuse a file beside the database: a value is in its row, and committed with it."""
        raise TypeError("values are within the database")

    def remove(self, file_path: str) -> None:
        """Leave alone what a row names: no file is ours."""


def decode_json(data: Any) -> Any:
    """Read what `encode_json` wrote, lone surrogates included.

    Raises:
        DamagedEntryError: it is no JSON.
    """
    if not isinstance(data, bytes):
        raise DamagedEntryError("not the bytes of a JSON text")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise DamagedEntryError(f"not valid JSON: {reason}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class JsonCache(diskcache.Cache):  # type: ignore[misc]
    """A cache with one connection for all threads, which take turns by a lock of the caller's.

    diskcache would open a connection in each thread, and leave it to the garbage collector.
    """

    _connection: sqlite3.Connection | None = None

    def __init__(self, directory: Path, **settings: Any) -> None:
        try:
            super().__init__(str(directory), timeout=WAIT_SECONDS, disk=JsonDisk, **settings)
        except BaseException:
            self.close()
            raise

    @property
    def _con(self) -> sqlite3.Connection:
        if self._connection is None:
            path = Path(self._directory) / DBNAME
            self._connection = connected(path)
            check_schema(self._connection)
        return self._connection

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, in autocommit mode."""
        return self._con

    def write(self, key: Any, value: Any) -> None:
        """Store `value` under `key`; it is committed when this returns.

        Raises:
            sqlite3.Error: it could not be; diskcache itself only says that it timed out, whatever it was.
        """
        try:
            self.set(key, value)
        except diskcache.Timeout:
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("ROLLBACK")
            self.set(key, value)

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def connected(path: Path) -> sqlite3.Connection:
    """Open a database so that any thread may use the connection, and text is read whatever its bytes are."""
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.text_factory = lambda data: data.decode(errors="surrogateescape")
    return connection


def check_schema(connection: sqlite3.Connection) -> None:
    """Look at what a database has before anything in it is used; an empty one passes.

    Raises:
        DamagedStoreError: it is not one of diskcache with our settings.
        sqlite3.DatabaseError: it is no database.
    """
    connection.execute("PRAGMA trusted_schema = OFF")
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if foreign := names - NAMES:
        raise DamagedStoreError(f"another schema: it has {', '.join(sorted(map(str, foreign)))}")
    if "Cache" in names:
        columns = {row[1] for row in connection.execute("PRAGMA table_xinfo(Cache)")}
        if columns != COLUMNS:
            raise DamagedStoreError("another schema: the columns of its table are not those of diskcache")
    if "Settings" in names:
        settings = {key for (key,) in connection.execute("SELECT key FROM Settings")}
        if settings - {*DEFAULT_SETTINGS, *METADATA}:
            raise DamagedStoreError("another schema: it has settings that diskcache does not know")


def open_cache(directory: Path, *, is_network: bool) -> JsonCache:
    """Open the cache in `directory`, or make it; never anything is evicted from it.

    Each commit is synced to the disk (synchronous FULL, and EXTRA without a write-ahead log), so that it
    survives a loss of power, not only a killed process. diskcache writes its settings at every start, row
    by row, which need not be synced: for them it is NORMAL.
    """
    settings = DEFAULT_SETTINGS | {
        "eviction_policy": "none",
        "size_limit": 2**62,
        "cull_limit": 0,
        "disk_min_file_size": 2**62,
        "sqlite_journal_mode": "delete" if is_network else "wal",
        "sqlite_mmap_size": 0,  # a mapped file that another process truncates kills this one
        "sqlite_synchronous": 1,
    }
    cache = JsonCache(directory, **settings)
    try:
        cache.connection.execute(f"PRAGMA synchronous = {'EXTRA' if is_network else 'FULL'}")
    except sqlite3.Error:
        cache.close()
        raise
    return cache
