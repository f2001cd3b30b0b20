"""A worker process as its supervisor sees it: started, set up, talked to, watched, and ended."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import Process, TaskGroup

from pare.errors import PareError
from pare.executors.job_runner import JobSettings
from pare.executors.wire import LONGEST_READ, Message, accepted_out, cell_out, encode, messages, settings_out
from pare.llm.budget import Budget, BudgetExhaustedError
from pare.llm.engine import AcceptedParameters
from pare.logs import LogFiles, get_logger
from pare.scenarios.job import Cell

COMMAND = (sys.executable, "-m", "pare.executors.worker")

ENDED = "it ended"


class WorkerError(PareError, RuntimeError):
    """Workers cannot be started, or a worker took down its scenario's runs."""


@dataclass(frozen=True)
class Patience:
    """After how many seconds a worker is given up: without a sign of life, or with its loop in one step."""

    silent: float = 30.0
    stuck: float = 60.0
    start: float = 120.0


@dataclass(frozen=True)
class WorkerSetup:
    """What every worker is told first. `sources` are handed to whoever makes scenarios known."""

    cells: Sequence[Cell]
    settings: JobSettings
    workers: int = 1
    accepted: Mapping[str, AcceptedParameters] = field(default_factory=dict)
    budget: Budget | None = None
    memory_bytes: int | None = None
    logs: LogFiles | None = None
    sources: Sequence[str] = ()

    def message(self) -> Message:
        """Give the set-up as plain JSON."""
        return {
            "kind": "setup",
            "cells": [cell_out(cell) for cell in self.cells],
            "settings": settings_out(self.settings),
            "workers": self.workers,
            "accepted": accepted_out(dict(self.accepted)),
            "max_cost": None if self.budget is None else self.budget.limit,
            "memory_bytes": self.memory_bytes,
            "logs": None if self.logs is None else vars(self.logs),
            "sources": list(self.sources),
        }


Hears = Callable[[Message], None]


def hear_nothing(_message: Message) -> None:
    """Leave a message that is for people unheard."""


@asynccontextmanager
async def open_worker(
    setup: WorkerSetup, command: Sequence[str] = COMMAND, stderr: Path | None = None
) -> AsyncIterator[WorkerProcess]:
    """Start a worker, and end it with the block; what it says besides goes to the file `stderr`.

    Raises:
        WorkerError: it cannot be started.
    """
    log = _opened(stderr)
    try:
        process = await anyio.open_process(
            list(command), stderr=log, start_new_session=True, env=_environment()
        )
    except OSError as error:
        raise WorkerError(f"workers cannot be started: {error}") from error
    finally:
        if log is not None:
            os.close(log)
    worker = WorkerProcess(process, setup)
    try:
        yield worker
    finally:
        with anyio.CancelScope(shield=True):
            await worker.end()


def _opened(file: Path | None) -> int | None:
    """Open a file for what workers say; where the disk refuses, they say it where this process does."""
    if file is None:
        return None
    try:
        return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        get_logger().warning("workers.log_not_possible", file=str(file), error=str(error))
        return None


def _environment() -> dict[str, str]:
    """Give workers an environment in which glibc keeps few arenas, whose address space counts as memory."""
    return {"MALLOC_ARENA_MAX": "2", **os.environ}


class WorkerProcess:
    """A worker process as its supervisor sees it."""

    def __init__(self, process: Process, setup: WorkerSetup) -> None:
        self._process = process
        self._budget = setup.budget
        self._held: list[float] = []
        self.hear: Hears = hear_nothing
        self.patience = Patience()
        self._outgoing = bytearray(encode(setup.message()))
        self._has_outgoing = anyio.Event()
        self._has_outgoing.set()
        self._woken = anyio.Event()
        self._beat = anyio.current_time()
        self._ticks, self._ticked = -1, self._beat
        self.is_ready = False
        self.step: str | None = None
        self.cause = ENDED
        self._place = ""

    def send(self, message: Message) -> None:
        """Send a message; to a worker that is gone it is lost."""
        self._outgoing += encode(message)
        self._has_outgoing.set()

    def wake(self) -> None:
        """Look again whether it is done."""
        self._woken.set()

    async def until(self, is_done: Callable[[], bool]) -> None:
        """Talk to the worker until `is_done`, or it is gone: then `cause` says of what."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._write)
            group.start_soon(self._watch)
            group.start_soon(self._listen, is_done, group)
            while not is_done():
                self._woken = anyio.Event()
                await self._woken.wait()
            group.cancel_scope.cancel()

    async def _write(self) -> None:
        assert self._process.stdin is not None
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while True:
                await self._has_outgoing.wait()
                self._has_outgoing = anyio.Event()
                data, self._outgoing = bytes(self._outgoing), bytearray()
                await self._process.stdin.send(data)

    async def _listen(self, is_done: Callable[[], bool], group: TaskGroup) -> None:
        async for message in self._messages():
            self._take(message, group)
            if is_done():
                break
        else:
            await self._find_cause()
        group.cancel_scope.cancel()

    async def _messages(self) -> AsyncIterator[Message]:
        try:
            async for message in messages(self._receive):
                yield message
        except ValueError as error:
            raise WorkerError(
                f"what was started is no worker: it says what is no message ({error})"
            ) from error

    async def _receive(self) -> bytes:
        assert self._process.stdout is not None
        try:
            return await self._process.stdout.receive(LONGEST_READ)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            return b""

    def _take(self, message: Message, group: TaskGroup) -> None:
        self._beat = anyio.current_time()
        kind = message["kind"]
        if kind == "ready":
            self.is_ready = True
            self._ticked = self._beat
        elif kind == "failed":
            raise WorkerError(message["error"])
        elif kind == "reserve":
            group.start_soon(self._reserve, message)
        elif kind == "settle":
            self._settle(message["amount"], message["cost"])
        else:
            if kind == "beat":
                self._note(message)
            self.hear(message)

    def _note(self, message: Message) -> None:
        if message["ticks"] != self._ticks:
            self._ticks, self._ticked, self.step = message["ticks"], self._beat, None
        elif message.get("step"):
            self.step, self._place = message["step"]

    async def _reserve(self, message: Message) -> None:
        """Ask the budget for the worker's call, and hand the answer back."""
        assert self._budget is not None
        answer = "granted"
        try:
            await self._budget.reserve(message["amount"])
            self._held.append(message["amount"])
        except BudgetExhaustedError:
            answer = "refused"
        self.send({"kind": answer, "id": message["id"]})

    def _settle(self, amount: float, cost: float) -> None:
        assert self._budget is not None
        self._held.remove(amount)
        self._budget.settle(amount, cost)

    async def _watch(self) -> None:
        """Kill a worker that gives no sign of life, or whose loop does not turn."""
        patience, looked = self.patience, anyio.current_time()
        while True:
            await anyio.sleep(min(1.0, patience.stuck / 4, patience.silent / 8, patience.start / 8))
            now = anyio.current_time()
            if now - looked > patience.silent / 2:  # this process was stopped meanwhile, and heard nothing
                self._beat = self._ticked = now
            looked = now
            wait = patience.silent if self.is_ready else patience.start
            if now - self._beat > wait:
                self._kill(f"it gave no sign of life for {now - self._beat:.0f} s")
            elif self.is_ready and now - self._ticked > patience.stuck:
                place = f", in {self._place}" if self.step else ""
                self._kill(f"it hung for {now - self._ticked:.0f} s{place}")

    def _kill(self, cause: str) -> None:
        self.cause = cause
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)

    async def _find_cause(self) -> None:
        code = await self._process.wait()
        if self.cause == ENDED:
            name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self.cause = f"it ended with {name}"

    async def end(self) -> None:
        """Close the pipe, by which the worker ends; kill one that does not.

        Calls that were in flight are taken to have cost what was set aside for them.
        """
        if self._budget is not None:
            for amount in list(self._held):
                self._settle(amount, amount)
        assert self._process.stdin is not None
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            await self._process.stdin.aclose()
        with anyio.move_on_after(3):
            await self._process.wait()
        if self._process.returncode is None:
            self._kill("it did not end")
            await self._process.wait()
        await self._process.aclose()
