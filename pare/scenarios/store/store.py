"""The store: results, and leases for runs that are under way, in one directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pare.llm.journal_lines import RunKey
from pare.scenarios.store.database import Damage, size_of
from pare.scenarios.store.filesystem import find_network_type, notice_for
from pare.scenarios.store.holders import Holder
from pare.scenarios.store.leases import Lease, Leases
from pare.scenarios.store.place import find_place
from pare.scenarios.store.results import Results


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What a store holds; `set_aside` counts damaged entries, `put_aside` names damaged databases."""

    path: Path
    entries: int = 0
    scenarios: int = 0
    configs: int = 0
    bytes: int = 0
    set_aside: int = 0
    put_aside: tuple[Path, ...] = ()


class ResultStore(Results):
    """Finished runs, one entry for each scenario id, run number, config hash and scenario hash.

    Everything here blocks: `AsyncResultStore` does it in threads. Several threads and processes may use one
    store. Nothing is opened before it is used. `notice` is what the user should know about the place, or
    None; `damage` lists databases that were put aside, `damaged_entries` counts entries that were.
    """

    def __init__(self, directory: Path | str | None = None) -> None:
        """Use the store in `directory`; by default the one that `find_place` finds.

        Raises:
            ConfigError: the user's configuration file cannot be understood.
        """
        self.path = find_place().path if directory is None else Path(directory).absolute()
        kind = find_network_type(self.path)
        self.notice = None if kind is None else notice_for(self.path, kind)
        super().__init__(self.path / "results", is_network=kind is not None)
        self._leases = Leases(self.path / "leases", is_network=kind is not None)

    @property
    def journals(self) -> Path:
        """Name the directory for the journals of the runs, beside the results."""
        return self.path / "journals"

    @property
    def damage(self) -> tuple[Damage, ...]:
        """List what was put aside since this store is in use."""
        return tuple(self._database.damage)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the leases and close the files."""
        self._leases.close()
        self._database.close()

    def try_lease(self, key: RunKey) -> Lease | None:
        """Take the lease of a run; None if somebody who lives has it, be it another task of this store.

        Raises:
            StoreError: the leases cannot be used.
        """
        return self._leases.take(key)

    def release(self, lease: Lease) -> None:
        """Give a lease back.

        Raises:
            StoreError: the leases cannot be used.
        """
        self._leases.give_back(lease)

    def holder_of(self, key: RunKey) -> Holder | None:
        """Tell who is at work on a run; None if nobody is.

        Raises:
            StoreError: the leases cannot be used.
        """
        return self._leases.holder_of(key)

    def leased(self) -> set[RunKey]:
        """Give the runs that anybody is at work on.

        Raises:
            StoreError: the leases cannot be used.
        """
        return self._leases.held_by_anyone()

    # --- upkeep

    def status(self) -> StoreStatus:
        """Count what the store holds; nothing is made where there is none.

        Raises:
            StoreError: the store cannot be used.
        """
        keys = self.runs()
        put_aside = tuple(sorted(self.path.glob("*.damaged-*")))
        if not self._database.is_there:
            return StoreStatus(self.path, put_aside=put_aside)
        return StoreStatus(
            self.path,
            entries=len(keys),
            scenarios=len({key.scenario_id for key in keys}),
            configs=len({key.config_hash for key in keys}),
            bytes=size_of(self._database.directory),
            set_aside=self._count_set_aside(),
            put_aside=put_aside,
        )
