"""Jobs are handed out in order, later attempts at the back, and nobody waits for what will not come."""

import anyio
import pytest

from pare.executors.queue import JobQueue
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell, Job

CELL = Cell(ScenarioRunnerConfig())


def jobs(count):
    return [Job("a", CELL, number) for number in range(1, count + 1)]


async def drained(queue):
    """Take jobs, and finish each at once."""
    taken = []
    while (job := await queue.take()) is not None:
        taken.append(job.run_number)
        queue.done()
    return taken


async def test_jobs_come_in_their_order():
    assert await drained(JobQueue(jobs(5))) == [1, 2, 3, 4, 5]
    assert await JobQueue([]).take() is None


async def test_a_job_is_asked_for_only_when_its_turn_comes():
    asked = []

    def coming():
        for job in jobs(3):
            asked.append(job.run_number)
            yield job

    queue = JobQueue(coming())
    assert asked == []
    await queue.take()
    assert asked == [1]


async def test_what_is_tried_again_comes_after_all_others():
    queue = JobQueue(jobs(4))
    first, second = await queue.take(), await queue.take()
    queue.put_back(second)
    queue.put_back(first)
    assert await drained(queue) == [3, 4, 2, 1]


async def test_who_asks_waits_while_a_job_may_come_back():
    queue = JobQueue(jobs(1))
    job = await queue.take()
    with anyio.move_on_after(0.02) as scope:
        await queue.take()
    assert scope.cancelled_caught
    async with anyio.create_task_group() as group:
        group.start_soon(drained, queue)
        await anyio.wait_all_tasks_blocked()
        queue.put_back(job)
    assert queue.outstanding == 0


@pytest.mark.parametrize("end", ["done", "stop"])
async def test_all_who_wait_hear_that_there_is_nothing_more(end):
    queue = JobQueue(jobs(1))
    await queue.take()
    found = []

    async def take():
        found.append(await queue.take())

    with anyio.fail_after(1):
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(take)
            await anyio.wait_all_tasks_blocked()
            getattr(queue, end)()
    assert found == [None] * 3


async def test_a_queue_that_is_stopped_hands_out_nothing():
    queue = JobQueue(jobs(3))
    job = await queue.take()
    queue.stop()
    queue.put_back(job)
    assert (await queue.take(), queue.outstanding) == (None, 0)
