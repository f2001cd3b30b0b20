"""From an alias to whom to ask: endpoints, limits, outages, retries and the journal, put together.

Outermost first: journal (what was answered is never asked again), budget, retry, router over the endpoints;
and for each endpoint outage, limiter, client.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import orjson

from pare.errors import ConfigError
from pare.llm.budget import Budgeted, Reserves
from pare.llm.client import Complete
from pare.llm.connect import REAL_NETWORK, Network, connect
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.health import OutageSettings
from pare.llm.journal import FindsRun, Journaled
from pare.llm.limit_settings import NO_LIMITS, LimitSettings
from pare.llm.limiter import Limiter
from pare.llm.outage import EndpointNotice, Outage, tell_nobody
from pare.llm.retry import Retry, RetrySettings
from pare.llm.router import Router
from pare.llm.scripted import ScriptedModel, ScriptedPolicies
from pare.llm.working_time import Working

SCRIPTED = "scripted"


@dataclass(frozen=True)
class CallPolicies:
    """What a call goes through besides the client, for every alias alike.

    An engine's own `limits` go before those here. `accepted` is what the preflight found of each
    endpoint's parameters, by URL; `on_change` is told when an endpoint goes away, pauses, or is back.
    `budget` covers what calls of priced engines cost. Limits are shared among so many `workers`.
    `network` is the way to the endpoints, and the clock of all waits.
    """

    limits: LimitSettings = field(default_factory=LimitSettings)
    retry: RetrySettings = field(default_factory=RetrySettings)
    outage: OutageSettings = field(default_factory=OutageSettings)
    journal: FindsRun | None = None
    scripted: ScriptedPolicies = field(default_factory=ScriptedPolicies)
    accepted: dict[str, AcceptedParameters] = field(default_factory=dict)
    on_change: Callable[[EndpointNotice], None] = tell_nobody
    budget: Reserves | None = None
    workers: int = 1
    network: Network = REAL_NETWORK

    def journaled(self, journal: FindsRun | None) -> CallPolicies:
        """Give these policies with a journal."""
        return replace(self, journal=journal)


@asynccontextmanager
async def open_alias(
    alias: str, engine: EngineConfig, policies: CallPolicies | None = None
) -> AsyncIterator[Complete]:
    """Open the model that `alias` stands for, and close its connections at the end.

    Raises:
        ConfigError: it has no endpoint, or cannot be reached as configured.
    """
    policies = policies or CallPolicies()
    async with AsyncExitStack() as stack:
        if engine.provider == SCRIPTED and not engine.urls:
            complete: Complete = _scripted(engine, policies)
        else:
            complete = await _remote(stack, alias, engine, policies)
        if policies.budget is not None and engine.price is not None:
            complete = Budgeted(complete, engine.price, policies.budget)
        yield complete if policies.journal is None else Journaled(complete, policies.journal)


def _scripted(engine: EngineConfig, policies: CallPolicies) -> ScriptedModel:
    """Make the scripted model that an engine names; its `extra_body` holds the policy's options."""
    return ScriptedModel(policies.scripted.create(engine.model, **orjson.loads(engine.extra_body)))


async def _remote(
    stack: AsyncExitStack, alias: str, engine: EngineConfig, policies: CallPolicies
) -> Complete:
    if not engine.urls:
        raise ConfigError(f"model {alias!r}: provider {engine.provider!r} needs an endpoint; set `endpoints`")
    endpoints, clock = [], policies.network.clock
    for url in engine.urls:
        client = await stack.enter_async_context(
            connect(engine, url, policies.accepted.get(url), network=policies.network)
        )
        limits = policies.limits if engine.limits == NO_LIMITS else engine.limits
        limited = partial(Limiter, settings=limits.share(policies.workers), clock=clock)
        name = f"{alias} at {url}"
        endpoints.append(
            Outage(
                Working(client, name),
                policies.outage,
                endpoint=name,
                through=limited,
                on_change=policies.on_change,
                clock=clock,
            )
        )
    return Retry(Router(endpoints), policies.retry, clock=clock)
