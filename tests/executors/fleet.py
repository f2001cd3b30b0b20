"""What tests of executors share: jobs whose agent writes one email, and what comes of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio

from pare.executors.job_runner import CreateScenario, JobRunner, JobSettings
from pare.executors.pool import open_pool
from pare.executors.queue import JobQueue
from pare.llm.engine import EngineConfig
from pare.llm.factory import CallPolicies
from pare.llm.journal import Journal
from pare.llm.scripted import ScriptedPolicy, steps
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.utils.registry import registry

CALLS = [
    {
        "tool": "Emails__send_email",
        "arguments": {"recipients": ["ana@example.org"], "subject": "Hi", "content": "Hello"},
    },
    {"tool": "AgentUserInterface__send_message_to_user", "arguments": {"content": "Done."}},
]
"""What solves a `misfits.Task`, in two calls."""

WALL = ("duration", "wall_effort", "trace")
"""What may differ between two runs of the same job: times, and where the trace is."""


def writes() -> ScriptedPolicy:
    """Give a policy that solves a task."""
    return steps(CALLS)


def config_of(url: str | None = None, **changes: Any) -> ScenarioRunnerConfig:
    """Give settings for an agent alone: a scripted model here, or one at `url`."""
    here = {"provider": "scripted", "model": "steps", "extra_body": {"steps": CALLS}}
    there = {"provider": "scripted", "model": "scripted", "endpoints": url}
    chosen: dict[str, Any] = {
        "agent_type": "default",
        "execute_model_alias": "writer",
        "execute_engine_config": EngineConfig.model_validate(there if url else here),
    }
    return ScenarioRunnerConfig(**(chosen | changes))


def jobs_of(cell: Cell, names: Iterable[str], runs: int = 1) -> list[Job]:
    return [Job(name, cell, number) for name in names for number in range(1, runs + 1)]


async def rows_from(executor: Any, jobs: Sequence[Job]) -> dict[Job, ResultRow]:
    """Run jobs, and give the row of each; each has one only."""
    rows: dict[Job, ResultRow] = {}
    queue = JobQueue(jobs)

    async def report(job: Job, row: ResultRow) -> None:
        assert job not in rows
        rows[job] = row
        queue.done()

    await executor.run(queue, report)
    return rows


@asynccontextmanager
async def job_runner(
    cells: Iterable[Cell],
    settings: JobSettings | None = None,
    create: CreateScenario = registry.create,
    policies: CallPolicies | None = None,
) -> AsyncIterator[JobRunner]:
    """Open a runner of jobs in this process, with journals if the settings say where."""
    settings = settings or JobSettings()
    journal = None if settings.journal_dir is None else Journal(settings.journal_dir)
    policies = (policies or CallPolicies()).journaled(journal)
    async with open_pool([cell.config for cell in cells], policies) as pool:
        yield JobRunner(pool, settings, journal, create)


async def until(is_so: Callable[[], object]) -> None:
    """Wait for what gives no event: what another process does, or an endpoint sees."""
    with anyio.fail_after(30):
        while not is_so():  # noqa: ASYNC110
            await anyio.sleep(0.01)


def told(row: ResultRow) -> dict[str, Any]:
    """Give a row without what may differ between two runs of the same job."""
    return row.model_dump(mode="json", exclude=set(WALL))


def trace_of(row: ResultRow) -> list[dict[str, Any]]:
    """Read a trace without its wall times."""
    assert row.trace is not None
    return [_without_wall(json.loads(line)) for line in Path(row.trace).read_bytes().splitlines()]


def _without_wall(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_wall(item) for name, item in value.items() if not name.startswith("wall")}
    return [_without_wall(item) for item in value] if isinstance(value, list) else value
