"""What running many costs beyond the runs themselves: CPU a run, workers, queued jobs, cancellation.

Oracle runs of the bundled scenarios, which take about a millisecond each, so that the costs of runner, store,
leases, traces and logs stand out. The scenarios alone are played in the same run, one after the other, and
validated; the difference is the overhead.

Run it as `python benchmarks/sweep.py`.
"""

import argparse
import gc
import os
import tempfile
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import anyio
from figures import Figure, add_json_option, report

from pare.executors.job_runner import JobRunner, JobSettings
from pare.executors.pool import open_pool
from pare.executors.queue import JobQueue
from pare.executors.tasks import TaskExecutor
from pare.llm.factory import CallPolicies
from pare.multi_scenario_runner import MultiScenarioRunner, SweepEnd, Workplace
from pare.multi_scenario_runner.folder import RunFolder, new_folder
from pare.scenario_runner import play_oracle
from pare.scenario_runner.garbage import rare_collections
from pare.scenarios.config import ROLES, MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.utils.registry import registry

IDS = sorted(registry.get_all_scenarios())

MARK_OVERHEAD = 1.0
MARK_SPEEDUP = 1.5
MARK_QUEUED_MEGABYTES = 50.0
MARK_CANCEL_SECONDS = 0.25


def config_of(executor_type: str, workers: int = 1, **more: Any) -> MultiScenarioRunnerConfig:
    return MultiScenarioRunnerConfig(executor_type=executor_type, workers=workers, oracle=True, **more)


def jobs_of(config: MultiScenarioRunnerConfig, count: int) -> list[Job]:
    cell = Cell(config.scenario_config())
    each = (Job(name, cell, 1 + place // len(IDS)) for place, name in enumerate(islice(cycle(IDS), count)))
    return list(each)


def swept(config: MultiScenarioRunnerConfig, count: int, directory: Path) -> SweepEnd:
    """Run a sweep in a folder and with a store of its own."""
    folder = RunFolder(new_folder(directory, "sweep"))
    folder.lock()
    try:
        place = Workplace(folder=folder, store=folder.path / "store")
        return anyio.run(MultiScenarioRunner(place).run_async, config, jobs_of(config, count))
    finally:
        folder.unlock()


def alone(count: int) -> None:
    with rare_collections():
        for name in islice(cycle(IDS), count):
            assert play_oracle(registry.create(name)).outcome == "success"


def cpu_of(function: Callable[[], object]) -> float:
    gc.collect()
    before = process_time()
    function()
    return process_time() - before


def overhead(count: int, rounds: int, directory: Path) -> float:
    """Give the milliseconds of CPU of a run beyond the scenario itself."""
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(cpu_of(lambda: alone(count)))
        whole.append(cpu_of(lambda: swept(config_of("async"), count, directory)))
    print(f"{'alone':24}{median(bare) / count * 1000:8.3f} ms of CPU a run")
    print(f"{'in a sweep (async)':24}{median(whole) / count * 1000:8.3f} ms of CPU a run")
    return (median(whole) - median(bare)) / count * 1000


def rates(count: int, rounds: int, directory: Path) -> dict[int, float]:
    """Give the runs per second with one worker and with two, start and hashing left out."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers, values in found.items():
            values.append(count / seconds_of_play(workers, count, directory))
    for workers, values in found.items():
        print(f"{f'{workers} worker(s)':24}{median(values):8,.0f} runs/s")
    return {workers: median(values) for workers, values in found.items()}


def seconds_of_play(workers: int, count: int, directory: Path) -> float:
    """Time a sweep from its hundredth result to its last: workers have started by then."""
    times: list[float] = []

    class Watched(RunFolder):
        def append(self, rows: Any) -> None:
            super().append(rows)
            times.append(perf_counter())

    folder = Watched(new_folder(directory, "workers"))
    folder.lock()
    try:
        config = config_of("process", workers)
        place = Workplace(folder=folder, store=folder.path / "store")
        anyio.run(MultiScenarioRunner(place).run_async, config, jobs_of(config, count))
    finally:
        folder.unlock()
    warm = count // 10
    return (times[-1] - times[warm]) * count / (count - warm)


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def queued(count: int) -> float:
    """Give the megabytes that so many jobs take while they wait."""
    config = config_of("async")
    gc.collect()
    before = megabytes()
    jobs = jobs_of(config, count)
    queue = JobQueue(jobs)
    gc.collect()
    grown = megabytes() - before
    del jobs, queue
    return grown


async def cancelled(in_flight: int) -> float:
    """Give the seconds that it takes to cancel so many runs that wait for their model."""
    engine = {"provider": "scripted", "model": "wait"}
    config = MultiScenarioRunnerConfig(**{f"{role}_engine_config": engine for role in ROLES})
    cell = Cell(config.scenario_config())
    jobs = [Job(name, cell, n) for n, name in enumerate(islice(cycle(IDS), in_flight), 1)]
    async with open_pool([cell.config], CallPolicies()) as pool:
        for engine_key in pool._opened:
            pool._opened[engine_key] = _never  # type: ignore[assignment]
        runner = JobRunner(pool, JobSettings())

        async def report(_job: Job, row: Any) -> None:
            raise AssertionError(row)

        async with anyio.create_task_group() as group:
            group.start_soon(TaskExecutor(runner, in_flight).run, JobQueue(jobs), report)
            while sum(work.doing != "simulation" for work in runner.working.values()) < in_flight:  # noqa: ASYNC110
                await anyio.sleep(0.05)
            began = perf_counter()
            group.cancel_scope.cancel()
    return perf_counter() - began


async def _never(_request: Any) -> Any:
    await anyio.sleep_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000, help="runs of a sweep, for the overhead")
    parser.add_argument(
        "--worker-runs", type=int, default=5_000, help="runs of a sweep, for the workers, or 0"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--queued", type=int, default=100_000)
    parser.add_argument("--in-flight", type=int, default=1_000)
    parser.add_argument("--cancellations", type=int, default=20)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        alone(len(IDS))
        cost = overhead(options.runs, options.rounds, place)
        speeds = rates(options.worker_runs, options.rounds, place) if options.worker_runs else {}
    grown = queued(options.queued)
    with rare_collections():
        times = [anyio.run(cancelled, options.in_flight) for _ in range(options.cancellations)]
    slowest = quantiles(times, n=100)[98]
    found = [
        Figure("a run in a sweep, beyond the run itself, CPU", cost, "ms", MARK_OVERHEAD),
        Figure(f"{options.queued:,} queued jobs, memory", grown, "MB", MARK_QUEUED_MEGABYTES),
        Figure(
            f"cancelling {options.in_flight:,} in flight, slowest of {options.cancellations} (p99), wall",
            slowest,
            "s",
            MARK_CANCEL_SECONDS,
        ),
    ]
    if speeds:
        ratio = speeds[2] / speeds[1]
        found.insert(
            1, Figure("runs/s of two workers beside one", ratio, "times", MARK_SPEEDUP, more_is_better=True)
        )
    report("sweep", found, options.json)


if __name__ == "__main__":
    main()
