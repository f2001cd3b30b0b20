"""From an engine's configuration to a client of one of its endpoints."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx
import orjson

from pare.llm.anthropic import VERSION_HEADER, AnthropicClient
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.exchange import Exchange, Site
from pare.llm.keys import ApiKey
from pare.llm.openai import OpenAIClient
from pare.llm.transport import DEFAULT_TIMEOUTS, Timeouts, open_client

EndpointClient = OpenAIClient | AnthropicClient

OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
"""Opens the HTTP client of the endpoint at a URL, as `open_client` does."""


@dataclass(frozen=True)
class Network:
    """The way to endpoints, and the clock (in seconds) by which calls are paced, backed off and timed.

    By default sockets and the machine's clock; a rehearsal has endpoints in its own process, and a clock
    that jumps.
    """

    open_client: OpenClient = open_client
    clock: Callable[[], float] = time.monotonic


REAL_NETWORK = Network()


@asynccontextmanager
async def connect(
    engine: EngineConfig,
    url: str,
    accepted: AcceptedParameters | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    network: Network = REAL_NETWORK,
) -> AsyncIterator[EndpointClient]:
    """Open the client of the endpoint at `url`, one of ``engine.urls``, and close it at the end.

    `accepted` is what the preflight found; without it the provider's defaults are sent.

    Raises:
        ConfigError: the environment names a proxy or certificates that cannot be used.
    """
    async with open_exchange(engine, url, environ=environ, timeouts=timeouts, network=network) as exchange:
        yield client_for(engine, exchange, accepted)


@asynccontextmanager
async def open_exchange(
    engine: EngineConfig,
    url: str,
    *,
    environ: Mapping[str, str] = os.environ,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    network: Network = REAL_NETWORK,
) -> AsyncIterator[Exchange]:
    """Open the connections to `url` and the key that goes with it.

    Raises:
        ConfigError: the environment names a proxy or certificates that cannot be used.
    """
    source, clock = engine.key_source, network.clock
    key = ApiKey(source, environ=environ, clock=clock, is_optional=not engine.needs_key) if source else None
    async with network.open_client(url, environ=environ, timeouts=timeouts) as client:
        yield Exchange(client, site_of(engine, url), key, timeouts=timeouts, clock=clock)


def site_of(engine: EngineConfig, url: str) -> Site:
    """Say where `url` is and what every request to it carries."""
    header, scheme = engine.auth
    headers = dict([VERSION_HEADER, *engine.headers] if engine.api == "anthropic" else engine.headers)
    return Site(url, tuple(headers.items()), engine.query, header, scheme)


def client_for(
    engine: EngineConfig, exchange: Exchange, accepted: AcceptedParameters | None = None
) -> EndpointClient:
    """Make the client that speaks the engine's API over `exchange`."""
    speaks = AnthropicClient if engine.api == "anthropic" else OpenAIClient
    return speaks(
        exchange,
        accepted or engine.default_parameters,
        extra_body=orjson.loads(engine.extra_body),
        sends_labels=engine.sends_labels,
    )
