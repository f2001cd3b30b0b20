"""A clock that jumps lets no time pass while anybody works, in whatever thread."""

import asyncio
import threading
import time
from functools import partial

import anyio
import pytest
from anyio import CapacityLimiter, to_thread

from pare.testing.fast_clock import DeadlockError, FastClock, run_fast

WORK_SECONDS = 0.05
"""Of real time: long beside what a jump takes."""


def work() -> str:
    time.sleep(WORK_SECONDS)
    return "done"


async def in_anyio_thread() -> str:
    return await to_thread.run_sync(work)


async def in_a_thread_of_a_limiter() -> str:
    return await to_thread.run_sync(work, limiter=CapacityLimiter(1))


async def in_executor() -> str:
    return await asyncio.get_running_loop().run_in_executor(None, work)


async def in_asyncio_thread() -> str:
    return await asyncio.to_thread(work)


THREADS = (in_anyio_thread, in_a_thread_of_a_limiter, in_executor, in_asyncio_thread)


@pytest.mark.parametrize("work_elsewhere", THREADS)
def test_no_time_passes_while_a_thread_works(work_elsewhere):
    async def main(clock: FastClock) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(clock.sleep, 3600)
            with anyio.fail_after(1e-3):
                assert await work_elsewhere() == "done"
            assert clock.now() == 0
        assert clock.now() == 3600

    run_fast(main)


def test_threads_and_sleeps_take_turns():
    moments: list[float] = []

    async def main(clock: FastClock) -> None:
        for _ in range(5):
            await clock.sleep(100)  # longer than anyio keeps an idle thread
            await to_thread.run_sync(work)
            moments.append(clock.now())

    run_fast(main)
    assert moments == [100, 200, 300, 400, 500]


def test_tasks_go_on_while_a_thread_works():
    turns = 0

    async def main(clock: FastClock) -> None:
        nonlocal turns

        async def turn() -> None:
            nonlocal turns
            for _ in range(100):
                await anyio.lowlevel.checkpoint()
                turns += 1

        async with anyio.create_task_group() as group:
            group.start_soon(to_thread.run_sync, work)
            group.start_soon(turn)
        assert clock.now() == 0

    run_fast(main)
    assert turns == 100


def test_jobs_that_queue_for_one_thread_are_all_waited_for():
    async def main(clock: FastClock) -> None:
        limiter = CapacityLimiter(1)
        with anyio.fail_after(1e-3):
            async with anyio.create_task_group() as group:
                for _ in range(4):
                    group.start_soon(partial(to_thread.run_sync, work, limiter=limiter))
        assert clock.now() == 0

    run_fast(main)


def test_a_thread_that_was_abandoned_holds_the_clock_until_it_is_done():
    ended: list[float] = []

    async def main(clock: FastClock) -> None:
        began, started = time.monotonic(), threading.Event()

        def start_work() -> None:
            started.set()
            work()

        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(partial(to_thread.run_sync, start_work, abandon_on_cancel=True))
                while not started.is_set():
                    await anyio.lowlevel.checkpoint()
                scope.cancel()
        assert clock.now() == 0
        await clock.sleep(1)
        ended.append(time.monotonic() - began)

    run_fast(main)
    assert ended[0] >= WORK_SECONDS


def test_a_timeout_on_this_clock_fires():
    async def main(clock: FastClock) -> float:
        with anyio.move_on_after(30) as scope:
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        return clock.now()

    assert run_fast(main) == 30


def test_a_deadlock_is_found_out_after_threads_have_worked():
    async def main(_clock: FastClock) -> None:
        await to_thread.run_sync(work)
        await anyio.Event().wait()

    with pytest.raises(DeadlockError):
        run_fast(main)
