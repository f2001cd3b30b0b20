"""Who is suspected of taking workers down, in what company suspects run, and when one is set aside."""

import pytest

from pare.executors.job_runner import JobSettings
from pare.executors.process import MOST_LOSSES, ProcessExecutor
from pare.executors.worker_process import WorkerSetup
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell, Job

CELL = Cell(ScenarioRunnerConfig(oracle=True))


@pytest.fixture
def executor() -> ProcessExecutor:
    return ProcessExecutor(WorkerSetup([CELL], JobSettings()), concurrency=100)


def jobs(*scenario_ids: str) -> list[Job]:
    return [Job(scenario_id, CELL) for scenario_id in scenario_ids]


def test_the_company_of_a_suspect_gets_smaller_with_each_lost_worker(
    executor: ProcessExecutor,
) -> None:
    companies = []
    for _ in range(4):
        companies.append(executor.company(jobs("well", "suspect"), 100))
        executor.blame(["suspect", "other"], "SIGKILL")
    assert companies == [100, 100, 12, 1]
    assert executor.company(jobs("well"), 100) == 100
    executor.clear("suspect")
    assert executor.company(jobs("suspect"), 100) == 100
    assert executor.verdict_on("suspect") is None


def test_who_takes_workers_down_alone_is_set_aside(executor: ProcessExecutor) -> None:
    executor.blame(["bad", "other"], "SIGKILL")
    executor.blame(["bad"], "SIGKILL")
    assert executor.verdict_on("bad") is None
    executor.blame(["bad"], "SIGSEGV")
    assert (executor.verdict_on("bad"), executor.verdict_on("other")) == ("SIGSEGV", None)


def test_who_finishes_runs_between_is_hardly_ever_set_aside(
    executor: ProcessExecutor,
) -> None:
    for _ in range(MOST_LOSSES - 1):
        executor.blame(["well"], "SIGKILL")
        executor.clear("well")
    assert executor.verdict_on("well") is None
    executor.blame(["well"], "SIGKILL")
    assert executor.verdict_on("well") == "SIGKILL"
