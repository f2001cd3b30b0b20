"""Run jobs as tasks of this event loop: many at once, or one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from pare.executors.job_runner import JobRunner
from pare.executors.queue import JobQueue
from pare.executors.ungrouped import ungrouped
from pare.scenarios.job import Job
from pare.scenarios.result_row import ResultRow

Report = Callable[[Job, ResultRow], Awaitable[None]]
"""Takes the row of a job; whoever gave the job tells the queue that it is done."""

IN_PROCESS_NOTE = (
    "scenarios run on the event loop of this process: one that computes without end, or takes all memory, "
    'cannot be stopped there; executor_type "process" can'
)


@dataclass(frozen=True)
class TaskExecutor:
    """Runs at most `concurrency` jobs at a time; the next one is taken when there is room for it."""

    runner: JobRunner
    concurrency: int

    async def run(self, queue: JobQueue, report: Report) -> None:
        """Run jobs until the queue has none left."""
        room = anyio.Semaphore(self.concurrency)

        async def run_one(job: Job) -> None:
            try:
                row = await self.runner.run(job)
            finally:
                room.release()
            await report(job, row)

        with ungrouped():
            async with anyio.create_task_group() as group:
                while True:
                    await room.acquire()
                    job = await queue.take()
                    if job is None:
                        break
                    group.start_soon(run_one, job)
