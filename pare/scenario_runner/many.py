"""Play registered scenarios with two agents, several at once."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from pare.scenario_runner.garbage import rare_collections
from pare.scenario_runner.models import open_models
from pare.scenario_runner.runner import play
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import PAREScenarioValidationResult


async def play_many(
    config: ScenarioRunnerConfig, scenario_ids: Sequence[str], max_concurrent: int
) -> list[tuple[str, PAREScenarioValidationResult]]:
    """Give (scenario id, result) in the order of the ids.

    Raises:
        ConfigError: a model cannot be reached as configured.
    """
    results: dict[str, PAREScenarioValidationResult] = {}
    limiter = anyio.CapacityLimiter(max_concurrent)
    with rare_collections():
        async with open_models(config) as models, anyio.create_task_group() as group:

            async def run(scenario_id: str) -> None:
                async with limiter:
                    results[scenario_id] = await play(config, registry.create(scenario_id), models)

            for scenario_id in scenario_ids:
                group.start_soon(run, scenario_id)
    return [(scenario_id, results[scenario_id]) for scenario_id in scenario_ids]
