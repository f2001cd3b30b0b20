"""Reading and deleting rows of the database, none of which is trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from diskcache.core import DBNAME

from pare.llm.digest import encode_json
from pare.llm.journal_lines import RunKey
from pare.scenarios.store.database import transaction
from pare.scenarios.store.disk import JsonCache, JsonDisk, connected
from pare.scenarios.store.entry import StoredResult, read_entry
from pare.scenarios.store.errors import DamagedEntryError, LaterEntryError

COLUMNS = "rowid, key, raw, mode, filename, value"
DAMAGED = "CREATE TABLE IF NOT EXISTS Damaged (key BLOB, raw, mode, filename, value BLOB, reason TEXT)"

_DISK = JsonDisk("")


class Row(NamedTuple):
    """A row as it is on the disk: anything may be in it."""

    rowid: int
    key: Any
    raw: Any
    mode: Any
    filename: Any
    value: Any


class DamagedRow(NamedTuple):
    """A row that cannot be used, and why."""

    row: Row
    reason: str


def read_row(row: Row) -> StoredResult:
    """Check a row.

    Raises:
        DamagedEntryError: it is not what was written.
        LaterEntryError: a later version wrote it.
    """
    key = _DISK.get(row.key, row.raw)
    return read_entry(key, _DISK.fetch(row.mode, row.filename, row.value, read=False))


def prefix_of(*parts: str | int) -> bytes:
    """Give how the keys begin whose first parts are `parts`."""
    return encode_json(parts)[:-1] + b","


def rows_of(connection: sqlite3.Connection, prefix: bytes) -> list[Row]:
    """Give the rows whose keys begin with `prefix`."""
    found = connection.execute(
        f"SELECT {COLUMNS} FROM Cache WHERE key >= ? AND key < ?", (prefix, prefix + b"\xff")
    )
    return list(map(Row._make, found))


def rows_of_many(connection: sqlite3.Connection, keys: Iterable[RunKey]) -> dict[RunKey, list[Row]]:
    """Give the rows of each run, as of one moment; runs without any are left out."""
    connection.execute("BEGIN")
    try:
        found = ((key, rows_of(connection, prefix_of(*key))) for key in keys)
        return {key: rows for key, rows in found if rows}
    finally:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def all_rows(connection: sqlite3.Connection, batch: int = 500) -> Iterator[Row]:
    """Give every row, a batch at a time, so that writers do not wait."""
    last = -(2**63)
    while True:
        found = connection.execute(
            f"SELECT {COLUMNS} FROM Cache WHERE rowid > ? ORDER BY rowid LIMIT ?", (last, batch)
        ).fetchall()
        if not found:
            return
        yield from map(Row._make, found)
        last = found[-1][0]


def all_keys(connection: sqlite3.Connection) -> Iterator[tuple[int, RunKey]]:
    """Give row id and run of every row with a sound key."""
    for rowid, key, raw in connection.execute("SELECT rowid, key, raw FROM Cache"):
        with suppress(DamagedEntryError):
            decoded = _DISK.get(key, raw)
            if isinstance(decoded, list) and list(map(type, decoded)) == [str, int, str, str]:
                yield rowid, RunKey(*decoded[:3])


def set_aside(connection: sqlite3.Connection, damaged: Iterable[DamagedRow]) -> None:
    """Move rows into a table of their own, unless they were written anew meanwhile."""
    with transaction(connection):
        connection.execute(DAMAGED)
        for row, reason in damaged:
            same, values = _is_unchanged(row)
            connection.execute(
                f"INSERT INTO Damaged SELECT key, raw, mode, filename, value, ? FROM Cache WHERE {same}",
                (reason, *values),
            )
            connection.execute(f"DELETE FROM Cache WHERE {same}", values)


def _is_unchanged(row: Row) -> tuple[str, tuple[Any, ...]]:
    """Give the condition that a row holds what it held; a text goes as its bytes, which may be no UTF-8."""
    if isinstance(row.value, str):
        text = row.value.encode(errors="surrogateescape")
        return "rowid = ? AND value IS CAST(? AS TEXT)", (row.rowid, text)
    return "rowid = ? AND value IS ?", (row.rowid, row.value)


def count_set_aside(connection: sqlite3.Connection) -> int:
    """Count the rows that were set aside."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE name = 'Damaged'").fetchall()
    return int(connection.execute("SELECT COUNT(*) FROM Damaged").fetchone()[0]) if found else 0


def remove(connection: sqlite3.Connection, is_chosen: Callable[[RunKey], bool]) -> list[RunKey]:
    """Delete the rows of the runs that are chosen, and give those runs."""
    with transaction(connection):
        chosen = {rowid: key for rowid, key in all_keys(connection) if is_chosen(key)}
        connection.executemany("DELETE FROM Cache WHERE rowid = ?", ((rowid,) for rowid in chosen))
    return list(dict.fromkeys(chosen.values()))


def remove_set_aside(connection: sqlite3.Connection) -> int:
    """Delete what was set aside, and count it."""
    number = count_set_aside(connection)
    connection.execute("DROP TABLE IF EXISTS Damaged")
    return number


def rescue(aside: Path, cache: JsonCache) -> int:
    """Copy what can still be read in a directory that was put aside into `cache`, and count it.

    The table is read from both ends, up to where it is broken.
    """
    found: dict[bytes, Row] = {}
    with suppress(sqlite3.Error, OSError), closing(connected(aside / DBNAME)) as connection:
        for order in ("ASC", "DESC"):
            with suppress(sqlite3.Error):
                for row in connection.execute(f"SELECT {COLUMNS} FROM Cache ORDER BY rowid {order}"):
                    if is_worth_keeping(Row._make(row)):
                        found[row[1]] = Row._make(row)
    with transaction(cache.connection):
        cache.connection.executemany(
            "INSERT OR REPLACE INTO Cache(key, raw, store_time, access_time, mode, value)"
            " VALUES (?, 1, 0, 0, ?, ?)",
            ((row.key, row.mode, row.value) for row in found.values()),
        )
    return len(found)


def is_worth_keeping(row: Row) -> bool:
    """Tell whether a row is sound, or was written by a later version."""
    try:
        read_row(row)
    except DamagedEntryError:
        return False
    except LaterEntryError:
        return True
    return True
