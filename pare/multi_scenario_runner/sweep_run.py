"""A sweep under way: what the store has is served, the rest is run, and each result is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, Protocol

import anyio
from anyio import CapacityLimiter, to_thread

from pare.executors.queue import JobQueue
from pare.executors.tasks import Report
from pare.logs import get_logger
from pare.multi_scenario_runner.committer import Committer
from pare.multi_scenario_runner.folder import RunId
from pare.multi_scenario_runner.leasing import Leasing
from pare.multi_scenario_runner.progress import Progress
from pare.multi_scenario_runner.served import DriftError, Hashes, Served, Shelf
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.utils.caching import StoreError

LOOKED_UP_AT_ONCE = 2_000

Claim = Literal["ours", "taken", "done"]
"""Whose a job is: ours to run, that of another sweep, or nobody's any more."""

StopReason = str
"""Why a sweep ended before all was done: "budget", "drained", "disk", or a reason of the caller's."""


class Executor(Protocol):
    """Runs jobs of a queue, and reports their rows."""

    async def run(self, queue: JobQueue, report: Report) -> None:
        """Run jobs until the queue has none left."""


@dataclass
class SweepRun:
    """Serves the jobs of a sweep from what is there, and runs the others with an executor.

    `known` are rows of the same folder from an earlier start, which are not made again.
    `refused_by_disk` says why no new run may start, if so. `under_way` are the jobs that were handed out.
    """

    config: MultiScenarioRunnerConfig
    jobs: Iterable[Job]
    hashes: Mapping[str, Hashes]
    shelf: Shelf
    committer: Committer
    leasing: Leasing
    progress: Progress
    known: Mapping[RunId, ResultRow] = field(default_factory=dict)
    refused_by_disk: Callable[[], str | None] = lambda: None
    stopped: StopReason | None = None
    missing: list[Job] = field(default_factory=list)
    under_way: set[Job] = field(default_factory=set)
    _queue: JobQueue | None = None
    _attempts: dict[Job, int] = field(default_factory=dict)
    _turn: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    async def play(self, executor: Executor) -> None:
        """Run what `serve` did not find.

        Raises:
            WorkerError: workers cannot be started.
        """
        self.progress.state = "running"
        if self.missing and self.stopped is None and self.has_room():
            self._queue = _LeasedQueue(self.missing, self)
            async with self.leasing:
                await executor.run(self._queue, self._report)

    def finish(self) -> None:
        """Say whether all was done."""
        if self.stopped is None and self.progress.done < self.progress.total:
            self.stopped = "incomplete"
        self.progress.state = f"stopped: {self.stopped}" if self.stopped else "complete"

    def stop(self, reason: StopReason) -> None:
        """Start nothing new; what is under way goes on to its end."""
        if self.stopped is None:
            self.stopped = reason
            self.progress.state = f"stopping: {reason}"
            get_logger().info("sweep.stopping", reason=reason)
        if self._queue is not None:
            self._queue.stop()

    # --- what is known already

    async def serve(self) -> None:
        """Take the rows that exist; what is to be run is then in `missing`, in its order.

        Raises:
            StoreError: the store cannot be used.
            DriftError: it has results of other models than are named today.
        """
        jobs: Iterator[Job] = iter(self.jobs)
        while chunk := list(islice(jobs, LOOKED_UP_AT_ONCE)):
            self.progress.total += len(chunk)
            wanted = []
            for job in chunk:
                row = self.known.get(job.key)
                if row is not None and self.shelf.is_valid(job, row):
                    self.progress.add(row.model_copy(update={"cached": True}))
                else:
                    wanted.append(job)
            served = await self.shelf.find(wanted)
            if not self.shelf.is_refused:
                await self._commit_served(served)
            self.missing += [job for job in wanted if job not in served]
        if self.shelf.is_refused:
            raise DriftError(list(self.shelf.drifts.values()))

    async def _commit_served(self, served: Mapping[Job, Served]) -> None:
        for job, found in served.items():
            self.progress.add(found.row)
            self.committer.keep_served(job, found)
        await self.committer.flush()

    def has_room(self) -> bool:
        """Tell whether a new run may start; where the disk refuses it, the sweep is stopped."""
        reason = self.refused_by_disk()
        if reason is not None:
            self.stop(reason)
        return reason is None

    async def claim(self, job: Job) -> Claim:
        """Take the lease of a job, and look once more whether somebody else has finished it by now."""
        if self.leasing.has(job):  # it is tried again
            return "ours"
        claim, served = await to_thread.run_sync(self._claim, job, limiter=self._turn)
        if served:
            await self._commit_served(served)
        return claim

    def _claim(self, job: Job) -> tuple[Claim, dict[Job, Served]]:
        if not self.leasing.take(job):
            return "taken", {}
        try:
            served = self.shelf.find_now([job])
        except StoreError as error:  # it must not stop the runs that are under way
            get_logger().warning("store.not_readable", error=str(error))
            return "ours", {}
        if served:
            self.leasing.release(job)
        return ("done" if served else "ours"), served

    # --- what is run

    async def _report(self, job: Job, row: ResultRow) -> None:
        """Keep the row of a job, or try the job once more."""
        assert self._queue is not None
        if row.error_kind == "budget":
            self.stop("budget")
        if row.outcome == "infrastructure" and self._may_retry(job, row):
            self._attempts[job] = self._attempts.get(job, 0) + 1
            self.progress.retries += 1
            self.progress.add_effort(row)
            get_logger().info(
                "run.put_back", scenario=job.scenario_id, run=job.run_number, kind=row.error_kind
            )
            self._queue.put_back(job)
            return
        self._attempts.pop(job, None)
        try:
            if row.error_kind != "not_recorded":  # what was scored before stands
                await self.committer.keep(job, row)
                if self.committer.lost:
                    self.stop("disk: results cannot be written")
            else:
                await to_thread.run_sync(self.leasing.release, job)
        finally:
            self.under_way.discard(job)
            self.progress.add(row)
            self._queue.done()

    def _may_retry(self, job: Job, row: ResultRow) -> bool:
        tried = self._attempts.get(job, 0)
        return self.stopped is None and row.error_kind != "worker_lost" and tried < self.config.max_retries


class _LeasedQueue(JobQueue):
    """Hands out jobs that nobody else is at work on; who is, is waited for, and his result taken."""

    def __init__(self, jobs: Sequence[Job], sweep: SweepRun) -> None:
        super().__init__(jobs)
        self._sweep = sweep

    async def take(self) -> Job | None:
        """Give the next job, leased; None when there will be none any more."""
        while self._sweep.has_room() and (job := await super().take()) is not None:
            with anyio.CancelScope(shield=True):  # what was taken must not get lost when a worker dies
                claim = await self._sweep.claim(job)
            if claim == "ours":
                self._sweep.under_way.add(job)
                return job
            if claim == "taken":
                self._sweep.leasing.call_when_free(job, self._came_free)
            else:
                self.done()
        return None

    def put_back(self, job: Job) -> None:
        """Put a job that was taken behind all others."""
        self._sweep.under_way.discard(job)
        super().put_back(job)

    async def _came_free(self, job: Job) -> None:
        self.put_back(job)
