"""Open the models that a configuration names, each engine once, for all roles that share it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from pare.llm.client import Complete
from pare.llm.engine import EngineConfig
from pare.llm.factory import CallPolicies, open_alias
from pare.llm.journal import FindsRun
from pare.llm.scripted import ScriptedPolicies
from pare.scenario_runner.agents import ROLES, Models
from pare.scenario_runner.oracle_policy import oracle
from pare.scenarios.config import ScenarioRunnerConfig


def scripted_policies() -> ScriptedPolicies:
    """Give the scripted models by name, that which follows the oracle included."""
    policies = ScriptedPolicies()
    policies.register("oracle", oracle)
    return policies


@asynccontextmanager
async def open_models(config: ScenarioRunnerConfig, journal: FindsRun | None = None) -> AsyncIterator[Models]:
    """Open the models of `config` by role, and close them at the end.

    Raises:
        ConfigError: a model cannot be reached as configured.
    """
    policies = CallPolicies(journal=journal, scripted=scripted_policies())
    async with AsyncExitStack() as stack:
        opened: dict[EngineConfig, Complete] = {}
        for role in ROLES:
            engine: EngineConfig = getattr(config, f"{role}_engine_config")
            if engine not in opened:
                alias: str = getattr(config, f"{role}_model_alias")
                model = open_alias(alias, engine, policies)
                opened[engine] = await stack.enter_async_context(model)
        yield {role: opened[getattr(config, f"{role}_engine_config")] for role in ROLES}
