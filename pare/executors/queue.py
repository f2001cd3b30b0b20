"""The jobs of a sweep in their order; those that are tried again come after all others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import anyio

from pare.scenarios.job import Job


class JobQueue:
    """Hands out jobs one at a time. They are taken from `jobs` only when their turn comes.

    Every job that was taken is to be reported back: with `done`, or with `put_back` to be tried again.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._coming = iter(jobs)
        self._returned: deque[Job] = deque()
        self._changed = anyio.Event()
        self.outstanding = 0
        self.is_stopped = False

    async def take(self) -> Job | None:
        """Give the next job; wait while there may be one; None when there will be none any more."""
        while not self.is_stopped:
            job = next(self._coming, None)
            if job is None and self._returned:
                job = self._returned.popleft()
            if job is not None:
                self.outstanding += 1
                return job
            if not self.outstanding:
                break
            await self._changed.wait()
        return None

    def done(self) -> None:
        """Note that a job is finished."""
        self.outstanding -= 1
        self._tell()

    def put_back(self, job: Job) -> None:
        """Put a job that was taken behind all others."""
        self._returned.append(job)
        self.done()

    def stop(self) -> None:
        """Hand out no more jobs."""
        self.is_stopped = True
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
