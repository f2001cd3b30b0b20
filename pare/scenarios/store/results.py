"""Finished runs by what they were: stored, looked up, deleted and verified."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pare.errors import shown
from pare.llm.journal_lines import RunKey
from pare.logs import get_logger
from pare.scenarios.store import rows
from pare.scenarios.store.database import Database
from pare.scenarios.store.disk import JsonCache, open_cache
from pare.scenarios.store.entry import StoredResult
from pare.scenarios.store.errors import DamagedEntryError, LaterEntryError, StoreError


@dataclass(frozen=True, slots=True)
class DamagedEntry:
    """A damaged entry: its key as far as it can be read, and what is wrong."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading every entry found; `later` counts those of a later version, which are no damage."""

    sound: int
    later: int
    damaged: tuple[DamagedEntry, ...]
    database: str | None
    set_aside: int
    removed: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.damaged or self.database or self.set_aside)


class Results:
    """The entries of a store; everything here blocks."""

    def __init__(self, directory: Path, *, is_network: bool = False) -> None:
        self.damaged_entries = 0
        self._directory = directory
        self._database = Database(
            directory, partial(open_cache, is_network=is_network), rows.rescue, is_network=is_network
        )

    def put(self, result: StoredResult) -> None:
        """Store a result in the place of an earlier one of the same key; it is on the disk when this returns.

        Raises:
            StoreError: it could not be stored.
        """
        self._database.use(lambda cache: cache.write(result.row_key, result.as_value()))

    def get(self, key: RunKey, scenario_hash: str) -> StoredResult | None:
        """Give the result of a run of a scenario as it is now; None if there is none.

        Raises:
            StoreError: the store cannot be used.
        """
        return next((found for found in self.find(key) if found.scenario_hash == scenario_hash), None)

    def find(self, key: RunKey) -> tuple[StoredResult, ...]:
        """Give the results of a run whatever the scenario hash, that written last first.

        Raises:
            StoreError: the store cannot be used.
        """
        return self.get_many([key]).get(key, ())

    def get_many(self, keys: Iterable[RunKey]) -> Mapping[RunKey, tuple[StoredResult, ...]]:
        """Do what `find` does for many runs at once; those without a result are left out.

        Raises:
            StoreError: the store cannot be used.
        """
        wanted = list(keys)
        if not (wanted and self._database.is_there):
            return {}
        found = self._database.use(lambda cache: rows.rows_of_many(cache.connection, wanted))
        damaged: list[rows.DamagedRow] = []
        results = {key: _sound(of_key, damaged) for key, of_key in found.items()}
        self._set_aside(damaged)
        return {key: sound for key, sound in results.items() if sound}

    def invalidate(
        self, scenario: str | None = None, config_hash: str | None = None, *, everything: bool = False
    ) -> list[RunKey]:
        """Delete the results of a scenario, of a configuration, of one within the other, or everything.

        Gives the runs that had a result, whose journals would otherwise answer in its place.

        Raises:
            ValueError: nothing is named, or something besides everything.
            StoreError: the store cannot be used.
        """
        is_named = scenario is not None or config_hash is not None
        if is_named == everything:
            raise ValueError("name a scenario, a configuration or both, or else everything")
        if not self._database.is_there:
            return []
        is_chosen = partial(_is_of, scenario, config_hash)
        return self._database.use(lambda cache: rows.remove(cache.connection, is_chosen))

    def runs(self, scenario: str | None = None, config_hash: str | None = None) -> list[RunKey]:
        """Give the run of each entry, of all or of a scenario, a configuration, or both.

        Raises:
            StoreError: the store cannot be used.
        """
        return [key for key in self._keys() if _is_of(scenario, config_hash, key)]

    def verify(self, *, remove: bool = False) -> Verification:
        """Read every entry and look at the database; `remove` deletes damaged entries, and mends that.

        Raises:
            StoreError: the store cannot be used.
        """
        if not self._database.is_there:
            return Verification(0, 0, (), None, 0)
        found, damaged = self._database.use(_verified)
        if not remove or found.is_sound:
            return found
        if found.database:
            self._database.put_aside(found.database)
        return self._removed(found, damaged)

    def _removed(self, found: Verification, damaged: list[rows.DamagedRow]) -> Verification:
        def work(cache: JsonCache) -> int:
            if not found.database:
                rows.set_aside(cache.connection, damaged)
            return rows.remove_set_aside(cache.connection)

        removed = self._database.use(work)
        return Verification(
            found.sound, found.later, found.damaged, found.database, found.set_aside, removed=removed
        )

    def _count_set_aside(self) -> int:
        return self._database.use(lambda cache: rows.count_set_aside(cache.connection))

    def _keys(self) -> list[RunKey]:
        if not self._database.is_there:
            return []
        return self._database.use(lambda cache: [key for _, key in rows.all_keys(cache.connection)])

    def _set_aside(self, damaged: list[rows.DamagedRow]) -> None:
        if not damaged:
            return
        self.damaged_entries += len(damaged)
        for row, reason in damaged:
            get_logger().warning(
                "entry.set_aside", key=_text(row.key), reason=reason, place=str(self._directory)
            )
        try:
            self._database.use(lambda cache: rows.set_aside(cache.connection, damaged))
        except StoreError as error:  # what is damaged counts as missing in any case
            get_logger().warning("entry.not_set_aside", reason=str(error))


def _is_of(scenario: str | None, config_hash: str | None, key: RunKey) -> bool:
    return scenario in (None, key.scenario_id) and config_hash in (None, key.config_hash)


def _sound(found: Iterable[rows.Row], damaged: list[rows.DamagedRow]) -> tuple[StoredResult, ...]:
    """Give the entries that can be read, that written last first; the others are added to `damaged`."""
    sound = []
    for row in found:
        try:
            sound.append(rows.read_row(row))
        except DamagedEntryError as error:
            damaged.append(rows.DamagedRow(row, str(error)))
        except LaterEntryError:
            continue
    return tuple(sorted(sound, key=lambda result: result.written_at, reverse=True))


def _verified(cache: JsonCache) -> tuple[Verification, list[rows.DamagedRow]]:
    sound = later = 0
    damaged: list[rows.DamagedRow] = []
    for row in rows.all_rows(cache.connection):
        try:
            rows.read_row(row)
            sound += 1
        except DamagedEntryError as error:
            damaged.append(rows.DamagedRow(row, str(error)))
        except LaterEntryError:
            later += 1
    entries = tuple(DamagedEntry(_text(row.key), reason) for row, reason in damaged)
    aside = rows.count_set_aside(cache.connection)
    return Verification(sound, later, entries, _complaint(cache.connection), aside), damaged


def _complaint(connection: sqlite3.Connection) -> str | None:
    """Say what SQLite finds wrong with the database; None if nothing is."""
    ((first,), *_) = connection.execute("PRAGMA quick_check(1)").fetchall()
    return None if first == "ok" else str(first)


def _text(key: object) -> str:
    """Give a key for a message, whatever it is."""
    return shown(key.decode(errors="backslashreplace") if isinstance(key, bytes) else repr(key))
