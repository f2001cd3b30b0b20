"""From an alias to whom to ask: endpoints, limits, outages, retries and the journal, put together.

Outermost first: journal (what is paid for is never asked again), retry, router over the endpoints; and
around each endpoint's client outage and limiter.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import orjson

from pare.errors import ConfigError
from pare.llm.client import Complete
from pare.llm.connect import connect
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.journal import FindsRun, Journaled
from pare.llm.limiter import Limiter, LimitSettings
from pare.llm.retry import Retry, RetrySettings
from pare.llm.scripted import ScriptedModel, ScriptedPolicies

SCRIPTED = "scripted"


@asynccontextmanager
async def open_alias(
    alias: str,
    engine: EngineConfig,
    *,
    limits: LimitSettings | None = None,
    retry: RetrySettings | None = None,
    journal: FindsRun | None = None,
    policies: ScriptedPolicies | None = None,
    accepted: AcceptedParameters | None = None,
) -> AsyncIterator[Complete]:
    """Open the model that `alias` stands for, and close its connections at the end.

    Raises:
        ConfigError: it has no endpoint, or cannot be reached as configured.
    """
    async with AsyncExitStack() as stack:
        if engine.provider == SCRIPTED and not engine.urls:
            complete: Complete = _scripted(engine, policies or ScriptedPolicies())
        else:
            complete = await _remote(stack, alias, engine, limits or LimitSettings(), accepted)
            complete = Retry(complete, retry or RetrySettings())
        yield complete if journal is None else Journaled(complete, journal)


async def _remote(
    stack: AsyncExitStack,
    alias: str,
    engine: EngineConfig,
    limits: LimitSettings,
    accepted: AcceptedParameters | None,
) -> Complete:
    if not engine.urls:
        raise ConfigError(f"model {alias!r}: provider {engine.provider!r} needs an endpoint; set `endpoints`")
    clients = [await stack.enter_async_context(connect(engine, url, accepted)) for url in engine.urls]
    return Limiter(clients[0], limits)


def _scripted(engine: EngineConfig, policies: ScriptedPolicies) -> ScriptedModel:
    """Make the scripted model that an engine names; its `extra_body` holds the policy's options."""
    return ScriptedModel(policies.create(engine.model, **orjson.loads(engine.extra_body)))
