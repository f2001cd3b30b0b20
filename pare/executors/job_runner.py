"""Run one job: a fresh scenario, its journal, its log, and at the end its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from structlog.contextvars import bound_contextvars

from pare.executors.pool import ModelPool
from pare.llm.journal import Journal, JournalError
from pare.llm.journal_lines import RunKey
from pare.llm.working_time import WorkingTime
from pare.logs import get_logger
from pare.scenario_runner.play import play
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.hashing import scenario_hashes
from pare.scenarios.job import Cell, Job
from pare.scenarios.overview import oracle_length
from pare.scenarios.result_row import JobFacts, ResultRow, row_of
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ErrorStage, PAREScenarioValidationResult

CreateScenario = Callable[[str], Scenario]


class JobSettings(BaseModel):
    """What all jobs of a sweep share: limits, and where things are written. A value, sent to workers.

    `fresh` draws replies anew; `replay_only` asks no model, but takes what journals hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: float | None = None
    journal_dir: Path | None = None
    traces_dir: Path | None = None
    fresh: bool = False
    replay_only: bool = False


@dataclass
class JobRunner:
    """Runs jobs, any number at a time; `working` tells what each that is under way is doing."""

    pool: ModelPool
    settings: JobSettings
    journal: Journal | None = None
    create: CreateScenario = registry.create
    working: dict[Job, WorkingTime] = field(default_factory=dict)
    _begun: set[Job] = field(default_factory=set)
    _configs: dict[int, ScenarioRunnerConfig] = field(default_factory=dict)

    async def run(self, job: Job, *, is_first: bool = True) -> ResultRow:
        """Run a job to its row, whatever happens on the way.

        With `fresh` settings replies are drawn anew the first time only: who tries a job again, here or
        in another process, keeps what was paid for.
        """
        is_fresh = self.settings.fresh and is_first and job not in self._begun
        self._begun.add(job)
        work = self.working[job] = WorkingTime(self.settings.timeout_seconds)
        names = {"scenario": job.scenario_id, "run": job.run_number, "config": job.cell.config_hash}
        try:
            with bound_contextvars(**names):
                get_logger().info("run.started")
                row = await self._run(job, work, is_fresh=is_fresh)
                get_logger().info("run.finished", outcome=row.outcome, seconds=row.duration, error=row.error)
                return row
        finally:
            del self.working[job]

    def all_doing(self) -> list[list[object]]:
        """Say of each job that is under way what it is doing."""
        return [
            [job.scenario_id, job.run_number, job.cell.name, work.doing] for job, work in self.working.items()
        ]

    async def _run(self, job: Job, work: WorkingTime, *, is_fresh: bool) -> ResultRow:
        scenario: Scenario | None = None
        try:
            scenario = self.create(job.scenario_id)
            scenario.run_number = job.run_number
            result = await self._play(job, scenario, work, is_fresh=is_fresh)
            return row_of(result, facts_of(job, scenario))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the border of the runner
            stage: ErrorStage = "create" if scenario is None else "play"
            return row_of(_defect(error, stage), facts_of(job))

    async def _play(
        self, job: Job, scenario: Scenario, work: WorkingTime, *, is_fresh: bool
    ) -> PAREScenarioValidationResult:
        config = self._config_of(job.cell)
        if self.journal is None or config.oracle:
            return await play(config, scenario, self.pool.models_of(config), work=work)
        key = RunKey(*job.key)
        try:
            async with self.journal.run(key, fresh=is_fresh):
                return await play(config, scenario, self.pool.models_of(config), work=work)
        except JournalError as error:
            return PAREScenarioValidationResult(
                None, error, outcome="infrastructure", error_kind="journal", error_stage="play"
            )

    def _config_of(self, cell: Cell) -> ScenarioRunnerConfig:
        """Give the configuration of a cell, with the place for its traces."""
        if self.settings.traces_dir is None:
            return cell.config
        found = self._configs.get(id(cell))
        if found is None:
            place = self.settings.traces_dir / cell.config_hash
            found = self._configs[id(cell)] = cell.config.model_copy(update={"output_dir": place})
        return found


def _defect(error: BaseException, stage: ErrorStage) -> PAREScenarioValidationResult:
    told = error if isinstance(error, Exception) else RuntimeError(f"it ended with {error!r}")
    return PAREScenarioValidationResult(None, told, outcome="defect", error_stage=stage)


def facts_of(job: Job, scenario: Scenario | None = None) -> JobFacts:
    """Give what is known of a run beside its result."""
    return JobFacts(
        scenario_id=job.scenario_id,
        run_number=job.run_number,
        cell=job.cell.name,
        settings=job.cell.settings,
        config_hash=job.cell.config_hash,
        tags=tuple(tag.value for tag in (scenario.tags if scenario else None) or ()),
        oracle_length=oracle_length(scenario) if scenario else None,
        noise_events_planned=_planned_noise(job, scenario),
        load_dependent=job.cell.config.simulated_generation_time_mode == "measured",
    )


def _planned_noise(job: Job, scenario: Scenario | None) -> int | None:
    """Count the events of noise that a run has; None where none were asked for."""
    asked = job.cell.config.env_events_config
    if scenario is None or asked is None or not asked.num_env_events_per_minute:
        return None
    return sum(event.is_noise for event in scenario.events)


def hashes_of(scenario_id: str, create: CreateScenario = registry.create) -> dict[str, Any]:
    """Hash a scenario as plain JSON; one that cannot be made says so in its parts."""
    try:
        scenario = create(scenario_id)
    except Exception as error:  # noqa: BLE001 - a scenario that cannot be made is a defect when it is run
        reason = f"{type(error).__name__}: {error}"
        return {"scenario": "", "validator": "", "parts": {"create": reason}}
    found = scenario_hashes(scenario)
    return {"scenario": found.scenario, "validator": found.validator, "parts": found.parts}
