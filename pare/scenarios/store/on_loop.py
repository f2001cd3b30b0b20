"""The store as the event loop uses it: every call that may touch the disk is made in a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
from anyio import CapacityLimiter, to_thread

from pare.llm.journal_lines import RunKey
from pare.scenarios.store.entry import StoredResult
from pare.scenarios.store.holders import Holder
from pare.scenarios.store.leases import Lease
from pare.scenarios.store.results import Verification
from pare.scenarios.store.store import ResultStore, StoreStatus

FIRST_LOOK_SECONDS = 0.1
LONGEST_LOOK_SECONDS = 2.0


class AsyncResultStore:
    """What `ResultStore` does, awaited. A call that has begun is finished, also when it is cancelled.

    Results and leases have a thread each, so that neither the loop's other threads nor a lease waits
    behind a disk that syncs.
    """

    def __init__(self, store: ResultStore) -> None:
        self.store = store
        self._results, self._leases = CapacityLimiter(1), CapacityLimiter(1)

    async def put(self, result: StoredResult) -> None:
        """Store a result; it is on the disk when this returns, cancelled or not.

        Raises:
            StoreError: it could not be stored.
        """
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(self.store.put, result, limiter=self._results)

    async def get(self, key: RunKey, scenario_hash: str) -> StoredResult | None:
        """Give the result of a run of a scenario as it is now; None if there is none.

        Raises:
            StoreError: the store cannot be used.
        """
        return await to_thread.run_sync(self.store.get, key, scenario_hash, limiter=self._results)

    async def find(self, key: RunKey) -> tuple[StoredResult, ...]:
        """Give the results of a run whatever the scenario hash, that written last first.

        Raises:
            StoreError: the store cannot be used.
        """
        return await to_thread.run_sync(self.store.find, key, limiter=self._results)

    async def get_many(self, keys: Iterable[RunKey]) -> Mapping[RunKey, tuple[StoredResult, ...]]:
        """Do what `find` does for many runs at once; those without a result are left out.

        Raises:
            StoreError: the store cannot be used.
        """
        return await to_thread.run_sync(self.store.get_many, list(keys), limiter=self._results)

    async def try_lease(self, key: RunKey) -> Lease | None:
        """Take the lease of a run; None if somebody who lives has it.

        Raises:
            StoreError: the leases cannot be used.
        """
        lease = None
        with anyio.CancelScope(shield=True):  # a lease that nobody knows of would block the run
            lease = await to_thread.run_sync(self.store.try_lease, key, limiter=self._leases)
        return lease  # noqa: RET504 - a scope may swallow what is raised in it, for all that mypy knows

    async def release(self, lease: Lease) -> None:
        """Give a lease back, cancelled or not.

        Raises:
            StoreError: the leases cannot be used.
        """
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(self.store.release, lease, limiter=self._leases)

    async def holder_of(self, key: RunKey) -> Holder | None:
        """Tell who is at work on a run; None if nobody is.

        Raises:
            StoreError: the leases cannot be used.
        """
        return await to_thread.run_sync(self.store.holder_of, key, limiter=self._leases)

    async def wait_for_release(self, key: RunKey) -> None:
        """Wait until nobody is at work on a run: its holder has finished, given up or died.

        Look for its result then, and if there is none, try for the lease.

        Raises:
            StoreError: the leases cannot be used.
        """
        pause = FIRST_LOOK_SECONDS
        while await self.holder_of(key) is not None:
            await anyio.sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK_SECONDS)

    async def status(self) -> StoreStatus:
        """Count what the store holds.

        Raises:
            StoreError: the store cannot be used.
        """
        return await to_thread.run_sync(self.store.status, limiter=self._results)

    async def verify(self, *, remove: bool = False) -> Verification:
        """Read every entry; `remove` deletes what is damaged.

        Raises:
            StoreError: the store cannot be used.
        """
        return await to_thread.run_sync(partial(self.store.verify, remove=remove), limiter=self._results)

    async def aclose(self) -> None:
        """Release the leases and close the files, cancelled or not."""
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(self.store.close)


@asynccontextmanager
async def open_store(directory: Path | str | None = None) -> AsyncIterator[AsyncResultStore]:
    """Use the store in `directory` (by default the one that `find_place` finds), and close it at the end.

    Raises:
        ConfigError: the user's configuration file cannot be understood.
    """
    store = AsyncResultStore(await to_thread.run_sync(ResultStore, directory))
    try:
        yield store
    finally:
        await store.aclose()
