"""Open the models that a configuration names, each engine once, for all roles that share it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from pare.llm.client import Complete
from pare.llm.connect import REAL_NETWORK, Network
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.factory import SCRIPTED, CallPolicies, open_alias
from pare.llm.journal import FindsRun
from pare.llm.preflight import Preflight
from pare.llm.scripted import ScriptedPolicies
from pare.scenario_runner.oracle_policy import oracle
from pare.scenario_runner.table import Models, roles_of
from pare.scenarios.config import ScenarioRunnerConfig


def scripted_policies() -> ScriptedPolicies:
    """Give the scripted models by name, that which follows the oracle included."""
    policies = ScriptedPolicies()
    policies.register("oracle", oracle)
    return policies


Accepted = dict[str, AcceptedParameters]
"""What the endpoint of a URL takes, as the preflight found it."""


async def preflight_all(
    configs: Iterable[ScenarioRunnerConfig], wait_seconds: float = 0.0, network: Network = REAL_NETWORK
) -> Accepted:
    """Ask every endpoint of `configs`, before anything runs, whether it is ready; give what each takes.

    Scripted models in this process have no endpoint and are not asked.

    Raises:
        ConfigError: with all that is wrong: alias, URL, reason, and the variable of the key.
    """
    engines = {
        getattr(config, f"{role}_model_alias"): getattr(config, f"{role}_engine_config")
        for config in configs
        for role in roles_of(config)
    }
    served = {alias: engine for alias, engine in engines.items() if not is_in_process(engine)}
    report = await Preflight(wait_seconds=wait_seconds, network=network)(served)
    report.raise_for_problems()
    return {facts.url: facts.accepted for facts in report.facts}


def is_in_process(engine: EngineConfig) -> bool:
    """Tell whether an engine is a scripted model of this process."""
    return engine.provider == SCRIPTED and not engine.urls


@asynccontextmanager
async def open_models(
    config: ScenarioRunnerConfig, journal: FindsRun | None = None, accepted: Accepted | None = None
) -> AsyncIterator[Models]:
    """Open the models of `config` by role, and close them at the end; `accepted` is the preflight's.

    Raises:
        ConfigError: a model cannot be reached as configured.
    """
    policies = CallPolicies(journal=journal, scripted=scripted_policies(), accepted=accepted or {})
    async with AsyncExitStack() as stack:
        opened: dict[EngineConfig, Complete] = {}
        roles = roles_of(config)
        for role in roles:
            engine: EngineConfig = getattr(config, f"{role}_engine_config")
            if engine not in opened:
                alias: str = getattr(config, f"{role}_model_alias")
                model = open_alias(alias, engine, policies)
                opened[engine] = await stack.enter_async_context(model)
        yield {role: opened[getattr(config, f"{role}_engine_config")] for role in roles}
