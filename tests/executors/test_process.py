"""Jobs in real worker processes: the same rows as in this one, and no scenario takes the others down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from pare.executors.job_runner import JobSettings, hashes_of
from pare.executors.process import ProcessExecutor, _Shift
from pare.executors.queue import JobQueue
from pare.executors.tasks import TaskExecutor
from pare.executors.worker_process import Patience, WorkerError, WorkerSetup
from pare.llm.scripted import ScriptedPolicy, steps
from pare.llm.types import Completion, CompletionRequest
from pare.scenarios.config import ROLES
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.testing.endpoint import serve
from tests.executors.fleet import (
    CALLS,
    config_of,
    job_runner,
    jobs_of,
    rows_from,
    told,
    trace_of,
    until,
    writes,
)
from tests.executors.misfits import COMMAND, FLAG, GOOD, MISFITS

ROOT = Path(__file__).parents[2]

LOOK = {"tool": "Emails__list_emails", "arguments": {}}

PATIENT = Patience(silent=60, stuck=60, start=60)


@pytest.fixture
def flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Counter[str]]:
    """Give what the misfits have told so far."""
    place = tmp_path / "told"
    place.touch()
    monkeypatch.setenv(FLAG, str(place))
    return lambda: Counter(place.read_text().split())


def created(name: str) -> Scenario:
    return MISFITS[name](scenario_id=name) if name in MISFITS else registry.create(name)


def processes(
    cell: Cell,
    place: Path,
    *,
    workers: int = 1,
    concurrency: int = 8,
    patience: Patience = PATIENT,
    fresh: bool = False,
    **setup: Any,
) -> ProcessExecutor:
    settings = JobSettings(journal_dir=place / "journals", traces_dir=place / "traces", fresh=fresh)
    made = WorkerSetup([cell], settings, workers, **setup)
    return ProcessExecutor(made, concurrency, COMMAND, patience, place / "workers.log")


def children(parent: int | None = None) -> list[int]:
    """List the workers that a process has started."""
    tasks = Path(f"/proc/{parent or os.getpid()}/task").glob("*/children")
    found = [int(number) for task in tasks for number in task.read_text().split()]
    return [number for number in found if b"misfits" in Path(f"/proc/{number}/cmdline").read_bytes()]


def said_in(place: Path) -> str:
    return (place / "workers.log").read_text()


def outcomes(rows: Any) -> dict[str, str]:
    return {job.scenario_id: row.outcome for job, row in rows.items()}


# --- the same as in this process ------------------------------------------------------------------------


async def test_rows_and_traces_are_the_same_as_in_this_process(tmp_path: Path) -> None:
    engine = {"provider": "scripted", "model": "oracle"}
    for changes, names in (
        ({}, GOOD[:3]),
        (
            {"agent_type": "observe-execute", **{f"{role}_engine_config": engine for role in ROLES}},
            ("dentist_moves_appointment", "plumber_answers_the_leak"),
        ),
    ):
        cell = Cell(config_of(**changes, env_events_config={}), {"seed": 0})
        jobs = jobs_of(cell, names, runs=2)
        there = await rows_from(processes(cell, tmp_path / "there", workers=2), jobs)
        settings = JobSettings(journal_dir=tmp_path / "here/j", traces_dir=tmp_path / "here/t")
        async with job_runner([cell], settings, created) as runner:
            here = await rows_from(TaskExecutor(runner, 3), jobs)
        assert {row.outcome for row in here.values()} == {"success"}
        assert [told(there[job]) for job in jobs] == [told(here[job]) for job in jobs]
        assert [trace_of(there[job]) for job in jobs] == [trace_of(here[job]) for job in jobs]


async def test_a_worker_hashes_as_this_process_does(tmp_path: Path) -> None:
    names = ["dentist_moves_appointment", "plumber_answers_the_leak"]
    executor = processes(Cell(config_of()), tmp_path)
    executor.stderr = tmp_path / "missing" / "workers.log"  # which stops no worker
    found = await executor.hashes(names)
    expected = {name: hashes_of(name) for name in names}
    assert {name: {part: told[part] for part in expected[name]} for name, told in found.items()} == expected


async def test_what_a_scenario_prints_raises_or_allocates_harms_nobody(tmp_path: Path) -> None:
    cell = Cell(config_of())
    names = [*GOOD, "prints", "leaves", "cannot_be_made", "allocates"]
    executor = processes(cell, tmp_path, memory_bytes=1_500_000_000)
    rows = await rows_from(executor, jobs_of(cell, names))
    assert outcomes(rows) == {
        **dict.fromkeys([*GOOD, "prints"], "success"),
        **dict.fromkeys(["leaves", "cannot_be_made", "allocates"], "defect"),
    }
    errors = {job.scenario_id: row.error for job, row in rows.items() if row.error}
    assert errors["allocates"].startswith("MemoryError")
    assert "enough" in errors["leaves"]
    assert errors["cannot_be_made"] == "LookupError: no constructor"
    assert "no message" in said_in(tmp_path)
    assert (executor.all_doing(), children()) == ([], [])


def test_what_a_worker_does_is_what_it_told_last_also_while_its_loop_hangs(tmp_path: Path) -> None:
    async def report(job: Job, row: ResultRow) -> None:
        raise AssertionError(job, row)

    executor = processes(Cell(config_of()), tmp_path)
    hear = _Shift(executor, JobQueue([]), report, 1).hear
    doing = [["good_1", 1, "base", "simulation"]]
    hear({"kind": "beat", "ticks": 1, "doing": doing})
    hear({"kind": "beat", "ticks": 1, "step": ["good_1", "Loops.validate"]})
    assert executor.all_doing() == doing
    hear({"kind": "beat", "ticks": 2, "doing": []})
    assert executor.all_doing() == []


# --- workers that are lost ------------------------------------------------------------------------------


class Counting:
    """A policy that counts what it was asked, and tells what the journals hold at some moment."""

    def __init__(self, policy: ScriptedPolicy) -> None:
        self.policy = policy
        self.asked: Counter[tuple[str, int]] = Counter()

    def __call__(self, request: CompletionRequest) -> Completion:
        self.asked[request.label.scenario_id, request.label.ordinal] += 1
        return self.policy(request)

    def recorded(self) -> set[tuple[str, int]]:
        """Name the calls whose replies are on file: the next one has been asked."""
        return {(name, ordinal - 1) for name, ordinal in self.asked if ordinal}


async def killed_in_the_middle(number: signal.Signals, place: Path, patience: Patience) -> None:
    """Signal a worker while runs are under way, and check that all finish, and no reply is paid twice."""
    policy = Counting(steps([*[LOOK] * 4, *CALLS]))
    async with serve(policy, latency_seconds=0.1) as endpoint:
        cell = Cell(config_of(endpoint.url))
        executor = processes(cell, place, patience=patience, fresh=True)
        jobs, rows = jobs_of(cell, GOOD), {}

        async def run() -> None:
            rows.update(await rows_from(executor, jobs))

        async with anyio.create_task_group() as group:
            group.start_soon(run)
            await until(lambda: sum(policy.asked.values()) >= 16)
            [worker] = children()
            os.kill(worker, number)
            recorded = policy.recorded()
    assert outcomes(rows) == dict.fromkeys(GOOD, "success")
    assert len(recorded) >= 6
    assert {call for call in recorded if policy.asked[call] > 1} == set()
    assert policy.asked.keys() == {(name, ordinal) for name in GOOD for ordinal in range(6)}
    assert all(row.usage["execute"].calls == 6 for row in rows.values())
    assert worker not in children()


async def test_runs_of_a_killed_worker_go_on_from_their_journals(tmp_path: Path) -> None:
    await killed_in_the_middle(signal.SIGKILL, tmp_path, PATIENT)


@pytest.mark.long
async def test_a_worker_that_is_stopped_is_replaced(tmp_path: Path) -> None:
    await killed_in_the_middle(signal.SIGSTOP, tmp_path, Patience(silent=2, stuck=60, start=60))


async def test_a_scenario_that_loops_for_ever_is_blamed_by_name_and_set_aside(
    tmp_path: Path, flag: Callable[[], Counter[str]]
) -> None:
    cell = Cell(config_of())
    executor = processes(
        cell, tmp_path, workers=2, concurrency=4, patience=Patience(silent=30, stuck=1.6, start=60)
    )
    jobs = jobs_of(cell, [*GOOD[:3], "loops", *GOOD[3:]]) + jobs_of(cell, ["loops"], 4)[1:]
    rows = await rows_from(executor, jobs)
    assert outcomes(rows) == {**dict.fromkeys(GOOD, "success"), "loops": "infrastructure"}
    [error] = {row.error for row in rows.values() if row.error}
    assert error.startswith("WorkerError: scenario 'loops' was set aside: it hung for")
    assert "Loops.validate" in error
    assert "misfits.py" in error
    assert {row.error_kind for row in rows.values()} == {None, "worker_lost"}
    assert flag()["loops"] in (2, 3)  # a third one may have begun before the second worker was given up


@pytest.mark.long
@pytest.mark.parametrize("misfit", ["exits", "ambushes"])
async def test_a_scenario_that_ends_its_worker_is_found_by_running_it_alone(
    misfit: str, tmp_path: Path, flag: Callable[[], Counter[str]]
) -> None:
    async with serve(writes(), latency_seconds=0.15) as endpoint:
        cell = Cell(config_of(endpoint.url))
        rows = await rows_from(processes(cell, tmp_path), jobs_of(cell, [*GOOD[:3], misfit, *GOOD[3:]]))
    assert outcomes(rows) == {**dict.fromkeys(GOOD, "success"), misfit: "infrastructure"}
    [row] = [row for row in rows.values() if row.outcome == "infrastructure"]
    cause = {"exits": "exit code 3", "ambushes": "SIGKILL"}[misfit]
    assert row.error == f"WorkerError: scenario {misfit!r} was set aside: it ended with {cause}"
    assert flag()[misfit] == 3  # twice in company, once alone
    if misfit == "exits":
        assert endpoint.counts.replied <= 2 * len(rows) + 2 * 8  # what was in flight, twice


async def test_workers_that_are_killed_from_outside_put_no_scenario_under_suspicion_for_good(
    tmp_path: Path,
) -> None:
    async with serve(writes(), latency_seconds=0.1) as endpoint:
        cell = Cell(config_of(endpoint.url))
        executor, rows = processes(cell, tmp_path, concurrency=16), {}
        counts = endpoint.counts

        async def run() -> None:
            jobs = sorted(jobs_of(cell, GOOD, 30), key=lambda job: job.run_number)
            rows.update(await rows_from(executor, jobs))

        async with anyio.create_task_group() as group:
            group.start_soon(run)
            replied = 0
            for _ in range(2):
                await until(lambda: counts.replied > replied + 32 and counts.in_flight > 12)  # noqa: B023
                [worker] = children()
                os.kill(worker, signal.SIGKILL)
                replied = counts.replied
            await until(lambda: counts.replied > replied + 32)  # some to what was killed among them
            counts.most_in_flight = 0
    assert Counter(outcomes(rows).values()) == {"success": len(GOOD)}
    assert len(rows) == 30 * len(GOOD)
    assert counts.most_in_flight > 12


@pytest.mark.long
async def test_a_scenario_that_hangs_while_it_is_made_is_named(tmp_path: Path) -> None:
    executor = processes(Cell(config_of()), tmp_path, patience=Patience(silent=30, stuck=1.6, start=60))
    with pytest.raises(WorkerError, match="ended while it made scenario 'hangs_at_start': it hung for"):
        await executor.hashes([*GOOD, "hangs_at_start", "exits"])


# --- workers that cannot start --------------------------------------------------------------------------

PREPARE = """
from pare.executors.worker import main

def prepare(setup):
    raise LookupError("no scenarios")

main(prepare)
"""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([sys.executable, "-c", "raise SystemExit(3)"], "cannot be started: it ended with exit code 3"),
        (["/nowhere/python"], "cannot be started: .*No such file"),
        ([sys.executable, "-c", "print('hello', flush=True); input()"], "what was started is no worker"),
        ([sys.executable, "-c", PREPARE], "LookupError: no scenarios"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "gave no sign of life"),
    ],
)
async def test_workers_that_cannot_start_end_the_sweep(command: list[str], said: str, tmp_path: Path) -> None:
    cell = Cell(config_of())
    setup = WorkerSetup([cell], JobSettings())
    executor = ProcessExecutor(setup, 4, command, Patience(start=0.2 if "sleep" in command[-1] else 20))
    with anyio.fail_after(20), pytest.raises(WorkerError, match=said):
        await rows_from(executor, jobs_of(cell, GOOD))


# --- supervisors that die -------------------------------------------------------------------------------

SUPERVISOR = """
import sys
import anyio
from pathlib import Path
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from tests.executors.fleet import config_of, jobs_of, rows_from
from tests.executors.test_process import processes

cell = Cell(config_of(sys.argv[2] or None))
anyio.run(rows_from, processes(cell, Path(sys.argv[1]), workers=2), jobs_of(cell, sys.argv[3:]))
"""


@contextmanager
def supervisor(place: Path, url: str, *names: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", SUPERVISOR, str(place), url, *names]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def left_of(numbers: list[int]) -> list[int]:
    return [number for number in numbers if Path(f"/proc/{number}/cmdline").exists()]


async def check_gone(numbers: list[int], seconds: float) -> None:
    """Give processes some time to end."""
    with anyio.move_on_after(seconds):
        await until(lambda: not left_of(numbers))
    left = left_of(numbers)
    for number in left:
        os.kill(number, signal.SIGKILL)
    assert left == []


async def test_a_dead_supervisor_leaves_no_worker_behind(
    tmp_path: Path, flag: Callable[[], Counter[str]]
) -> None:
    async with serve(writes(), latency_seconds=60) as endpoint:
        with supervisor(tmp_path, endpoint.url, *GOOD) as process:
            await until(lambda: endpoint.counts.in_flight == len(GOOD))
            workers = children(process.pid)
            assert len(workers) == 2
            process.kill()
            process.wait()
            await check_gone(workers, 5)


@pytest.mark.long
async def test_a_dead_supervisor_leaves_no_worker_behind_that_hangs(
    tmp_path: Path, flag: Callable[[], Counter[str]]
) -> None:
    with supervisor(tmp_path, "", "loops", "loops") as process:
        await until(lambda: flag()["loops"])
        workers = children(process.pid)
        process.kill()
        process.wait()
        await check_gone(workers, 8)
