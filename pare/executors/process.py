"""Run jobs in worker processes, and outlive them: one that dies or hangs is replaced, its runs go on.

Replies that were paid for are in journals, so a run that is taken up by another worker repeats nothing.
A scenario that takes workers down is found out: by the step that a hanging worker names, or by running
those under suspicion in ever smaller company, at last alone. Then it is set aside. Who finishes a run is
hardly under suspicion any more: workers are also lost to what no scenario did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from pare.executors.job_runner import facts_of
from pare.executors.queue import JobQueue
from pare.executors.tasks import Report
from pare.executors.ungrouped import ungrouped
from pare.executors.wire import Message
from pare.executors.worker_process import (
    COMMAND,
    Hears,
    Patience,
    WorkerError,
    WorkerProcess,
    WorkerSetup,
    hear_nothing,
    open_worker,
)
from pare.logs import get_logger
from pare.scenarios.job import Job
from pare.scenarios.result_row import ResultRow, row_of
from pare.scenarios.validation_result import PAREScenarioValidationResult

STRIKES = 2
"""So many workers may a scenario take down, no run of it finished between, before it is set aside: these
alone, or these in company and another one alone."""

MOST_LOSSES = 10
"""So many alone in all, whatever is finished between: some of its runs do it each time."""

COMPANY_BITS = 3
"""From the last of these strikes on each divides the company of a suspect by eight."""


@dataclass
class ProcessExecutor:
    """Runs jobs in `setup.workers` processes, at most `concurrency` at a time in all."""

    setup: WorkerSetup
    concurrency: int
    command: Sequence[str] = COMMAND
    patience: Patience = field(default_factory=Patience)
    stderr: Path | None = None
    hears: Hears = hear_nothing
    doing: dict[int, list[list[Any]]] = field(default_factory=dict)
    _strikes: Counter[str] = field(default_factory=Counter)
    _alone: Counter[str] = field(default_factory=Counter)
    _losses: Counter[str] = field(default_factory=Counter)
    _set_aside: dict[str, str] = field(default_factory=dict)
    _begun: set[Job] = field(default_factory=set)

    def all_doing(self) -> list[list[Any]]:
        """Say of each job that is under way what it is doing, as its worker told last."""
        return [item for told in self.doing.values() for item in told]

    async def hashes(self, scenario_ids: Sequence[str]) -> dict[str, Message]:
        """Hash scenarios in a worker, since this process runs no scenario code.

        Raises:
            WorkerError: the worker died of it; the scenario is named.
        """
        found: dict[str, Message] = {}

        def hear(message: Message) -> None:
            if message["kind"] == "hashes":
                found[message["scenario_id"]] = message

        with ungrouped():
            async with open_worker(self.setup, self.command, self.stderr) as worker:
                worker.hear, worker.patience = hear, self.patience
                worker.send({"kind": "hash", "ids": list(scenario_ids)})
                await worker.until(lambda: len(found) == len(scenario_ids))
        missing = [scenario_id for scenario_id in scenario_ids if scenario_id not in found]
        if missing:
            raise WorkerError(f"a worker ended while it made scenario {missing[0]!r}: {worker.cause}")
        return found

    async def run(self, queue: JobQueue, report: Report) -> None:
        """Run jobs until the queue has none left.

        Raises:
            WorkerError: workers cannot be started.
        """
        with ungrouped():
            async with anyio.create_task_group() as group:
                for _ in range(self.setup.workers):
                    group.start_soon(self._keep_worker, queue, report)

    async def _keep_worker(self, queue: JobQueue, report: Report) -> None:
        """Have a worker as long as there are jobs; start another one where one has died."""
        each = max(1, -(-self.concurrency // self.setup.workers))
        failures = 0
        while True:
            shift = _Shift(self, queue, report, each)
            async with open_worker(self.setup, self.command, self.stderr) as worker:
                shift.worker, worker.hear, worker.patience = worker, shift.hear, self.patience
                async with anyio.create_task_group() as group:
                    group.start_soon(shift.feed)
                    await worker.until(shift.has_ended)
                    group.cancel_scope.cancel()
            self.doing.pop(id(shift), None)
            if shift.is_over:
                return
            failures = 0 if worker.is_ready else failures + 1
            if failures >= STRIKES + 1:
                raise WorkerError(f"workers cannot be started: {worker.cause}")
            await shift.mourn(worker)

    def blame(self, scenario_ids: Iterable[str], cause: str) -> None:
        """Count that a worker was lost while these ran; who is known to be guilty is set aside at last."""
        guilty = list(scenario_ids)
        self._strikes.update(guilty)
        if len(guilty) != 1:
            return
        (scenario_id,) = guilty
        self._alone[scenario_id] += 1
        self._losses[scenario_id] += 1
        is_bad = max(self._alone[scenario_id], self._strikes[scenario_id] - 1) >= STRIKES
        if is_bad or self._losses[scenario_id] >= MOST_LOSSES:
            self._set_aside[scenario_id] = cause
            get_logger().error("scenario.set_aside", scenario_id=scenario_id, cause=cause)

    def begins(self, job: Job) -> bool:
        """Tell whether a job is begun for the first time: later ones keep what was paid for."""
        is_first = job not in self._begun
        self._begun.add(job)
        return is_first

    def company(self, jobs: Iterable[Job], room: int) -> int:
        """Say how many of `room` runs a worker may have with these: 1 is alone, less for each strike."""
        if not self._strikes:
            return room
        strikes = max(
            (self._strikes[scenario_id] for scenario_id in {job.scenario_id for job in jobs}), default=0
        )
        return max(1, room >> COMPANY_BITS * max(0, strikes - STRIKES + 1))

    def clear(self, scenario_id: str) -> None:
        """Count that a scenario finished a run; it takes another lost worker to suspect it again."""
        if scenario_id in self._strikes:
            self._strikes[scenario_id] = min(self._strikes[scenario_id], STRIKES - 1)
            self._alone[scenario_id] = 0

    def verdict_on(self, scenario_id: str) -> str | None:
        """Say what a scenario was set aside for, if it was."""
        return self._set_aside.get(scenario_id)


@dataclass
class _Shift:
    """The jobs of one worker, from its start to its end."""

    executor: ProcessExecutor
    queue: JobQueue
    report: Report
    room: int
    worker: WorkerProcess = field(init=False)
    is_over: bool = False
    _jobs: dict[int, Job] = field(default_factory=dict)
    _waiting: Job | None = None
    _reports: list[tuple[Job, ResultRow]] = field(default_factory=list)
    _next: int = 0
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def has_ended(self) -> bool:
        """Tell whether all is done."""
        return self.is_over

    async def feed(self) -> None:
        """Hand out jobs as long as there are any, and report their rows."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._report_on)
            while (job := await self.queue.take()) is not None:
                cause = self.executor.verdict_on(job.scenario_id)
                if cause is not None:
                    await self.report(job, _set_aside(job, cause))
                    continue
                await self._send(job)
            await self._wait(lambda: not self._jobs and not self._reports)
            group.cancel_scope.cancel()
        self.is_over = True
        self.worker.wake()

    async def _send(self, job: Job) -> None:
        """Send a job when there is room beside the others; who is under suspicion makes room scarce."""
        self._waiting = job
        await self._wait(lambda: len(self._jobs) < self._room_with(job))
        self._waiting = None
        number, self._next = self._next, self._next + 1
        self._jobs[number] = job
        self.worker.send({
            "kind": "job",
            "id": number,
            "scenario": job.scenario_id,
            "cell": self.executor.setup.cells.index(job.cell),
            "run": job.run_number,
            "is_first": self.executor.begins(job),
        })  # fmt: skip
        await self._wait(lambda: len(self._jobs) < self._room_with())

    def _room_with(self, *jobs: Job) -> int:
        return self.executor.company([*self._jobs.values(), *jobs], self.room)

    async def _wait(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def _report_on(self) -> None:
        while True:
            await self._wait(lambda: bool(self._reports))
            job, row = self._reports[0]
            await self.report(job, row)
            del self._reports[0]
            self._tell()

    def hear(self, message: Message) -> None:
        """Take a message of the worker."""
        kind = message["kind"]
        if kind == "row":
            job = self._jobs.pop(message["id"])
            self.executor.clear(job.scenario_id)
            self._reports.append((job, ResultRow.model_validate(message["row"])))
            self._tell()
        elif kind == "beat":
            if "doing" in message:  # a loop that hangs names its step in place of it
                self.executor.doing[id(self)] = message["doing"]
        else:
            self.executor.hears(message)

    async def mourn(self, worker: WorkerProcess) -> None:
        """Put back what the dead worker had, and find out who is to blame."""
        for job, row in self._reports:
            await self.report(job, row)
        jobs = list(self._jobs.values())
        suspects = {worker.step} if worker.step else {job.scenario_id for job in jobs}
        get_logger().error("worker.lost", cause=worker.cause, runs=len(jobs), step=worker.step)
        if jobs and worker.is_ready:
            self.executor.blame(suspects, worker.cause)
        for job in [*jobs, *([self._waiting] if self._waiting else [])]:
            self.queue.put_back(job)


def _set_aside(job: Job, cause: str) -> ResultRow:
    """Give the row of a job whose scenario takes workers down."""
    error = WorkerError(f"scenario {job.scenario_id!r} was set aside: {cause}")
    result = PAREScenarioValidationResult(
        None, error, outcome="infrastructure", error_kind="worker_lost", error_stage="play"
    )
    return row_of(result, facts_of(job))
