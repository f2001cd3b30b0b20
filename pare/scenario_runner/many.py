"""Play registered scenarios with two agents, several at once."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from pare.scenario_runner.garbage import rare_collections
from pare.scenario_runner.models import open_models, preflight
from pare.scenario_runner.play import play
from pare.scenario_runner.table import check_agents
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import PAREScenarioValidationResult


async def play_many(
    config: ScenarioRunnerConfig, scenario_ids: Sequence[str], max_concurrent: int
) -> list[tuple[str, PAREScenarioValidationResult]]:
    """Ask the endpoints whether they are ready, then play; give (scenario id, result) in order.

    Raises:
        ConfigError: a model cannot be reached as configured; all problems at once.
    """
    check_agents(config)
    results: dict[str, PAREScenarioValidationResult] = {}
    limiter = anyio.CapacityLimiter(max_concurrent)
    with rare_collections():
        accepted = await preflight(config)
    async with open_models(config, accepted=accepted) as models, anyio.create_task_group() as group:

        async def run(scenario_id: str) -> None:
            async with limiter:
                results[scenario_id] = await play(config, registry.create(scenario_id), models)

        for scenario_id in scenario_ids:
            group.start_soon(run, scenario_id)
    return [(scenario_id, results[scenario_id]) for scenario_id in scenario_ids]
