"""The runner of many: from jobs to a result each, with store, retries and executors."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pare.errors import ConfigError
from pare.executors.job_runner import CreateScenario, JobRunner, JobSettings, hashes_of
from pare.executors.pool import open_pool
from pare.executors.process import ProcessExecutor
from pare.executors.tasks import IN_PROCESS_NOTE, TaskExecutor
from pare.executors.worker_process import COMMAND, Patience, WorkerSetup
from pare.llm.budget import Budget
from pare.llm.connect import REAL_NETWORK, Network
from pare.llm.factory import CallPolicies
from pare.llm.journal import Journal
from pare.llm.outage import EndpointNotice
from pare.logs import LogFiles, get_logger, logging_to
from pare.multi_scenario_runner.committer import Committer
from pare.multi_scenario_runner.disk import DiskWatch
from pare.multi_scenario_runner.folder import RunFolder, RunId
from pare.multi_scenario_runner.leasing import Leasing
from pare.multi_scenario_runner.progress import Progress
from pare.multi_scenario_runner.results import PAREMultiScenarioValidationResult
from pare.multi_scenario_runner.served import Hashes, Shelf
from pare.multi_scenario_runner.sweep_run import Executor, SweepRun
from pare.scenario_runner.garbage import rare_collections
from pare.scenario_runner.models import Accepted, preflight_all
from pare.scenario_runner.runner import in_a_loop_of_its_own
from pare.scenario_runner.table import check_agents
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.caching import ResultStore
from pare.scenarios.utils.registry import registry

DEFAULT_LOGS = MultiScenarioRunnerConfig.model_fields["logs_dir"].default

MEMORY_SHARE = 0.8
"""So much of the machine's memory the workers may have together."""


@dataclass(frozen=True)
class Workplace:
    """Where and how a sweep is run, apart from what is run.

    `folder` takes results, traces and logs; without it results are handed back only. `sources` are
    directories of scenario files, which are made known here, or by the workers that `command` starts.
    `fresh` draws replies anew, `replay_only` asks no model, `accept_drift` takes stored results of other
    models. `network` is the way to endpoints from this process; worker processes have the real one.
    """

    folder: RunFolder | None = None
    store: Path | None = None
    sources: Sequence[str] = ()
    command: Sequence[str] = COMMAND
    patience: Patience = field(default_factory=Patience)
    accept_drift: bool = False
    fresh: bool = False
    replay_only: bool = False
    known: Mapping[RunId, ResultRow] = field(default_factory=dict)
    network: Network = REAL_NETWORK


@dataclass(frozen=True)
class SweepEnd:
    """What a sweep came to: its counts, why it stopped if it did, and its rows where no folder has them."""

    progress: Progress
    stopped: str | None = None
    rows: Sequence[ResultRow] = ()
    lost: int = 0


OnStart = Callable[[SweepRun], None]


def watch_nothing(_sweep: SweepRun) -> None:
    """Let a sweep run unwatched."""


class MultiScenarioRunner:
    """Run many scenarios: in tasks, one after the other, or in worker processes."""

    def __init__(self, workplace: Workplace | None = None) -> None:
        self.workplace = workplace or Workplace()

    def run(
        self, config: MultiScenarioRunnerConfig, scenarios: Sequence[Scenario]
    ) -> PAREMultiScenarioValidationResult:
        """Run scenarios with one configuration, also inside a running loop; give all results.

        A scenario is known by its registered id and made anew for its run. One that is not registered is
        made by calling its class again, which other processes cannot do.

        Raises:
            ConfigError: something is refused before anything runs.
        """
        return in_a_loop_of_its_own(self._run_scenarios, config, scenarios)

    async def _run_scenarios(
        self, config: MultiScenarioRunnerConfig, scenarios: Sequence[Scenario]
    ) -> PAREMultiScenarioValidationResult:
        if not scenarios:
            raise ValueError("there are no scenarios to run")
        cell = Cell(config.scenario_config())
        live = {item.scenario_id: item for item in scenarios if not _is_registered(item)}
        if live and config.executor_type == "process":
            raise ConfigError(f"worker processes know registered scenarios only, not {', '.join(live)}")
        jobs = [Job(item.scenario_id, cell, item.run_number or 1) for item in scenarios]
        end = await self.run_async(config, jobs, create=_maker(live))
        return PAREMultiScenarioValidationResult.of(config, end.rows)

    async def run_async(
        self,
        config: MultiScenarioRunnerConfig,
        jobs: Iterable[Job],
        on_start: OnStart = watch_nothing,
        create: CreateScenario = registry.create,
    ) -> SweepEnd:
        """Run jobs; `on_start` is handed the sweep, to watch and to stop it.

        Raises:
            ConfigError: something is refused before anything runs.
            WorkerError: workers cannot be started.
        """
        if self.workplace.network != REAL_NETWORK and config.executor_type == "process":
            raise ConfigError("worker processes have a network of their own; choose another executor_type")
        jobs = list(dict.fromkeys(jobs))
        if self.workplace.sources and config.executor_type != "process":
            registry.load(self.workplace.sources)
        with ExitStack() as stack:
            stack.enter_context(rare_collections())
            store = stack.enter_context(ResultStore(self.workplace.store))
            if (files := self._log_files(config)) is not None:
                stack.enter_context(logging_to(files))
            return await _Sweep(self.workplace, config, jobs, store, create, files).run(on_start)

    def _log_files(self, config: MultiScenarioRunnerConfig) -> LogFiles | None:
        if not config.log_to_file:
            return None
        folder = self.workplace.folder
        is_elsewhere = folder is None or config.logs_dir != DEFAULT_LOGS
        place = config.logs_dir / config.experiment_name if is_elsewhere or folder is None else folder.logs
        return LogFiles(str(place.absolute()), config.log_level)


@dataclass
class _Sweep:
    """The parts of a sweep, put together."""

    place: Workplace
    config: MultiScenarioRunnerConfig
    jobs: Sequence[Job]
    store: ResultStore
    create: CreateScenario
    files: LogFiles | None
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(clock=self.place.network.clock)

    async def run(self, on_start: OnStart) -> SweepEnd:
        cells = list(dict.fromkeys(job.cell for job in self.jobs))
        for cell in cells:
            check_agents(cell.config)
        for notice in filter(None, (self.store.notice, self._note_on_executor())):
            get_logger().warning("sweep.noted", notice=notice)
        sweep = await self._prepared(cells)
        on_start(sweep)
        await sweep.serve()
        if sweep.missing:
            async with self._executor(cells) as executor:
                await sweep.play(executor)
        sweep.finish()
        return SweepEnd(self.progress, sweep.stopped, sweep.committer.kept or (), sweep.committer.lost)

    def _note_on_executor(self) -> str | None:
        return IN_PROCESS_NOTE if self.config.executor_type == "thread" else None

    async def _prepared(self, cells: Sequence[Cell]) -> SweepRun:
        ids = list(dict.fromkeys(job.scenario_id for job in self.jobs))
        self.progress.state = "hashing scenarios"
        hashes = {
            name: Hashes(found["scenario"], found["validator"], found["parts"])
            for name, found in (await self._hashes(ids, cells)).items()
        }
        caching = self.store if self.config.enable_caching else None
        folder = self.place.folder
        leasing = Leasing(self.store)
        kept: list[ResultRow] | None = [] if folder is None else None
        committer = Committer(hashes, caching, folder, release=leasing.release, kept=kept)
        places = [self.store.path, *([folder.path] if folder else [])]
        watch = DiskWatch([_existing(place) for place in places])
        return SweepRun(
            self.config,
            self.jobs,
            hashes,
            Shelf(None if self.place.fresh else caching, hashes, accepts_drift=self.place.accept_drift),
            committer,
            leasing,
            self.progress,
            self.place.known,
            watch.refusal,
        )

    async def _hashes(self, ids: Sequence[str], cells: Sequence[Cell]) -> Mapping[str, Mapping[str, Any]]:
        if self.config.executor_type == "process":
            return await self._processes(cells, {}).hashes(ids)
        return {scenario_id: hashes_of(scenario_id, self.create) for scenario_id in ids}

    @asynccontextmanager
    async def _executor(self, cells: Sequence[Cell]) -> AsyncIterator[Executor]:
        self.progress.state = "asking the endpoints"
        accepted: Accepted = {}
        if not self.place.replay_only:
            accepted = await preflight_all((cell.config for cell in cells), network=self.place.network)
        if self.config.executor_type == "process":
            processes = self._processes(cells, accepted)
            self.progress.doing = processes.all_doing
            yield processes
            return
        journal = Journal(self.store.journals)
        policies = CallPolicies(
            journal=journal,
            accepted=accepted,
            on_change=self._note_endpoint,
            budget=self._budget(),
            network=self.place.network,
        )
        configs = [cell.config for cell in cells]
        async with open_pool(configs, policies, replay_only=self.place.replay_only) as pool:
            runner = JobRunner(pool, self._settings(), journal, self.create)
            self.progress.doing = runner.all_doing
            yield TaskExecutor(runner, self.config.concurrency)

    def _processes(self, cells: Sequence[Cell], accepted: Accepted) -> ProcessExecutor:
        workers = self.config.workers or os.cpu_count() or 1
        setup = WorkerSetup(
            cells,
            self._settings(),
            workers,
            accepted,
            self._budget(),
            int(_memory_bytes() * MEMORY_SHARE / workers),
            self.files,
            self.place.sources,
        )
        folder = self.place.folder
        stderr = None if folder is None else folder.path / "workers.log"
        return ProcessExecutor(
            setup,
            self.config.concurrency,
            self.place.command,
            self.place.patience,
            stderr,
            lambda message: self._note_endpoint(
                EndpointNotice(message["endpoint"], message["state"], message["cause"], message["message"])
            ),
        )

    def _settings(self) -> JobSettings:
        folder = self.place.folder
        return JobSettings(
            timeout_seconds=self.config.timeout_seconds,
            journal_dir=self.store.journals,
            traces_dir=self.config.output_dir if folder is None else folder.traces.absolute(),
            fresh=self.place.fresh,
            replay_only=self.place.replay_only,
        )

    def _budget(self) -> Budget | None:
        """Give what the sweep may still spend: what earlier starts in its folder have cost counts, too."""
        self.progress.max_cost = self.config.max_cost
        if self.config.max_cost is None:
            return None
        paid = (row.usage.values() for row in self.place.known.values() if not row.cached)
        return Budget(self.config.max_cost, sum(used.cost or 0.0 for each in paid for used in each))

    def _note_endpoint(self, notice: EndpointNotice) -> None:
        self.progress.endpoints[notice.endpoint] = {
            "state": notice.state,
            "kind": notice.kind,
            "message": notice.message,
        }


def _is_registered(scenario: Scenario) -> bool:
    return registry.get_all_scenarios().get(scenario.scenario_id) is type(scenario)


def _maker(live: Mapping[str, Scenario]) -> CreateScenario:
    """Give a maker of scenarios that calls the classes of `live` ones again."""

    def create(scenario_id: str) -> Scenario:
        known = live.get(scenario_id)
        if known is None:
            return registry.create(scenario_id)
        made = type(known)()
        made.scenario_id = scenario_id
        return made

    return create


def _existing(place: Path) -> Path:
    """Give a place, or the nearest above it that is there already."""
    return next(path for path in (place, *place.absolute().parents) if path.exists())


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
