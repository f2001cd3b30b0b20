"""Jobs as tasks of this loop: the bound is held, and cancellation leaves nothing behind."""

import asyncio
import time
from dataclasses import dataclass, field

import anyio
import pytest

from pare.executors.queue import JobQueue
from pare.executors.tasks import TaskExecutor
from pare.llm.scripted import wait
from pare.scenarios.job import Cell
from pare.scenarios.result_row import ResultRow
from pare.testing.endpoint import serve
from tests.executors.fleet import config_of, job_runner, jobs_of, rows_from, until
from tests.executors.misfits import Task

CELL = Cell(config_of())


@dataclass
class Watched:
    """A runner of jobs that notes how many are under way."""

    seconds: float = 0.001
    gate: anyio.Event | None = None
    under_way: int = 0
    most: int = 0
    began: list[int] = field(default_factory=list)

    async def run(self, job):
        self.began.append(job.run_number)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await anyio.sleep(self.seconds)
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.under_way -= 1
        return ResultRow(scenario_id=job.scenario_id, run_number=job.run_number, outcome="success")


@pytest.mark.parametrize("concurrency", [1, 7, 100])
async def test_no_more_jobs_are_under_way_than_may_be(concurrency):
    runner = Watched(0.0 if concurrency == 1 else 0.05)
    jobs = jobs_of(CELL, ["a"], 60)
    rows = await rows_from(TaskExecutor(runner, concurrency), jobs)
    assert runner.most == min(concurrency, 60)
    assert set(rows) == set(jobs)


async def test_one_at_a_time_is_in_order_and_waits_for_what_may_come_back():
    runner, jobs = Watched(), jobs_of(CELL, ["a"], 3)
    queue, reported = JobQueue(jobs), []

    async def report(job, row):
        await anyio.sleep(0.002)
        reported.append(job.run_number)
        if reported == [1]:
            queue.put_back(job)
        else:
            queue.done()

    await TaskExecutor(runner, 1).run(queue, report)
    assert runner.began == reported == [1, 2, 3, 1]
    assert runner.most == 1


async def test_a_stopped_queue_lets_those_under_way_finish():
    runner, jobs = Watched(gate=anyio.Event()), jobs_of(CELL, ["a"], 50)
    queue, reported = JobQueue(jobs), []

    async def report(job, row):
        reported.append(job)
        queue.done()

    async with anyio.create_task_group() as group:
        group.start_soon(TaskExecutor(runner, 5).run, queue, report)
        await anyio.wait_all_tasks_blocked()
        queue.stop()
        runner.gate.set()
    assert reported == jobs[:5]


async def test_what_a_report_raises_arrives_under_its_name():
    async def report(job, row):
        raise LookupError("no place")

    with pytest.raises(LookupError, match="no place"):
        await TaskExecutor(Watched(), 3).run(JobQueue(jobs_of(CELL, ["a"], 9)), report)


async def test_cancelling_two_hundred_runs_in_flight_is_quick_and_leaves_no_task():
    async with serve(wait(), latency_seconds=30) as endpoint:
        cell = Cell(config_of(endpoint.url, execute_engine_config={
            "provider": "scripted", "model": "scripted", "endpoints": endpoint.url,
            "limits": {"concurrency": 200},
        }))  # fmt: skip
        before = asyncio.all_tasks()
        async with job_runner([cell], create=lambda name: Task(scenario_id=name)) as runner:
            executor = TaskExecutor(runner, 200)
            async with anyio.create_task_group() as group:
                group.start_soon(rows_from, executor, jobs_of(cell, ["a"], 300))
                await until(lambda: endpoint.counts.in_flight == 200)
                assert len(runner.working) == len(runner.all_doing()) == 200
                assert runner.all_doing()[0][3] == f"a reply from writer at {endpoint.url}"
                started = time.monotonic()
                group.cancel_scope.cancel()
            assert time.monotonic() - started < 1
            assert runner.working == {}
            left = {task.get_name() for task in asyncio.all_tasks() - before}
            assert not [name for name in left if "run_one" in name], left
