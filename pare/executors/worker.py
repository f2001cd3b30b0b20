"""A worker: a process that runs jobs for a supervisor on an event loop of its own.

It ends when the pipe from its supervisor ends, whatever is still under way: journals hold what was paid
for. What scenario code prints goes to standard error, not between the messages.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio

from pare.executors.heartbeat import Heartbeat
from pare.executors.job_runner import JobRunner, JobSettings, hashes_of
from pare.executors.pool import open_pool
from pare.executors.wire import LONGEST_READ, Message, Outgoing, accepted_in, cell_in, messages
from pare.llm.budget import BudgetExhaustedError
from pare.llm.factory import CallPolicies
from pare.llm.journal import Journal
from pare.llm.outage import EndpointNotice
from pare.logs import LogFiles, configure_logging
from pare.scenario_runner.garbage import rare_collections
from pare.scenarios.job import Job
from pare.scenarios.utils.registry import registry

Prepare = Callable[[Message], None]
"""Makes the scenarios known that the set-up names."""


def main(prepare: Prepare | None = None) -> None:
    """Serve the supervisor at the other end of standard input and output."""
    for number in (signal.SIGINT, signal.SIGHUP):  # they are the supervisor's to hear
        signal.signal(number, signal.SIG_IGN)
    out = Outgoing(os.dup(1))
    os.dup2(2, 1)
    is_alone = False
    with rare_collections():
        try:
            anyio.run(_serve, out, prepare or load_sources)
        except* BrokenPipeError:
            is_alone = True
    if is_alone:
        sys.exit(1)


def load_sources(setup: Message) -> None:
    """Make the scenarios known of the places that the set-up names."""
    if setup["sources"]:
        registry.load(setup["sources"])


async def _serve(out: Outgoing, prepare: Prepare) -> None:
    incoming = messages(_receive)
    setup = await anext(incoming)
    try:
        worker = _Worker(setup, out)
        prepare(setup)
    except Exception as error:  # noqa: BLE001 - said to the supervisor, who ends the sweep with it
        out.send({"kind": "failed", "error": f"{type(error).__name__}: {error}"})
        return
    await worker.serve(incoming)


async def _receive() -> bytes:
    await anyio.wait_readable(0)
    return os.read(0, LONGEST_READ)


class _Worker:
    """What a worker was set up with, and the jobs that it runs."""

    def __init__(self, setup: Message, out: Outgoing) -> None:
        self._out = out
        self._cells = [cell_in(item) for item in setup["cells"]]
        self._settings = JobSettings(**setup["settings"])
        self._budget = _RemoteBudget(out, setup["max_cost"]) if setup["max_cost"] is not None else None
        self._setup = setup
        if setup["memory_bytes"]:
            resource.setrlimit(resource.RLIMIT_AS, (setup["memory_bytes"], setup["memory_bytes"]))
        if setup["logs"]:
            configure_logging("ERROR", LogFiles(**setup["logs"]))

    async def serve(self, incoming: Any) -> None:
        """Take messages until the pipe ends, and cancel what is under way then."""
        directory = self._settings.journal_dir
        journal = None if directory is None else Journal(directory)
        policies = CallPolicies(
            journal=journal,
            accepted=accepted_in(self._setup["accepted"]),
            on_change=self._tell,
            budget=self._budget,
            workers=self._setup["workers"],
        )
        configs = [cell.config for cell in self._cells]
        opening = open_pool(configs, policies, replay_only=self._settings.replay_only)
        async with opening as pool, anyio.create_task_group() as group:
            runner = JobRunner(pool, self._settings, journal)
            with Heartbeat(self._out, runner) as heart:
                group.start_soon(heart.tick)
                self._out.send({"kind": "ready"})
                async for message in incoming:
                    self._take(message, runner, group)
                group.cancel_scope.cancel()

    def _take(self, message: Message, runner: JobRunner, group: Any) -> None:
        kind = message["kind"]
        if kind == "job":
            group.start_soon(self._run, message, runner)
        elif kind == "hash":
            group.start_soon(self._hash, message["ids"])
        elif self._budget is not None:
            self._budget.answered(message["id"], is_granted=kind == "granted")

    async def _run(self, message: Message, runner: JobRunner) -> None:
        job = Job(message["scenario"], self._cells[message["cell"]], message["run"])
        row = await runner.run(job, is_first=message["is_first"])
        self._out.send({"kind": "row", "id": message["id"], "row": row.model_dump(mode="json")})

    async def _hash(self, ids: list[str]) -> None:
        for scenario_id in ids:
            self._out.send({"kind": "hashes", "scenario_id": scenario_id, **hashes_of(scenario_id)})
            await anyio.lowlevel.checkpoint()

    def _tell(self, notice: EndpointNotice) -> None:
        self._out.send({
            "kind": "notice",
            "endpoint": notice.endpoint,
            "state": notice.state,
            "cause": notice.kind,
            "message": notice.message,
        })  # fmt: skip


class _RemoteBudget:
    """The way to the supervisor's budget, which is for all workers together."""

    def __init__(self, out: Outgoing, limit: float) -> None:
        self._out = out
        self._limit = limit
        self._asked: dict[int, _Request] = {}
        self._next = 0

    async def reserve(self, amount: float) -> None:
        """Set `amount` aside for a call.

        Raises:
            BudgetExhaustedError: that much is not left, and will not be.
        """
        number, self._next = self._next, self._next + 1
        request = self._asked[number] = _Request(amount)
        self._out.send({"kind": "reserve", "id": number, "amount": amount})
        try:
            await request.answered.wait()
        except BaseException:
            request.is_abandoned = True
            raise
        if not request.is_granted:
            raise BudgetExhaustedError(self._limit)

    def settle(self, amount: float, cost: float) -> None:
        """Give back what was set aside, and count what the call has cost."""
        self._out.send({"kind": "settle", "amount": amount, "cost": cost})

    def answered(self, number: int, *, is_granted: bool) -> None:
        """Hand on the supervisor's answer; what nobody waits for any more is given back."""
        request = self._asked.pop(number)
        request.is_granted = is_granted
        request.answered.set()
        if request.is_abandoned and is_granted:
            self.settle(request.amount, 0.0)


@dataclass
class _Request:
    amount: float
    answered: anyio.Event = field(default_factory=anyio.Event)
    is_granted: bool = False
    is_abandoned: bool = False


if __name__ == "__main__":
    main()
