"""Leases: who is at work on which run, so that nobody pays for it twice.

All are rows of one table, so that a lease costs a fraction of a millisecond and no open file. Nothing has to
be cleaned up after a killed process: its leases count for nothing, since their holder is gone.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path

from diskcache.core import DBNAME

from pare.llm.journal_lines import RunKey
from pare.logs import get_logger
from pare.scenarios.store.clock import now
from pare.scenarios.store.database import Database, transaction
from pare.scenarios.store.disk import connected
from pare.scenarios.store.errors import StoreError
from pare.scenarios.store.holders import Holder, Process, is_alive, this_process

HEARTBEAT_SECONDS = 15.0
TABLES = """
CREATE TABLE IF NOT EXISTS Holders (
    id TEXT PRIMARY KEY, pid INTEGER, host TEXT, started TEXT, boot_id TEXT, pid_space TEXT, heartbeat REAL
);
CREATE TABLE IF NOT EXISTS Leases (
    scenario_id TEXT, run_number INTEGER, config_hash TEXT, holder TEXT,
    PRIMARY KEY (scenario_id, run_number, config_hash)
);
"""
OF_RUN = "scenario_id = ? AND run_number = ? AND config_hash = ?"
HOLDER = "id, pid, host, started, boot_id, pid_space, heartbeat"

_ordinals = count(1)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to make a run, until it is released or its holder dies."""

    key: RunKey
    holder: str


class Leases:
    """The table of leases, as one holder in this process uses it; a thread sends its heartbeats."""

    def __init__(self, directory: Path, *, is_network: bool = False) -> None:
        def connect(place: Path) -> sqlite3.Connection:
            return _opened(place / DBNAME, is_network=is_network)

        self._database = Database(directory, connect, is_network=is_network)
        self._here = this_process()
        self.holder_id = ":".join(map(str, (*astuple(self._here), next(_ordinals))))
        self._held: set[RunKey] = set()
        self._is_closed = threading.Event()
        self._heart: threading.Thread | None = None
        self._starting = threading.Lock()

    def take(self, key: RunKey) -> Lease | None:
        """Take the lease of a run; None if another holder, or another task of this one, has it.

        Raises:
            StoreError: the table cannot be used.
        """
        self._start()
        return Lease(key, self.holder_id) if self._database.use(lambda at: self._take(at, key)) else None

    def give_back(self, lease: Lease) -> None:
        """Release a lease; one that is no longer held is let go in silence.

        Raises:
            StoreError: the table cannot be used.
        """
        self._held.discard(lease.key)
        self._database.use(
            lambda at: at.execute(
                f"DELETE FROM Leases WHERE {OF_RUN} AND holder = ?", (*lease.key, lease.holder)
            )
        )

    def holder_of(self, key: RunKey) -> Holder | None:
        """Tell which living holder has the lease of a run; None if it is free to take.

        Raises:
            StoreError: the table cannot be used.
        """
        return self._database.use(lambda at: self._holder_of(at, key)) if self._database.is_there else None

    def held_by_anyone(self) -> set[RunKey]:
        """Give the runs that living holders are at work on.

        Raises:
            StoreError: the table cannot be used.
        """
        return self._database.use(self._all_held) if self._database.is_there else set()

    def beat(self) -> None:
        """Say that this holder lives, and that it still has its leases.

        Raises:
            StoreError: the table cannot be used.
        """
        self._database.use(self._beat)

    def close(self) -> None:
        """Release what is held and close the table."""
        self._is_closed.set()
        if self._heart is not None:
            self._heart.join()
            self._held.clear()
            try:
                self._database.use(self._forget)
            except StoreError as error:
                get_logger().warning("lease.release_failed", reason=str(error))
        self._database.close()

    def _start(self) -> None:
        with self._starting:
            if self._heart is not None:
                return
            self._database.use(self._register)
            self._heart = threading.Thread(target=self._beat_on, name="pare-leases", daemon=True)
            self._heart.start()

    def _beat_on(self) -> None:
        is_failing = False
        while not self._is_closed.wait(HEARTBEAT_SECONDS):
            try:
                self.beat()
                is_failing = False
            except StoreError as error:
                if not is_failing:
                    get_logger().warning("lease.heartbeat_failed", reason=str(error))
                is_failing = True

    def _register(self, at: sqlite3.Connection) -> None:
        """Enter this holder, and take out those that are dead."""
        with transaction(at):
            for row in at.execute(f"SELECT {HOLDER} FROM Holders").fetchall():
                if not self._lives(row):
                    _forget(at, row[0])
            self._enter(at, self._held)

    def _take(self, at: sqlite3.Connection, key: RunKey) -> bool:
        with transaction(at):
            if self._holder_of(at, key) is not None:
                return False
            self._enter(at, ())
            at.execute("INSERT OR REPLACE INTO Leases VALUES (?, ?, ?, ?)", (*key, self.holder_id))
        self._held.add(key)
        return True

    def _holder_of(self, at: sqlite3.Connection, key: RunKey) -> Holder | None:
        row = at.execute(
            f"SELECT {HOLDER} FROM Holders JOIN Leases ON holder = id WHERE {OF_RUN}", tuple(key)
        ).fetchone()
        return _holder(row) if row and self._lives(row) else None

    def _all_held(self, at: sqlite3.Connection) -> set[RunKey]:
        alive = {row[0] for row in at.execute(f"SELECT {HOLDER} FROM Holders").fetchall() if self._lives(row)}
        rows = at.execute("SELECT scenario_id, run_number, config_hash, holder FROM Leases")
        return {RunKey(*key) for *key, holder in rows if holder in alive}

    def _beat(self, at: sqlite3.Connection) -> None:
        with transaction(at):
            self._enter(at, self._held.copy())

    def _enter(self, at: sqlite3.Connection, held: Iterable[RunKey]) -> None:
        """Write this holder with the present time, and those of its leases that nobody has."""
        process = astuple(self._here)
        at.execute(
            "INSERT OR REPLACE INTO Holders VALUES (?, ?, ?, ?, ?, ?, ?)", (self.holder_id, *process, now())
        )
        at.executemany(
            "INSERT OR IGNORE INTO Leases VALUES (?, ?, ?, ?)", ((*key, self.holder_id) for key in held)
        )

    def _forget(self, at: sqlite3.Connection) -> None:
        with transaction(at):
            _forget(at, self.holder_id)

    def _lives(self, row: tuple[object, ...]) -> bool:
        holder = _holder(row)
        return holder is not None and is_alive(holder, self._here, now())


def _forget(at: sqlite3.Connection, holder: object) -> None:
    at.execute("DELETE FROM Leases WHERE holder = ?", (holder,))
    at.execute("DELETE FROM Holders WHERE id = ?", (holder,))


def _holder(row: tuple[object, ...]) -> Holder | None:
    """Read a row of the table; None if it is not one that a holder wrote."""
    name, pid, *names, heartbeat = row
    is_sound = isinstance(pid, int) and isinstance(heartbeat, float)
    if not (is_sound and all(isinstance(text, str) for text in (name, *names))):
        return None
    assert isinstance(pid, int)
    assert isinstance(heartbeat, float)
    host, started, boot_id, pid_space = map(str, names)
    return Holder(str(name), Process(pid, host, started, boot_id, pid_space), heartbeat)


def _opened(path: Path, *, is_network: bool) -> sqlite3.Connection:
    """Open the table, or make it; its commits survive what a holder survives, which is no loss of power."""
    connection = connected(path)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute(f"PRAGMA journal_mode = {'DELETE' if is_network else 'WAL'}").fetchall()
        connection.execute(f"PRAGMA synchronous = {'FULL' if is_network else 'NORMAL'}")
        connection.executescript(TABLES)
        connection.execute(f"SELECT {HOLDER} FROM Holders LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
