"""The models of all cells of a sweep: each engine is opened once, whoever asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from pare.llm.client import Complete, EndpointError
from pare.llm.engine import EngineConfig
from pare.llm.factory import CallPolicies, open_alias
from pare.llm.journal import Journaled
from pare.llm.types import Completion, CompletionRequest
from pare.scenario_runner.models import scripted_policies
from pare.scenario_runner.table import Models, roles_of
from pare.scenarios.config import ScenarioRunnerConfig


class NotRecordedError(EndpointError):
    """A run is scored anew, and its journal does not hold the reply that it takes."""

    def __init__(self) -> None:
        super().__init__("not_recorded", "the journal does not hold this reply, and no model is asked")


@dataclass(frozen=True)
class ModelPool:
    """Whom to ask, for every role of every configuration that the pool was opened for."""

    _opened: dict[tuple[str, EngineConfig], Complete] = field(repr=False)

    def models_of(self, config: ScenarioRunnerConfig) -> Models:
        """Give the models of `config` by role."""
        return {role: self._opened[_engine_of(config, role)] for role in roles_of(config)}


@asynccontextmanager
async def open_pool(
    configs: Iterable[ScenarioRunnerConfig], policies: CallPolicies, *, replay_only: bool = False
) -> AsyncIterator[ModelPool]:
    """Open the models of all `configs`, and close them at the end; `replay_only` asks journals alone.

    Raises:
        ConfigError: a model cannot be reached as configured.
    """
    policies = replace(policies, scripted=scripted_policies())
    wanted = dict.fromkeys(_engine_of(config, role) for config in configs for role in roles_of(config))
    async with AsyncExitStack() as stack:
        opened: dict[tuple[str, EngineConfig], Complete] = {}
        for alias, engine in wanted:
            if replay_only and policies.journal is not None:
                opened[alias, engine] = Journaled(_ask_nobody, policies.journal)
            else:
                opened[alias, engine] = await stack.enter_async_context(open_alias(alias, engine, policies))
        yield ModelPool(opened)


def _engine_of(config: ScenarioRunnerConfig, role: str) -> tuple[str, EngineConfig]:
    return getattr(config, f"{role}_model_alias"), getattr(config, f"{role}_engine_config")


async def _ask_nobody(request: CompletionRequest) -> Completion:  # noqa: ARG001 - as a model is asked
    raise NotRecordedError
