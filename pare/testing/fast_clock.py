"""A clock that jumps: an event loop on which a night of waiting takes no longer than its work.

The time of the loop stands still while a task can go on or a thread works for one, and then moves at once to
the moment that the first of those who wait is waiting for. What is computed takes no time on this clock, what
is waited for takes exactly as long as was asked for. Real sockets cannot be awaited: the clock would not wait
for them. Nor can a thread wait for the clock (`anyio.from_thread.run` of something that sleeps): each would
wait for the other.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

import anyio

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class DeadlockError(Exception):
    """Every task waits, and none of them for a moment in time."""


class JumpingSelector(selectors.DefaultSelector):
    """Wait for threads only: where the loop would wait for a moment, move `now` (in seconds) on to it."""

    def __init__(self, has_work_elsewhere: Callable[[], bool]) -> None:
        super().__init__()
        self.now = 0.0
        self._has_work_elsewhere = has_work_elsewhere
        self._is_armed = True

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Give what is ready. A thread that has finished wakes the loop through a pipe of the loop's own."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._has_work_elsewhere():
            return super().select(None)
        if timeout is None and self._is_armed:
            self._is_armed = False  # the loop still has to cancel its tasks
            raise DeadlockError("every task waits, and none for a moment in time")
        self.now += timeout or 0.0
        return ready


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose time begins at 0 and moves only when nothing else does."""

    def __init__(self) -> None:
        self._jumping = JumpingSelector(self._has_threads_at_work)
        self._in_executors = 0
        super().__init__(self._jumping)

    def time(self) -> float:
        """Give the time of this loop in seconds; from any thread."""
        return self._jumping.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Do what every loop does, and let no time pass until the result is there."""
        future = super().run_in_executor(executor, func, *args)
        self._in_executors += 1
        future.add_done_callback(self._left_executor)
        return future

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        """Do what every loop does; the threads of its own executor are joined in yet another one."""
        self._in_executors += 1
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self._in_executors -= 1

    def _left_executor(self, _future: asyncio.Future[Any]) -> None:
        self._in_executors -= 1

    def _has_threads_at_work(self) -> bool:
        return self._in_executors > 0 or any(map(self._is_at_work, threading.enumerate()))

    def _is_at_work(self, thread: Any) -> bool:
        """Tell whether a thread is one of anyio's for this loop and has not handed its result to it.

        anyio's threads are idle from when the loop has taken their result, so that none is overlooked; they
        do not go through `run_in_executor`. (Its pool says so of itself in no other place.)
        """
        if getattr(thread, "loop", None) is not self or not hasattr(thread, "idle_workers"):
            return False
        return not thread.stopping and thread not in thread.idle_workers


class FastClock:
    """Hand `now` and `sleep` to whatever wants a clock and a way to sleep."""

    def __init__(self, loop: FastLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        """Give the time of the loop in seconds."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the loop."""
        await anyio.sleep(seconds)


def run_fast(main: Callable[[FastClock], Awaitable[T]]) -> T:
    """Run `main` on a clock that starts at 0; no real time passes in what it waits for.

    Raises:
        DeadlockError: the tasks wait for each other.
    """

    async def run() -> T:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, FastLoop)
        return await main(FastClock(loop))

    return anyio.run(run, backend_options={"loop_factory": FastLoop})
