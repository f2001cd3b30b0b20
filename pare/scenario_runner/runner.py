"""The runners: one scenario, with a user and an assistant or with an agent alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from typing import Any, TypeVar

import anyio

from pare.agents.seat import Record, record_nothing
from pare.errors import ConfigError
from pare.scenario_runner.models import open_models
from pare.scenario_runner.oracle import play_oracle
from pare.scenario_runner.play import play
from pare.scenario_runner.table import Models, check_agents, plays_alone
from pare.scenarios.config import ALONE, ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import PAREScenarioValidationResult, ScenarioValidationResult

Result = TypeVar("Result")

OpenModels = Callable[[ScenarioRunnerConfig], AbstractAsyncContextManager[Models]]
"""Opens the models that a configuration names, by role, for the length of a run."""


class TwoAgentScenarioRunner:
    """Run a scenario with the agents of a configuration, or by its oracle.

    `open_with` opens the models that a configuration names; by default as they are configured.
    """

    def __init__(self, open_with: OpenModels = open_models) -> None:
        self._open_models = open_with

    def run(self, config: ScenarioRunnerConfig, scenario: Scenario) -> ScenarioValidationResult:
        """Run to the end and give the result, also inside a running loop, as in a notebook.

        Raises:
            ConfigError: an agent cannot be found, or a model not be reached as configured.
        """
        if config.oracle:
            return play_oracle(scenario).result
        return in_a_loop_of_its_own(self.run_async, config, scenario)

    async def run_async(
        self, config: ScenarioRunnerConfig, scenario: Scenario, record: Record = record_nothing
    ) -> PAREScenarioValidationResult:
        """Do what `run` does on the event loop.

        Raises:
            ConfigError: an agent cannot be found, or a model not be reached as configured.
        """
        if config.oracle:
            return await play(config, scenario, {}, record)
        check_agents(config)
        async with self._open_models(config) as models:
            return await play(config, scenario, models, record)


class ScenarioRunner(TwoAgentScenarioRunner):
    """Run a scenario that was written for one agent, which has the phone to itself.

    Its model and its limit of steps are the `execute` fields of the configuration.
    """

    async def run_async(
        self, config: ScenarioRunnerConfig, scenario: Scenario, record: Record = record_nothing
    ) -> PAREScenarioValidationResult:
        """Run to the end and give the result.

        Raises:
            ConfigError: `agent_type` names an agent that needs a user, or none at all; or a model cannot
                be reached as configured.
        """
        return await super().run_async(alone(config), scenario, record)


def alone(config: ScenarioRunnerConfig) -> ScenarioRunnerConfig:
    """Give `config` for an agent alone: the default one, unless another one is named.

    Raises:
        ConfigError: the agent that is named does not play alone.
    """
    if "agent_type" not in config.model_fields_set:
        chosen = config.model_dump(include=config.model_fields_set) | {"agent_type": ALONE}
        return ScenarioRunnerConfig(**chosen)
    if not plays_alone(config):
        raise ConfigError(
            f"agent_type {config.agent_type!r} plays beside a user; ScenarioRunner needs one that plays "
            f"alone, such as {ALONE!r}"
        )
    return config


def in_a_loop_of_its_own(function: Callable[..., Awaitable[Result]], *args: Any) -> Result:
    """Await ``function(*args)`` from synchronous code; beside a running loop, on a thread of its own."""

    def run() -> Result:
        return anyio.run(function, *args)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, run).result()
