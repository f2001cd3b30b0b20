"""Leases of the runs under way, so that two sweeps on one store do not pay for the same run twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

import anyio
from anyio.abc import TaskGroup

from pare.llm.journal_lines import RunKey
from pare.logs import get_logger
from pare.scenarios.job import Job
from pare.scenarios.utils.caching import AsyncResultStore, Lease, ResultStore, StoreError


@dataclass
class Leasing:
    """Takes and releases leases; without a store every job is free."""

    store: ResultStore | None
    waited_for: int = 0
    _held: dict[Job, Lease] = field(default_factory=dict)
    _group: TaskGroup | None = None
    _on_loop: AsyncResultStore | None = None

    def __post_init__(self) -> None:
        self._on_loop = None if self.store is None else AsyncResultStore(self.store)

    async def __aenter__(self) -> Self:
        self._group = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._group is not None
        self._group.cancel_scope.cancel()
        await self._group.__aexit__(None, None, None)

    def has(self, job: Job) -> bool:
        """Tell whether this sweep has the lease of a job."""
        return job in self._held

    def take(self, job: Job) -> bool:
        """Take the lease of a job; False while another sweep is at work on it. Blocks.

        A store that cannot lease must not stop a sweep: then the job is run without.
        """
        if self.store is None:
            return True
        try:
            lease = self.store.try_lease(RunKey(*job.key))
        except StoreError as error:
            get_logger().warning("lease.not_possible", error=str(error))
            return True
        if lease is not None:
            self._held[job] = lease
        return lease is not None

    def release(self, job: Job) -> None:
        """Give the lease of a job back. Blocks."""
        lease = self._held.pop(job, None)
        if lease is None or self.store is None:
            return
        try:
            self.store.release(lease)
        except StoreError as error:
            get_logger().warning("lease.not_released", error=str(error))

    def call_when_free(self, job: Job, function: Callable[[Job], Awaitable[None]]) -> None:
        """Call `function` when nobody is at work on a job any more."""
        assert self._group is not None
        self.waited_for += 1
        self._group.start_soon(self._wait, job, function)

    async def _wait(self, job: Job, function: Callable[[Job], Awaitable[None]]) -> None:
        assert self._on_loop is not None
        try:
            await self._on_loop.wait_for_release(RunKey(*job.key))
        except StoreError as error:
            get_logger().warning("lease.not_possible", error=str(error))
        await function(job)
