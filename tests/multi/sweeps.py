"""What tests of the runner of many share: a place on the disk, an endpoint that counts, and sweeps there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pare.executors.job_runner import CreateScenario
from pare.llm.engine import EngineConfig
from pare.multi_scenario_runner import MultiScenarioRunner, SweepEnd, Workplace
from pare.multi_scenario_runner.folder import RunFolder
from pare.multi_scenario_runner.runner import OnStart, watch_nothing
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.scenario import Scenario
from tests.executors.misfits import COMMAND, GOOD, MISFITS

PRICE = {"prompt": 1.0, "completion": 10.0, "cached_prompt": 1.0}


def created(name: str) -> Scenario:
    return MISFITS[name](scenario_id=name)


def engine_at(url: str, **changes: Any) -> EngineConfig:
    known = {"provider": "scripted", "model": "scripted", "endpoints": url}
    return EngineConfig.model_validate(known | changes)


@dataclass
class Place:
    """A directory with a store and a run folder, and an endpoint that solves tasks."""

    path: Path
    url: str
    folders: int = 0
    folder: RunFolder = field(init=False)

    def new_folder(self) -> RunFolder:
        self.folders += 1
        self.folder = RunFolder(self.path / f"run-{self.folders}")
        self.folder.path.mkdir()
        return self.folder

    def config(self, **changes: Any) -> MultiScenarioRunnerConfig:
        chosen = {
            "agent_type": "default",
            "execute_model_alias": "writer",
            "execute_engine_config": engine_at(self.url),
            "logs_dir": self.path / "logs",
        }
        return MultiScenarioRunnerConfig(**(chosen | changes))

    def workplace(self, **changes: Any) -> Workplace:
        return replace(Workplace(store=self.path / "store", command=COMMAND), **changes)

    async def sweep(
        self,
        names: Sequence[str] | None = None,
        *,
        runs: int = 1,
        create: CreateScenario = created,
        place: dict[str, Any] | None = None,
        on_start: OnStart = watch_nothing,
        **changes: Any,
    ) -> SweepEnd:
        """Run scenarios, by default the good ones, each so many times."""
        config = self.config(**changes)
        cell = Cell(config.scenario_config())
        jobs = [Job(name, cell, number) for name in names or GOOD for number in range(1, runs + 1)]
        runner = MultiScenarioRunner(self.workplace(**(place or {})))
        return await runner.run_async(config, jobs, on_start, create)


def outcomes(rows: Iterable[ResultRow]) -> list[str]:
    return [row.outcome for row in rows]
